/**
 * The queue: which requests a team has open, and in which order. A projection of the record's Tasks, brought up to date before
 * each look; it holds ids and times, and what a page shows is read from the record as the one who looks.
 */
import type { Task } from '@medplum/fhirtypes';
import {
  inputsOf,
  type Stage,
  stageOf,
  type TaskKind,
  taskKindOf,
  taskSystem,
  type Urgency,
  urgencies,
} from '../../fhir/primary-care.ts';
import { type Database, inTransaction, type Transaction } from '../../platform/database.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf, type Stored } from '../../record/care-record.ts';
import { changesSince, feedEnd, visibleSince } from '../../record/feed.ts';
import { dueAfter, type TeamSettings, type TeamSettingsStore, usualSettings } from './team-settings.ts';

/** Kinds that are the team's to answer. */
export const queueKinds: readonly TaskKind[] = ['help', 'admin', 'registration'];

export interface QueueRow {
  readonly task: string;
  readonly kind: TaskKind;
  readonly stage: string;
  readonly urgency: number;
  readonly asked: number;
  readonly due: number;
  readonly person: string | undefined;
  readonly assigned: string | undefined;
  readonly red: boolean;
  readonly version: number;
}

export interface QueueAsked {
  /** `Organization/…`, one or several. */
  readonly teams: readonly string[];
  readonly kind?: string;
  readonly stage?: string;
  readonly urgency?: number;
  /** `Practitioner/…`, or `none`. */
  readonly assigned?: string;
  /** Those alone that are the team’s turn and were to be answered before this, ms since 1970 UTC. */
  readonly lateAt?: number;
  /** After this row, as the page before gave it. */
  readonly after?: string;
  readonly most: number;
}

export interface Queue {
  /** Takes in what was written since; does little where nothing was. */
  readonly catchUp: () => Promise<void>;
  /** Takes in one task at once: after writing it. */
  readonly note: (task: Task, version: number) => Promise<void>;
  readonly page: (
    asked: QueueAsked,
  ) => Promise<{ readonly rows: readonly QueueRow[]; readonly next: string | undefined }>;
  /** Open requests by urgency, and how many nobody has looked at, are late, or wait for the patient. */
  readonly counts: (teams: readonly string[], now: number) => Promise<QueueCounts>;
  /** Requests that came within a time. */
  readonly cameIn: (team: string, from: number, until: number) => Promise<number>;
  /** Grows with each change of these teams' queues. */
  readonly mark: (teams: readonly string[]) => Promise<string>;
  readonly row: (task: string) => Promise<(QueueRow & { readonly team: string }) | undefined>;
}

export interface QueueCounts {
  readonly open: number;
  readonly waiting: number;
  readonly late: number;
  readonly withPatient: number;
  readonly byUrgency: readonly number[];
}

const stepSize = 500;
const mostSteps = 20;
const cursorPattern = /^(\d)_(\d{1,15})_(\d{1,15})_([A-Za-z0-9.-]{1,64})$/;

const timeOf = (text: string | undefined): number => {
  const time = Date.parse(text ?? '');
  return Number.isFinite(time) ? time : 0;
};

interface Projected extends QueueRow {
  readonly team: string;
  readonly closed: number | undefined;
  /** When it was changed last, where that change answered it. */
  readonly answered: number | undefined;
}

/** Open, and not the team’s turn. */
export const elsewhere: readonly string[] = ['with-patient', 'booked', 'passed-on'] satisfies Stage[];

/** Someone opened it at the most: nobody has answered. */
const unanswered: readonly string[] = ['waiting', 'opened', 'withdrawn'];

/** What the queue keeps of a Task; undefined where it is not a request to a team. */
export function projected(
  task: Task,
  version: number,
  settings: Pick<TeamSettings, 'days'> = usualSettings,
): Projected | undefined {
  const kind = taskKindOf(task);
  const team = task.owner?.reference ?? '';
  if (task.id === undefined || kind === undefined || !queueKinds.includes(kind)) return undefined;
  if (!team.startsWith('Organization/')) return undefined;
  const asked = timeOf(task.authoredOn);
  const urgency = urgencies.indexOf(task.priority as Urgency);
  const stage = stageOf(task) ?? 'waiting';
  const isOver = ['completed', 'cancelled', 'rejected', 'failed', 'entered-in-error'].includes(task.status);
  return {
    ...{ task: task.id, team, kind, stage, asked, version },
    urgency: urgency < 0 ? urgencies.length - 1 : urgency,
    due: timeOf(task.restriction?.period?.end) || dueAfter(urgencies[urgency] ?? 'routine', settings, asked),
    closed: isOver ? timeOf(task.executionPeriod?.end ?? task.lastModified) || asked : undefined,
    person: /^Patient\/([A-Za-z0-9.-]{1,64})$/.exec(task.for?.reference ?? '')?.[1],
    assigned: inputsOf(task, 'assigned')[0]?.valueReference?.reference,
    red: inputsOf(task, 'red-flag').length > 0,
    answered:
      timeOf(task.executionPeriod?.start) ||
      (unanswered.includes(stage) ? undefined : timeOf(task.lastModified) || asked),
  };
}

