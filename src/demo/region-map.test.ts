import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { makeRegion } from './region.ts';
import {
  cityMap,
  drawMap,
  mapInWords,
  mappedKinds,
  narrowMap,
  placesName,
  signSvg,
  simplify,
  wholeMap,
} from './region-map.ts';

const region = makeRegion({ seed: 'sandmouth', now: Date.parse('2026-11-22T12:00:00Z') });
const mapped = region.sites.filter(({ organisation }) =>
  mappedKinds.includes(region.organisation(organisation).kind),
);

describe('a simplified line', () => {
  const spots = fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 675 })), {
    minLength: 1,
    maxLength: 40,
  });

  it('keeps its ends, has no new points, and stays as near as was asked', () => {
    fc.assert(
      fc.property(spots, fc.double({ min: 0.5, max: 20, noNaN: true }), (line, slack) => {
        const kept = simplify(line, slack);
        assert.deepEqual([kept[0], kept.at(-1)], [line[0], line.at(-1)]);
        assert.ok(kept.every((spot) => line.includes(spot as [number, number])));
        // Each spot against the piece that now runs past it.
        const places = kept.map((spot) => line.indexOf(spot as [number, number]));
        for (const [n, spot] of line.entries()) {
          const next = places.findIndex((place) => place >= n);
          const [from, to] = [kept[Math.max(0, next - 1)], kept[next]];
          assert.ok(from && to && (places[next] === n || away(spot, from, to) <= slack + 1e-9));
        }
      }),
    );
  });

  /** Distance of a spot from the straight line through two others, endless both ways as the method measures it. */
  function away(
    [x, y]: readonly [number, number],
    a: readonly [number, number],
    b: readonly [number, number],
  ) {
    const [across, up] = [b[0] - a[0], b[1] - a[1]];
    const length = Math.hypot(across, up);
    if (length === 0) return Math.hypot(x - a[0], y - a[1]);
    return Math.abs(across * (y - a[1]) - up * (x - a[0])) / length;
  }
});

describe('the maps', () => {
  it('show a sign for every place where care is given', () => {
    for (const view of [wholeMap, narrowMap]) {
      const signs = drawMap(region, view).match(/translate\(/g) ?? [];
      assert.equal(signs.length, mapped.length);
    }
    const inCity = mapped.filter(({ settlement }) => settlement === 'sandmouth');
    assert.equal((drawMap(region, cityMap(region, 900)).match(/translate\(/g) ?? []).length, inCity.length);
  });

  it('name towns, and villages where there is room', () => {
    const [wide, narrow] = [drawMap(region, wholeMap), drawMap(region, narrowMap)];
    for (const { name, kind } of region.settlements) {
      const isTown = kind === 'city' || kind === 'town';
      assert.equal(wide.includes(`>${name}</text>`), isTown || kind === 'village', name);
      assert.equal(narrow.includes(`>${name}</text>`), isTown, name);
    }
  });

  it('keep all names on the paper', () => {
    for (const view of [wholeMap, narrowMap, cityMap(region, 900), cityMap(region, 400)]) {
      for (const [, x = '', y = ''] of drawMap(region, view).matchAll(/<text x="(-?\d+)" y="(-?\d+)"/g)) {
        assert.ok(Number(x) >= 0 && Number(x) < view.width && Number(y) > 0);
      }
    }
  });

  it('are the same each time', () => {
    assert.equal(drawMap(region, wholeMap), drawMap(region, wholeMap));
  });

  it('have a sign and a name of its own for each kind', () => {
    assert.equal(new Set(mappedKinds.map(signSvg)).size, mappedKinds.length);
    assert.equal(new Set(mappedKinds.map(placesName)).size, mappedKinds.length);
    assert.throws(() => signSvg('supplier'), /no sign for supplier/);
  });

  it('are told in words with the number of each', () => {
    assert.match(mapInWords(region), /hospitals 3, GP practices 15, pharmacies 22/);
  });
});
