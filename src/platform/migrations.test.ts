import assert from 'node:assert/strict';
import test from 'node:test';
import { testDatabase } from '../../test/support/database.ts';
import { openDatabase } from './database.ts';
import { type Migration, migrate, pendingMigrations } from './migrations.ts';

const one: Migration = { room: 'shelf', number: 1, title: 'Books', sql: 'create table book (id int)' };
const two: Migration = { room: 'shelf', number: 2, title: 'Names', sql: 'alter table book add name text' };

test('steps are applied once, in order', async (t) => {
  const db = await testDatabase(t);
  assert.deepEqual(await pendingMigrations(db, [one, two]), [one, two]);
  assert.deepEqual(await migrate(db, [one]), [one]);
  assert.deepEqual(await migrate(db, [one, two]), [two]);
  assert.deepEqual(await migrate(db, [one, two]), []);
  await db.pool`insert into book (id, name) values (1, 'Emma')`;
});

test('many processes may migrate at once', async (t) => {
  const db = await testDatabase(t);
  const others = await Promise.all([1, 2, 3].map(() => openDatabase({ url: db.url, pool: 1 })));
  t.after(() => Promise.all(others.map((other) => other.close())));
  const applied = await Promise.all([db, ...others].map((each) => migrate(each, [one, two])));
  assert.deepEqual(applied.flat().length, 2);
});

test('a step that fails leaves nothing of itself, and what came before stays', async (t) => {
  const db = await testDatabase(t);
  const bad: Migration = { ...two, sql: 'create table page (id int); select nonsense' };
  await assert.rejects(migrate(db, [one, bad]), { code: '42703' });
  assert.equal((await db.pool`select to_regclass('page') as page`)[0]?.['page'], null);
  assert.deepEqual(await migrate(db, [one, two]), [two]);
});

test('a database that a newer release made is refused', async (t) => {
  const db = await testDatabase(t);
  await migrate(db, [one, two]);
  await assert.rejects(migrate(db, [one]), /newer release/);
  await assert.rejects(pendingMigrations(db, [one]), /newer release/);
});

test('an applied step that was edited is refused, other line ends are not', async (t) => {
  const db = await testDatabase(t);
  const lines: Migration = { ...one, sql: 'create table book (\n  id int\n)' };
  await migrate(db, [lines]);
  assert.deepEqual(await migrate(db, [{ ...lines, sql: lines.sql.replaceAll('\n', '\r\n') }]), []);
  await assert.rejects(migrate(db, [{ ...lines, sql: `${lines.sql} -- edited` }]), /another wording/);
});

test('numbers that skip or repeat are a mistake of the program', async (t) => {
  const db = await testDatabase(t);
  await assert.rejects(migrate(db, [two]), /count up by one/);
});
