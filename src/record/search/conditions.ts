import { normaliseString } from '../../fhir/normalise.ts';
import { resourceTypes } from '../../fhir/resource-types.ts';
import { searchParameter } from '../../fhir/search-parameters.ts';
import type { Filter, Operand } from '../../fhir/search-query.ts';
import type { SearchParameter } from '../../fhir/search-values.ts';
import { homePaths } from '../home.ts';
import { typePlan } from '../index-rows.ts';
import { type Key, shardKey, wholeKey } from '../keys.ts';
import { typeNumber } from '../type-numbers.ts';
import { terseTypes } from '../words.ts';
import { momentTest } from './comparisons.ts';
import { both, type Condition, either, negated, nothing, rowsOf } from './condition.ts';
import type { Parameters } from './parameters.ts';
import {
  type Codings,
  keysCondition,
  livingWith,
  pathCondition,
  type ValueFilter,
} from './value-conditions.ts';

/** A resource's place and name, as an inner search gives it. */
export interface Place {
  readonly person: Key;
  readonly pk: string;
  readonly id: string;
}

/** What conditions need to ask while they are being worked out. */
export interface Asking {
  readonly now: number;
  readonly codings: Codings;
  /** The first resources of the type that pass, as the same actor may see them: at most `most`. */
  places(type: string, condition: Condition, most: number): Promise<readonly Place[]>;
  /** Codes that `:in`, `:above` and `:below` stand for; throws a Problem where they are not known. */
  codes(modifier: 'in' | 'above' | 'below', operand: Operand, where: string): Promise<readonly Operand[]>;
  /** `Type/id` of the items of a List; undefined where there is none. */
  listItems(id: string): Promise<readonly string[]>;
}

/** Up to this many resources found by an inner search are named one by one in the outer. */
const mostNamed = 500;

/** Turns a filter on the types into a condition on their rows. */
export async function condition(
  types: readonly string[],
  filter: Filter,
  asking: Asking,
): Promise<Condition> {
  switch (filter.kind) {
    case 'any': {
      const parts: Condition[] = [];
      for (const inner of filter.filters) parts.push(await condition(types, inner, asking));
      return either(parts, types.map(typeNumber));
    }
    case 'id':
      return filter.not
        ? { test: (alias, to) => `not (${alias}.id = any(${to.texts(filter.ids)}))` }
        : {
            test: (alias, to) => `${alias}.id = any(${to.texts(filter.ids)})`,
            ...(types.length > 0 ? { source: { kind: 'ids', ids: filter.ids } as const } : {}),
          };
    case 'last-updated':
      return {
        ...either(
          filter.operands.map((operand) => ({
            test: (alias, to) => momentTest(operand, `${alias}.updated`, asking.now, to),
          })),
          [],
        ),
        byChange: true,
      };
    case 'missing':
      return ofType(types, filter.parameter, missingCondition(filter.parameter, filter.missing, types));
    case 'value':
      return ofType(types, filter.parameter, await valueCondition(filter, types, asking));
    case 'chain':
      return ofType(types, filter.parameter, await chainCondition(filter, asking));
    case 'has':
      return hasCondition(types, filter, asking);
    case 'list':
      return listCondition(await asking.listItems(filter.id), types);
    case 'words':
      return wordsCondition(filter, types);
  }
}

/** A parameter of one type holds for resources of that type only, where several are searched. */
function ofType(types: readonly string[], parameter: SearchParameter, inner: Condition): Condition {
  if (types.length === 1 || parameter.resourceType === 'Resource') return inner;
  const number = typeNumber(parameter.resourceType);
  const { source } = inner;
  return {
    test: (alias, to) => `(${alias}.type = ${number} and ${inner.test(alias, to)})`,
    ...(source
      ? { source: { kind: 'rows', few: false, mixed: false, rows: (to) => rowsOf(source, [number], to) } }
      : {}),
  };
}

