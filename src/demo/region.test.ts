import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { organisationKind } from '../access/consents/organisation-kinds.ts';
import { roles } from '../access/roles.ts';
import { openProfiles } from '../fhir/profiles/profile-set.ts';
import { validate } from '../fhir/validate.ts';
import { distance, isLand, longitudeLatitude, mapSize, point } from './geography.ts';
import type { OrganisationKind, Point } from './model.ts';
import { places, staff } from './people.ts';
import { kmByRoad, makeRegion, regionResources } from './region.ts';
import { roadGraph } from './road-graph.ts';

const guide = fileURLToPath(new URL('../../../shared/data/fhir/uk-core/', import.meta.url));
const guideAbsent = existsSync(guide) ? false : 'UK Core is not on this machine';
const now = Date.parse('2026-11-22T12:00:00Z');
const region = makeRegion({ seed: 'sandmouth', now });
const { settlements, roads, organisations, sites, workers } = region;
const graph = roadGraph(region);

const arbitraryPoint: fc.Arbitrary<Point> = fc
  .tuple(
    fc.double({ min: 0, max: mapSize.east, noNaN: true }),
    fc.double({ min: 0, max: mapSize.north, noNaN: true }),
  )
  .map(([east, north]) => point(east, north))
  .filter(isLand);

describe('the map', () => {
  it('lies on open sea, and all of it on its own land', () => {
    const corners = [longitudeLatitude(point(0, 0)), longitudeLatitude(point(mapSize.east, mapSize.north))];
    for (const { longitude, latitude } of corners) {
      assert.ok(longitude >= 2 && longitude < 3 && latitude >= 54.8 && latitude < 55.3);
    }
    const all = [...settlements, ...sites, ...graph.nodes].map(({ at }) => at);
    assert.deepEqual(
      all.filter((at) => !isLand(at)),
      [],
    );
  });

  it('measures on the globe what it measures on paper', () => {
    const radians = (degrees: number) => (degrees * Math.PI) / 180;
    // Source: the haversine formula, earth's mean radius 6,371 km.
    const around = (a: Point, b: Point) => {
      const [from, to] = [longitudeLatitude(a), longitudeLatitude(b)];
      const [north, east] = [radians(to.latitude - from.latitude), radians(to.longitude - from.longitude)];
      const square =
        Math.sin(north / 2) ** 2 +
        Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * Math.sin(east / 2) ** 2;
      return 12_742 * Math.asin(Math.sqrt(square));
    };
    for (const [a, b] of [
      [point(5, 5), point(5, 40)],
      [point(5, 5), point(50, 5)],
      [point(10, 40), point(50, 30)],
    ] as const) {
      assert.ok(Math.abs(around(a, b) / distance(a, b) - 1) < 0.01);
    }
  });

  it('gives every person of the region a settlement', () => {
    const shares = settlements.reduce((sum, { share }) => sum + share, 0);
    assert.ok(Math.abs(shares - 1) < 1e-9);
    for (const { streets, deprivation, outward } of settlements) {
      assert.ok(streets.length >= 3 && new Set(streets).size === streets.length);
      assert.ok(deprivation.every(([decile, weight]) => decile >= 1 && decile <= 10 && weight > 0));
      assert.match(outward, /^ZZ\d{1,2}$/);
    }
  });
});

