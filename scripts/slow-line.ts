// Measures the patient's app over a slow line: `node scripts/slow-line.ts [--url http://…] [--as-it-is] [--rounds 5]`. Without an
// address it starts the product on a database of its own. The browser slows the line itself (1.5 Mbit/s down, 0.4 up, 120 ms there
// and back); with --as-it-is the line is whatever lies between here and the address. Prints medians; never fails for being slow.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from '../test/support/browser.ts';
import { startProduct } from '../test/support/product.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    'as-it-is': { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
  },
});
const rounds = Math.max(1, Number(values.rounds) || 5);
const line = { offline: false, latency: 120, downloadThroughput: 1.5e6 / 8, uploadThroughput: 0.4e6 / 8 };
const home = '/my-record/demo-iris';
const later = ['/medicines', '/results', '/appointments', '/documents', '/messages', ''];

/** ms from asking for a page: until its content is on the screen, until it can be used whole, until all has come; and its bytes, which
 * a page cannot tell when the worker handed them on. */
interface Visit {
  readonly painted: number;
  readonly usable: number;
  readonly loaded: number;
  readonly bytes: number;
}

const measure = `(async () => {
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)));
  const [page] = performance.getEntriesByType('navigation');
  const painted = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? page.domInteractive;
  const parts = performance.getEntriesByType('resource');
  const bytes = navigator.serviceWorker?.controller ? NaN : [page, ...parts].reduce((sum, { transferSize }) => sum + transferSize, 0);
  return { painted, usable: Math.max(painted, page.domContentLoadedEventEnd), loaded: page.loadEventEnd, bytes };
})()`;

async function visit(page: Page, address: string): Promise<Visit> {
  await page.goto(address, { waitUntil: 'load' });
  return page.evaluate<Visit>(measure);
}

/** A window with a slow line, and nothing kept from before. */
async function slowWindow(browser: Browser, url: string, state?: State): Promise<[BrowserContext, Page]> {
  const context = await browser.newContext({
    ...{ baseURL: url, viewport: { width: 390, height: 844 } },
    ...(state ? { storageState: state } : {}),
  });
  const page = await context.newPage();
  if (state && !values['as-it-is']) {
    const devtools = await context.newCDPSession(page);
    await devtools.send('Network.enable');
    await devtools.send('Network.emulateNetworkConditions', line);
  }
  return [context, page];
}

type State = Awaited<ReturnType<BrowserContext['storageState']>>;

async function signedIn(browser: Browser, url: string): Promise<State> {
  const [context, page] = await slowWindow(browser, url);
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Iris Okafor' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  // The first pages of a server that has just started are slower than any after.
  for (const part of later) await page.goto(home + part);
  const state = await context.storageState();
  await context.close();
  return state;
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

function print(what: string, visits: readonly Visit[]): void {
  const of = (key: keyof Visit) => Math.round(median(visits.map((one) => one[key])));
  const kb = Number.isNaN(of('bytes')) ? '' : (of('bytes') / 1024).toFixed(1);
  console.log(`| ${what} | ${of('painted')} | ${of('usable')} | ${of('loaded')} | ${kb} |`);
}

async function run(url: string): Promise<void> {
  const browser = await launchBrowser();
  try {
    const state = await signedIn(browser, url);
    const first: Visit[] = [];
    const begun: Visit[] = [];
    const others = new Map<string, Visit[]>(later.map((part) => [part, []]));
    for (let round = 0; round < rounds; round += 1) {
      const [context, page] = await slowWindow(browser, url, state);
      first.push(await visit(page, home));
      await page.waitForTimeout(3000); // the worker comes after the page, and is not part of the next
      for (const part of later) others.get(part)?.push(await visit(page, home + part));
      await context.close();
      const [fresh, icon] = await slowWindow(browser, url, state);
      begun.push(await visit(icon, '/my-record'));
      await fresh.close();
    }
    console.log(`| page | painted, ms | usable, ms | loaded, ms | KB |\n| --- | --: | --: | --: | --: |`);
    print('home, first visit', first);
    print('from the app’s icon, first visit (one redirect)', begun);
    for (const [part, visits] of others) print(`${part === '' ? '/home again' : part}, later`, visits);
  } finally {
    await browser.close();
  }
}

if (values.url) await run(values.url);
else {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-slow-line-'));
  chmodSync(folder, 0o755); // the database runs as another user
  const product = await startProduct(folder, { DEMO_PEOPLE: '0' });
  try {
    await run(product.url);
  } finally {
    await product.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
