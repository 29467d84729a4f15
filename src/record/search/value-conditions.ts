import { foldCode, normaliseString } from '../../fhir/normalise.ts';
import { resourceTypes } from '../../fhir/resource-types.ts';
import type {
  Filter,
  NumberOperand,
  Operand,
  QuantityOperand,
  ReferenceOperand,
  TokenOperand,
} from '../../fhir/search-query.ts';
import type { SearchParameter, SearchPath } from '../../fhir/search-values.ts';
import { homePaths } from '../home.ts';
import { baseUnitKey, identifierPath, longDate, ofTypePath, partKey, typePlan } from '../index-rows.ts';
import { type Key, pathNumber, shardKey, textKey, tokenKey, wholeKey } from '../keys.ts';
import { typeNumber } from '../type-numbers.ts';
import { dateBounds, dateTest, numberTest } from './comparisons.ts';
import { type Condition, either, nothing } from './condition.ts';
import type { Parameters } from './parameters.ts';
import { keptExactly } from './stored-paths.ts';

export type ValueFilter = Extract<Filter, { kind: 'value' }>;

/** Finds the keys of codings that were written without a system or without a code, or by their text. */
export interface Codings {
  byCode(paths: readonly number[], code: string): Promise<readonly Key[]>;
  bySystem(paths: readonly number[], system: string): Promise<readonly Key[]>;
  byText(paths: readonly number[], text: string): Promise<readonly Key[]>;
}

const owner = (row: string, alias: string): string =>
  `${row}.person = ${alias}.person and ${row}.pk = ${alias}.pk`;

/** True where every type keeps the path's values under the same keys: `Resource.meta.tag`. */
const isShared = (path: SearchPath): boolean => /^(?:Domain)?Resource\b/.test(path.expression);

/** Rows of a search table that belong to the resource, or all of them as a source. */
function tableCondition(
  table: string,
  path: SearchPath,
  where: (row: string, to: Parameters) => string,
  few = false,
): Condition {
  return {
    test: (alias, to) =>
      `exists (select 1 from ${table} x where ${owner('x', alias)} and ${where('x', to)} offset 0)`,
    source: {
      kind: 'rows',
      few,
      mixed: isShared(path),
      rows: (to) => `select x.person, x.pk from ${table} x where ${where('x', to)}`,
    },
  };
}

/** Any of these keys, wherever the path keeps them: in the resource's own row or in `search_token`. */
export function keysCondition(type: string, path: SearchPath, hashes: readonly Key[]): Condition {
  if (hashes.length === 0) return nothing;
  const plan = typePlan(type).get(path.key);
  const one = hashes.length === 1 ? hashes[0] : undefined;
  const inSlice = plan?.slice ?? false;
  const test = inSlice
    ? (alias: string, to: Parameters) =>
        one === undefined
          ? `${alias}.slice && ${to.list(hashes, 'int8')}`
          : `${to.add(one, 'int8')} = any(${alias}.slice)`
    : (alias: string, to: Parameters) =>
        `exists (select 1 from search_token x where x.hash ${one === undefined ? `= any(${to.list(hashes, 'int8')})` : `= ${to.add(one, 'int8')}`} and x.low = ${alias}.low and ${owner('x', alias)} offset 0)`;
  return {
    test,
    inSlice,
    ...(plan && !plan.across ? {} : { source: { kind: 'hashes', hashes, mixed: isShared(path) } as const }),
  };
}

