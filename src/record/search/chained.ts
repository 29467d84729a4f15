/** Conditions on what points here and on what is pointed at. Source: FHIR R4 §3.1.1.5.5 (chains), §3.1.1.5.6 (`_has`). */
import { resourceTypes } from '../../fhir/resource-types.ts';
import type { Filter } from '../../fhir/search-query.ts';
import type { SearchParameter, SearchPath } from '../../fhir/search-values.ts';
import { homePaths } from '../home.ts';
import { type Key, wholeKey } from '../keys.ts';
import { typeNumber } from '../type-numbers.ts';
import type { Asking, Place } from './asking.ts';
import { type Condition, either, nothing, type Source } from './condition.ts';
import type { Parameters } from './parameters.ts';
import { referenceText, textPaths } from './stored-paths.ts';
import { keysCondition, livingWith } from './value-conditions.ts';

/** Up to this many resources found by an inner search are named one by one in the outer. */
const mostNamed = 500;
/** Resources of one person each are named by their people, and looked at in the index alone: more of them are no trouble. */
const mostLookedAt = 5000;

/** Turns the inner filter into a condition of its own; given, since the two call each other. */
type Inner = (types: readonly string[], filter: Filter, asking: Asking) => Promise<Condition>;

export async function chainCondition(
  filter: Extract<Filter, { kind: 'chain' }>,
  asking: Asking,
  innerCondition: Inner,
): Promise<Condition> {
  const { parameter } = filter;
  const parts: Condition[] = [];
  for (const target of filter.targets) {
    const inner = await innerCondition([target.type], target.filter, asking);
    const home = homePaths(parameter.resourceType);
    if (target.type === 'Patient' && parameter.paths.every((path) => home.has(path.key))) {
      // What points at people by these lives with them.
      const persons = await asking.people('Patient', inner, mostNamed);
      parts.push(persons ? among(persons) : await linkedTo(parameter, target.type, inner, asking));
      continue;
    }
    const found = await asking.places(target.type, inner, mostNamed + 1);
    parts.push(
      found.length <= mostNamed
        ? pointingAt(parameter, target.type, found)
        : await linkedTo(parameter, target.type, inner, asking),
    );
  }
  return either(parts, [typeNumber(parameter.resourceType)]);
}

const among = (persons: readonly Key[]): Condition => (persons.length === 0 ? nothing : livingWith(persons));

/** Points by the parameter at one of these resources. */
function pointingAt(parameter: SearchParameter, type: string, places: readonly Place[]): Condition {
  if (places.length === 0) return nothing;
  const home = homePaths(parameter.resourceType);
  return either(
    parameter.paths.map((path) =>
      home.has(path.key) && type === 'Patient'
        ? livingWith([...new Set(places.map((place) => place.person))])
        : keysCondition(
            parameter.resourceType,
            path,
            places.map((place) => wholeKey(path.key, `${type}/${place.id}`)),
          ),
    ),
    [typeNumber(parameter.resourceType)],
  );
}

/** The same where too many are pointed at to name them. */
async function linkedTo(
  parameter: SearchParameter,
  type: string,
  inner: Condition,
  asking: Asking,
): Promise<Condition> {
  const home = homePaths(parameter.resourceType);
  const own = typeNumber(parameter.resourceType);
  const test = (alias: string, to: Parameters): string =>
    `(${parameter.paths
      .map((path) =>
        home.has(path.key) && type === 'Patient'
          ? exists(`${alias}c.person = ${alias}.person`, `${alias}c`, type, inner, asking, to)
          : exists(pointedAtBy(alias, path, parameter, type, to), `${alias}c`, type, inner, asking, to),
      )
      .join(' or ')})`;
  const rows = (to: Parameters): string =>
    parameter.paths
      .map((path) =>
        home.has(path.key) && type === 'Patient'
          ? `select o.person, o.pk from resource c join resource o on o.person = c.person and o.type = ${own} where c.type = ${typeNumber(type)} and ${inner.test('c', to)} and ${asking.seen('c', to)}`
          : `select t.person, t.pk from resource c join search_token t on t.hash = reference_key(${to.add(path.key, 'text')}, ${to.add(`${type}/`, 'text')} || c.id) where c.type = ${typeNumber(type)} and ${inner.test('c', to)} and ${asking.seen('c', to)}`,
      )
      .join(' union all ');
  const source = { kind: 'rows', few: false, mixed: false, rows } as const;
  // Where many point at them, reading in order and testing finds a page soon; where few do, only listing them does.
  return (await asking.count(source, [own])) > 1000 ? { test } : { test, source };
}

/** A look into the index for one of a type, in looks at one person's slice of a type. */
const oneListed = 0.4;
/** People on a page, and one more. */
const usualPage = 51;

