import postgres from 'postgres';
import { systemClock } from '../../src/platform/clock.ts';
import { type Database, type DatabaseOptions, openDatabase } from '../../src/platform/database.ts';
import { uuidv7 } from '../../src/platform/ids.ts';
import { atEnd, type Ending } from './ending.ts';
import { startTestCluster } from './test-cluster.ts';

const newId = uuidv7(systemClock);
let own: Promise<string> | undefined;

/** The server of this run: that of the global set-up, else one for this file alone. */
function server(): Promise<string> {
  const given = process.env['THROUGHLINE_TEST_DATABASE'];
  if (given) return Promise.resolve(given);
  own ??= startTestCluster().then((cluster) => cluster.url); // it ends with this process
  return own;
}

/** The address of a new, empty database, dropped when the test ends, whatever is still connected. */
export async function testDatabaseUrl(t: Ending): Promise<string> {
  const admin = await server();
  const name = `test_${newId().replaceAll('-', '')}`;
  await asAdmin(admin, `create database ${name} strategy file_copy`);
  atEnd(t, () => asAdmin(admin, `drop database if exists ${name} with (force)`));
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return url.href;
}

/** A new, empty database, opened; closed and dropped when the test ends. */
export async function testDatabase(t: Ending, options: Omit<DatabaseOptions, 'url'> = {}): Promise<Database> {
  const admin = await server();
  const name = `test_${newId().replaceAll('-', '')}`;
  await asAdmin(admin, `create database ${name} strategy file_copy`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  const database = await openDatabase({ url: url.href, pool: 4, ...options });
  atEnd(t, async () => {
    await database.close();
    await asAdmin(admin, `drop database if exists ${name} with (force)`);
  });
  return database;
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, fetch_types: false });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}
