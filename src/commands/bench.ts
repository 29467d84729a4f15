import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Command } from './command.ts';

export const command: Command = {
  name: 'bench',
  summary: 'Measure the speed of the product beside a bare limit, on data of its own',
  arguments: '[readings] [options of bench/run.ts]',
  help: `Starts the product and a bare server of the same work on databases of their own, and loads both with the same
synthetic people. Prints requests a second and times for each case, and the product's share of the bare limit.
It never fails because something is slow.

What stands after -- is for the measurement itself; "npm run bench" is the same without the word bench:

  npm run bench -- --size 100000,1000000 --json results.json
  npm run throughline -- bench -- --cases read --seconds 2

"bench readings" measures how fast readings of lines are kept, beside a bare COPY of the same rows.`,
  options: {},
  async run({ positionals, signal }) {
    const [first, ...rest] = positionals;
    const [file, args] = first === 'readings' ? ['readings.ts', rest] : ['run.ts', positionals];
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../bench', file), ...args], {
      stdio: 'inherit',
    });
    signal.addEventListener('abort', () => child.kill('SIGINT'));
    const [code] = await once(child, 'exit');
    return typeof code === 'number' ? code : 130;
  },
};
