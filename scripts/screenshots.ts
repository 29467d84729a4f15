// Makes docs/screenshots/*.png: starts the product on a database of its own with the named people of the demonstration,
// on one day, so that the same pages make the same pictures, and photographs what each of them sees:
// `npm run screenshots [-- name …]`.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext } from 'playwright-core';
import { openApp } from '../src/app.ts';
import { loadConfig } from '../src/platform/config.ts';
import { createLog } from '../src/platform/log.ts';
import { launchBrowser } from '../test/support/browser.ts';
import { freePort } from '../test/support/free-port.ts';
import { linesMade } from '../test/support/lines-made.ts';

const folder = fileURLToPath(new URL('../docs/screenshots', import.meta.url));
const largest = 150_000;
const day = Date.parse('2026-11-22T14:00:00Z');

interface Shot {
  readonly name: string;
  readonly address: string;
  readonly width: number;
  readonly height: number;
  /** One of the demonstration's people, who is signed in. */
  readonly as?: string;
  /** What they chose in the settings, as the cookie holds it: language, theme, data, keys. */
  readonly display?: string;
  /** Taken only where its name is asked for. */
  readonly onRequest?: boolean;
  /** Scrolls to the element before. */
  readonly from?: string;
}

const wide = { width: 1100, height: 860 };
const phone = { width: 390, height: 780 };
const iris = 'Mrs Iris Okafor';
const dev = 'Dev Malhotra';
const trend = (person: string, code: string): string =>
  `/my-record/${person}/results/${encodeURIComponent(`http://loinc.org|${code}`)}`;
const shots: readonly Shot[] = [
  { name: 'sign-in', address: '/sign-in', ...wide },
  { name: 'region', address: '/demo', from: 'h2:has-text("Map")', width: 800, height: 620 },
  { name: 'home', address: '/my-record/demo-iris', as: iris, ...wide },
  { name: 'trend', address: trend('demo-iris', '59261-8'), as: iris, from: 'h1', ...wide },
  { name: 'care-plan', address: '/my-record/demo-anita/care-plan', as: 'Ms Anita Desai', ...wide },
  { name: 'letter', address: '/my-record/demo-iris/documents/demo-iris-letter-foot', as: iris, ...wide },
  { name: 'who-looked', address: '/who-looked', as: iris, ...wide },
  { name: 'sharing', address: '/sharing', as: iris, ...wide },
  { name: 'home-phone', address: '/my-record/demo-fatima', as: 'Mrs Fatima Khan', ...phone },
  {
    name: 'medicines-phone',
    address: '/my-record/demo-walter/medicines',
    as: 'Mrs Carol Whitlock',
    ...phone,
  },
  { name: 'switch-phone', address: '/my-record', as: 'Mrs Carol Whitlock', ...phone },
  { name: 'dark-phone', address: '/my-record/demo-iris', as: iris, display: 'en.dark.auto.on', ...phone },
  {
    name: 'urdu-phone',
    address: '/my-record/demo-fatima',
    as: 'Mrs Fatima Khan',
    display: 'ur.light.auto.on',
    onRequest: true, // a machine without a font for Urdu draws boxes
    ...phone,
  },
  { name: 'staff-home', address: '/', as: 'Dr Asha Patel', width: 1100, height: 560 },
  { name: 'find-a-person', address: '/people?postcode=ZZ1', as: 'Dr Asha Patel', ...wide },
  { name: 'summary', address: '/people/demo-iris', as: 'Dr Asha Patel', width: 1100, height: 1000 },
  { name: 'timeline', address: '/people/demo-walter/history', as: 'Dr Huw Evans', ...wide },
  { name: 'get-help-phone', address: '/get-help', as: iris, from: 'label[for="words"]', ...phone },
  { name: 'requests', address: '/triage', as: 'Dr Asha Patel', ...wide },
  { name: 'consultation', address: '/consultations/new?person=demo-iris', as: 'Dr Asha Patel', ...wide },
  { name: 'lines-map', address: '/lines/map', as: dev, from: 'h2', width: 1000, height: 700 },
  {
    ...{ name: 'line-care', address: '/lines/sites/demo-hilltop', as: dev },
    ...{ from: 'h2:has-text("What care")', ...wide },
  },
  { name: 'orders', address: '/lines/orders', as: dev, ...wide },
];
/** Who opens the record of Iris Okafor first, so that she has someone to find in it. */
const visitors: readonly string[] = ['Dr Asha Patel', 'Noor Haddad', 'Mo Rahman', 'Dr Lena Fischer'];

/** A window of a browser, signed in as whoever is named. */
async function windowOf(
  browser: Browser,
  base: string,
  { width, height, as, display }: Pick<Shot, 'width' | 'height' | 'as' | 'display'>,
): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: base, viewport: { width, height } });
  if (as !== undefined) {
    const page = await context.newPage();
    await page.goto('/sign-in');
    await page.getByRole('button', { name: as }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    await page.close();
  }
  if (display !== undefined) await context.addCookies([{ name: 'display', value: display, url: base }]);
  return context;
}

const data = mkdtempSync(join(tmpdir(), 'throughline-screenshots-'));
chmodSync(data, 0o755); // the database runs as an account of its own where root starts it
const port = String(await freePort());
const env = {
  ...{ DATA_DIR: data, PORT: port, BASE_URL: `http://127.0.0.1:${port}`, DEMO_PEOPLE: '60' },
  ...{ LOG_LEVEL: 'error', PATH: process.env['PATH'] },
};
const app = await openApp(loadConfig({ env, mode: 'start' }), {
  log: createLog({ level: 'error' }),
  clock: { now: () => day },
});
const wanted = process.argv.slice(2);
const isWanted = ({ name, onRequest }: Shot): boolean =>
  wanted.length === 0 ? !onRequest : wanted.includes(name);
try {
  const base = (await app.listen()).replace(/\/$/, '');
  mkdirSync(folder, { recursive: true });
  if (shots.some((shot) => shot.as === dev && isWanted(shot))) await linesMade(base);
  const browser = await launchBrowser();
  try {
    for (const as of visitors) {
      const context = await windowOf(browser, base, { ...wide, as });
      const answer = await (await context.newPage()).goto('/people/demo-iris');
      if (answer?.status() !== 200) throw new Error(`${as} was answered ${answer?.status()}`);
      await context.close();
    }
    for (const shot of shots.filter(isWanted)) {
      const { name, address, from } = shot;
      const context = await windowOf(browser, base, shot);
      const page = await context.newPage();
      const answer = await page.goto(address);
      if (answer?.status() !== 200) throw new Error(`${address} answered ${answer?.status()}`);
      if (from !== undefined) {
        const top = await page.locator(from).first().boundingBox();
        await page.mouse.wheel(0, top?.y ?? 0);
        await page.waitForLoadState('networkidle');
      }
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
