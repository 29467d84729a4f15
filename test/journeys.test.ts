/** What each kind of person does in a browser, and what each must not: the whole product, with its demonstration's people. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from './support/browser.ts';
import { testDatabaseUrl } from './support/database.ts';
import { type Product, startProduct } from './support/product.ts';

const folder = mkdtempSync(join(tmpdir(), 'throughline-journeys-'));
const endings: (() => Promise<void>)[] = [];
let product: Product;
let browser: Browser;
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

/** A browser without script, signed in as one of the demonstration's people. */
async function as(name: string, width = 1280): Promise<Page> {
  const visit = await browser.newContext({
    ...{ baseURL: product.url, viewport: { width, height: 900 }, javaScriptEnabled: false },
  });
  visits.push(visit);
  const page = await visit.newPage();
  await page.goto('/sign-in');
  await page.getByRole('button', { name }).click();
  await page.getByText(name).first().waitFor();
  return page;
}

/** Opens an address; answers its status and the words of the page. */
async function opened(page: Page, path: string): Promise<{ status: number; words: string }> {
  const answer = await page.goto(path);
  return { status: answer?.status() ?? 0, words: await page.locator('main').innerText() };
}

const shows = async (page: Page, path: string, wanted: RegExp): Promise<void> => {
  const { status, words } = await opened(page, path);
  assert.equal(status, 200, path);
  assert.match(words, wanted, path);
};

/** What is there and not for them is answered as what is not there. */
async function hidden(page: Page, path: string, absent: string): Promise<void> {
  const there = await opened(page, path);
  const nowhere = await opened(page, absent);
  const plain = ({ words }: { words: string }) => words.replace(/reference: \S+/, '');
  assert.equal(there.status, 404, path);
  assert.deepEqual([nowhere.status, plain(nowhere)], [404, plain(there)], path);
}

const refused = async (page: Page, path: string): Promise<void> => {
  assert.equal((await opened(page, path)).status, 403, path);
};

async function fillBirth(page: Page, date: string): Promise<void> {
  const [year = '', month = '', day = ''] = date.split('-');
  await page.fill('#born-day', String(Number(day)));
  await page.fill('#born-month', String(Number(month)));
  await page.fill('#born-year', year);
}

test('a GP sees the practice’s patients, and nobody else by any page', async () => {
  const page = await as('Dr Asha Patel');
  await shows(page, '/people?name=okafor', /OKAFOR, Iris/);
  await shows(page, '/people/demo-iris', /Type 2 diabetes/);
  await shows(page, '/people?name=price', /No one found/);
  await hidden(page, '/people/demo-walter', '/people/nobody-at-all');
  await hidden(page, '/people/demo-walter/history', '/people/nobody-at-all/history');
  await hidden(
    page,
    '/people/demo-walter/items/Condition/demo-walter-heart',
    '/people/demo-walter/items/Condition/never-was',
  );
  await refused(page, '/api-clients');
});

test('a receptionist sees who people are and when they come, not their notes', async () => {
  const page = await as('Ben Carter');
  const { words } = await opened(page, '/people/demo-iris');
  assert.match(words, /Blood pressure review/);
  assert.match(words, /Your role does not show this part of the record/);
  assert.doesNotMatch(words, /diabetes|Metformin|penicillin/i);
  await hidden(
    page,
    '/people/demo-iris/items/Condition/demo-iris-diabetes',
    '/people/demo-iris/items/Condition/never-was',
  );
  await refused(page, '/emergency-access');
  await refused(page, '/proxy-requests');
});

test('relationships of other kinds open one person each: referred, prescribed, a task', async () => {
  const consultant = await as('Dr Lena Fischer');
  await shows(consultant, '/people/demo-iris', /Hypertension/);
  await hidden(consultant, '/people/demo-sam', '/people/nobody-at-all');
  const worker = await as('Grace Adeyemi');
  await shows(worker, '/people/demo-walter', /Frailty/);
  await hidden(worker, '/people/demo-iris', '/people/nobody-at-all');
  const administrator = await as('Alex Moore');
  await shows(administrator, '/api-clients', /Apps and systems/);
  await hidden(administrator, '/people/demo-iris', '/people/nobody-at-all');
});

test('the menu offers each person what their role may open', async () => {
  const menu = async (name: string): Promise<string> => {
    const page = await as(name);
    return (await page.getByRole('navigation').allInnerTexts()).join('\n');
  };
  assert.match(await menu('Alex Moore'), /Apps and systems/);
  assert.match(await menu('Priya Shah'), /Governance/);
  for (const name of ['Dr Asha Patel', 'Ben Carter', 'Mrs Iris Okafor'])
    assert.doesNotMatch(await menu(name), /Apps and systems|Governance/, name);
});

