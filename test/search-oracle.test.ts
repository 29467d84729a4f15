/** The record's search against the plain one in memory, over random worlds and queries, also after random changes. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Resource } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { parseSearch } from '../src/fhir/parse-search.ts';
import { compartmentParameters } from '../src/fhir/search-parameters.ts';
import type { SearchQuery } from '../src/fhir/search-query.ts';
import { type CareRecord, resourceOf, type Stored } from '../src/record/care-record.ts';
import { arbitraryQuery } from './support/arbitrary-queries.ts';
import { arbitraryResource, arbitraryWorld, dates, ids, worldTypes } from './support/arbitrary-resources.ts';
import { compartmentFilter } from './support/compartment-filter.ts';
import { inOrder, naiveIncluded, naiveSearch } from './support/naive-search.ts';
import { testBaseUrl, tester, testRecord } from './support/record.ts';
import { now } from './support/search-tables.ts';

/** Moments at which the worlds are written, such as `_lastUpdated` is searched by. */
const moments = dates.map((date) => Date.parse(date)).filter((moment) => moment < now);

const nameOf = ({ resourceType, id }: Resource): string => `${resourceType}/${id}`;

/** A record and all that was ever stored in it. */
interface World {
  readonly record: CareRecord;
  readonly current: Map<string, Resource>;
  readonly recorded: Resource[];
  setClock(moment: number): void;
}

async function put(world: World, resources: readonly Resource[]): Promise<void> {
  const { results } = await world.record.commit(
    tester,
    resources.map((resource) => ({
      kind: 'update',
      type: resource.resourceType,
      id: resource.id ?? '',
      text: JSON.stringify(resource),
    })),
  );
  for (const { stored } of results) {
    const resource = resourceOf(stored as Stored); // an update always leaves a version
    world.current.set(nameOf(resource), resource);
    world.recorded.push(resource);
  }
}

async function remove(world: World, names: readonly string[]): Promise<void> {
  await world.record.commit(
    tester,
    names.map((name) => {
      const [type = '', id = ''] = name.split('/');
      return { kind: 'delete', type, id };
    }),
  );
  for (const name of names) world.current.delete(name);
}

/** A new record with a world of its own, written in several commits at several moments. */
async function newWorld(t: test.TestContext, seed: number): Promise<World> {
  let moment = now;
  const { record } = await testRecord(t, { clock: { now: () => moment } });
  const world: World = {
    record,
    current: new Map(),
    recorded: [],
    setClock: (to) => {
      moment = to;
    },
  };
  const resources = fc.sample(arbitraryWorld(), { numRuns: 1, seed })[0] ?? [];
  const parts = Object.values(Object.groupBy(resources, (_, i) => i % moments.length));
  for (const [i, part] of parts.entries()) {
    world.setClock(moments[i] ?? now);
    await put(world, part ?? []);
  }
  world.setClock(now);
  return world;
}

/** Some resources change, some go, some come back. */
async function change(world: World, seed: number): Promise<void> {
  const resources = fc.sample(
    fc.tuple(...worldTypes.flatMap((type) => [arbitraryResource(type), arbitraryResource(type)])),
    { numRuns: 2, seed },
  );
  for (const some of resources)
    await put(world, [...new Map(some.map((resource) => [nameOf(resource), resource])).values()]);
  const gone = [...world.current.keys()].filter((_, i) => (i + seed) % 7 === 0);
  await remove(world, gone);
  const back = world.recorded.filter((resource) => gone.indexOf(nameOf(resource)) % 3 === 0);
  await put(world, [...new Map(back.map((resource) => [nameOf(resource), resource])).values()]);
}

/** A search as it is asked of the record: of one type, of several (`_type` stands in the query), in a compartment. */
interface Asked {
  readonly type: string | undefined;
  readonly query: string;
  readonly compartment?: { readonly type: string; readonly id: string };
}

