/**
 * Every page once, as whoever it is for: what a first and a later visit move over the line, whom they ask, whether the page fits a
 * small phone and whether axe finds a fault. The routes are the server's own list, so that none is forgotten.
 */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { atStage, communicationOf, taskCode } from '../src/fhir/primary-care.ts';
import { type BrowsedProduct, browsedProduct } from './support/browsed-product.ts';
import { launchBrowser } from './support/browser.ts';
import type { Ending } from './support/ending.ts';
import { linesMade } from './support/lines-made.ts';
import { type Opened, pageAddresses } from './support/page-addresses.ts';
import { scales, type Weight } from './support/page-walk.ts';

const kilobyte = 1024;
const budgets = { patients: { first: 60, later: 10 }, staff: { first: 100, later: 40 } } as const;
const narrow = 320;
/** Of the operator, who may do all. */
const token = 'Wq7fWk0rJc3yT5mB9xZ1vN8sLh2dGp4u';

const endings: (() => Promise<void>)[] = [];
const ending: Ending = { after: (work) => void endings.push(work) };
let product: BrowsedProduct;
let browser: Browser;
before(async () => {
  product = await browsedProduct(ending, { ACCESS_TOKEN: token, DEMO_PEOPLE: '60' });
  browser = await launchBrowser();
  await linesMade(product.url);
});
after(async () => {
  await browser?.close();
  for (const work of endings.reverse()) await work();
});

/** Routes of pages and files; the FHIR API has tests of its own. */
const routes = (): readonly string[] => [
  ...new Set(
    product.routes
      .filter(({ method, url }) => method === 'GET' && !url.startsWith('/fhir'))
      .map(({ url }) => url),
  ),
];

/** A window of a browser for each person, with its page. Its worker is blocked: what it asks for is counted apart. */
type Windows = Map<string, { readonly context: BrowserContext; readonly page: Page }>;
async function windowOf(windows: Windows, as: string | undefined) {
  const known = windows.get(as ?? '');
  if (known) return known;
  const context = await browser.newContext({
    ...{ baseURL: product.url, viewport: { width: narrow, height: 800 }, serviceWorkers: 'block' },
  });
  const page = await context.newPage();
  if (as !== undefined) {
    await page.goto('/sign-in');
    await page.getByRole('button', { name: as }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  }
  const made = { context, page };
  windows.set(as ?? '', made);
  return made;
}

async function addressOf(page: Page, { where }: Opened): Promise<string> {
  if (typeof where === 'string') return where;
  await page.goto(where.on);
  const links = await page.locator('main a[href]').all();
  for (const link of links) {
    const href = (await link.getAttribute('href')) ?? '';
    if (where.link.test(href)) return href + (where.after ?? '');
  }
  throw new Error(`${where.on} has no link like ${where.link}`);
}

/** What the worker asks for after the first page of someone whose pages are kept. */
const ofWorker = ['/service-worker.js', '/offline', '/offline/waiting'];

interface Row extends Weight {
  readonly route: string;
  readonly as: string;
}

async function walk(
  windows: Windows,
  route: string,
  opened: Opened,
  weigh: ReturnType<typeof scales>,
): Promise<[Row, string[]]> {
  const faults: string[] = [];
  const { context, page } = await windowOf(windows, opened.as);
  const address = await addressOf(page, opened);
  const elsewhere: string[] = [];
  const listen = (request: { url: () => string }) => {
    if (/^https?:/.test(request.url()) && !request.url().startsWith(product.url))
      elsewhere.push(request.url());
  };
  context.on('request', listen);
  const answer = await page.goto(address);
  context.off('request', listen);
  if (answer?.status() !== 200 || new URL(page.url()).pathname !== new URL(address, product.url).pathname)
    faults.push(`${route}: ${address} answers ${answer?.status()} at ${page.url()}`);
  if (elsewhere.length > 0) faults.push(`${route} asks others: ${elsewhere.join(' ')}`);
  const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
  if (wide > narrow) faults.push(`${route} is ${wide} px wide on a screen of ${narrow}`);
  const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).analyze();
  for (const { id, nodes } of violations)
    faults.push(`${route}: ${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`);

  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const html = (await answer?.text()) ?? '';
  const weight = await weigh(address, html, cookie, html.includes('data-offline-for') ? ofWorker : []);
  const most = opened.patients ? budgets.patients : budgets.staff;
  for (const visit of ['first', 'later'] as const)
    if (weight[visit] > most[visit] * kilobyte)
      faults.push(`${route}: a ${visit} visit moves ${weight[visit]} bytes, more than ${most[visit]} KB`);
  return [{ route, as: opened.as ?? 'anyone', ...weight }, faults];
}

