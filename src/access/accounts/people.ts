/** The accounts themselves: who there is, what posts they hold, as whom the record knows them. */
import type { Clock } from '../../platform/clock.ts';
import { type Database, inTransaction } from '../../platform/database.ts';
import type { NewId } from '../../platform/ids.ts';
import { problem } from '../../platform/problem.ts';
import { codeOf } from '../../platform/sql-error.ts';
import type { Identity, PersonIdentity, Post } from '../identity.ts';

export type Proofing = PersonIdentity['proofing'];

export interface Account {
  readonly id: string;
  readonly kind: Identity['kind'];
  readonly name: string;
  /** What they type to sign in with a password: an email address, lower case. */
  readonly login?: string;
  /** Patient id, once linked. */
  readonly patient?: string;
  readonly proofing: Proofing;
  /** Staff: `Practitioner/…`. */
  readonly user?: string;
  readonly disabled: boolean;
}

export interface NewAccount {
  readonly kind: Identity['kind'];
  readonly name: string;
  readonly login?: string;
  /** Staff: as whom the record knows them, `Practitioner/…`. Default: `Practitioner/` and the account's id. */
  readonly user?: string;
}

export interface HeldPost extends Post {
  readonly id: string;
  /** ms since 1970 UTC; from `starts` up to and without `ends`. */
  readonly starts: number;
  readonly ends?: number;
}

export interface StaffAsked {
  /** Those after the account with this id. */
  readonly after?: string | undefined;
  /** Default: by name. */
  readonly by?: 'name' | 'login';
  readonly descending?: boolean;
  /** Part of their name or email address. */
  readonly containing?: string;
  /** Only those whose account is stopped, or is not. */
  readonly stopped?: boolean | undefined;
}

export interface People {
  /** Answers the account's id. Throws a Problem (409) when the login name is taken. */
  readonly createAccount: (account: NewAccount) => Promise<string>;
  readonly findAccount: (id: string) => Promise<Account | undefined>;
  readonly findAccountByLogin: (login: string) => Promise<Account | undefined>;
  readonly findAccountByPatient: (patientId: string) => Promise<Account | undefined>;
  /** The account of someone whom an outside provider of identity knows by this subject. */
  readonly findAccountByOutside: (issuer: string, subject: string) => Promise<Account | undefined>;
  /** Throws a Problem (409) when the subject is another account's. */
  readonly addOutside: (account: string, issuer: string, subject: string) => Promise<void>;
  /** At most 200, in order. */
  readonly listStaff: (asked?: StaffAsked) => Promise<readonly Account[]>;
  /** As they are called now. */
  readonly rename: (account: string, name: string) => Promise<void>;
  /** Throws a Problem (409) when the Patient is linked to another account. Never lowers the proofing of the same link. */
  readonly linkPatient: (account: string, patientId: string, proofing: Proofing) => Promise<void>;
  /** What a person's identity is proved to, without a link. */
  readonly setProofing: (account: string, proofing: Proofing) => Promise<void>;
  /** Answers the post's id: of the same open post that is held already, where one is. */
  readonly addPost: (
    account: string,
    post: Post & { readonly starts?: number; readonly ends?: number },
  ) => Promise<string>;
  /** Ends it now, and the sessions held in it. */
  readonly endPost: (postId: string) => Promise<void>;
  /** Posts held now. */
  readonly postsOf: (account: string) => Promise<readonly HeldPost[]>;
  /** Signs them out everywhere and lets them in no more. */
  readonly disable: (account: string) => Promise<void>;
  readonly enable: (account: string) => Promise<void>;
}

/** One form for what people type. */
export const loginOf = (typed: string): string => typed.trim().normalize('NFKC').toLowerCase();

export interface AccountRow {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly login: string | null;
  readonly patient: string | null;
  readonly proofing: string;
  readonly practitioner: string | null;
  readonly disabled: string | null;
}

export const accountOf = (row: AccountRow): Account => ({
  id: row.id,
  // The table's own checks hold both to these words.
  kind: row.kind as Account['kind'],
  proofing: row.proofing as Proofing,
  name: row.name,
  disabled: row.disabled !== null,
  ...(row.login === null ? {} : { login: row.login }),
  ...(row.patient === null ? {} : { patient: row.patient }),
  ...(row.practitioner === null ? {} : { user: row.practitioner }),
});

/** Rows of a page of `listStaff`. */
export const pageOfStaff = 200;