async function tokenCondition(
  type: string,
  path: SearchPath,
  filter: ValueFilter,
  codings: Codings,
): Promise<Condition> {
  const exactly = keptExactly(path);
  const wholes: Key[] = [];
  const conditions: Condition[] = [];
  for (const operand of filter.operands) {
    if (operand.kind === 'string') {
      wholes.push(...(await codings.byText([pathNumber(path.key)], normaliseString(operand.value))));
    } else if (operand.kind === 'of-type') {
      const value = foldCode(`${operand.type}|${operand.value}`);
      conditions.push(
        tableCondition(
          'search_exact',
          path,
          (row, to) =>
            `${row}.path = ${to.add(ofTypePath(path.key), 'int4')} and ${row}.value = ${to.add(value, 'text')} and ${row}.tag = ${to.add(textKey(operand.system), 'int8')}`,
          true,
        ),
      );
    } else if (operand.kind === 'token') {
      if (exactly) conditions.push(exactCondition(path, pathNumber(path.key), operand));
      else wholes.push(...(await tokenKeys(path, operand, codings)));
    }
  }
  if (wholes.length > 0 || conditions.length === 0) conditions.push(keysCondition(type, path, wholes));
  return either(conditions, []);
}

async function tokenKeys(path: SearchPath, operand: TokenOperand, codings: Codings): Promise<readonly Key[]> {
  const { system, code } = operand;
  if (code === undefined)
    return typeof system === 'string'
      ? codings.bySystem([pathNumber(path.key)], system)
      : codings.bySystem([pathNumber(path.key)], '');
  if (system === undefined) return codings.byCode([pathNumber(path.key)], foldCode(code));
  return [tokenKey(path.key, system ?? undefined, foldCode(code))];
}

/** An identifier or contact point: system|value, |value, value or system|. */
function exactCondition(path: SearchPath, number: number, { system, code }: TokenOperand): Condition {
  const tag = system === undefined ? undefined : textKey(system ?? undefined);
  return tableCondition(
    'search_exact',
    path,
    (row, to) =>
      [
        `${row}.path = ${to.add(number, 'int4')}`,
        ...(code === undefined ? [] : [`${row}.value = ${to.add(foldCode(code), 'text')}`]),
        ...(tag === undefined ? [] : [`${row}.tag = ${to.add(tag, 'int8')}`]),
      ].join(' and '),
    code !== undefined,
  );
}

function stringCondition(path: SearchPath, filter: ValueFilter): Condition {
  const number = pathNumber(path.key);
  return either(
    filter.operands.map((operand) => {
      if (operand.kind !== 'string') return nothing;
      const value = normaliseString(operand.value).slice(0, 500);
      const made = tableCondition('search_string', path, (row, to) => {
        const of = `${row}.path = ${to.add(number, 'int4')}`;
        switch (filter.modifier) {
          case 'exact':
            return `${of} and ${row}.value = ${to.add(value, 'text')} and ${row}.tag = ${to.add(textKey(operand.value), 'int8')}`;
          case 'contains':
            return `${of} and ${row}.value like ${to.add(`%${value.replace(/[\\%_]/g, '\\$&')}%`, 'text')}`;
          default:
            return `${of} and ${beginsWith(row, value, to)}`;
        }
      });
      return filter.modifier === undefined && made.source?.kind === 'rows'
        ? { ...made, source: { ...made.source, prefix: { path: number, value } } }
        : made;
    }),
    [],
  );
}

/** In the "C" collation this range is exactly the values that begin so, and an index can seek on it. */
export const beginsWith = (row: string, value: string, to: Parameters): string =>
  `${row}.value >= ${to.add(value, 'text')} and ${row}.value < ${to.add(`${value}\u{10FFFF}`, 'text')}`;

function uriCondition(path: SearchPath, filter: ValueFilter): Condition {
  const number = pathNumber(path.key);
  return either(
    filter.operands.map((operand) => {
      if (operand.kind !== 'uri') return nothing;
      const { value } = operand;
      return tableCondition(
        'search_exact',
        path,
        (row, to) => {
          const of = `${row}.path = ${to.add(number, 'int4')}`;
          if (filter.modifier === 'below') {
            const base = value.endsWith('/') ? value : `${value}/`;
            // "0" is the character after "/".
            return `${of} and (${row}.value = ${to.add(value, 'text')} or (${row}.value >= ${to.add(base, 'text')} and ${row}.value < ${to.add(`${base.slice(0, -1)}0`, 'text')}))`;
          }
          if (filter.modifier === 'above')
            return `${of} and ${row}.value = any(${to.texts(prefixes(value))})`;
          return `${of} and ${row}.value = ${to.add(value, 'text')}`;
        },
        filter.modifier !== 'below',
      );
    }),
    [],
  );
}

