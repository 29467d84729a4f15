import type { z } from 'zod';
import type { Clock } from './clock.ts';
import type { Database, Sql, Transaction } from './database.ts';
import type { NewId } from './ids.ts';
import type { Log } from './log.ts';
import type { Migration } from './migrations.ts';
import { Problem, problem } from './problem.ts';
import { openQueue } from './queue.ts';
import { isAway } from './sql-error.ts';

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

export interface JobStatus {
  readonly id: string;
  readonly kind: string;
  readonly state: JobState;
  readonly done: number;
  /** Where the job told. */
  readonly total: number | undefined;
  readonly note: string | undefined;
  /** What the job answered when it was done. */
  readonly result: unknown;
  /** Why it failed, for the person who asked for it. */
  readonly reason: string | undefined;
  /** Milliseconds since 1970 UTC. */
  readonly created: number;
  readonly ended: number | undefined;
}

/** What a job's work is given. */
export interface JobContext<Payload> {
  readonly id: string;
  readonly payload: Payload;
  /** What `checkpoint` was last given, in this run or one that was cut short; undefined at the first. */
  readonly state: unknown;
  /** Aborted when the job is cancelled, when this process stops, or when another process took the job over. */
  readonly cancelled: AbortSignal;
  /** Cheap: written a few times a second at most. */
  readonly progress: (done: number, total?: number, note?: string) => void;
  /**
   * Keeps the state, JSON, from which a later run goes on. Work done since the last checkpoint may be done
   * again after a crash, so it must be harmless twice. Throws when the job is no longer this process's.
   */
  readonly checkpoint: (state: unknown) => Promise<void>;
}

export interface Jobs {
  /** Says how a kind of job is done. Before `run`, in every process. The answer is kept as the job's result. */
  define<Payload>(
    kind: string,
    schema: z.ZodType<Payload>,
    work: (context: JobContext<Payload>) => Promise<unknown>,
  ): void;
  /**
   * Queues a job; inside `sql`'s transaction where given, so that it exists only if that is committed. Not begun before
   * `delaySeconds` have passed.
   */
  start(kind: string, payload: unknown, sql?: Transaction, delaySeconds?: number): Promise<string>;
  /** Drops what is kept of jobs of a kind that were done before (ms since 1970 UTC): for small jobs that nobody asks after. */
  clear(kind: string, before: number): Promise<void>;
  status(id: string): Promise<JobStatus | undefined>;
  /** Asks a job to stop. False: there is none, or it has ended. */
  cancel(id: string): Promise<boolean>;
  /** Begins to work on jobs in this process. */
  run(): Promise<void>;
  /** Stops working: jobs in progress are told by `cancelled`, and go on elsewhere or at the next start. */
  close(): Promise<void>;
}

export interface JobsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  /** Jobs at once in this process; 0: it only queues them. */
  readonly concurrency: number;
  /** How long a running job may give no sign before its process counts as dead. Default 30. */
  readonly staleSeconds?: number;
}

export const jobMigrations: readonly Migration[] = [
  {
    room: 'jobs',
    number: 1,
    title: 'Long jobs: progress, checkpoint, outcome',
    sql: `
      create table job (
        id uuid primary key,
        kind text not null,
        payload jsonb not null,
        state text not null default 'waiting'
          check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
        done bigint not null default 0,
        total bigint,
        note text,
        checkpoint jsonb,
        result jsonb,
        reason text,
        cancel boolean not null default false,
        -- Runs since the last checkpoint: a job that only ever crashes must end.
        attempts int not null default 0,
        worker text,
        created timestamptz not null default now(),
        beat timestamptz,
        ended timestamptz
      ) with (fillfactor = 70);
      create index job_running on job (beat) where state = 'running';
    `,
  },
];

interface Kind {
  readonly schema: z.ZodType;
  readonly work: (context: JobContext<unknown>) => Promise<unknown>;
}

interface Claimed {
  readonly kind: string;
  readonly payload: unknown;
  readonly checkpoint: unknown;
  readonly attempts: number;
  readonly done: string;
  readonly cancel: boolean;
}

/** Runs without a checkpoint between them before a job counts as failed. */
const mostAttempts = 5;
const progressEvery = 500;

