/**
 * Sessions: a random token in a cookie, its hash here. It ends when idle, when its day is over, when the post it is held
 * in ends, and when someone ends it; a token that has been replaced is refused from that moment.
 */
import type { Clock } from '../../platform/clock.ts';
import { type Database, inTransaction, type Transaction } from '../../platform/database.ts';
import type { NewId } from '../../platform/ids.ts';
import { Problem, problem } from '../../platform/problem.ts';
import type { Identity, SignInMethod } from '../identity.ts';
import type { Cookies } from './cookies.ts';
import { deviceName } from './device-name.ts';
import type { Account, HeldPost, People } from './people.ts';
import { hashOf, newToken } from './secret-tokens.ts';
import { identityOfRow, isLive, longestIdle, type SessionRow, wholeSession } from './session-identity.ts';
import type { Steps } from './steps.ts';
import { postOf, type Tell, type Warn } from './telling.ts';
import type { Visit } from './visit.ts';

const minute = 60_000;

/** A device is forgotten when it has not signed in for so long; the longest that browsers keep a cookie (RFC 6265bis §5.5). */
const deviceSeconds = 400 * 86_400;

export interface SignedIn {
  /** Set-Cookie headers of the answer. */
  readonly setCookies: readonly string[];
  /** Where to go on: a local path. */
  readonly location: string;
}

export interface SessionOptions {
  /** A local path to go on to. Default: the start page. */
  readonly returnTo?: string;
  /** Staff: the post to work in. Default: the only one; with several, they are asked. */
  readonly post?: string;
  /** When they showed who they are, where another provider says it was before now; ms since 1970 UTC. */
  readonly authenticatedAt?: number;
}

export interface LiveSession {
  readonly id: string;
  readonly device: string;
  readonly deviceName: string;
  readonly method: SignInMethod;
  readonly started: number;
  readonly touched: number;
}

export interface Device {
  readonly id: string;
  readonly name: string;
  readonly firstUsed: number;
  readonly lastUsed: number;
}

export interface Sessions {
  /**
   * Whose session the cookie holds. One indexed query; where there is no cookie, none. `unseen`: asked by a page that keeps
   * itself up to date, not by a person, so an idle session stays idle.
   */
  readonly identityOf: (
    cookieHeader: string | undefined,
    options?: { readonly unseen?: boolean },
  ) => Promise<Identity | undefined>;
  /**
   * Throws a Problem (401, `isFreshSignInNeeded`) when they last showed who they are longer ago than that: for acts that a
   * person who finds an open session must not be able to do.
   */
  readonly requireFresh: (identity: Identity, minutes: number) => void;
  /**
   * Signs an account in on this browser, in place of whatever session it held: a token given before counts for nothing.
   * A member of staff with several posts is sent to choose first. Throws a Problem (403) when the account is
   * disabled, or staff without a post.
   */
  readonly startSession: (
    account: string,
    method: SignInMethod,
    visit: Visit,
    options?: SessionOptions,
  ) => Promise<SignedIn>;
  /** The choice of post that was begun by `startSession`; undefined when none is open in this browser. */
  readonly choosePost: (visit: Visit, post: string) => Promise<SignedIn | undefined>;
  /** Whose choice of post is open in this browser. */
  readonly choosing: (visit: Visit) => Promise<string | undefined>;
  /** Works in another post from now on, under a new token. */
  readonly switchPost: (identity: Identity, post: string, visit: Visit) => Promise<SignedIn>;
  /** A new token for the same session. Answers the Set-Cookie header. */
  readonly rotate: (identity: Identity) => Promise<string>;
  /** Ends the session of this browser, if it has one. Answers the Set-Cookie headers. */
  readonly signOut: (visit: Visit) => Promise<readonly string[]>;
  readonly sessionsOf: (account: string) => Promise<readonly LiveSession[]>;
  readonly devicesOf: (account: string) => Promise<readonly Device[]>;
  /** Ends one session of the account; false when it has no such session. */
  readonly endSession: (identity: Identity, session: string, visit: Visit) => Promise<boolean>;
  /** Ends all sessions of the account; `except` keeps one. Answers how many. */
  readonly endAll: (account: string, visit: Visit, except?: string) => Promise<number>;
  /** Ends its sessions and takes its standing as a known device. */
  readonly forgetDevice: (identity: Identity, device: string, visit: Visit) => Promise<boolean>;
  /** Drops what has ended, and devices not used for long. */
  readonly clear: () => Promise<void>;
}

const freshness = 'session.authenticatedAt';

/** True for what `requireFresh` throws: pages turn it into signing in again and coming back. */
export const isFreshSignInNeeded = (error: unknown): boolean =>
  error instanceof Problem && error.status === 401 && error.faults[0]?.where === freshness;

export interface SessionNeeds {
  readonly database: Database;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly cookies: Cookies;
  readonly people: People;
  readonly steps: Steps;
  readonly tell: Tell;
  readonly warn: Warn;
}

