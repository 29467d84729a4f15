import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { openSocket } from './database-socket.ts';
import { problem } from './problem.ts';
import { asProblem, codeOf, isAway, isRetriable } from './sql-error.ts';

/** postgres.js's handle on a set of connections. `int8` and `numeric` come as strings. */
export type Sql = postgres.Sql;
/** The same inside a transaction. */
export type Transaction = postgres.TransactionSql;

/**
 * Connections by kind of work, so that none waits behind another kind. Statements given to one connection
 * are pipelined: sent at once and answered in order.
 */
export interface Database {
  /** Ordinary work and transactions. Statements that take longer than the limit are stopped. */
  readonly pool: Sql;
  /** Statements known by heart: prepared, and planned once for any values. Same limit. */
  readonly steady: Sql;
  /** Point statements only: everything on a connection queues behind what was sent before. Planned once for any values. */
  readonly lane: Sql;
  /** Group commits. */
  readonly batch: Sql;
  readonly url: string;
  readonly close: () => Promise<void>;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Connections of `pool`. Default 8. */
  readonly pool?: number;
  /** Connections of `lane`. Default 4. */
  readonly lane?: number;
  /** Longest statement on `pool` and `lane`, in seconds. Default: no limit. */
  readonly statementSeconds?: number;
  /** How long to wait for the database to answer at the start, in seconds. Default 30. */
  readonly waitSeconds?: number;
  /** Shown in pg_stat_activity. */
  readonly name?: string;
}

/** Oldest PostgreSQL that the schema and the statements are written for. */
const oldest = 15;

/**
 * Opens connections to a PostgreSQL and waits until it answers. Throws a Problem when it does not, or is
 * too old. Connections that break are opened anew by themselves; what was in flight fails as `isAway`.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  checkDriver();
  const { url, pool = 8, lane = 4, statementSeconds, waitSeconds = 30, name = 'throughline' } = options;
  const socket = plainAddress(url);
  const open = (kind: string, max: number, seconds: number | undefined, plans?: 'once') =>
    postgres(url, {
      max,
      ...(socket ? { socket } : {}),
      connect_timeout: 10,
      onnotice: () => {},
      // The driver's own waits grow to 20 s; a database that was killed is back in less than one.
      backoff: (tries: number) => Math.min(0.05 * 2 ** tries, 1),
      connection: {
        application_name: `${name} ${kind}`,
        ...(seconds === undefined ? {} : { statement_timeout: Math.round(seconds * 1000) }),
        idle_in_transaction_session_timeout: 300_000,
        // Planning a search anew takes longer than running it.
        ...(plans === 'once' ? { plan_cache_mode: 'force_generic_plan' } : {}),
      },
    });
  const database = {
    pool: open('pool', pool, statementSeconds),
    steady: open('steady', Math.max(2, Math.ceil(pool / 2)), statementSeconds, 'once'),
    lane: open('lane', lane, statementSeconds, 'once'),
    batch: open('batch', 4, undefined, 'once'),
    url,
  };
  const close = async () => {
    const { pool, steady, lane, batch } = database;
    await Promise.all([pool, steady, lane, batch].map((sql) => sql.end({ timeout: 5 })));
  };
  try {
    await whenReady(database.pool, waitSeconds);
  } catch (error) {
    await close();
    throw error;
  }
  return { ...database, close };
}

/** How to connect to a single address without TLS; elsewhere the driver's own way, which knows the others, is right. */
function plainAddress(url: string): (() => Socket) | undefined {
  const { hostname, port, searchParams } = new URL(url);
  if (hostname === '' || searchParams.size > 0) return undefined;
  return () => openSocket(hostname.replace(/^\[|\]$/g, ''), Number(port || 5432));
}

let driverChecked = false;

/** The driver as published may cross answers when a connection breaks: see scripts/driver-fixes.mjs. */
function checkDriver(): void {
  if (driverChecked) return;
  const file = join(dirname(fileURLToPath(import.meta.resolve('postgres'))), 'connection.js');
  if (!readFileSync(file, 'utf8').startsWith('// Mended by'))
    throw problem(
      'exception',
      'The database driver lacks its fixes. Run "node scripts/run.mjs prepare", which applies them, and start again.',
    );
  driverChecked = true;
}

