/**
 * What someone has begun and not finished: a challenge to a passkey, a password that still needs its code, a choice of
 * post. It belongs to one browser (a cookie), to one purpose, ends after some minutes, and a finished one cannot be used again.
 */
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { SignInMethod } from '../identity.ts';
import type { Cookies } from './cookies.ts';
import { hashOf, newToken } from './secret-tokens.ts';

export type StepPurpose = 'passkey-sign-in' | 'passkey-new' | 'code' | 'post' | 'authenticator';

export interface Step {
  readonly account?: string;
  readonly challenge?: string;
  readonly sealed?: Buffer;
  readonly method?: SignInMethod;
  /** A local path. */
  readonly returnTo: string;
}

export interface Steps {
  /** Answers the Set-Cookie header by which the browser holds it. */
  readonly begin: (purpose: StepPurpose, step: Step) => Promise<string>;
  readonly find: (cookie: string | undefined, purpose: StepPurpose) => Promise<Step | undefined>;
  /** Finds it and ends it, once: of two requests at the same moment one gets it. */
  readonly take: (cookie: string | undefined, purpose: StepPurpose) => Promise<Step | undefined>;
  /** Counts a try; false when there were too many, and the step is ended. */
  readonly tryOnce: (cookie: string | undefined, purpose: StepPurpose) => Promise<boolean>;
  readonly clear: () => Promise<void>;
}

const lasts = 600_000;
const mostTries = 5;

interface StepRow {
  readonly account: string | null;
  readonly challenge: string | null;
  readonly sealed: Buffer | null;
  readonly method: string | null;
  readonly return_to: string;
}

const stepOf = (row: StepRow | undefined): Step | undefined =>
  row && {
    returnTo: row.return_to,
    ...(row.account === null ? {} : { account: row.account }),
    ...(row.challenge === null ? {} : { challenge: row.challenge }),
    ...(row.sealed === null ? {} : { sealed: row.sealed }),
    ...(row.method === null ? {} : { method: row.method as SignInMethod }), // written by `begin` alone
  };

export function openSteps({ pool }: Database, clock: Clock, cookies: Cookies): Steps {
  const keyOf = (cookie: string | undefined): Buffer | undefined => {
    const token = cookies.read(cookie, 'step');
    return token === undefined ? undefined : hashOf(token);
  };
  return {
    async begin(purpose, { account, challenge, sealed, method, returnTo }) {
      const token = newToken();
      await pool`insert into account_step (hash, purpose, account, challenge, sealed, method, return_to, expires)
        values (${hashOf(token)}, ${purpose}, ${account ?? null}, ${challenge ?? null}, ${sealed ?? null},
          ${method ?? null}, ${returnTo}, ${clock.now() + lasts})`;
      return cookies.set('step', token, lasts / 1000);
    },
    async find(cookie, purpose) {
      const key = keyOf(cookie);
      if (!key) return undefined;
      const [row] = await pool<StepRow[]>`select * from account_step
        where hash = ${key} and purpose = ${purpose} and expires > ${clock.now()}`;
      return stepOf(row);
    },
    async take(cookie, purpose) {
      const key = keyOf(cookie);
      if (!key) return undefined;
      const [row] = await pool<StepRow[]>`delete from account_step
        where hash = ${key} and purpose = ${purpose} and expires > ${clock.now()} returning *`;
      return stepOf(row);
    },
    async tryOnce(cookie, purpose) {
      const key = keyOf(cookie);
      if (!key) return false;
      const [row] = await pool<{ tries: number }[]>`update account_step set tries = tries + 1
        where hash = ${key} and purpose = ${purpose} and expires > ${clock.now()} returning tries`;
      if (!row) return false;
      if (row.tries <= mostTries) return true;
      await pool`delete from account_step where hash = ${key}`;
      return false;
    },
    async clear() {
      await pool`delete from account_step where expires <= ${clock.now()}`;
    },
  };
}
