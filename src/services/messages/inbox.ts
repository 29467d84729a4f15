/**
 * The inbox: which threads a team has, and in which order. A projection of the record's Communications, brought up to date before each
 * look; it holds ids and times, and what a page shows is read from the record as the one who looks.
 */
import type { Communication } from '@medplum/fhirtypes';
import { messageSystem } from '../../fhir/primary-care.ts';
import { type Database, inTransaction, type Transaction } from '../../platform/database.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf, type Stored } from '../../record/care-record.ts';
import { changesSince, feedEnd, visibleSince } from '../../record/feed.ts';
import { answeredBy, type IsHoliday } from './promise.ts';
import type { TeamSettingsStore } from './team-settings.ts';
import { headIdOf, type Thread, threadOf } from './thread.ts';

export const inboxViews = ['answer', 'mine', 'sent', 'unread', 'closed'] as const;
/** To be answered; the same of one person's; waiting for the patient; not read for long; closed. */
export type InboxView = (typeof inboxViews)[number];

export interface InboxRow {
  readonly thread: string;
  readonly person: string;
  readonly kind: string;
  readonly urgent: boolean;
  readonly waiting: number | undefined;
  readonly due: number | undefined;
  readonly unread: number | undefined;
  readonly latest: number;
  readonly assigned: string | undefined;
  readonly closed: boolean;
}

export interface InboxCounts {
  readonly answer: number;
  readonly urgent: number;
  readonly late: number;
  readonly mine: number;
  readonly unread: number;
}

export interface Inbox {
  readonly catchUp: () => Promise<void>;
  /** Takes in one thread at once: after writing to it. */
  readonly note: (thread: string) => Promise<void>;
  readonly page: (asked: {
    readonly team: string;
    readonly view: InboxView;
    readonly me: string;
    /** Not read since before this moment, for `unread`. */
    readonly before: number;
    /** Rows to leave out first. */
    readonly skip: number;
    readonly most: number;
  }) => Promise<{ readonly rows: readonly InboxRow[]; readonly more: boolean }>;
  readonly counts: (team: string, me: string, now: number, before: number) => Promise<InboxCounts>;
  readonly row: (thread: string) => Promise<(InboxRow & { readonly team: string }) | undefined>;
  /** Grows with each change of the team's threads. */
  readonly mark: (team: string) => Promise<string>;
  /** Reckons anew what was promised: after the team promised something else. */
  readonly promiseAnew: (team: string) => Promise<void>;
  /** Threads that wait longer than promised and that nobody was given for it. */
  readonly late: (
    now: number,
  ) => Promise<readonly { readonly thread: string; readonly team: string; readonly waiting: number }[]>;
  /** Threads in which someone waits for this member of the team. */
  readonly waitingFor: (team: string, member: string) => Promise<readonly string[]>;
  readonly escalated: (thread: string, waiting: number) => Promise<void>;
}

const stepSize = 500;
const mostSteps = 20;
const mostMessages = 1000;
const ours = `category=${messageSystem}|patient,${messageSystem}|team`;

interface Projected extends InboxRow {
  readonly team: string;
  readonly stamp: number;
}

