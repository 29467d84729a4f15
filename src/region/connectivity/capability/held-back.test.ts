import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { CareService, Circuit, LineWeek, Measure, Spread } from '../model.ts';
import { heldBackOf } from './held-back.ts';
import { hourOfWeek, hoursInWeek, hourWords, openHoursOf, openMinutes } from './hours-of-week.ts';
import { lineAt, lineInOutage } from './line-figures.ts';
import { judgeLine, type LineFigures } from './rules.ts';

const weekdays = (from: number, until: number) => [0, 1, 2, 3, 4].map((day) => ({ day, from, until }));
const steady = { idle: 20, loaded: 60, jitter: 5, loss: 0 } as const;
const always = (figures: LineFigures) => {
  const judged = judgeLine(figures);
  return (_: number, service: CareService) => judged[service];
};

test('a site that is open ten hours a day has 600 minutes of each weekday, part hours counted', () => {
  const minutes = openMinutes(weekdays(8 * 60, 18 * 60 + 30));
  assert.equal(
    minutes.reduce((a, b) => a + b),
    5 * 630,
  );
  assert.equal(minutes[8], 60);
  assert.equal(minutes[18], 30);
  assert.equal(minutes[19], 0);
  assert.equal(minutes[5 * 24 + 10], 0);
});

test('where opening hours are not known, the core hours of general practice are taken', () => {
  assert.equal(
    openMinutes(openHoursOf({ open: [] })).reduce((a, b) => a + b),
    5 * 630,
  );
});

test('hours of the week are of UK time, winter and summer', () => {
  assert.equal(hourOfWeek(Date.parse('2026-11-23T09:30:00Z')), 9); // a Monday
  assert.equal(hourOfWeek(Date.parse('2026-07-05T23:30:00Z')), 0); // Monday already, by summer time
  assert.equal(hourWords(9), 'Monday, 9am to 10am');
  assert.equal(hourWords(6 * 24 + 23), 'Sunday, 11pm to midnight');
});

test('a line that carries no video holds back all that is wanted, and the upload is named', () => {
  const held = heldBackOf({
    ...{ site: 'hilltop', activity: { videoWanted: 38 }, minutes: openMinutes(weekdays(480, 1110)) },
    ...{ takesImages: false, judged: always({ down: 3, up: 0.4, ...steady }) },
  });
  assert.ok(Math.abs((held.consultations ?? 0) - 38) < 1e-9);
  assert.equal(held.binding?.words, 'Upload, 0.4 Mbit/s');
  assert.equal(held.imageHours, undefined);
});

test('one at once carries six an hour: what is wanted beyond that is held back', () => {
  // 50 hours open; 400 wanted are 8 an hour, of which 6 fit.
  const held = heldBackOf({
    ...{ site: 's', activity: { videoWanted: 400 }, minutes: openMinutes(weekdays(480, 1080)) },
    ...{ takesImages: false, judged: always({ down: 10, up: 1, ...steady }) },
  });
  assert.ok(Math.abs((held.consultations ?? 0) - 100) < 1e-9);
});

test('only the hours in which the line is bad hold care back', () => {
  const [good, bad] = [
    judgeLine({ down: 30, up: 8, ...steady }),
    judgeLine({ down: 30, up: 0.3, ...steady }),
  ];
  const held = heldBackOf({
    ...{ site: 's', activity: { videoWanted: 50 }, minutes: openMinutes(weekdays(480, 1080)) },
    ...{ takesImages: false, judged: (hour, service) => (hour % 24 === 9 ? bad : good)[service] },
  });
  assert.ok(Math.abs((held.consultations ?? 0) - 5) < 1e-9);
});

test('images are compared with full fibre: those who take them send, others open', () => {
  const asked = {
    ...{ site: 's', activity: { images: { CT: 36, US: 500 } }, minutes: openMinutes(weekdays(480, 1080)) },
    judged: always({ down: 20, up: 2, ...steady }),
  };
  const seconds = (speed: number) => (250 * 8) / (speed * 0.75);
  const hours = (speed: number) => (36 * (seconds(speed) - seconds(96))) / 3600;
  const near = (value: number | undefined, wanted: number) =>
    assert.ok(Math.abs((value ?? 0) - wanted) < 1e-6);
  near(heldBackOf({ ...asked, takesImages: true }).imageHours, hours(2));
  near(heldBackOf({ ...asked, takesImages: false }).imageHours, hours(20));
});

