import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import '../../../test/support/own-server.ts';
import { tester, testRecord } from '../../../test/support/record.ts';
import type { Database } from '../../platform/database.ts';
import { makeAuditPartitions } from '../audit-partitions.ts';
import { type AuditRow, auditStatement } from '../statement.ts';
import { run } from '../store.ts';
import {
  type HeadsFile,
  headsText,
  isSigned,
  readHeads,
  signHead,
  signingKey,
  storedHeads,
} from './heads.ts';
import { sealAll } from './seal.ts';
import { type AuditFaultKind, type VerifyOptions, verifyAudit } from './verify.ts';

const start = Date.UTC(2026, 10, 30, 23, 59, 50);
const key = signingKey(Buffer.alloc(32, 7).toString('base64'));

const row = (n: number): AuditRow => ({
  at: start + n * 1000,
  actor: { ...tester, name: `Dr "Oak", \\ of the (Wood) ${n}` },
  action: 'R',
  outcome: 200,
  person: String(n),
  type: 5,
  id: `p${n}`,
  ...(n % 2 ? { query: '', persons: ['1', '-2'] } : {}),
});

/** 24 rows in eight transactions and four blocks, across the end of a month. */
async function sealedLog(t: TestContext): Promise<{ database: Database; heads: HeadsFile }> {
  const { database } = await testRecord(t);
  await makeAuditPartitions(database, start);
  const clock = { now: () => start + 60_000 };
  for (let n = 0; n < 24; n += 3) {
    await run(database.batch, auditStatement([row(n), row(n + 1), row(n + 2)]));
    if (n % 2) await sealAll(database, clock);
  }
  await signHead(database, clock, key);
  return { database, heads: await storedHeads(database.pool) };
}

/** What the superuser does who can switch the triggers off. */
async function tamper(database: Database, sql: string): Promise<void> {
  await database.pool.begin(async (tx) => {
    await tx.unsafe(`set local session_replication_role = replica; ${sql}`);
  });
}

const kinds = async (database: Database, more: Partial<VerifyOptions> = {}): Promise<AuditFaultKind[]> =>
  (await verifyAudit({ database, ...more })).faults.map(({ kind }) => kind);

test('a log that nobody touched is sound, and its blocks hold every row', async (t) => {
  const { database, heads } = await sealedLog(t);
  const seen: number[] = [];
  const result = await verifyAudit({ database, kept: heads, watch: (done) => seen.push(done) });
  assert.deepEqual(
    { ...result, retired: result.retired.length },
    {
      faults: [],
      count: 0,
      blocks: 4,
      rows: 24,
      unsealed: 0,
      unsealedSince: undefined,
      retired: 0,
      stopped: false,
    },
  );
  assert.deepEqual(seen, [6, 12, 18, 24]);
  const [months] =
    await database.pool`select array_agg(array_length(months, 1) order by number) as n from audit_seal`;
  assert.deepEqual(months?.['n'], [1, 2, 1, 1]);
});

test('settings of the session that seals change no digest', async (t) => {
  const { database } = await sealedLog(t);
  await run(database.batch, auditStatement([row(30), row(31)]));
  const [sealed] = await database.pool.begin(async (tx) => {
    await tx.unsafe(`set local timezone = 'Asia/Kathmandu'; set local datestyle = 'German'; set local bytea_output = 'escape';
      set local client_encoding = 'LATIN1'; set local standard_conforming_strings = off; set local search_path = pg_temp`);
    return tx`select public.audit_seal_next(${start}, 100) as count`;
  });
  assert.equal(Number(sealed?.['count']), 2);
  assert.deepEqual(await kinds(database), []);
});

