/**
 * Enrolment: a link, made by whoever manages access and handed over in person or by a way they trust, with which someone
 * sets up their first way in. It works once and for some days; what it sets up counts from the moment that it is complete.
 */
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';
import type { Clock } from '../../platform/clock.ts';
import { type Database, inTransaction, type Transaction } from '../../platform/database.ts';
import { problem } from '../../platform/problem.ts';
import {
  type AuthenticatorKey,
  authenticatorKey,
  newAuthenticatorSecret,
  stepOfCode,
} from './authenticator.ts';
import { unusablePasskey, wrongFirstCode } from './credentials.ts';
import { deviceName } from './device-name.ts';
import type { Passkeys } from './passkeys.ts';
import { type Passwords, passwordFault } from './passwords.ts';
import type { Account, People } from './people.ts';
import { replaceRecoveryCodes } from './recovery-codes.ts';
import type { Sealer } from './sealed.ts';
import { hashOf, newToken } from './secret-tokens.ts';
import type { Sessions, SignedIn } from './sessions.ts';
import type { Steps } from './steps.ts';
import type { Tell } from './telling.ts';
import type { Visit } from './visit.ts';

const hour = 3_600_000;
const lastsHours = 72;

export interface EnrolmentLink {
  /** `/enrol/…`: a secret until it is used. */
  readonly path: string;
  /** ms since 1970 UTC. */
  readonly expires: number;
}

export interface Enrolling {
  readonly account: Account;
  /** A password has been chosen by this link, and the authenticator app is next. */
  readonly hasPassword: boolean;
}

export type Enrolled =
  | { readonly fault: string }
  | { readonly fault?: never; readonly signedIn: SignedIn; readonly recoveryCodes?: readonly string[] };

export interface Enrolment {
  /** Makes the account's link; former ones stop working. Default: 72 hours. */
  readonly link: (account: string, hours?: number) => Promise<EnrolmentLink>;
  /** Undefined when the link was used, is over, or never was. */
  readonly find: (token: string) => Promise<Enrolling | undefined>;
  /** Answers why not, in words for the person. */
  readonly choosePassword: (token: string, password: string) => Promise<string | undefined>;
  readonly authenticatorKey: (token: string) => Promise<AuthenticatorKey | undefined>;
  /** Completes it with password and authenticator app; all other sessions of the account end. */
  readonly confirmAuthenticator: (token: string, code: string, visit: Visit) => Promise<Enrolled>;
  readonly passkeyOptions: (
    token: string,
  ) => Promise<{ options: PublicKeyCredentialCreationOptionsJSON; setCookie: string } | undefined>;
  /** Completes it with a passkey. */
  readonly addPasskey: (token: string, answer: unknown, visit: Visit) => Promise<Enrolled>;
  readonly clear: () => Promise<void>;
}

export interface EnrolmentNeeds {
  readonly database: Database;
  readonly clock: Clock;
  readonly people: People;
  readonly passkeys: Passkeys;
  readonly passwords: Passwords;
  readonly sealer: Sealer;
  readonly sessions: Sessions;
  readonly steps: Steps;
  readonly tell: Tell;
}

interface EnrolmentRow {
  readonly account: string;
  readonly secret: Buffer | null;
  readonly sealed: Buffer | null;
}

