import { hash } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import { asProblem } from '../../platform/sql-error.ts';
import { type SigningKey, signHead } from './heads.ts';

/** One block of the chain: what `audit_seal` holds of it. Numbers of transactions are decimal strings. */
export interface Seal {
  readonly number: number;
  readonly fromXid: string;
  readonly toXid: string;
  readonly sealed: number;
  readonly form: number;
  readonly months: readonly number[];
  readonly counts: readonly number[];
  readonly contents: readonly Buffer[];
  readonly hash: Buffer;
}

/** The hash that a block must have behind one of the hash `before` (empty for the first). Source: `audit_seal_next`. */
export function hashOfSeal(before: Buffer, seal: Omit<Seal, 'hash'>): Buffer {
  const text = [
    ...[
      seal.number,
      seal.fromXid,
      seal.toXid,
      seal.sealed,
      seal.form,
      seal.months.join(','),
      seal.counts.join(','),
    ],
    seal.contents.map((content) => content.toString('hex')).join(','),
  ].join('|');
  return hash('sha256', Buffer.concat([before, Buffer.from(text, 'utf8')]), 'buffer');
}

/** Rows a block, about: what a second of heavy use brings. */
const largest = 10_000;

/**
 * Seals what can be sealed: all rows below the oldest open transaction. Answers how many. Where another process is at it,
 * there is nothing to do.
 */
export async function sealAll(database: Pick<Database, 'pool'>, clock: Clock): Promise<number> {
  let all = 0;
  for (;;) {
    const [row] = await database.pool`select audit_seal_next(${clock.now()}, ${largest}) as count`.catch(
      (error) => {
        throw asProblem(error);
      },
    );
    const count = Number(row?.['count']);
    all += count;
    if (count < largest) return all;
  }
}

export interface SealerOptions {
  readonly database: Pick<Database, 'pool'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly key: SigningKey;
}

const often = 1000;
const signEvery = 600_000;

/**
 * Seals the audit log every second, and signs the head every ten minutes and at the end. To be called once in each
 * server process. Answers what ends it, after sealing and signing once more.
 */
export function keepSealing({ database, clock, log, key }: SealerOptions): () => Promise<void> {
  let ended = false;
  let signed = 0;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;

  const turn = async (last: boolean): Promise<void> => {
    try {
      await sealAll(database, clock);
      if (last || clock.now() - signed >= signEvery) {
        await signHead(database, clock, key);
        signed = clock.now();
      }
      failing = false;
    } catch (error) {
      // Rows wait unsealed until the database is back; once is enough to say so.
      if (!failing)
        log.warn({ err: error }, 'the audit log could not be sealed; it is tried again every second');
      failing = true;
    }
  };
  let running: Promise<void> = Promise.resolve();
  const next = () => {
    timer = setTimeout(() => {
      running = turn(false).then(() => {
        if (!ended) next();
      });
    }, often);
    timer.unref();
  };
  next();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await running;
    await turn(true);
  };
}
