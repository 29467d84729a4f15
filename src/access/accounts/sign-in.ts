/** The ways in that we check ourselves: a passkey; or a password, then a code of the authenticator app or a recovery code. */
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { type Attempts, type Bucket, networkOf } from './attempts.ts';
import { stepOfCode } from './authenticator.ts';
import type { Cookies } from './cookies.ts';
import type { Passkeys } from './passkeys.ts';
import type { Passwords } from './passwords.ts';
import { loginOf, type People } from './people.ts';
import { useRecoveryCode } from './recovery-codes.ts';
import type { Sealer } from './sealed.ts';
import { hashOf } from './secret-tokens.ts';
import type { Sessions, SignedIn } from './sessions.ts';
import type { Steps } from './steps.ts';
import type { Tell } from './telling.ts';
import type { Visit } from './visit.ts';

export type SignInAnswer =
  | { readonly state: 'in'; readonly signedIn: SignedIn }
  /** The password was right: ask for the code. */
  | { readonly state: 'code'; readonly setCookies: readonly string[] }
  | { readonly state: 'wrong' }
  /** Too many failures: nothing was tried. */
  | { readonly state: 'wait'; readonly seconds: number }
  /** What was begun is over, or was never begun in this browser. */
  | { readonly state: 'over' };

export interface SignIn {
  readonly password: (
    visit: Visit,
    typed: { readonly login: string; readonly password: string },
    returnTo: string,
  ) => Promise<SignInAnswer>;
  /** Is a code awaited in this browser? */
  readonly awaitsCode: (visit: Visit) => Promise<boolean>;
  readonly code: (visit: Visit, typed: string) => Promise<SignInAnswer>;
  readonly recoveryCode: (visit: Visit, typed: string) => Promise<SignInAnswer>;
  /** A question for a passkey. The cookie binds it to this browser. */
  readonly passkeyOptions: (
    returnTo: string,
  ) => Promise<{ options: PublicKeyCredentialRequestOptionsJSON; setCookie: string }>;
  readonly passkey: (visit: Visit, answer: unknown) => Promise<SignInAnswer>;
}

export interface SignInNeeds {
  readonly database: Database;
  readonly clock: Clock;
  readonly cookies: Cookies;
  readonly attempts: Attempts;
  readonly people: People;
  readonly passkeys: Passkeys;
  readonly passwords: Passwords;
  readonly sealer: Sealer;
  readonly sessions: Pick<Sessions, 'startSession'>;
  readonly steps: Steps;
  readonly tell: Tell;
}

interface KnownRow {
  readonly account: string | null;
  readonly secret: Buffer | null;
  readonly usable: boolean;
  readonly known: boolean;
}

const noAccount = '00000000-0000-0000-0000-000000000000';

const seconds = (ms: number): number => Math.ceil(ms / 1000);