/** Something of the person's own, so that there is a page of it. */
async function addWeight(): Promise<void> {
  const windows: Windows = new Map();
  const { page, context } = await windowOf(windows, 'Mrs Iris Okafor');
  await page.goto('/my-record/demo-iris/add/measurements/weight');
  await page.getByLabel('Weight in kilograms').fill('71.5');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL(/\/added\//);
  await context.close();
}

/** A request for help that nobody else of the walk has open, and a consultation that someone is writing. */
async function askForHelp(): Promise<void> {
  const { request } = await browser.newContext();
  const answer = await request.put(`${product.url}/fhir/Task/walked-request`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
    data: JSON.stringify({
      ...{
        resourceType: 'Task',
        id: 'walked-request',
        ...atStage('waiting'),
        intent: 'order',
        priority: 'stat',
      },
      ...{ code: taskCode('help', 'Cough'), description: 'Cough', for: { reference: 'Patient/demo-iris' } },
      owner: { reference: 'Organization/demo-harbour' },
      authoredOn: new Date().toISOString(),
    }),
  });
  assert.ok(answer.ok(), await answer.text());
  const { page, context } = await windowOf(new Map(), 'Dr Asha Patel');
  await page.goto('/consultations/new?person=demo-iris');
  await context.close();
}

/** A message that waits for an answer. */
async function writeMessage(): Promise<void> {
  const { request } = await browser.newContext();
  const message: Parameters<typeof communicationOf>[0] = {
    ...{
      id: 'walked-message',
      kind: 'patient',
      person: 'demo-iris',
      topic: 'Blood test',
      text: 'When is it?',
    },
    ...{ from: { reference: 'Patient/demo-iris' }, sent: Date.now() },
    to: [{ reference: 'Organization/demo-harbour', display: 'Harbour Surgery' }],
  };
  const answer = await request.put(`${product.url}/fhir/Communication/walked-message`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
    data: JSON.stringify(communicationOf(message, {})),
  });
  assert.ok(answer.ok(), await answer.text());
}

test('every route is known: who opens it and where, or why it is no page', () => {
  const here = routes();
  assert.deepEqual(
    here.filter((route) => !Object.hasOwn(pageAddresses, route)),
    [],
    'add these to test/support/page-addresses.ts',
  );
  assert.deepEqual(
    Object.keys(pageAddresses).filter((route) => !here.includes(route)),
    [],
    'these are gone: take them out of test/support/page-addresses.ts',
  );
});

test('every page stays within its budget, asks no one else, fits 320 px and has no accessibility fault', async (t) => {
  const weigh = scales(product.url);
  const rows: Row[] = [];
  const faults: string[] = [];
  const ahead = routes().flatMap((route) => {
    const opened = pageAddresses[route];
    return opened && 'where' in opened ? [{ route, opened }] : [];
  });
  await addWeight();
  await askForHelp();
  await writeMessage();
  const hand = async (): Promise<void> => {
    const windows: Windows = new Map();
    for (let next = ahead.shift(); next; next = ahead.shift()) {
      const { route, opened } = next;
      const [row, wrong] = await walk(windows, route, opened, weigh).catch(
        (error: unknown): [undefined, string[]] => [undefined, [`${route}: ${String(error).slice(0, 300)}`]],
      );
      if (row) rows.push(row);
      faults.push(...wrong);
    }
    for (const { context } of windows.values()) await context.close();
  };
  await Promise.all([hand(), hand()]);
  rows.sort((a, b) => b.first - a.first);
  const inKb = (bytes: number) => (bytes / kilobyte).toFixed(1).padStart(7);
  t.diagnostic(`${'route'.padEnd(48)} first KB  later KB  requests  as`);
  for (const { route, first, later, requests, as } of rows)
    t.diagnostic(
      `${route.padEnd(48)} ${inKb(first)}   ${inKb(later)}  ${String(requests).padStart(8)}  ${as}`,
    );
  assert.deepEqual(faults, []);
});

test('whoever asks for less data is sent less: no map unasked, nothing that keeps itself up to date', async () => {
  const windows: Windows = new Map();
  const { context } = await windowOf(windows, 'Mrs Iris Okafor');
  const asked = async (path: string, headers: Record<string, string>) =>
    (await context.request.get(path, { headers })).text();
  const drawn = /<img[^>]*map/;
  for (const [path, kept] of [
    ['/demo', drawn],
    ['/my-record/demo-iris', /data-live=/],
    ['/my-record/demo-iris/messages', /data-live=/],
  ] as const) {
    const usual = await asked(path, {});
    const less = await asked(path, { 'save-data': 'on' });
    assert.ok(less.length < usual.length, `${path}: ${less.length} bytes, ${usual.length} as usual`);
    assert.match(usual, kept, path);
    assert.doesNotMatch(less, kept, path);
  }
  await context.close();
});
