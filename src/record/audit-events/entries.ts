import { z } from 'zod';
import { problem } from '../../platform/problem.ts';
import { asProblem } from '../../platform/sql-error.ts';
import { type Key, textKey } from '../keys.ts';
import type { Connection } from '../store.ts';
import { typeName, typeNumber } from '../type-numbers.ts';

/** How an entry came about; X: see `event`. */
export type AuditAction = 'C' | 'R' | 'U' | 'D' | 'S' | 'H' | 'E' | 'X';

/** One entry of the audit log. */
export interface AuditEntry {
  /** Ms since 1970 UTC. */
  readonly at: number;
  readonly seq: string;
  /** Shard key of the one person concerned; '0' where none or several are. */
  readonly person: Key;
  /** All people whose data a search across people gave. */
  readonly persons: readonly Key[];
  readonly action: AuditAction;
  readonly type?: string;
  readonly id?: string;
  readonly version?: number;
  /** HTTP status. */
  readonly outcome: number;
  readonly query?: string;
  readonly actor: string;
  readonly actorName: string;
  readonly role: string;
  readonly organisation?: string;
  readonly purpose: string;
  readonly via: string;
  readonly request: string;
  /** What happened other than to a resource: `sign-in`, `denied`, `emergency-access` … */
  readonly event?: string;
  readonly note?: string;
}

export interface EntriesAsked {
  /** Entries that concern any of these people. Empty: none are found. */
  readonly persons?: readonly Key[];
  /** `Practitioner/1`. */
  readonly actor?: string;
  /** Ms since 1970 UTC: at or after. */
  readonly from?: number;
  /** Before. */
  readonly to?: number;
  /** Entries of any of these actions, or of any of these events. */
  readonly kinds?: { readonly actions: readonly AuditAction[]; readonly events: readonly string[] };
  /** Resource type that the entry names. */
  readonly type?: string;
  readonly id?: string;
  readonly role?: string;
  /** Leaves out entries made by these. */
  readonly withoutActors?: readonly string[];
  /** Only what people did themselves, or only what computer systems did: clients, jobs and imports. */
  readonly by?: 'people' | 'systems';
  readonly organisation?: string;
  readonly purposes?: readonly string[];
  /** By HTTP status: below 400, 400 to 499, from 500. */
  readonly outcomes?: readonly ('success' | 'refused' | 'failed')[];
  readonly request?: string;
  readonly count: number;
  /** Where an earlier page ended. */
  readonly cursor?: string;
}

export interface EntriesPage {
  readonly entries: readonly AuditEntry[];
  readonly next?: string;
}

const columns =
  'at,seq,person,persons,version,type,outcome,action,id,query,actor,actor_name,role,organisation,purpose,via,request,event,note';

/** Values of a statement, numbered as they come. */
class Values {
  readonly list: (string | number | readonly string[])[] = [];
  add(value: string | number | readonly string[], type: string): string {
    this.list.push(value);
    return `$${this.list.length}::${type}`;
  }
}

const cursorShape = z.tuple([z.int().nonnegative(), z.string().regex(/^\d{1,19}$/)]);

/** A place in the log, as a text for links. It says where, never what may be seen. */
export const auditCursor = ({ at, seq }: Pick<AuditEntry, 'at' | 'seq'>): string =>
  Buffer.from(JSON.stringify([at, seq])).toString('base64url');

