import type { Clock } from '../platform/clock.ts';
import { type Database, inTransaction } from '../platform/database.ts';
import { codeOf } from '../platform/sql-error.ts';

const lockKey = 7_316_403_202; // any number that nothing else uses
const ahead = 2;

/**
 * Makes the audit log's partitions for this month and the next two, so that old months can be moved or packed as a whole.
 * To be called at the start and now and then; what no partition takes goes to `audit_other`, so nothing is ever refused.
 */
export async function makeAuditPartitions(database: Pick<Database, 'pool'>, now: number): Promise<void> {
  const today = new Date(now);
  for (let i = 0; i <= ahead; i += 1) {
    const from = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + i, 1);
    const until = Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + i + 1, 1);
    const name = `audit_${new Date(from).toISOString().slice(0, 7).replace('-', '_')}`;
    try {
      await inTransaction(database, async (sql) => {
        await sql`select pg_advisory_xact_lock(${lockKey})`;
        const [found] = await sql`select to_regclass(${name}) is not null as made`;
        if (!found?.['made'])
          await sql.unsafe(`create table ${name} partition of audit for values from (${from}) to (${until})`);
      });
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