test('what is not known is not counted as nothing', () => {
  const minutes = openMinutes(weekdays(480, 1080));
  const unknown = heldBackOf({
    ...{ site: 's', activity: { videoWanted: 40, images: { CR: 5 } }, minutes, takesImages: false },
    judged: always({}),
  });
  assert.deepEqual([unknown.consultations, unknown.imageHours], [undefined, undefined]);
  const idle = heldBackOf({
    site: 's',
    activity: {},
    minutes,
    takesImages: false,
    judged: always({ down: 1, up: 0.1, ...steady }),
  });
  assert.deepEqual([idle.consultations, idle.imageHours], [undefined, undefined]);
});

test('never more is held back than is wanted, nor less than nothing', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 5000 }),
      fc.double({ min: 0.01, max: 200, noNaN: true }),
      fc.double({ min: 0.01, max: 50, noNaN: true }),
      (videoWanted, down, up) => {
        const { consultations = -1 } = heldBackOf({
          ...{ site: 's', activity: { videoWanted }, minutes: openMinutes(weekdays(480, 1110)) },
          ...{ takesImages: false, judged: always({ down, up, ...steady }) },
        });
        assert.ok(consultations >= 0 && consultations <= videoWanted + 1e-6);
      },
    ),
  );
});

const spread = (poor: number, count = 5): Spread => ({ count, best: poor, median: poor, poor });
const week = (
  all: Partial<Record<Measure, Spread>>,
  hours: Record<number, Partial<Record<Measure, Spread>>>,
): LineWeek => ({
  ...{ site: 's', all, last: 1 },
  hours: Array.from({ length: hoursInWeek }, (_, hour) => hours[hour]),
});
const sold: Circuit = {
  ...{ id: 'c', site: 's', provider: 'p', technology: 'adsl', role: 'main', state: 'live' },
  ...{ sold: { down: 10, up: 1 }, terminations: [] },
};

test('an hour with readings of its own is told by them, and by the week in what they lack', () => {
  const measured = week(
    { down: spread(8), up: spread(0.9), loaded: spread(200) },
    {
      9: { down: spread(4), up: spread(0.4), loaded: spread(300, 2) },
      10: { down: spread(1, 2), up: spread(0.1, 2) },
    },
  );
  assert.deepEqual(lineAt(measured, [sold], 9), {
    figures: { down: 4, up: 0.4, loaded: 200 },
    basis: 'hour',
  });
  assert.deepEqual(lineAt(measured, [sold], 10), {
    figures: { down: 8, up: 0.9, loaded: 200 },
    basis: 'week',
  });
});

test('a line never measured is told by a part of what was sold, or by what is guaranteed', () => {
  const { figures, basis } = lineAt(undefined, [sold], 9);
  assert.deepEqual([figures.down, figures.up, basis], [4.5, 0.45, 'sold']);
  const safe: Circuit = {
    ...sold,
    technology: 'fttp',
    sold: { down: 300, up: 50 },
    guaranteed: { down: 150, up: 25 },
  };
  assert.deepEqual(lineAt(undefined, [safe], 9).figures.down, 150);
});

test('a line that was ordered or has ceased tells nothing', () => {
  for (const state of ['ordered', 'ceased'] as const)
    assert.equal(lineAt(undefined, [{ ...sold, state }], 9).basis, 'unknown');
});

test('while the line is down its back-up is told, or nothing is carried', () => {
  const backup: Circuit = {
    ...sold,
    id: 'b',
    role: 'backup',
    technology: 'mobile',
    sold: { down: 60, up: 15 },
  };
  assert.deepEqual(lineInOutage([sold, backup]).figures.up, 6);
  assert.deepEqual(lineInOutage([sold]).figures, { down: 0, up: 0 });
});
