/** What is to be told to whom and when, and what became of it: one row for each way, and none twice. */
import type { Clock } from '../../platform/clock.ts';
import type { Sql, Transaction } from '../../platform/database.ts';
import type { NewId } from '../../platform/ids.ts';
import type { Jobs } from '../../platform/jobs.ts';
import type { Language } from '../../web/words/languages.ts';
import type { Channel, Kind, Urgency } from './kinds.ts';
import type { Text } from './texts.ts';

export type OutboxState = 'waiting' | 'sent' | 'delivered' | 'failed' | 'dropped' | 'kept';

export interface Entry extends Text {
  readonly id: string;
  readonly account: string;
  readonly patient: string | undefined;
  readonly own: boolean;
  /** `confirm`: a code to an address that is not theirs yet. */
  readonly kind: Kind | 'confirm';
  readonly about: string;
  readonly channel: Channel;
  /** Of the channel push. */
  readonly browser: string;
  readonly urgency: Urgency;
  readonly language: Language;
  readonly address: string | undefined;
  readonly state: OutboxState;
  /** Not before, ms since 1970 UTC. */
  readonly due: number;
  readonly attempts: number;
  readonly reason: string | undefined;
  readonly created: number;
  readonly ended: number | undefined;
}

export type NewEntry = Omit<Entry, 'id' | 'state' | 'attempts' | 'reason' | 'created' | 'ended'>;

export interface Outbox {
  /** False where the account has been told of this by this way, or is about to be. Sent once `sql` is committed. */
  readonly put: (sql: Transaction, entry: NewEntry) => Promise<boolean>;
  /** Takes it to be sent by this process alone. `later`: another process may be sending it, or it is not due; ms to wait. */
  readonly claim: (id: string) => Promise<Entry | { readonly later: number } | undefined>;
  readonly end: (
    id: string,
    state: Exclude<OutboxState, 'waiting' | 'delivered'>,
    more?: { readonly reason?: string; readonly provider?: string; readonly address?: string },
  ) => Promise<void>;
  /** Gives back what could not be sent now. With a reason it counts as an attempt. */
  readonly putOff: (id: string, due: number, more?: { readonly reason: string }) => Promise<void>;
  /** Begins again with what is long overdue, such as when its job was given up. Answers how many. */
  readonly revive: () => Promise<number>;
  /** Drops what still waits about this and of this kind. */
  readonly withdraw: (sql: Transaction, kind: Kind, aboutBegins: string, except: string) => Promise<void>;
  /** News of the service that sends it; older news than is known changes nothing. */
  readonly tell: (
    id: string,
    news: {
      readonly state: 'delivered' | 'failed';
      readonly at: number;
      readonly reason: string | undefined;
    },
  ) => Promise<void>;
  /** Newest first, before the entry of that id. */
  readonly latest: (count: number, before?: string) => Promise<readonly Entry[]>;
  /** Removes what ended long ago. */
  readonly clear: () => Promise<void>;
}

export const sendJob = 'notifications.send';

/** How long one attempt may take before another process takes it up. More than any sender’s own limits together. */
const usualClaimMs = 90_000;
const overdueMs = 10 * 60_000;
const keptMs = 90 * 86_400_000;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Row {
  id: string;
  account: string;
  patient: string | null;
  own: boolean;
  kind: Entry['kind'];
  about: string;
  channel: Channel;
  browser: string;
  urgency: Urgency;
  language: Language;
  address: string | null;
  subject: string;
  body: string;
  state: OutboxState;
  due: string;
  attempts: number;
  claimed: string | null;
  reason: string | null;
  created: string;
  ended: string | null;
}

export interface OutboxNeeds {
  readonly pool: Sql;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly jobs: Pick<Jobs, 'start'>;
  /** ms that one attempt may take before it counts as cut short. Default 90,000. */
  readonly claimMs?: number;
}

