import { z } from 'zod';
import { problem } from '../platform/problem.ts';
import { asProblem } from '../platform/sql-error.ts';
import type { Key } from './keys.ts';
import { parameters } from './search/parameters.ts';
import type { Seen } from './seen.ts';
import type { Connection } from './store.ts';
import { typeName, typeNumber } from './type-numbers.ts';

/** One change of the record, in the order in which changes became visible. */
export interface ChangeEvent {
  readonly kind: 'created' | 'updated' | 'deleted';
  readonly type: string;
  readonly id: string;
  readonly version: number;
  /** Shard key of the compartment that it lives in. */
  readonly person: Key;
  /** Ms since 1970 UTC. */
  readonly at: number;
}

export interface Changes {
  readonly events: readonly ChangeEvent[];
  /** Where to go on; the same as given when there was nothing new. */
  readonly cursor: string;
}

const shape = z.tuple([z.string().regex(/^\d{1,20}$/), z.string().regex(/^\d{1,19}$/)]);
const kinds = { C: 'created', U: 'updated', D: 'deleted' } as const;

/**
 * Changes after the cursor (undefined: from the first), at most `limit`. A transaction's number is not the order in
 * which transactions end, so only those below the oldest that is still open are given: none is ever missed.
 */
export async function changesSince(
  sql: Connection,
  cursor: string | undefined,
  limit: number,
): Promise<Changes> {
  const [xid, seq] = cursor === undefined ? ['0', '0'] : readCursor(cursor);
  try {
    const rows = await sql.unsafe(
      `select xid::text, seq, action, type, id, version, person, at from audit
       where action in ('C', 'U', 'D') and outcome < 300 and (xid, seq) > ($1::text::xid8, $2::int8)
         and xid < pg_snapshot_xmin(pg_current_snapshot())
       order by xid, seq limit ${Math.max(1, Math.floor(limit))}`,
      [xid, seq],
      { prepare: true },
    );
    const last = rows.at(-1);
    return {
      events: rows.map((row) => ({
        kind: kinds[row['action'] as 'C' | 'U' | 'D'], // the statement asks for these only
        type: typeName(Number(row['type'])),
        id: row['id'],
        version: Number(row['version']),
        person: row['person'],
        at: Number(row['at']),
      })),
      cursor: last
        ? Buffer.from(JSON.stringify([last['xid'], last['seq']])).toString('base64url')
        : (cursor ?? Buffer.from('["0","0"]').toString('base64url')),
    };
  } catch (error) {
    throw asProblem(error);
  }
}

/**
 * Resources of a type that changed after the cursor, the newest first, as far as they can be seen by now: those too that
 * `changesSince` holds back while an older transaction is open. For who must not wait for it; the cursor stays where it was.
 */
export async function visibleSince(
  sql: Connection,
  cursor: string,
  type: string,
  limit: number,
): Promise<readonly { readonly id: string; readonly version: number }[]> {
  const [xid, seq] = readCursor(cursor);
  try {
    const rows = await sql.unsafe(
      `select id, version from audit
       where action in ('C', 'U', 'D') and outcome < 300 and type = $3 and (xid, seq) > ($1::text::xid8, $2::int8)
       order by xid desc, seq desc limit ${Math.max(1, Math.floor(limit))}`,
      [xid, seq, typeNumber(type)],
      { prepare: true },
    );
    return rows.map((row) => ({ id: String(row['id']), version: Number(row['version']) }));
  } catch (error) {
    throw asProblem(error);
  }
}

/** A change of someone's record, as far as one may be told of it: which, and when. */
export interface SeenChange {
  /** Differs from that of any other change. */
  readonly key: string;
  /** Ms since 1970 UTC. */
  readonly at: number;
}

/**
 * Changes of these people's records after a time that an actor may be told of: those of what is seen now, and, where nothing
 * of a record is kept back, of what was deleted. That something changed tells of what is hidden too.
 */
export async function changesSeen(
  sql: Connection,
  seen: Seen | undefined,
  people: readonly Key[],
  after: number,
): Promise<readonly SeenChange[]> {
  const to = parameters();
  const row = seen
    ? ` and (exists (select 1 from identity i join resource r on r.person = i.person and r.pk = i.pk where i.type = a.type and i.id = a.id and ${seen.row('r', to)} offset 0) or (a.action = 'D' and ${seen.gone('a', to)}))`
    : '';
  const text = `select a.xid::text || '-' || a.seq as key, a.at from audit a
    where a.at > ${to.add(after, 'int8')} and a.person = any(${to.list(people, 'int8')})
      and a.action in ('C', 'U', 'D') and a.outcome < 300${row}`;
  try {
    const rows = await sql.unsafe(text, [...to.values], { prepare: true });
    return rows.map(({ key, at }) => ({ key: String(key), at: Number(at) }));
  } catch (error) {
    throw asProblem(error);
  }
}

/** The cursor after all that is visible now: for who is to hear only of what comes after. */
export async function feedEnd(sql: Connection): Promise<string> {
  const rows = await sql.unsafe('select pg_snapshot_xmin(pg_current_snapshot())::text as xid');
  return Buffer.from(JSON.stringify([String(rows[0]?.['xid']), '0'])).toString('base64url');
}

/** Ids of the Patients whose compartments have these shard keys, by key. Keys of what is nobody's are left out. */
export async function patientsOfKeys(
  sql: Connection,
  people: readonly Key[],
): Promise<ReadonlyMap<Key, string>> {
  const rows = await sql.unsafe(
    'select person, id from resource where person = any($1::int8[]) and type = $2',
    [`{${people.join(',')}}`, typeNumber('Patient')],
  );
  return new Map(rows.map((row) => [String(row['person']), String(row['id'])]));
}

function readCursor(text: string): [string, string] {
  try {
    return shape.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch (cause) {
    throw problem('invalid', 'This is not a place in the feed of changes. Start again without one.', {
      cause,
    });
  }
}