/** The type whose plan tells how the parameter's paths are kept: those of every type are kept alike in all. */
const planType = (parameter: SearchParameter, types: readonly string[]): string =>
  parameter.resourceType === 'Resource' ? (types[0] ?? 'Patient') : parameter.resourceType;

function missingCondition(parameter: SearchParameter, missing: boolean, types: readonly string[]): Condition {
  if (parameter.code === '_id' || parameter.code === '_lastUpdated') return { test: () => String(!missing) };
  const test = (type: string, alias: string, to: Parameters): string => {
    const plan = typePlan(type);
    const bits = parameter.paths.reduce((all, path) => all | (plan.get(path.key)?.bit ?? 0n), 0n);
    return `(${alias}.present & ${to.add(String(bits), 'int8')}) ${missing ? '=' : '<>'} 0`;
  };
  if (parameter.resourceType !== 'Resource' || types.length === 1)
    return { test: (alias, to) => test(planType(parameter, types), alias, to) };
  // A bit's place differs from type to type.
  return {
    test: (alias, to) =>
      `case ${alias}.type ${searched(types)
        .map((type) => `when ${typeNumber(type)} then ${test(type, alias, to)}`)
        .join(' ')} else false end`,
  };
}

async function valueCondition(
  filter: ValueFilter,
  types: readonly string[],
  asking: Asking,
): Promise<Condition> {
  const { parameter, modifier } = filter;
  if (modifier === 'not') return negated(await valueCondition(plain(filter, filter.operands), types, asking));
  if (modifier === 'not-in')
    return negated(await valueCondition({ ...filter, modifier: 'in' }, types, asking));
  if (parameter.type === 'token' && (modifier === 'in' || modifier === 'above' || modifier === 'below')) {
    const operands: Operand[] = [];
    for (const operand of filter.operands)
      operands.push(...(await asking.codes(modifier, operand, `http.query.${parameter.code}:${modifier}`)));
    return valueCondition(plain(filter, operands), types, asking);
  }
  const type = planType(parameter, types);
  const paths: Condition[] = [];
  for (const path of parameter.paths) {
    if (path.type === 'composite' && path.expression === type) {
      for (const operand of filter.operands)
        if (operand.kind === 'composite')
          paths.push(await rootComposite(type, path.components ?? [], operand.parts, types, asking));
    } else paths.push(await pathCondition(type, path, filter, asking.codings, asking.now));
  }
  return either(paths, types.map(typeNumber));
}

const plain = (filter: ValueFilter, operands: readonly Operand[]): ValueFilter => ({
  kind: 'value',
  parameter: filter.parameter,
  operands,
});

/** A composite of the resource itself: each part is a parameter of its own, and all must hold. */
async function rootComposite(
  type: string,
  components: readonly { readonly code: string }[],
  parts: readonly Operand[],
  types: readonly string[],
  asking: Asking,
): Promise<Condition> {
  const conditions: Condition[] = [];
  for (const [i, part] of parts.entries()) {
    const parameter = searchParameter(type, components[i]?.code ?? '');
    if (!parameter) return nothing;
    conditions.push(await valueCondition({ kind: 'value', parameter, operands: [part] }, types, asking));
  }
  const first = conditions[0];
  const joint = both(conditions);
  if (!first?.source || conditions.length < 2) return joint;
  const { source } = first;
  const rest = both(conditions.slice(1));
  return {
    test: joint.test,
    source: {
      kind: 'rows',
      few: false,
      mixed: false,
      rows: (to) =>
        `select c.person, c.pk from (${rowsOf(source, [typeNumber(type)], to)}) s join resource c on c.person = s.person and c.pk = s.pk where ${rest.test('c', to)}`,
    },
  };
}

