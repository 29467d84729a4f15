import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Command } from './command.ts';

/** Measurements beside the usual one, by their name: file, what comes after the name, and what they show. */
const others = {
  readings: [
    'readings.ts',
    '[readings] [sites]',
    'readings of lines kept a second, beside a bare COPY of the same rows',
  ],
  capability: [
    'capability.ts',
    '[sites]',
    'what care the lines of 10,000 sites carry, and what they hold back',
  ],
  planner: [
    'planner.ts',
    '<folder of instances> [seconds each]',
    'optima of trench problems, beside the best known',
  ],
  'national-plan': [
    'national-plan.ts',
    '<folder of site files> [million pounds a year]',
    'a plan to full fibre for every practice and hospital of England',
  ],
  'primary-care': [
    'primary-care.ts',
    '[--minutes 5 | --seconds 20] [--json file]',
    'whole journeys of asking for help a second, page by page, beside a bare limit, and the nation’s cores',
  ],
} as const satisfies Readonly<Record<string, readonly [file: string, asked: string, about: string]>>;

const isOther = (name: string | undefined): name is keyof typeof others =>
  name !== undefined && Object.hasOwn(others, name);

export const command: Command = {
  name: 'bench',
  summary: 'Measure the speed of the product beside a bare limit, on data of its own',
  arguments: `[${Object.keys(others).join(' | ')}] [its own arguments]`,
  help: `Starts the product and a bare server of the same work on databases of their own, and loads both with the same
synthetic people. Prints requests a second and times for each case, and the product's share of the bare limit.
It never fails because something is slow. Its options are told at the top of bench/run.ts, and stand after --;
"npm run bench" is the same without the word bench:

  npm run bench -- --size 100000,1000000 --json results.json
  npm run throughline -- bench -- --cases read --seconds 2

By name, other measurements (docs/performance/connectivity.md, docs/performance/primary-care.md):

${Object.entries(others)
  .map(([name, [, asked, about]]) => `  npm run bench ${name} ${asked}\n      ${about}`)
  .join('\n')}`,
  options: {},
  async run({ positionals, signal }) {
    const [first, ...rest] = positionals;
    const [file, args] = isOther(first) ? [others[first][0], rest] : ['run.ts', positionals];
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../bench', file), ...args], {
      stdio: 'inherit',
    });
    signal.addEventListener('abort', () => child.kill('SIGINT'));
    const [code] = await once(child, 'exit');
    return typeof code === 'number' ? code : 130;
  },
};