/** Each kind of damage: what is done, and what is found. */
const damages: readonly (readonly [what: string, sql: string, kinds: AuditFaultKind[]])[] = [
  ['a row was changed', `update audit set outcome = 404 where id = 'p7'`, ['changed']],
  ['an empty text became none', `update audit set query = null where id = 'p7'`, ['changed']],
  ['a row was deleted', `delete from audit where id = 'p8'`, ['missing']],
  ['the first row was deleted', `delete from audit where id = 'p0'`, ['missing']],
  [
    'a row was added',
    `insert into audit select (jsonb_populate_record(a, '{"seq": 99999}')).* from audit a where id = 'p9'`,
    ['added'],
  ],
  [
    'two rows changed places',
    `update audit a set seq = b.seq, id = a.id from audit b
       where (a.id, b.id) in (('p12', 'p13'), ('p13', 'p12'))`,
    ['changed', 'changed'],
  ],
  [
    'a row was moved within its block',
    `update audit set xid = (select xid from audit where id = 'p11') where id = 'p6'`,
    ['moved'],
  ],
  [
    'a row was moved to another block',
    `update audit set xid = (select xid from audit where id = 'p20') where id = 'p2'`,
    ['moved'],
  ],
  [
    'a row was moved to another month',
    `update audit set at = ${start + 10 * 86_400_000} where id = 'p1'`,
    ['moved'],
  ],
  ['a block was deleted', 'delete from audit_seal where number = 2', ['block']],
  ['the first block was deleted', 'delete from audit_seal where number = 1', ['block']],
  ['a block was changed', 'update audit_seal set sealed = sealed + 1 where number = 3', ['block']],
  [
    'two blocks changed places',
    `update audit_seal set number = -number where number in (2, 3);
     update audit_seal set number = 5 + number where number < 0`,
    [...(['block', 'block', 'block'] as const), ...Array.from({ length: 6 }, () => 'moved' as const)],
  ],
  [
    'a list of rows was changed',
    `update audit_seal set members = overlay(members placing '\\x00' from 10) where number = 3`,
    ['block'],
  ],
  [
    'a row and its list were changed',
    `update audit set outcome = 404 where id = 'p13';
     update audit_seal set members = (select string_agg(int8send(seq) || substr(sha256(convert_to(row(at, seq, person, xid, persons,
       version, type, outcome, action, id, query, actor, actor_name, role, organisation, purpose, via, request, event,
       note)::text, 'UTF8')), 1, 8), '' order by a.xid, seq) from audit a where a.xid > from_xid and a.xid <= to_xid)
       where number = 3`,
    ['changed'],
  ],
  ['the last block was deleted', 'delete from audit_seal where number = 4', ['tail']],
  [
    'the end was cut off, rows and all',
    `delete from audit where xid > (select from_xid from audit_seal where number = 4);
     delete from audit_seal where number = 4`,
    ['tail'],
  ],
  ['a head was changed', `update audit_head set at = at + 1`, ['head']],
  ['a trigger was switched off', 'alter table audit_seal disable trigger audit_stays', ['guard']],
  ['a trigger was taken off a month', 'alter table audit_2026_11 disable trigger all', ['guard']],
];

for (const [what, sql, found] of damages)
  test(`found: ${what}`, async (t) => {
    const { database } = await sealedLog(t);
    await tamper(database, sql);
    const result = await verifyAudit({ database });
    assert.deepEqual(result.faults.map(({ kind }) => kind).sort(), [...found].sort());
    assert.equal(result.count, found.length);
    for (const { message } of result.faults) assert.doesNotMatch(message, /Oak|p\d/);
  });

test('every column of the log is sealed', async (t) => {
  const { database } = await sealedLog(t);
  const columns = await database.pool`
    select attname as name, format_type(atttypid, null) as type from pg_attribute
    where attrelid = 'audit'::regclass and attnum > 0 and not attisdropped order by attnum`;
  const other: Readonly<Record<string, string>> = {
    ...{ bigint: '77', integer: '77', smallint: '77', text: `'other'`, xid8: `'77'`, '"char"': `'Z'` },
    'bigint[]': `'{77}'`,
  };
  const places = await database.pool`select seq from audit order by xid, seq`;
  for (const [n, { name, type }] of columns.entries())
    await tamper(database, `update audit set ${name} = ${other[type]} where seq = ${places[n]?.['seq']}`);
  const { faults } = await verifyAudit({ database });
  const named = new Set(faults.map(({ message }) => /^Row (\d+)/.exec(message)?.[1]));
  for (const [n, { name }] of columns.entries()) assert.ok(named.has(places[n]?.['seq']), name);
  assert.equal(
    faults.length,
    columns.length + 1,
    'a row of another number is missing there and too many here',
  );
});

test('a fault names its place', async (t) => {
  const { database } = await sealedLog(t);
  const [hit] = await database.pool`select seq, xid::text from audit where id = 'p7'`;
  await tamper(database, `update audit set outcome = 404 where id = 'p7'`);
  const [fault] = (await verifyAudit({ database })).faults;
  assert.equal(
    fault?.message,
    `Row ${hit?.['seq']} of transaction ${hit?.['xid']}, written at 2026-11-30T23:59:57.000Z, was changed after it was sealed in block 2, sealed at 2026-12-01T00:00:50.000Z.`,
  );
});

