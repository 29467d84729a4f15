/** The patient's app over the demonstration's named people: what each may open, and that every page works for anyone on any line. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from './support/browser.ts';
import { testDatabaseUrl } from './support/database.ts';
import { type Product, startProduct } from './support/product.ts';

const folder = mkdtempSync(join(tmpdir(), 'throughline-my-record-'));
const endings: (() => Promise<void>)[] = [];
let product: Product;
let browser: Browser;
type State = Awaited<ReturnType<BrowserContext['storageState']>>;
const states = new Map<string, State>();
const visits: BrowserContext[] = [];

before(async () => {
  const DATABASE_URL = await testDatabaseUrl({ after: (work) => void endings.push(work) });
  product = await startProduct(folder, { DATABASE_URL, DEMO_PEOPLE: '0' });
  browser = await launchBrowser();
});
after(async () => {
  for (const visit of visits) await visit.close();
  await browser?.close();
  await product?.stop();
  for (const work of endings) await work();
  rmSync(folder, { recursive: true, force: true });
});

/** A browser without script, as one of the demonstration's people. */
async function as(name: string, width = 1280): Promise<Page> {
  const known = states.get(name);
  const visit = await browser.newContext({
    ...{ baseURL: product.url, viewport: { width, height: 900 }, javaScriptEnabled: false },
    ...(known ? { storageState: known } : {}),
  });
  visits.push(visit);
  const page = await visit.newPage();
  if (!known) {
    await page.goto('/sign-in');
    await page.getByRole('button', { name }).click();
    states.set(name, await visit.storageState());
  }
  return page;
}

async function opened(page: Page, path: string): Promise<{ status: number; words: string }> {
  const answer = await page.goto(path);
  return { status: answer?.status() ?? 0, words: await page.locator('main').innerText() };
}

const hba1c = encodeURIComponent('http://loinc.org|59261-8');
const parts = [
  ...['', '/record', '/conditions', '/medicines', '/allergies', '/results', '/vaccinations', '/appointments'],
  ...['/documents', '/imaging', '/care-plan', '/people', '/pregnancy', '/messages', '/search'],
];
const iris = [
  ...parts,
  ...[`/results/${hba1c}`, '/search?q=blood+pressure', '/search?q=', '/search?q=%25%25', '/search?q=zzzz'],
].map((part) => `/my-record/demo-iris${part}`);

test('a patient reads every part of their record in plain words', async () => {
  const page = await as('Iris Okafor');
  const expected: Readonly<Record<string, RegExp>> = {
    '': /Hello, Mrs Iris Okafor[\s\S]*Next appointment/,
    '/conditions': /Type 2 diabetes[\s\S]*What does this mean\?/,
    '/medicines': /Metformin[\s\S]*One tablet twice a day with food/,
    '/allergies': /Penicillin[\s\S]*Could be serious/,
    '/results': /Average blood sugar \(HbA1c\)/,
    [`/results/${hba1c}`]: /Results, newest first/,
    '/appointments': /Blood pressure review/,
    '/people': /Harbour Surgery[\s\S]*01632/,
    '/care-plan': /Goals[\s\S]*What will be done/,
    '/pregnancy': /No pregnancy is recorded/,
    '/search?q=high+blood+pressure': /Hypertension/,
    '/search?q=diab': /Type 2 diabetes/,
    '/search?q=zzzz': /Nothing in the record matches “zzzz”/,
  };
  for (const [part, wanted] of Object.entries(expected)) {
    const { status, words } = await opened(page, `/my-record/demo-iris${part}`);
    assert.equal(status, 200, part);
    assert.match(words, wanted, part);
  }
  const { status, words } = await opened(page, '/my-record/demo-iris/search?q=');
  assert.deepEqual([status, /Enter a word to search for/.test(words)], [422, true]);
});

test('the clinician’s words are one tap away, without a script', async () => {
  const page = await as('Iris Okafor');
  await page.goto('/my-record/demo-iris/conditions');
  const first = page.locator('article').filter({ hasText: 'High blood pressure' });
  await first.getByText('What the clinician wrote').click();
  await first.getByText(/SNOMED CT 38341003/).waitFor();
});

test('whoever has one record is led to it; a proxy chooses, and every page says for whom they act', async () => {
  const own = await as('Iris Okafor');
  await own.goto('/my-record');
  assert.match(own.url(), /\/my-record\/demo-iris$/);
  const proxy = await as('Megan Ashworth');
  await proxy.goto('/my-record');
  await proxy.getByRole('link', { name: 'Ella Ashworth' }).click();
  for (const part of parts) {
    await proxy.goto(`/my-record/demo-ella${part}`);
    assert.match(await proxy.locator('body').innerText(), /You are acting for Ella Ashworth/, part);
  }
});

