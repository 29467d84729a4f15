import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, localMoment } from '../../web/dates.ts';
import { weekdayOf } from './bank-holidays.ts';
import { clash, momentOf, planSlots, runsOn, type SessionTemplate } from './session-template.ts';

const minute = 60_000;
const template = (more: Partial<SessionTemplate> = {}): SessionTemplate => ({
  ...{
    id: 't1',
    organisation: 'o1',
    practitioner: 'p1',
    site: 's1',
    practitionerName: 'Dr A',
    siteName: 'S',
  },
  ...{ name: 'Morning', weekdays: [1, 2, 3, 4, 5, 6, 7], everyWeeks: 1, from: '08:30', until: '11:30' },
  ...{ minutes: 10, gap: 0, places: 1, modes: ['telephone'], kinds: ['gp-routine'] },
  ...{ release: { days: 14, at: '08:00' }, selfBook: true, starts: '2020-01-01', atHolidays: true },
  ...more,
});
const clock = (ms: number): string => {
  const { hour, minute: min } = localMoment(ms);
  return `${String(hour).padStart(2, '0')}:${String(min).padStart(2, '0')}`;
};

const days = fc.integer({ min: 0, max: 3650 }).map((n) => addDays('2024-01-01', n));
/** The days on which clocks change, and those beside them. */
const changes = fc
  .constantFrom('2025-03-30', '2025-10-26', '2026-03-29', '2026-10-25', '2027-03-28', '2027-10-31')
  .chain((day) => fc.constantFrom(-1, 0, 1).map((by) => addDays(day, by)));
const times = fc
  .tuple(fc.integer({ min: 0, max: 22 }), fc.constantFrom(0, 15, 30, 45), fc.integer({ min: 15, max: 300 }))
  .map(([hour, min, long]) => {
    const until = Math.min(hour * 60 + min + long, 23 * 60 + 59);
    const text = (n: number) =>
      `${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`;
    return { from: text(hour * 60 + min), until: text(until) };
  });

test('on every day of ten years a session begins and ends by the clock on the wall, in lengths that are real minutes', () => {
  fc.assert(
    fc.property(
      fc.oneof(days, changes),
      times,
      fc.constantFrom(5, 10, 15, 20),
      fc.constantFrom(0, 5, 20),
      (day, { from, until }, minutes, gap) => {
        const slots = planSlots(template({ from, until, minutes, gap }), day);
        const first = momentOf(day, from);
        const last = momentOf(day, until);
        if (slots[0]) assert.equal(slots[0].start, first);
        slots.forEach((slot, i) => {
          assert.equal(slot.end - slot.start, minutes * minute);
          assert.ok(slot.end <= last);
          const next = slots[i + 1];
          if (next) assert.equal(next.start - slot.end, gap * minute);
          assert.equal(localMoment(slot.start).key, day);
        });
        assert.equal(new Set(slots.map(({ id }) => id)).size, slots.length);
        const room = Math.floor((last - first + gap * minute) / ((minutes + gap) * minute));
        assert.equal(slots.length, Math.max(0, room));
      },
    ),
    { seed: 42, numRuns: 400 },
  );
});

test('a session by day keeps its times by the clock through summer and winter', () => {
  fc.assert(
    fc.property(fc.oneof(days, changes), (day) => {
      const slots = planSlots(template(), day);
      assert.equal(slots.length, 18);
      assert.deepEqual([clock(slots[0]!.start), clock(slots[17]!.end)], ['08:30', '11:30']);
    }),
    { seed: 42, numRuns: 200 },
  );
});

test('a session of the night loses an hour in spring and gains one in autumn', () => {
  const night = template({ from: '00:30', until: '03:30', minutes: 30 });
  assert.equal(planSlots(night, '2026-03-28').length, 6);
  assert.equal(planSlots(night, '2026-03-29').length, 4);
  assert.equal(planSlots(night, '2026-10-25').length, 8);
  assert.equal(new Set(planSlots(night, '2026-10-25').map(({ id }) => id)).size, 8);
});

test('a time that spring leaves out is an hour later, and of two in autumn the first', () => {
  assert.equal(new Date(momentOf('2026-03-29', '01:30')).toISOString(), '2026-03-29T01:30:00.000Z');
  assert.equal(new Date(momentOf('2026-10-25', '01:30')).toISOString(), '2026-10-25T00:30:00.000Z');
});

test('slots are released by the clock, days before or on the day, over a change of clocks too', () => {
  const [slot] = planSlots(template(), '2026-04-06');
  assert.equal(clock(slot!.bookableFrom), '08:00');
  assert.equal(localMoment(slot!.bookableFrom).key, '2026-03-23');
  const [today] = planSlots(template({ release: { days: 0, at: '07:00' } }), '2026-04-06');
  assert.equal(today!.bookableFrom, momentOf('2026-04-06', '07:00'));
});

test('planning twice gives the same ids, and people of a group have one each', () => {
  const group = template({ places: 12, minutes: 60 });
  const once = planSlots(group, '2026-11-23');
  assert.deepEqual(once, planSlots(group, '2026-11-23'));
  assert.equal(once.length, 36);
  assert.equal(new Set(once.map(({ id }) => id)).size, 36);
});

test('leave and closed afternoons take out just the times that they meet', () => {
  const afternoon = template({ from: '11:00', until: '15:00', minutes: 30 });
  const closed = {
    id: 'x',
    organisation: 'o1',
    from: '2026-11-23T13:00',
    until: '2026-11-23T18:00',
    reason: 'Training',
  };
  assert.deepEqual(
    planSlots(afternoon, '2026-11-23', [closed]).map(({ start }) => clock(start)),
    ['11:00', '11:30', '12:00', '12:30'],
  );
  assert.equal(planSlots(afternoon, '2026-11-23', [{ ...closed, practitioner: 'other' }]).length, 8);
  assert.equal(planSlots(afternoon, '2026-11-23', [{ ...closed, site: 's1', practitioner: 'p1' }]).length, 4);
  assert.equal(planSlots(afternoon, '2026-11-23', [{ ...closed, organisation: 'o2' }]).length, 8);
});

test('bank holidays are closed unless the session goes on', () => {
  assert.equal(runsOn(template({ atHolidays: false }), '2026-12-28'), false);
  assert.equal(runsOn(template(), '2026-12-28'), true);
  assert.equal(runsOn(template({ atHolidays: false }), '2026-12-29'), true);
});

test('every other week counts from the week of the first day', () => {
  const other = template({ everyWeeks: 2, weekdays: [1], starts: '2026-11-18' });
  assert.equal(weekdayOf('2026-11-23'), 1);
  assert.deepEqual(
    ['2026-11-16', '2026-11-23', '2026-11-30', '2026-12-07'].map((day) => runsOn(other, day)),
    [false, false, true, false],
  );
});

test('two sessions clash where they ask one clinician for one time', () => {
  const one = template({ weekdays: [1] });
  assert.equal(clash(one, template({ id: 't2', weekdays: [1], from: '11:00', until: '12:00' })), true);
  assert.equal(clash(one, template({ id: 't2', weekdays: [1], from: '11:30', until: '12:00' })), false);
  assert.equal(clash(one, template({ id: 't2', weekdays: [2] })), false);
  assert.equal(clash(one, template({ id: 't2', weekdays: [1], practitioner: 'p2' })), false);
  const even = template({ weekdays: [1], everyWeeks: 2, starts: '2026-11-23' });
  assert.equal(
    clash(even, template({ id: 't2', weekdays: [1], everyWeeks: 2, starts: '2026-11-30' })),
    false,
  );
});