test('a chain made anew, or cut with its heads, is found by heads that were kept elsewhere', async (t) => {
  const { database, heads } = await sealedLog(t);
  await tamper(database, `delete from audit where id = 'p3'; delete from audit_seal; delete from audit_head`);
  await sealAll(database, { now: () => start + 60_000 });
  assert.deepEqual(await kinds(database), []);
  assert.deepEqual(await kinds(database, { kept: heads }), ['tail']);
  for (let n = 0; n < 4; n += 1) {
    await run(database.batch, auditStatement([row(30 + n)]));
    await sealAll(database, { now: () => start + 70_000 });
  }
  assert.deepEqual(await kinds(database, { kept: readHeads(headsText(heads)) }), ['head']);
});

test('a stretch can be verified by itself', async (t) => {
  const { database } = await sealedLog(t);
  await tamper(database, `update audit set outcome = 404 where id = 'p1'`);
  assert.deepEqual(await kinds(database), ['changed']);
  assert.deepEqual(await kinds(database, { from: { number: 2 } }), []);
  assert.deepEqual(await kinds(database, { from: { number: 2 }, to: { number: 3 } }), []);
  assert.deepEqual(await kinds(database, { to: { number: 1 } }), ['changed']);
  assert.deepEqual(await kinds(database, { from: { time: start + 61_000 } }), []);
});

test('a verification that is stopped says so', async (t) => {
  const { database } = await sealedLog(t);
  const control = new AbortController();
  const result = await verifyAudit({ database, signal: control.signal, watch: () => control.abort() });
  assert.equal(result.stopped, true);
  assert.equal(result.blocks, 1);
});

test('rows that an open transaction may still add to wait for it, and none is left out', async (t) => {
  const { database } = await sealedLog(t);
  const clock = { now: () => start + 80_000 };
  let go = () => {};
  let begun = () => {};
  const opened = new Promise<void>((done) => {
    begun = done;
  });
  const open = database.pool.begin(async (tx) => {
    await run(tx, auditStatement([row(40)]));
    begun();
    await new Promise<void>((done) => {
      go = done;
    });
  });
  await opened;
  await run(database.batch, auditStatement([row(41)]));
  assert.equal(await sealAll(database, clock), 0);
  const waiting = await verifyAudit({ database });
  assert.deepEqual([waiting.unsealed, waiting.unsealedSince], [1, start + 41_000]);
  go();
  await open;
  assert.equal(await sealAll(database, clock), 2);
  assert.deepEqual(await kinds(database), []);
});

test('of several processes one seals, and no row is sealed twice', async (t) => {
  const { database } = await sealedLog(t);
  const clock = { now: () => start + 80_000 };
  for (let n = 50; n < 80; n += 1) await run(database.batch, auditStatement([row(n)]));
  const counts = await Promise.all(Array.from({ length: 4 }, () => sealAll(database, clock)));
  assert.equal(
    counts.reduce((sum, n) => sum + n),
    30,
  );
  assert.deepEqual(await kinds(database), []);
});

test('a month that was let go leaves its seals, and the rest stays provable', async (t) => {
  const { database, heads } = await sealedLog(t);
  await run(database.batch, auditStatement([row(2)]));
  const retire = () => database.pool`select audit_retire(202611, ${start}) as count`;
  await assert.rejects(retire(), /1 rows that are not sealed/);
  await sealAll(database, { now: () => start + 80_000 });
  const [gone] = await retire();
  assert.equal(Number(gone?.['count']), 11);
  const result = await verifyAudit({ database, kept: heads });
  assert.deepEqual([result.faults, result.rows], [[], 14]);
  assert.deepEqual(result.retired, [{ month: 202611, count: 11 }]);
  await tamper(database, `update audit set outcome = 404 where id = 'p14'`);
  assert.deepEqual(await kinds(database), ['changed']);
});

test('a head is believed only with the key that signed it', async (t) => {
  const { heads } = await sealedLog(t);
  const [head] = heads.heads;
  assert.ok(head && isSigned(head, heads.keys));
  assert.ok(!isSigned({ ...head, number: 3 }, heads.keys));
  assert.ok(!isSigned(head, [{ id: key.id, public: Buffer.alloc(32, 1) }]));
  assert.ok(!isSigned(head, []));
});
