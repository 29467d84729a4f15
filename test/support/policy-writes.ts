/** Holds the record to the oracle in writes of an actor of limited sight, and keeps the world in step with what was stored. */
import assert from 'node:assert/strict';
import type { Resource } from '@medplum/fhirtypes';
import { parseSearch } from '../../src/fhir/parse-search.ts';
import { Problem } from '../../src/platform/problem.ts';
import type { Actor } from '../../src/record/actor.ts';
import {
  type CareRecord,
  type Change,
  type Committed,
  resourceOf,
  type Stored,
} from '../../src/record/care-record.ts';
import { naiveSearch } from './naive-search.ts';
import {
  type KeptVersion,
  type Known,
  lastBefore,
  mayBecome,
  mayChange,
  nameOf,
  sees,
  seesDeleted,
  visible,
} from './policy-oracle.ts';
import { testBaseUrl } from './record.ts';

/** A world whose writes are kept as they are made. */
export interface ChangingWorld extends Known {
  now: number;
  readonly current: Map<string, Resource>;
  readonly versions: KeptVersion[];
}

type Outcome = Committed['results'][number]['outcome'];

/** What a change comes to: any of the outcomes, or a refusal with any of the statuses. */
export interface Expected {
  readonly outcomes: readonly Outcome[];
  readonly statuses: readonly number[];
}

const refused: Expected = { outcomes: [], statuses: [403] };

/** What a change asked by an actor of this sight may come to. */
export function expectedOf(known: Known, actor: Actor, change: Change): Expected {
  switch (change.kind) {
    case 'create':
      return change.ifNoneExist === undefined
        ? creation(known, actor, change.text)
        : conditionalCreation(known, actor, change.text, change.ifNoneExist);
    case 'update':
      return update(known, actor, change);
    case 'update-where': {
      const [id, more] = matching(known, actor, change.type, change.query);
      if (more !== undefined) return { outcomes: [], statuses: [412] };
      const own = (JSON.parse(change.text) as Resource).id;
      if (id === undefined && own === undefined) return creation(known, actor, change.text);
      if (id !== undefined && own !== undefined && own !== id) return { outcomes: [], statuses: [400] };
      return update(known, actor, { type: change.type, id: id ?? own ?? '', text: change.text });
    }
    case 'delete':
      return deletion(known, actor, change);
    case 'delete-where': {
      const [id, more] = matching(known, actor, change.type, change.query);
      if (more !== undefined) return { outcomes: [], statuses: [412] };
      if (id === undefined) return { outcomes: ['absent'], statuses: [] };
      return deletion(known, actor, { type: change.type, id });
    }
  }
}

function matching(known: Known, actor: Actor, type: string, query: string): readonly string[] {
  const parsed = parseSearch(type, query, { handling: 'strict', baseUrl: testBaseUrl });
  const { matches } = naiveSearch(visible(known, actor.sight), parsed, { now: known.now });
  return matches.map(({ id }) => id ?? '');
}

const readText = (text: string, id: string): Resource => ({ ...(JSON.parse(text) as Resource), id }); // made by the tests

function creation(known: Known, actor: Actor, text: string): Expected {
  const allowed = mayBecome(known, actor.sight, readText(text, 'not-yet-known'));
  return allowed ? { outcomes: ['created'], statuses: [] } : refused;
}

function conditionalCreation(known: Known, actor: Actor, text: string, query: string): Expected {
  const made = creation(known, actor, text);
  const [id, more] = matching(known, actor, (JSON.parse(text) as Resource).resourceType, query);
  if (id === undefined) return made;
  // Who may not create at all may be told so before the condition is looked at.
  return more === undefined
    ? { outcomes: ['found'], statuses: made.statuses }
    : { outcomes: [], statuses: [412, ...made.statuses] };
}

interface Target {
  readonly type: string;
  readonly id: string;
  readonly ifMatch?: number;
}

function update(known: Known, actor: Actor, target: Target & { readonly text: string }): Expected {
  const { type, id, text, ifMatch } = target;
  const standing = known.current.get(`${type}/${id}`);
  if (!standing) return ofAbsent(known, actor, target, ['created', 'updated']);
  const made = readText(text, id);
  if (!mayChange(known, actor.sight, standing)) return refusal(known, actor, standing, ifMatch);
  if (!mayBecome(known, actor.sight, made)) return refusal(known, actor, standing, ifMatch);
  if (isStale(standing, ifMatch)) return { outcomes: [], statuses: [409, 412] };
  return { outcomes: ['updated', 'unchanged'], statuses: [] };
}