/**
 * Whether listing all whom the source's resources belong to costs less than going through people in order and looking at
 * each until a page is full: n against page × people ÷ n.
 */
async function isListed(type: string, source: Source, asking: Asking): Promise<boolean> {
  const found = await asking.count(source, [typeNumber(type)]);
  const people = await asking.about('Patient');
  return found * found * oneListed <= usualPage * people;
}

/** SQL: some resource of the type, under the alias, is where the condition says and passes. */
function exists(
  where: string,
  alias: string,
  type: string,
  inner: Condition,
  asking: Asking,
  to: Parameters,
): string {
  return `exists (select 1 from resource ${alias} where ${where} and ${alias}.type = ${typeNumber(type)} and ${inner.test(alias, to)} and ${asking.seen(alias, to)} offset 0)`;
}

/** SQL: the row under `…c` is one that the path of the row under the alias points at, as its text says. */
function pointedAtBy(
  alias: string,
  path: SearchPath,
  parameter: SearchParameter,
  type: string,
  to: Parameters,
): string {
  const texts = textPaths(path);
  if (!texts)
    return `(${alias}.person, ${alias}.pk) in (select t.person, t.pk from search_token t where t.hash = reference_key(${to.add(path.key, 'text')}, ${to.add(`${type}/`, 'text')} || ${alias}c.id) and ${alias}.type = ${typeNumber(parameter.resourceType)})`;
  const values = texts
    .map((text) => `select jsonb_path_query(${alias}.body::jsonb, ${to.add(text, 'jsonpath')}) as v`)
    .join(' union all ');
  return `(${alias}c.person, ${alias}c.pk) in (select i.person, i.pk from (select ${referenceText} as target from (${values}) j) p join identity i on i.type = ${typeNumber(type)} and i.id = substr(p.target, ${type.length + 2}) where p.target like '${type}/%')`;
}

export async function hasCondition(
  types: readonly string[],
  filter: Extract<Filter, { kind: 'has' }>,
  asking: Asking,
  innerCondition: Inner,
): Promise<Condition> {
  const { type, parameter } = filter;
  const inner = await innerCondition([type], filter.filter, asking);
  const home = homePaths(type);
  const [only] = types;
  const one = types.length === 1 ? only : undefined;
  const lives = (alias: string, to: Parameters): string =>
    exists(`${alias}c.person = ${alias}.person`, `${alias}c`, type, inner, asking, to);
  if (one === 'Patient' && parameter.paths.every((path) => home.has(path.key))) {
    const { source } = inner;
    if (
      source?.kind === 'hashes' &&
      !source.mixed &&
      (asking.order === 'linked' || (asking.order === 'free' && source.hashes.length === 1))
    )
      return {
        test: lives,
        linked: {
          ...{ type: typeNumber(type), hashes: source.hashes },
          test: (alias, to) => `${inner.test(alias, to)} and ${asking.seen(alias, to)}`,
        },
      };
    // Everyone in whose compartment such a resource lives.
    const persons =
      inner.source && (await isListed(type, inner.source, asking))
        ? await asking.people(type, inner, mostLookedAt)
        : undefined;
    return persons ? { test: lives, source: { kind: 'persons', persons } } : { test: lives };
  }
  const name = (alias: string): string =>
    one === undefined
      ? typeNameOf(
          alias,
          [types, parameter.targets, [...resourceTypes]].find((some) => some.length > 0) ?? [],
        )
      : `'${one}'`;
  const test = (alias: string, to: Parameters): string => {
    const ways = parameter.paths.map(
      (path) =>
        `exists (select 1 from search_token t join resource ${alias}c on ${alias}c.person = t.person and ${alias}c.pk = t.pk where t.hash = reference_key(${to.add(path.key, 'text')}, ${name(alias)} || '/' || ${alias}.id) and ${alias}c.type = ${typeNumber(type)} and ${inner.test(`${alias}c`, to)} and ${asking.seen(`${alias}c`, to)} offset 0)`,
    );
    if (parameter.paths.some((path) => home.has(path.key)))
      ways.push(`(${alias}.type = ${typeNumber('Patient')} and ${lives(alias, to)})`);
    return `(${ways.join(' or ')})`;
  };
  if (one === undefined) return { test };
  const targets = await asking.pointedAt(type, inner, parameter.paths, mostNamed);
  if (!targets) return { test };
  const ids = targets.flatMap((target) => (target.startsWith(`${one}/`) ? target.slice(one.length + 1) : []));
  return { test, source: { kind: 'ids', ids } };
}

/** SQL for the type's name of the row under the alias; null where it is none of these types. */
function typeNameOf(alias: string, types: readonly string[]): string {
  return `case ${alias}.type ${types.map((type) => `when ${typeNumber(type)} then '${type}'`).join(' ')} end`;
}
