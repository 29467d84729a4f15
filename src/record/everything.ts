import { resourceTypes } from '../fhir/resource-types.ts';
import { compartmentParameters } from '../fhir/search-parameters.ts';
import { problem } from '../platform/problem.ts';
import { asProblem } from '../platform/sql-error.ts';
import type { EverythingOptions } from './care-record.ts';
import { noDate } from './index-rows.ts';
import { compartmentKey, type Key, shardKey } from './keys.ts';
import { type Hit, packed, type Row, unpack } from './packed-row.ts';
import { parameters } from './search/parameters.ts';
import type { Seen } from './seen.ts';
import type { Connection } from './store.ts';
import { typeNumber } from './type-numbers.ts';

const largestCount = 10_000;

/** Types that are in nobody's compartment: what a person's record may point at outside it, unless it lives there all the same. */
const shared = resourceTypes.filter(
  (type) => type !== 'Patient' && compartmentParameters('Patient', type).length === 0,
);

export interface EverythingRead {
  readonly members: readonly Hit[];
  /** Reads the shared resources that these point at. */
  readonly pointedAt: () => Promise<readonly Hit[]>;
  readonly next?: string;
}

/**
 * One person's compartment, the Patient first, in order of place; and the shared resources that this page points at.
 * Source: FHIR R4 Patient/$everything.
 */
export async function everythingOf(
  sql: Connection,
  seen: Seen | undefined,
  patientId: string,
  options: EverythingOptions,
): Promise<EverythingRead | undefined> {
  const person = shardKey('Patient', patientId);
  const to = parameters();
  const limit = options.count === undefined ? undefined : Math.min(options.count, largestCount);
  const tests: string[] = [];
  if (options.since !== undefined) tests.push(`r.updated >= ${to.add(options.since, 'int8')}`);
  if (options.types) tests.push(`r.type = any(${to.list(options.types.map(typeNumber), 'int2')})`);
  // Care dates; what has no date, and the Patient itself, always belongs.
  const dated = (test: string): string =>
    `(r.low = ${noDate} or r.type = ${typeNumber('Patient')} or ${test})`;
  if (options.start !== undefined) tests.push(dated(`r.high > ${to.add(options.start, 'int8')}`));
  if (options.end !== undefined) tests.push(dated(`r.low < ${to.add(options.end, 'int8')}`));
  if (options.cursor !== undefined) tests.push(`r.pk > ${to.add(readCursor(options.cursor), 'int8')}`);
  if (seen) tests.push(seen.row('r', to));
  const where = tests.map((test) => ` and ${test}`).join('');
  const key = to.add(person, 'int8');
  const all = `select r.* from (
      select r.* from resource r where r.person = ${key}${where}
      union all
      select r.* from search_token t join resource r on r.person = t.person and r.pk = t.pk
        where t.hash = ${to.add(compartmentKey(person), 'int8')} and r.person <> ${key}${where}
    ) r`;
  const most = limit === undefined ? '' : ` limit ${limit + 1}`;
  const columns = packed('r');
  // All that there is needs no order from the database: where it fits a page, sorting wide rows there would be in vain.
  let rows = await raw(sql, `select ${columns} from (${all}) r${most}`, to.values);
  const hasMore = limit !== undefined && rows.length > limit;
  if (hasMore) rows = await raw(sql, `select ${columns} from (${all}) r order by r.pk${most}`, to.values);
  const members = rows
    .map((row) => unpack(row))
    .sort(inPlaceOrder)
    .slice(0, limit);
  if (members.length === 0 && options.cursor === undefined && !(await exists(sql, seen, patientId)))
    return undefined;
  const last = members.at(-1);
  return {
    members,
    pointedAt: () => sharedTargets(sql, seen, person, members, options),
    ...(hasMore && last ? { next: writeCursor(last.pk) } : {}),
  };
}

/** Place keys are whole numbers above zero, as text. */
const inPlaceOrder = (a: Hit, b: Hit): number =>
  a.pk.length - b.pk.length || (a.pk < b.pk ? -1 : a.pk > b.pk ? 1 : 0);

const writeCursor = (pk: string): string => Buffer.from(pk).toString('base64url');

/** Relative references to shared resources in a stored text, which are ASCII: found without parsing it. */
const sharedReference = new RegExp(`"reference"\\s*:\\s*"(${shared.join('|')})/([A-Za-z0-9\\-.]{1,64})`, 'g');

function addShared(text: string, wanted: Map<string, readonly [type: string, id: string]>): void {
  sharedReference.lastIndex = 0;
  // Not matchAll: it would make the pattern anew for each text.
  for (let found = sharedReference.exec(text); found; found = sharedReference.exec(text)) {
    const [, type = '', id = ''] = found;
    wanted.set(`${type}/${id}`, [type, id]);
  }
}

async function sharedTargets(
  sql: Connection,
  seen: Seen | undefined,
  person: Key,
  members: readonly Hit[],
  options: EverythingOptions,
): Promise<readonly Hit[]> {
  const wanted = new Map<string, readonly [type: string, id: string]>();
  for (const { text } of members) if (text !== undefined) addShared(text, wanted);
  const targets = [...wanted.values()].filter(([type]) => !options.types || options.types.includes(type));
  if (targets.length === 0) return [];
  const to = parameters();
  const text = `select ${packed('r')}
    from unnest(${to.list(
      targets.map(([type]) => typeNumber(type)),
      'int2',
    )}, ${to.texts(targets.map(([, id]) => id))}) w(type, id)
    join identity i on i.type = w.type and i.id = w.id join resource r on r.person = i.person and r.pk = i.pk where r.person <> ${to.add(person, 'int8')}${seen ? ` and ${seen.row('r', to)}` : ''}`;
  return (await raw(sql, text, to.values)).map((row) => unpack(row));
}

async function exists(sql: Connection, seen: Seen | undefined, patientId: string): Promise<boolean> {
  const to = parameters();
  const text = `select 1 from identity i join resource r on r.person = i.person and r.pk = i.pk where i.type = ${to.add(typeNumber('Patient'), 'int2')} and i.id = ${to.add(patientId, 'text')}${seen ? ` and ${seen.row('r', to)}` : ''}`;
  return (await raw(sql, text, to.values)).length > 0;
}

async function raw(sql: Connection, text: string, values: readonly string[]): Promise<readonly Row[]> {
  try {
    return (await sql.unsafe(text, [...values], { prepare: true }).values()) as readonly Row[]; // packed columns are texts
  } catch (error) {
    throw asProblem(error);
  }
}

function readCursor(text: string): string {
  const pk = Buffer.from(text, 'base64url').toString('latin1');
  if (!/^\d{1,19}$/.test(pk))
    throw problem(
      'invalid',
      'This is not a page link that the server made. Start again from the first page.',
      { where: 'http.query._page' },
    );
  return pk;
}
