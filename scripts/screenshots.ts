// Makes docs/screenshots/*.png: starts the product on a database of its own, loads people of our own making (and the
// FHIR bundles in the folder that is given), and photographs the pages: `npm run screenshots [-- folder]`.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openApp } from '../src/app.ts';
import { loadConfig } from '../src/platform/config.ts';
import { createLog } from '../src/platform/log.ts';
import { launchBrowser } from '../test/support/browser.ts';
import { freePort } from '../test/support/free-port.ts';
import { pagesNow } from '../test/support/pages-app.ts';
import { peopleBundle } from '../test/support/people.ts';

const folder = fileURLToPath(new URL('../docs/screenshots', import.meta.url));
const largest = 150_000;

const person = '/people/margaret';
const shots: readonly { name: string; address: string; width: number; height: number }[] = [
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
];

async function load(base: string, bundle: string, what: string): Promise<void> {
  const headers = { 'content-type': 'application/fhir+json', prefer: 'return=minimal' };
  const answer = await fetch(`${base}/fhir`, { method: 'POST', headers, body: bundle });
  if (!answer.ok)
    throw new Error(`${what} was refused (${answer.status}): ${(await answer.text()).slice(0, 500)}`);
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
    for (const { name, address, width, height } of shots) {
      const context = await browser.newContext({ viewport: { width, height } });
      const page = await context.newPage();
      const answer = await page.goto(base + address);
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