export function openInbox({
  database,
  record,
  ownActor,
  settings,
  isHoliday,
}: {
  readonly database: Pick<Database, 'pool'>;
  readonly record: CareRecord;
  readonly ownActor: Actor;
  readonly settings: Pick<TeamSettingsStore, 'of'>;
  readonly isHoliday: IsHoliday;
}): Inbox {
  const { pool } = database;

  const put = async (sql: Transaction | typeof pool, rows: readonly Projected[]): Promise<void> => {
    for (const one of rows)
      await sql`
        insert into message_thread (thread, team, person, kind, urgent, waiting, due, unread, latest, assigned, closed, stamp)
        values (${one.thread}, ${one.team}, ${one.person}, ${one.kind}, ${one.urgent}, ${one.waiting ?? null}, ${one.due ?? null},
          ${one.unread ?? null}, ${one.latest}, ${one.assigned ?? null}, ${one.closed}, ${one.stamp})
        on conflict (thread) do update set team = excluded.team, person = excluded.person, kind = excluded.kind,
          urgent = excluded.urgent, waiting = excluded.waiting, due = excluded.due, unread = excluded.unread,
          latest = excluded.latest, assigned = excluded.assigned, closed = excluded.closed, stamp = excluded.stamp, seen = default
        where message_thread.stamp < excluded.stamp`;
  };
  const searchAll = async (query: string): Promise<Stored[]> => {
    const found: Stored[] = [];
    let next: string | undefined;
    do {
      const cursor: string = next === undefined ? '' : `&_page=${encodeURIComponent(next)}`;
      const page = await record.search(ownActor, 'Communication', `${query}&_count=500${cursor}`);
      found.push(...page.matches.filter(({ body }) => body));
      next = page.next;
    } while (next !== undefined && found.length < 100 * mostMessages);
    return found;
  };
  const projectedOf = async (stored: readonly Stored[]): Promise<Projected[]> => {
    const groups = Map.groupBy(new Map(stored.map((one) => [one.id, one])).values(), (one) =>
      headIdOf(resourceOf<Communication>(one)),
    );
    const found: Projected[] = [];
    for (const all of groups.values()) {
      const thread = threadOf(all.map((one) => resourceOf<Communication>(one)));
      if (!thread) continue;
      found.push({
        ...rowOfThread(thread),
        due:
          thread.waiting === undefined
            ? undefined
            : answeredBy((await settings.of(thread.team.reference)).days, thread.waiting, isHoliday),
        stamp: all.reduce((sum, { version }) => sum + version, 0),
      });
    }
    return found;
  };
  /** The whole of these threads, as they are now. */
  const readThreads = async (heads: readonly string[]): Promise<Projected[]> => {
    const found: Projected[] = [];
    for (let i = 0; i < heads.length; i += 50) {
      const some = heads.slice(i, i + 50);
      const [first, later] = await Promise.all([
        searchAll(`_id=${some.join(',')}`),
        searchAll(`part-of=${some.map((id) => `Communication/${id}`).join(',')}`),
      ]);
      found.push(...(await projectedOf([...first, ...later])));
    }
    return found;
  };
  const headsOf = async (ids: readonly string[]): Promise<string[]> => {
    const heads = new Set<string>();
    for (let i = 0; i < ids.length; i += 100)
      for (const one of await searchAll(`_id=${ids.slice(i, i + 100).join(',')}`))
        heads.add(headIdOf(resourceOf<Communication>(one)));
    return [...heads];
  };
  /** Answers whether there may be more. One process at a time; others go on with what is there. */
  const step = (): Promise<boolean> =>
    inTransaction(database, async (sql) => {
      const [held] = await sql`select pg_try_advisory_xact_lock(hashtext('message inbox')) as held`;
      if (held?.['held'] !== true) return false;
      const [row] = await sql<{ cursor: string }[]>`select cursor from message_position`;
      if (!row) {
        const cursor = await feedEnd(sql);
        await put(sql, await projectedOf(await searchAll(ours)));
        await sql`insert into message_position (cursor) values (${cursor})`;
        return true;
      }
      const { events, cursor } = await changesSince(sql, row.cursor, stepSize);
      if (events.length === 0) return false;
      const changed = events.filter(({ type }) => type === 'Communication');
      const gone = changed.filter(({ kind }) => kind === 'deleted').map(({ id }) => id);
      const ids = [...new Set(changed.map(({ id }) => id))];
      if (ids.length > 0) await put(sql, await readThreads(await headsOf(ids)));
      if (gone.length > 0) await sql`delete from message_thread where thread = any(${gone})`;
      await sql`update message_position set cursor = ${cursor}`;
      return events.length === stepSize;
    });

  return {
    async catchUp() {
      for (let steps = 0; steps < mostSteps; steps += 1) if (!(await step())) break;
      // What is urgent does not wait until a long import has ended.
      const [row] = await pool<{ cursor: string }[]>`select cursor from message_position`;
      const fresh = row ? await visibleSince(pool, row.cursor, 'Communication', stepSize) : [];
      if (fresh.length > 0)
        await put(pool, await readThreads(await headsOf([...new Set(fresh.map(({ id }) => id))])));
    },
    async note(thread) {
      await put(pool, await readThreads([thread]));
    },
    async page({ team, view, me, before, skip, most }) {
      const rows = await pool`
        select * from message_thread where team = ${team} and ${
          {
            answer: pool`not closed and (waiting is not null or kind = 'team')`,
            mine: pool`not closed and (waiting is not null or kind = 'team') and assigned = ${me}`,
            sent: pool`not closed and waiting is null and kind = 'patient'`,
            unread: pool`unread < ${before}`,
            closed: pool`closed`,
          }[view]
        }
        order by ${
          {
            answer: pool`urgent desc, due nulls last, latest, thread`,
            mine: pool`urgent desc, due nulls last, latest, thread`,
            sent: pool`latest desc, thread`,
            unread: pool`unread, thread`,
            closed: pool`latest desc, thread`,
          }[view]
        } limit ${most + 1} offset ${skip}`;
      return { rows: rows.slice(0, most).map(rowOf), more: rows.length > most };
    },
    async counts(team, me, now, before) {
      const [row] = await pool`
        select (count(*) filter (where not closed and (waiting is not null or kind = 'team')))::int as answer,
          (count(*) filter (where not closed and urgent))::int as urgent,
          (count(*) filter (where not closed and due < ${now}))::int as late,
          (count(*) filter (where not closed and (waiting is not null or kind = 'team') and assigned = ${me}))::int as mine,
          (count(*) filter (where unread < ${before}))::int as unread
        from message_thread where team = ${team} and (not closed or unread is not null)`;
      const count = (name: string): number => Number(row?.[name] ?? 0);
      return {
        ...{ answer: count('answer'), urgent: count('urgent'), late: count('late') },
        ...{ mine: count('mine'), unread: count('unread') },
      };
    },
    async row(thread) {
      const [row] = await pool`select * from message_thread where thread = ${thread}`;
      return row ? { ...rowOf(row), team: String(row['team']) } : undefined;
    },
    async mark(team) {
      const [row] = await pool`select max(seen)::text as mark from message_thread where team = ${team}`;
      return String(row?.['mark'] ?? '0');
    },
    async promiseAnew(team) {
      const { days } = await settings.of(team);
      const rows =
        await pool`select thread, waiting from message_thread where team = ${team} and waiting is not null`;
      for (const row of rows)
        await pool`update message_thread set due = ${answeredBy(days, Number(row['waiting']), isHoliday)}, seen = default
          where thread = ${String(row['thread'])} and waiting = ${Number(row['waiting'])}`;
    },
    async late(now) {
      const rows = await pool`
        select thread, team, waiting from message_thread
        where not closed and due < ${now} and escalated is distinct from waiting order by due limit 200`;
      return rows.map((row) => ({
        ...{ thread: String(row['thread']), team: String(row['team']), waiting: Number(row['waiting']) },
      }));
    },
    async waitingFor(team, member) {
      const rows = await pool`
        select thread from message_thread
        where team = ${team} and assigned = ${member} and not closed and (waiting is not null or kind = 'team') limit 200`;
      return rows.map((row) => String(row['thread']));
    },
    async escalated(thread, waiting) {
      await pool`update message_thread set escalated = ${waiting} where thread = ${thread}`;
    },
  };
}

const rowOfThread = ({ id, team, assigned, ...one }: Thread): Omit<Projected, 'due' | 'stamp'> => ({
  ...{ thread: id, team: team.reference, person: one.person, kind: one.kind, urgent: one.urgent },
  ...{ waiting: one.waiting, unread: one.unread, latest: one.latest, closed: one.closed },
  assigned: assigned?.reference,
});

const numberOf = (value: unknown): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);

const rowOf = (row: Readonly<Record<string, unknown>>): InboxRow => ({
  ...{ thread: String(row['thread']), person: String(row['person']), kind: String(row['kind']) },
  ...{ urgent: row['urgent'] === true, closed: row['closed'] === true, latest: Number(row['latest']) },
  ...{ waiting: numberOf(row['waiting']), due: numberOf(row['due']), unread: numberOf(row['unread']) },
  assigned: typeof row['assigned'] === 'string' ? row['assigned'] : undefined,
});
