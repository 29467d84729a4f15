import type { Database } from '../platform/database.ts';
import { type Migration, migrate, pendingMigrations } from '../platform/migrations.ts';
import { problem } from '../platform/problem.ts';
import { prepareQueue } from '../platform/queue.ts';
import { codeOf } from '../platform/sql-error.ts';
import type { Store } from '../platform/store.ts';
import { grantServer } from './database-rights.ts';

/**
 * Applies the migrations that are missing, as the database's owner, and grants the server's user what it needs. Answers
 * those applied. Throws a Problem where they need an owner's rights and none is configured.
 */
export async function bringUpToDate(
  store: Pick<Store, 'asOwner'>,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  return store.asOwner(async (owner, server) => {
    try {
      const missing = await pendingMigrations(owner, migrations);
      const applied = missing.length > 0 ? await migrate(owner, migrations) : [];
      await prepareQueue(owner.url);
      if (server !== undefined) await grantServer(owner, server);
      return applied;
    } catch (error) {
      if (!isForbidden(error)) throw error;
      throw problem(
        'exception',
        'The schema is not up to date, and the user of DATABASE_URL may not change it. Set DATABASE_OWNER_URL, or run “throughline migrate” with it.',
        { cause: error },
      );
    }
  });
}

/** The migrations that are missing, asked as the owner: a database of an earlier release has granted the server nothing yet. */
export const missingMigrations = (
  store: Pick<Store, 'asOwner'>,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> =>
  store.asOwner((owner: Pick<Database, 'pool'>) => pendingMigrations(owner, migrations));

const isForbidden = (error: unknown): boolean =>
  codeOf(error) === '42501' || (error instanceof Error && codeOf(error.cause) === '42501');
