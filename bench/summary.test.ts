import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { percentile, type Round, spread, summarise } from './summary.ts';

test('a percentile is the nearest rank of the values that were measured', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => n + 1);
  assert.equal(percentile(hundred, 0.5), 50);
  assert.equal(percentile(hundred, 0.99), 99);
  assert.equal(percentile(hundred, 1), 100);
  assert.equal(percentile([7], 0.5), 7);
  assert.equal(percentile([1, 2], 0.99), 2);
  assert.ok(Number.isNaN(percentile([], 0.5)));
});

test('at least the share asked for lies at or below the percentile, and less than that below it', () => {
  const share = fc.double({ min: 0.01, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), share, (values, wanted) => {
      const sorted = values.toSorted((a, b) => a - b);
      const found = percentile(sorted, wanted);
      assert.ok(sorted.filter((value) => value <= found).length >= wanted * sorted.length);
      assert.ok(sorted.filter((value) => value < found).length < wanted * sorted.length);
    }),
  );
});

test('the spread of rounds is their smallest, middle and largest, in whatever order they came', () => {
  assert.deepEqual(spread([30, 10, 20]), { min: 10, median: 20, max: 30 });
  assert.deepEqual(spread([4, 1, 3, 2]), { min: 1, median: 2.5, max: 4 });
});

test('rounds are summed up by the median of each figure and the sum of their errors', () => {
  const round = (perSecond: number, p50: number, errors: number): Round => ({
    requests: 10,
    errors,
    seconds: 1,
    perSecond,
    p50,
    p95: 1,
    p99: 1,
    max: 1,
    bytes: 1,
    generatorCpu: 0.1,
    ...(errors > 0 ? { firstError: 'status 500' } : {}),
  });
  const all = summarise([round(100, 3, 0), round(300, 1, 2), round(200, 2, 0)]);
  assert.deepEqual(all.perSecond, { min: 100, median: 200, max: 300 });
  assert.equal(all.p50, 2);
  assert.equal(all.requests, 30);
  assert.equal(all.errors, 2);
  assert.equal(all.firstError, 'status 500');
});