export function openEnrolment(needs: EnrolmentNeeds): Enrolment {
  const { database, clock, people, passkeys, passwords, sealer, sessions, steps, tell } = needs;
  const { pool } = database;

  const rowOf = async (token: string): Promise<EnrolmentRow | undefined> => {
    const [row] = await pool<EnrolmentRow[]>`select account, secret, sealed from account_enrolment
      where hash = ${hashOf(token)} and used is null and expires > ${clock.now()}`;
    return row;
  };
  const found = async (token: string): Promise<{ row: EnrolmentRow; account: Account } | undefined> => {
    const row = await rowOf(token);
    const account = row && (await people.findAccount(row.account));
    return row && account && !account.disabled ? { row, account } : undefined;
  };
  /** Ends the link, and all sessions of the account: what they were signed in by may be why a new link was asked for. */
  const use = async (sql: Transaction, token: string, account: string): Promise<void> => {
    const rows = await sql`update account_enrolment set used = ${clock.now()}, secret = null, sealed = null
      where hash = ${hashOf(token)} and used is null and expires > ${clock.now()} returning account`;
    if (rows.length === 0) throw usedUp();
    await sql`delete from account_session where account = ${account}`;
  };
  const usedUp = () =>
    problem(
      'not-found',
      'This link has been used or is too old. Ask for a new one from the people who manage access.',
    );

  return {
    async link(account, hours = lastsHours) {
      const holder = await people.findAccount(account);
      if (!holder || holder.disabled)
        throw problem('not-found', 'There is no account with this id that can be used.');
      const token = newToken();
      const now = clock.now();
      const expires = now + hours * hour;
      await inTransaction(database, async (sql) => {
        await sql`delete from account_enrolment where account = ${account} and used is null`;
        await sql`insert into account_enrolment (hash, account, created, expires)
          values (${hashOf(token)}, ${account}, ${now}, ${expires})`;
      });
      return { path: `/enrol/${token}`, expires };
    },
    async find(token) {
      const open = await found(token);
      return open && { account: open.account, hasPassword: open.row.secret !== null };
    },
    async choosePassword(token, password) {
      const open = await found(token);
      if (!open) throw usedUp();
      const { account } = open;
      if (account.login === undefined)
        return 'This account has no email address to sign in with. Use a passkey, or ask the people who manage access';
      const fault = passwordFault(password, [account.login, account.name]);
      if (fault !== undefined) return fault;
      const secret = await passwords.hash(password);
      const sealed = sealer.seal(newAuthenticatorSecret(), account.id);
      await pool`update account_enrolment set secret = ${secret}, sealed = coalesce(sealed, ${sealed})
        where hash = ${hashOf(token)} and used is null`;
      return undefined;
    },
    async authenticatorKey(token) {
      const open = await found(token);
      if (!open?.row.secret || !open.row.sealed) return undefined;
      const { account, row } = open;
      return authenticatorKey(sealer.open(row.sealed!, account.id), account.login ?? account.name);
    },
    async confirmAuthenticator(token, code, visit) {
      const open = await found(token);
      if (!open?.row.secret || !open.row.sealed) throw usedUp();
      const { account, row } = open;
      const secret = sealer.open(row.sealed!, account.id);
      const step = stepOfCode(secret, code, clock.now());
      if (step === undefined) return { fault: wrongFirstCode };
      const now = clock.now();
      const recoveryCodes = await inTransaction(database, async (sql) => {
        await use(sql, token, account.id);
        await sql`insert into account_password (account, secret, changed) values (${account.id}, ${row.secret}, ${now})
          on conflict (account) do update set secret = excluded.secret, changed = excluded.changed`;
        await sql`insert into account_authenticator (account, sealed, last_step, created)
          values (${account.id}, ${sealer.seal(secret, account.id)}, ${step}, ${now})
          on conflict (account) do update set sealed = excluded.sealed, last_step = excluded.last_step, created = excluded.created`;
        return replaceRecoveryCodes(sql, account.id);
      });
      await tell(
        'account-changed',
        account,
        'success',
        visit,
        'Set up a password and an authenticator app by a link',
      );
      const signedIn = await sessions.startSession(account.id, 'password', visit, { returnTo: '/account' });
      return { signedIn, recoveryCodes };
    },
    async passkeyOptions(token) {
      const open = await found(token);
      if (!open) return undefined;
      const options = await passkeys.newOptions(open.account);
      const step = { account: open.account.id, challenge: options.challenge, returnTo: '/account' };
      return { options, setCookie: await steps.begin('passkey-new', step) };
    },
    async addPasskey(token, answer, visit) {
      const open = await found(token);
      if (!open) throw usedUp();
      const { account } = open;
      const step = await steps.take(visit.cookie, 'passkey-new');
      if (step?.account !== account.id || !step.challenge)
        return { fault: 'This took too long. Start again' };
      const passkey = await passkeys.verifyNew(answer, step.challenge);
      if (!passkey) return { fault: unusablePasskey };
      const isAdded = await inTransaction(database, async (sql) => {
        const fits = await passkeys.add(sql, account.id, passkey, deviceName(visit.userAgent));
        if (fits) await use(sql, token, account.id);
        return fits;
      });
      if (!isAdded) return { fault: unusablePasskey };
      await tell('account-changed', account, 'success', visit, 'Set up a passkey by a link');
      return {
        signedIn: await sessions.startSession(account.id, 'passkey', visit, { returnTo: '/account' }),
      };
    },
    async clear() {
      await pool`delete from account_enrolment where expires <= ${clock.now() - 30 * 24 * hour}`;
    },
  };
}
