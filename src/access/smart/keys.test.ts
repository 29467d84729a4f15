import assert from 'node:assert/strict';
import test from 'node:test';
import { testDatabase } from '../../../test/support/database.ts';
import { leadTime, openKeyStore } from './keys.ts';
import { smartMigrations } from './schema.ts';

test('many processes that start at once make one key of each kind', async (t) => {
  const database = await testDatabase(t, { migrations: smartMigrations });
  const clock = { now: () => 1_000_000 };
  const rings = await Promise.all(Array.from({ length: 4 }, () => openKeyStore({ database, clock }).ring()));
  assert.equal(new Set(rings.map(({ state }) => state)).size, 1);
  assert.equal(rings[0]?.tokenKeys.length, 1);
  assert.equal(rings[0]?.cookieKeys.length, 1);
  const rotated = await Promise.all(
    Array.from({ length: 3 }, () =>
      openKeyStore({ database, clock: { now: () => 9_000_000 } }).rotate(5_000_000),
    ),
  );
  assert.equal(rotated.filter(Boolean).length, 1);
});

test('sealed keys open with their secret alone, and one that is configured later keeps the earlier', async (t) => {
  const database = await testDatabase(t, { migrations: smartMigrations });
  let now = 1_000_000;
  const clock = { now: () => now };
  const plain = await openKeyStore({ database, clock }).ring();
  const sealed = openKeyStore({ database, clock, sealSecrets: ['a secret'] });
  assert.deepEqual(await sealed.ring(), plain);
  await sealed.rotate();
  now += leadTime;
  const ring = await sealed.ring();
  assert.equal(ring.tokenKeys.length, 2);
  assert.notEqual(ring.tokenKeys[0]?.kid, plain.tokenKeys[0]?.kid);
  const rows = await database.pool<{ sealed: string }[]>`select sealed from smart_key where ends is null`;
  for (const row of rows) {
    assert.match(row.sealed, /^gcm\./);
    assert.ok(!ring.cookieKeys.some((key) => row.sealed.includes(key)));
  }
  await assert.rejects(openKeyStore({ database, clock, sealSecrets: ['another'] }).ring(), /is not the one/);
  await assert.rejects(openKeyStore({ database, clock }).ring(), /is not configured/);
});

test('a new secret in front seals what comes, and the former still opens what it sealed until that has been rotated away', async (t) => {
  const database = await testDatabase(t, { migrations: smartMigrations });
  let now = 1_000_000;
  const clock = { now: () => now };
  const before = await openKeyStore({ database, clock, sealSecrets: ['former'] }).ring();
  const both = openKeyStore({ database, clock, sealSecrets: ['new', 'former'] });
  assert.deepEqual(await both.ring(), before);
  await both.rotate();
  now += leadTime;
  const after = await both.ring();
  assert.equal(after.tokenKeys.length, 2);
  assert.notEqual(after.tokenKeys[0]?.kid, before.tokenKeys[0]?.kid);
  const alone = openKeyStore({ database, clock, sealSecrets: ['new'] });
  await assert.rejects(alone.ring(), /Put the former secret back/);
  now += 2 * 24 * 3_600_000;
  assert.deepEqual((await alone.ring()).tokenKeys, [after.tokenKeys[0]]);
});
