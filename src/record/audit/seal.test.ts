import assert from 'node:assert/strict';
import test from 'node:test';
import '../../../test/support/own-server.ts';
import { tester, testRecord } from '../../../test/support/record.ts';
import { createLog } from '../../platform/log.ts';
import { auditStatement } from '../statement.ts';
import { run } from '../store.ts';
import { isSigned, signHead, signingKey, storedHeads } from './heads.ts';
import { keepSealing, sealAll } from './seal.ts';
import { verifyAudit } from './verify.ts';

const clock = { now: () => Date.UTC(2026, 10, 22) };
const log = createLog({ level: 'silent' });
const key = signingKey(Buffer.alloc(32, 5).toString('base64'));
const rows = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    ...{
      at: clock.now(),
      actor: tester,
      action: 'R' as const,
      outcome: 200,
      person: '0',
      type: 1,
      id: `p${n}`,
    },
  }));

test('a server that stops seals all it wrote and signs the end', async (t) => {
  const { database } = await testRecord(t);
  const end = keepSealing({ database, clock, log, key });
  await run(database.batch, auditStatement(rows(5)));
  await end();
  const { unsealed, rows: sealed, faults } = await verifyAudit({ database });
  assert.deepEqual([unsealed, sealed, faults], [0, 5, []]);
  const { heads, keys } = await storedHeads(database.pool);
  assert.deepEqual(
    heads.map((head) => [head.number, head.at, isSigned(head, keys)]),
    [[1, clock.now(), true]],
  );
});

test('a log that nobody wrote to has no blocks and no heads', async (t) => {
  const { database } = await testRecord(t);
  await keepSealing({ database, clock, log, key })();
  assert.deepEqual((await storedHeads(database.pool)).heads, []);
  assert.equal((await verifyAudit({ database })).blocks, 0);
});

test('another key signs the same end beside the first, and both stay known', async (t) => {
  const { database } = await testRecord(t);
  await run(database.batch, auditStatement(rows(1)));
  await sealAll(database, clock);
  await signHead(database, clock, key);
  await signHead(database, clock, key);
  await signHead(database, clock, signingKey(Buffer.alloc(32, 6).toString('base64')));
  const { heads, keys } = await storedHeads(database.pool);
  assert.deepEqual([heads.length, keys.length], [2, 2]);
  assert.ok(heads.every((head) => isSigned(head, keys)));
});

test('what waits for long is sealed in blocks of some thousand rows', async (t) => {
  const { database } = await testRecord(t);
  for (let n = 0; n < 5; n += 1) await run(database.batch, auditStatement(rows(6000)));
  assert.equal(await sealAll(database, clock), 30_000);
  const blocks = await database.pool`select counts[1] as n from audit_seal order by number`;
  assert.deepEqual(
    blocks.map((row) => Number(row['n'])),
    [12_000, 12_000, 6000],
  );
  assert.deepEqual((await verifyAudit({ database })).faults, []);
});
