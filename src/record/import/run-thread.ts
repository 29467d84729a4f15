import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { errorForLog } from '../../platform/log.ts';
import { Problem } from '../../platform/problem.ts';
import { codeOf } from '../../platform/sql-error.ts';
import { unreadable } from './file-bytes.ts';
import type { Outcome } from './import-units.ts';
import { openWriting, type WorkerData } from './open-writing.ts';
import type { Writing } from './write-plans.ts';

export type ToWorker<Task> = { readonly id: number; readonly task: Task } | 'close';
export type FromWorker = { readonly id: number; readonly outcome: Outcome | Failure };

/** An error that is no fault of what is imported. */
export interface Failure {
  readonly failure: string;
  /** The system's code where the file cannot be read. */
  readonly code?: string;
}

function failureOf(error: unknown): Failure {
  if (error instanceof Problem) return { failure: error.message };
  const code = codeOf(error);
  return {
    failure: JSON.stringify(errorForLog(error)),
    ...(code !== undefined && unreadable.has(code) ? { code } : {}),
  };
}

const tries = 20;

/** Runs the work, again while the database is away or busy. */
async function patiently(work: () => Promise<Outcome>): Promise<Outcome> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (error) {
      const passing = error instanceof Problem && error.faults[0]?.kind === 'transient';
      if (!passing || tried >= tries) throw error;
      await pause(500);
    }
  }
}

/** Makes the file that calls it a thread of a pool (worker-pool.ts): does each task that it is handed, until told to close. */
export function runThread<Task>(work: (writing: Writing, task: Task) => Promise<Outcome>): void {
  const port = parentPort;
  if (!port) throw new Error('This file is a thread of the import');
  const opened = openWriting(workerData as WorkerData); // given by worker-pool.ts
  const send = (message: FromWorker): void => port.postMessage(message);
  port.on('message', (message: ToWorker<Task>) => {
    if (message === 'close') {
      void opened.then(({ close }) => close()).finally(() => port.close());
      return;
    }
    const { id, task } = message;
    opened
      .then(({ writing }) => patiently(() => work(writing, task)))
      .then(
        (outcome) => send({ id, outcome }),
        (error: unknown) => send({ id, outcome: failureOf(error) }),
      );
  });
}
