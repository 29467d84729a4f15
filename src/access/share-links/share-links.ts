/** Links by which people share a part of their own record with whomever they choose, for a time, with a code told apart. */
import { createHmac, hash, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { problem } from '../../platform/problem.ts';
import type { PersonIdentity } from '../identity.ts';
import type { SecurityLog } from '../security-log.ts';

const hour = 3_600_000;
/** Hours that a link can last. */
const shareHours = { least: 1, most: 30 * 24 } as const;
/** Wrong codes after which a link opens no more, right or wrong. */
const mostMisses = 5;
/** Links that one account can have open at a time. */
const mostOpen = 20;
/** How long one entry of the code opens the pages, in one browser. */
const passMs = 30 * 60_000;
/** How long ended links stay in the owner's list. */
const keptMs = 90 * 24 * hour;
const openingsShown = 20;

export interface ShareLink {
  readonly id: string;
  /** Patient id, and name as it is shown. */
  readonly patient: string;
  readonly name: string;
  readonly sections: readonly string[];
  /** ms since 1970 UTC. */
  readonly made: number;
  readonly expires: number;
  readonly state: 'open' | 'expired' | 'withdrawn' | 'locked';
  readonly misses: number;
}

export interface OwnShareLink extends ShareLink {
  readonly openings: number;
  /** The latest, newest first; ms since 1970 UTC. */
  readonly opened: readonly number[];
}

/** Whoever shares: a person, of their own record. */
export type ShareOwner = PersonIdentity & { readonly patient: string };

export interface ShareAsk {
  /** UUID made with the form: the same form sent twice makes one link. */
  readonly form: string;
  /** The person's name, as it is shown to whoever opens the link. */
  readonly name: string;
  readonly sections: readonly string[];
  readonly hours: number;
}

export interface ShareLinks {
  /** Answers its id. Throws 409 for a form that was another's, or with too many links open. */
  make(owner: ShareOwner, ask: ShareAsk, requestId: string): Promise<string>;
  /** What opens it: answered once, to its owner; undefined afterwards. */
  reveal(
    owner: ShareOwner,
    id: string,
  ): Promise<{ readonly token: string; readonly code: string } | undefined>;
  /** The owner's, newest first. */
  listOf(owner: ShareOwner): Promise<readonly OwnShareLink[]>;
  /** Ends it at once. False where there is no such link of theirs. */
  withdraw(owner: ShareOwner, id: string, requestId: string): Promise<boolean>;
  /** The link that a token opens now; undefined where there is none, or it opens no more. */
  find(token: string): Promise<ShareLink | undefined>;
  /** Tries a code. `wrong`: how many tries are left. */
  enter(
    token: string,
    code: string,
    requestId: string,
  ): Promise<
    | { readonly state: 'open'; readonly link: ShareLink; readonly pass: string }
    | { readonly state: 'wrong'; readonly left: number }
    | { readonly state: 'gone' }
  >;
  /** Whether what a browser shows lets it see the link's pages. */
  passes(link: ShareLink, pass: string): boolean;
  clear(): Promise<void>;
}

export interface ShareLinkParts {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
  readonly securityLog: SecurityLog;
  /** Those of SECRETS_KEY, newest first. */
  readonly secrets: readonly Uint8Array[];
  /** Whether the account may still sign in, and this is still its own record. */
  readonly stands: (account: string, patient: string) => Promise<boolean>;
}

interface Row {
  id: string;
  account: string;
  patient: string;
  name: string;
  sections: string[];
  code_hash: Buffer;
  made: string;
  expires: string;
  withdrawn: string | null;
  misses: number;
}

/** Without 0, 1, I and O, which are read as each other. 32 signs, so that each is as likely. */
const signs = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const codeLength = 6;
const tokenPattern = /^[A-Za-z0-9_-]{22}$/;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer');
/** A code as it was typed: any case, with or without spaces and hyphens. */
const codeTyped = (text: string): string => text.toUpperCase().replaceAll(/[\s-]/g, '');

/** Whom the audit log names for what is done through a link. `Person`: whoever holds it is not known. */
export const shareActor = ({ id, name }: ShareLink) => ({
  id: `Person/share-link-${id}`,
  name: `Share link of ${name}`,
  role: 'share-link',
});

export function openShareLinks(parts: ShareLinkParts): ShareLinks {
  const { database, clock, securityLog, secrets, stands } = parts;
  const sql = database.pool;
  // A key of its own, so that what is made here opens nothing else.
  const keys = secrets.map((secret) =>
    Buffer.from(hkdfSync('sha256', secret, new Uint8Array(), 'throughline share links', 32)),
  );
  const madeFrom = (text: string): Buffer =>
    createHmac('sha256', keys[0] ?? Buffer.alloc(0))
      .update(text)
      .digest();
  // Made anew from the id, not kept: the table alone opens no link.
  const tokenOf = (id: string): string => madeFrom(`token ${id}`).subarray(0, 16).toString('base64url');
  const codeOf = (id: string): string =>
    [...madeFrom(`code ${id}`).subarray(0, codeLength)].map((byte) => signs[byte % signs.length]).join('');
  const hashOfCode = (token: string, code: string): Buffer => sha256(`${token}:${code}`);

  const linkOf = (row: Row): ShareLink => {
    const state =
      row.withdrawn !== null
        ? 'withdrawn'
        : row.misses >= mostMisses
          ? 'locked'
          : Number(row.expires) <= clock.now()
            ? 'expired'
            : 'open';
    const { id, patient, name, sections, misses } = row;
    return {
      id,
      patient,
      name,
      sections,
      misses,
      state,
      made: Number(row.made),
      expires: Number(row.expires),
    };
  };
  const rowOf = async (token: string): Promise<Row | undefined> => {
    if (!tokenPattern.test(token)) return undefined;
    const [row] = await sql<Row[]>`select * from share_link where token_hash = ${sha256(token)}`;
    if (!row || linkOf(row).state !== 'open') return undefined;
    return (await stands(row.account, row.patient)) ? row : undefined;
  };
  const logged = (
    kind: 'share-changed' | 'share-opened' | 'share-refused',
    who: { readonly id: string; readonly name: string; readonly role: string },
    patient: string,
    note: string,
    requestId: string,
  ) =>
    securityLog.record({
      ...{ kind, who, patient, note, requestId, via: 'page' },
      outcome: kind === 'share-refused' ? 'failure' : 'success',
    });
  const ownerOf = (owner: ShareOwner) => ({
    id: `Patient/${owner.patient}`,
    name: owner.name,
    role: 'patient',
  });
  const mine = ({ account, patient }: ShareOwner) => sql`account = ${account} and patient = ${patient}`;

  const passOf = (key: Buffer, { id }: ShareLink, until: number): string =>
    createHmac('sha256', key).update(`pass ${id} ${until}`).digest('base64url');

  return {
    async make(owner, { form, name, sections, hours }, requestId) {
      if (!uuid.test(form) || sections.length === 0 || hours < shareHours.least || hours > shareHours.most)
        throw problem('value', 'Choose what to share and for how long.');
      const now = clock.now();
      const token = tokenOf(form);
      const made = await sql`
        insert into share_link (id, account, patient, name, sections, token_hash, code_hash, made, expires)
        select ${form}, ${owner.account}, ${owner.patient}, ${name}, ${[...sections]}, ${sha256(token)},
          ${hashOfCode(token, codeOf(form))}, ${now}, ${now + hours * hour}
        where (select count(*) from share_link where ${mine(owner)} and withdrawn is null and expires > ${now}) < ${mostOpen}
        on conflict (id) do nothing returning id`;
      if (made.length > 0) {
        const note = `Made a link that shares a part of the record for ${hours} ${hours === 1 ? 'hour' : 'hours'}.`;
        await logged('share-changed', ownerOf(owner), owner.patient, note, requestId);
        return form;
      }
      const [known] = await sql`select id from share_link where id = ${form} and ${mine(owner)}`;
      if (known) return form;
      throw problem(
        'conflict',
        `You have ${mostOpen} links open, which is as many as there can be. Withdraw one that you no longer need, then make another.`,
        { status: 409 },
      );
    },

    async reveal(owner, id) {
      if (!uuid.test(id)) return undefined;
      const [row] = await sql<{ token_hash: Buffer }[]>`
        update share_link set told = true
        where id = ${id} and ${mine(owner)} and not told and withdrawn is null and expires > ${clock.now()}
        returning token_hash`;
      const token = tokenOf(id);
      // Made under another key than today's: it cannot be told any more.
      if (!row || !timingSafeEqual(row.token_hash, sha256(token))) return undefined;
      return { token, code: codeOf(id) };
    },

    async listOf(owner) {
      const rows = await sql<(Row & { openings: string; opened: string[] | null })[]>`
        select l.*, (select count(*) from share_link_opening o where o.link = l.id) as openings,
          (select array_agg(o.at) from (select at from share_link_opening where link = l.id
            order by at desc limit ${openingsShown}) o) as opened
        from share_link l where ${mine(owner)} order by made desc, id limit 100`;
      return rows.map((row) => ({
        ...linkOf(row),
        openings: Number(row.openings),
        opened: (row.opened ?? []).map(Number),
      }));
    },

    async withdraw(owner, id, requestId) {
      if (!uuid.test(id)) return false;
      const done = await sql`
        update share_link set withdrawn = ${clock.now()} where id = ${id} and ${mine(owner)} and withdrawn is null returning id`;
      if (done.length > 0) {
        const note = 'Withdrew a link that shared a part of the record.';
        await logged('share-changed', ownerOf(owner), owner.patient, note, requestId);
        return true;
      }
      const [known] = await sql`select id from share_link where id = ${id} and ${mine(owner)}`;
      return known !== undefined;
    },

    find: async (token) => {
      const row = await rowOf(token);
      return row && linkOf(row);
    },

    async enter(token, code, requestId) {
      const row = await rowOf(token);
      if (!row) return { state: 'gone' };
      const { id } = row;
      // Counted before it is looked at, so that tries at the same moment are counted too.
      const [tried] = await sql<{ misses: number }[]>`
        update share_link set misses = misses + 1 where id = ${id} and misses < ${mostMisses} returning misses`;
      if (!tried) return { state: 'gone' };
      const link = linkOf(row);
      if (!timingSafeEqual(row.code_hash, hashOfCode(token, codeTyped(code)))) {
        const left = mostMisses - tried.misses;
        const note = left === 0 ? 'A wrong code, once too often: the link has ended.' : 'A wrong code.';
        await logged('share-refused', shareActor(link), row.patient, note, requestId);
        return left === 0 ? { state: 'gone' } : { state: 'wrong', left };
      }
      const now = clock.now();
      await sql.begin(async (one) => {
        await one`update share_link set misses = misses - 1 where id = ${id}`;
        await one`insert into share_link_opening (link, at) values (${id}, ${now})`;
      });
      await logged('share-opened', shareActor(link), row.patient, 'Opened with its code.', requestId);
      const until = Math.min(now + passMs, link.expires);
      return { state: 'open', link, pass: `${until}.${passOf(keys[0] ?? Buffer.alloc(0), link, until)}` };
    },

    passes(link, pass) {
      const [end = '', given = ''] = pass.split('.');
      if (!/^\d{1,16}$/.test(end) || Number(end) <= clock.now()) return false;
      const found = Buffer.from(given);
      return keys.some((key) => {
        const wanted = Buffer.from(passOf(key, link, Number(end)));
        return wanted.length === found.length && timingSafeEqual(wanted, found);
      });
    },

    clear: async () => {
      await sql`delete from share_link where expires <= ${clock.now() - keptMs}`;
    },
  };
}