async function whenReady(sql: Sql, waitSeconds: number): Promise<void> {
  const step = 100;
  for (let waited = 0; ; waited += step) {
    try {
      const rows = await sql`select current_setting('server_version_num')::int as version`;
      const version = Number(rows[0]?.['version']);
      if (version < oldest * 10_000)
        throw problem(
          'exception',
          `The database is PostgreSQL ${Math.floor(version / 10_000)}; Throughline needs ${oldest} or later. Upgrade it, or leave DATABASE_URL out to use the embedded one.`,
        );
      return;
    } catch (error) {
      if (!isAway(error)) throw connectionProblem(error);
      if (waited >= waitSeconds * 1000) throw connectionProblem(error);
      await pause(step);
    }
  }
}

/** Errors of connecting that a person mends in the configuration. Never tells the address, which holds a password. */
function connectionProblem(error: unknown): unknown {
  const code = codeOf(error);
  if (code === '28P01' || code === '28000')
    return problem('exception', 'The database refuses the user or password in DATABASE_URL.', {
      cause: error,
    });
  if (code === '3D000')
    return problem('exception', 'The database named in DATABASE_URL does not exist. Create it first.', {
      cause: error,
    });
  if (isAway(error))
    return problem(
      'exception',
      `The database does not answer (${code}). Check the host and port in DATABASE_URL and that it runs.`,
      { cause: error },
    );
  return error;
}

export interface TransactionOptions {
  /** How often to run the work again when the database gave it up for another's sake. Default 5. */
  readonly retries?: number;
  /** For example `isolation level serializable` or `read only`. */
  readonly mode?: string;
  /** Run it on these connections in place of `pool`. */
  readonly on?: Sql;
}

/**
 * Runs the work in a transaction: all of it is stored when the promise keeps, nothing when it breaks. The
 * work may run several times, so it must have no effect outside the database. Database errors come as Problems.
 */
export async function inTransaction<T>(
  database: Pick<Database, 'pool'>,
  work: (sql: Transaction) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const { retries = 5, mode = '', on = database.pool } = options;
  for (let tries = 0; ; tries += 1) {
    try {
      // The driver's type unwraps arrays of promises, which the work does not return.
      return (await on.begin(mode, work)) as T;
    } catch (error) {
      if (!isRetriable(error) || tries >= retries) throw asProblem(error);
      await pause(5 * 2 ** tries * ((process.pid % 7) / 7 + 0.5)); // rivals in other processes wait differently
    }
  }
}

/**
 * COPY … FROM STDIN in text format. `target` is trusted SQL: `observation (id, body)`. Each chunk is any
 * piece of the text format, whole lines or not; `copyLine` writes lines. Inside a transaction, nothing else may run on it meanwhile.
 */
export async function copyInto(
  sql: Sql | Transaction,
  target: string,
  chunks: Iterable<string | Buffer> | AsyncIterable<string | Buffer>,
): Promise<void> {
  // An error in the statement itself (no such table) comes here.
  const stream: Writable = await sql.unsafe(`copy ${target} from stdin`).writable();
  let failure: unknown;
  const finished = new Promise<void>((done) => {
    stream.once('finish', done);
    stream.once('close', done);
    stream.on('error', (error) => {
      failure ??= error;
      done();
    });
  });
  try {
    for await (const chunk of chunks) {
      if (failure) break;
      if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), finished]);
    }
  } catch (error) {
    stream.destroy(error as Error); // CopyFail: the server rolls the statement back
    await finished;
    throw error;
  }
  if (!failure) stream.end();
  await finished;
  if (failure) throw failure;
}

/** One line of COPY's text format. Null and undefined become NULL, buffers bytea. */
export function copyLine(values: readonly (string | number | boolean | Buffer | null | undefined)[]): string {
  let line = '';
  for (let i = 0; i < values.length; i += 1) {
    if (i > 0) line += '\t';
    const value = values[i];
    if (value === null || value === undefined) line += '\\N';
    else if (typeof value === 'string') line += escaped(value);
    else if (typeof value === 'object') line += `\\\\x${value.toString('hex')}`;
    else if (typeof value === 'boolean') line += value ? 't' : 'f';
    else line += value;
  }
  return `${line}\n`;
}

const special = /[\\\t\n\r]/;
const specials = /[\\\t\n\r]/g;
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function escaped(text: string): string {
  return special.test(text) ? text.replace(specials, (c) => escapes[c]!) : text;
}