export function openSignIn(needs: SignInNeeds): SignIn {
  const { database, clock, cookies, attempts, people, passkeys, passwords, sealer, sessions, steps, tell } =
    needs;
  const { pool } = database;

  const deviceOf = (visit: Visit): Buffer => hashOf(cookies.read(visit.cookie, 'device') ?? '');

  /** What a failure counts against. Kinds are apart, so that a right password takes back no wrong code. */
  const bucketsOf = (kind: 'password' | 'code', whose: string, known: boolean, visit: Visit): Bucket[] =>
    known
      ? [{ rule: 'device', of: `${kind} ${whose} ${deviceOf(visit).toString('hex')}` }]
      : [
          { rule: 'address', of: `${kind} ${networkOf(visit.address)}` },
          { rule: 'name', of: `${kind} ${whose}` },
        ];

  const failed = async (account: string | undefined, visit: Visit, what: string, wait: number) => {
    // Asked of the database in every case, so that the time tells nothing.
    const found = await people.findAccount(account ?? noAccount);
    const note = wait > 0 ? `${what}. Further tries wait ${seconds(wait)} seconds` : what;
    await tell('sign-in-failed', found, 'failure', visit, note);
    return { state: 'wrong' } as const;
  };

  /** The second step, by either kind of code. */
  const secondStep = async (
    visit: Visit,
    method: 'password' | 'recovery-code',
    isRight: (account: string) => Promise<boolean>,
  ): Promise<SignInAnswer> => {
    const open = await steps.find(visit.cookie, 'code');
    if (!open?.account) return { state: 'over' };
    const { account } = open;
    const [device] =
      await pool`select 1 from account_device where hash = ${deviceOf(visit)} and account = ${account}`;
    const buckets = bucketsOf('code', account, device !== undefined, visit);
    const taken = await attempts.take(buckets);
    if (!taken.allowed) return { state: 'wait', seconds: seconds(taken.wait) };
    if (!(await steps.tryOnce(visit.cookie, 'code'))) return { state: 'over' };
    if (!(await isRight(account)))
      return failed(
        account,
        visit,
        method === 'password'
          ? 'Wrong code after the right password'
          : 'Wrong recovery code after the right password',
        taken.wait,
      );
    if (!(await steps.take(visit.cookie, 'code'))) return { state: 'over' };
    await attempts.forgive(buckets);
    return {
      state: 'in',
      signedIn: await sessions.startSession(account, method, visit, { returnTo: open.returnTo }),
    };
  };

  return {
    async password(visit, typed, returnTo) {
      const login = loginOf(typed.login).slice(0, 320);
      // One row whether there is such an account or not, and the same work below.
      const [row] = await pool<KnownRow[]>`
        select a.id as account, p.secret, a.disabled is null and t.account is not null as usable, d.hash is not null as known
        from (select ${login}::text as login) asked
        left join account a on a.login = asked.login
        left join account_password p on p.account = a.id
        left join account_authenticator t on t.account = a.id
        left join account_device d on d.account = a.id and d.hash = ${deviceOf(visit)}`;
      const account = row?.account ?? undefined;
      const buckets = bucketsOf('password', login, row?.known ?? false, visit);
      const taken = await attempts.take(buckets);
      if (!taken.allowed) return { state: 'wait', seconds: seconds(taken.wait) };
      const isRight = await passwords.matches(typed.password, row?.secret ?? undefined);
      if (!isRight || account === undefined || !row?.usable)
        return failed(
          account,
          visit,
          account === undefined ? 'Unknown email address' : 'Wrong password',
          taken.wait,
        );
      await attempts.forgive(buckets);
      return { state: 'code', setCookies: [await steps.begin('code', { account, returnTo })] };
    },
    awaitsCode: async (visit) => (await steps.find(visit.cookie, 'code')) !== undefined,
    code: (visit, typed) =>
      secondStep(visit, 'password', async (account) => {
        const [row] = await pool<{ sealed: Buffer }[]>`
          select sealed from account_authenticator where account = ${account}`;
        if (!row) return false;
        const step = stepOfCode(sealer.open(row.sealed, account), typed, clock.now());
        if (step === undefined) return false;
        // Sealed anew where a former key sealed it, so that one goes out of use; never over an app that was set up meanwhile.
        const taken = await pool`
          update account_authenticator set last_step = ${step}, sealed = ${sealer.renew(row.sealed, account)}
          where account = ${account} and last_step < ${step} and sealed = ${row.sealed} returning account`;
        return taken.length > 0;
      }),
    recoveryCode: (visit, typed) =>
      secondStep(visit, 'recovery-code', (account) => useRecoveryCode(database, clock, account, typed)),
    async passkeyOptions(returnTo) {
      const options = await passkeys.signInOptions();
      const setCookie = await steps.begin('passkey-sign-in', { challenge: options.challenge, returnTo });
      return { options, setCookie };
    },
    async passkey(visit, answer) {
      // A passkey cannot be guessed, so nothing is counted, and no stranger can keep its owner out.
      const open = await steps.take(visit.cookie, 'passkey-sign-in');
      if (!open?.challenge) return { state: 'over' };
      const found = await passkeys.verifySignIn(answer, open.challenge);
      if (found.fault !== undefined) return failed(found.account, visit, found.fault, 0);
      const account = await people.findAccount(found.account);
      if (!account || account.disabled) return failed(found.account, visit, 'The account is disabled', 0);
      const signedIn = await sessions.startSession(account.id, 'passkey', visit, { returnTo: open.returnTo });
      return { state: 'in', signedIn };
    },
  };
}
