/** Keeps requests that are not sent yet: sealed, for a month, for the account or the browser that wrote them. */
import { hkdfSync } from 'node:crypto';
import { openSealer } from '../../access/accounts/sealed.ts';
import { hashOf } from '../../access/accounts/secret-tokens.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { problem } from '../../platform/problem.ts';
import type { Draft, Stop } from './draft.ts';
import type { How } from './how.ts';

/** Whose: an account, a browser by the token in its cookie, or both (someone who signed in after they began). */
export interface Holder {
  readonly account?: string;
  readonly token?: string;
}

export interface Drafts {
  /** The holder's own, or undefined. What a browser began belongs to the account that signs in there. */
  readonly find: (holder: Holder, id: string) => Promise<Draft | undefined>;
  readonly put: (holder: Holder, draft: Draft) => Promise<void>;
  readonly list: (holder: Holder) => Promise<readonly Kept[]>;
  /** True: whoever asks is to send it. False: another page is sending it now. */
  readonly claim: (id: string) => Promise<boolean>;
  readonly remove: (id: string) => Promise<void>;
  readonly follow: (holder: Holder, request: string) => Promise<void>;
  readonly follows: (holder: Holder, request: string) => Promise<boolean>;
  readonly followed: (holder: Holder) => Promise<readonly string[]>;
  readonly recordStops: (draft: Draft, who: string) => Promise<void>;
  readonly remember: (account: string, person: string, how: How) => Promise<void>;
  readonly forgetHow: (account: string, person: string) => Promise<void>;
  readonly remembered: (account: string, person: string) => Promise<How | undefined>;
  readonly clear: () => Promise<void>;
}

export interface Kept {
  readonly draft: Draft;
  readonly updated: number;
  /** Sending has begun: it may be sent already. */
  readonly claimed: boolean;
}

interface Row {
  readonly id: string;
  readonly sealed: Uint8Array;
  readonly updated: string;
  readonly claimed: string | null;
}