/** `http://a/b/c` and all that it lies below: `http://a/b`, `http://a` …, with and without the slash at the end. */
function prefixes(uri: string): string[] {
  const found = [uri];
  for (let i = 0; i < uri.length; i += 1)
    if (uri[i] === '/') found.push(uri.slice(0, i), uri.slice(0, i + 1));
  return [...new Set(found)].filter((text) => text !== '');
}

function dateCondition(type: string, path: SearchPath, filter: ValueFilter, now: number): Condition {
  const main = typePlan(type).get(path.key)?.mainDate ?? false;
  return either(
    filter.operands.map((operand): Condition => {
      if (operand.kind !== 'date') return nothing;
      if (main)
        return {
          test: (alias, to) => dateTest(operand, `${alias}.low`, `${alias}.high`, now, to),
          inSlice: true,
          mainDate: dateBounds(operand, longDate, now),
        };
      return tableCondition(
        'search_date',
        path,
        (row, to) =>
          `${row}.path = ${to.add(pathNumber(path.key), 'int4')} and ${dateTest(operand, `${row}.low`, `${row}.high`, now, to)}`,
      );
    }),
    [],
  );
}

function amountTest(operand: NumberOperand | QuantityOperand, row: string, to: Parameters): string {
  const raw = (): string => numberTest(operand.prefix, operand, `${row}.low`, `${row}.high`, to);
  if (operand.kind === 'number') return raw();
  const unit = unitTest(operand, row, to);
  if (!operand.canonical) return `(${unit}${raw()})`;
  const base = `(${row}.base_unit = ${to.add(baseUnitKey(operand.canonical.unit), 'int8')} and ${numberTest(operand.prefix, operand.canonical, `${row}.base_low`, `${row}.base_high`, to)})`;
  return `(${base} or (${row}.base_unit = 0 and ${unit}${raw()}))`;
}

/** With a system the code must be the one written; without, it may be the code or the unit as people read it. */
function unitTest(operand: QuantityOperand, row: string, to: Parameters): string {
  const { system, code } = operand;
  if (typeof system === 'string')
    return `${row}.system = ${to.add(textKey(system), 'int8')} and ${code === undefined ? '' : `${row}.unit = ${to.add(textKey(code), 'int8')} and `}`;
  if (code === undefined) return '';
  const key = to.add(textKey(code), 'int8');
  return `(${row}.unit = ${key} or ${row}.label = ${key}) and `;
}

function amountCondition(path: SearchPath, filter: ValueFilter): Condition {
  return either(
    filter.operands.map((operand) =>
      operand.kind === 'number' || operand.kind === 'quantity'
        ? tableCondition(
            'search_number',
            path,
            (row, to) =>
              `${row}.path = ${to.add(pathNumber(path.key), 'int4')} and ${amountTest(operand, row, to)}`,
          )
        : nothing,
    ),
    [],
  );
}

function referenceCondition(
  type: string,
  path: SearchPath,
  parameter: SearchParameter,
  filter: ValueFilter,
): Condition {
  if (filter.modifier === 'identifier') {
    const number = pathNumber(identifierPath(path.key));
    return either(
      filter.operands.map((operand) =>
        operand.kind === 'token' ? exactCondition(path, number, operand) : nothing,
      ),
      [],
    );
  }
  const persons: Key[] = [];
  const hashes: Key[] = [];
  const home = homePaths(type).has(path.key);
  for (const operand of filter.operands) {
    if (operand.kind !== 'reference') continue;
    for (const target of targetsOf(operand, parameter)) {
      if (home && operand.version === undefined && target.startsWith('Patient/'))
        persons.push(shardKey('Patient', target.slice('Patient/'.length)));
      else
        hashes.push(
          wholeKey(path.key, operand.version === undefined ? target : `${target}|${operand.version}`),
        );
    }
  }
  const conditions: Condition[] = [];
  if (persons.length > 0) conditions.push(livingWith(persons));
  if (hashes.length > 0) conditions.push(keysCondition(type, path, hashes));
  return either(conditions, [typeNumber(type)]);
}

