import assert from 'node:assert/strict';
import test from 'node:test';
import { tester, testRecord } from '../../test/support/record.ts';
import { countResources } from './resource-counts.ts';

const organisation = (id: string) => ({
  ...({ kind: 'update', type: 'Organization', id } as const),
  text: JSON.stringify({ resourceType: 'Organization', id, name: `Organisation ${id}` }),
});

test('a count stands for a minute, then is made again without keeping anyone waiting', async (t) => {
  const { record } = await testRecord(t);
  let now = Date.parse('2026-11-22T12:00:00Z');
  const counted = countResources({ record, clock: { now: () => now } });
  assert.deepEqual((await counted()).counts, []);
  await record.commit(tester, [organisation('a'), organisation('b')]);
  now += 30_000;
  assert.deepEqual((await counted()).counts, []);

  now += 31_000;
  // Whoever asks first has the old answer; the new one is made meanwhile.
  assert.deepEqual((await counted()).counts, []);
  for (let tries = 0; (await counted()).counts.length === 0 && tries < 1000; tries++) {
    await record.read(tester, 'Organization', 'a');
  }
  const { at, counts } = await counted();
  assert.equal(at, now);
  assert.deepEqual(counts, [{ type: 'Organization', name: 'Organisations', count: 2 }]);
});