function deletion(known: Known, actor: Actor, target: Target): Expected {
  const standing = known.current.get(`${target.type}/${target.id}`);
  if (!standing) return ofAbsent(known, actor, target, ['deleted', 'absent']);
  if (!mayChange(known, actor.sight, standing)) return refusal(known, actor, standing, target.ifMatch);
  if (isStale(standing, target.ifMatch)) return { outcomes: [], statuses: [409, 412] };
  return { outcomes: ['deleted'], statuses: [] };
}

const isStale = ({ meta }: Resource, ifMatch: number | undefined): boolean =>
  ifMatch !== undefined && meta?.versionId !== String(ifMatch);

/** Who sees the resource may be told first that it has changed; who does not is told one thing only. */
function refusal(known: Known, actor: Actor, standing: Resource, ifMatch: number | undefined): Expected {
  return sees(known, actor.sight, standing) && isStale(standing, ifMatch)
    ? { outcomes: [], statuses: [403, 409, 412] }
    : refused;
}

function ofAbsent(known: Known, actor: Actor, target: Target, outcomes: readonly Outcome[]): Expected {
  if (actor.sight === 'everything')
    return target.ifMatch === undefined
      ? { outcomes, statuses: [] }
      : { outcomes, statuses: [404, 409, 410, 412] };
  const last = lastBefore(known, target.type, target.id);
  // Who sees what was deleted may be told that it is gone.
  return last && seesDeleted(known, actor.sight, last)
    ? { outcomes: outcomes.includes('absent') ? ['absent', 'deleted'] : [], statuses: [403, 409, 410, 412] }
    : refused;
}

/** Commits the change as the actor; throws an AssertionError where what it comes to is not what the actor's sight allows. */
export async function checkChange(
  record: CareRecord,
  world: ChangingWorld,
  actor: Actor,
  change: Change,
): Promise<'stored' | 'nothing' | 'refused'> {
  const expected = expectedOf(world, actor, change);
  const answer = await attempt(record, actor, change);
  if (answer instanceof Problem) {
    assert.ok(
      expected.statuses.includes(answer.status),
      `refused with ${answer.status} (${answer.message}), expected ${JSON.stringify(expected)}`,
    );
    await checkSameAsAbsent(record, world, actor, change, answer);
    return 'refused';
  }
  const [result] = answer.results;
  const isStored = keep(world, result?.stored); // the world stays in step, whatever is wrong
  assert.ok(
    result && expected.outcomes.includes(result.outcome),
    `${result?.outcome}, expected ${JSON.stringify(expected)}`,
  );
  return isStored ? 'stored' : 'nothing';
}

/** Takes a version into the world; false where it is known. */
function keep(world: ChangingWorld, stored: Stored | undefined): boolean {
  if (!stored) return false;
  const { type, id, version, updated } = stored;
  if (world.versions.some((one) => one.type === type && one.id === id && one.version === version))
    return false;
  const resource = stored.body && resourceOf(stored);
  world.versions.push({ type, id, version, updated, resource });
  if (resource) world.current.set(nameOf(resource), resource);
  else world.current.delete(`${type}/${id}`);
  return true;
}

async function attempt(record: CareRecord, actor: Actor, change: Change): Promise<Committed | Problem> {
  try {
    return await record.commit(actor, [change]);
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return error;
    throw error;
  }
}

const absentId = 'no-such-id';

/** What is hidden is refused in the very words in which what is not there is refused. */
async function checkSameAsAbsent(
  record: CareRecord,
  world: Known,
  actor: Actor,
  change: Change,
  answer: Problem,
): Promise<void> {
  if (change.kind !== 'update' && change.kind !== 'delete') return;
  const { type, id } = change;
  const standing = world.current.get(`${type}/${id}`);
  const last = lastBefore(world, type, id);
  if ((standing && sees(world, actor.sight, standing)) || (last && seesDeleted(world, actor.sight, last)))
    return;
  const instead: Change =
    change.kind === 'delete'
      ? { ...change, id: absentId }
      : { ...change, id: absentId, text: JSON.stringify(readText(change.text, absentId)) };
  const other = await attempt(record, actor, instead);
  assert.ok(other instanceof Problem, 'a change of what is not there');
  const told = ({ status, faults, headers }: Problem, of: string): string =>
    JSON.stringify({ status, faults, headers }).replaceAll(`${type}/${of}`, `${type}/…`);
  assert.equal(told(answer, id), told(other, absentId), 'the refusal tells hidden from absent');
}