export function openSessions(needs: SessionNeeds): Sessions {
  const { database, clock, newId, cookies, people, steps, tell, warn } = needs;
  const { pool, lane } = database;

  const identityOf: Sessions['identityOf'] = async (cookieHeader, { unseen = false } = {}) => {
    const token = cookies.read(cookieHeader, 'session');
    if (token === undefined) return undefined;
    const key = hashOf(token);
    const [row] = await lane<SessionRow[]>`
      select s.id, s.account, s.method, s.authenticated, s.touched, s.ends,
        a.kind, a.name, a.patient, a.proofing, a.practitioner, a.disabled,
        p.role, p.organisation, p.kinds, p.parties, p.starts as post_starts, p.ends as post_ends
      from account_session s join account a on a.id = s.account left join account_post p on p.id = s.post
      where s.hash = ${key}`;
    if (!row) return undefined;
    const now = clock.now();
    const identity = identityOfRow(row, now);
    if (identity && !unseen && now - Number(row.touched) >= minute)
      await lane`update account_session set touched = ${now} where hash = ${key} and touched < ${now}`;
    return identity;
  };

  /** Ends the session that the browser holds now. */
  const endPresented = async (sql: Transaction | typeof pool, visit: Visit): Promise<void> => {
    const token = cookies.read(visit.cookie, 'session');
    if (token !== undefined) await sql`delete from account_session where hash = ${hashOf(token)}`;
  };

  /** Knows the browser again, or makes it known. */
  const knownDevice = async (sql: Transaction, account: string, visit: Visit) => {
    const given = cookies.read(visit.cookie, 'device');
    // A value that we never gave out counts for nothing: nobody else may choose it.
    const ours =
      given !== undefined &&
      (await sql`select 1 from account_device where hash = ${hashOf(given)} limit 1`).length;
    const token = given !== undefined && ours ? given : newToken();
    const [row] = await sql<{ id: string; other: boolean }[]>`
      insert into account_device (hash, account, id, name, first_used, last_used)
      values (${hashOf(token)}, ${account}, ${newId()}, ${deviceName(visit.userAgent)}, ${clock.now()}, ${clock.now()})
      on conflict (hash, account) do update set name = excluded.name, last_used = excluded.last_used
      returning id, xmax = 0 and exists (select 1 from account_device where account = ${account}) as other`;
    return { id: row!.id, token, isAnother: row!.other };
  };

  const begin = async (
    account: Account,
    method: SignInMethod,
    visit: Visit,
    post: HeldPost | null,
    returnTo: string,
    authenticatedAt?: number,
  ): Promise<SignedIn> => {
    const now = clock.now();
    const authenticated = Math.min(authenticatedAt ?? now, now);
    const token = newToken();
    const device = await inTransaction(database, async (sql) => {
      await endPresented(sql, visit);
      const known = await knownDevice(sql, account.id, visit);
      await sql`insert into account_session (hash, id, account, post, device, method, started, authenticated, touched, ends)
        values (${hashOf(token)}, ${newId()}, ${account.id}, ${post?.id ?? null}, ${known.id}, ${method}, ${now}, ${authenticated}, ${now},
          ${now + wholeSession[account.kind]})`;
      return known;
    });
    await tell(
      'sign-in',
      account,
      'success',
      visit,
      `Signed in by ${methodWords[method]}`,
      post ?? undefined,
    );
    // Whoever tries a demonstration becomes someone else at each click.
    if (device.isAnother && method !== 'demonstration') await warn(account, 'new-device', device.id);
    return {
      setCookies: [
        cookies.set('session', token),
        cookies.set('device', device.token, deviceSeconds),
        cookies.clear('step'),
      ],
      location: returnTo,
    };
  };

  const allowed = async (id: string): Promise<Account> => {
    const account = await people.findAccount(id);
    if (!account || account.disabled)
      throw problem(
        'forbidden',
        'This account cannot be used. Ask the people who manage access where you work.',
      );
    return account;
  };

  /** The post that a session of the account is held in: null for a person, undefined where it must be chosen. */
  const postFor = async (
    account: Account,
    wanted: string | undefined,
    visit: Visit,
  ): Promise<HeldPost | null | undefined> => {
    if (account.kind === 'person') return null;
    const posts = await people.postsOf(account.id);
    if (posts.length === 0)
      throw problem(
        'forbidden',
        'You hold no post now, so there is nothing to sign in to. Ask the people who manage access where you work.',
      );
    if (wanted !== undefined) {
      const held = posts.find(({ id }) => id === wanted);
      if (held) return held;
      throw problem('forbidden', 'You do not hold this post now.');
    }
    if (posts.length === 1) return posts[0];
    // Who shows again who they are goes on in the post they work in.
    const token = cookies.read(visit.cookie, 'session');
    if (token === undefined) return undefined;
    const [row] = await pool<{ post: string | null }[]>`
      select post from account_session where hash = ${hashOf(token)} and account = ${account.id}`;
    return posts.find(({ id }) => id === row?.post);
  };

  const startSession: Sessions['startSession'] = async (id, method, visit, options = {}) => {
    const account = await allowed(id);
    const returnTo = options.returnTo ?? '/';
    const post = await postFor(account, options.post, visit);
    if (post !== undefined) return begin(account, method, visit, post, returnTo, options.authenticatedAt);
    const cookie = await steps.begin('post', { account: id, method, returnTo });
    return { setCookies: [cookie], location: '/sign-in/post' };
  };

  const replaceToken = async (session: string, post?: string): Promise<string> => {
    const token = newToken();
    const rows =
      await pool`update account_session set hash = ${hashOf(token)}, post = coalesce(${post ?? null}::uuid, post)
      where id = ${session} returning id`;
    if (rows.length === 0) throw problem('login', 'Your session has ended. Sign in again.');
    return cookies.set('session', token);
  };

  return {
    identityOf,
    startSession,
    requireFresh(identity, minutes) {
      if (clock.now() - identity.authenticatedAt <= minutes * minute) return;
      throw problem('login', 'Show again who you are to do this: sign in, and you come back here.', {
        where: freshness,
      });
    },
    async choosePost(visit, post) {
      const open = await steps.find(visit.cookie, 'post');
      if (!open?.account || !open.method) return undefined;
      const account = await allowed(open.account);
      const held = await postFor(account, post, visit);
      const taken = await steps.take(visit.cookie, 'post');
      return taken && held !== undefined
        ? begin(account, open.method, visit, held, open.returnTo)
        : undefined;
    },
    choosing: async (visit) => (await steps.find(visit.cookie, 'post'))?.account,
    async switchPost(identity, post, visit) {
      const account = await allowed(identity.account);
      const held = await postFor(account, post, visit);
      const cookie = await replaceToken(identity.session, held?.id);
      await tell('account-changed', account, 'success', visit, 'Changed to another post', held ?? undefined);
      return { setCookies: [cookie], location: '/' };
    },
    rotate: (identity) => replaceToken(identity.session),
    async signOut(visit) {
      const identity = await identityOf(visit.cookie);
      await endPresented(pool, visit);
      const account = identity && (await people.findAccount(identity.account));
      if (account) await tell('sign-out', account, 'success', visit, 'Signed out', postOf(identity));
      return [cookies.clear('session'), cookies.clear('step')];
    },
    async sessionsOf(account) {
      const rows = await pool<
        {
          id: string;
          device: string;
          name: string | null;
          method: string;
          started: string;
          touched: string;
          kind: string;
          role: string | null;
          ends: string;
        }[]
      >`select s.id, s.device, d.name, s.method, s.started, s.touched, s.ends, a.kind, p.role
        from account_session s join account a on a.id = s.account left join account_device d on d.id = s.device
        left join account_post p on p.id = s.post
        where s.account = ${account} order by s.touched desc`;
      const now = clock.now();
      return rows
        .filter((row) => isLive(row, now))
        .map((row) => ({
          id: row.id,
          device: row.device,
          deviceName: row.name ?? 'A browser',
          method: row.method as SignInMethod,
          started: Number(row.started),
          touched: Number(row.touched),
        }));
    },
    async devicesOf(account) {
      const rows = await pool<{ id: string; name: string; first_used: string; last_used: string }[]>`
        select id, name, first_used, last_used from account_device where account = ${account} order by last_used desc limit 50`;
      return rows.map((row) => ({
        id: row.id,
        name: row.name,
        firstUsed: Number(row.first_used),
        lastUsed: Number(row.last_used),
      }));
    },
    async endSession(identity, session, visit) {
      const rows = await pool`delete from account_session
        where id::text = ${session} and account = ${identity.account} returning id`;
      if (rows.length === 0) return false;
      const account = await people.findAccount(identity.account);
      await tell('session-ended', account, 'success', visit, 'Ended one session', postOf(identity));
      return true;
    },
    async endAll(id, visit, except) {
      const rows = await pool`delete from account_session
        where account = ${id} and id::text is distinct from ${except ?? null}::text returning id`;
      const account = await people.findAccount(id);
      await tell(
        'session-ended',
        account,
        'success',
        visit,
        except === undefined ? 'Signed out everywhere' : 'Signed out everywhere else',
      );
      return rows.length;
    },
    async forgetDevice(identity, device, visit) {
      const rows = await inTransaction(database, async (sql) => {
        const gone = await sql`delete from account_device
          where id::text = ${device} and account = ${identity.account} returning id`;
        await sql`delete from account_session where device::text = ${device} and account = ${identity.account}`;
        return gone;
      });
      if (rows.length === 0) return false;
      const account = await people.findAccount(identity.account);
      await tell('session-ended', account, 'success', visit, 'Forgot a device', postOf(identity));
      return true;
    },
    async clear() {
      const now = clock.now();
      await pool`delete from account_session where ends <= ${now} or touched <= ${now - longestIdle}`;
      await pool`delete from account_device where last_used <= ${now - deviceSeconds * 1000}`;
    },
  };
}

const methodWords: Readonly<Record<SignInMethod, string>> = {
  passkey: 'passkey',
  password: 'password and code',
  'recovery-code': 'password and recovery code',
  'nhs-login': 'NHS login',
  'care-identity': 'Care Identity',
  demonstration: 'choosing a person of the demonstration',
};
