import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Chart, drawChart, timeTicks, valueTicks } from './chart-svg.ts';

const day = 86_400_000;
const chart = (
  points: { at: number; value: number; abnormal?: boolean }[],
  more: Partial<Chart> = {},
): Chart => ({
  id: 'c',
  title: 'Glucose <over> time',
  description: 'd',
  unit: 'mmol/L',
  series: [{ name: 'Glucose', points }],
  ...more,
});

describe('charts', () => {
  it('draws a line, its points and a title, with nothing inline that the policy forbids', () => {
    const svg = drawChart(
      chart([
        { at: 0, value: 5 },
        { at: 400 * day, value: 7, abnormal: true },
      ]),
    );
    assert.match(svg, /<title id="c-wide-title">Glucose &lt;over&gt; time<\/title>/);
    assert.equal(svg.match(/<circle class="tl-chart__point tl-chart__point--1/g)?.length, 5); // two drawings, one in the key
    assert.match(svg, /tl-chart__point--abnormal/);
    assert.doesNotMatch(svg, / style=|<style|<script/);
  });

  it('is empty without points, and stands with one point or equal values', () => {
    assert.equal(drawChart(chart([])), '');
    assert.doesNotMatch(drawChart(chart([{ at: 0, value: 0 }])), /NaN|Infinity/);
    assert.doesNotMatch(
      drawChart(
        chart([
          { at: 0, value: 3 },
          { at: 0, value: 3 },
        ]),
      ),
      /NaN|Infinity/,
    );
  });

  it('keeps every point and range within the drawing', () => {
    const point = fc.record({
      at: fc.integer({ min: 0, max: 30_000 }).map((n) => n * day),
      value: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 20 }), fc.boolean(), (points, ranged) => {
        const svg = drawChart(chart(points, ranged ? { range: { low: -5, high: 10 } } : {}));
        assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
        for (const [, x, y] of svg.matchAll(/cx="(-?[\d.]+)" cy="(-?[\d.]+)"/g)) {
          assert.ok(Number(x) >= 0 && Number(x) <= 900 && Number(y) >= 0 && Number(y) <= 340);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('marks round values that enclose the data', () => {
    assert.deepEqual(valueTicks(61, 139, 5), [60, 80, 100, 120, 140]);
    assert.deepEqual(valueTicks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  });

  it('marks years over decades, months over a year and days over a week', () => {
    const at = (text: string): number => Date.parse(text);
    const labels = (from: string, to: string): string[] =>
      timeTicks(at(from), at(to), 8).map((tick) => tick.label);
    assert.deepEqual(labels('1985-06-01', '2021-03-01'), [
      '1990',
      '1995',
      '2000',
      '2005',
      '2010',
      '2015',
      '2020',
    ]);
    assert.deepEqual(labels('2020-02-10', '2020-07-10'), [
      'Mar 2020',
      'Apr 2020',
      'May 2020',
      'Jun 2020',
      'Jul 2020',
    ]);
    assert.deepEqual(labels('2020-02-10', '2020-02-13'), ['10 Feb', '11 Feb', '12 Feb', '13 Feb']);
  });
});
