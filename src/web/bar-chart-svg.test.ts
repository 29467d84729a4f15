import assert from 'node:assert/strict';
import test from 'node:test';
import { drawBars } from './bar-chart-svg.ts';
import { drawChart } from './chart-svg.ts';
import { drawSparkline } from './sparkline-svg.ts';

const bars = {
  ...{ id: 'b', title: 'People by age', description: 'Most are between 40 and 59.', unit: ' people' },
  series: ['Women', 'Men'],
  groups: [
    { label: '0 to 19', values: [120, 118] },
    { label: '20 to <40>', values: [0, undefined] },
  ],
};

test('bars are as long as their values, say them, and have a table behind', () => {
  const html = drawBars({ ...bars, mark: { name: 'Target', value: 60 } });
  const widths = [...html.matchAll(/tl-bars__bar--\d" x="0" y="[\d.]+" width="([\d.]+)"/g)].map(([, w]) =>
    Number(w),
  );
  assert.deepEqual(widths.slice(0, 4), [816, 802.4, 0, 0]);
  assert.match(html, />120 people<[\s\S]*>Not known</);
  assert.match(html, /20 to &lt;40&gt;/);
  assert.match(html, /<table[\s\S]*<th class="nhsuk-table__header" scope="col">Women<\/th>/);
  assert.match(html, /Target: 60 people/);
  assert.doesNotMatch(html, / style=|NaN|undefined/);
  assert.equal(drawBars({ ...bars, groups: [] }), '');
});

test('nothing but zeros, and what is no number, are drawn without faults', () => {
  const html = drawBars({ ...bars, groups: [{ label: 'x', values: [0, Number.NaN] }] });
  assert.doesNotMatch(html, /NaN|Infinity/);
});

test('a sparkline needs two points, and says in words what it shows', () => {
  const title = 'Systolic, from 150 to 134 mmHg';
  assert.equal(drawSparkline({ title, points: [{ at: 1, value: 2 }] }), '');
  const html = drawSparkline({
    title,
    points: [
      { at: 0, value: 150 },
      { at: 9, value: 134, abnormal: true },
    ],
    range: { high: 140 },
  });
  assert.match(html, /role="img" aria-label="Systolic, from 150 to 134 mmHg"/);
  assert.match(html, /tl-chart__range/);
  assert.match(html, /tl-chart__point--abnormal/);
  assert.doesNotMatch(
    drawSparkline({
      title,
      points: [
        { at: 5, value: 1 },
        { at: 5, value: 1 },
      ],
    }),
    /NaN/,
  );
});

test('a chart has bands, named in its key, and a table behind it where asked for', () => {
  const html = drawChart(
    {
      ...{ id: 'c', title: 'Blood pressure', description: 'Falling.', unit: 'mmHg' },
      series: [
        {
          name: 'Systolic',
          points: [
            { at: 0, value: 150, abnormal: true },
            { at: 86_400_000, value: 134 },
          ],
        },
        { name: 'Diastolic', points: [{ at: 0, value: 90 }] },
      ],
      bands: [
        { name: 'Your target', low: 120, high: 135, kind: 'target' },
        { name: 'Act', low: 180, kind: 'act' },
      ],
    },
    { table: true },
  );
  assert.match(html, /tl-chart__band--target[\s\S]*Your target/);
  assert.match(html, /<th class="nhsuk-table__header" scope="col">Systolic, mmHg<\/th>/);
  assert.match(html, /150 \(outside the range\)<\/td><td class="nhsuk-table__cell">90</);
  assert.doesNotMatch(html, /NaN|undefined/);
});