test('a patient stops sharing, which holds at once, and shares again', async () => {
  const pharmacist = await as('Mo Rahman');
  await shows(pharmacist, '/people/demo-iris', /Metformin/);
  const patient = await as('Mrs Iris Okafor');
  const choose = async (answer: 'share' | 'keep') => {
    await patient.goto('/sharing/kinds/pharmacy');
    await patient.locator(`input[value=${answer}]`).check();
    await patient.getByRole('button', { name: 'Save my choice' }).click();
    await patient.getByText('Your choice is saved').waitFor();
  };
  await choose('keep');
  await hidden(pharmacist, '/people/demo-iris', '/people/nobody-at-all');
  await shows(pharmacist, '/people?name=okafor', /No one found/);
  await choose('share');
  await shows(pharmacist, '/people/demo-iris', /Metformin/);
  await shows(patient, '/who-looked', /Mo Rahman, pharmacist at Quay Pharmacy, tried to open/);
  await hidden(patient, '/people/demo-walter', '/people/nobody-at-all');
  const foreign = await opened(patient, '/who-looked/demo-walter');
  assert.ok([403, 404].includes(foreign.status), 'another person’s log');
});

test('emergency access opens one record with a reason, and its owner is told', async () => {
  const page = await as('Dr Asha Patel');
  await page.goto('/emergency-access/ask');
  await page.fill('#nhs-number', '999 000 2851');
  await fillBirth(page, '1938-01-22');
  await page.getByRole('button', { name: /Open the record/ }).click();
  assert.match(await page.locator('main').innerText(), /There is a problem/);
  assert.equal(await page.inputValue('#nhs-number'), '999 000 2851', 'what was typed stays');
  await page.locator('input[name=reason]').first().check();
  await page.fill('#words', 'He has collapsed and cannot speak');
  await page.getByRole('button', { name: /Open the record/ }).click();
  await page.getByRole('heading', { name: 'Summary' }).waitFor();
  await shows(page, '/people/demo-walter', /Heart failure/);
  const owner = await as('Mr Walter Price');
  await shows(owner, '/who-looked', /Dr Asha Patel.*used emergency access to open your record/s);
  const colleague = await as('Noor Haddad');
  await hidden(colleague, '/people/demo-walter', '/people/nobody-at-all');

  const governance = await as('Priya Shah');
  await shows(governance, '/governance', /Emergency access.*1 to review/s);
  await governance
    .getByRole('link', { name: /Emergency access/ })
    .first()
    .click();
  assert.match(await governance.locator('main').innerText(), /Asha Patel.*collapsed and cannot speak/s);
  const { words } = await opened(governance, '/people/demo-walter');
  assert.doesNotMatch(words, /Heart failure/, 'reviewing shows who looked, not what they saw');
  await refused(colleague, '/governance');
});

test('a parent acts for her child once the practice agrees, and for no one else', async () => {
  const parent = await as('Ms Jo Lind');
  await hidden(parent, '/people/demo-maya', '/people/nobody-at-all');
  await parent.goto('/acting-for/ask');
  await parent.fill('#person-name', 'Maya Lind');
  await parent.fill('#nhs-number', '9990002118');
  await fillBirth(parent, '2017-03-14');
  await parent.locator('input[name=relationship]').first().check();
  for (const scope of await parent.locator('input[name=scope]').all()) await scope.check();
  await parent.fill('#evidence', 'I am her mother, and hold her birth certificate');
  await parent.getByRole('button', { name: 'Send the request' }).click();
  await parent.getByText('Your request is sent').waitFor();
  await hidden(parent, '/people/demo-maya', '/people/nobody-at-all');

  const manager = await as('Sue Tanner');
  await manager.goto('/proxy-requests');
  await manager.getByRole('link', { name: /Jo Lind for LIND, Maya/ }).click();
  await manager.getByText('Agree to the request').click();
  await manager.locator('input[type=radio]').first().check();
  await manager.fill('#checked', 'Her birth certificate, and her own passport');
  const until = new Date(Date.now() + 100 * 86_400_000);
  await manager.fill('#until-day', String(until.getUTCDate()));
  await manager.fill('#until-month', String(until.getUTCMonth() + 1));
  await manager.fill('#until-year', String(until.getUTCFullYear()));
  await manager.locator('main form button').last().click();
  await shows(manager, '/proxy-requests', /Acting now.*Jo Lind for LIND, Maya/s);

  await shows(parent, '/people/demo-maya', /Eczema/);
  await hidden(parent, '/people/demo-iris', '/people/nobody-at-all');
});

test('what was open before signing out is closed after it', async () => {
  const page = await as('Noor Haddad');
  const [session] = await page.context().cookies();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.context().addCookies([session!]);
  await page.goto('/account');
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  assert.doesNotMatch(await page.locator('header').innerText(), /Noor Haddad/);
});

test('the pages of access have no faults that axe finds, at 320 pixels', async () => {
  const script = await browser.newContext({ baseURL: product.url, viewport: { width: 320, height: 700 } });
  visits.push(script);
  const page = await script.newPage();
  const clean = async (path: string) => {
    await page.goto(path);
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(
      violations.map(({ id, nodes }) => [path, id, nodes[0]?.html]),
      [],
    );
    const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
    assert.ok(wide <= 320, `${path} is ${wide} pixels wide`);
  };
  await clean('/sign-in');
  await page.getByRole('button', { name: 'Mrs Iris Okafor' }).click();
  for (const path of ['/', '/people/demo-iris', '/sharing', '/acting-for', '/who-looked', '/account'])
    await clean(path);
});