async function chainCondition(
  filter: Extract<Filter, { kind: 'chain' }>,
  asking: Asking,
): Promise<Condition> {
  const { parameter } = filter;
  const parts: Condition[] = [];
  for (const target of filter.targets) {
    const inner = await condition([target.type], target.filter, asking);
    const found = await asking.places(target.type, inner, mostNamed + 1);
    parts.push(
      found.length <= mostNamed
        ? pointingAt(parameter, target.type, found)
        : linkedTo(parameter, target.type, inner),
    );
  }
  return either(parts, [typeNumber(parameter.resourceType)]);
}

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

/** The same where too many are pointed at to name them: a join. */
function linkedTo(parameter: SearchParameter, type: string, inner: Condition): Condition {
  const home = homePaths(parameter.resourceType);
  const number = typeNumber(type);
  return {
    test: (alias, to) =>
      `(${parameter.paths
        .map((path) =>
          home.has(path.key) && type === 'Patient'
            ? `exists (select 1 from resource ${alias}c where ${alias}c.person = ${alias}.person and ${alias}c.type = ${number} and ${inner.test(`${alias}c`, to)} offset 0)`
            : `(${alias}.person, ${alias}.pk) in (select t.person, t.pk from resource ${alias}c join search_token t on t.hash = reference_key(${to.add(path.key, 'text')}, ${to.add(`${type}/`, 'text')} || ${alias}c.id) where ${alias}c.type = ${number} and ${inner.test(`${alias}c`, to)})`,
        )
        .join(' or ')})`,
  };
}

async function hasCondition(
  types: readonly string[],
  filter: Extract<Filter, { kind: 'has' }>,
  asking: Asking,
): Promise<Condition> {
  const { type, parameter } = filter;
  const inner = await condition([type], filter.filter, asking);
  const home = homePaths(type);
  const number = typeNumber(type);
  const isHome = parameter.paths.every((path) => home.has(path.key));
  const [only] = types;
  const typeOf = (alias: string): string =>
    types.length === 1
      ? `'${only}'`
      : typeNameOf(alias, searched(types.length > 0 ? types : parameter.targets));
  const test = (alias: string, to: Parameters): string =>
    `(${parameter.paths
      .map((path) =>
        home.has(path.key)
          ? `(${alias}.type = ${typeNumber('Patient')} and exists (select 1 from resource ${alias}c where ${alias}c.person = ${alias}.person and ${alias}c.type = ${number} and ${inner.test(`${alias}c`, to)} offset 0))`
          : 'false',
      )
      .concat(
        parameter.paths.map(
          (path) =>
            `exists (select 1 from search_token t join resource ${alias}c on ${alias}c.person = t.person and ${alias}c.pk = t.pk where t.hash = reference_key(${to.add(path.key, 'text')}, ${typeOf(alias)} || '/' || ${alias}.id) and ${alias}c.type = ${number} and ${inner.test(`${alias}c`, to)} offset 0)`,
        ),
      )
      .join(' or ')})`;
  if (!isHome || types.length !== 1 || types[0] !== 'Patient') return { test };
  // Everyone in whose compartment such a resource lives.
  const onlyHome = (alias: string, to: Parameters): string =>
    `exists (select 1 from resource ${alias}c where ${alias}c.person = ${alias}.person and ${alias}c.type = ${number} and ${inner.test(`${alias}c`, to)} offset 0)`;
  const found = await asking.places(type, inner, mostNamed + 1);
  if (found.length > mostNamed) return { test: onlyHome };
  const persons = [...new Set(found.map((place) => place.person))];
  return { test: onlyHome, source: { kind: 'persons', persons } };
}

/** SQL for the type's name of the row under the alias; null where it is none of these types. */
function typeNameOf(alias: string, types: readonly string[]): string {
  return `case ${alias}.type ${types.map((type) => `when ${typeNumber(type)} then '${type}'`).join(' ')} end`;
}

/** The types searched, written out where all are. */
const searched = (types: readonly string[]): readonly string[] =>
  types.length > 0 ? types : [...resourceTypes];