function readCursor(text: string): z.infer<typeof cursorShape> {
  try {
    return cursorShape.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch (cause) {
    throw problem(
      'invalid',
      'This is not a page link that the server made. Start again from the first page.',
      {
        where: 'http.query._page',
        cause,
      },
    );
  }
}

const outcomeRanges = {
  success: 'a.outcome < 400',
  refused: 'a.outcome between 400 and 499',
  failed: 'a.outcome >= 500',
} as const;

/** What an entry itself must fulfil, whichever way it is reached. */
function filterOf(asked: EntriesAsked, to: Values): string {
  const tests: string[] = [];
  const among = (column: string, values: readonly string[] | undefined, not = '') => {
    if (values) tests.push(`${not} ${column} = any(${to.add(values, 'text[]')})`);
  };
  const equal = (column: string, value: string | undefined) => {
    if (value !== undefined) tests.push(`${column} = ${to.add(value, 'text')}`);
  };
  if (asked.kinds)
    tests.push(
      `(a.action::text = any(${to.add(asked.kinds.actions, 'text[]')}) or a.event = any(${to.add(asked.kinds.events, 'text[]')}))`,
    );
  among('a.purpose', asked.purposes);
  among('a.actor', asked.withoutActors, 'not');
  if (asked.by)
    tests.push(
      `${asked.by === 'people' ? 'not' : ''} (a.actor like 'Device/%' or a.via in ('job', 'import'))`,
    );
  equal('a.id', asked.id);
  equal('a.role', asked.role);
  equal('a.organisation', asked.organisation);
  equal('a.request', asked.request);
  if (asked.type !== undefined) tests.push(`a.type = ${to.add(typeNumber(asked.type), 'int2')}`);
  if (asked.outcomes)
    tests.push(`(${asked.outcomes.map((one) => outcomeRanges[one]).join(' or ') || 'false'})`);
  return tests.length === 0 ? 'true' : tests.join(' and ');
}

/** The times asked for and the place reached, for a table with columns `at` and `seq`. */
function spanOf(table: string, asked: EntriesAsked, to: Values): string {
  const tests: string[] = [];
  if (asked.from !== undefined) tests.push(`${table}.at >= ${to.add(asked.from, 'int8')}`);
  if (asked.to !== undefined) tests.push(`${table}.at < ${to.add(asked.to, 'int8')}`);
  if (asked.cursor !== undefined) {
    const [at, seq] = readCursor(asked.cursor);
    const [a, s] = [to.add(at, 'int8'), to.add(seq, 'int8')];
    // The first part alone says which partitions are of no interest.
    tests.push(`${table}.at <= ${a} and (${table}.at, ${table}.seq) < (${a}, ${s})`);
  }
  return tests.length === 0 ? 'true' : tests.join(' and ');
}

/**
 * Entries of the log, newest first, at most `count`. By person or actor they are found through the projected ways in, and
 * the last moments, which are not there yet, in the log itself. The place that the ways in have reached is read first: what
 * is added to them meanwhile is found twice and told once, and none is missed.
 * Throws a Problem (400) for a cursor that is none.
 */
export async function auditEntries(sql: Connection, asked: EntriesAsked): Promise<EntriesPage> {
  if (asked.persons?.length === 0) return { entries: [] };
  const to = new Values();
  const limit = Math.max(1, Math.floor(asked.count)) + 1;
  const whole = asked.persons === undefined && asked.actor === undefined;
  try {
    const text = whole
      ? `select ${columns} from audit a where ${spanOf('a', asked, to)} and ${filterOf(asked, to)} ${newest('a', limit)}`
      : statementOf(asked, await reached(sql), to, limit);
    // Planned with these values: how much of the log lies behind the place decides the way.
    const rows = await sql.unsafe(text, to.list as string[]);
    const entries = rows.slice(0, limit - 1).map(entryOf);
    const last = entries.at(-1);
    return rows.length === limit && last ? { entries, next: auditCursor(last) } : { entries };
  } catch (error) {
    throw asProblem(error);
  }
}

async function reached(sql: Connection): Promise<string> {
  const [place] = await sql.unsafe('select xid::text as xid from audit_place', [], { prepare: true });
  return place?.['xid'] ?? '0';
}

const newest = (table: string, limit: number) =>
  `order by ${table}.at desc, ${table}.seq desc limit ${limit}`;

function statementOf(asked: EntriesAsked, place: string, to: Values, limit: number): string {
  const { persons, actor } = asked;
  const filter = filterOf(asked, to);
  const ownActor = actor === undefined ? 'true' : `a.actor = ${to.add(actor, 'text')}`;
  const keys = persons && to.add(persons, 'int8[]');
  const concerns = keys === undefined ? 'true' : `(a.person = any(${keys}) or a.persons && ${keys})`;
  const [table, ways] =
    keys === undefined
      ? ['audit_actor', [`k.actor = ${to.add(textKey(actor), 'int8')}`]]
      : ['audit_person', (persons ?? []).map((_, i) => `k.person = (${keys})[${i + 1}]`)];
  // One ordered walk a person: a page of entries costs a page of the index, however long the log is. `offset 0` keeps the
  // planner from joining the log as a whole.
  const inside = keys === undefined ? filter : `${ownActor} and ${filter}`;
  const most = inside === 'true' || inside === 'true and true' ? `limit ${limit}` : 'offset 0';
  const walks = ways.map(
    (way) => `(select a.* from (
        select k.at, k.seq from ${table} k where ${way} and ${spanOf('k', asked, to)}
        order by k.at desc, k.seq desc ${most}) k
      cross join lateral (
        select ${columns} from audit a where a.at = k.at and a.seq = k.seq and ${inside} offset 0) a
      ${newest('k', limit)})`,
  );
  const recent = `recent as materialized (select ${columns} from audit a
    where a.xid > ${to.add(place, 'text')}::xid8 and ${concerns} and ${ownActor} and ${spanOf('a', asked, to)} and ${filter})`;
  const all = [...walks, `(select * from recent r ${newest('r', limit)})`].join(' union all ');
  return `with ${recent} select distinct on (at, seq) * from (${all}) e ${newest('e', limit)}`;
}

/** The entry at a place; undefined where there is none. */
export async function auditEntry(sql: Connection, at: number, seq: string): Promise<AuditEntry | undefined> {
  try {
    const [row] = await sql.unsafe(
      `select ${columns} from audit where at = $1::int8 and seq = $2::int8 limit 1`,
      [at, seq],
      { prepare: true },
    );
    return row && entryOf(row);
  } catch (error) {
    throw asProblem(error);
  }
}

function entryOf(row: Readonly<Record<string, unknown>>): AuditEntry {
  const text = (name: string): string => String(row[name]);
  const maybe = <Name extends string>(name: Name, column: string = name) =>
    (row[column] === null ? {} : { [name]: text(column) }) as Partial<Record<Name, string>>;
  return {
    at: Number(row['at']),
    seq: text('seq'),
    person: text('person'),
    persons: Array.isArray(row['persons']) ? row['persons'].map(String) : [],
    action: text('action') as AuditAction, // the column holds these alone
    ...(row['type'] === null ? {} : { type: typeName(Number(row['type'])) }),
    ...maybe('id'),
    ...(row['version'] === null ? {} : { version: Number(row['version']) }),
    outcome: Number(row['outcome']),
    ...maybe('query'),
    actor: text('actor'),
    actorName: text('actor_name'),
    role: text('role'),
    ...maybe('organisation'),
    purpose: text('purpose'),
    via: text('via'),
    request: text('request'),
    ...maybe('event'),
    ...maybe('note'),
  };
}

/** All whom an entry concerns. */
export const peopleOf = ({ person, persons }: Pick<AuditEntry, 'person' | 'persons'>): readonly Key[] =>
  person === '0' ? persons : [person];
