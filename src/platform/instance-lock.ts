import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

/**
 * A lock on a folder that one process holds for its life, robust against `kill -9`, restarts of the
 * machine and reuse of process numbers.
 *
 * Each taking is a new generation: a file `<name>.<n>` made by an atomic link, so that two processes that
 * find the same dead holder cannot both succeed it. The highest number rules. Released files stay, marked,
 * until the next holder clears them: were they deleted, the numbering would start again under a slow rival.
 */
export interface InstanceLock {
  readonly release: () => void;
}

interface Holder {
  readonly pid: number;
  /** When the process began, in the system's own words; tells a reused number from the holder. */
  readonly began: string;
  readonly host: string;
  readonly released?: true;
}

/** Taken: the lock. Held by a living process: its number. */
export type LockAttempt = { readonly lock: InstanceLock } | { readonly heldBy: number };

export function takeLock(folder: string, name: string): LockAttempt {
  mkdirSync(folder, { recursive: true });
  const mine: Holder = { pid: process.pid, began: beginningOf(process.pid) ?? '', host: hostname() };
  for (;;) {
    const highest = generations(folder, name).at(-1);
    const holder = highest && readHolder(highest.file);
    if (holder && isLive(holder)) return { heldBy: holder.pid };
    const number = (highest?.number ?? 0) + 1;
    const file = join(folder, `${name}.${number}`);
    const draft = join(folder, `.${name}.${process.pid}.draft`);
    writeFileSync(draft, JSON.stringify(mine));
    try {
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue; // a rival was faster: look again
      throw error;
    } finally {
      rmSync(draft, { force: true });
    }
    const others = generations(folder, name);
    if (others.some((other) => other.number > number)) {
      rmSync(file, { force: true });
      continue;
    }
    for (const other of others) if (other.number < number) rmSync(other.file, { force: true });
    const release = () => writeFileSync(file, JSON.stringify({ ...mine, released: true }));
    return { lock: { release } };
  }
}

/** The number of the living process that holds the lock, if any. */
export function lockHolder(folder: string, name: string): number | undefined {
  const highest = generations(folder, name).at(-1);
  const holder = highest && readHolder(highest.file);
  return holder && isLive(holder) ? holder.pid : undefined;
}

/** True while a process of this number lives that began when `began` says (a zombie does not live). */
export function isSameProcess(pid: number, began: string): boolean {
  const now = beginningOf(pid);
  return now !== undefined && (began === '' || now === '' || now === began);
}

function isLive(holder: Holder): boolean {
  if (holder.released) return false;
  // A folder shared between machines cannot be judged from here: believe the file.
  if (holder.host !== hostname()) return true;
  return isSameProcess(holder.pid, holder.began);
}

function generations(folder: string, name: string): { number: number; file: string }[] {
  const start = `${name}.`;
  return readdirSync(folder)
    .filter((entry) => entry.startsWith(start) && /^\d+$/.test(entry.slice(start.length)))
    .map((entry) => ({ number: Number(entry.slice(start.length)), file: join(folder, entry) }))
    .sort((a, b) => a.number - b.number);
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder; // written by this module alone
  } catch {
    return undefined; // cut short by a crash of the machine, or just cleared
  }
}

/**
 * When the process of this number began; undefined where none lives; '' where the system does not say.
 * On Linux: the boot and the clock ticks since it (proc(5), field 22 of stat).
 */
export function beginningOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
      return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
    } catch {
      return undefined;
    }
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
  }
  if (process.platform === 'win32') return '';
  try {
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return text.trim();
  } catch {
    return undefined;
  }
}
