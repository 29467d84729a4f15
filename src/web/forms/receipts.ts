/**
 * Forms that are sent twice are done once: by a double click, by a browser that sends again when the line comes back, from
 * the page before. The key comes with the page; it counts for one account and one form alone.
 */
import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { problem } from '../../platform/problem.ts';
import { asProblem } from '../../platform/sql-error.ts';

/** How long one try may hold the key: after that its process has died, and the next one does it. */
const claimMs = 60_000;
/** How long a second one waits for the first. */
const waitMs = 25_000;
const keptMs = 7 * 24 * 3_600_000;

export interface Sent {
  readonly account: string;
  /** The form's address. */
  readonly form: string;
  /** UUID. */
  readonly key: string;
  /** What was sent, in one way of writing. */
  readonly content: string;
}

export type Receipt =
  | { readonly state: 'done'; readonly result: string; readonly before: boolean }
  /** The same key came before with other content: the page before was changed and sent anew. */
  | { readonly state: 'different' };

export interface Receipts {
  /**
   * Does the work once for the key and answers where to go on to; for the same sent again, where the first went. When the
   * work throws or answers undefined nothing is kept, and the key may be used again. A process that dies between doing the
   * work and noting it leaves the work to be done again: give what it makes an id that is made from the key.
   */
  readonly once: (sent: Sent, work: () => Promise<string | undefined>) => Promise<Receipt | undefined>;
  readonly clear: () => Promise<void>;
}

export function openReceipts({
  database,
  clock,
  secret,
}: {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
  /** Keys the hash of what was sent: short answers could be found by trying. */
  readonly secret: Uint8Array;
}): Receipts {
  const { pool } = database;
  const hashed = (content: string) => createHmac('sha256', secret).update(content).digest();

  const claim = async ({ account, form, key }: Sent, content: Buffer): Promise<number | undefined> => {
    const now = clock.now();
    const rows = await pool`
      insert into form_receipt (account, form, key, content, claimed)
      values (${account}, ${form}, ${key}, ${content}, ${now})
      on conflict (account, form, key) do update set claimed = ${now}, content = excluded.content
      where form_receipt.result is null and form_receipt.claimed <= ${now - claimMs} returning key`;
    return rows.length > 0 ? now : undefined;
  };

  return {
    async once(sent, work) {
      const { account, form, key } = sent;
      const content = hashed(sent.content);
      const mine = pool`account = ${account} and form = ${form} and key = ${key}`;
      const until = performance.now() + waitMs;
      for (let wait = 20; ; wait = Math.min(wait * 1.5, 300)) {
        const claimed = await claim(sent, content).catch((error) => {
          throw asProblem(error);
        });
        if (claimed !== undefined) {
          let result: string | undefined;
          try {
            result = await work();
          } finally {
            // Whoever took over a claim that had lasted too long has one of its own.
            if (result === undefined)
              await pool`delete from form_receipt where ${mine} and result is null and claimed = ${claimed}`;
            else
              await pool`update form_receipt set result = ${result} where ${mine} and claimed = ${claimed}`;
          }
          return result === undefined ? undefined : { state: 'done', result, before: false };
        }
        const [row] = await pool<{ result: string | null; content: Buffer }[]>`
          select result, content from form_receipt where ${mine}`;
        if (row && !content.equals(row.content)) return { state: 'different' };
        if (row && row.result !== null) return { state: 'done', result: row.result, before: true };
        if (performance.now() > until)
          throw problem('timeout', 'What you sent is still being done. Wait a minute, then send it again.', {
            headers: { 'retry-after': '30' },
          });
        await pause(wait);
      }
    },
    clear: async () => {
      await pool`delete from form_receipt where claimed <= ${clock.now() - keptMs}`;
    },
  };
}
