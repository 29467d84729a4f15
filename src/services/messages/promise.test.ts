import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Absence, answeredBy, standsIn } from './promise.ts';

const holidays = new Set(['2026-12-25', '2026-12-28', '2027-01-01']);
const isHoliday = (day: string): boolean => holidays.has(day);

test('an answer is promised for the close of a working day, bank holidays and weekends left out', () => {
  const cases: readonly (readonly [days: number, asked: string, by: string])[] = [
    [2, '2026-11-23T09:00:00Z', '2026-11-25T18:30:00Z'],
    [0, '2026-11-23T09:00:00Z', '2026-11-23T18:30:00Z'],
    [0, '2026-11-23T18:45:00Z', '2026-11-24T18:30:00Z'],
    [1, '2026-11-27T17:00:00Z', '2026-11-30T18:30:00Z'],
    [1, '2026-11-28T10:00:00Z', '2026-12-01T18:30:00Z'],
    [2, '2026-12-24T10:00:00Z', '2026-12-30T18:30:00Z'],
    [1, '2026-07-01T17:45:00Z', '2026-07-03T17:30:00Z'],
  ];
  for (const [days, asked, by] of cases)
    assert.equal(
      new Date(answeredBy(days, Date.parse(asked), isHoliday)).toISOString(),
      by.replace('Z', '.000Z'),
      asked,
    );
});

test('more days never bring the answer sooner, nor does asking later', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.nat(400 * 86_400), fc.nat(86_400), (days, seconds, more) => {
      const asked = Date.parse('2026-01-01T00:00:00Z') + seconds * 1000;
      const by = answeredBy(days, asked, isHoliday);
      assert.ok(by > asked);
      assert.ok(answeredBy(days + 1, asked, isHoliday) > by);
      assert.ok(answeredBy(days, asked + more * 1000, isHoliday) >= by);
    }),
  );
});

test('whoever stands in for someone away is found, and two who stand in for each other are nobody', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ reference: `Practitioner/${name}`, name }));
  const away = (member: typeof a, deputy: typeof a): Absence => ({
    ...{ id: member!.name, member: member!, deputy, from: '2026-12-01', until: '2026-12-10' },
  });
  const all = [away(a, b), away(b, c)];
  assert.equal(standsIn(a!, all, '2026-12-05').who, c);
  assert.equal(standsIn(a!, all, '2026-12-11').who, a);
  assert.equal(standsIn(a!, [away(a, b), away(b, a)], '2026-12-05').who, undefined);
  assert.equal(standsIn(a!, [away(a, undefined)], '2026-12-05').who, undefined);
});
