import assert from 'node:assert/strict';
import test from 'node:test';
import { testDatabase } from '../../test/support/database.ts';
import { copyInto, copyLine, inTransaction } from './database.ts';
import { Problem } from './problem.ts';
import { asProblem } from './sql-error.ts';

test('a transaction that throws stores nothing', async (t) => {
  const db = await testDatabase(t);
  await db.pool`create table kept (n int8)`;
  await assert.rejects(
    inTransaction(db, async (sql) => {
      await sql`insert into kept values (1)`;
      throw new Error('no');
    }),
    /no/,
  );
  assert.deepEqual([...(await db.pool`select n from kept`)], []);
});

test('eight byte integers come as text', async (t) => {
  const db = await testDatabase(t);
  assert.equal((await db.lane`select 9007199254740993::int8 as n`)[0]?.['n'], '9007199254740993');
});

test('copied lines come back as they were', async (t) => {
  const db = await testDatabase(t);
  await db.pool`create table copied (n int, words text, bytes bytea, flag boolean)`;
  const rows = [
    { n: 1, words: 'tab\there\nnew line\\N back\\slash\r', bytes: Buffer.from([0, 255, 92, 10]), flag: true },
    { n: 2, words: '', bytes: Buffer.alloc(0), flag: false },
    { n: 3, words: null, bytes: null, flag: null },
  ];
  const lines = rows.map((row) => copyLine([row.n, row.words, row.bytes, row.flag]));
  await copyInto(db.pool, 'copied (n, words, bytes, flag)', lines);
  assert.deepEqual([...(await db.pool`select n, words, bytes, flag from copied order by n`)], rows);
});

test('a copy with a bad line is refused and leaves the connection usable', async (t) => {
  const db = await testDatabase(t, { pool: 1 });
  await db.pool`create table copied (n int)`;
  await assert.rejects(copyInto(db.pool, 'copied (n)', ['1\n', 'two\n']), { code: '22P02' });
  await assert.rejects(copyInto(db.pool, 'nowhere (n)', ['1\n']), { code: '42P01' });
  const breaking = async function* () {
    yield '1\n';
    throw new Error('the source broke');
  };
  await assert.rejects(copyInto(db.pool, 'copied (n)', breaking()), /the source broke/);
  assert.deepEqual([...(await db.pool`select n from copied`)], []);
});

test('a copy inside a transaction is undone with it', async (t) => {
  const db = await testDatabase(t);
  await db.pool`create table copied (n int)`;
  await assert.rejects(
    inTransaction(db, async (sql) => {
      await copyInto(
        sql,
        'copied (n)',
        Array.from({ length: 20_000 }, (_, n) => `${n}\n`),
      );
      assert.equal((await sql`select count(*)::int as n from copied`)[0]?.['n'], 20_000);
      throw new Error('no');
    }),
    /no/,
  );
  assert.equal((await db.pool`select count(*)::int as n from copied`)[0]?.['n'], 0);
});

test('a statement over the time limit is a timeout that says how to mend it', async (t) => {
  const db = await testDatabase(t, { statementSeconds: 0.05 });
  const error = await db.pool`select pg_sleep(5)`.catch((e) => asProblem(e));
  assert.ok(error instanceof Problem);
  assert.equal(error.status, 503);
  assert.equal(error.faults[0]?.kind, 'timeout');
});

test('a transaction given up for another is run again', async (t) => {
  const db = await testDatabase(t);
  await db.pool`create table counter (n int)`;
  await db.pool`insert into counter values (0)`;
  const addOne = () =>
    inTransaction(
      db,
      async (sql) => {
        const rows = await sql`select n from counter`;
        await sql`update counter set n = ${rows[0]?.['n'] + 1}`;
      },
      { mode: 'isolation level serializable', retries: 20 },
    );
  await Promise.all(Array.from({ length: 4 }, addOne));
  assert.equal((await db.pool`select n from counter`)[0]?.['n'], 4);
});

test('a broken connection is a passing problem, and the next statement works', async (t) => {
  const db = await testDatabase(t, { pool: 1 });
  const [row] = await db.pool`select pg_backend_pid() as pid`;
  const broken = db.pool`select pg_sleep(5)`.catch((e) => asProblem(e));
  await db.batch`select pg_sleep(0.05)`;
  await db.batch`select pg_terminate_backend(${row?.['pid']})`;
  const error = await broken;
  assert.ok(error instanceof Problem);
  assert.equal(error.status, 503);
  assert.equal(error.headers['Retry-After'], '2');
  assert.equal((await db.pool`select 1 as one`)[0]?.['one'], 1);
});