const isTaken = (error: unknown): boolean => codeOf(error) === '23505';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function openPeople(database: Database, clock: Clock, newId: NewId): People {
  const { pool } = database;
  const one = (rows: readonly AccountRow[]): Account | undefined => rows[0] && accountOf(rows[0]);
  return {
    async createAccount({ kind, name, login, user }) {
      const id = newId();
      const practitioner = kind === 'staff' ? (user ?? `Practitioner/${id}`) : null;
      try {
        await pool`insert into account (id, kind, name, login, practitioner, created)
          values (${id}, ${kind}, ${name}, ${login === undefined ? null : loginOf(login)}, ${practitioner}, ${clock.now()})`;
      } catch (error) {
        if (isTaken(error)) throw problem('duplicate', 'Another account signs in with this email address.');
        throw error;
      }
      return id;
    },
    findAccount: async (id) =>
      uuid.test(id) ? one(await pool<AccountRow[]>`select * from account where id = ${id}`) : undefined,
    findAccountByLogin: async (login) =>
      one(await pool<AccountRow[]>`select * from account where login = ${loginOf(login)}`),
    findAccountByPatient: async (patient) =>
      one(await pool<AccountRow[]>`select * from account where patient = ${patient}`),
    findAccountByOutside: async (issuer, subject) =>
      one(
        await pool<AccountRow[]>`select a.* from account_outside o join account a on a.id = o.account
          where o.issuer = ${issuer} and o.subject = ${subject}`,
      ),
    async addOutside(account, issuer, subject) {
      const [row] = await pool`insert into account_outside (issuer, subject, account, created)
        values (${issuer}, ${subject}, ${account}, ${clock.now()})
        on conflict (issuer, subject) do update set issuer = excluded.issuer returning account`;
      if (row?.['account'] !== account)
        throw problem('duplicate', 'This outside sign-in belongs to another account.');
    },
    async listStaff({ after, by = 'name', descending = false, containing = '', stopped } = {}) {
      const from = after !== undefined && uuid.test(after) ? after : undefined;
      const key = by === 'name' ? pool`lower(name)` : pool`coalesce(login, '')`;
      const beyond = descending ? pool`<` : pool`>`;
      const order = descending ? pool`desc` : pool`asc`;
      const part = `%${containing.replaceAll(/[\\%_]/g, '\\$&')}%`;
      const rows = await pool<AccountRow[]>`select * from account where kind = 'staff'
        ${from === undefined ? pool`` : pool`and (${key}, id) ${beyond} (select ${key}, id from account where id = ${from}::uuid)`}
        ${containing === '' ? pool`` : pool`and (name ilike ${part} or login ilike ${part})`}
        ${stopped === undefined ? pool`` : pool`and (disabled is not null) = ${stopped}`}
        order by ${key} ${order}, id ${order} limit ${pageOfStaff}`;
      return rows.map(accountOf);
    },
    async rename(account, name) {
      await pool`update account set name = ${name} where id = ${account}`;
    },
    async linkPatient(account, patientId, proofing) {
      try {
        const rows = await pool`update account set patient = ${patientId},
          proofing = case when patient = ${patientId} then greatest(proofing, ${proofing}) else ${proofing} end
          where id = ${account} and kind = 'person' returning id`;
        if (rows.length === 0) throw problem('not-found', 'There is no account of a person with this id.');
      } catch (error) {
        if (isTaken(error)) throw problem('duplicate', 'This record is linked to another account already.');
        throw error;
      }
    },
    async setProofing(account, proofing) {
      await pool`update account set proofing = ${proofing} where id = ${account}`;
    },
    addPost: (account, post) =>
      inTransaction(database, async (sql) => {
        const { role, organisation, starts, ends } = post;
        // One at a time for each account, so that a form sent twice gives one post.
        const [held] =
          await sql`select p.id from account a left join account_post p on p.account = a.id and p.role = ${role}
          and p.organisation = ${organisation} and p.starts <= ${clock.now()} and p.ends is null
          where a.id = ${account} for update of a`;
        if (held?.['id'] && starts === undefined && ends === undefined) return held['id'] as string; // a uuid column
        const id = newId();
        const rows = await sql`
        insert into account_post (id, account, role, organisation, kinds, parties, starts, ends)
        select ${id}, id, ${role}, ${organisation}, ${[...post.organisationKinds]}, ${[...post.parties]},
          ${starts ?? clock.now()}, ${ends ?? null}
        from account where id = ${account} and kind = 'staff' returning id`;
        if (rows.length === 0)
          throw problem('not-found', 'There is no account of a member of staff with this id.');
        return id;
      }),
    endPost: (postId) =>
      inTransaction(database, async (sql) => {
        await sql`update account_post set ends = ${clock.now()}
          where id = ${postId} and (ends is null or ends > ${clock.now()})`;
        await sql`delete from account_session where post = ${postId}`;
      }),
    async postsOf(account) {
      const now = clock.now();
      const rows = await pool<PostRow[]>`select * from account_post
        where account = ${account} and starts <= ${now} and (ends is null or ends > ${now}) order by starts, id`;
      return rows.map(postOf);
    },
    disable: (account) =>
      inTransaction(database, async (sql) => {
        await sql`update account set disabled = coalesce(disabled, ${clock.now()}) where id = ${account}`;
        await sql`delete from account_session where account = ${account}`;
        await sql`delete from account_step where account = ${account}`;
        await sql`delete from account_enrolment where account = ${account} and used is null`;
      }),
    async enable(account) {
      await pool`update account set disabled = null where id = ${account}`;
    },
  };
}

interface PostRow {
  readonly id: string;
  readonly role: string;
  readonly organisation: string;
  readonly kinds: string[];
  readonly parties: string[];
  readonly starts: string;
  readonly ends: string | null;
}

const postOf = (row: PostRow): HeldPost => ({
  id: row.id,
  role: row.role,
  organisation: row.organisation,
  organisationKinds: row.kinds,
  parties: row.parties,
  starts: Number(row.starts),
  ...(row.ends === null ? {} : { ends: Number(row.ends) }),
});
