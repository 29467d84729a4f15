import { z } from 'zod';
import { problem } from '../platform/problem.ts';
import { asProblem } from '../platform/sql-error.ts';
import type { HistoryOptions, HistoryPage, Stored } from './care-record.ts';
import type { Key } from './keys.ts';
import { type Parameters, parameters } from './search/parameters.ts';
import type { Seen } from './seen.ts';
import type { Connection } from './store.ts';
import { StoredText } from './stored-text.ts';
import { typeName, typeNumber } from './type-numbers.ts';

const defaultCount = 50;
const largestCount = 1000;
const position = z.tuple([
  z.string().regex(/^\d{1,16}$/),
  z.string().regex(/^-?\d{1,19}$/),
  z.string().regex(/^\d{1,19}$/),
  z.number().int(),
]);

/** A page of versions, and whose they are for the audit log. */
export interface VersionsRead {
  readonly page: HistoryPage;
  readonly persons: readonly Key[];
}

const columns = 'person, pk, updated, version, type, id, body';

/** Columns of a row as the driver gives them: int8 and texts as texts. */
type Row = readonly [
  person: string,
  pk: string,
  updated: string,
  version: number,
  type: number,
  id: string,
  body: string | null,
  total?: string | null,
  last?: boolean | null,
];

/** Versions of one resource, newest first; undefined where it never was. */
export async function historyOf(
  sql: Connection,
  seen: Seen | undefined,
  type: string,
  id: string,
  options: HistoryOptions,
): Promise<VersionsRead | undefined> {
  const to = parameters();
  const one = `person = (select person from me) and pk = (select pk from me)`;
  const me = `with me as (select person, pk from identity where type = ${to.add(typeNumber(type), 'int2')} and id = ${to.add(id, 'text')})`;
  const from = (table: string): string =>
    `select ${columns} from ${table} h where ${one}${seen ? ` and ${seenIn(seen, table, 'h', to)}` : ''}`;
  const all = `${from('resource')} union all ${from('history')}`;
  const read = await pageOf(sql, me, all, options, to);
  return read.page.total === 0 ? undefined : read;
}

/** One version, current or not, with the shard key it lives under. */
export async function versionOfOne(
  sql: Connection,
  seen: Seen | undefined,
  type: string,
  id: string,
  version: number,
): Promise<{ stored: Stored; person: Key } | undefined> {
  const to = parameters();
  const from = (table: string): string =>
    `select v.person, v.pk, v.updated, v.version, v.type, v.id, v.body from me join ${table} v on v.person = me.person and v.pk = me.pk and v.version = ${number}${seen ? ` where ${seenIn(seen, table, 'v', to)}` : ''}`;
  const me = `select person, pk from identity where type = ${to.add(typeNumber(type), 'int2')} and id = ${to.add(id, 'text')}`;
  const number = to.add(version, 'int4');
  const [row] = await readRows(
    sql,
    `with me as (${me}) ${from('resource')} union all ${from('history')}`,
    to,
  );
  return row && { stored: storedOf(row), person: row[0]! };
}

async function readRows(sql: Connection, text: string, to: Parameters): Promise<readonly Row[]> {
  try {
    return (await sql.unsafe(text, [...to.values], { prepare: true }).values()) as unknown as readonly Row[]; // the statements here give these columns
  } catch (error) {
    throw asProblem(error);
  }
}

/** Versions of a type, or of everything, newest first. */
export async function historyOfAll(
  sql: Connection,
  seen: Seen | undefined,
  type: string | undefined,
  options: HistoryOptions,
): Promise<VersionsRead> {
  const to = parameters();
  const limit = countOf(options) + 1;
  const after = options.cursor === undefined ? undefined : readPosition(options.cursor);
  const behind = (table: string): string => {
    const tests = [`${table}.type = t.type`];
    if (after) tests.push(`${table}.updated <= ${to.add(after[0], 'int8')}`, behindTest(table, after, to));
    if (options.since !== undefined) tests.push(`${table}.updated >= ${to.add(options.since, 'int8')}`);
    if (options.at) tests.push(`${table}.updated < ${to.add(options.at.high, 'int8')}`);
    if (seen) tests.push(seenIn(seen, table, table, to));
    return tests.join(' and ');
  };
  const types =
    type === undefined
      ? `(select generate_series(1, 200)::int2 as type)`
      : `(select ${typeNumber(type)}::int2 as type)`;
  // Each type's newest from its index; what an _at leaves out is sifted afterwards.
  const most = options.at ? '' : `limit ${limit}`;
  const lateral = (table: string): string =>
    `select v.* from ${types} t cross join lateral (select ${columns} from ${table} where ${behind(table)} order by updated desc, person desc, pk desc ${most}) v`;
  return pageOf(sql, '', `${lateral('resource')} union all ${lateral('history')}`, options, to, false);
}

