import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const mebibyte = 1024 * 1024;

/** Memory in MiB at one moment. */
export interface Memory {
  /** Resident memory of the process and of those that it started, the database aside. */
  readonly server: number;
  /** The database's processes: their own share, with shared memory divided among its users. Linux only, and only where it may be read. */
  readonly database?: number;
}

interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** Resident, in MiB. */
  readonly resident: number;
}

function fromProc(): readonly Running[] {
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) return [];
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
      const resident = (Number.parseInt(field('VmRSS'), 10) || 0) / 1024;
      return [{ pid, parent: Number(field('PPid')), name: field('Name'), resident }];
    } catch {
      return []; // it has ended since
    }
  });
}

function fromPs(): readonly Running[] {
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,ppid=,rss=,comm='], { encoding: 'utf8' });
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [, pid, parent, kilobytes, name] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (name === undefined) return [];
    return [{ pid: Number(pid), parent: Number(parent), name, resident: Number(kilobytes) / 1024 }];
  });
}

/** Private memory and the share of shared memory of one process, in MiB; undefined where it may not be read. */
function proportional(pid: number): number | undefined {
  try {
    const kilobytes = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : (Number(kilobytes) * 1024) / mebibyte;
  } catch {
    return undefined;
  }
}

/** Memory of the server whose first process this is, and of the database it uses (`databasePid`: the postmaster). */
export function memoryOf(pid: number, databasePid?: number): Memory {
  const all = process.platform === 'linux' ? fromProc() : fromPs();
  const children = Map.groupBy(all, (each) => each.parent);
  const tree = (root: number): readonly Running[] => {
    const self = all.filter((each) => each.pid === root);
    return [...self, ...(children.get(root) ?? []).flatMap((child) => tree(child.pid))];
  };
  const isDatabase = (each: Running): boolean => each.name.includes('postgres');
  const server = tree(pid)
    .filter((each) => !isDatabase(each))
    .reduce((sum, each) => sum + each.resident, 0);
  if (databasePid === undefined || process.platform !== 'linux') return { server };
  const shares = tree(databasePid).map((each) => proportional(each.pid));
  if (shares.length === 0 || shares.includes(undefined)) return { server };
  return { server, database: shares.reduce<number>((sum, share) => sum + (share ?? 0), 0) };
}

export interface MemorySample {
  /** Seconds since the start of the trace. */
  readonly at: number;
  /** Resident memory of the server's processes, in MiB. */
  readonly server: number;
}

/** Takes the server's resident memory at intervals (in ms), from now until the function it answers is called. */
export function traceMemory(pid: number, every: number): () => readonly MemorySample[] {
  const start = performance.now();
  const samples: MemorySample[] = [];
  const take = (): void => {
    samples.push({ at: (performance.now() - start) / 1000, server: memoryOf(pid).server });
  };
  const timer = setInterval(take, every);
  take();
  return () => {
    clearInterval(timer);
    take();
    return samples;
  };
}