export function openQueue({
  database,
  record,
  ownActor,
  settings,
}: {
  readonly database: Pick<Database, 'pool'>;
  readonly record: CareRecord;
  readonly ownActor: Actor;
  readonly settings: Pick<TeamSettingsStore, 'of'>;
}): Queue {
  const { pool } = database;

  const put = async (sql: Transaction | typeof pool, rows: readonly Projected[]): Promise<void> => {
    for (const one of rows)
      await sql`
        insert into triage_queue (task, team, kind, stage, urgency, asked, due, closed, first_answer, person, assigned, red, version)
        values (${one.task}, ${one.team}, ${one.kind}, ${one.stage}, ${one.urgency}, ${one.asked}, ${one.due},
          ${one.closed ?? null}, ${one.answered ?? null}, ${one.person ?? null}, ${one.assigned ?? null}, ${one.red}, ${one.version})
        on conflict (task) do update set team = excluded.team, kind = excluded.kind, stage = excluded.stage,
          urgency = excluded.urgency, asked = excluded.asked, due = excluded.due, closed = excluded.closed,
          first_answer = coalesce(triage_queue.first_answer, excluded.first_answer),
          person = excluded.person, assigned = excluded.assigned, red = excluded.red, version = excluded.version, seen = default
        where triage_queue.version < excluded.version`;
  };
  /** Each with the times that its team works by. */
  const projectedOf = async (tasks: readonly { readonly task: Task; readonly version: number }[]) => {
    const known = new Map<string, TeamSettings>();
    const found: Projected[] = [];
    for (const { task, version } of tasks) {
      const team = task.owner?.reference ?? '';
      const own = known.get(team) ?? (await settings.of(team));
      known.set(team, own);
      const one = projected(task, version, own);
      if (one) found.push(one);
    }
    return found;
  };
  const read = async (ids: readonly string[]): Promise<Projected[]> => {
    const found: Projected[] = [];
    for (let i = 0; i < ids.length; i += 100) {
      const some = ids.slice(i, i + 100);
      const page = await record.search(ownActor, 'Task', `_id=${some.join(',')}&_count=${some.length}`);
      found.push(...(await projectedOf(tasksOf(page.matches))));
    }
    return found;
  };
  const begin = async (sql: Transaction): Promise<string> => {
    const cursor = await feedEnd(sql);
    let next: string | undefined;
    const codes = queueKinds.map((kind) => `${taskSystem}|${kind}`).join(',');
    do {
      const query = `code=${codes}&_count=500${next === undefined ? '' : `&_page=${encodeURIComponent(next)}`}`;
      const page = await record.search(ownActor, 'Task', query);
      const rows = await projectedOf(tasksOf(page.matches));
      await put(sql, rows);
      next = page.next;
    } while (next !== undefined);
    return cursor;
  };
  /** Answers whether there may be more. One process at a time; others go on with what is there. */
  const step = (): Promise<boolean> =>
    inTransaction(database, async (sql) => {
      const [held] = await sql`select pg_try_advisory_xact_lock(hashtext('triage queue')) as held`;
      if (held?.['held'] !== true) return false;
      const [row] = await sql<{ cursor: string }[]>`select cursor from triage_position`;
      if (!row) {
        const cursor = await begin(sql);
        await sql`insert into triage_position (cursor) values (${cursor})`;
        return true;
      }
      const { events, cursor } = await changesSince(sql, row.cursor, stepSize);
      if (events.length === 0) return false;
      const ids = new Set(events.filter(({ type }) => type === 'Task').map(({ id }) => id));
      if (ids.size > 0) await put(sql, await read([...ids]));
      await sql`update triage_position set cursor = ${cursor}`;
      return events.length === stepSize;
    });

  const takeIn = async (): Promise<void> => {
    for (let steps = 0; steps < mostSteps; steps += 1) if (!(await step())) break;
    // An urgent request does not wait until a long import has ended.
    const [row] = await pool<{ cursor: string }[]>`select cursor from triage_position`;
    const fresh = row ? await visibleSince(pool, row.cursor, 'Task', stepSize) : [];
    if (fresh.length === 0) return;
    const ids = fresh.map(({ id }) => id);
    const held = await pool`select task, version from triage_queue where task = any(${ids})`;
    const versions = new Map(held.map((one) => [String(one['task']), Number(one['version'])]));
    const unknown = fresh.filter(({ id, version }) => (versions.get(id) ?? 0) < version);
    await put(pool, await read([...new Set(unknown.map(({ id }) => id))]));
  };
  /** Those who ask while one runs wait for the next, together: it begins after they asked, so that it has what they mean. */
  let running: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;
  const begun = (): Promise<void> => {
    const mine = takeIn().finally(() => {
      if (running === mine) running = undefined;
    });
    running = mine;
    return mine;
  };

  return {
    catchUp() {
      if (!running) return begun();
      waiting ??= running
        .catch(() => {}) // told to whoever asked for that one
        .then(() => {
          waiting = undefined;
          return begun();
        });
      return waiting;
    },
    async note(task, version) {
      await put(pool, await projectedOf([{ task, version }]));
    },
    async page({ teams, kind, stage, urgency, assigned, lateAt, after, most }) {
      const start = cursorPattern.exec(after ?? '')?.slice(1);
      const rows = await pool`
        select task, kind, stage, urgency, asked, due, person, assigned, red, version from triage_queue
        where closed is null and team = any(${[...teams]})
          ${kind === undefined ? pool`` : pool`and kind = ${kind}`}
          ${stage === undefined ? pool`` : pool`and stage = ${stage}`}
          ${urgency === undefined ? pool`` : pool`and urgency = ${urgency}`}
          ${assigned === undefined ? pool`` : assigned === 'none' ? pool`and assigned is null` : pool`and assigned = ${assigned}`}
          ${lateAt === undefined ? pool`` : pool`and due < ${lateAt} and stage <> all(${[...elsewhere]})`}
          ${start ? pool`and (urgency, due, asked, task) > (${Number(start[0])}::int2, ${start[1]!}::int8, ${start[2]!}::int8, ${start[3]!})` : pool``}
        order by urgency, due, asked, task limit ${most + 1}`;
      const shown = rows.slice(0, most).map(rowOf);
      const last = shown.at(-1);
      const next =
        rows.length > most && last ? `${last.urgency}_${last.due}_${last.asked}_${last.task}` : undefined;
      return { rows: shown, next };
    },
    async counts(teams, now) {
      const rows = await pool`
        select urgency, count(*)::int as open, (count(*) filter (where stage = 'waiting'))::int as waiting,
          (count(*) filter (where due < ${now} and stage <> all(${[...elsewhere]})))::int as late,
          (count(*) filter (where stage = 'with-patient'))::int as with_patient
        from triage_queue where closed is null and team = any(${[...teams]}) group by urgency`;
      const sum = (name: string): number => rows.reduce((all, row) => all + Number(row[name]), 0);
      return {
        ...{
          open: sum('open'),
          waiting: sum('waiting'),
          late: sum('late'),
          withPatient: sum('with_patient'),
        },
        byUrgency: urgencies.map((_, i) =>
          Number(rows.find((row) => Number(row['urgency']) === i)?.['open'] ?? 0),
        ),
      };
    },
    async cameIn(team, from, until) {
      const [row] = await pool`
        select count(*)::int as n from triage_queue where team = ${team} and asked >= ${from} and asked < ${until}`;
      return Number(row?.['n'] ?? 0);
    },
    async mark(teams) {
      // Team by team, each by its index: a queue of years has many rows that are over.
      const [row] = await pool`
        select max(newest)::text as mark from unnest(${[...teams]}::text[]) team,
          lateral (select max(seen) as newest from triage_queue q where q.team = team.team) each`;
      return String(row?.['mark'] ?? '0');
    },
    async row(task) {
      const [row] = await pool`
        select task, team, kind, stage, urgency, asked, due, person, assigned, red, version from triage_queue where task = ${task}`;
      return row ? { ...rowOf(row), team: String(row['team']) } : undefined;
    },
  };
}

const tasksOf = (matches: readonly Stored[]) =>
  matches.flatMap((stored) =>
    stored.body ? [{ task: resourceOf<Task>(stored), version: stored.version }] : [],
  );

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const rowOf = (row: Readonly<Record<string, unknown>>): QueueRow => ({
  task: String(row['task']),
  kind: row['kind'] as TaskKind, // written by projected() alone
  stage: String(row['stage']),
  urgency: Number(row['urgency']),
  asked: Number(row['asked']),
  due: Number(row['due']),
  person: textOf(row['person']),
  assigned: textOf(row['assigned']),
  red: row['red'] === true,
  version: Number(row['version']),
});
