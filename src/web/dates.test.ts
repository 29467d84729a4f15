import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  addDays,
  age,
  formatDate,
  formatDateTime,
  formatPeriod,
  formatShortDate,
  formatTime,
  lastDay,
  localMoment,
  parseDate,
  startOfDay,
} from './dates.ts';

describe('dates', () => {
  const cases: [unknown, string, string][] = [
    ['2024-01-05', '5 January 2024', '5 January 2024'],
    ['2024-01', 'January 2024', 'January 2024'],
    ['2024', '2024', '2024'],
    ['2024-01-05T14:30:00Z', '5 January 2024', '5 January 2024, 2:30pm'],
    ['2024-07-05T14:30:00Z', '5 July 2024', '5 July 2024, 3:30pm'],
    ['2024-07-04T23:30:00Z', '5 July 2024', '5 July 2024, 12:30am'],
    ['2024-01-05T12:00:00Z', '5 January 2024', '5 January 2024, midday'],
    ['2024-01-05T00:00:00.000Z', '5 January 2024', '5 January 2024, midnight'],
    ['2024-01-05T09:00:00+00:00', '5 January 2024', '5 January 2024, 9am'],
    ['not a date', 'not a date', 'not a date'],
    [undefined, '', ''],
    [12, '', ''],
  ];
  for (const [value, date, dateTime] of cases) {
    it(`writes ${JSON.stringify(value)} as ${JSON.stringify(dateTime)}`, () => {
      assert.equal(formatDate(value), date);
      assert.equal(formatDateTime(value), dateTime);
    });
  }

  it('shortens months in tables and leaves out a midnight that only stands for no time', () => {
    assert.equal(formatShortDate('2024-09-05'), '5 Sep 2024');
    assert.equal(formatTime('2024-01-05T00:00:00Z'), '');
    assert.equal(formatTime('2024-01-05T16:05:00Z'), '4:05pm');
  });

  it('writes a period by the ends that it has', () => {
    assert.equal(
      formatPeriod({ start: '2024-01-05', end: '2024-01-07' }),
      '5 January 2024 to 7 January 2024',
    );
    assert.equal(
      formatPeriod({ start: '2024-01-05T09:00:00Z', end: '2024-01-05T10:00:00Z' }),
      '5 January 2024',
    );
    assert.equal(formatPeriod({ start: '2024' }), 'From 2024');
    assert.equal(formatPeriod({ end: '2024-02' }), 'Until February 2024');
    assert.equal(formatPeriod(undefined), '');
  });

  it('begins each day of the United Kingdom at its own midnight, through both changes of the clock', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), (days) => {
        const key = addDays('1972-01-01', days);
        const start = startOfDay(key);
        assert.equal(localMoment(start).key, key);
        assert.equal(localMoment(start).hour, 0);
        assert.equal(localMoment(start - 1).key, addDays(key, -1));
      }),
      { numRuns: 200 },
    );
  });

  it('says an age in the unit that fits it', () => {
    const on = parseDate('2026-11-22');
    assert.ok(on);
    const ages: [unknown, string][] = [
      ['2026-11-22', '0 days'],
      ['2026-11-21', '1 day'],
      ['2026-10-01', '7 weeks'],
      ['2025-08-22', '15 months'],
      ['2024-11-23', '23 months'],
      ['2024-11-22', '2 years'],
      ['1948-11-23', '77 years'],
      ['1948-11', '78 years'],
      ['1961', '64 or 65 years'],
      ['2026', 'under 1 year'],
      ['2027-01-01', ''],
      [undefined, ''],
    ];
    for (const [born, said] of ages) assert.equal(age(born, on), said, String(born));
  });

  it('say the last day of what ends at a moment', () => {
    assert.equal(lastDay(startOfDay('2028-01-01')), '31 December 2027');
    assert.equal(lastDay(startOfDay('2028-07-01')), '30 June 2028');
    assert.equal(lastDay(Date.parse('2028-01-01T09:00:00Z')), '1 January 2028');
  });
});
