import { createHash } from 'node:crypto';
import postgres from 'postgres';
import { systemClock } from '../../src/platform/clock.ts';
import { type Database, type DatabaseOptions, openDatabase } from '../../src/platform/database.ts';
import { uuidv7 } from '../../src/platform/ids.ts';
import { type Migration, migrate } from '../../src/platform/migrations.ts';
import { atEnd, type Ending } from './ending.ts';
import { startTestCluster } from './test-cluster.ts';

const newId = uuidv7(systemClock);
let own: Promise<string> | undefined;

export interface WithMigrations {
  /** Steps of the schema that have been applied already. Default: none, the database is empty. */
  readonly migrations?: readonly Migration[];
}

/** The address of a new database, dropped when the test ends, whatever is still connected. */
export async function testDatabaseUrl(t: Ending, { migrations = [] }: WithMigrations = {}): Promise<string> {
  const { url, drop } = await newDatabase(migrations);
  atEnd(t, drop);
  return url;
}

/** A new database, opened; closed and dropped when the test ends. */
export async function testDatabase(
  t: Ending,
  { migrations = [], ...options }: Omit<DatabaseOptions, 'url'> & WithMigrations = {},
): Promise<Database> {
  const { url, drop } = await newDatabase(migrations);
  const database = await openDatabase({ url, pool: 4, ...options });
  atEnd(t, async () => {
    await database.close();
    await drop();
  });
  return database;
}

async function newDatabase(
  migrations: readonly Migration[],
): Promise<{ url: string; drop: () => Promise<void> }> {
  const admin = await server();
  const template = await templateOf(admin, migrations);
  const name = `test_${newId().replaceAll('-', '')}`;
  await asAdmin(admin, (sql) => sql.unsafe(copyOf(name, template)));
  return {
    url: named(admin, name),
    drop: () => asAdmin(admin, (sql) => sql.unsafe(`drop database if exists ${name} with (force)`)),
  };
}

/** The server of this run: that of the global set-up, else one for this file alone. */
function server(): Promise<string> {
  const given = process.env['THROUGHLINE_TEST_DATABASE'];
  if (given) return Promise.resolve(given);
  own ??= startTestCluster().then((cluster) => cluster.url); // it ends with this process
  return own;
}

const templates = new Map<string, Promise<void>>();

/** Migrated once in a run, by whichever file needs those steps first, and copied ever after. */
async function templateOf(admin: string, migrations: readonly Migration[]): Promise<string> {
  if (migrations.length === 0) return 'template1';
  const steps = migrations.map(({ room, number, title, sql }) => [room, number, title, sql]);
  const name = `template_${createHash('sha256').update(JSON.stringify(steps)).digest('hex').slice(0, 32)}`;
  const made = templates.get(name) ?? makeTemplate(admin, name, migrations);
  templates.set(name, made);
  await made;
  return name;
}

const makeTemplate = (admin: string, name: string, migrations: readonly Migration[]): Promise<void> =>
  asAdmin(admin, async (sql) => {
    await sql`select pg_advisory_lock(hashtext(${name}))`; // until the connection ends
    const found = await sql`select 1 from pg_database where datname = ${name}`;
    if (found.length > 0) return;
    const unfinished = `${name}_unfinished`;
    await sql.unsafe(`drop database if exists ${unfinished} with (force)`);
    await sql.unsafe(copyOf(unfinished, 'template1'));
    const database = await openDatabase({ url: named(admin, unfinished), pool: 1 });
    try {
      await migrate(database, migrations);
    } finally {
      await database.close();
    }
    await sql.unsafe(`alter database ${unfinished} rename to ${name}`);
  });

/** Through the log: copying files needs two checkpoints of the whole server, which cost a fifth of a second. */
const copyOf = (name: string, template: string): string =>
  `create database ${name} template ${template} strategy wal_log`;

const named = (admin: string, name: string): string => {
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return url.href;
};

async function asAdmin(url: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, fetch_types: false });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
