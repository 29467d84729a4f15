import { hash } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { type Accounts, openAccounts } from '../../src/access/accounts/accounts.ts';
import type { PasswordWork } from '../../src/access/accounts/passwords.ts';
import { accountMigrations } from '../../src/access/accounts/schema.ts';
import type { SignedIn } from '../../src/access/accounts/sessions.ts';
import type { Visit } from '../../src/access/accounts/visit.ts';
import { openSecurityLog, type SecurityLog } from '../../src/access/security-log.ts';
import type { Clock } from '../../src/platform/clock.ts';
import type { Database } from '../../src/platform/database.ts';
import { uuidv7 } from '../../src/platform/ids.ts';
import { createLog } from '../../src/platform/log.ts';
import type { CareRecord } from '../../src/record/care-record.ts';
import { recordMigrations } from '../../src/record/schema.ts';
import type { Ending } from './ending.ts';
import { testRecord } from './record.ts';

export const testSecret = (word: string): Uint8Array => hash('sha256', word, 'buffer');
export const goodPassword = 'rowing under pale lanterns';
/** A hundredth of what the product asks for: a guess costs a millisecond. */
export const littleWork: PasswordWork = { logN: 9, r: 8, p: 1 };

export interface TestAccounts {
  readonly accounts: Accounts;
  /** The same database as another server process has it, with other secrets where given. */
  readonly another: (secrets?: readonly Uint8Array[]) => Accounts;
  readonly database: Database;
  readonly record: CareRecord;
  readonly securityLog: SecurityLog;
  readonly clock: Clock;
  /** Moves the clock on. */
  readonly pass: (ms: number) => void;
  /** The security events of the audit log so far, as `kind outcome`, oldest first. */
  readonly events: () => Promise<string[]>;
}

export async function testAccounts(
  t: Ending,
  {
    baseUrl = 'http://localhost:8080',
    start = Date.parse('2026-11-22T09:00:10Z'),
    usualWork = false,
  }: {
    baseUrl?: string;
    start?: number;
    /** Passwords cost what they cost in the product. */
    usualWork?: boolean;
  } = {},
): Promise<TestAccounts> {
  let now = start;
  const clock: Clock = { now: () => now };
  const migrations = [...recordMigrations, ...accountMigrations];
  const { database, record } = await testRecord(t, { clock, migrations });
  const open = (secrets: readonly Uint8Array[] = [testSecret('accounts')]) =>
    openAccounts({
      database,
      clock,
      baseUrl,
      newId: uuidv7(clock),
      log: createLog({ level: 'error' }),
      securityLog: openSecurityLog(database, clock),
      secrets,
      ...(usualWork ? {} : { passwordWork: littleWork }),
    });
  return {
    accounts: open(),
    another: open,
    database,
    record,
    securityLog: openSecurityLog(database, clock),
    clock,
    pass: (ms) => {
      now += ms;
    },
    events: async () => {
      const rows = await database.pool`select event, outcome from audit where event is not null order by seq`;
      return rows.map((row) => `${row['event']} ${Number(row['outcome']) < 400 ? 'success' : 'failure'}`);
    },
  };
}

/** A browser, as far as the accounts know one: it keeps cookies and has a network address. */
export class TestBrowser {
  readonly #cookies = new Map<string, string>();
  readonly address: string;

  constructor(address = '192.0.2.1') {
    this.address = address;
  }

  get visit(): Visit {
    return {
      requestId: 'request-1',
      address: this.address,
      userAgent: 'Firefox/140.0 (Windows)',
      cookie: this.cookie,
    };
  }

  get cookie(): string | undefined {
    const pairs = [...this.#cookies].map(([name, value]) => `${name}=${value}`);
    return pairs.length > 0 ? pairs.join('; ') : undefined;
  }

  /** Takes Set-Cookie headers as a browser does. */
  take(headers: readonly string[]): void {
    for (const header of headers) {
      const [pair = '', ...attributes] = header.split('; ');
      const [name = '', value = ''] = pair.split('=');
      if (attributes.includes('Max-Age=0')) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }

  signedIn({ setCookies }: SignedIn): void {
    this.take(setCookies);
  }

  value(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  put(name: string, value: string): void {
    this.#cookies.set(name, value);
  }
}

/** The code that an authenticator app shows at a time. */
export const codeAt = (base32: string, now: number): string =>
  TOTP.generate({ secret: Secret.fromBase32(base32), timestamp: now });

export interface Enrolled {
  readonly account: string;
  readonly login: string;
  /** Key of the authenticator app, base32. */
  readonly key: string;
  readonly recoveryCodes: readonly string[];
}

export const nursePost = {
  role: 'nurse',
  organisation: 'Organization/park-view',
  organisationKinds: ['general-practice'],
  parties: ['Organization/park-view', 'Practitioner/n1'],
};

/** A nurse with a password and an authenticator app; the browser that enrolled is signed in and known. */
export async function enrolledNurse(
  { accounts, clock }: TestAccounts,
  browser: TestBrowser,
  login = 'nurse@example.org',
): Promise<Enrolled> {
  const account = await accounts.createAccount({
    kind: 'staff',
    name: 'Nurse Oak',
    login,
    user: 'Practitioner/n1',
  });
  await accounts.addPost(account, nursePost);
  const { path } = await accounts.enrolment.link(account);
  const token = path.split('/').at(-1) ?? '';
  await accounts.enrolment.choosePassword(token, goodPassword);
  const key = (await accounts.enrolment.authenticatorKey(token))?.text ?? '';
  const done = await accounts.enrolment.confirmAuthenticator(token, codeAt(key, clock.now()), browser.visit);
  if (done.fault !== undefined) throw new Error(done.fault);
  browser.signedIn(done.signedIn);
  return { account, login, key, recoveryCodes: done.recoveryCodes ?? [] };
}
