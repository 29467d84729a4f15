/** The ways in that an account has, changed by someone who is signed in and has just shown who they are. */
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';
import type { Clock } from '../../platform/clock.ts';
import { type Database, inTransaction } from '../../platform/database.ts';
import { problem } from '../../platform/problem.ts';
import type { Identity } from '../identity.ts';
import {
  type AuthenticatorKey,
  authenticatorKey,
  newAuthenticatorSecret,
  stepOfCode,
} from './authenticator.ts';
import { deviceName } from './device-name.ts';
import type { Passkey, Passkeys } from './passkeys.ts';
import { type Passwords, passwordFault } from './passwords.ts';
import type { Account, People } from './people.ts';
import { recoveryCodesLeft, replaceRecoveryCodes } from './recovery-codes.ts';
import type { Sealer } from './sealed.ts';
import type { Sessions } from './sessions.ts';
import type { Steps } from './steps.ts';
import { postOf, type Tell } from './telling.ts';
import type { Visit } from './visit.ts';

/** For how many minutes after signing in the ways in may be changed. */
export const freshMinutes = 10;

export interface Ways {
  readonly passkeys: readonly Passkey[];
  readonly hasPassword: boolean;
  readonly hasAuthenticator: boolean;
  readonly recoveryCodesLeft: number;
  /** Signs in through another provider of identity. */
  readonly outside: boolean;
}

export type Changed =
  | { readonly fault: string }
  | { readonly fault?: never; readonly setCookies: readonly string[] };
export type Codes =
  | { readonly fault: string }
  | { readonly fault?: never; readonly codes: readonly string[]; readonly setCookies: readonly string[] };

/** All but `ways` call `requireFresh` first. Faults are words for the person, to be shown beside what they typed. */
export interface Credentials {
  readonly ways: (account: string) => Promise<Ways>;
  /** Sets or changes it; ends all other sessions, and gives this one a new token. */
  readonly setPassword: (identity: Identity, password: string, visit: Visit) => Promise<Changed>;
  readonly beginAuthenticator: (identity: Identity) => Promise<string>;
  /** The key of the authenticator app that is being set up in this browser. */
  readonly authenticatorKey: (identity: Identity, visit: Visit) => Promise<AuthenticatorKey | undefined>;
  /** Takes the place of a former one once its first code is right. Answers new recovery codes, shown once. */
  readonly confirmAuthenticator: (identity: Identity, code: string, visit: Visit) => Promise<Codes>;
  readonly newRecoveryCodes: (identity: Identity, visit: Visit) => Promise<readonly string[]>;
  readonly passkeyOptions: (
    identity: Identity,
  ) => Promise<{ options: PublicKeyCredentialCreationOptionsJSON; setCookie: string }>;
  readonly addPasskey: (identity: Identity, answer: unknown, visit: Visit) => Promise<Changed>;
  /** Refuses the last way in. */
  readonly removePasskey: (identity: Identity, passkey: string, visit: Visit) => Promise<Changed>;
}

