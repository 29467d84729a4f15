import { type IndexRows, longDate } from '../index-rows.ts';

type Row = readonly (string | null)[];

/** One table of search rows: how its rows are read, and which ones a resource should have. Rows are compared as texts. */
export interface SearchTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly expected: (rows: IndexRows, type: number) => readonly string[];
  /** A stored row in the form of `expected`. */
  readonly written: (row: Row) => string;
}

const join = (row: readonly unknown[]): string => row.map((value) => String(value ?? 'null')).join('\u0001');

/** Numbers are compared as numbers: PostgreSQL and JavaScript write some of them differently. */
const number = (value: string | null | undefined): number | null =>
  value === null || value === undefined ? null : Number(value);

const numberColumns = ['value', 'low', 'high', 'base_low', 'base_high'];
const listColumns = ['parties', 'labels', 'types', 'item_types', 'item_ids'];
const keyColumns = ['base_unit', 'system', 'unit', 'label'];

export const searchTables: readonly SearchTable[] = [
  {
    name: 'search_token',
    columns: ['hash', 'low'],
    expected: ({ tokens, low }) => tokens.map((hash) => join([hash, low])),
    written: join,
  },
  {
    name: 'search_exact',
    columns: ['path', 'tag', 'value'],
    expected: ({ exact }) => exact.map(({ path, tag, value }) => join([path, tag, value])),
    written: join,
  },
  {
    name: 'search_string',
    columns: ['path', 'tag', 'value'],
    expected: ({ strings }) => strings.map(({ path, tag, value }) => join([path, tag, value])),
    written: join,
  },
  {
    name: 'search_date',
    columns: ['path', 'low', 'high'],
    expected: ({ dates }) => dates.map(({ path, low, high }) => join([path, low, high])),
    written: join,
  },
  {
    name: 'search_number',
    columns: ['path', ...numberColumns, ...keyColumns],
    expected: ({ numbers }) =>
      numbers.map((row) =>
        join([
          ...[row.path, row.value, row.low, row.high, row.baseLow, row.baseHigh],
          ...[row.baseUnit, row.system, row.unit, row.label],
        ]),
      ),
    written: (row) => join([row[0], ...row.slice(1, 6).map(number), ...row.slice(6)]),
  },
  {
    name: 'search_composite',
    columns: ['path', 'first', 'second', ...numberColumns, ...keyColumns],
    expected: ({ composites }) =>
      composites.map((row) =>
        join([
          ...[row.path, row.first, row.second, row.value, row.low, row.high, row.baseLow, row.baseHigh],
          ...[row.baseUnit, row.system, row.unit, row.label],
        ]),
      ),
    written: (row) => join([...row.slice(0, 3), ...row.slice(3, 8).map(number), ...row.slice(8)]),
  },
  {
    name: 'search_long',
    columns: ['high', 'type'],
    expected: ({ low, high }, type) => (high - low > longDate ? [join([high, type])] : []),
    written: join,
  },
  {
    name: 'relation',
    columns: ['party', 'low', 'high', 'kind'],
    expected: ({ relations }) =>
      relations.map(({ party, low, high, kind }) => join([party, low, high, kind])),
    written: join,
  },
  {
    name: 'consent_rule',
    columns: [
      'n',
      'exception_to',
      'secondary',
      'low',
      'high',
      ...listColumns.map((name) => `array_to_string(${name}, ' ')`),
    ],
    expected: ({ consents }) =>
      consents.map((row) =>
        join([
          ...[row.n, row.exceptionTo, row.secondary, row.low, row.high],
          ...[row.parties, row.labels, row.types].map((list) => list.join(' ')),
          ...[row.items.map(({ type }) => type), row.items.map(({ id }) => id)].map((list) => list.join(' ')),
        ]),
      ),
    written: join,
  },
];

/** What is missing from what is stored, and what is stored but should not be, each as many times as it is. */
export function difference(
  expected: readonly string[],
  stored: readonly string[],
): { missing: number; extra: number } {
  const counts = new Map<string, number>();
  for (const row of expected) counts.set(row, (counts.get(row) ?? 0) + 1);
  let extra = 0;
  for (const row of stored) {
    const left = counts.get(row) ?? 0;
    if (left === 0) extra += 1;
    else counts.set(row, left - 1);
  }
  let missing = 0;
  for (const left of counts.values()) missing += left;
  return { missing, extra };
}
