import type { Actor } from './actor.ts';
import { type Coding, type IndexRows, longDate } from './index-rows.ts';

/** One resource version ready to be stored as the current one. */
export interface NewVersion {
  readonly type: number;
  readonly id: string;
  readonly pk: number;
  readonly version: number;
  readonly updated: number;
  readonly body: string;
  readonly rows: IndexRows;
  /** True when (type, id) is new and its place must be claimed in `identity`. */
  readonly claim: boolean;
}

/** Who did what: one row of the audit log. */
export interface AuditRow {
  readonly at: number;
  readonly actor: Actor;
  readonly action: 'C' | 'R' | 'U' | 'D' | 'S' | 'H' | 'E';
  readonly outcome: number;
  /** Shard key of the person concerned; 0 where no one person is. */
  readonly person: string;
  readonly persons?: readonly string[];
  readonly type?: number;
  readonly id?: string;
  readonly version?: number;
  readonly query?: string;
}

/** A statement and its parameters, array literals in PostgreSQL's text form. */
export interface Statement {
  readonly text: string;
  readonly values: readonly string[];
}

const special = /["\\]/g;
const quoteText = (text: string): string => `"${text.replace(special, '\\$&')}"`;
const array = (items: readonly string[]): string => `{${items.join(',')}}`;
/** An array of numbers inside an array of texts. */
const inner = (items: readonly (string | number)[]): string => `"{${items.join(',')}}"`;

/** Columns of one table, filled row by row, then handed over as one array each. */
class Columns {
  readonly #names: readonly string[];
  readonly #types: readonly string[];
  readonly #values: string[][];
  constructor(columns: Readonly<Record<string, string>>) {
    this.#names = Object.keys(columns);
    this.#types = Object.values(columns);
    this.#values = this.#names.map(() => []);
  }
  get size(): number {
    return this.#values[0]!.length;
  }
  add(...row: string[]): void {
    for (let i = 0; i < row.length; i += 1) this.#values[i]!.push(row[i]!);
  }
  /** `insert into table (…) select … from unnest(…)`; parameters are added to `values`. */
  insert(table: string, values: string[], conflict = ''): string {
    const parameters = this.#types.map((type, i) => {
      if (type === 'lines') {
        values.push(this.#values[i]!.join('\n'));
        return `string_to_array($${values.length}::text,E'\\n')`;
      }
      values.push(array(this.#values[i]!));
      return `$${values.length}::${type.endsWith('[]') ? 'text' : type}[]`;
    });
    const selected = this.#names.map((name, i) => {
      const type = this.#types[i]!;
      return type.endsWith('[]') ? `${name}::${type}` : name;
    });
    return `insert into ${table} (${this.#names.join(',')}) select ${selected.join(',')} from unnest(${parameters.join(',')}) as new(${this.#names.join(',')})${conflict}`;
  }
}

const optional = (value: string | number | undefined): string =>
  value === undefined ? 'NULL' : String(value);
const optionalText = (value: string | undefined): string => (value === undefined ? 'NULL' : quoteText(value));
const float = (value: number | undefined): string =>
  value === undefined
    ? 'NULL'
    : value === Infinity
      ? 'Infinity'
      : value === -Infinity
        ? '-Infinity'
        : String(value);

/**
 * The one statement that stores versions, their search rows and the audit entries: data-modifying expressions over
 * arrays, so that one or a thousand resources cost one round trip. Tables without rows are left out of the text, of
 * which there are few enough to stay prepared.
 */
