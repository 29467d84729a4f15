/** Holds what the record answers to an actor to what the oracle says: nothing that is hidden shows, nothing that may be seen is missing. */
import assert from 'node:assert/strict';
import type { Resource } from '@medplum/fhirtypes';
import { parseSearch } from '../../src/fhir/parse-search.ts';
import { compartmentParameters } from '../../src/fhir/search-parameters.ts';
import type { SearchQuery } from '../../src/fhir/search-query.ts';
import { Problem } from '../../src/platform/problem.ts';
import type { Actor } from '../../src/record/actor.ts';
import { type CareRecord, resourceOf, type Stored } from '../../src/record/care-record.ts';
import { compartmentFilter } from './compartment-filter.ts';
import { inOrder, naiveIncluded, naiveSearch } from './naive-search.ts';
import {
  type Known,
  lastBefore,
  nameOf,
  peopleOf,
  seesDeleted,
  visible,
  visibleVersions,
} from './policy-oracle.ts';
import type { PolicyRequest } from './policy-requests.ts';
import { policyTypes } from './policy-world.ts';
import { testBaseUrl } from './record.ts';

type Ask<K extends PolicyRequest['kind']> = Extract<PolicyRequest, { kind: K }>;

/** Throws an AssertionError that says how the answer differs from what the actor's sight allows. */
export async function checkRequest(
  record: CareRecord,
  known: Known,
  actor: Actor,
  request: PolicyRequest,
): Promise<void> {
  switch (request.kind) {
    case 'read':
      return checkRead(record, known, actor, request);
    case 'version':
      return checkVersion(record, known, actor, request);
    case 'search':
      return checkSearch(record, known, actor, request);
    case 'history':
      return checkHistory(record, known, actor, request);
    case 'everything':
      return checkEverything(record, known, actor, request);
  }
}

const named = ({ type, id }: Pick<Stored, 'type' | 'id'>): string => `${type}/${id}`;
const names = (some: readonly Stored[]): string[] => some.map(named);
const versionName = ({ type, id, version }: { type: string; id: string; version: number }): string =>
  `${type}/${id}/_history/${version}`;

/** What is answered, where a Problem of one of the statuses is an answer as well. */
async function answerOr<T>(statuses: readonly number[], work: () => Promise<T>): Promise<T | number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem && statuses.includes(error.status)) return error.status;
    throw error;
  }
}

async function checkRead(
  record: CareRecord,
  known: Known,
  actor: Actor,
  { type, id }: Ask<'read'>,
): Promise<void> {
  const answer = await answerOr([404, 410], () => record.read(actor, type, id));
  const told = answer === undefined ? 404 : typeof answer === 'number' ? answer : 200;
  const standing = visible(known, actor.sight).find((one) => nameOf(one) === `${type}/${id}`);
  const last = lastBefore(known, type, id);
  const expected = standing ? 200 : last && seesDeleted(known, actor.sight, last) ? 410 : 404;
  assert.equal(told, expected, 'status of a read');
  if (standing && answer && typeof answer !== 'number')
    assert.deepEqual(resourceOf(answer), standing, 'content');
}

async function checkVersion(
  record: CareRecord,
  known: Known,
  actor: Actor,
  { type, id, version }: Ask<'version'>,
): Promise<void> {
  const answer = await answerOr([404], () => record.readVersion(actor, type, id, version));
  const expected = visibleVersions(known, actor.sight).find(
    (one) => one.type === type && one.id === id && one.version === version,
  );
  const found = typeof answer === 'number' ? undefined : answer;
  assert.equal(found !== undefined, expected !== undefined, 'whether the version is there');
  if (found) assert.deepEqual(found.body && resourceOf(found), expected?.resource, 'content of the version');
}

async function checkSearch(
  record: CareRecord,
  known: Known,
  actor: Actor,
  asked: Ask<'search'>,
): Promise<void> {
  const { type, query, compartment } = asked;
  const plain = parseSearch(type, query, { handling: 'strict', baseUrl: testBaseUrl });
  const parsed: SearchQuery = compartment
    ? {
        ...plain,
        filters: [...plain.filters, compartmentFilter(compartment.type, compartment.id, type ?? '')],
      }
    : plain;
  // All that is hidden is left out of the world before anything is asked of it.
  const resources = visible(known, actor.sight);
  const recorded = known.versions.flatMap(({ resource }) => (resource ? [resource] : []));
  const expected = naiveSearch(resources, parsed, { now: known.now, recorded });
  const bare = new URLSearchParams(query);
  bare.delete('_count');
  const ask = (more: Readonly<Record<string, string>>) =>
    record.search(
      actor,
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
  for (const one of [...whole.matches, ...whole.included])
    assert.deepEqual(resourceOf(one), known.current.get(named(one)), 'content');
  const sorted = whole.matches.map((one) => resourceOf(one));
  for (const [i, resource] of sorted.slice(1).entries())
    assert.ok(inOrder(sorted[i]!, resource, parsed.sort) <= 0, `${found[i]} before ${found[i + 1]}`);

  const counted = await ask({ _summary: 'count' });
  assert.equal(counted.total, expected.total, 'total of _summary=count');
  assert.deepEqual(names([...counted.matches, ...counted.included]), [], 'resources of _summary=count');

  const size = parsed.count ?? 2;
  const paged: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask({ _count: String(size), ...(cursor === undefined ? {} : { _page: cursor }) });
    assert.ok(
      page.next === undefined || page.matches.length === size,
      'a page is full where another follows',
    );
    assert.ok(page.matches.length > 0 || paged.length === 0, 'an empty page');
    paged.push(...names(page.matches));
    const onPage = page.matches.map((one) => known.current.get(named(one))!);
    assert.deepEqual(
      names(page.included).sort(),
      naiveIncluded(resources, onPage, parsed.includes).map(nameOf).sort(),
      'included on a page',
    );
    cursor = page.next;
  } while (cursor !== undefined && paged.length <= found.length);
  assert.deepEqual(paged, found, 'page by page');
}

