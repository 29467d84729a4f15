import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { type Database, inTransaction } from '../../platform/database.ts';
import type { NewId } from '../../platform/ids.ts';
import { hashOf } from '../accounts/secret-tokens.ts';
import { newAccountId, newLinkageKey, parseLinkageKey } from './linkage-key.ts';

/** Days that a linkage key can be used. */
export const linkageDays = 28;
/** Wrong details that a key bears before it is of no more use. */
export const triesOfKey = 5;
/** Wrong details that an account may give within a day. */
export const triesOfAccount = 5;
const day = 86_400_000;

/** What the practice prints. The key is shown this once. */
export interface IssuedLinkage {
  readonly accountId: string;
  readonly key: string;
  readonly odsCode: string;
  /** ms since 1970 UTC */
  readonly expires: number;
}

export interface LinkageDetails {
  readonly accountId: string;
  /** As `parseLinkageKey` gives it. */
  readonly key: string;
  readonly odsCode: string;
}

export interface LinkageKeys {
  /** Makes a key for a Patient; those issued before are of no more use. */
  readonly issue: (patient: string, odsCode: string, issuedBy: string) => Promise<IssuedLinkage>;
  /**
   * Counts a try of an account before anything is compared, so that many at once are no way round. Answers how many are
   * left after it; undefined: there was none left.
   */
  readonly countTry: (account: string) => Promise<number | undefined>;
  /** They were right: forgets the tries. */
  readonly forgiveTries: (account: string) => Promise<void>;
  /** How many tries an account has left. */
  readonly triesLeft: (account: string) => Promise<number>;
  /** The key that the details fit, counting a try of it first; undefined where none does that can still be used. */
  readonly find: (details: LinkageDetails) => Promise<{ id: string; patient: string } | undefined>;
  /** Marks a key as used. False: it was used or withdrawn meanwhile. */
  readonly markUsed: (id: string, account: string) => Promise<boolean>;
}

export function openLinkageKeys(database: Database, clock: Clock, newId: NewId): LinkageKeys {
  const sql = database.pool;
  return {
    async issue(patient, odsCode, issuedBy) {
      const now = clock.now();
      const [id, key] = [newId(), newLinkageKey()];
      const expires = now + linkageDays * day;
      const accountId = await inTransaction(database, async (sql) => {
        // Two at once for a patient: the second waits and withdraws the first.
        await sql`select pg_advisory_xact_lock(hashtextextended(${`linkage ${patient}`}, 0))`;
        await sql`
          update linkage_key set withdrawn = ${now}
          where patient = ${patient} and used is null and withdrawn is null`;
        for (;;) {
          const [row] = await sql`
            insert into linkage_key (id, patient, account_id, ods_code, key_hash, issued, issued_by, expires)
            values (${id}, ${patient}, ${newAccountId()}, ${odsCode}, ${keyHash(id, key)}, ${now}, ${issuedBy},
              ${expires})
            on conflict (account_id) do nothing returning account_id`;
          if (row) return String(row['account_id']);
        }
      });
      return { accountId, key, odsCode, expires };
    },

    async countTry(account) {
      const now = clock.now();
      const [row] = await sql`
        insert into linkage_attempt as known (account, failures, first) values (${account}, 1, ${now})
        on conflict (account) do update set
          failures = case when known.first <= ${now - day} then 1 else known.failures + 1 end,
          first = case when known.first <= ${now - day} then ${now}::int8 else known.first end
        where known.first <= ${now - day} or known.failures < ${triesOfAccount}
        returning failures`;
      return row ? triesOfAccount - Number(row['failures']) : undefined;
    },
    async forgiveTries(account) {
      await sql`delete from linkage_attempt where account = ${account}`;
    },
    async triesLeft(account) {
      const [row] = await sql`
        select failures from linkage_attempt where account = ${account} and first > ${clock.now() - day}`;
      return row ? Math.max(0, triesOfAccount - Number(row['failures'])) : triesOfAccount;
    },

    async find({ accountId, key, odsCode }) {
      const [row] = await sql`
        update linkage_key set failures = failures + 1
        where account_id = ${accountId} and used is null and withdrawn is null and expires > ${clock.now()}
          and failures < ${triesOfKey}
        returning id, patient, ods_code, key_hash`;
      // The same work whether or not there is such an account id.
      const id = String(row?.['id'] ?? '00000000-0000-0000-0000-000000000000');
      const given = keyHash(id, key);
      const wanted: Uint8Array = row?.['key_hash'] ?? Buffer.alloc(given.length);
      const same = timingSafeEqual(given, wanted);
      return row && same && row['ods_code'] === odsCode ? { id, patient: String(row['patient']) } : undefined;
    },
    async markUsed(id, account) {
      const rows = await sql`
        update linkage_key set used = ${clock.now()}, used_by = ${account}
        where id = ${id} and used is null and withdrawn is null returning id`;
      return rows.length === 1;
    },
  };
}

/** The key without what is between its signs; the id keeps equal keys apart. 76 random bits need no slow hash. */
const keyHash = (id: string, key: string): Buffer => hashOf(`${id} ${parseLinkageKey(key) ?? ''}`);
