/**
 * What was typed into a form whose session had ended. It is kept for one hour, sealed, and shown again only to the account
 * that the form had been shown to, in the browser that sent it: whoever signs in next at a shared computer never sees it.
 */
import type { Sealer } from '../../access/accounts/sealed.ts';
import { hashOf, newToken } from '../../access/accounts/secret-tokens.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { type FormBody, formBody } from '../form-fields.ts';

const hour = 3_600_000;
/** A page left open over a long shift may still be sent. */
const longestOpen = 24 * hour;
const longestBody = 100_000;
const mostOfOne = 20;

export interface KeptForms {
  /** The hidden field by which a page knows whom it was shown to. */
  readonly shownTo: (account: string, form: string) => string;
  /** Whom a page was shown to, by its hidden field; undefined where we did not write it, or too long ago. */
  readonly readShownTo: (field: string, form: string) => string | undefined;
  /** Keeps what was typed. Answers the Set-Cookie header; undefined where it is too large to keep. */
  readonly keep: (
    browser: string | undefined,
    account: string,
    form: string,
    body: FormBody,
  ) => Promise<string | undefined>;
  /** What was kept of this form for this account in this browser. */
  readonly find: (
    browser: string | undefined,
    account: string,
    form: string,
  ) => Promise<FormBody | undefined>;
  readonly forget: (browser: string | undefined, account: string, form: string) => Promise<void>;
  readonly clear: () => Promise<void>;
}

/** Our own tokens and nothing else. */
const token = /^[A-Za-z0-9_-]{43}$/;

export function openKeptForms({
  database,
  clock,
  sealer,
  https,
}: {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
  readonly sealer: Sealer;
  readonly https: boolean;
}): KeptForms {
  const { pool } = database;
  const cookie = https ? '__Host-kept' : 'kept';
  const tokenIn = (header: string | undefined): string | undefined => {
    for (const pair of header?.split(';') ?? []) {
      const equals = pair.indexOf('=');
      const value = pair.slice(equals + 1).trim();
      if (equals > 0 && pair.slice(0, equals).trim() === cookie && token.test(value)) return value;
    }
    return undefined;
  };
  const context = (secret: string, account: string, form: string) =>
    JSON.stringify(['kept form', secret, account, form]);
  /** The text that was sealed; undefined where it was not by us, for this. */
  const opened = (sealed: Uint8Array, about: string): string | undefined => {
    try {
      return sealer.open(sealed, about).toString('utf8');
    } catch {
      return undefined;
    }
  };

  return {
    shownTo: (account, form) =>
      sealer
        .seal(Buffer.from(JSON.stringify([account, clock.now()])), `form shown ${form}`)
        .toString('base64url'),
    readShownTo(field, form) {
      if (field === '' || field.length > 500) return undefined;
      const text = opened(Buffer.from(field, 'base64url'), `form shown ${form}`);
      if (text === undefined) return undefined;
      const [account, at] = JSON.parse(text) as [string, number]; // written by `shownTo` alone
      return clock.now() - at <= longestOpen ? account : undefined;
    },
    async keep(header, account, form, body) {
      const text = JSON.stringify(body);
      if (text.length > longestBody) return undefined;
      const now = clock.now();
      const given = tokenIn(header);
      // A value that we never gave out counts for nothing.
      const ours =
        given !== undefined &&
        (await pool`select 1 from kept_form where browser = ${hashOf(given)} limit 1`).length > 0;
      const secret = given !== undefined && ours ? given : newToken();
      const sealed = sealer.seal(Buffer.from(text), context(secret, account, form));
      await pool`insert into kept_form (browser, form, account, sealed, expires)
        values (${hashOf(secret)}, ${form}, ${account}, ${sealed}, ${now + hour})
        on conflict (browser, form) do update
        set account = excluded.account, sealed = excluded.sealed, expires = excluded.expires`;
      await pool`delete from kept_form where account = ${account} and (browser, form) in (
        select browser, form from kept_form where account = ${account} order by expires desc offset ${mostOfOne})`;
      return `${cookie}=${secret}; Path=/; HttpOnly; SameSite=Lax${https ? '; Secure' : ''}; Max-Age=${hour / 1000}`;
    },
    async find(header, account, form) {
      const secret = tokenIn(header);
      if (secret === undefined) return undefined;
      const [row] = await pool<{ sealed: Buffer }[]>`select sealed from kept_form
        where browser = ${hashOf(secret)} and form = ${form} and account = ${account} and expires > ${clock.now()}`;
      const text = row && opened(row.sealed, context(secret, account, form));
      return text === undefined ? undefined : formBody(JSON.parse(text));
    },
    async forget(header, account, form) {
      const secret = tokenIn(header);
      if (secret !== undefined)
        await pool`delete from kept_form
          where browser = ${hashOf(secret)} and form = ${form} and account = ${account}`;
    },
    clear: async () => {
      await pool`delete from kept_form where expires <= ${clock.now()}`;
    },
  };
}
