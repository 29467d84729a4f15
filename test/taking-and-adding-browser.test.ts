/** Taking out, sharing and adding in a browser: without script, at any width, for anyone. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from './support/browser.ts';
import { type Product, startProduct } from './support/product.ts';

const folder = mkdtempSync(join(tmpdir(), 'throughline-taking-'));
chmodSync(folder, 0o755); // the database runs as another user
let product: Product;
let browser: Browser;
let state: Awaited<ReturnType<BrowserContext['storageState']>>;
const visits: BrowserContext[] = [];
const own = '/my-record/demo-iris';
/** What the journeys made: pages to be looked at for faults. */
const made: string[] = [];
let shared = { link: '', code: '' };

async function visit(
  options: { readonly script?: boolean; readonly width?: number; readonly signedIn?: boolean } = {},
): Promise<Page> {
  const { script = false, width = 1280, signedIn = true } = options;
  const one = await browser.newContext({
    ...{ baseURL: product.url, viewport: { width, height: 900 }, javaScriptEnabled: script },
    ...(signedIn && state ? { storageState: state } : {}),
  });
  visits.push(one);
  return one.newPage();
}

before(async () => {
  product = await startProduct(folder, { DEMO_PEOPLE: '0' });
  browser = await launchBrowser();
  const page = await visit({ signedIn: false });
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Iris Okafor' }).click();
  state = await page.context().storageState();
});
after(async () => {
  for (const one of visits) await one.close();
  await browser?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('someone adds a blood pressure, is asked about a slip, changes it, and finds it apart from the surgery’s', async () => {
  const page = await visit();
  await page.goto(`${own}/record`);
  await page.getByRole('link', { name: 'Add what you know' }).click();
  await page.getByRole('link', { name: 'Blood pressure' }).click();
  await page.getByLabel('Top number').fill('80');
  await page.getByLabel('Bottom number').fill('125');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: /right way round/ }).waitFor();
  await page.getByLabel('Top number').fill('186');
  await page.getByLabel('Bottom number').fill('121');
  await page.getByRole('button', { name: 'Save' }).click();
  assert.match(
    await page.locator('main').innerText(),
    /Saved[\s\S]*Ask for help with your blood pressure today[\s\S]*186\/121 mmHg/,
  );
  made.push(new URL(page.url()).pathname);
  await page.getByRole('button', { name: 'Change' }).click();
  assert.equal(await page.getByLabel('Top number').inputValue(), '186');
  await page.getByLabel('Top number').fill('136');
  await page.getByLabel('Bottom number').fill('81');
  await page.getByRole('button', { name: 'Save' }).click();
  assert.doesNotMatch(await page.locator('main').innerText(), /Ask for help/);
  await page.goto(`${own}/results`);
  const apart = page.getByRole('region', { name: 'Added by you' });
  assert.match(await apart.innerText(), /136\/81 mmHg/);
});

test('someone writes what matters to them, and removes a contact again', async () => {
  const page = await visit();
  await page.goto(`${own}/add/about-me`);
  await page.getByLabel('What is most important to me').fill('My garden, and my grandson Femi.');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.goto(`${own}/add/about-me`);
  assert.match(await page.getByLabel('What is most important to me').inputValue(), /Femi/);
  await page.goto(`${own}/add/communication`);
  await page.getByLabel('Text message').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.goto(`${own}/add/contacts`);
  await page.getByLabel('Their full name').fill('Ada Okafor');
  await page.getByLabel('What are they to you?').fill('Sister');
  await page.getByLabel('Their phone number').fill('07700 900 982');
  await page.getByRole('button', { name: 'Save' }).click();
  made.push(`${new URL(page.url()).pathname}/remove`);
  await page.goto(`${own}/people`);
  assert.match(
    await page.getByRole('region', { name: 'Added by you' }).innerText(),
    /Ada Okafor[\s\S]*07700 900 982/,
  );
});

test('someone shares a part by a link, which opens with its code in another browser, and is withdrawn', async () => {
  const page = await visit();
  await page.goto(`${own}/share`);
  await page.getByRole('button', { name: 'Make a link' }).click();
  await page.getByLabel('Conditions').check();
  await page.getByLabel('Test results').check();
  await page.getByRole('button', { name: 'Make the link' }).click();
  const codes = await page.locator('code').allInnerTexts();
  shared = { link: codes[0] ?? '', code: codes[1] ?? '' };
  const stranger = await visit({ signedIn: false, width: 320 });
  await stranger.goto(shared.link);
  await stranger.getByLabel('Code').fill('nothing');
  await stranger.getByRole('button', { name: 'Open' }).click();
  await stranger.getByRole('link', { name: /not the code/ }).waitFor();
  await stranger.getByLabel('Code').fill(shared.code.toLowerCase());
  await stranger.getByRole('button', { name: 'Open' }).click();
  assert.match(await stranger.locator('main').innerText(), /Conditions[\s\S]*High blood pressure/);
  await stranger.getByRole('link', { name: 'Test results' }).click();
  assert.match(await stranger.locator('main').innerText(), /HbA1c/);
  const address = stranger.url();
  await page.goto(`${own}/share`);
  assert.match(await page.locator('main').innerText(), /Conditions, Test results[\s\S]*Once/);
  await page.getByRole('button', { name: 'Withdraw' }).click();
  assert.equal((await stranger.goto(address))?.status(), 404);
});

test('someone downloads a part of their record', async () => {
  const page = await visit();
  await page.goto(`${own}/download`);
  await page.getByLabel('Letters and documents').uncheck();
  await page.getByLabel('PDF').check();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^record-\d{4}-\d\d-\d\d\.pdf$/);
  assert.equal(await download.failure(), null);
});

test('the pages have no accessibility fault, and fit 320 and 1280 px', async () => {
  const owner = await visit();
  await owner.goto(`${own}/share/new`);
  await owner.getByLabel('Allergies').check();
  await owner.getByRole('button', { name: 'Make the link' }).click();
  const [link = '', code = ''] = await owner.locator('code').allInnerTexts();
  const pages = [
    ...['add', 'add/measurements/blood-pressure', 'add/communication', 'add/about-me', 'add/medicines'].map(
      (part) => `${own}/${part}`,
    ),
    ...['added', 'download', 'download/file', 'share', 'share/new', 'record', 'results', 'people'].map(
      (part) => `${own}/${part}`,
    ),
    ...['/more', ...made, new URL(link).pathname],
  ];
  // A narrow screen has its own layout of these.
  const narrow = [`${own}/add/measurements/blood-pressure`, `${own}/added`, '/shared'];
  for (const width of [1280, 320]) {
    const page = await visit({ script: true, width });
    const look = async (address: string) => {
      const wide = await page.evaluate('document.documentElement.scrollWidth');
      assert.ok(Number(wide) <= width, `${address} is ${wide} px wide at ${width}`);
      if (width === 320 && !narrow.includes(address)) return;
      const { violations } = await new AxeBuilder({ page }).analyze();
      const faults = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
      assert.deepEqual(faults, [], `${address} at ${width}`);
    };
    for (const address of pages) {
      await page.goto(address);
      await look(address);
    }
    await page.getByLabel('Code').fill(code);
    await page.getByRole('button', { name: 'Open' }).click();
    await look('/shared');
  }
});