export interface CredentialNeeds {
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

export function openCredentials(needs: CredentialNeeds): Credentials {
  const { database, clock, people, passkeys, passwords, sealer, sessions, steps, tell } = needs;
  const { pool } = database;

  const fresh = async (identity: Identity): Promise<Account> => {
    sessions.requireFresh(identity, freshMinutes);
    const account = await people.findAccount(identity.account);
    if (!account || account.disabled) throw problem('login', 'Your session has ended. Sign in again.');
    return account;
  };
  /** After a way in has changed: who else holds the account is out, and tokens seen before are worth nothing. */
  const securely = async (identity: Identity, account: Account, visit: Visit, note: string) => {
    await tell('account-changed', account, 'success', visit, note, postOf(identity));
    await sessions.endAll(account.id, visit, identity.session);
    return [await sessions.rotate(identity)];
  };

  const ways = async (account: string): Promise<Ways> => {
    const [row] = await pool<{ password: boolean; authenticator: boolean; outside: boolean }[]>`select
      exists (select from account_password where account = ${account}) as password,
      exists (select from account_authenticator where account = ${account}) as authenticator,
      exists (select from account_outside where account = ${account}) as outside`;
    return {
      passkeys: await passkeys.list(account),
      hasPassword: row?.password ?? false,
      hasAuthenticator: row?.authenticator ?? false,
      recoveryCodesLeft: await recoveryCodesLeft(database, account),
      outside: row?.outside ?? false,
    };
  };

  /** The secret that is being set up in this browser by this account. */
  const secretOf = async (account: string, visit: Visit): Promise<Buffer | undefined> => {
    const open = await steps.find(visit.cookie, 'authenticator');
    return open?.account === account && open.sealed ? sealer.open(open.sealed, account) : undefined;
  };

  return {
    ways,
    async setPassword(identity, password, visit) {
      const account = await fresh(identity);
      const fault =
        account.login === undefined
          ? 'This account has no email address to sign in with. Ask the people who manage access'
          : passwordFault(password, [account.login, account.name]);
      if (fault !== undefined) return { fault };
      const secret = await passwords.hash(password);
      await pool`insert into account_password (account, secret, changed) values (${account.id}, ${secret}, ${clock.now()})
        on conflict (account) do update set secret = excluded.secret, changed = excluded.changed`;
      return { setCookies: await securely(identity, account, visit, 'Changed the password') };
    },
    async beginAuthenticator(identity) {
      const account = await fresh(identity);
      const sealed = sealer.seal(newAuthenticatorSecret(), account.id);
      return steps.begin('authenticator', { account: account.id, sealed, returnTo: '/account' });
    },
    async authenticatorKey(identity, visit) {
      const account = await fresh(identity);
      const secret = await secretOf(account.id, visit);
      return secret && authenticatorKey(secret, account.login ?? account.name);
    },
    async confirmAuthenticator(identity, code, visit) {
      const account = await fresh(identity);
      const secret = await secretOf(account.id, visit);
      if (!secret) return { fault: 'This took too long. Start again' };
      const step = stepOfCode(secret, code, clock.now());
      if (step === undefined) return { fault: wrongFirstCode };
      if (!(await steps.take(visit.cookie, 'authenticator')))
        return { fault: 'This took too long. Start again' };
      const codes = await inTransaction(database, async (sql) => {
        await sql`insert into account_authenticator (account, sealed, last_step, created)
          values (${account.id}, ${sealer.seal(secret, account.id)}, ${step}, ${clock.now()})
          on conflict (account) do update set sealed = excluded.sealed, last_step = excluded.last_step, created = excluded.created`;
        return replaceRecoveryCodes(sql, account.id);
      });
      return { codes, setCookies: await securely(identity, account, visit, 'Set up an authenticator app') };
    },
    async newRecoveryCodes(identity, visit) {
      const account = await fresh(identity);
      const codes = await inTransaction(database, (sql) => replaceRecoveryCodes(sql, account.id));
      await tell('account-changed', account, 'success', visit, 'Made new recovery codes', postOf(identity));
      return codes;
    },
    async passkeyOptions(identity) {
      const account = await fresh(identity);
      const options = await passkeys.newOptions(account);
      const step = { account: account.id, challenge: options.challenge, returnTo: '/account' };
      return { options, setCookie: await steps.begin('passkey-new', step) };
    },
    async addPasskey(identity, answer, visit) {
      const account = await fresh(identity);
      const open = await steps.take(visit.cookie, 'passkey-new');
      if (open?.account !== account.id || !open.challenge)
        return { fault: 'This took too long. Start again' };
      const passkey = await passkeys.verifyNew(answer, open.challenge);
      const isAdded =
        passkey &&
        (await inTransaction(database, (sql) =>
          passkeys.add(sql, account.id, passkey, deviceName(visit.userAgent)),
        ));
      if (!isAdded) return { fault: unusablePasskey };
      await tell('account-changed', account, 'success', visit, 'Added a passkey', postOf(identity));
      return { setCookies: [await sessions.rotate(identity)] };
    },
    async removePasskey(identity, passkey, visit) {
      const account = await fresh(identity);
      const now = await ways(account.id);
      const others = now.passkeys.filter(({ id }) => id !== passkey);
      if (others.length === 0 && !(now.hasPassword && now.hasAuthenticator) && !now.outside)
        return { fault: 'This is your only way to sign in. Add another before you remove it' };
      if (!(await passkeys.remove(account.id, passkey)))
        return { fault: 'This passkey has been removed already' };
      return { setCookies: await securely(identity, account, visit, 'Removed a passkey') };
    },
  };
}

export const wrongFirstCode =
  'Enter the 6-digit code that the app shows now. Check that the time on your phone is right';
export const unusablePasskey = 'This passkey could not be added. Try again, or use another device';
