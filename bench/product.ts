/** The product as it is deployed: its own processes, started from its command line, on the embedded database. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../test/support/free-port.ts';
import { traceMemory } from './process-memory.ts';
import type { ImportResult } from './results.ts';
import { type Server, stopProcess, watched } from './servers.ts';

const main = join(import.meta.dirname, '../src/main.ts');
const token = 'kQ3vN8sW2xZ7rT1yU5bM9cD4fG6hJ0aL'; // of this run only: the server listens on loopback

/** What seals secrets of this run, in base64. */
export const benchSecret = Buffer.alloc(32, token).toString('base64');

/** The folder of the embedded database inside the product's own. */
export const databaseHome = (home: string): string => join(home, 'database');

const environment = (home: string, more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => {
  const { DATABASE_URL: _elsewhere, ...rest } = process.env;
  return {
    ...rest,
    NODE_ENV: 'production',
    DATA_DIR: home,
    ACCESS_TOKEN: token,
    SECRETS_KEY: benchSecret,
    AUDIT_SIGNING_KEY: Buffer.alloc(32, token).toString('base64'),
    DATABASE_URL: 'embedded',
    LOG_LEVEL: 'warn',
    ...more,
  };
};

/** Starts the server and waits until it answers the path with 200. */
export async function startProduct(
  home: string,
  path: string,
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly server: Server; readonly seconds: number }> {
  const port = await freePort();
  const url = new URL(`http://127.0.0.1:${port}`);
  const authorization = `Bearer ${token}`;
  const begun = performance.now();
  const child = watched(
    spawn(process.execPath, [main, 'serve'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: environment(home, { HOST: '127.0.0.1', PORT: String(port), BASE_URL: url.origin, ...more }),
    }),
  );
  const stop = (): Promise<void> => stopProcess(child);
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the product ended with ${child.signalCode ?? child.exitCode} before it answered`);
    const answer = await fetch(new URL(path, url), { headers: { authorization } }).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 200) break;
    if (performance.now() - begun > 120_000) {
      await stop();
      throw new Error(
        `the product did not answer ${path} within two minutes (last status ${answer?.status})`,
      );
    }
    await wait(10);
  }
  const seconds = (performance.now() - begun) / 1000;
  return { server: { pid: child.pid!, url, authorization, stop }, seconds };
}

/** Runs the import command on the files, in a record of the given folder, and watches its memory. */
export async function importInto(
  home: string,
  input: { readonly name: string; readonly paths: readonly string[]; readonly resources: number },
): Promise<ImportResult> {
  const begun = performance.now();
  const child = watched(
    spawn(process.execPath, [main, 'import', ...input.paths], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: environment(home),
    }),
  );
  const traced = traceMemory(child.pid!, 250);
  const [code, signal] = await once(child, 'exit');
  const memory = traced();
  const seconds = (performance.now() - begun) / 1000;
  if (code !== 0) throw new Error(`the import of ${input.name} ended with ${signal ?? code}`);
  return {
    input: input.name,
    resources: input.resources,
    seconds,
    perSecond: input.resources / seconds,
    memory,
    peakMemory: Math.max(...memory.map((sample) => sample.server)),
  };
}
