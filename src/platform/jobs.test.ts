import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { testDatabase } from '../../test/support/database.ts';
import { atEnd } from '../../test/support/ending.ts';
import { systemClock } from './clock.ts';
import type { Database } from './database.ts';
import { uuidv7 } from './ids.ts';
import { type JobStatus, type Jobs, jobMigrations, openJobs } from './jobs.ts';
import { createLog } from './log.ts';
import { migrate } from './migrations.ts';
import { problem } from './problem.ts';

async function jobsOn(t: TestContext, database: Database, staleSeconds = 30): Promise<Jobs> {
  const log = createLog({ level: 'silent' });
  const newId = uuidv7(systemClock);
  const jobs = await openJobs({ database, clock: systemClock, newId, log, concurrency: 2, staleSeconds });
  atEnd(t, () => jobs.close());
  return jobs;
}

async function database(t: TestContext): Promise<Database> {
  const db = await testDatabase(t);
  await migrate(db, jobMigrations);
  return db;
}

async function until(jobs: Jobs, id: string, state: JobStatus['state']): Promise<JobStatus> {
  for (;;) {
    const status = await jobs.status(id);
    if (status?.state === state) return status;
    assert.ok(status && (status.state === 'waiting' || status.state === 'running'), JSON.stringify(status));
    await pause(20);
  }
}

const payload = z.object({ upTo: z.number() });

test('a job runs, tells its progress and keeps its result', async (t) => {
  const jobs = await jobsOn(t, await database(t));
  jobs.define('count', payload, async (ctx) => {
    for (let n = 1; n <= ctx.payload.upTo; n += 1) ctx.progress(n, ctx.payload.upTo, `at ${n}`);
    return { counted: ctx.payload.upTo };
  });
  await jobs.run();
  const id = await jobs.start('count', { upTo: 5 });
  const { done, total, note, result, ended } = await until(jobs, id, 'done');
  assert.deepEqual([done, total, note, result], [5, 5, 'at 5', { counted: 5 }]);
  assert.ok(ended);
});

test('a payload that does not fit is refused before it is queued', async (t) => {
  const jobs = await jobsOn(t, await database(t));
  jobs.define('count', payload, async () => {});
  await assert.rejects(jobs.start('count', { upTo: 'ten' }), { name: 'Problem' });
  await assert.rejects(jobs.start('unknown', {}), /defined/);
  assert.equal(await jobs.status('no-id'), undefined);
});

test('a job queued in a transaction that fails does not exist', async (t) => {
  const db = await database(t);
  const jobs = await jobsOn(t, db);
  jobs.define('count', payload, async () => {});
  let id = '';
  const work = db.pool.begin(async (sql) => {
    id = await jobs.start('count', { upTo: 1 }, sql);
    throw new Error('no');
  });
  await assert.rejects(work, /no/);
  assert.equal(await jobs.status(id), undefined);
});

test('a job that fails tells why when it may, and not when it may not', async (t) => {
  const jobs = await jobsOn(t, await database(t));
  jobs.define('refused', payload, async () => {
    throw problem('value', 'the file is empty');
  });
  jobs.define('broken', payload, async () => {
    throw new Error('Jones');
  });
  await jobs.run();
  const [refused, broken] = [
    await jobs.start('refused', { upTo: 1 }),
    await jobs.start('broken', { upTo: 1 }),
  ];
  assert.equal((await until(jobs, refused, 'failed')).reason, 'the file is empty');
  assert.doesNotMatch((await until(jobs, broken, 'failed')).reason ?? '', /Jones/);
});

test('a waiting job is cancelled at once, a running one when it hears of it', async (t) => {
  const db = await database(t);
  const jobs = await jobsOn(t, db, 1);
  jobs.define('endless', payload, async (ctx) => {
    ctx.progress(1);
    await new Promise((_done, fail) => {
      ctx.cancelled.addEventListener('abort', () => fail(new Error('stopped')));
    });
  });
  const waiting = await jobs.start('endless', { upTo: 1 });
  assert.equal(await jobs.cancel(waiting), true);
  assert.equal((await jobs.status(waiting))?.state, 'cancelled');
  await jobs.run();
  const id = await jobs.start('endless', { upTo: 1 });
  await until(jobs, id, 'running');
  assert.equal(await jobs.cancel(id), true);
  await until(jobs, id, 'cancelled');
  assert.equal(await jobs.cancel(id), false);
});

