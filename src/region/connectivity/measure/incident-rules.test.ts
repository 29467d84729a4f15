import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { alertText } from './alerts.ts';
import { findDegradations, tellDegradation } from './degradation.ts';
import type { KeptIncident } from './incident-store.ts';
import type { LifeSpan } from './life-span.ts';
import { sharedCauses } from './shared-causes.ts';
import { awayTimes, silences, uptime } from './silences.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = Date.parse('2026-09-01T00:00:00Z');

describe('a degradation', () => {
  /** Tests each six hours: as many of each value as told. */
  const tests = (...parts: readonly (readonly [number, number])[]) =>
    parts
      .flatMap(([count, up]) => new Array<number>(count).fill(up))
      .map((up, i) => ({ started: start + i * 6 * hour, up }));

  it('opens at the first of three bad tests, and closes when the middle one of three is back', () => {
    const list = tests([100, 8], [8, 1], [8, 8]);
    const [found, ...more] = findDegradations(list, start, []);
    assert.deepEqual(more, []);
    assert.equal(found?.started, list[100]?.started);
    assert.equal(found?.ended, list[109]?.started);
    assert.equal(tellDegradation(found!), 'Upload fell from 8 to 1 Mbit/s');
  });

  it('does not open for one bad test, nor for a line that is slow at its worst hours', () => {
    assert.deepEqual(findDegradations(tests([100, 8], [1, 0.1], [10, 8]), start, []), []);
    const daily = Array.from({ length: 240 }, (_, i) => ({
      started: start + i * 6 * hour,
      up: i % 4 < 2 ? 8 : 3,
    }));
    assert.deepEqual(findDegradations(daily, start, []), []);
  });

  it('does not flicker where a line stands between worse and right again', () => {
    const list = tests([100, 8], [4, 1], [3, 4.5], [3, 3.5], [3, 5], [4, 7]);
    assert.equal(findDegradations(list, start, []).length, 1);
  });

  it('stays open as long as it is bad, and ends when eight weeks have made it the usual', () => {
    const short = findDegradations(tests([100, 8], [50, 1]), start, []);
    assert.deepEqual([short.length, short[0]?.ended], [1, undefined]);
    const long = findDegradations(tests([100, 8], [300, 1]), start, []);
    assert.equal(long.length, 1);
    assert.ok((long[0]?.ended ?? 0) - (long[0]?.started ?? 0) > 56 * day);
  });

  it('says nothing of a line of which too little is known', () => {
    assert.deepEqual(findDegradations(tests([10, 8], [8, 0.1]), start, []), []);
  });
});

describe('silence', () => {
  const span = (kind: LifeSpan['kind'], from: number, until: number): LifeSpan => ({
    ...{ site: 'a', by: 'p', kind, started: start + from * minute, ended: start + until * minute },
  });
  const at = (m: number) => start + m * minute;

  it('is an outage for sure only where the probe says that it ran', () => {
    const spans = [span('up', 0, 10), span('up', 60, 90), span('cut', 11, 60), span('up', 200, 210)];
    assert.deepEqual(silences(spans, at(210)), [
      { started: at(10), ended: at(60), sure: true },
      { started: at(90), ended: at(200), sure: false },
    ]);
    // 50 minutes lost of 100 that are known.
    assert.equal(uptime(spans, at(0), at(210)), 0.5);
  });

  it('counts the same however often a cut is told', () => {
    const cut = span('cut', 20, 35);
    const spans = [span('up', 0, 10), cut, cut, span('cut', 21, 36), span('up', 70, 71)];
    assert.equal(silences(spans, at(71))[0]?.sure, false);
  });

  it('says nothing while the server was away, nor before a probe was there', () => {
    const away = awayTimes([span('up', 0, 10), span('up', 100, 120)], at(120));
    assert.deepEqual(away, [{ started: at(10), ended: at(100) }]);
    assert.deepEqual(silences([span('up', 5, 10), span('up', 102, 120)], at(120), away), []);
    assert.deepEqual(silences([], at(120)), []);
    assert.equal(uptime([], at(0), at(120)), undefined);
    assert.equal(uptime([span('up', 5, 10), span('up', 100, 120)], at(0), at(120), away), 1);
  });
});

describe('a shared cause', () => {
  const incident = (id: string, site: string, from = 0, more: Partial<KeptIncident> = {}): KeptIncident => ({
    ...{
      id,
      site,
      kind: 'outage',
      measure: '',
      started: start + from * minute,
      ended: undefined,
      told: 'Not heard',
    },
    ...{ shared: undefined, note: undefined, usual: undefined, acknowledged: undefined, ...more },
  });
  const ties = (site: string) => ({
    exchange: site < 'c' ? 'Harbour' : `Own ${site}`,
    providers: ['Brightfen Fibre'],
  });

  it('is the exchange where two sites of one fail at once, and else the provider where three do', () => {
    const list = ['a', 'b', 'c', 'd', 'e'].map((site, i) => incident(`${i}`, site, i));
    const causes = sharedCauses(list, ties);
    assert.match(causes.get('0') ?? '', /^Exchange Harbour, from 1 September 2026/);
    assert.equal(causes.get('0'), causes.get('1'));
    assert.match(causes.get('2') ?? '', /^Provider Brightfen Fibre/);
    assert.equal(causes.get('4'), causes.get('2'));
  });

  it('is none for what failed at other times, or twice at one site', () => {
    assert.equal(sharedCauses([incident('0', 'a'), incident('1', 'b', 90)], ties).size, 0);
    assert.equal(sharedCauses([incident('0', 'a'), incident('1', 'a', 3)], ties).size, 0);
  });

  it('keeps the words that it was told with', () => {
    const shared = 'Exchange Harbour, from 1 January 2026, 9am';
    const causes = sharedCauses([incident('0', 'a', 0, { shared }), incident('1', 'b', 5)], ties);
    assert.equal(causes.get('1'), shared);
  });

  it('makes one email of all that was found together', () => {
    const names = new Map([
      ['a', 'Harbour Surgery'],
      ['b', 'Harbour Chemist'],
    ]);
    const shared = 'Exchange Harbour, from 1 September 2026';
    const both = alertText(
      [incident('0', 'a', 0, { shared }), incident('1', 'b', 0, { shared })],
      names,
      'https://x',
    );
    assert.equal(both.subject, 'Lines of 2 sites are down or much worse');
    assert.match(
      both.text,
      /^Exchange Harbour, from 1 September 2026: 2 sites\n- Harbour Surgery: Not heard/,
    );
    assert.match(both.text, /https:\/\/x\/lines\/incidents/);
    assert.equal(
      alertText([incident('0', 'a')], names, 'https://x').subject,
      'Line of Harbour Surgery: not heard',
    );
  });
});
