import { resourceTypes } from '../../fhir/resource-types.ts';
import type { EntriesText } from '../care-record.ts';
import { noDate } from '../index-rows.ts';
import type { Key } from '../keys.ts';
import { typeName, typeNumber } from '../type-numbers.ts';
import type { Parameters } from './parameters.ts';
import { type Order, type Plan, type Position, pageStatement } from './plan.ts';

/**
 * Pages that the database puts together as the text of Bundle entries: one value for a page, which goes to the wire as it is.
 * Taking rows apart here and writing them together again would cost more than finding them.
 */

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const names = resourceTypes.map((type) => quote(type));
const ordered = [...resourceTypes].map(typeNumber);
/** SQL of the name of a row's type. */
const nameOf = (alias: string, types: readonly number[]): string =>
  types.length === 1
    ? quote(typeName(types[0]!))
    : `(array[${names.map((_, i) => names[ordered.indexOf(i + 1)]).join(',')}])[${alias}.type]`;

/** SQL of the Bundle entry of a row of `resource`. */
export function entrySql(
  alias: string,
  types: readonly number[],
  baseUrl: string,
  mode: 'match' | 'include',
): string {
  const open = JSON.stringify(`${baseUrl}/`).slice(0, -1);
  return `${quote(`{"fullUrl":${open}`)} || ${nameOf(alias, types)} || '/' || ${alias}.id || '","resource":' || ${alias}.body || ${quote(`,"search":{"mode":"${mode}"}}`)}`;
}

const keySql = (order: Order): string => {
  if (order.kind === 'date' || order.kind === 'updated') return "coalesce(k.k0::text, '-')";
  return order.kind === 'text' ? "encode(convert_to(k.k0, 'UTF8'), 'hex')" : "'-'";
};

/** Statement of a first page; one row: what `entriesPage` reads, and the people whose data it holds. */
export function entriesStatement(
  plan: Plan,
  limit: number,
  to: Parameters,
  baseUrl: string,
  turn = '0',
): string {
  const page = pageStatement(plan, undefined, limit + 1, to);
  return `select concat_ws(' ', ${turn}, count(*), coalesce(max(e.seen), '-'), coalesce(max(e.last), '- 0 0')) || E'\\n' || coalesce(string_agg(e.entry, ',' order by e.place), '') as packed,
      array_agg(distinct e.person) filter (where e.entry is not null) as people
    from (
      select k.place, r.person,
        case when k.place > ${limit} then (select pg_current_snapshot()::text) end as seen,
        case when k.place = ${limit} then concat_ws(' ', ${keySql(plan.order)}, r.person, r.pk) end as last,
        case when k.place <= ${limit} then ${entrySql('r', plan.types, baseUrl, 'match')} end as entry
      from (select row_number() over () as place, p.* from (${page}) p) k
      join resource r on r.person = k.person and r.pk = k.pk
    ) e`;
}

/** A page as it came from `entriesStatement`. */
export interface EntriesPage {
  readonly entries: EntriesText;
  readonly more: boolean;
  readonly last: Position | undefined;
  readonly snapshot: string;
}

const lineBreak = 10;

export function entriesPage(bytes: Buffer, limit: number, order: Order): EntriesPage {
  const end = bytes.indexOf(lineBreak);
  const [, found, seen = '', key = '-', person = '0', pk = '0'] = bytes.toString('latin1', 0, end).split(' ');
  const count = Number(found);
  return {
    entries: { json: bytes.subarray(end + 1), count: Math.min(count, limit) },
    more: count > limit,
    last: count >= limit ? { keys: keysOf(key, order), person, pk } : undefined,
    snapshot: seen,
  };
}

function keysOf(key: string, order: Order): readonly (string | null)[] {
  if (order.kind === 'place') return [];
  if (order.kind === 'text') return [Buffer.from(key, 'hex').toString('utf8')];
  return [key === '-' || key === String(noDate) ? null : key];
}

/** The array of people beside a page, as PostgreSQL writes it. */
export const peopleOf = (bytes: Buffer | null | undefined): readonly Key[] =>
  bytes ? bytes.toString('latin1').slice(1, -1).split(',') : [];
