// Solves every instance of a folder and compares with the best known, read from its MANIFEST.md:
//   npm run bench planner <folder> [seconds each]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { solveInThread } from '../src/region/connectivity/planner/solve-in-thread.ts';
import { faultOfTree, type SteinerProblem } from '../src/region/connectivity/planner/steiner-problem.ts';
import { readStp } from '../src/region/connectivity/planner/stp-file.ts';

interface Case {
  readonly file: string;
  readonly best: number;
  readonly budget?: number;
}

const [folder, seconds = '60'] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('Which folder? npm run bench planner <folder> [seconds each]\n');
  process.exit(2);
}
const manifest = readFileSync(join(folder, 'MANIFEST.md'), 'utf8');
const cases: Case[] = [
  ...[...manifest.matchAll(/^\|\s*(\S+\.stp)\s*\|.*\|\s*([\d.]+)\s*\|$/gm)].map((m) => ({
    file: m[1]!,
    best: Number(m[2]),
  })),
  ...[...manifest.matchAll(/(\S+) B=(\d+) gives (\d+)/g)].map((m) => ({
    ...{ file: `${m[1]}.stp`, budget: Number(m[2]), best: Number(m[3]) },
  })),
];
let missed = 0;
for (const { file, best, budget } of cases) {
  const given = readStp(readFileSync(join(folder, file), 'utf8'));
  const task: SteinerProblem = budget === undefined ? given : { ...given, budget };
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  const result = await solveInThread(task, { seconds: Number(seconds) });
  const { user, system } = process.cpuUsage(cpu);
  const found = budget === undefined ? result.upper : result.tree.prize;
  const right = found === best && result.status === 'proved' && faultOfTree(task, result.tree) === undefined;
  if (!right) missed += 1;
  const cells = [
    (budget === undefined ? file : `${file} within ${budget}`).padEnd(26),
    String(found).padStart(8),
    `best known ${best}`.padEnd(20),
    `${result.status}, gap ${(100 * result.gap).toFixed(2)} %`.padEnd(20),
    result.method.padEnd(8),
    `${((performance.now() - from) / 1000).toFixed(2)} s`,
    `${((user + system) / 1e6).toFixed(2)} s of processor`,
    right ? '' : 'MISSED',
  ];
  process.stdout.write(`${cells.join('  ').trimEnd()}\n`);
}
process.stdout.write(`${cases.length - missed} of ${cases.length} as known and proved\n`);
process.exitCode = missed > 0 ? 1 : 0;
