import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenHours, Reading } from '../model.ts';
import { countedReadings, judge } from './acceptance.ts';

const from = Date.parse('2026-03-09T09:00:00Z'); // a Monday
const hourMs = 3_600_000;
const reading = (hours: number, more: Partial<Reading> = {}): Reading => ({
  ...{ id: `r${hours}`, site: 's', started: from + hours * hourMs, received: 0, source: 'probe' },
  ...{ down: 98, up: 19, idle: 12, loaded: 30, loss: 0, bytes: 0, flags: [], by: 'probe' },
  ...more,
});
const ordered = { down: 100, up: 20, idle: 30 };
const weekdays: readonly OpenHours[] = [0, 1, 2, 3, 4].map((day) => ({ day, from: 8 * 60, until: 18 * 60 }));
const spread = (change: (i: number) => Partial<Reading> = () => ({})) =>
  Array.from({ length: 14 }, (_, i) => reading(i * 3, change(i)));
const judged = (readings: readonly Reading[], more = ordered as typeof ordered & { loss?: number }) =>
  judge(countedReadings(readings, from, 'new'), more, { from, open: weekdays });

test('a line that does what was ordered in nine of ten tests, over enough hours, is met', () => {
  assert.equal(judged(spread()).verdict, 'met');
  assert.equal(
    judged(spread((i) => (i === 3 ? { down: 2 } : {}))).verdict,
    'met',
    'one poor test in fourteen',
  );
});

test('too few tests, too few hours, too short a time or none while open is too early to say', () => {
  assert.equal(judged(spread().slice(0, 11)).verdict, 'early');
  assert.equal(judged(Array.from({ length: 30 }, (_, i) => reading(i / 30))).verdict, 'early');
  const nights = Array.from({ length: 20 }, (_, i) => reading(10 + Math.floor(i / 8) * 24 + (i % 8)));
  const { verdict, lines } = judged(nights);
  assert.deepEqual([verdict, lines.find(({ measure }) => measure === 'open')?.found], ['early', 0]);
});

test('a line too slow in two of fourteen tests failed, with what was found beside what was needed', () => {
  const { verdict, lines } = judged(spread((i) => (i < 2 ? { up: 6 } : {})));
  assert.equal(verdict, 'failed');
  assert.deepEqual(
    lines.find(({ measure }) => measure === 'up'),
    { measure: 'up', needed: 18, found: 6, met: false },
  );
});

test('tests before the installation, of another circuit, broken off or of an uncertain moment do not count; unusual ones do', () => {
  const count = (more: Partial<Reading>) => countedReadings([reading(1, more)], from, 'new').length;
  assert.equal(count({ started: from - 1 }), 0);
  assert.equal(count({ circuit: 'old' }), 0);
  assert.equal(count({ circuit: 'new' }), 1);
  assert.equal(count({ flags: ['cut-short'] }), 0);
  assert.equal(count({ flags: ['clock'] }), 0);
  assert.equal(count({ flags: ['outlier'] }), 1);
});

test('what was ordered and not measured keeps a line from being accepted', () => {
  const noLoss = spread(() => ({ loss: undefined as never })).map(({ loss: _, ...rest }) => rest);
  assert.equal(judged(noLoss).verdict, 'met', 'loss was not ordered');
  assert.equal(judged(noLoss, { ...ordered, loss: 0.01 }).verdict, 'early');
});
