/** Browsers in which someone let us notify them. */
import { z } from 'zod';
import type { Clock } from '../../platform/clock.ts';
import type { Sql, Transaction } from '../../platform/database.ts';
import type { NewId } from '../../platform/ids.ts';
import { problem } from '../../platform/problem.ts';
import type { PushTarget } from '../../platform/web-push.ts';

export interface NotifiedBrowser extends PushTarget {
  readonly id: string;
  readonly name: string;
  /** ms since 1970 UTC. */
  readonly created: number;
}

export interface Browsers {
  readonly of: (account: string, sql?: Sql | Transaction) => Promise<readonly NotifiedBrowser[]>;
  /** A browser is one person’s at a time: whoever asked last. Answers its id; the same browser keeps its id. */
  readonly add: (account: string, target: PushTarget, name: string) => Promise<string>;
  /** False where the account has no such browser. */
  readonly remove: (account: string, id: string) => Promise<boolean>;
}

/** Each account’s; the oldest goes when another comes. */
const mostBrowsers = 10;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const bytes = (length: number) =>
  z.string().refine((text) => /^[\w-]+=*$/.test(text) && Buffer.from(text, 'base64url').length === length);

/** A PushSubscription as browsers write it to JSON. */
const subscription = z.object({
  endpoint: z
    .string()
    .max(2000)
    .refine((text) => URL.canParse(text) && new URL(text).protocol === 'https:'),
  keys: z.object({ p256dh: bytes(65), auth: bytes(16) }),
});

/** Throws a Problem (422) for what no browser sends. */
export function readSubscription(body: unknown): PushTarget {
  const parsed = subscription.safeParse(body);
  if (!parsed.success) throw problem('value', 'This is not what a browser gives to be notified by.');
  const { endpoint, keys } = parsed.data;
  return { endpoint, ...keys };
}

interface Row extends Omit<NotifiedBrowser, 'created'> {
  created: string;
}

export function openBrowsers(pool: Sql, clock: Clock, newId: NewId): Browsers {
  return {
    async of(account, sql = pool) {
      const rows = await sql<Row[]>`
        select id, endpoint, p256dh, auth, name, created from notification_browser
        where account = ${account} order by created desc, id`;
      return rows.map((row) => ({ ...row, created: Number(row.created) }));
    },
    async add(account, { endpoint, p256dh, auth }, name) {
      const [row] = await pool<{ id: string }[]>`
        insert into notification_browser (id, account, endpoint, p256dh, auth, name, created)
        values (${newId()}, ${account}, ${endpoint}, ${p256dh}, ${auth}, ${name}, ${clock.now()})
        on conflict (endpoint) do update set account = excluded.account, p256dh = excluded.p256dh, auth = excluded.auth,
          name = excluded.name, created = excluded.created
        returning id`;
      await pool`
        delete from notification_browser where account = ${account} and id not in
          (select id from notification_browser where account = ${account} order by created desc, id limit ${mostBrowsers})`;
      return row?.id ?? '';
    },
    async remove(account, id) {
      if (!uuid.test(id)) return false;
      const rows = await pool`
        delete from notification_browser where account = ${account} and id = ${id} returning 1`;
      return rows.length > 0;
    },
  };
}
