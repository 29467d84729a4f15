import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import {
  asAccount,
  databaseUser,
  executable,
  isOurs,
  makeData,
  type Place,
  prepareFolder,
  readPidFile,
  serverPassword,
  serverUser,
} from './cluster-folder.ts';
import { clusterSettings } from './cluster-settings.ts';
import { beginningOf } from './instance-lock.ts';
import { problem } from './problem.ts';

/** An embedded PostgreSQL that runs, shared by every process of this machine that uses the same folder. */
export interface Cluster {
  /** With the rights of its owner. */
  readonly url: string;
  /** With the rights that servers and imports have: those granted to them. */
  readonly serverUrl: string;
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

const name = 'throughline';

/**
 * Starts the database of the folder, or joins the one that already runs there, and keeps it running until
 * `stop`. Makes the folder at first use. Throws a Problem that says how to mend it when it cannot start.
 */
export async function startCluster(home: string, options: ClusterOptions = {}): Promise<Cluster> {
  const place = prepareFolder(resolve(home));
  await makeData(place);
  let running = await runOrJoin(place, options);
  const url = urlOf(place, running.port);
  const serverUrl = await makeDatabase(place, running.port);

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
  return { url, serverUrl, started: running.started, stop };
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

interface Running {
  readonly pid: number;
  readonly port: number;
  readonly started: boolean;
}

type Where = Pick<Place, 'data' | 'password'>;

const urlOf = (place: Where, port: number, database = name) =>
  `postgres://${databaseUser}:${place.password}@127.0.0.1:${port}/${database}`;

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
    const rival = readPidFile(place.data);
    if (!passing.test(failure) && !(rival && isOurs(place, rival.pid))) break;
    await pause(100);
  }
  throw problem('exception', `The embedded database did not start: ${failure}`);
}

let launches = 0;

/** Starts a server. Answers a text when it ended at once: what it said. */
async function launch(place: Place, options: ClusterOptions, port: number): Promise<Running | string> {
  const settings = { ...clusterSettings(place.home), ...options.settings };
  launches += 1;
  const says = join(place.home, `start-${process.pid}-${launches}.log`);
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
  try {
    return await settled();
  } finally {
    rmSync(says, { force: true });
  }

  async function settled(): Promise<Running | string> {
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

/** Short questions about the server itself, which do not count as using it. */
const asker = 'throughline cluster';

/** True when a program is connected. */
async function inUse(place: Place, port: number): Promise<boolean> {
  try {
    return await asking(urlOf(place, port, 'postgres'), async (sql) => {
      const rows = await sql`select 1 from pg_stat_activity
        where backend_type = 'client backend' and application_name <> ${asker} limit 1`;
      return rows.length > 0;
    });
  } catch {
    return false;
  }
}

/** The database and its users. Answers the address for the server's. */
async function makeDatabase(place: Place, port: number): Promise<string> {
  const password = serverPassword(place.password);
  await asking(urlOf(place, port, 'postgres'), async (sql) => {
    const make = async (statement: string) => {
      try {
        await sql.unsafe(statement);
      } catch (error) {
        const { code } = error as { code?: string };
        if (code !== '42P04' && code !== '42710' && code !== '23505') throw error; // another process was faster
      }
    };
    const users = await sql`select 1 from pg_roles where rolname = ${serverUser}`;
    if (users.length === 0) await make(`create role ${serverUser} login password '${password}'`);
    const found = await sql`select 1 from pg_database where datname = ${name}`;
    if (found.length === 0) await make(`create database ${name}`);
  });
  return urlOf(place, port).replace(`//${databaseUser}:${place.password}@`, `//${serverUser}:${password}@`);
}

async function asking<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, {
    max: 1,
    connect_timeout: 5,
    onnotice: () => {},
    fetch_types: false,
    connection: { application_name: asker },
  });
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
