// The faults of the published driver that scripts/driver-fixes.mjs mends, each shown on a real server.
import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import test from 'node:test';
import { testDatabase, testDatabaseUrl } from '../../test/support/database.ts';
import { openDatabase } from './database.ts';
import { isAway } from './sql-error.ts';

test('a transaction whose connection is ended fails, and the connection works again', async (t) => {
  const db = await testDatabase(t, { pool: 1 });
  const work = db.pool.begin(async (sql) => {
    const [row] = await sql`select pg_backend_pid() as pid`;
    const sleeping = sql`select pg_sleep(10)`;
    sleeping.catch(() => {});
    await db.batch`select pg_sleep(0.02)`;
    await db.batch`select pg_terminate_backend(${row?.['pid']})`;
    await sleeping;
  });
  await assert.rejects(work, isAway);
  for (const n of [1, 2, 3]) assert.equal((await db.pool`select ${n}::int as n`)[0]?.['n'], n);
});

test('what a dead transaction still does never lands in the next one', async (t) => {
  const db = await testDatabase(t, { pool: 1 });
  await db.pool`create table kept (who text)`;
  let goOn = () => {};
  const held = new Promise<void>((done) => {
    goOn = done;
  });
  let started = (_pid: number) => {};
  const pid = new Promise<number>((done) => {
    started = done;
  });
  const dead = db.pool.begin(async (sql) => {
    const [row] = await sql`select pg_backend_pid() as pid`;
    started(row?.['pid']);
    await held;
    await sql`insert into kept values ('dead')`;
  });
  dead.catch(() => {});
  await db.batch`select pg_terminate_backend(${await pid})`;
  await assert.rejects(dead, isAway);
  await db.pool.begin(async (sql) => {
    await sql`insert into kept values ('living')`;
    goOn();
    await sql`select pg_sleep(0.05)`;
  });
  assert.deepEqual([...(await db.pool`select who from kept`)], [{ who: 'living' }]);
});

test('under resets of the line each statement gets its own answer or fails, and none waits for ever', async (t) => {
  const url = new URL(await testDatabaseUrl(t));
  const port = Number(url.port);
  const lines = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
    lines.add(near);
    near.on('close', () => lines.delete(near));
  });
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  t.after(() => {
    for (const line of lines) line.destroy();
    proxy.close();
  });
  const address = proxy.address();
  if (typeof address === 'object' && address) url.port = String(address.port);
  const db = await openDatabase({ url: url.href, pool: 2, lane: 2 });
  t.after(() => db.close());

  let answered = 0;
  let failed = 0;
  const ask = async (n: number) => {
    try {
      const rows =
        n % 3 === 0
          ? await db.pool.begin((sql) => sql`select ${n}::int as n`)
          : await db.lane`select ${n}::int as n`;
      assert.equal(rows[0]?.['n'], n);
      answered += 1;
    } catch (error) {
      assert.ok(isAway(error), String(error));
      failed += 1;
    }
  };
  let n = 0;
  const worker = async () => {
    while (n < 3000) {
      n += 1;
      if (n % 200 === 0) for (const line of lines) line.resetAndDestroy();
      await ask(n);
    }
  };
  await Promise.all(Array.from({ length: 24 }, worker));
  assert.equal(answered + failed, n);
  assert.ok(failed > 0, 'the resets must have hit something');
  assert.ok(answered > failed);
});