describe('the roads', () => {
  it('join everything', () => {
    const km = graph.kmFrom([0]);
    assert.equal(km.length, graph.nodes.length);
    assert.ok(km.every(Number.isFinite));
    assert.ok(graph.edges.length > 800);
    assert.deepEqual([...new Set(roads.map(({ kind }) => kind))].toSorted(), ['lane', 'local', 'main']);
  });

  it('pass every building, and no two stand in one place', () => {
    for (const site of sites) {
      assert.deepEqual(graph.nearest(site.at).at, site.at);
      const settlement = settlements.find(({ id }) => id === site.settlement);
      assert.ok(settlement && distance(site.at, settlement.at) <= settlement.radius);
    }
    assert.equal(new Set(sites.map(({ at }) => `${at.east} ${at.north}`)).size, sites.length);
  });

  it('name what stands at their ends', () => {
    const named = new Set(roads.flatMap(({ from, to }) => [from, to]));
    assert.deepEqual(
      [...settlements, ...sites].filter(({ id }) => !named.has(id)),
      [],
    );
  });

  it('are never shorter than the way a crow flies, and seldom twice as long', () => {
    const far: number[] = [];
    for (const a of settlements) {
      const km = graph.kmFrom([graph.nearest(a.at).index]);
      for (const b of settlements) {
        const straight = distance(a.at, b.at);
        const along = km[graph.nearest(b.at).index] ?? 0;
        assert.ok(along >= straight - 0.01);
        if (straight > 5) far.push(along / straight);
      }
    }
    assert.ok(far.filter((ratio) => ratio > 2).length < far.length / 20);
  });
});

describe('what is near', () => {
  it('is told nearest first by road, wherever someone lives', () => {
    fc.assert(
      fc.property(arbitraryPoint, (at) => {
        const kmTo = (id: string) =>
          Math.min(
            ...sites.filter((one) => one.organisation === id).map((one) => kmByRoad(region, at, one.at)),
          );
        const practices = region.practicesAt(at);
        const pharmacies = region.pharmaciesAt(at);
        const all = organisations.filter(({ kind }) => kind === 'general-practice').map(({ id }) => id);
        assert.ok(practices.length > 0);
        assert.equal(pharmacies.length, 22);
        const least = Math.min(...all.map(kmTo));
        assert.ok(Math.abs(kmTo(practices[0] ?? '') - least) < 1e-9);
        for (const near of [practices, pharmacies]) {
          const km = near.map(kmTo);
          assert.deepEqual(
            km,
            km.toSorted((a, b) => a - b),
          );
        }
      }),
      { numRuns: 25 },
    );
  });

  it('lets those in the city choose, and takes everyone of the hills somewhere', () => {
    const [city] = settlements;
    assert.ok(city && region.practicesAt(city.at).length >= 4);
    assert.equal(region.practicesAt(point(12, 37.4))[0], 'demo-hilltop');
  });
});

describe('organisations', () => {
  it('are those of a region', () => {
    const count = (kind: OrganisationKind) => organisations.filter((one) => one.kind === kind).length;
    assert.deepEqual(
      Object.fromEntries(
        [...new Set(organisations.map(({ kind }) => kind))].map((kind) => [kind, count(kind)]),
      ),
      {
        ...{ 'acute-trust': 1, 'community-trust': 1, 'mental-health-trust': 1, 'ambulance-service': 1 },
        ...{ 'diagnostic-centre': 1, 'general-practice': 14, pharmacy: 22, 'local-authority': 2 },
        ...{ 'care-home': 6, region: 1, supplier: 3 },
      },
    );
    const rural = new Set(settlements.filter((one) => one.rural).map(({ id }) => id));
    const country = organisations.filter(
      ({ id, kind }) =>
        kind === 'general-practice' &&
        sites.some(({ organisation, settlement }) => organisation === id && rural.has(settlement)),
    );
    assert.equal(country.length, 3);
  });

  it('have codes of a range that is not given out, each once', () => {
    const codes = organisations.map(({ ods }) => ods);
    assert.equal(new Set(codes).size, codes.length);
    for (const code of codes) assert.match(code, /^ZZ[A-Z0-9]{3}$/);
  });

  it('are of kinds that consents know, those who run the region aside', () => {
    for (const { kind, consentKind } of organisations) {
      if (kind === 'region' || kind === 'supplier') continue;
      assert.ok(organisationKind(consentKind), consentKind);
    }
  });

  it('hold the places of the stories', () => {
    for (const { id, name, ods, kind } of Object.values(places)) {
      const found = region.organisation(id);
      assert.deepEqual([found.name, found.ods, found.consentKind], [name, ods, kind]);
    }
  });

  it('say which is not there', () => {
    assert.throws(() => region.organisation('nowhere'), /no organisation with the id nowhere/);
    assert.throws(() => region.site('nowhere'), /no site/);
    assert.throws(() => region.worker('nobody'), /no member of staff/);
  });
});

