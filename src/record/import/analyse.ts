import { type Database, inTransaction } from '../../platform/database.ts';

/** From so many new versions on, the database's statistics are brought up to date, so that the first searches plan well. */
export const analysedFrom = 1000;

const tables: readonly string[] = [
  ...['identity', 'resource', 'history', 'search_token', 'search_exact', 'search_string', 'search_date'],
  ...['search_number', 'search_composite', 'search_words', 'search_long', 'coding', 'relation'],
  'consent_rule',
];

export const analyse = (database: Database): Promise<void> =>
  inTransaction(database, async (sql) => {
    await sql`select set_config('statement_timeout', '0', true)`;
    await sql.unsafe(`analyze ${tables.join(', ')}`);
  });
