import type { SortKey } from '../../fhir/search-query.ts';
import type { SearchPath } from '../../fhir/search-values.ts';
import { problem } from '../../platform/problem.ts';
import { typePlan } from '../index-rows.ts';
import { pathNumber } from '../keys.ts';
import type { Parameters } from './parameters.ts';
import type { ComputedKey, Order } from './plan.ts';
import { elementTypes, keptExactly, plainPath } from './stored-paths.ts';

/** The order that `_sort` asks for. Throws a Problem where a parameter cannot be sorted by. */
export function sortOrder(types: readonly string[], sort: readonly SortKey[]): Order | undefined {
  const [first] = sort;
  if (!first) return undefined;
  if (sort.length === 1) {
    if (first.parameter.code === '_lastUpdated') return { kind: 'updated', descending: first.descending };
    const [path] = first.parameter.paths;
    if (
      types.length === 1 &&
      path &&
      first.parameter.paths.length === 1 &&
      typePlan(types[0]!).get(path.key)?.mainDate
    )
      return { kind: 'date', descending: first.descending };
  }
  return { kind: 'keys', keys: sort.map(computedKey) };
}

function computedKey({ parameter, descending }: SortKey): ComputedKey {
  const of = (type: ComputedKey['type'], sql: ComputedKey['sql']): ComputedKey => ({ sql, type, descending });
  if (parameter.code === '_id') return of('text', (alias) => `${alias}.id`);
  if (parameter.code === '_lastUpdated') return of('int8', (alias) => `${alias}.updated`);
  const best = descending ? 'max' : 'min';
  const plan = typePlan(parameter.resourceType);
  const numbers = (to: Parameters, paths: readonly SearchPath[]): string =>
    to.list(
      paths.map((path) => pathNumber(path.key)),
      'int4',
    );
  const lookup = (table: string, column: string) => (alias: string, to: Parameters) =>
    `(select ${best}(x.${column}) from ${table} x where x.person = ${alias}.person and x.pk = ${alias}.pk and x.path = any(${numbers(to, parameter.paths)}))`;
  switch (parameter.type) {
    case 'string':
      return of('text', (alias, to) => `${lookup('search_string', 'value')(alias, to)} collate "C"`);
    case 'uri':
      return of('text', (alias, to) => `${lookup('search_exact', 'value')(alias, to)} collate "C"`);
    case 'number':
    case 'quantity':
      return of('float8', lookup('search_number', 'value'));
    case 'date':
      return of('int8', (alias, to) =>
        parameter.paths.some((path) => plan.get(path.key)?.mainDate)
          ? `nullif(${alias}.low, ${Number.MIN_SAFE_INTEGER})`
          : lookup('search_date', 'low')(alias, to),
      );
    case 'token': {
      if (parameter.paths.every(keptExactly))
        return of('text', (alias, to) => `${lookup('search_exact', 'value')(alias, to)} collate "C"`);
      return of('text', bodyKey(parameter.paths, best, parameter.code, true));
    }
    case 'reference':
      return of('text', bodyKey(parameter.paths, best, parameter.code, false));
    default:
      throw problem('not-supported', `The record cannot sort by ${parameter.code}.`, {
        where: 'http.query._sort',
      });
  }
}

/** Steps that lead from an element of the type to the text that it is sorted by. */
const textOf: Readonly<Record<string, string>> = {
  CodeableConcept: '.coding[*].code',
  Coding: '.code',
  Reference: '.reference',
};

/** Tokens and references are kept as keys without order: read from the text of those found. */
function bodyKey(
  paths: readonly SearchPath[],
  best: 'min' | 'max',
  code: string,
  fold: boolean,
): ComputedKey['sql'] {
  const jsonPaths = paths.flatMap((path) => {
    const steps = plainPath(path.expression);
    const types = elementTypes(path.expression);
    if (!steps || !types)
      throw problem('not-supported', `The record cannot sort by ${code}.`, { where: 'http.query._sort' });
    return types.map((type) => {
      const choice = path.expression.includes(' as ') || /\.(?:as|ofType)\(/.test(path.expression);
      const last = steps.length - 1;
      const route = steps
        .slice(1)
        .map(
          (step, i) =>
            `."${choice && i + 1 === last ? `${step}${type[0]!.toUpperCase()}${type.slice(1)}` : step}"[*]`,
        );
      return `$${route.join('')}${textOf[type] ?? ''}`;
    });
  });
  return (alias, to) =>
    `(select ${best}(${fold ? 'lower' : ''}(v #>> '{}') collate "C") from (${[...new Set(jsonPaths)]
      .map((path) => `select jsonb_path_query(${alias}.body::jsonb, ${to.add(path, 'jsonpath')}) as v`)
      .join(' union all ')}) j)`;
}
