import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { forecast, type PastDurations, type Pending, pastDurations } from './forecast.ts';
import type { Order, WorkStage } from './order.ts';
import { workStages } from './order.ts';

const dayMs = 86_400_000;
const now = Date.parse('2026-11-22T09:00:00Z');
const always = (days: number): PastDurations =>
  Object.fromEntries(workStages.map((stage) => [stage, Array(10).fill(days)])) as unknown as PastDurations;
const pending = (id: string, stage: WorkStage = 'survey', more: Partial<Pending> = {}): Pending => ({
  ...{ id, stage, spent: 0, begins: now, counts: true },
  ...more,
});

test('where every stage took ten days, a new order takes seventy, and one in acceptance what is left of ten', () => {
  const { byOrder, reached } = forecast({
    ...{ past: always(10), now, seed: 'a', runs: 50, needed: [1, 2, 3] },
    pending: [pending('new'), pending('late', 'acceptance', { spent: 4 })],
  });
  assert.deepEqual(byOrder.get('new'), {
    p10: now + 70 * dayMs,
    p50: now + 70 * dayMs,
    p90: now + 70 * dayMs,
  });
  assert.equal(byOrder.get('late')?.p50, now + 6 * dayMs);
  assert.deepEqual(
    reached.map(({ p50, share }) => [p50, share]),
    [
      [now + 6 * dayMs, 1],
      [now + 70 * dayMs, 1],
      [undefined, 0],
    ],
  );
});

test('a stage that lasts longer than any before is expected to last half of one again', () => {
  const { byOrder } = forecast({
    ...{ past: always(10), now, seed: 'a', runs: 20 },
    pending: [pending('stuck', 'acceptance', { spent: 300 })],
  });
  assert.equal(byOrder.get('stuck')?.p50, now + 5 * dayMs);
});

test('the same seed gives the same forecast; early comes before likely, likely before late; more to reach is never sooner', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ stage: fc.constantFrom(...workStages), spent: fc.integer({ min: 0, max: 90 }) }), {
        minLength: 1,
        maxLength: 12,
      }),
      fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 30 }),
      (list, days) => {
        const past = Object.fromEntries(workStages.map((stage) => [stage, days])) as unknown as PastDurations;
        const asked = {
          ...{ past, now, seed: 'law', runs: 40, needed: list.map((_, i) => i + 1) },
          pending: list.map(({ stage, spent }, i) => pending(String(i), stage, { spent })),
        };
        const found = forecast(asked);
        assert.deepEqual(forecast(asked), found);
        for (const { p10, p50, p90 } of found.byOrder.values())
          assert.ok(now <= (p10 ?? 0) && (p10 ?? 0) <= (p50 ?? 0) && (p50 ?? 0) <= (p90 ?? 0));
        for (const [i, { p50 }] of found.reached.entries())
          assert.ok((p50 ?? 0) >= (found.reached[i - 1]?.p50 ?? 0));
      },
    ),
    { numRuns: 40 },
  );
});

test('few finished stages are taken together with what is assumed, and it is said', () => {
  const { assumed } = forecast({
    past: { ...always(10), build: [5] },
    pending: [pending('x')],
    now,
    seed: 's',
    runs: 20,
  });
  assert.deepEqual(assumed, ['build']);
});

test('what an order spent in a stage counts with all its returns, and a stage that still runs does not', () => {
  const day = (n: number) => now + n * dayMs;
  const order = {
    state: 'acceptance',
    spells: [
      { stage: 'install', from: day(0), until: day(10) },
      { stage: 'acceptance', from: day(10), until: day(14) },
      { stage: 'install', from: day(14), until: day(19) },
      { stage: 'acceptance', from: day(19) },
    ],
  } as unknown as Order;
  const past = pastDurations([order]);
  assert.deepEqual([past.install, past.acceptance], [[15], []]);
});

test('the more there is to forecast the fewer runs it has, so that it holds nobody up', () => {
  const many = Array.from({ length: 6000 }, (_, i) =>
    pending(String(i), 'survey', { begins: now + i * dayMs }),
  );
  const { runs } = forecast({ past: always(10), pending: many, now, seed: 's' });
  assert.ok(runs >= 20 && runs * many.length * 7 <= 3_100_000);
});