const dayMs = 86_400_000;
const lasts = 30 * dayMs;
/** A process that was killed while it sent gives way to the next try. */
const claimLasts = 10_000;
const mostOfOne = 20;
/** Whoever signs in so soon after a request was begun in a browser is taken for its writer; later it may be somebody else. ms. */
const signInWithin = 3_600_000;
/** Of all who have not signed in, in an hour: a bound against floods. */
const mostUnsigned = 2000;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function openDrafts({
  database,
  clock,
  secrets,
}: {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
  readonly secrets: readonly Uint8Array[];
}): Drafts {
  const { pool } = database;
  // A key of its own, so that what seals accounts opens no request and the other way round.
  const sealer = openSealer(
    secrets.map((secret) =>
      Buffer.from(hkdfSync('sha256', secret, new Uint8Array(), 'throughline get help', 32)),
    ),
  );
  const sealed = (value: unknown, context: string) =>
    sealer.seal(Buffer.from(JSON.stringify(value)), context);
  const opened = <T>(bytes: Uint8Array, context: string): T =>
    JSON.parse(sealer.open(bytes, context).toString('utf8')) as T; // what `sealed` wrote
  const ofHolder = ({ account, token }: Holder) => ({
    account: account ?? null,
    token: token === undefined ? null : hashOf(token),
  });
  const keptOf = ({ id, sealed: bytes, updated, claimed }: Row): Kept => ({
    draft: opened<Draft>(bytes, `draft ${id}`),
    ...{ updated: Number(updated), claimed: claimed !== null },
  });

  return {
    async find(holder, id) {
      if (!uuid.test(id)) return undefined;
      const { account, token } = ofHolder(holder);
      const [row] = await pool<(Row & { account: string | null })[]>`
        select id, sealed, updated, claimed, account from help_draft
        where id = ${id} and (account = ${account} or (account is null and token = ${token}
          and (${account}::text is null or updated > ${clock.now() - signInWithin})))`;
      if (!row) return undefined;
      if (row.account === null && account !== null)
        await pool`update help_draft set account = ${account} where id = ${id} and account is null`;
      return keptOf(row).draft;
    },
    async put(holder, draft) {
      const { account, token } = ofHolder(holder);
      if (account === null && token === null)
        throw problem(
          'business-rule',
          'This browser keeps no cookies, so what you type cannot be kept. Allow cookies, or sign in.',
        );
      const now = clock.now();
      const [row] = await pool`
        insert into help_draft (id, account, token, form, sealed, created, updated)
        values (${draft.id}, ${account}, ${account === null ? token : null}, ${draft.form},
          ${sealed(draft, `draft ${draft.id}`)}, ${now}, ${now})
        on conflict (id) do update set sealed = excluded.sealed, updated = excluded.updated, form = excluded.form,
          account = coalesce(help_draft.account, excluded.account)
        where help_draft.account = excluded.account or help_draft.token = ${token}
        returning created = ${now} as made`;
      if (!row) throw problem('not-found', 'There is no such request. It may have been sent already.');
      if (row['made'] !== true) return;
      const [open] = await pool`select
        count(*) filter (where account = ${account} or token = ${token})::int as own,
        count(*) filter (where account is null and created > ${now - 3_600_000})::int as unsigned from help_draft`;
      if (
        Number(open?.['own']) <= mostOfOne &&
        (account !== null || Number(open?.['unsigned']) <= mostUnsigned)
      )
        return;
      await pool`delete from help_draft where id = ${draft.id}`;
      throw problem(
        'throttled',
        'Too many requests were begun and not sent. Send or remove one first, or call the practice.',
        {
          headers: { 'retry-after': '3600' },
        },
      );
    },
    async list(holder) {
      const { account, token } = ofHolder(holder);
      const rows = await pool<Row[]>`select id, sealed, updated, claimed from help_draft
        where account = ${account} or (account is null and token = ${token}
          and (${account}::text is null or updated > ${clock.now() - signInWithin}))
        order by updated desc limit ${mostOfOne}`;
      return rows.map(keptOf);
    },
    async claim(id) {
      const now = clock.now();
      const rows = await pool`update help_draft set claimed = ${now}
        where id = ${id} and (claimed is null or claimed < ${now - claimLasts} or claimed > ${now}) returning id`;
      return rows.length > 0;
    },
    async remove(id) {
      await pool`delete from help_draft where id = ${id}`;
    },
    async follow(holder, request) {
      const { account, token } = ofHolder(holder);
      await pool`insert into help_follow (request, account, token, created)
        values (${request}, ${account}, ${account === null ? token : null}, ${clock.now()}) on conflict do nothing`;
    },
    async follows(holder, request) {
      const { account, token } = ofHolder(holder);
      const rows = await pool`select 1 from help_follow
        where request = ${request} and (account = ${account} or token = ${token})`;
      return rows.length > 0;
    },
    async followed(holder) {
      const { account, token } = ofHolder(holder);
      const rows = await pool<{ request: string }[]>`select request from help_follow
        where account = ${account} or token = ${token} order by created desc limit 20`;
      return rows.map(({ request }) => request);
    },
    async recordStops(draft, who) {
      for (const { rule, advice, at, answer, answered } of draft.stops as readonly Stop[]) {
        const more =
          draft.person === undefined
            ? sealed({ who, said: draft.said, answers: draft.answers }, `stop ${draft.id} ${rule}`)
            : null;
        await pool`insert into help_stop (draft, rule, advice, at, way, answer, answered, sealed)
          values (${draft.id}, ${rule}, ${advice}, ${at}, ${draft.cameBy}, ${answer ?? null}, ${answered ?? null}, ${more})
          on conflict (draft, rule) do update set answer = excluded.answer, answered = excluded.answered,
            sealed = coalesce(excluded.sealed, help_stop.sealed)`;
      }
    },
    async remember(account, person, how) {
      const bytes = sealed(how, `how ${account} ${person}`);
      await pool`insert into help_remembered (account, person, sealed, updated)
        values (${account}, ${person}, ${bytes}, ${clock.now()})
        on conflict (account, person) do update set sealed = excluded.sealed, updated = excluded.updated`;
    },
    async forgetHow(account, person) {
      await pool`delete from help_remembered where account = ${account} and person = ${person}`;
    },
    async remembered(account, person) {
      const [row] = await pool<{ sealed: Uint8Array }[]>`select sealed from help_remembered
        where account = ${account} and person = ${person}`;
      return row && opened<How>(row.sealed, `how ${account} ${person}`);
    },
    async clear() {
      const now = clock.now();
      await pool`delete from help_draft where updated < ${now - lasts}`;
      await pool`update help_stop set sealed = null where at < ${now - lasts} and sealed is not null`;
    },
  };
}
