/**
 * What actors of random sights are shown and let do, against the plain filter in memory: no leak and no wrong denial, in every
 * kind of request, also after writes, after deletions and when time has passed.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { Resource } from '@medplum/fhirtypes';
import fc from 'fast-check';
import type { Actor } from '../src/record/actor.ts';
import { type CareRecord, resourceOf, type Stored } from '../src/record/care-record.ts';
import { dates } from './support/arbitrary-resources.ts';
import { checkRequest } from './support/policy-checker.ts';
import { leaks } from './support/policy-leaks.ts';
import { nameOf, sees, visible } from './support/policy-oracle.ts';
import { arbitraryChange, arbitraryRequest, type PolicyRequest } from './support/policy-requests.ts';
import { arbitrarySight } from './support/policy-sights.ts';
import { arbitraryPolicyWorld } from './support/policy-world.ts';
import { type ChangingWorld, checkChange } from './support/policy-writes.ts';
import { tester, testRecord } from './support/record.ts';
import { now } from './support/search-tables.ts';

/** Moments at which the worlds are written. */
const moments = dates.map((date) => Date.parse(date)).filter((moment) => moment > 0 && moment < now);
const day = 86_400_000;

interface TestWorld extends ChangingWorld {
  readonly record: CareRecord;
}

async function put(world: TestWorld, resources: readonly Resource[]): Promise<void> {
  const { results } = await world.record.commit(
    tester,
    resources.map((resource) => ({
      kind: 'update',
      type: resource.resourceType,
      id: resource.id ?? '',
      text: JSON.stringify(resource),
    })),
  );
  for (const { stored, outcome } of results) {
    if (outcome === 'unchanged') continue;
    const { type, id, version, updated } = stored as Stored; // an update always leaves a version
    const resource = resourceOf(stored as Stored);
    world.current.set(nameOf(resource), resource);
    world.versions.push({ type, id, version, updated, resource });
  }
}

/** What is written, and when. */
type Parts = readonly { readonly moment: number; readonly resources: readonly Resource[] }[];

function partsOf(seed: number): Parts {
  const resources = fc.sample(arbitraryPolicyWorld(), { numRuns: 1, seed })[0] ?? [];
  return moments.map((moment, i) => ({
    moment,
    resources: resources.filter((_, n) => n % moments.length === i),
  }));
}

/** A new record with a world of its own, written in several commits at several moments. */
async function newWorld(t: test.TestContext, parts: Parts): Promise<TestWorld> {
  const clock = { now: (): number => world.now };
  const { record } = await testRecord(t, { clock });
  const world: TestWorld = { record, now, current: new Map(), versions: [] };
  for (const { moment, resources } of parts) {
    world.now = moment;
    if (resources.length > 0) await put(world, resources);
  }
  world.now = now;
  return world;
}

const actors = (count: number, seed: number): readonly Actor[] =>
  fc
    .sample(arbitrarySight, { numRuns: count, seed })
    .map((sight, i) => ({ ...tester, id: `Practitioner/${i}`, sight }));

interface Case {
  readonly actor: Actor;
  readonly request: PolicyRequest;
}

/** Each of the actors asks so many things. */
const cases = (count: number, each: number, seed: number): readonly Case[] => {
  const requests = fc.sample(arbitraryRequest, { numRuns: count * each, seed });
  return actors(count, seed).flatMap((actor, i) =>
    requests.slice(i * each, (i + 1) * each).map((request) => ({ actor, request })),
  );
};

const told = (value: unknown): string => JSON.stringify(value);

/** How many ask at the same time: the record gathers what comes together, whoever asks. */
const together = 20;

/** What is wrong in the answers, one text for each, until there are enough. */
async function differences(
  record: CareRecord,
  world: ChangingWorld,
  some: readonly Case[],
  enough = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  const found: string[] = [];
  const ask = async ({ actor, request }: Case): Promise<void> => {
    try {
      await checkRequest(record, world, actor, request);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      found.push(`${told(request)}\nseen by ${told(actor.sight)}\n${error.message}`);
    }
  };
  // Neighbours of a slice are of different actors.
  const slices = Math.ceil(some.length / together);
  for (let i = 0; i < slices && found.length < enough; i += 1)
    await Promise.all(some.filter((_, n) => n % slices === i).map(ask));
  return found;
}

const assertNone = (found: readonly string[], where: string): void =>
  assert.equal(found.length, 0, `${where}, ${found.length} differ:\n\n${found.slice(0, 4).join('\n\n')}`);

/** Actors change what they may, and try what they may not. */
async function changes(world: TestWorld, count: number, seed: number): Promise<string[]> {
  const found: string[] = [];
  const who = actors(count, seed + 77);
  const wanted = fc.sample(arbitraryChange, { numRuns: count, seed });
  for (const [i, change] of wanted.entries()) {
    const actor = who[i] ?? tester;
    try {
      await checkChange(world.record, world, actor, change);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      found.push(`${told(change)}\nby ${told(actor.sight)}\n${error.message}`);
    }
  }
  return found;
}