describe('staff', () => {
  it('are of every role that staff have', () => {
    const wanted = Object.entries(roles).filter(([, { holder }]) => holder === 'staff');
    const there = new Set(workers.map(({ role }) => role));
    assert.deepEqual(
      wanted.map(([key]) => key).filter((key) => !there.has(key)),
      [],
    );
    assert.deepEqual(
      [...there].filter((role) => !wanted.some(([key]) => key === role)),
      [],
    );
  });

  it('fill every practice', () => {
    for (const { id, kind } of organisations) {
      if (kind !== 'general-practice') continue;
      const gps = region.workersOf(id, 'gp').length;
      assert.ok(gps >= 2 && gps <= 6, `${id} has ${gps} GPs`);
      for (const role of ['nurse', 'receptionist', 'practice-manager']) {
        assert.ok(region.workersOf(id, role).length >= 1, `${id} has no ${role}`);
      }
    }
  });

  it('work at a building of their organisation', () => {
    for (const { organisation, site } of workers) assert.equal(region.site(site).organisation, organisation);
  });

  it('include those of the stories under their own ids', () => {
    for (const { id, given, family, role, place } of staff) {
      const { given: first, family: last, role: its, organisation } = region.worker(id);
      assert.deepEqual([first, last, its, organisation], [given, family, role, place.id]);
    }
  });

  it('are found by their field', () => {
    const consultants = region.workersOf('demo-infirmary', 'consultant', 'diabetes');
    assert.ok(consultants.some(({ id }) => id === 'demo-lena'));
    assert.ok(consultants.every(({ specialty }) => specialty === 'diabetes'));
    assert.deepEqual(region.workersOf('demo-infirmary', 'consultant', 'alchemy'), []);
  });

  it('have names of their own', () => {
    assert.equal(new Set(workers.map(({ given, family }) => `${given} ${family}`)).size, workers.length);
  });
});

describe('the region', () => {
  it('is the same for the same seed, and staffed by others for another', () => {
    const facts = (seed: string) => JSON.stringify(makeRegion({ seed, now }));
    assert.equal(facts('sandmouth'), facts('sandmouth'));
    const other = makeRegion({ seed: 'another', now });
    assert.notDeepEqual(other.workers, workers);
    assert.deepEqual([other.organisations, other.sites, other.roads], [organisations, sites, roads]);
  });

  it('is valid FHIR of which every reference is there', () => {
    const all = regionResources(region);
    const names = new Set<string>();
    for (const resource of all) {
      const faults = validate(resource).filter(({ severity }) => severity === 'error');
      assert.deepEqual(faults, [], `${resource.resourceType}/${resource.id}`);
      for (const [, target = ''] of JSON.stringify(resource).matchAll(/"reference":"([^"]+)"/g)) {
        assert.ok(names.has(target), `${resource.resourceType}/${resource.id} points at ${target}`);
      }
      names.add(`${resource.resourceType}/${resource.id}`);
    }
    assert.equal(names.size, all.length);
  });

  it('fulfils the profiles of UK Core that it names', { skip: guideAbsent }, () => {
    const { check, unknownClaims } = openProfiles([guide]);
    for (const resource of regionResources(region)) {
      const faults = check(resource).filter(({ severity }) => severity === 'error');
      assert.deepEqual(
        [faults, unknownClaims(resource)],
        [[], []],
        `${resource.resourceType}/${resource.id}`,
      );
    }
  });

  it('has identifiers that are each one thing’s alone', () => {
    const values = regionResources(region).flatMap((resource) =>
      'identifier' in resource && Array.isArray(resource.identifier)
        ? resource.identifier.map(({ system, value }) => `${resource.resourceType} ${system} ${value}`)
        : [],
    );
    assert.equal(new Set(values).size, values.length);
  });
});