export function storeStatement(
  versions: readonly NewVersion[],
  codings: readonly Coding[],
  audits: readonly AuditRow[],
): Statement {
  const identity = new Columns({ type: 'int2', id: 'text', person: 'int8', pk: 'int8' });
  const resource = new Columns({
    ...{ person: 'int8', pk: 'int8', low: 'int8', high: 'int8', present: 'int8', updated: 'int8' },
    // A body has no line breaks, so that lines, which need no quoting and no unquoting, may carry them.
    ...{ version: 'int4', type: 'int2', id: 'text', slice: 'int8[]', body: 'lines' },
  });
  const token = new Columns({ hash: 'int8', low: 'int8', person: 'int8', pk: 'int8' });
  const exact = new Columns({ person: 'int8', pk: 'int8', tag: 'int8', path: 'int4', value: 'text' });
  const string = new Columns({ person: 'int8', pk: 'int8', tag: 'int8', path: 'int4', value: 'text' });
  const date = new Columns({ person: 'int8', pk: 'int8', low: 'int8', high: 'int8', path: 'int4' });
  const number = new Columns({
    ...{ person: 'int8', pk: 'int8', path: 'int4', value: 'float8', low: 'float8', high: 'float8' },
    ...{
      base_low: 'float8',
      base_high: 'float8',
      base_unit: 'int8',
      system: 'int8',
      unit: 'int8',
      label: 'int8',
    },
  });
  const composite = new Columns({
    ...{ person: 'int8', pk: 'int8', path: 'int4', first: 'int8', second: 'int8' },
    ...{ value: 'float8', low: 'float8', high: 'float8', base_low: 'float8', base_high: 'float8' },
    ...{ base_unit: 'int8', system: 'int8', unit: 'int8', label: 'int8' },
  });
  const long = new Columns({ person: 'int8', pk: 'int8', high: 'int8', type: 'int2' });
  const words = new Columns({ person: 'int8', pk: 'int8', type: 'int2', story: 'text', content: 'text' });
  const relation = new Columns({
    ...{ person: 'int8', pk: 'int8', party: 'int8', low: 'int8', high: 'int8', kind: 'text' },
  });
  const consent = new Columns({
    ...{ person: 'int8', pk: 'int8', n: 'int2', exception_to: 'int2', secondary: 'boolean' },
    ...{ low: 'int8', high: 'int8', parties: 'int8[]', labels: 'int8[]', types: 'int2[]' },
    ...{ item_types: 'int2[]', item_ids: 'text[]' },
  });

  for (const version of versions) {
    const { rows } = version;
    const { person } = rows;
    const pk = String(version.pk);
    const low = String(rows.low);
    if (rows.high - rows.low > longDate) long.add(person, pk, String(rows.high), String(version.type));
    if (version.claim) identity.add(String(version.type), quoteText(version.id), person, pk);
    resource.add(
      ...[person, pk, low, String(rows.high), String(rows.present), String(version.updated)],
      ...[String(version.version), String(version.type), quoteText(version.id)],
      ...[inner(rows.slice), version.body],
    );
    for (const hash of rows.tokens) token.add(hash, low, person, pk);
    for (const row of rows.exact) exact.add(person, pk, row.tag, String(row.path), quoteText(row.value));
    for (const row of rows.strings) string.add(person, pk, row.tag, String(row.path), quoteText(row.value));
    for (const row of rows.dates) date.add(person, pk, String(row.low), String(row.high), String(row.path));
    for (const row of rows.numbers)
      number.add(
        ...[person, pk, String(row.path), float(row.value), float(row.low), float(row.high)],
        ...[float(row.baseLow), float(row.baseHigh), row.baseUnit, row.system, row.unit, row.label],
      );
    for (const row of rows.composites)
      composite.add(
        ...[
          person,
          pk,
          String(row.path),
          row.first,
          row.second,
          float(row.value),
          float(row.low),
          float(row.high),
        ],
        ...[float(row.baseLow), float(row.baseHigh), optional(row.baseUnit), optional(row.system)],
        ...[optional(row.unit), optional(row.label)],
      );
    for (const row of rows.relations)
      relation.add(person, pk, row.party, String(row.low), String(row.high), row.kind);
    for (const row of rows.consents)
      consent.add(
        ...[person, pk, String(row.n), optional(row.exceptionTo), String(row.secondary)],
        ...[String(row.low), String(row.high), inner(row.parties), inner(row.labels), inner(row.types)],
        ...[
          inner(row.items.map(({ type }) => type)),
          quoteText(array(row.items.map(({ id }) => quoteText(id)))),
        ],
      );
    if (rows.words)
      words.add(person, pk, String(version.type), quoteText(rows.words.story), quoteText(rows.words.content));
  }

  const values: string[] = [];
  const parts: string[] = [];
  const put = (table: string, columns: Columns) => {
    if (columns.size > 0) parts.push(columns.insert(table, values));
  };
  put('identity', identity);
  put('resource', resource);
  put('search_token', token);
  put('search_exact', exact);
  put('search_string', string);
  put('search_date', date);
  put('search_number', number);
  put('search_composite', composite);
  put('search_long', long);
  put('relation', relation);
  put('consent_rule', consent);
  if (words.size > 0)
    parts.push(
      words
        .insert('search_words', values)
        .replace(
          'select person,pk,type,story,content',
          "select person,pk,type,to_tsvector('simple',story),to_tsvector('simple',content)",
        ),
    );
  if (codings.length > 0) parts.push(codingInsert(codings, values));
  parts.push(auditInsert(audits, values));
  return { text: joined(parts), values };
}

