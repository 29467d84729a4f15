import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { localMoment } from '../../web/dates.ts';
import { adviceOf, mostAtOnce, videoRoomOf } from './lines.ts';
import { offerEnds } from './offers.ts';
import { laterMoments } from './series.ts';

test('a line carries as many calls as it was measured for; one that nobody measured carries one, and says so', () => {
  assert.deepEqual(videoRoomOf({ video: 'yes', audio: 'yes', videoAtOnce: 4 }), { most: 4, words: '' });
  assert.equal(
    videoRoomOf({ video: 'no', audio: 'yes', videoAtOnce: 0, because: 'Upload, 0.4 Mbit/s' }).most,
    0,
  );
  const unknown = videoRoomOf({ video: 'unknown', audio: 'unknown' });
  assert.equal(unknown.most, 1);
  assert.match(unknown.words, /not known/);
  assert.match(videoRoomOf({ video: 'limited', audio: 'yes', because: 'Upload' }).words, /Upload/);
});

test('calls at once are counted moment by moment, as a naive count by minutes does', () => {
  const span = fc
    .tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 30 }))
    .map(([start, long]) => ({ start, end: start + long }));
  fc.assert(
    fc.property(fc.array(span, { maxLength: 12 }), span, (calls, asked) => {
      let naive = 0;
      for (let at = asked.start; at < asked.end; at += 1)
        naive = Math.max(naive, calls.filter(({ start, end }) => start <= at && at < end).length);
      assert.equal(mostAtOnce(calls, asked), naive);
    }),
    { seed: 42 },
  );
});

test('advice never withholds a way, and says whose choice it is', () => {
  const reach = { ways: ['Letter'], helps: ['British Sign Language interpreter'] };
  assert.equal(adviceOf('telephone', { reach, slowLine: false, own: false }).length, 2);
  assert.match(
    adviceOf('video', { reach: { ways: [], helps: [] }, slowLine: true, own: true })[0] ?? '',
    /you can still/,
  );
  assert.deepEqual(adviceOf('in-person', { reach, slowLine: true, own: true }), []);
});

test('an offer lasts an hour at least and a day at most, ends an hour before the time, and is not made too late', () => {
  const hour = 3_600_000;
  fc.assert(
    fc.property(fc.integer({ min: -10 * hour, max: 2000 * hour }), (left) => {
      const ends = offerEnds(0, left);
      if (left < 2 * hour) assert.equal(ends, undefined);
      else assert.ok(ends !== undefined && ends >= hour && ends <= 24 * hour && ends <= left - hour);
    }),
    { seed: 42 },
  );
});

test('a series keeps its time by the clock over the change of clocks', () => {
  const first = Date.parse('2026-03-16T09:30:00Z');
  const clock = laterMoments(first, 1, 4).map((at) => {
    const { key, hour, minute } = localMoment(at);
    return `${key} ${hour}:${minute}`;
  });
  assert.deepEqual(clock, ['2026-03-23 9:30', '2026-03-30 9:30', '2026-04-06 9:30']);
});