function listCondition(items: readonly string[], types: readonly string[]): Condition {
  const wanted = items
    .map((item) => item.split('/'))
    .filter(([type]) => types.length === 0 || types.includes(type ?? ''));
  if (wanted.length === 0) return nothing;
  return either(
    [...new Set(wanted.map(([type]) => type ?? ''))].map((type) => {
      const ids = wanted.filter(([of]) => of === type).map(([, id]) => id ?? '');
      return {
        test: (alias: string, to: Parameters) =>
          `(${alias}.type = ${typeNumber(type)} and ${alias}.id = any(${to.texts(ids)}))`,
        ...(types.length === 1 ? { source: { kind: 'ids', ids } as const } : {}),
      };
    }),
    types.map(typeNumber),
  );
}

function wordsCondition(filter: Extract<Filter, { kind: 'words' }>, types: readonly string[]): Condition {
  const words = normaliseString(filter.words);
  const column = filter.where === 'text' ? 'story' : 'content';
  const query = (to: Parameters): string => `websearch_to_tsquery('simple', ${to.add(words, 'text')})`;
  const indexed = (alias: string, to: Parameters): string =>
    `exists (select 1 from search_words w where w.person = ${alias}.person and w.pk = ${alias}.pk and w.${column} @@ ${query(to)} offset 0)`;
  const terse = (types.length === 0 ? [...terseTypes] : types.filter((type) => terseTypes.has(type))).map(
    typeNumber,
  );
  if (filter.where === 'text' || terse.length === 0)
    return {
      test: indexed,
      source: {
        kind: 'rows',
        few: false,
        mixed: true,
        rows: (to) => `select w.person, w.pk from search_words w where w.${column} @@ ${query(to)}`,
      },
    };
  return {
    test: (alias, to) =>
      `(${indexed(alias, to)} or (${alias}.type = any(${to.list(terse, 'int2')}) and not exists (select 1 from search_words w where w.person = ${alias}.person and w.pk = ${alias}.pk) and jsonb_to_tsvector('simple', ${alias}.body::jsonb, '["string"]') @@ ${query(to)}))`,
  };
}

/** A person's compartment: what lives there, and what points at the person by one of the compartment's parameters. */
export function compartmentCondition(
  type: string,
  codes: readonly string[],
  owner: { type: string; id: string },
): Condition {
  // The owner is in its own compartment.
  const parts: Condition[] =
    type === owner.type
      ? [
          {
            test: (alias, to) => `${alias}.id = ${to.add(owner.id, 'text')}`,
            source: { kind: 'ids', ids: [owner.id] },
          },
        ]
      : [];
  for (const code of codes) {
    const parameter = searchParameter(type, code);
    for (const path of parameter?.paths ?? []) {
      if (owner.type === 'Patient' && homePaths(type).has(path.key))
        parts.push(livingWith([shardKey('Patient', owner.id)]));
      else if (path.type === 'reference')
        parts.push(keysCondition(type, path, [wholeKey(path.key, `${owner.type}/${owner.id}`)]));
    }
  }
  return either(parts, [typeNumber(type)]);
}

/**
 * The compartment across several types. What lists candidates may name too many (ids are unique within a type only), so
 * the test stands beside it as a condition of its own.
 */
export function wholeCompartment(
  types: readonly string[],
  codesOf: (type: string) => readonly string[],
  owner: { type: string; id: string },
): Condition[] {
  const parts = types.map((type) => {
    const inner = compartmentCondition(type, codesOf(type), owner);
    const number = typeNumber(type);
    return {
      ...inner,
      test: (alias: string, to: Parameters) => `(${alias}.type = ${number} and ${inner.test(alias, to)})`,
    };
  });
  const any = either(parts, types.map(typeNumber));
  return [{ test: any.test }, ...(any.source ? [{ test: () => 'true', source: any.source }] : [])];
}