/** Holds the record to the oracle for one query, as a whole and page by page. */
async function compare(world: World, { type, query, compartment }: Asked): Promise<void> {
  const resources = [...world.current.values()];
  const plain = parseSearch(type, query, { handling: 'strict', baseUrl: testBaseUrl });
  const parsed: SearchQuery = compartment
    ? {
        ...plain,
        filters: [...plain.filters, compartmentFilter(compartment.type, compartment.id, type ?? '')],
      }
    : plain;
  const expected = naiveSearch(resources, parsed, { now, recorded: world.recorded });
  const names = (some: readonly Stored[]): string[] => some.map((one) => `${one.type}/${one.id}`);
  const bare = new URLSearchParams(query);
  bare.delete('_count');
  const ask = (more: Readonly<Record<string, string>>) =>
    world.record.search(
      tester,
      type,
      new URLSearchParams([...bare, ...Object.entries(more)]).toString(),
      compartment ? { compartment } : {},
    );

  const whole = await ask({ _count: '1000', _total: 'accurate' });
  const found = names(whole.matches);
  assert.deepEqual(found.toSorted(), expected.matches.map(nameOf).sort(), 'matches');
  assert.equal(whole.total, expected.total, 'total');
  assert.equal(whole.next, undefined, 'next of the only page');
  assert.deepEqual(names(whole.included).sort(), expected.included.map(nameOf).sort(), 'included');
  for (const one of whole.matches)
    assert.deepEqual(resourceOf(one), world.current.get(`${one.type}/${one.id}`), 'version');
  const sorted = whole.matches.map((one) => resourceOf(one));
  for (const [i, resource] of sorted.slice(1).entries())
    assert.ok(inOrder(sorted[i]!, resource, parsed.sort) <= 0, `${found[i]} before ${found[i + 1]}`);

  const paged: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask({
      _count: String(parsed.count ?? 2),
      ...(cursor === undefined ? {} : { _page: cursor }),
    });
    assert.ok(page.matches.length > 0 || paged.length === 0, 'an empty page');
    paged.push(...names(page.matches));
    const onPage = page.matches.map((one) => world.current.get(`${one.type}/${one.id}`)!);
    assert.deepEqual(
      names(page.included).sort(),
      naiveIncluded(resources, onPage, parsed.includes).map(nameOf).sort(),
      'included on a page',
    );
    cursor = page.next;
  } while (cursor !== undefined && paged.length <= found.length);
  assert.deepEqual(paged, found, 'page by page');
}

/** Holds the record to the oracle for all of the queries; the first few that fail are told with their seed. */
async function compareAll(world: World, asked: readonly Asked[], seed: string): Promise<void> {
  const failures: string[] = [];
  for (const one of asked) {
    try {
      await compare(world, one);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const { type, query, compartment } = one;
      const path = compartment ? `${compartment.type}/${compartment.id}/${type}` : (type ?? '');
      failures.push(`${seed}: ${path}?${decodeURIComponent(query)}\n${error.message}`);
    }
  }
  assert.equal(failures.length, 0, failures.slice(0, 5).join('\n\n'));
}

const ofOneType = (count: number, seed: number): readonly Asked[] =>
  fc.sample(arbitraryQuery, { numRuns: count, seed });

const reads = (type: string | undefined, query: string): boolean => {
  try {
    parseSearch(type, query, { handling: 'strict', baseUrl: testBaseUrl });
    return true;
  } catch {
    return false;
  }
};

/** Searches over several types, or all: those of one type that the others can read too. */
function ofSeveralTypes(count: number, seed: number): readonly Asked[] {
  const others = fc.uniqueArray(fc.constantFrom(...worldTypes), { minLength: 1, maxLength: 2 });
  return fc
    .sample(fc.tuple(arbitraryQuery, others, fc.integer({ min: 0, max: 4 })), { numRuns: count * 8, seed })
    .map(([{ type, query }, more, all]) =>
      all === 0 ? query : `_type=${[...new Set([type, ...more])].join(',')}&${query}`,
    )
    .filter((query) => reads(undefined, query) && !/^_type=[A-Za-z]*&/.test(query))
    .slice(0, count)
    .map((query) => ({ type: undefined, query }));
}

/** Searches in the compartment of a person, a professional or an encounter. */
function inCompartments(count: number, seed: number): readonly Asked[] {
  const owner = fc.record({
    type: fc.constantFrom('Patient', 'Patient', 'Practitioner', 'Encounter'),
    id: fc.constantFrom(...ids),
  });
  return fc
    .sample(fc.tuple(arbitraryQuery, owner), { numRuns: count * 3, seed })
    .filter(
      ([{ type }, { type: of }]) => compartmentFilter(of, '1', type).kind === 'any' && isMember(of, type),
    )
    .slice(0, count)
    .map(([asked, compartment]) => ({ ...asked, compartment }));
}

const isMember = (compartment: string, type: string): boolean =>
  type === compartment || compartmentParameters(compartment, type).length > 0;

/** The worlds, and how many queries of each kind are tried before and after the changes; more by ORACLE_WORLDS=5,6,7 ORACLE_QUERIES=500. */
const seeds = (process.env['ORACLE_WORLDS'] ?? '1,2,3,4').split(',').map(Number);
const perRound = Number(process.env['ORACLE_QUERIES'] ?? 80);

for (const seed of seeds) {
  test(`the record finds what the plain search finds, in world ${seed}`, async (t) => {
    const world = await newWorld(t, seed);
    for (const round of [0, 1]) {
      if (round > 0) await change(world, seed);
      const querySeed = seed * 1000 + round;
      const queries = [
        ...ofOneType(perRound, querySeed),
        ...ofSeveralTypes(perRound / 4, querySeed),
        ...inCompartments(perRound / 4, querySeed),
      ];
      await compareAll(world, queries, `world ${seed}, queries ${querySeed}`);
    }
  });
}