/** Long jobs on the same database: queued by graphile-worker, with progress, cancel and resume of our own. */
export async function openJobs(options: JobsOptions): Promise<Jobs> {
  const { database, clock, newId, log, concurrency, staleSeconds = 30 } = options;
  const { pool } = database;
  const kinds = new Map<string, Kind>();
  const running = new Set<AbortController>();
  const queue = await openQueue(database.url, log);
  let stopping = false;

  const giveBack = async (id: string, worker: string, delaySeconds: number): Promise<void> => {
    await putBack(pool, id, worker);
    await queue.add(pool, id, delaySeconds);
  };

  /** One run of one job. Breaking means: the queue should offer it again. */
  const work = async (id: string, worker: string): Promise<void> => {
    const claimed = await claim(pool, id, worker);
    if (!claimed) return;
    // Work that listens for `cancelled` would not hear what was said before it began, and `close` would wait for ever.
    if (stopping) return giveBack(id, worker, 0);
    const end = (state: JobState, more: { result?: unknown; reason?: string } = {}) =>
      finish(pool, id, worker, state, more);
    if (claimed.cancel) return end('cancelled');
    const kind = kinds.get(claimed.kind);
    if (!kind)
      return end('failed', { reason: `This release does not know jobs of the kind "${claimed.kind}".` });
    if (claimed.attempts > mostAttempts)
      return end('failed', { reason: `It was cut short ${mostAttempts} times without getting further.` });

    const control = new AbortController();
    running.add(control);
    const beat = setInterval(
      () => {
        keepAlive(pool, id, worker).then(
          (told) => told && control.abort(told),
          () => {}, // the database is away: the next beat tells
        );
      },
      (staleSeconds * 1000) / 10,
    );
    const track = tracker(pool, id, worker, clock, Number(claimed.done));
    try {
      const result = await kind.work({
        id,
        payload: kind.schema.parse(claimed.payload),
        state: claimed.checkpoint ?? undefined,
        cancelled: control.signal,
        progress: track.progress,
        checkpoint: track.checkpoint,
      });
      await track.settle();
      await end('done', { result });
    } catch (error) {
      await track.settle().catch(() => {});
      if (control.signal.aborted && control.signal.reason === 'cancelled') return await end('cancelled');
      if (control.signal.aborted || isAway(error) || (error instanceof Problem && error.status === 503)) {
        return await giveBack(id, worker, control.signal.aborted ? 0 : 5);
      }
      log.error({ err: error, job: id, kind: claimed.kind }, 'a job failed');
      const reason =
        error instanceof Problem ? error.message : 'Something went wrong on our side; the log tells where.';
      await end('failed', { reason });
    } finally {
      clearInterval(beat);
      running.delete(control);
    }
  };

  /** Gives back to the queue what dead processes held. */
  const reap = async () => {
    const dead = await pool<{ worker: string }[]>`
      select distinct worker from job
      where state = 'running' and worker is not null and beat < now() - make_interval(secs => ${staleSeconds})`;
    if (dead.length > 0)
      await queue.release(
        pool,
        dead.map((row) => row.worker),
      );
  };
  let reaping: NodeJS.Timeout | undefined;

  return {
    define(kind, schema, perform) {
      // The payload was parsed by the same schema that types it.
      kinds.set(kind, { schema, work: perform as Kind['work'] });
    },
    async start(kind, payload, sql, delaySeconds = 0) {
      const known = kinds.get(kind);
      if (!known) throw new Error(`No job of the kind "${kind}" is defined`);
      const parsed = known.schema.safeParse(payload);
      if (!parsed.success)
        throw problem(
          'value',
          `A job of the kind "${kind}" cannot be started so: ${parsed.error.issues[0]?.message}`,
        );
      const id = newId();
      const put = async (on: Transaction) => {
        await on`insert into job (id, kind, payload) values (${id}, ${kind}, ${on.json(JSON.parse(JSON.stringify(payload)))})`;
        await queue.add(on, id, Math.max(0, delaySeconds));
      };
      await (sql ? put(sql) : pool.begin(put));
      return id;
    },
    async clear(kind, before) {
      await pool`
        delete from job where kind = ${kind} and state = 'done' and ended < to_timestamp(${before}::float8 / 1000)`;
    },
    status: (id) => statusOf(pool, id),
    async cancel(id) {
      if (!isUuid(id)) return false;
      const rows = await pool<{ state: JobState }[]>`
        update job set cancel = true,
          state = case when state = 'waiting' then 'cancelled' else state end,
          ended = case when state = 'waiting' then now() else ended end
        where id = ${id} and state in ('waiting', 'running') returning state`;
      return rows.length > 0;
    },
    async run() {
      if (concurrency === 0) return;
      await queue.run(concurrency, work);
      const often = (staleSeconds * 1000) / 3;
      reaping = setInterval(
        () => reap().catch((error) => log.warn({ err: error }, 'dead jobs could not be looked for')),
        often,
      );
      reaping.unref();
      await reap();
    },
    async close() {
      stopping = true;
      clearInterval(reaping);
      for (const control of running) control.abort('stopping');
      await queue.close();
    },
  };
}

