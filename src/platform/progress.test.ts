import assert from 'node:assert/strict';
import test from 'node:test';
import { duration, openProgress } from './progress.ts';

function screen(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 60, written, write: (text: string) => written.push(text) };
}

test('away from a terminal it says a line every few seconds, with rate and time left', () => {
  let now = 1_000_000;
  const out = screen(false);
  const progress = openProgress({
    unit: 'resources',
    total: 100_000,
    clock: { now: () => now },
    screen: out,
  });
  for (let second = 1; second <= 10; second += 1) {
    now += 1000;
    progress.update(second * 5000, { note: 'a.ndjson' });
  }
  progress.finish();
  assert.deepEqual(out.written, [
    '25,000 of 100,000 resources, 25 %, 5,000/s, 15 s left, a.ndjson\n',
    '50,000 of 100,000 resources, 50 %, 5,000/s, 10 s left, a.ndjson\n',
    '50,000 of 100,000 resources, 50 %, 5,000/s, 10 s left\n',
  ]);
});

test('the rate follows the last moments, and without a total the time so far is told', () => {
  let now = 0;
  const out = screen(false);
  const progress = openProgress({ unit: 'rows', clock: { now: () => now }, screen: out });
  for (let second = 1; second <= 60; second += 1) {
    now += 1000;
    progress.update(second <= 30 ? second * 100 : 3000 + (second - 30) * 10);
  }
  assert.equal(out.written.at(-1), '3,300 rows, 10/s, 1 min 00 s so far\n');
});

test('on a terminal it redraws one line that never wraps, and lines told stand above it', () => {
  let now = 0;
  const out = screen(true);
  const progress = openProgress({ unit: 'files', total: 10, clock: { now: () => now }, screen: out });
  now += 300;
  progress.update(1, { note: 'a-name-that-is-much-too-long-for-the-line.ndjson.bz2' });
  assert.match(out.written[0] ?? '', /^\r.{4}1 of 10 files/);
  assert.ok((out.written[0] ?? '').length <= 59 + 5);
  progress.tell('set aside: entry 3');
  assert.ok(out.written.includes('set aside: entry 3\n'));
  progress.finish();
  assert.equal(out.written.at(-1), '\n');
});

test('durations read as people say them', () => {
  assert.deepEqual([8, 185, 7620].map(duration), ['8 s', '3 min 05 s', '2 h 07 min']);
});