/** The statement that adds audit entries alone. */
export function auditStatement(audits: readonly AuditRow[]): Statement {
  const values: string[] = [];
  return { text: auditInsert(audits, values), values };
}

/** The statement that adds codings alone. */
export function codingStatement(codings: readonly Coding[]): Statement {
  const values: string[] = [];
  return { text: codingInsert(codings, values), values };
}

/** All but the last become common table expressions; PostgreSQL runs data-modifying ones to the end whatever reads them. */
function joined(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return last;
  return `with ${parts
    .slice(0, -1)
    .map((part, i) => `w${i} as (${part})`)
    .join(', ')} ${last}`;
}

function codingInsert(codings: readonly Coding[], values: string[]): string {
  const columns = new Columns({ path: 'int4', hash: 'int8', system: 'text', code: 'text', display: 'text' });
  // In one order everywhere, so that two transactions that add the same codings never wait for each other in a ring.
  const sorted = [...codings].sort(
    (a, b) =>
      a.path - b.path || compare(a.code, b.code) || compare(a.hash, b.hash) || compare(a.display, b.display),
  );
  for (const coding of sorted)
    columns.add(
      String(coding.path),
      coding.hash,
      quoteText(coding.system),
      quoteText(coding.code),
      quoteText(coding.display),
    );
  return columns.insert('coding', values, ' on conflict do nothing');
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const auditColumns = {
  ...{
    at: 'int8',
    version: 'int4',
    type: 'int2',
    outcome: 'int2',
    action: 'text',
    id: 'text',
    query: 'text',
  },
  ...{ actor: 'text', actor_name: 'text', role: 'text', organisation: 'text', purpose: 'text', via: 'text' },
  request: 'text',
};

function auditValues(row: Omit<AuditRow, 'person'>): string[] {
  return [
    ...[String(row.at), optional(row.version), optional(row.type), String(row.outcome), row.action],
    ...[optionalText(row.id), optionalText(row.query), quoteText(row.actor.id), quoteText(row.actor.name)],
    ...[quoteText(row.actor.role), optionalText(row.actor.organisation), quoteText(row.actor.purpose)],
    ...[row.actor.via, quoteText(row.actor.requestId)],
  ];
}

/** Columns of audit entries without the people, by name with their types: in the order of `entryLists`. */
export const entryColumns: readonly (readonly [name: string, type: string])[] = Object.entries(auditColumns);

/** What entries have in those columns, as one array literal for each. */
export function entryLists(rows: readonly Omit<AuditRow, 'person'>[]): string[] {
  const lists = entryColumns.map(() => '{');
  for (let n = 0; n < rows.length; n += 1) {
    const values = auditValues(rows[n]!);
    for (let i = 0; i < values.length; i += 1) lists[i] += n === 0 ? values[i]! : `,${values[i]!}`;
  }
  return lists.map((list) => `${list}}`);
}

/** The insert of audit entries; its parameters are added to `values`. */
function auditInsert(audits: readonly AuditRow[], values: string[]): string {
  const columns = new Columns({ person: 'int8', persons: 'int8[]', ...auditColumns });
  for (const row of audits)
    columns.add(row.person, row.persons === undefined ? 'NULL' : inner(row.persons), ...auditValues(row));
  return columns
    .insert('audit', values)
    .replace(
      ',action,id,query,actor,actor_name,role,organisation,purpose,via,request from',
      ',action::"char",id,query,actor,actor_name,role,organisation,purpose,via,request from',
    );
}
