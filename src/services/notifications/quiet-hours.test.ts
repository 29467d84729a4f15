import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { afterQuiet, isQuiet, type QuietHours } from './quiet-hours.ts';

const night = { from: 22, until: 7 };
const cases: readonly (readonly [what: string, now: string, quiet: QuietHours, then: string])[] = [
  ['by day nothing waits', '2026-11-22T12:00:00Z', night, '2026-11-22T12:00:00Z'],
  ['in the evening it waits for the morning', '2026-11-22T22:30:00Z', night, '2026-11-23T07:00:00Z'],
  ['after midnight it waits for the same morning', '2026-11-23T03:10:00Z', night, '2026-11-23T07:00:00Z'],
  ['the first moment is quiet', '2026-11-22T22:00:00Z', night, '2026-11-23T07:00:00Z'],
  ['the last is not', '2026-11-23T07:00:00Z', night, '2026-11-23T07:00:00Z'],
  ['in summer by summer time', '2026-07-01T21:30:00Z', night, '2026-07-02T06:00:00Z'],
  ['hours within a day', '2026-11-22T13:59:59Z', { from: 13, until: 15 }, '2026-11-22T15:00:00Z'],
  [
    'the same hour twice is never quiet',
    '2026-11-22T03:00:00Z',
    { from: 7, until: 7 },
    '2026-11-22T03:00:00Z',
  ],
  // 29 March 2026: 1am becomes 2am, so the night is an hour shorter.
  ['over the change to summer time', '2026-03-28T23:00:00Z', night, '2026-03-29T06:00:00Z'],
  ['until the hour that is left out', '2026-03-29T00:30:00Z', { from: 22, until: 1 }, '2026-03-29T01:00:00Z'],
  ['from the hour that is left out', '2026-03-29T01:00:00Z', { from: 1, until: 3 }, '2026-03-29T02:00:00Z'],
  // 25 October 2026: 2am becomes 1am, so the night is an hour longer.
  ['over the change to winter time', '2026-10-24T21:30:00Z', night, '2026-10-25T07:00:00Z'],
  [
    'in the hour that comes twice, the first time',
    '2026-10-25T00:30:00Z',
    { from: 22, until: 2 },
    '2026-10-25T02:00:00Z',
  ],
  [
    'in the hour that comes twice, the second time',
    '2026-10-25T01:30:00Z',
    { from: 22, until: 2 },
    '2026-10-25T02:00:00Z',
  ],
];

describe('quiet hours', () => {
  for (const [what, now, quiet, then] of cases)
    it(what, () => {
      assert.equal(new Date(afterQuiet(Date.parse(now), quiet)).toISOString(), new Date(then).toISOString());
    });

  it('none at all hold nothing back', () => {
    assert.equal(afterQuiet(5, undefined), 5);
  });

  it('hold back to the first moment that is not quiet, and never by more than a day and an hour', () => {
    const hour = fc.integer({ min: 0, max: 23 });
    const moment = fc.integer({ min: Date.parse('2025-01-01'), max: Date.parse('2028-01-01') });
    fc.assert(
      fc.property(moment, hour, hour, (ms, from, until) => {
        const quiet = { from, until };
        const then = afterQuiet(ms, quiet);
        assert.ok(!isQuiet(then, quiet));
        assert.ok(then >= ms && then - ms <= 25 * 3_600_000);
        if (then > ms) assert.ok(isQuiet(then - 1, quiet));
      }),
      { numRuns: 300 },
    );
  });
});
