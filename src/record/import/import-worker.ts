// A thread of the import: reads, checks, indexes and writes what it is handed, over connections of its own.
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../platform/clock.ts';
import { openDatabase } from '../../platform/database.ts';
import { uuidv7 } from '../../platform/ids.ts';
import { errorForLog } from '../../platform/log.ts';
import { Problem } from '../../platform/problem.ts';
import { codeOf } from '../../platform/sql-error.ts';
import type { Actor } from '../actor.ts';
import { Committer } from '../commit.ts';
import { Searcher } from '../search/searcher.ts';
import { Store } from '../store.ts';
import { unreadable } from './file-bytes.ts';
import { importUnit, type Outcome, type Task } from './import-units.ts';
import type { Writing } from './write-plans.ts';

export interface WorkerData {
  readonly url: string;
  readonly baseUrl: string;
  readonly actor: Actor;
  readonly slice: number;
  /** Tasks that one thread works on at once: while the database stores one, the next is read. */
  readonly tasks: number;
}

export type ToWorker = { readonly id: number; readonly task: Task } | 'close';
export type FromWorker =
  | { readonly id: number; readonly outcome: Outcome }
  | { readonly id: number; readonly outcome: Failure };

/** An error that is no fault of what is imported. */
export interface Failure {
  readonly failure: string;
  /** The system's code where the file cannot be read. */
  readonly code?: string;
}

async function open({ url, baseUrl, actor, slice, tasks }: WorkerData) {
  const database = await openDatabase({ url, pool: tasks, lane: 1, name: 'throughline import' });
  const store = new Store(database);
  const searcher = new Searcher({ store, clock: systemClock, baseUrl });
  const committer = new Committer({
    seenBy: async () => undefined, // imports are the system's own work

    store,
    clock: systemClock,
    newId: uuidv7(systemClock),
    baseUrl,
    findMatches: (sql, who, type, query) => searcher.matchIds(sql, who, type, query),
  });
  const writing: Writing = { committer, searcher, database, baseUrl, actor, slice };
  return { writing, close: database.close };
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

/** Runs the task, again while the database is away or busy. */
async function patiently(writing: Writing, task: Task): Promise<Outcome> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await importUnit(writing, systemClock, task);
    } catch (error) {
      const passing = error instanceof Problem && error.faults[0]?.kind === 'transient';
      if (!passing || tried >= tries) throw error;
      await pause(500);
    }
  }
}

const port = parentPort;
if (!port) throw new Error('This file is a thread of the import');
const opened = open(workerData as WorkerData); // given by worker-pool.ts
const send = (message: FromWorker): void => port.postMessage(message);

port.on('message', (message: ToWorker) => {
  if (message === 'close') {
    void opened.then(({ close }) => close()).finally(() => port.close());
    return;
  }
  const { id, task } = message;
  opened
    .then(({ writing }) => patiently(writing, task))
    .then(
      (outcome) => send({ id, outcome }),
      (error: unknown) => send({ id, outcome: failureOf(error) }),
    );
});
