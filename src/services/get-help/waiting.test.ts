import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { answeredAfter, durationWords, expectedOf, leastHistory, percentile } from './waiting.ts';

test('times are those of real requests, and too few say nothing', () => {
  assert.equal(expectedOf(Array.from({ length: leastHistory - 1 }, () => 1)), undefined);
  const times = Array.from({ length: 100 }, (_, n) => (n + 1) * 60_000);
  assert.deepEqual(expectedOf(times), { half: 50 * 60_000, most: 90 * 60_000, of: 100 });
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: leastHistory, maxLength: 60 }), (list) => {
      const found = expectedOf(list)!;
      assert.ok(list.includes(found.half) && list.includes(found.most) && found.half <= found.most);
      assert.ok(list.filter((one) => one <= found.most).length >= list.length * 0.9);
    }),
  );
  assert.equal(percentile([], 0.5), 0);
});

test('a time in words promises no less than it was', () => {
  assert.deepEqual([1, 12 * 60_000, 56 * 60_000, 3.2 * 3_600_000, 40 * 3_600_000].map(durationWords), [
    '5 minutes',
    '15 minutes',
    '1 hour',
    '4 hours',
    '2 days',
  ]);
});

test('the first deed of the team counts, else the closing; an open one says nothing', () => {
  const task = {
    resourceType: 'Task',
    status: 'completed',
    intent: 'order',
    authoredOn: '2026-01-05T08:00:00Z',
  } as const;
  const at = (minutes: number) => new Date(Date.parse(task.authoredOn) + minutes * 60_000).toISOString();
  assert.equal(
    answeredAfter({ ...task, executionPeriod: { start: at(30) }, lastModified: at(90) }),
    30 * 60_000,
  );
  assert.equal(answeredAfter({ ...task, lastModified: at(90) }), 90 * 60_000);
  assert.equal(answeredAfter({ ...task, status: 'requested', lastModified: at(90) }), undefined);
  assert.equal(answeredAfter({ ...task, lastModified: at(-5) }), undefined);
});
