import type { Clock } from '../platform/clock.ts';
import { type Database, inTransaction } from '../platform/database.ts';
import { codeOf } from '../platform/sql-error.ts';

const ahead = 2;

/**
 * Makes the audit log's partitions for this month and the next two, so that old months can be moved or packed as a whole.
 * To be called at the start and now and then; what no partition takes goes to `audit_other`, so nothing is ever refused.
 * The database makes them with its owner's rights: the server owns none of it.
 */
export async function makeAuditPartitions(database: Pick<Database, 'pool'>, now: number): Promise<void> {
  const today = new Date(now);
  for (let i = 0; i <= ahead; i += 1) {
    const month = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + i, 1));
    const number = month.getUTCFullYear() * 100 + month.getUTCMonth() + 1;
    try {
      await inTransaction(database, (sql) => sql`select audit_make_partition(${number})`);
    } catch (error) {
      // 23514: audit_other holds rows of this month already; they stay where they are.
      const cause = error instanceof Error ? error.cause : undefined;
      if (codeOf(error) !== '23514' && codeOf(cause) !== '23514') throw error;
    }
  }
}

const often = 6 * 3_600_000;

/** Makes the partitions now and keeps making them. Answers what ends that. */
export async function keepAuditPartitions(
  database: Pick<Database, 'pool'>,
  clock: Clock,
): Promise<() => Promise<void>> {
  await makeAuditPartitions(database, clock.now());
  let running: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    // A failure costs nothing: the default partition takes the rows, and the next turn tries again.
    running = makeAuditPartitions(database, clock.now()).catch(() => {});
  }, often);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
