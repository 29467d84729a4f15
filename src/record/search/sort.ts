import type { SortKey } from '../../fhir/search-query.ts';
import type { SearchParameter, SearchPath } from '../../fhir/search-values.ts';
import { problem } from '../../platform/problem.ts';
import { noDate, typePlan } from '../index-rows.ts';
import { pathNumber } from '../keys.ts';
import type { Parameters } from './parameters.ts';
import type { ComputedKey, Order } from './plan.ts';
import { keptExactly, referenceText, textPaths } from './stored-paths.ts';

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
  const lookup =
    (table: string, column: string, paths = parameter.paths, also = '') =>
    (alias: string, to: Parameters) =>
      `(select ${best}(x.${column}) from ${table} x where x.person = ${alias}.person and x.pk = ${alias}.pk and x.path = any(${numbers(to, paths)})${also})`;
  switch (parameter.type) {
    case 'string':
      // Rows without a spelling are later words of a name, which do not count by themselves.
      return of(
        'text',
        (alias, to) =>
          `${lookup('search_string', 'value', parameter.paths, ' and x.tag <> 0')(alias, to)} collate "C"`,
      );
    case 'uri':
      return of('text', (alias, to) => `${lookup('search_exact', 'value')(alias, to)} collate "C"`);
    case 'number':
    case 'quantity':
      return of('float8', lookup('search_number', 'base_low'));
    case 'date': {
      const others = parameter.paths.filter((path) => !plan.get(path.key)?.mainDate);
      const main = (alias: string): string => `nullif(${alias}.low, ${noDate})`;
      if (others.length === 0) return of('int8', main);
      if (others.length === parameter.paths.length) return of('int8', lookup('search_date', 'low'));
      const outer = descending ? 'greatest' : 'least';
      return of(
        'int8',
        (alias, to) => `${outer}(${main(alias)}, ${lookup('search_date', 'low', others)(alias, to)})`,
      );
    }
    case 'token':
      if (parameter.paths.every(keptExactly))
        return of('text', (alias, to) => `${lookup('search_exact', 'value')(alias, to)} collate "C"`);
      return of('text', bodyKey(parameter, best, "lower(v #>> '{}')"));
    case 'reference':
      return of('text', bodyKey(parameter, best, referenceText));
    default:
      throw unsortable(parameter.code);
  }
}

const unsortable = (code: string) =>
  problem('not-supported', `The record cannot sort by ${code}.`, { where: 'http.query._sort' });

/** Tokens and references are kept as keys without order: read from the text of those found. */
function bodyKey(parameter: SearchParameter, best: 'min' | 'max', text: string): ComputedKey['sql'] {
  const jsonPaths = parameter.paths.flatMap((path) => {
    const found = textPaths(path);
    if (!found) throw unsortable(parameter.code);
    return found;
  });
  return (alias, to) =>
    `(select ${best}(${text} collate "C") from (${[...new Set(jsonPaths)]
      .map((path) => `select jsonb_path_query(${alias}.body::jsonb, ${to.add(path, 'jsonpath')}) as v`)
      .join(' union all ')}) j)`;
}
