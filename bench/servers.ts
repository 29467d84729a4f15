import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A server that runs in a process of its own. */
export interface Server {
  readonly pid: number;
  readonly url: URL;
  /** Value of the Authorization header, where one is needed. */
  readonly authorization?: string;
  readonly stop: () => Promise<void>;
}

const children = new Set<ChildProcess>();

/** Remembers the process until it ends, so that it does not outlive the benchmark. */
export function watched<T extends ChildProcess>(child: T): T {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** Ends every process that still runs, and waits until they have gone. */
export async function stopChildren(): Promise<void> {
  await Promise.all([...children].map(stopProcess));
}
process.once('exit', () => {
  for (const child of children) child.kill('SIGTERM');
});

/** Ends the process as a supervisor would, and waits until it has gone. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

export async function startBare(databaseUrl: string): Promise<Server> {
  const child = watched(
    spawn(process.execPath, [join(import.meta.dirname, 'bare.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_ENV: 'production', BARE_DATABASE_URL: databaseUrl },
    }),
  );
  for await (const line of createInterface({ input: child.stdout }))
    return { pid: child.pid!, url: new URL(line), stop: () => stopProcess(child) };
  throw new Error('the bare server ended before it listened');
}