test('nobody opens another’s record, and the try is in the audit log', async () => {
  const page = await as('Iris Okafor');
  const plain = (words: string) => words.replace(/reference: \S+/, '');
  for (const part of parts) {
    const there = await opened(page, `/my-record/demo-sam${part}`);
    const nowhere = await opened(page, `/my-record/never-was${part}`);
    assert.deepEqual([there.status, plain(there.words)], [404, plain(nowhere.words)], part);
  }
  const files = ['documents/x/files/0', 'imaging/x/files/0', 'appointments/demo-iris-review.ics'];
  for (const file of files)
    assert.equal((await opened(page, `/my-record/demo-sam/${file}`)).status, 404, file);
  // What is theirs is not had through somebody else's address, nor somebody else's through theirs.
  assert.equal((await opened(page, '/my-record/demo-iris/documents/demo-sam-letter')).status, 404);
  const answer = await fetch(`${product.url}/fhir/AuditEvent?patient=Patient/demo-sam&_count=50`);
  assert.match(await answer.text(), /demo-iris/);
  const staff = await as('Dr Asha Patel');
  assert.equal((await opened(staff, '/my-record/demo-iris')).status, 403);
});

test('an appointment goes into a calendar as its own file', async () => {
  const page = await as('Iris Okafor');
  await page.goto('/my-record/demo-iris/appointments');
  const href = await page
    .getByRole('link', { name: /Add to your calendar/ })
    .first()
    .getAttribute('href');
  const answer = await page.request.get(href ?? '');
  assert.match(answer.headers()['content-type'] ?? '', /^text\/calendar/);
  assert.match(await answer.text(), /^BEGIN:VCALENDAR\r\n[\s\S]*DTSTART:\d{8}T\d{6}Z\r\n/);
});

test('the pages have no accessibility fault, and fit 320 and 1280 px', async () => {
  await as('Iris Okafor');
  // A narrow screen has its own layout of these.
  const narrow = [iris[0], iris[5], iris[15]];
  for (const width of [1280, 320]) {
    // axe brings its own script, which a page without script would not run.
    const visit = await browser.newContext({
      ...{ baseURL: product.url, viewport: { width, height: 900 }, storageState: states.get('Iris Okafor')! },
    });
    visits.push(visit);
    const page = await visit.newPage();
    for (const address of iris) {
      await page.goto(address);
      const wide = await page.evaluate('document.documentElement.scrollWidth');
      assert.ok(Number(wide) <= width, `${address} is ${wide} px wide at ${width}`);
      if (width === 320 && !narrow.includes(address)) continue;
      const { violations } = await new AxeBuilder({ page }).analyze();
      const faults = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      assert.deepEqual(faults, [], `${address} at ${width}`);
    }
  }
});

/** Bytes that a page moves, as a browser asks for it. */
const weigh = (path: string, cookie: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { cookie, accept: 'text/html', 'accept-encoding': 'br, gzip' };
    get(product.url + path, { headers }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.on('end', () => resolve(bytes));
    }).on('error', reject);
  });

test('a first visit moves at most 60 KB, later pages 10 KB', async () => {
  await as('Iris Okafor');
  const cookie = states
    .get('Iris Okafor')!
    .cookies.map(({ name, value }) => `${name}=${value}`)
    .join('; ');
  const page = await (
    await fetch(`${product.url}/my-record/demo-iris`, { headers: { cookie, accept: 'text/html' } })
  ).text();
  const assets = [...page.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
  let first = await weigh('/my-record/demo-iris', cookie);
  for (const path of new Set(assets)) first += await weigh(path, cookie);
  assert.ok(first <= 60 * 1024, `the first visit moves ${first} bytes`);
  for (const address of iris) {
    const bytes = await weigh(address, cookie);
    assert.ok(bytes <= 10 * 1024, `${address} moves ${bytes} bytes`);
  }
});

test('odd pages of long lists are right', async () => {
  const page = await as('Iris Okafor');
  for (const query of ['?page=0', '?page=-3', '?page=99999999', '?page=x', '?page=2&page=3', '?past=999'])
    for (const part of ['/conditions', '/results', '/appointments', '/documents', '/messages', '/imaging'])
      assert.equal((await opened(page, `/my-record/demo-iris${part}${query}`)).status, 200, part + query);
});

test('a message that comes while the home page is open appears there, and nowhere near another’s', async () => {
  const iris = await as('Iris Okafor');
  const state = await iris.context().storageState();
  const live = await browser.newContext({ baseURL: product.url, storageState: state });
  visits.push(live);
  const page = await live.newPage();
  const heard = page.waitForResponse((answer) => answer.url().includes('/my-record/demo-iris/live'));
  await page.goto('/my-record/demo-iris');
  await heard;
  const sent = await fetch(`${product.url}/fhir/Communication`, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify({
      resourceType: 'Communication',
      status: 'completed',
      subject: { reference: 'Patient/demo-iris' },
      recipient: [{ reference: 'Patient/demo-iris' }],
      sender: { reference: 'Practitioner/demo-noor', display: 'Noor Haddad' },
      sent: new Date().toISOString(),
      topic: { text: 'Your new shoes' },
      payload: [{ contentString: 'They have come.' }],
    }),
  });
  assert.equal(sent.status, 201);
  await page.getByRole('link', { name: 'Your new shoes' }).waitFor({ timeout: 20_000 });
  const stranger = await page.context().request.get('/my-record/demo-walter/live');
  assert.equal(stranger.status(), 404);
});
