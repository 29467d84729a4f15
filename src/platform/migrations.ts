import { createHash } from 'node:crypto';
import { type Database, inTransaction, type Transaction } from './database.ts';
import { problem } from './problem.ts';

/** One step forward of the schema. Never changed once released: a later step mends an earlier one. */
export interface Migration {
  /** Who owns the tables: `record`, `jobs`. */
  readonly room: string;
  /** Counts up by one from 1 in each room. */
  readonly number: number;
  readonly title: string;
  /** Statements, run in one transaction. */
  readonly sql: string;
}

/** Held while a step is applied, so that many processes may start at once. Any number that nothing else uses. */
const lockKey = 7_316_403_201;

/**
 * Applies the steps that are missing, in the order given, each in a transaction of its own. Answers those it
 * applied. Throws a Problem when the database is newer than this program, or an applied step was edited.
 */
export async function migrate(
  database: Pick<Database, 'pool'>,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  checkNumbers(migrations);
  const applied: Migration[] = [];
  for (;;) {
    const step = await inTransaction(database, async (sql) => {
      await sql`select set_config('statement_timeout', '0', true)`; // building an index may take its time
      await sql`select pg_advisory_xact_lock(${lockKey})`;
      await sql`create table if not exists schema_migration (
        room text not null,
        number int not null,
        title text not null,
        checksum text not null,
        applied timestamptz not null default now(),
        primary key (room, number)
      )`;
      const next = (await missing(sql, migrations))[0];
      if (!next) return undefined;
      await sql.unsafe(next.sql);
      await sql`insert into schema_migration (room, number, title, checksum)
        values (${next.room}, ${next.number}, ${next.title}, ${checksumOf(next)})`;
      return next;
    });
    if (!step) return applied;
    applied.push(step);
  }
}

/** The steps that the database lacks. Throws as `migrate` does. */
export async function pendingMigrations(
  database: Pick<Database, 'pool'>,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  checkNumbers(migrations);
  const [found] = await database.pool`select to_regclass('schema_migration') is not null as made`;
  return found?.['made'] ? missing(database.pool, migrations) : migrations;
}

async function missing(
  sql: Transaction | Database['pool'],
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  const rows = await sql<{ room: string; number: number; checksum: string }[]>`
    select room, number, checksum from schema_migration`;
  const keyOf = (step: { room: string; number: number }) => `${step.room} ${step.number}`;
  const known = new Map(migrations.map((step) => [keyOf(step), step]));
  const applied = new Set<string>();
  for (const row of rows) {
    const step = known.get(keyOf(row));
    if (!step)
      throw problem(
        'exception',
        `The database has step ${row.number} of "${row.room}", which this release does not know: a newer release made it. Start that release or a later one.`,
      );
    if (checksumOf(step) !== row.checksum)
      throw problem(
        'exception',
        `Step ${row.number} of "${row.room}" (${step.title}) was applied in another wording than this program holds. Put the file back as it was released, and write the change as a new step.`,
      );
    applied.add(keyOf(row));
  }
  return migrations.filter((step) => !applied.has(keyOf(step)));
}

function checkNumbers(migrations: readonly Migration[]): void {
  const last = new Map<string, number>();
  for (const { room, number } of migrations) {
    const before = last.get(room) ?? 0;
    if (number !== before + 1)
      throw new Error(`Steps of "${room}" must count up by one: ${number} comes after ${before}`);
    last.set(room, number);
  }
}

/** The same for every way that a checkout ends its lines. */
function checksumOf(step: Migration): string {
  return createHash('sha256').update(step.sql.replaceAll('\r\n', '\n')).digest('hex');
}