/** The worlds, and how many actors ask how many things each; more by POLICY_WORLDS=5,6,7 POLICY_ACTORS=100. */
const seeds = (process.env['POLICY_WORLDS'] ?? '1,2').split(',').map(Number);
const actorsPerRound = Number(process.env['POLICY_ACTORS'] ?? 15);
const requestsEach = 10;

for (const seed of seeds) {
  test(`actors of any sight see and change what the oracle says, in world ${seed}`, async (t) => {
    const world = await newWorld(t, partsOf(seed));
    const round = async (name: string, number: number): Promise<void> => {
      const some = cases(actorsPerRound, requestsEach, seed * 1000 + number);
      assertNone(await differences(world.record, world, some), `world ${seed}, ${name}`);
    };
    await round('at first', 0);
    assertNone(await changes(world, 150, seed), `world ${seed}, in writing`);
    await round('after writes', 1);
    world.now = now + 45 * day;
    await round('45 days later', 2);
    assertNone(await changes(world, 150, seed + 500), `world ${seed}, in writing later`);
    await round('after more writes', 3);
  });
}

test('a leak put in on purpose, or a wrong denial, is found', async (t) => {
  const world = await newWorld(t, partsOf(1));
  const some = cases(50, 10, 4);
  assertNone(await differences(world.record, world, some), 'without a leak');
  for (const [name, leaky] of Object.entries(leaks)) {
    const record = leaky(world.record);
    assert.ok((await differences(record, world, some, 1)).length > 0, name);
  }
});

test('a write that forgets the sight is found', async (t) => {
  const world = await newWorld(t, partsOf(1));
  const { record } = world;
  const leaky: CareRecord = {
    ...record,
    commit: (actor, wanted) => record.commit({ ...actor, sight: 'everything' }, wanted),
  };
  assert.ok((await changes({ ...world, record: leaky }, 60, 1)).length > 0);
});

interface BatchEntry {
  readonly resource?: { readonly link?: unknown; readonly entry?: readonly { readonly fullUrl?: string }[] };
}

/** An answer without what differs between any two: the cursors of its links, the order where none was asked for. */
function comparable(answer: BatchEntry): string {
  const { link: _, ...resource } = answer.resource ?? {};
  const entry = resource.entry?.toSorted((a, b) => ((a.fullUrl ?? '') < (b.fullUrl ?? '') ? -1 : 1));
  return JSON.stringify({ ...answer, resource: { ...resource, ...(entry ? { entry } : {}) } });
}

/** What of the requests a batch can ask by GET, as URLs. */
function urlsOf(requests: readonly PolicyRequest[]): string[] {
  return requests.flatMap((request) => {
    if (request.kind === 'read') return [`${request.type}/${request.id}`];
    // What codes are called is known from all that was ever recorded (docs/clarifications.md, “:text”).
    if (request.kind !== 'search' || request.query.includes('%3Atext')) return [];
    const { type, compartment, query } = request;
    const path = compartment ? `${compartment.type}/${compartment.id}/${type}` : (type ?? '');
    return ['_total=accurate', '_total=estimate', '_summary=count', '_elements=subject', '_summary=true'].map(
      (more) => `${path}?${query === '' ? '' : `${query}&`}${more}`,
    );
  });
}

const batch = (urls: readonly string[]): string => {
  const entry = urls.map((url) => ({ request: { method: 'GET', url } }));
  return JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry });
};

const entriesOf = (body: Buffer): BatchEntry[] => JSON.parse(body.toString('utf8')).entry; // a batch's answer

test('every answer is to the letter that of a record which never had what is hidden', async (t) => {
  const parts = partsOf(2);
  const world = await newWorld(t, parts);
  const partial = actors(40, 9).filter((actor) => {
    const { length } = visible(world, actor.sight);
    return length > 10 && length < world.current.size - 10;
  });
  for (const [i, actor] of partial.slice(0, 5).entries()) {
    const without = await newWorld(
      t,
      parts.map(({ moment, resources }) => ({
        moment,
        resources: resources.filter((one) => sees(world, actor.sight, world.current.get(nameOf(one))!)),
      })),
    );
    const urls = urlsOf(fc.sample(arbitraryRequest, { numRuns: 60, seed: i }));
    const [some, all] = await Promise.all([
      world.record.bundle(actor, batch(urls)),
      without.record.bundle(tester, batch(urls)),
    ]);
    const expected = entriesOf(all.body).map(comparable);
    for (const [n, entry] of entriesOf(some.body).entries())
      assert.equal(comparable(entry), expected[n], `${urls[n]} seen by ${told(actor.sight)}`);
  }
});
