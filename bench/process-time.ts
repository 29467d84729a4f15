import { readdirSync, readFileSync } from 'node:fs';

/** Processor time since their start, in seconds. Linux only. */
export interface ProcessTime {
  /** The process and those that it started, the database aside. */
  readonly server: number;
  /** The postmaster and its processes, those that have ended included. */
  readonly database: number;
  /** Time in which no process ran, of all cores together. */
  readonly idle: number;
}

/** Clock ticks a second in /proc: fixed at 100 for programs on Linux, whatever the kernel's own clock. */
const ticks = 100;

interface Ticking {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** Its own, and that of its children that have ended. */
  readonly time: number;
}

function running(): readonly Ticking[] {
  return readdirSync('/proc').flatMap((entry) => {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) return [];
    try {
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const name = text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      const time = [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0);
      return [{ pid, parent: Number(fields[1]), name, time }];
    } catch {
      return []; // it has ended since
    }
  });
}

/** What the server whose first process this is and the database it uses (`databasePid`: the postmaster) have used. */
export function processTime(pid: number, databasePid: number): ProcessTime {
  const all = running();
  const children = Map.groupBy(all, (each) => each.parent);
  const tree = (root: number): readonly Ticking[] => [
    ...all.filter((each) => each.pid === root),
    ...(children.get(root) ?? []).flatMap((child) => tree(child.pid)),
  ];
  const sum = (some: readonly Ticking[]): number => some.reduce((time, each) => time + each.time, 0) / ticks;
  const fields = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!.split(/\s+/);
  return {
    server: sum(tree(pid).filter((each) => !each.name.includes('postgres'))),
    database: sum(tree(databasePid)),
    idle: (Number(fields[4]) + Number(fields[5])) / ticks,
  };
}
