import assert from 'node:assert/strict';
import test from 'node:test';
import { testDatabase } from '../../../test/support/database.ts';
import type { Ending } from '../../../test/support/ending.ts';
import { uuidv7 } from '../../platform/ids.ts';
import { migrate } from '../../platform/migrations.ts';
import { parseLinkageKey } from './linkage-key.ts';
import { linkageDays, openLinkageKeys, triesOfAccount, triesOfKey } from './linkage-keys.ts';
import { linkingMigrations } from './schema.ts';

const day = 86_400_000;

async function opened(t: Ending) {
  const database = await testDatabase(t);
  await migrate(database, linkingMigrations);
  let now = Date.parse('2026-11-22T09:00:00Z');
  const clock = { now: () => now };
  const keys = openLinkageKeys(database, clock, uuidv7(clock));
  const issue = async (patient = 'a') => {
    const { accountId, key, odsCode } = await keys.issue(patient, 'A81001', 'Practitioner/1');
    return { accountId, odsCode, key: parseLinkageKey(key) ?? '' };
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { keys, issue, pass };
}

test('a key is found by all three details, used once, and over after its days', async (t) => {
  const { keys, issue, pass } = await opened(t);
  const details = await issue();
  assert.equal(await keys.find({ ...details, odsCode: 'B82002' }), undefined);
  assert.equal(await keys.find({ ...details, key: 'B'.repeat(16) }), undefined);
  const found = await keys.find(details);
  assert.equal(found?.patient, 'a');
  assert.deepEqual(
    (await Promise.all([keys.markUsed(found!.id, 'x'), keys.markUsed(found!.id, 'y')])).sort(),
    [false, true],
  );
  assert.equal(await keys.find(details), undefined);

  const later = await issue();
  pass(linkageDays * day - 1);
  assert.ok(await keys.find(later));
  pass(1);
  assert.equal(await keys.find(later), undefined);
});

test('a newer key takes the place of an older one of the same person, and of nobody else', async (t) => {
  const { keys, issue } = await opened(t);
  const [first, other, second] = [await issue('a'), await issue('b'), await issue('a')];
  assert.equal(await keys.find(first), undefined);
  assert.ok(await keys.find(other));
  assert.ok(await keys.find(second));
  const many = await Promise.all([issue('c'), issue('c'), issue('c')]);
  const usable = await Promise.all(many.map((details) => keys.find(details)));
  assert.equal(usable.filter(Boolean).length, 1);
});

test('a key bears a few wrong tries, however many come at once', async (t) => {
  const { keys, issue } = await opened(t);
  const details = await issue();
  await Promise.all(Array.from({ length: triesOfKey }, () => keys.find({ ...details, key: 'B'.repeat(16) })));
  assert.equal(await keys.find(details), undefined);
});

test('an account has so many tries a day, however many come at once', async (t) => {
  const { keys, pass } = await opened(t);
  const tries = await Promise.all(Array.from({ length: 12 }, () => keys.countTry('x')));
  assert.equal(tries.filter((left) => left !== undefined).length, triesOfAccount);
  assert.equal(await keys.triesLeft('x'), 0);
  assert.equal(await keys.countTry('y'), triesOfAccount - 1);
  pass(day);
  assert.equal(await keys.triesLeft('x'), triesOfAccount);
  assert.equal(await keys.countTry('x'), triesOfAccount - 1);
  await keys.forgiveTries('x');
  assert.equal(await keys.triesLeft('x'), triesOfAccount);
});