test('a job whose process stops goes on from its checkpoint in the next', async (t) => {
  const db = await database(t);
  const first = await jobsOn(t, db);
  first.define('steps', payload, async (ctx) => {
    ctx.progress(3, 10);
    await ctx.checkpoint({ next: 4 });
    await new Promise((_done, fail) => {
      ctx.cancelled.addEventListener('abort', () => fail(new Error('stopped')));
    });
  });
  await first.run();
  const id = await first.start('steps', { upTo: 10 });
  while ((await first.status(id))?.done !== 3) await pause(20);
  await first.close();
  assert.equal((await first.status(id))?.state, 'waiting');

  const second = await jobsOn(t, db);
  let seen: unknown;
  second.define('steps', payload, async (ctx) => {
    seen = ctx.state;
    ctx.progress(10);
  });
  await second.run();
  assert.equal((await until(second, id, 'done')).done, 10);
  assert.deepEqual(seen, { next: 4 });
});

test('a job that is taken as its process stops is not begun, and is left to the next', async (t) => {
  const db = await database(t);
  const first = await jobsOn(t, db);
  let begun = 0;
  const work = async () => {
    begun += 1;
  };
  first.define('late', payload, work);
  await first.run();
  const id = await first.start('late', { upTo: 1 }, undefined, 3600);
  let closing: Promise<void> | undefined;
  await db.pool.begin(async (sql) => {
    await sql`select 1 from job where id = ${id} for update`; // the claim waits
    await db.pool`select graphile_worker.reschedule_jobs(
      array(select id from graphile_worker.jobs), run_at := now())`;
    const waiting = () => db.pool`select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query like '%update job set state%'`;
    while ((await waiting()).length === 0) await pause(20);
    closing = first.close();
  });
  await closing;
  assert.equal((await first.status(id))?.state, 'waiting');
  assert.equal(begun, 0);

  const second = await jobsOn(t, db);
  second.define('late', payload, work);
  await second.run();
  await until(second, id, 'done');
  assert.equal(begun, 1);
});

test('a job that only ever crashes ends as failed', async (t) => {
  const db = await database(t);
  const jobs = await jobsOn(t, db);
  jobs.define('count', payload, async () => {});
  const id = await jobs.start('count', { upTo: 1 });
  await db.pool`update job set attempts = 5 where id = ${id}`;
  await jobs.run();
  assert.match((await until(jobs, id, 'failed')).reason ?? '', /5 times/);
});

test('a job whose process is killed is taken over and goes on from its checkpoint', async (t) => {
  const db = await database(t);
  const here = (file: string) => JSON.stringify(join(import.meta.dirname, file));
  const text = `
    const { openDatabase } = await import(${here('database.ts')});
    const { openJobs } = await import(${here('jobs.ts')});
    const { systemClock: clock } = await import(${here('clock.ts')});
    const { uuidv7 } = await import(${here('ids.ts')});
    const { createLog } = await import(${here('log.ts')});
    const { z } = await import('zod');
    const database = await openDatabase({ url: process.argv[1] });
    const log = createLog({ level: 'silent' });
    const jobs = await openJobs({ database, clock, newId: uuidv7(clock), log, concurrency: 1 });
    jobs.define('steps', z.object({ upTo: z.number() }), async (ctx) => {
      ctx.progress(7, 10);
      await ctx.checkpoint({ next: 8 });
      await new Promise(() => {});
    });
    await jobs.run();
    console.log(await jobs.start('steps', { upTo: 10 }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', text, db.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: import.meta.dirname,
  });
  atEnd(t, () => void child.kill('SIGKILL'));
  const id = String((await once(child.stdout, 'data'))[0]).trim();
  const jobs = await jobsOn(t, db, 1);
  let seen: unknown;
  jobs.define('steps', payload, async (ctx) => {
    seen = ctx.state;
    ctx.progress(10, 10);
    return 'finished';
  });
  while ((await jobs.status(id))?.done !== 7) await pause(20);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await jobs.run();
  const { done, result } = await until(jobs, id, 'done');
  assert.deepEqual([done, result, seen], [10, 'finished', { next: 8 }]);
});

test('a job that is to begin later waits for that, and what is done can be dropped', async (t) => {
  const jobs = await jobsOn(t, await database(t));
  jobs.define('count', payload, async () => {});
  await jobs.run();
  const later = await jobs.start('count', { upTo: 1 }, undefined, 1);
  const never = await jobs.start('count', { upTo: 1 }, undefined, 3600);
  assert.equal((await jobs.status(later))?.state, 'waiting');
  const { created, ended } = await until(jobs, later, 'done');
  assert.ok((ended ?? 0) - created >= 900, 'not before its time');
  await jobs.clear('other', Date.now() + 1000);
  assert.ok(await jobs.status(later));
  await jobs.clear('count', Date.now() + 1000);
  assert.equal(await jobs.status(later), undefined);
  assert.equal((await jobs.status(never))?.state, 'waiting');
});
