/** People’s accounts: who may sign in, how, and who is signed in. */
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { NewId } from '../../platform/ids.ts';
import type { Log } from '../../platform/log.ts';
import type { SecurityLog } from '../security-log.ts';
import { openAttempts } from './attempts.ts';
import { cookiesFor } from './cookies.ts';
import { type Credentials, openCredentials } from './credentials.ts';
import { type Enrolment, openEnrolment } from './enrolment.ts';
import { openPasskeys } from './passkeys.ts';
import { openPasswords, type PasswordWork } from './passwords.ts';
import { openPeople, type People } from './people.ts';
import { openSealer } from './sealed.ts';
import { openSessions, type Sessions } from './sessions.ts';
import { openSignIn, type SignIn } from './sign-in.ts';
import { openSteps } from './steps.ts';
import { tellAndWarn, tellOf, type Warn } from './telling.ts';

export interface AccountsOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly securityLog: SecurityLog;
  /** At least 32 random bytes each. The first seals; the rest, former ones, only open. */
  readonly secrets: readonly Uint8Array[];
  /** Address that people reach the server by. Its host is the one that passkeys belong to; https makes cookies secure. */
  readonly baseUrl: string;
  /** What a guess at a password costs. Default: `usualWork`, which only tests may go below. */
  readonly passwordWork?: PasswordWork;
}

export interface Accounts extends People, Omit<Sessions, 'clear'> {
  readonly signIn: SignIn;
  readonly credentials: Credentials;
  readonly enrolment: Enrolment;
  /**
   * How a person is warned of what happened to their account, with what happened by name. A warning that fails stops
   * nobody from signing in.
   */
  whenWarned(warn: Warn): void;
  /** Drops what has ended: to be run each hour or so. Nothing depends on when. */
  readonly clear: () => Promise<void>;
}

export function openAccounts(options: AccountsOptions): Accounts {
  const { database, clock, newId, log, securityLog, secrets, baseUrl, passwordWork } = options;
  const cookies = cookiesFor(baseUrl);
  let warnThem: Warn | undefined;
  const warn: Warn = async (account, warning, about) =>
    warnThem?.(account, warning, about).catch((error: unknown) =>
      log.warn({ err: error }, 'someone was not warned of a change of their account'),
    );
  const tell = tellAndWarn(tellOf(securityLog), warn);
  const sealer = openSealer(secrets);
  const people = openPeople(database, clock, newId);
  const steps = openSteps(database, clock, cookies);
  const attempts = openAttempts(database, clock);
  const passkeys = openPasskeys(database, clock, baseUrl);
  const passwords = openPasswords(passwordWork);
  const sessions = openSessions({ database, clock, newId, cookies, people, steps, tell, warn });
  const shared = { database, clock, people, passkeys, passwords, sealer, sessions, steps, tell };
  const enrolment = openEnrolment(shared);
  return {
    ...people,
    ...sessions,
    signIn: openSignIn({ ...shared, cookies, attempts }),
    credentials: openCredentials(shared),
    enrolment,
    whenWarned(how) {
      warnThem = how;
    },
    async clear() {
      for (const room of [sessions, steps, attempts, enrolment]) await room.clear();
      log.debug('sessions, steps and counts that are over were dropped');
    },
  };
}