/** Resources of a type that has a home parameter, in these people's compartments: the place alone says it. */
export function livingWith(persons: readonly Key[]): Condition {
  return {
    test: (alias, to) =>
      persons.length === 1
        ? `${alias}.person = ${to.add(persons[0]!, 'int8')}`
        : `${alias}.person = any(${to.list(persons, 'int8')})`,
    source: { kind: 'persons', persons },
    inSlice: true,
  };
}

function targetsOf(operand: ReferenceOperand, parameter: SearchParameter): readonly string[] {
  if (operand.url !== undefined) return [operand.url];
  if (operand.id === undefined) return [];
  if (operand.type !== undefined) return [`${operand.type}/${operand.id}`];
  const types = parameter.targets.length > 0 ? parameter.targets : [...resourceTypes];
  return types.map((type) => `${type}/${operand.id}`);
}

/** Composite of a repeating element: both parts must stand in one row. */
function compositeCondition(
  path: SearchPath,
  operand: Extract<Operand, { kind: 'composite' }>,
  now: number,
  hashesOf: readonly (readonly Key[] | undefined)[],
): Condition {
  const [, second, third] = operand.parts;
  return tableCondition('search_composite', path, (row, to) => {
    const first = `${row}.path = ${to.add(pathNumber(path.key), 'int4')} and ${row}.first = any(${to.list(hashesOf[0] ?? [], 'int8')})`;
    if (!second) return first;
    if (second.kind === 'number' && third?.kind === 'number')
      return `${first} and ${amountTest(second, row, to)} and ${numberTest(third.prefix, third, `${row}.base_low`, `${row}.base_high`, to)}`;
    if (second.kind === 'number' || second.kind === 'quantity')
      return `${first} and ${amountTest(second, row, to)}`;
    if (second.kind === 'date')
      return `${first} and ${dateTest(second, `${row}.low`, `${row}.high`, now, to)}`;
    return `${first} and ${row}.second = any(${to.list(hashesOf[1] ?? [], 'int8')})`;
  });
}

/** Keys of one part of a composite, as `partKey` makes them. */
async function partKeys(
  path: SearchPath,
  part: Operand,
  codings: Codings,
): Promise<readonly Key[] | undefined> {
  switch (part.kind) {
    case 'token':
      return tokenKeys(path, part, codings);
    case 'string':
      return present(partKey(path.key, { kind: 'string', value: part.value }));
    case 'uri':
      return present(partKey(path.key, part));
    case 'reference':
      return present(partKey(path.key, { ...part, kind: 'reference' }));
    default:
      return undefined;
  }
}

const present = (key: Key | undefined): readonly Key[] => (key === undefined ? [] : [key]);

/** One path of a parameter of one type, compared with the filter's operands; `:not` is the caller's. */
export async function pathCondition(
  type: string,
  path: SearchPath,
  filter: ValueFilter,
  codings: Codings,
  now: number,
): Promise<Condition> {
  switch (path.type) {
    case 'token':
      return tokenCondition(type, path, filter, codings);
    case 'string':
      return stringCondition(path, filter);
    case 'uri':
      return uriCondition(path, filter);
    case 'date':
      return dateCondition(type, path, filter, now);
    case 'number':
    case 'quantity':
      return amountCondition(path, filter);
    case 'reference':
      return referenceCondition(type, path, filter.parameter, filter);
    case 'composite': {
      const conditions: Condition[] = [];
      for (const operand of filter.operands) {
        if (operand.kind !== 'composite') continue;
        const hashes = [];
        for (const part of operand.parts) hashes.push(await partKeys(path, part, codings));
        conditions.push(compositeCondition(path, operand, now, hashes));
      }
      return either(conditions, []);
    }
  }
}
