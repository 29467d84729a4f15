import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { drawMap, type MapDrawing, type MapFeature, simplify } from './map-svg.ts';

const area = (name: string, east: number, of?: string): MapFeature => ({
  name,
  ...(of === undefined ? {} : { of }),
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [east, 0],
        [east + 1, 0],
        [east + 1, 1],
        [east, 1],
        [east, 0],
      ],
    ],
  },
});
const map = (features: readonly MapFeature[], more: Partial<MapDrawing> = {}): MapDrawing => ({
  ...{ id: 'm', title: 'Lines <of> sites', description: 'Slow in the west.', features },
  classes: [
    { key: 'slow', name: 'Under 10 Mbit/s', style: 1 },
    { key: 'fast', name: 'Full fibre', style: 5 },
  ],
  ...more,
});

test('areas, lines and points are drawn with a key and a list, and nothing that the policy forbids', () => {
  const html = drawMap(
    map([
      area('West', 0, 'slow'),
      area('East', 1, 'fast'),
      {
        name: 'Road',
        geometry: {
          type: 'LineString',
          coordinates: [
            [0, 0],
            [2, 1],
          ],
        },
      },
      {
        name: 'Hill & Dale',
        of: 'slow',
        href: '/sites/1',
        note: '2 Mbit/s',
        label: true,
        geometry: { type: 'Point', coordinates: [0.5, 0.5] },
      },
    ]),
  );
  for (const part of [
    'tl-geo__area--1',
    'tl-geo__area--5',
    'tl-geo__line--0',
    'tl-geo__point--1',
    'Full fibre',
  ])
    assert.ok(html.includes(part), part);
  assert.match(html, /<a href="\/sites\/1">Hill &amp; Dale<\/a>/);
  assert.match(html, /<title id="m-wide-title">Lines &lt;of&gt; sites<\/title>/);
  assert.doesNotMatch(html, / style=|<style|<script|NaN|Infinity|undefined/);
  assert.equal(drawMap(map([])), '');
});

test('north is up and east is right, by the projection that was given', () => {
  const point = (name: string, at: [number, number]): MapFeature => ({
    name,
    of: 'slow',
    geometry: { type: 'Point', coordinates: at },
  });
  const html = drawMap(
    map([point('a', [0, 0]), point('b', [10, 20])], { project: ([x, y]) => [x * 100, y * 100] }),
  );
  const [a, b] = [...html.matchAll(/cx="([\d.]+)" cy="([\d.]+)" r="7"/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
  assert.ok(a && b && b[0]! > a[0]! && b[1]! < a[1]!);
});

test('a line made simple keeps its ends and goes nowhere that it did not, within the tolerance', () => {
  const point = fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 900 }));
  fc.assert(
    fc.property(
      fc.array(point, { minLength: 2, maxLength: 60 }),
      fc.integer({ min: 0, max: 100 }),
      (line, tolerance) => {
        const simple = simplify(line, tolerance);
        assert.deepEqual([simple[0], simple.at(-1)], [line[0], line.at(-1)]);
        const near = ([x, y]: readonly [number, number]) =>
          simple.slice(1).some(([bx, by], i) => {
            const [ax, ay] = simple[i]!;
            const [dx, dy] = [bx - ax, by - ay];
            const t =
              dx || dy ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy))) : 0;
            return Math.hypot(x - ax - t * dx, y - ay - t * dy) <= tolerance + 1e-9;
          });
        assert.ok(line.every(near));
      },
    ),
    { numRuns: 200 },
  );
});

test('whatever the geometry, every place is within the drawing', () => {
  const position = fc.tuple(
    fc.double({ min: -180, max: 180, noNaN: true }),
    fc.double({ min: -90, max: 90, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(position, { minLength: 1, maxLength: 20 }), (positions) => {
      const html = drawMap(
        map([{ name: 'all', of: 'fast', geometry: { type: 'MultiPoint', coordinates: positions } }]),
      );
      const wide = html.slice(0, html.indexOf('</svg>'));
      const height = Number(/viewBox="0 0 900 (\d+)"/.exec(wide)?.[1]);
      assert.doesNotMatch(html, /NaN|Infinity/);
      assert.ok(height <= 1000);
      for (const [, x, y] of wide.matchAll(/<path class="tl-geo__point[^"]*" d="M([\d.-]+) ([\d.-]+)/g))
        assert.ok(Number(x) >= 0 && Number(x) <= 900 && Number(y) >= 0 && Number(y) <= height);
    }),
    { numRuns: 60 },
  );
});

test('a name is written where it hides no sign and no other name, and else not at all', () => {
  const point = (name: string, east: number, more: Partial<MapFeature> = {}): MapFeature => ({
    ...{ name, geometry: { type: 'Point', coordinates: [east, 0.5] }, ...more },
  });
  const crowd = Array.from({ length: 120 }, (_, i) => point(`Site ${i}`, i / 120, { of: 'slow' }));
  const drawn = drawMap(
    map([
      area('Land', 0),
      ...crowd,
      point('Port Marrin', 0.5, { label: true }),
      point('Marrin Quay', 0.5, { label: true }),
      ...Array.from({ length: 30 }, (_, i) => point(`Elsewhere ${i}`, 0.5, { label: true })),
    ]),
  );
  const boxes = (svg: string) =>
    [...svg.matchAll(/<text class="tl-geo__label" x="([\d.]+)" y="([\d.]+)">([^<]+)</g)].map((m) => ({
      ...{ left: Number(m[1]), right: Number(m[1]) + 8 * (m[3]?.length ?? 0), y: Number(m[2]) },
    }));
  const [wide = '', narrow = ''] = drawn.split('</svg>');
  for (const svg of [wide, narrow]) {
    const names = boxes(svg);
    assert.ok(names.length >= 1 && names.length < 32);
    for (const [i, a] of names.entries())
      for (const b of names.slice(i + 1))
        assert.ok(a.right <= b.left || b.right <= a.left || Math.abs(a.y - b.y) >= 15);
  }
  // They have no sign: only the crowd has.
  assert.equal(wide.match(/tl-geo__point--/g)?.length, 120);
});
