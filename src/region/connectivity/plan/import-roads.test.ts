import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { importRoads } from './import-roads.ts';
import { topObjects } from './top-objects.ts';

const feature = (properties: object, type: string, coordinates: unknown) => ({
  ...{ type: 'Feature', properties, geometry: { type, coordinates } },
});

const geojson = JSON.stringify({
  type: 'FeatureCollection',
  features: [
    feature({ highway: 'residential', name: 'A "quoted" {street}' }, 'LineString', [
      [-1, 54],
      [-1.01, 54],
      [-1.01, 54.01],
    ]),
    feature({ highway: 'motorway' }, 'LineString', [
      [-1, 54],
      [-2, 54],
    ]),
    feature({ highway: 'track' }, 'MultiLineString', [
      [
        [-1.01, 54.01],
        [-1.02, 54.01],
      ],
    ]),
    feature({ telecom: 'exchange' }, 'Point', [-1, 54]),
  ],
});

const pieces = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, i) => text.slice(i * size, (i + 1) * size));

test('roads that can be dug beside become stretches, and exchanges places where fibre is', async () => {
  const map = await importRoads('Test', [geojson]);
  assert.deepEqual([...map.from], [0, 1, 2]);
  assert.deepEqual([...map.to], [1, 2, 3]);
  assert.deepEqual([...map.network], [0]);
  assert.ok(Math.abs(map.metres[0]! - 653.6) < 1, `${map.metres[0]}`);
});

test('an answer of Overpass is read with its nodes or with its geometry', async () => {
  const tags = { highway: 'service' };
  const byNodes = JSON.stringify({
    version: 0.6,
    elements: [
      { type: 'node', id: 1, lon: -1, lat: 54 },
      { type: 'node', id: 2, lon: -1.001, lat: 54, tags: { telecom: 'exchange' } },
      { type: 'way', id: 3, nodes: [1, 2], tags },
    ],
  });
  const byGeometry = JSON.stringify({
    elements: [
      {
        type: 'way',
        id: 3,
        tags,
        geometry: [
          { lon: -1, lat: 54 },
          { lon: -1.001, lat: 54 },
        ],
      },
    ],
  });
  for (const text of [byNodes, byGeometry]) {
    const map = await importRoads('Test', [text]);
    assert.equal(map.metres.length, 1);
    assert.ok(Math.abs(map.metres[0]! - 65.4) < 0.5);
  }
});

test('the text may come in pieces of any size', async () => {
  const whole = await importRoads('Test', [geojson]);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 60 }), async (size) => {
      assert.deepEqual(await importRoads('Test', pieces(geojson, size)), whole);
    }),
    { numRuns: 25, seed: 4 },
  );
});

test('objects of a list come as JSON itself would read them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.dictionary(fc.string(), fc.jsonValue())), fc.nat(20), async (all, size) => {
      const text = JSON.stringify({ type: 'features', features: all, more: [{ x: 1 }] });
      const found: unknown[] = [];
      for await (const one of topObjects(pieces(text, size + 1), ['features'])) found.push(one);
      assert.deepEqual(found, JSON.parse(text).features);
    }),
    { numRuns: 100, seed: 5 },
  );
});

test('what is wrong is said with its feature, and nothing is loaded', async () => {
  const refused = (text: string, message: RegExp) => assert.rejects(importRoads('Test', [text]), message);
  await refused('a,b\n1,2', /not JSON/);
  await refused('[1]', /not JSON/);
  await refused(geojson.slice(0, -20), /ends too early/);
  await refused('{"a":1}', /no GeoJSON with features/);
  await refused(
    JSON.stringify({ features: [feature({ highway: 'motorway' }, 'LineString', [])] }),
    /no roads/,
  );
  await refused(
    JSON.stringify({ features: [feature({ highway: 'path' }, 'LineString', [[54, 200]])] }),
    /Feature 1: .* swapped/,
  );
  await refused(
    JSON.stringify({ elements: [{ type: 'way', tags: { highway: 'path' }, nodes: [1, 2] }] }),
    /Feature 1: a way needs its places/,
  );
});