const seenIn = (seen: Seen, table: string, alias: string, to: Parameters): string =>
  table === 'resource' ? seen.row(alias, to) : seen.version(alias, to);

function behindTest(alias: string, after: z.infer<typeof position>, to: Parameters): string {
  const [updated, person, pk, version] = after;
  const prefix = alias === '' ? '' : `${alias}.`;
  return `(${prefix}updated, ${prefix}person, ${prefix}pk, ${prefix}version) < (${to.add(updated, 'int8')}, ${to.add(person, 'int8')}, ${to.add(pk, 'int8')}, ${to.add(version, 'int4')})`;
}

const countOf = (options: HistoryOptions): number => Math.min(options.count ?? defaultCount, largestCount);

async function pageOf(
  sql: Connection,
  first: string,
  all: string,
  options: HistoryOptions,
  to: Parameters,
  withTotal = true,
): Promise<VersionsRead> {
  const tests: string[] = [];
  if (options.since !== undefined) tests.push(`updated >= ${to.add(options.since, 'int8')}`);
  // Current at some moment of the range: made before its end, and not yet replaced at its beginning.
  if (options.at)
    tests.push(
      `updated < ${to.add(options.at.high, 'int8')}`,
      `(ended is null or ended > ${to.add(options.at.low, 'int8')})`,
    );
  if (options.cursor !== undefined) tests.push(behindTest('', readPosition(options.cursor), to));
  const limit = countOf(options) + 1;
  const ended = options.at ? ', lead(updated) over (partition by person, pk order by version) as ended' : '';
  const where = tests.length === 0 ? '' : `where ${tests.join(' and ')}`;
  const total = withTotal ? `(select count(*) from versions)` : `null`;
  const text = `${first === '' ? 'with' : `${first},`} versions as (${all}), dated as (select *${ended} from versions)
    select ${columns}, ${total} as total, null as last from (select * from dated ${where} order by updated desc, person desc, pk desc, version desc limit ${limit}) p
    ${withTotal ? `union all select null,null,null,null,null,null,null, ${total}, true` : ''} order by updated desc nulls last, person desc, pk desc, version desc`;
  const rows = await readRows(sql, text, to);
  const totals = rows.find((row) => row[8] !== null);
  const found = rows.filter((row) => row[8] === null);
  const kept = found.slice(0, limit - 1);
  const last = kept.at(-1);
  return {
    page: {
      versions: kept.map(versionOf),
      ...(totals ? { total: Number(totals[7]) } : {}),
      ...(found.length >= limit && last ? { next: writePosition(last) } : {}),
    },
    persons: [...new Set(kept.map(([person]) => person))],
  };
}

const storedOf = ([, , updated, version, type, id, body]: Row): StoredText =>
  new StoredText(typeName(type), id, version, Number(updated), body);

function versionOf(row: Row): HistoryPage['versions'][number] {
  const stored = storedOf(row);
  const method = stored.text === undefined ? 'DELETE' : stored.version === 1 ? 'POST' : 'PUT';
  return Object.assign(stored, { method } as const);
}

const writePosition = ([person, pk, updated, version]: Row): string =>
  Buffer.from(JSON.stringify([updated, person, pk, version])).toString('base64url');

function readPosition(cursor: string): z.infer<typeof position> {
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw problem(
      'invalid',
      'This is not a page link that the server made. Start again from the first page.',
      { where: 'http.query._page', cause },
    );
  }
}