export function openOutbox({ pool, clock, newId, jobs, claimMs = usualClaimMs }: OutboxNeeds): Outbox {
  const start = (id: string, due: number, sql?: Transaction) =>
    jobs.start(sendJob, { id }, sql, Math.max(0, (due - clock.now()) / 1000));

  return {
    async put(sql, entry) {
      const id = newId();
      const rows = await sql`
        insert into notification_outbox
          (id, account, patient, own, kind, about, channel, browser, urgency, language, address, subject, body, due, created)
        values (${id}, ${entry.account}, ${entry.patient ?? null}, ${entry.own}, ${entry.kind}, ${entry.about},
          ${entry.channel}, ${entry.browser}, ${entry.urgency}, ${entry.language}, ${entry.address ?? null},
          ${entry.subject}, ${entry.body}, ${entry.due}, ${clock.now()})
        on conflict (account, kind, about, channel, browser) do nothing returning 1`;
      if (rows.length === 0) return false;
      await start(id, entry.due, sql);
      return true;
    },

    async claim(id) {
      const now = clock.now();
      const [taken] = await pool<Row[]>`
        update notification_outbox set claimed = ${now}, attempts = attempts + 1
        where id = ${id} and state = 'waiting' and due <= ${now} and (claimed is null or claimed <= ${now - claimMs})
        returning *`;
      if (taken) return entryOf(taken);
      const [row] = await pool<
        Row[]
      >`select * from notification_outbox where id = ${id} and state = 'waiting'`;
      if (!row) return undefined;
      return { later: Math.max(Number(row.due), Number(row.claimed ?? 0) + claimMs) - now };
    },

    async end(id, state, { reason, provider, address } = {}) {
      await pool`
        update notification_outbox set state = ${state}, ended = ${clock.now()}, reason = ${reason ?? null},
          provider = ${provider ?? null}, address = coalesce(${address ?? null}::text, address)
        where id = ${id} and state = 'waiting'`;
    },

    async putOff(id, due, more) {
      await pool.begin(async (sql) => {
        const rows = await sql`
          update notification_outbox set due = ${due}, claimed = null, reason = ${more?.reason ?? null},
            attempts = attempts - ${more === undefined ? 1 : 0}
          where id = ${id} and state = 'waiting' returning 1`;
        if (rows.length > 0) await start(id, due, sql);
      });
    },

    async revive() {
      const before = clock.now() - overdueMs;
      const rows = await pool<{ id: string }[]>`
        select id from notification_outbox where state = 'waiting' and due < ${before}
          and (claimed is null or claimed < ${before}) order by due limit 1000`;
      for (const { id } of rows) await start(id, clock.now());
      return rows.length;
    },

    async withdraw(sql, kind, aboutBegins, except) {
      await sql`
        update notification_outbox set state = 'dropped', reason = 'no longer so', ended = ${clock.now()}
        where state = 'waiting' and kind = ${kind} and starts_with(about, ${aboutBegins}) and about <> ${except}`;
    },

    async tell(id, { state, at, reason }) {
      if (!uuid.test(id)) return;
      await pool`
        update notification_outbox set state = ${state}, told = ${at}, reason = ${reason ?? null}
        where id = ${id} and state in ('sent', 'delivered', 'failed') and (told is null or told < ${at})`;
    },

    async latest(count, before) {
      const rows = await pool<Row[]>`
        select * from notification_outbox
        ${before !== undefined && uuid.test(before) ? pool`where id < ${before}` : pool``}
        order by id desc limit ${count}`;
      return rows.map(entryOf);
    },

    async clear() {
      await pool`
        delete from notification_outbox where created < ${clock.now() - keptMs} and state <> 'waiting'`;
    },
  };
}

function entryOf(row: Row): Entry {
  const { id, account, own, kind, about, channel, browser, urgency, language, subject, body } = row;
  return {
    ...{ id, account, own, kind, about, channel, browser, urgency, language, subject, body },
    ...{ patient: row.patient ?? undefined, address: row.address ?? undefined, state: row.state },
    ...{ due: Number(row.due), attempts: row.attempts, reason: row.reason ?? undefined },
    ...{ created: Number(row.created), ended: row.ended === null ? undefined : Number(row.ended) },
  };
}
