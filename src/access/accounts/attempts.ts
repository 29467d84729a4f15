/**
 * How often may be guessed. A browser that has signed in to the account before is counted by itself; all others
 * together, by the name they try and by their network's address. So a stranger who fails again and again delays strangers
 * and not the owner, and guessing one name from many addresses, or many names from one, gets slower with each failure.
 * Counts are kept in the database: they hold over server processes and restarts.
 */
import { hash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { Clock } from '../../platform/clock.ts';
import { type Database, inTransaction } from '../../platform/database.ts';

/** Failures that cost nothing, and how long (ms) a count lasts without a further one. */
const rules = {
  device: { free: 5, quiet: 86_400_000 },
  name: { free: 5, quiet: 86_400_000 },
  // Many people share a hospital's address.
  address: { free: 30, quiet: 3_600_000 },
} as const;
const longestWait = 900_000;

export interface Bucket {
  readonly rule: keyof typeof rules;
  /** What is counted: never kept as it is. */
  readonly of: string;
}

export type Taken =
  | {
      readonly allowed: true /** Ms until the next may be tried, should this one fail. */;
      readonly wait: number;
    }
  | { readonly allowed: false /** Ms. */; readonly wait: number };

export interface Attempts {
  /** Counts a failure before anything is tried, so that many at once are no way round. */
  readonly take: (buckets: readonly Bucket[]) => Promise<Taken>;
  /** It was no failure: takes it back. */
  readonly forgive: (buckets: readonly Bucket[]) => Promise<void>;
  /** Drops counts that no longer matter. */
  readonly clear: () => Promise<void>;
}

const keyOf = ({ rule, of }: Bucket): Buffer => hash('sha256', `${rule} ${of}`, 'buffer');

class Refused {
  readonly until: number;
  constructor(until: number) {
    this.until = until;
  }
}

export function openAttempts(database: Database, clock: Clock): Attempts {
  const take = async (buckets: readonly Bucket[]): Promise<Taken> => {
    const now = clock.now();
    try {
      const wait = await inTransaction(database, async (sql) => {
        let longest = 0;
        for (const bucket of buckets) {
          const { free, quiet } = rules[bucket.rule];
          const key = keyOf(bucket);
          const [row] = await sql`
            insert into account_attempt as known (bucket, failures, last, until) values (${key}, 1, ${now}, 0)
            on conflict (bucket) do update set
              failures = case when known.last < ${now - quiet} then 1 else known.failures + 1 end,
              last = ${now},
              until = case when known.last < ${now - quiet} or known.failures + 1 <= ${free}::int4 then 0
                else ${now}::int8 + least(${longestWait}::float8, 1000 * power(2, least(known.failures - ${free}::int4, 20)))::int8 end
            where known.until <= ${now}
            returning until`;
          if (!row) {
            const [known] = await sql`select until from account_attempt where bucket = ${key}`;
            throw new Refused(Number(known?.['until'] ?? now));
          }
          longest = Math.max(longest, Number(row['until']) - now);
        }
        return Math.max(longest, 0);
      });
      return { allowed: true, wait };
    } catch (error) {
      if (error instanceof Refused) return { allowed: false, wait: Math.max(error.until - now, 1000) };
      throw error;
    }
  };
  return {
    take,
    async forgive(buckets) {
      for (const bucket of buckets) {
        const key = keyOf(bucket);
        if (bucket.rule === 'device') await database.pool`delete from account_attempt where bucket = ${key}`;
        else
          await database.pool`update account_attempt set failures = greatest(failures - 1, 0),
            until = case when failures - 1 > ${rules[bucket.rule].free}::int4 then until else 0 end
            where bucket = ${key}`;
      }
    },
    async clear() {
      await database.pool`delete from account_attempt where last < ${clock.now() - 2 * 86_400_000}`;
    },
  };
}

/** The part of a network address that one subscriber has: all of IPv4, the first 64 bits of IPv6. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  if (!isIPv6(address)) return address;
  const [start = '', end] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const groups = start === '' ? [] : start.split(':');
  const behind = end === undefined || end === '' ? [] : end.split(':');
  const all = [
    ...groups,
    ...Array<string>(Math.max(8 - groups.length - behind.length, 0)).fill('0'),
    ...behind,
  ];
  return all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
