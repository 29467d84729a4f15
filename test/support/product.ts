import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.ts';

const main = join(import.meta.dirname, '../../src/main.ts');

/** The product as a person starts it: a process of its own on a data folder. */
export interface Product {
  readonly url: string;
  readonly process: ChildProcess;
  /** The last of what it printed. */
  readonly said: () => string;
  /** Kills it as a power cut would. */
  readonly kill: () => Promise<void>;
  /** Asks it to stop, and waits until it has. */
  readonly stop: () => Promise<void>;
}

export function throughline(args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const { DATABASE_URL: _, ACCESS_TOKEN: __, ...rest } = process.env;
  return spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...rest, LOG_LEVEL: 'error', ...env },
  });
}

/** Starts it and waits until it answers. */
export async function startProduct(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Product> {
  const port = env['PORT'] ?? String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const child = throughline(['start'], {
    DATA_DIR: dataDir,
    PORT: port,
    BASE_URL: url,
    DEMO_PEOPLE: 'no',
    ...env,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4000);
    });
  const ended = once(child, 'exit');
  for (let waited = 0; ; waited += 50) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it did not start:\n${said}`);
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 200) break;
    if (waited > 60_000) throw new Error(`it did not answer within a minute:\n${said}`);
    await pause(50);
  }
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  return { url, process: child, said: () => said, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}
