import assert from 'node:assert/strict';
import test from 'node:test';
import '../../../test/support/own-server.ts';
import type { Ending } from '../../../test/support/ending.ts';
import { tester, testRecord } from '../../../test/support/record.ts';
import type { Actor } from '../actor.ts';
import { shardKey } from '../keys.ts';
import { recordMigrations } from '../schema.ts';
import { type AuditRow, auditStatement } from '../statement.ts';
import { run } from '../store.ts';
import { typeNumber } from '../type-numbers.ts';
import { type AuditEntry, auditEntries, auditEntry, type EntriesAsked } from './entries.ts';
import { auditProjection } from './project.ts';
import { auditViewMigrations } from './schema.ts';

const asha: Actor = { ...tester, id: 'Practitioner/asha', name: 'Dr Asha Patel', role: 'gp' };
const patient = (n: number) => shardKey('Patient', String(n));

const setUp = async (t: Ending) => {
  const migrations = [...recordMigrations, ...auditViewMigrations];
  const { record, database } = await testRecord(t, { migrations });
  return { record, database, projection: auditProjection(database) };
};

/** A log of many entries about ten people, some of them about several at once. */
const rows = (count: number, from = 1_700_000_000_000): AuditRow[] =>
  Array.from({ length: count }, (_, i): AuditRow => {
    const several = i % 7 === 0;
    return {
      at: from + Math.floor(i / 3) * 1000,
      actor: i % 2 === 0 ? asha : tester,
      action: i % 5 === 0 ? 'S' : 'R',
      outcome: i % 11 === 0 ? 404 : 200,
      person: several ? '0' : patient(i % 10),
      ...(several ? { persons: [patient(i % 10), patient((i + 1) % 10)] } : {}),
      type: typeNumber('Observation'),
      id: `o${i}`,
    };
  });

const naive = (all: readonly AuditEntry[], { persons, actor, from, to, kinds }: EntriesAsked) =>
  all.filter(
    (entry) =>
      (!persons || [entry.person, ...entry.persons].some((key) => persons.includes(key))) &&
      (!actor || entry.actor === actor) &&
      (from === undefined || entry.at >= from) &&
      (to === undefined || entry.at < to) &&
      (!kinds || kinds.actions.includes(entry.action)),
  );
const place = ({ at, seq }: AuditEntry) => `${at} ${seq}`;

test('entries come newest first, page by page, the same whether projected, not yet, or in part', async (t) => {
  const { database, projection } = await setUp(t);
  const sql = database.pool;
  const asks: Omit<EntriesAsked, 'count'>[] = [
    {},
    { persons: [patient(3)] },
    { persons: [patient(3), patient(4)] },
    { persons: [patient(3)], actor: asha.id },
    { actor: asha.id, from: 1_700_000_010_000, to: 1_700_000_040_000 },
    { persons: [patient(1)], kinds: { actions: ['S'], events: [] } },
    { persons: [] },
    { persons: [shardKey('Patient', 'nobody')] },
  ];
  const check = async () => {
    const all = (await auditEntries(sql, { count: 10_000 })).entries;
    for (const asked of asks) {
      const found: AuditEntry[] = [];
      let cursor: string | undefined;
      do {
        const page = await auditEntries(sql, { ...asked, count: 7, ...(cursor ? { cursor } : {}) });
        assert.ok(page.entries.length <= 7);
        found.push(...page.entries);
        cursor = page.next;
      } while (cursor !== undefined);
      assert.deepEqual(
        found.map(place),
        naive(all, { ...asked, count: 0 }).map(place),
        JSON.stringify(asked),
      );
    }
    return all.length;
  };
  await run(sql, auditStatement(rows(200)));
  assert.equal(await check(), 200);
  assert.ok((await projection.catchUp()) >= 200);
  await run(sql, auditStatement(rows(100, 1_700_000_030_000)));
  assert.equal(await check(), 300);
  assert.equal(await projection.catchUp(), 100);
  assert.equal(await projection.catchUp(), 0);
  assert.equal(await check(), 300);
});

test('a step takes about as many rows as it is told, and those that follow the rest', async (t) => {
  const { database, projection } = await setUp(t);
  for (let n = 0; n < 10; n += 1)
    await run(database.pool, auditStatement(rows(4, 1_700_000_000_000 + n * 1000)));
  assert.equal(await projection.catchUp(1, 10), 12, 'whole transactions');
  assert.equal(await projection.catchUp(1, 10), 12);
  assert.equal(await projection.catchUp(), 16);
});

test('an entry of a transaction that is still open is not passed over', async (t) => {
  const { database, projection } = await setUp(t);
  const entries = () => auditEntries(database.pool, { persons: [patient(1)], count: 10 });
  const slow = await database.pool.reserve();
  await slow`begin`;
  const [early, late] = rows(12).filter((row) => row.person === patient(1));
  await run(slow as never, auditStatement([early!]));
  await run(database.pool, auditStatement([late!]));
  await projection.catchUp();
  assert.equal((await entries()).entries.length, 1, 'what is committed is seen at once');
  await slow`commit`;
  slow.release();
  assert.equal((await entries()).entries.length, 2);
  await projection.catchUp();
  assert.equal((await entries()).entries.length, 2);
  const [{ projected }] = (await database.pool`
    select count(*) as projected from audit_person where person = ${patient(1)}`) as never as [
    { projected: string },
  ];
  assert.equal(projected, '2');
});

test('two that project at once add each entry once', async (t) => {
  const { database } = await setUp(t);
  await run(database.pool, auditStatement(rows(500)));
  await Promise.all([auditProjection(database).catchUp(), auditProjection(database).catchUp()]);
  await auditProjection(database).catchUp();
  const [{ count }] = (await database.pool`select count(*) from audit_actor`) as never as [{ count: string }];
  assert.equal(count, '500');
});

test('a page of one person is read off the index in order, without sorting or reading the log', async (t) => {
  const { database, projection } = await setUp(t);
  const sql = database.pool;
  for (let i = 0; i < 20; i += 1)
    await run(sql, auditStatement(rows(1000, 1_700_000_000_000 + i * 1_000_000)));
  await projection.catchUp();
  await sql`analyze audit`;
  await sql`analyze audit_person`;
  const seen: string[] = [];
  const explaining = {
    unsafe: async (text: string, values: string[]) => {
      if (/from audit_place/.test(text)) return sql.unsafe(text);
      const plan = await sql.unsafe(`explain (costs off) ${text}`, values);
      seen.push(...plan.map((row) => String(row['QUERY PLAN'])));
      return [];
    },
  };
  await auditEntries(explaining as never, { persons: [patient(137)], count: 20 });
  const plan = seen.join('\n');
  assert.match(plan, /Index Only Scan Backward using audit_person_pkey/);
  assert.match(plan, /Index Scan (?:on|using) \S*xid/);
  assert.doesNotMatch(plan, /Seq Scan|Sort Key: a/);
});

test('an entry is found by its place, and a text that is no cursor is refused', async (t) => {
  const { database } = await setUp(t);
  await run(database.pool, auditStatement(rows(3)));
  const { entries } = await auditEntries(database.pool, { count: 1 });
  const [entry] = entries;
  assert.deepEqual(await auditEntry(database.pool, entry!.at, entry!.seq), entry);
  assert.equal(await auditEntry(database.pool, entry!.at, '9999'), undefined);
  for (const cursor of [
    'x',
    '',
    Buffer.from('[1]').toString('base64url'),
    Buffer.from('[1,"1;drop"]').toString('base64url'),
  ])
    await assert.rejects(auditEntries(database.pool, { count: 1, cursor }), { status: 400 });
});
