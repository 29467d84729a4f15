// Makes docs/screenshots/*.png: starts the product on a database of its own, loads people of our own making (and the
// FHIR bundles in the folder that is given), and photographs the pages, some as people of the demonstration see them:
// `npm run screenshots [-- folder]`.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext } from 'playwright-core';
import { openApp } from '../src/app.ts';
import { loadConfig } from '../src/platform/config.ts';
import { createLog } from '../src/platform/log.ts';
import { launchBrowser } from '../test/support/browser.ts';
import { freePort } from '../test/support/free-port.ts';
import { pagesNow } from '../test/support/pages-app.ts';
import { peopleBundle } from '../test/support/people.ts';

const folder = fileURLToPath(new URL('../docs/screenshots', import.meta.url));
const largest = 150_000;

interface Shot {
  readonly name: string;
  readonly address: string;
  readonly width: number;
  readonly height: number;
  /** One of the demonstration's people, who is signed in. */
  readonly as?: string;
}

const person = '/people/margaret';
const iris = 'Mrs Iris Okafor';
const shots: readonly Shot[] = [
  { name: 'find-a-person', address: '/people?name=ash', width: 1100, height: 760 },
  { name: 'summary', address: person, width: 1100, height: 1000 },
  { name: 'timeline', address: `${person}/history`, width: 1100, height: 900 },
  {
    name: 'trend',
    address: `${person}/results/${encodeURIComponent('http://loinc.org|85354-9')}`,
    width: 1100,
    height: 860,
  },
  { name: 'summary-320', address: person, width: 320, height: 900 },
  { name: 'sign-in', address: '/sign-in', width: 1100, height: 1100 },
  { name: 'who-looked', address: '/who-looked', width: 1100, height: 900, as: iris },
  { name: 'sharing', address: '/sharing', width: 1100, height: 900, as: iris },
];
/** Who opens the record of Iris Okafor first, so that she has someone to find in it. */
const visitors: readonly string[] = ['Dr Asha Patel', 'Noor Haddad', 'Mo Rahman', 'Dr Lena Fischer'];

async function load(base: string, bundle: string, what: string): Promise<void> {
  const headers = { 'content-type': 'application/fhir+json', prefer: 'return=minimal' };
  const answer = await fetch(`${base}/fhir`, { method: 'POST', headers, body: bundle });
  if (!answer.ok)
    throw new Error(`${what} was refused (${answer.status}): ${(await answer.text()).slice(0, 500)}`);
}

/** A window of a browser, signed in as whoever is named. */
async function windowOf(
  browser: Browser,
  base: string,
  { width, height, as }: Pick<Shot, 'width' | 'height' | 'as'>,
): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: base, viewport: { width, height } });
  if (as === undefined) return context;
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: as }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await page.close();
  return context;
}

const data = mkdtempSync(join(tmpdir(), 'throughline-screenshots-'));
chmodSync(data, 0o755); // the database runs as an account of its own where root starts it
const env = { DATA_DIR: data, PORT: String(await freePort()), LOG_LEVEL: 'error', PATH: process.env['PATH'] };
const app = await openApp(loadConfig({ env, mode: 'start' }), {
  log: createLog({ level: 'error' }),
  clock: { now: () => pagesNow },
});
try {
  const base = (await app.listen()).replace(/\/$/, '');
  await load(base, JSON.stringify(peopleBundle), 'The built-in people');
  const given = process.argv[2];
  for (const file of given ? readdirSync(given) : []) {
    if (given && file.endsWith('.json')) await load(base, readFileSync(join(given, file), 'utf8'), file);
  }
  mkdirSync(folder, { recursive: true });
  const browser = await launchBrowser();
  try {
    for (const as of visitors) {
      const context = await windowOf(browser, base, { width: 1100, height: 900, as });
      const answer = await (await context.newPage()).goto('/people/demo-iris');
      if (answer?.status() !== 200) throw new Error(`${as} was answered ${answer?.status()}`);
      await context.close();
    }
    for (const { name, address, ...shot } of shots) {
      const context = await windowOf(browser, base, shot);
      const page = await context.newPage();
      const answer = await page.goto(address);
      if (answer?.status() !== 200) throw new Error(`${address} answered ${answer?.status()}`);
      const path = join(folder, `${name}.png`);
      await page.screenshot({ path });
      await context.close();
      const { size } = statSync(path);
      if (size > largest) throw new Error(`${path} is ${size} bytes; at most ${largest} are wanted.`);
      console.log(`${name}.png ${size} bytes`);
    }
  } finally {
    await browser.close();
  }
} finally {
  await app.close();
  rmSync(data, { recursive: true, force: true });
}
