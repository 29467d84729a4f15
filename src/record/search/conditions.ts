import { normaliseString } from '../../fhir/normalise.ts';
import { resourceTypes } from '../../fhir/resource-types.ts';
import { searchParameter } from '../../fhir/search-parameters.ts';
import type { Filter, Operand } from '../../fhir/search-query.ts';
import type { SearchParameter } from '../../fhir/search-values.ts';
import { homePaths } from '../home.ts';
import { typePlan } from '../index-rows.ts';
import { shardKey, wholeKey } from '../keys.ts';
import { typeNumber } from '../type-numbers.ts';
import { terseTypes } from '../words.ts';
import type { Asking } from './asking.ts';
import { chainCondition, hasCondition } from './chained.ts';
import { momentTest } from './comparisons.ts';
import { both, type Condition, either, negated, nothing, rowsOf } from './condition.ts';
import type { Parameters } from './parameters.ts';
import { keysCondition, livingWith, pathCondition, type ValueFilter } from './value-conditions.ts';

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
      return ofType(types, filter.parameter, await chainCondition(filter, asking, condition));
    case 'has':
      return hasCondition(types, filter, asking, condition);
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
