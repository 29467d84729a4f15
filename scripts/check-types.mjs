// Checks the types of the server's code and of the browser's: each knows only what there is where it runs.
import { spawnSync } from 'node:child_process';

const compiler = 'node_modules/typescript/bin/tsc';
const projects = ['tsconfig.json', 'tsconfig.browser.json'];
const failed = projects.filter((project) => {
  const args = [compiler, '--noEmit', '-p', project, ...process.argv.slice(2)];
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0;
});
process.exitCode = failed.length > 0 ? 1 : 0;
