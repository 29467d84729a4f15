/** Email addresses and telephone numbers that people gave, each used only after a code sent there came back. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Sql, Transaction } from '../../platform/database.ts';
import { systemRandom } from '../../platform/ids.ts';
import { problem } from '../../platform/problem.ts';

export type ContactChannel = 'email' | 'text';

export interface Contact {
  readonly channel: ContactChannel;
  readonly address: string;
  readonly confirmed: boolean;
}

export type CodeOutcome = 'confirmed' | 'wrong' | 'over';

export interface Contacts {
  readonly of: (account: string, sql?: Sql | Transaction) => Promise<readonly Contact[]>;
  /** Keeps an address and makes the code that shows it is theirs. Throws 429 where too many were asked for. */
  readonly ask: (
    sql: Transaction,
    account: string,
    channel: ContactChannel,
    address: string,
  ) => Promise<string>;
  /** `over`: there is none to compare, its time is up, or it was tried too often. */
  readonly confirm: (account: string, channel: ContactChannel, code: string) => Promise<CodeOutcome>;
  readonly remove: (account: string, channel: ContactChannel) => Promise<void>;
  /** An address that is known to be someone’s: of a demonstration. What they gave themselves stays. */
  readonly put: (account: string, channel: ContactChannel, address: string) => Promise<void>;
}

export const codeMinutes = 30;
const mostTries = 5;
/** Codes to one account and way within an hour: nobody’s letter box is filled by us. */
const mostCodes = 5;
const hour = 3_600_000;

interface Row {
  channel: ContactChannel;
  address: string;
  confirmed: string | null;
}

export function openContacts(pool: Sql, clock: Clock, key: Uint8Array): Contacts {
  const hashOf = (account: string, channel: string, code: string) =>
    createHmac('sha256', key).update(`${account}\n${channel}\n${code}`).digest();
  return {
    async of(account, sql = pool) {
      const rows = await sql<Row[]>`
        select channel, address, confirmed from notification_contact where account = ${account} order by channel`;
      return rows
        .filter(({ address }) => address !== '')
        .map(({ channel, address, confirmed }) => ({ channel, address, confirmed: confirmed !== null }));
    },

    async ask(sql, account, channel, address) {
      const now = clock.now();
      const code = newCode();
      const rows = await sql`
        insert into notification_contact as c
          (account, channel, address, confirmed, code, code_expires, code_tries, codes, codes_since)
        values (${account}, ${channel}, ${address}, null, ${hashOf(account, channel, code)},
          ${now + codeMinutes * 60_000}, 0, 1, ${now})
        on conflict (account, channel) do update set
          address = excluded.address,
          confirmed = case when c.address = excluded.address then c.confirmed end,
          code = excluded.code, code_expires = excluded.code_expires, code_tries = 0,
          codes = case when c.codes_since > ${now - hour} then c.codes + 1 else 1 end,
          codes_since = case when c.codes_since > ${now - hour} then c.codes_since else ${now} end
        where c.codes < ${mostCodes} or c.codes_since <= ${now - hour} returning 1`;
      if (rows.length === 0)
        throw problem('throttled', 'We have sent you several codes already. Wait an hour, then try again.', {
          headers: { 'Retry-After': '3600' },
        });
      return code;
    },

    async confirm(account, channel, code) {
      const now = clock.now();
      // Counted before it is compared, so that trying at once from many places gains nothing.
      const [row] = await pool<{ code: Buffer }[]>`
        update notification_contact set code_tries = code_tries + 1
        where account = ${account} and channel = ${channel} and code is not null and code_expires > ${now}
          and code_tries < ${mostTries} returning code`;
      if (!row) return 'over';
      if (!timingSafeEqual(row.code, hashOf(account, channel, code))) return 'wrong';
      const done = await pool`
        update notification_contact set confirmed = ${now}, code = null
        where account = ${account} and channel = ${channel} and code = ${row.code} returning 1`;
      return done.length > 0 ? 'confirmed' : 'over';
    },

    async remove(account, channel) {
      // The count of codes stays, so that removing and adding again is no way around it.
      await pool`
        update notification_contact set address = '', confirmed = null, code = null
        where account = ${account} and channel = ${channel}`;
    },

    async put(account, channel, address) {
      await pool`
        insert into notification_contact (account, channel, address, confirmed)
        values (${account}, ${channel}, ${address}, ${clock.now()}) on conflict do nothing`;
    },
  };
}

/** Six digits, each as likely. */
function newCode(): string {
  const bytes = new Uint8Array(8);
  systemRandom(bytes);
  return String(Buffer.from(bytes).readBigUInt64BE(0) % 1_000_000n).padStart(6, '0');
}
