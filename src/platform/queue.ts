import { setTimeout as pause } from 'node:timers/promises';
import { Logger, makeWorkerUtils, type Runner, run } from 'graphile-worker';
import pg from 'pg';
import type { Sql, Transaction } from './database.ts';
import type { Log } from './log.ts';

/** The queue below long jobs: graphile-worker with one kind of entry, the id of a row of `job`. */
export interface Queue {
  /** Puts the job in line, at once or later; in the transaction of `sql`. */
  readonly add: (sql: Sql | Transaction, id: string, delaySeconds: number) => Promise<void>;
  /** Gives back what dead workers held. */
  readonly release: (sql: Sql, workers: readonly string[]) => Promise<void>;
  /** Begins to take jobs; `work` gets the job's id and the name of the worker that took it. */
  readonly run: (concurrency: number, work: (id: string, worker: string) => Promise<void>) => Promise<void>;
  readonly close: () => Promise<void>;
}

const entry = 'job';

/** Makes the queue's tables, or brings them up to date: for the database's owner. */
export async function prepareQueue(url: string): Promise<void> {
  const utils = await makeWorkerUtils({ connectionString: url, logger: new Logger(() => () => {}) });
  try {
    await utils.migrate();
  } finally {
    await utils.release();
  }
}

export async function openQueue(url: string, log: Log): Promise<Queue> {
  const pool = new pg.Pool({ connectionString: url, max: 1, application_name: 'throughline queue' });
  // A connection broke: its statement fails by itself, and the next use opens another.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const logger = new Logger(() => (level, message) => {
    // Its messages name workers and ids, but may quote errors: those of our jobs we log ourselves.
    if (level === 'error' || level === 'warning')
      log.warn({ queue: message.split('\n')[0]?.slice(0, 80) }, 'job queue');
  });
  const utils = await makeWorkerUtils({ pgPool: pool, logger });
  await utils.migrate();
  await utils.release();

  let runner: Runner | undefined;
  let closing: Promise<void> | undefined;
  let keeping: Promise<void> | undefined;

  return {
    async add(sql, id, delaySeconds) {
      await sql`select graphile_worker.add_job(${entry}, json_build_object('id', ${id}::text),
        run_at := now() + make_interval(secs => ${delaySeconds}), max_attempts := 1000)`;
    },
    async release(sql, workers) {
      await sql`select graphile_worker.force_unlock_workers(${sql.array([...workers])}::text[])`;
    },
    async run(concurrency, work) {
      pool.options.max = concurrency + 2; // one each, one that listens, one that looks for more
      const begin = () =>
        run({
          pgPool: pool,
          logger,
          concurrency,
          noHandleSignals: true,
          pollInterval: 1000,
          gracefulShutdownAbortTimeout: 10_000,
          taskList: {
            [entry]: async (payload, { job }) => {
              const id =
                typeof payload === 'object' && payload !== null && 'id' in payload ? String(payload.id) : '';
              await work(id, job.locked_by ?? '');
            },
          },
        });
      runner = await begin();
      keeping = (async () => {
        while (!closing) {
          await runner?.promise.catch(() => {});
          if (closing) return;
          // It gave up, such as when the database went away for long.
          await pause(1000);
          runner = await begin().catch(() => runner);
        }
      })();
    },
    close() {
      closing ??= (async () => {
        await runner?.stop().catch(() => {});
        await keeping;
        await pool.end();
      })();
      return closing;
    },
  };
}