async function checkHistory(
  record: CareRecord,
  known: Known,
  actor: Actor,
  asked: Ask<'history'>,
): Promise<void> {
  const { type, id, options } = asked;
  const all = visibleVersions(known, actor.sight).filter(
    (one) => (type === undefined || one.type === type) && (id === undefined || one.id === id),
  );
  const expected = all.filter(({ updated }) => updated >= (options.since ?? Number.NEGATIVE_INFINITY));
  const { count, ...rest } = options;
  const size = count ?? 1000;
  const found: string[] = [];
  let cursor: string | undefined;
  let before = Number.POSITIVE_INFINITY;
  do {
    const page = await record.history(actor, type, id, {
      ...rest,
      count: size,
      ...(cursor === undefined ? {} : { cursor }),
    });
    if (!page) {
      assert.ok(id !== undefined && cursor === undefined, 'only one resource can be unknown');
      assert.equal(all.length, 0, 'a history is missing');
      return;
    }
    if (id !== undefined) {
      assert.ok(all.length > 0, 'a history of what is hidden');
      assert.equal(page.total, all.length, 'total of a history');
    } else assert.equal(page.total, undefined, 'total of many histories');
    assert.ok(
      page.next === undefined || page.versions.length === size,
      'a page is full where another follows',
    );
    for (const one of page.versions) {
      assert.ok(one.updated <= before, 'newest first');
      before = one.updated;
      const kept = expected.find((other) => versionName(other) === versionName(one));
      assert.ok(kept, `${versionName(one)} is hidden`);
      assert.deepEqual(one.body && resourceOf(one), kept.resource, 'content of a version');
      found.push(versionName(one));
    }
    cursor = page.next;
    assert.ok(cursor === undefined || page.versions.length > 0, 'an empty page');
  } while (cursor !== undefined);
  assert.deepEqual(found.sort(), expected.map(versionName).sort(), 'versions');
}

async function checkEverything(
  record: CareRecord,
  known: Known,
  actor: Actor,
  { id, options }: Ask<'everything'>,
): Promise<void> {
  const resources = visible(known, actor.sight);
  const ofType = (one: Resource): boolean => !options.types || options.types.includes(one.resourceType);
  const members = resources.filter((one) => ofType(one) && peopleOf(one).includes(id));
  const person = resources.some((one) => nameOf(one) === `Patient/${id}`);
  const { count, ...rest } = options;
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await record.everything(actor, id, {
      ...rest,
      ...(count === undefined ? {} : { count }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    if (!page) {
      assert.equal(cursor, undefined, 'a later page is there');
      assert.ok(members.length === 0 && !person, 'everything of a person is missing');
      return;
    }
    assert.ok(members.length > 0 || person, 'everything of a person who is hidden');
    assert.ok(
      page.next === undefined || page.matches.length === count,
      'a page is full where another follows',
    );
    assert.ok(page.matches.length > 0 || found.length === 0, 'an empty page');
    found.push(...names(page.matches));
    for (const one of page.matches)
      assert.deepEqual(resourceOf(one), known.current.get(named(one)), 'content');
    const onPage = page.matches
      .map((one) => known.current.get(named(one)))
      .filter((one) => one !== undefined);
    const shared = sharedTargets(resources, onPage).filter(ofType);
    assert.deepEqual(names(page.included).sort(), shared.map(nameOf).sort(), 'what the page points at');
    cursor = page.next;
  } while (cursor !== undefined);
  assert.deepEqual(found.sort(), members.map(nameOf).sort(), 'members of the compartment');
}

/** The resources of nobody's compartment that these point at. */
function sharedTargets(resources: readonly Resource[], from: readonly Resource[]): Resource[] {
  const shared = policyTypes.filter(
    (type) => type !== 'Patient' && compartmentParameters('Patient', type).length === 0,
  );
  const wanted = new Set(
    from.flatMap((one) =>
      [...JSON.stringify(one).matchAll(/"reference":"([A-Za-z]+)\/([A-Za-z0-9\-.]+)/g)].map(
        ([, type, id]) => `${type}/${id}`,
      ),
    ),
  );
  return resources.filter((one) => shared.includes(one.resourceType) && wanted.has(nameOf(one)));
}
