import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from './support/browser.ts';
import { type ElsewhereApp, elsewhereApp } from './support/elsewhere-app.ts';
import { elsewhereRecord, outsidePeople, outsideStaff } from './support/elsewhere-people.ts';
import { putAll } from './support/pages-app.ts';

let app: ElsewhereApp;
let browser: Browser;
const endings: (() => Promise<void>)[] = [];
before(async () => {
  const ending = { after: (work: () => Promise<void>) => void endings.push(work) };
  app = await elsewhereApp(ending, { people: outsidePeople, staff: outsideStaff });
  await putAll(app.record, elsewhereRecord);
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  for (const end of endings) await end();
});

/** A narrow window of one person, who signs in from the product's page. */
async function signedIn(way: string, user: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 320, height: 800 } });
  const page = await context.newPage();
  await page.goto(`${app.baseUrl}/sign-in?return=/account/link`);
  await page.getByRole('link', { name: way }).click();
  await page.getByLabel('Who').selectOption(user);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.waitForURL((url) => url.origin === app.baseUrl);
  return page;
}

async function look(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
    [],
    name,
  );
  const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
  assert.ok(wide <= 320, `${name} is ${wide} px wide`);
}

test('someone proved by a photo signs in, is connected at once, and signs out at both ends', async () => {
  const page = await signedIn('Continue to NHS login', 'rosa');
  await page.getByRole('heading', { name: 'Your account is connected to your record' }).waitFor();
  await look(page, 'connected');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'You have signed out' }).waitFor();
  await look(page, 'signed out');
  await page.getByRole('link', { name: 'Sign out of NHS login' }).click();
  await page.getByRole('button', { name: 'Yes' }).click();
  await page.waitForURL(`${app.baseUrl}/`);
});

test('someone without a photo is connected by the letter that a receptionist makes', async () => {
  const desk = await signedIn('Sign in with Care Identity', '555036632103').then(async (page) => {
    await page.goto(`${app.baseUrl}/people/stefan/linkage-details`);
    await look(page, 'before the letter');
    await page.getByRole('button', { name: 'make the letter' }).click();
    await page.getByRole('heading', { name: 'How to use them' }).waitFor();
    await look(page, 'letter');
    return page;
  });
  const written = async (name: string) =>
    (await desk.locator('.nhsuk-summary-list__row', { hasText: name }).locator('dd').innerText()).trim();

  const page = await signedIn('Continue to NHS login', 'stefan');
  await look(page, 'form');
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByRole('alert').waitFor();
  await look(page, 'form with errors');
  await page.getByLabel('Account ID').fill(await written('Account ID'));
  await page.getByLabel('Linkage key').fill(await written('Linkage key'));
  await page.getByLabel('ODS code').fill(await written('ODS code'));
  for (const [part, value] of [
    ['Day', '31'],
    ['Month', '1'],
    ['Year', '1990'],
  ] as const)
    await page.getByLabel(part).fill(value);
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByRole('heading', { name: 'You are connected to your record' }).waitFor();
});

test('pages that say what went wrong can be read by anyone', async () => {
  const page = await signedIn('Continue to NHS login', 'twice');
  await page.getByRole('heading', { name: 'We could not match you to a record' }).waitFor();
  await look(page, 'no match');
  await page.goto(`${app.baseUrl}/account/link/no-match?why=tries`);
  await look(page, 'too many tries');
  await page.goto(`${app.baseUrl}/sign-in/nhs-login/callback?code=1&state=2`);
  await page.getByRole('heading', { name: 'You need to start signing in again' }).waitFor();
  await look(page, 'refused');
});