const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

async function statusOf(pool: Sql, id: string): Promise<JobStatus | undefined> {
  if (!isUuid(id)) return undefined;
  const [row] =
    await pool`select id, kind, state, done, total, note, result, reason, created, ended from job where id = ${id}`;
  if (!row) return undefined;
  return {
    id: row['id'],
    kind: row['kind'],
    state: row['state'],
    done: Number(row['done']),
    total: row['total'] === null ? undefined : Number(row['total']),
    note: row['note'] ?? undefined,
    result: row['result'] ?? undefined,
    reason: row['reason'] ?? undefined,
    created: row['created'].getTime(),
    ended: row['ended']?.getTime(),
  };
}

/** Makes the job this worker's. Undefined: it has ended, or its work is elsewhere. */
async function claim(pool: Sql, id: string, worker: string): Promise<Claimed | undefined> {
  const rows = await pool<Claimed[]>`
    update job set state = 'running', worker = ${worker}, beat = now(), attempts = attempts + 1
    where id = ${id} and state in ('waiting', 'running')
    returning kind, payload, checkpoint, attempts, done, cancel`;
  return rows[0];
}

/** Says that this worker lives. Answers why the work should end, if it should. */
async function keepAlive(pool: Sql, id: string, worker: string): Promise<'cancelled' | 'lost' | undefined> {
  const [row] = await pool`
    update job set beat = now() where id = ${id} and worker = ${worker} and state = 'running' returning cancel`;
  if (!row) return 'lost';
  return row['cancel'] ? 'cancelled' : undefined;
}

async function finish(
  pool: Sql,
  id: string,
  worker: string,
  state: JobState,
  { result, reason }: { result?: unknown; reason?: string },
): Promise<void> {
  const kept = result === undefined ? null : JSON.stringify(result);
  await pool`
    update job set state = ${state}, ended = now(), worker = null, reason = ${reason ?? null}, result = ${kept}::text::jsonb
    where id = ${id} and worker = ${worker} and state = 'running'`;
}

/** For a later run. Being stopped is no failed attempt. */
async function putBack(pool: Sql, id: string, worker: string): Promise<void> {
  await pool`
    update job set state = 'waiting', worker = null, attempts = attempts - 1
    where id = ${id} and worker = ${worker} and state = 'running'`;
}

/** Writes progress now and then, one statement at a time, and checkpoints at once. */
function tracker(pool: Sql, id: string, worker: string, clock: Clock, done: number) {
  let latest: { done: number; total: number | null; note: string | null } = { done, total: null, note: null };
  let written = 0;
  let writing: Promise<unknown> = Promise.resolve();
  let pending = false;

  const write = async () => {
    pending = false;
    written = clock.now();
    const { done, total, note } = latest;
    await pool`
      update job set done = ${done}, total = coalesce(${total}::int8, total), note = coalesce(${note}::text, note)
      where id = ${id} and worker = ${worker} and state = 'running'`;
  };
  return {
    progress(done: number, total?: number, note?: string) {
      latest = { done, total: total ?? latest.total, note: note ?? latest.note };
      if (pending || clock.now() - written < progressEvery) return;
      pending = true;
      writing = writing.then(write).catch(() => {}); // the database is away: the work itself will meet it
    },
    async checkpoint(state: unknown) {
      const { done, total, note } = latest;
      const rows = await pool`
        update job set checkpoint = ${JSON.stringify(state)}::text::jsonb, attempts = 1, beat = now(), done = ${done},
          total = coalesce(${total}::int8, total), note = coalesce(${note}::text, note)
        where id = ${id} and worker = ${worker} and state = 'running' returning 1`;
      if (rows.length === 0)
        throw problem('conflict', 'This job was taken over by another process.', { status: 503 });
    },
    async settle() {
      await writing;
      await write();
    },
  };
}
