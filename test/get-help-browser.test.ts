/** Asking for help in a browser: each page looked at on a small phone, a line that goes in mid-form, a photo, and the time it takes. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { seededRandom } from '../src/platform/random.ts';
import { demoPhoto } from '../src/services/get-help/demonstration-photo.ts';
import { type BrowsedProduct, browsedProduct } from './support/browsed-product.ts';
import { launchBrowser } from './support/browser.ts';
import type { Ending } from './support/ending.ts';
import { readingGrade, sentencesOf } from './support/reading-grade.ts';

const endings: (() => Promise<void>)[] = [];
const ending: Ending = { after: (work) => void endings.push(work) };
let product: BrowsedProduct;
let browser: Browser;
before(async () => {
  product = await browsedProduct(ending);
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  for (const work of endings.reverse()) await work();
});

async function pageOf(as?: string, width = 320): Promise<Page> {
  const context = await browser.newContext({
    ...{ baseURL: product.url, viewport: { width, height: 800 }, serviceWorkers: 'block' },
  });
  const page = await context.newPage();
  if (as !== undefined) {
    await page.goto('/sign-in');
    await page.getByRole('button', { name: as }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  }
  return page;
}

/** No fault of axe, no wider than the screen, and plain to read. `SCREENSHOTS` names a folder for pictures. */
async function looks(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).analyze();
  assert.deepEqual(
    violations.map(
      ({ id, nodes }) => `${name}: ${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`,
    ),
    [],
  );
  const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
  const { width = 0 } = page.viewportSize() ?? {};
  assert.ok(wide <= width, `${name} is ${wide} px wide`);
  const text = await page.locator('main').innerText();
  const grade = readingGrade(sentencesOf(text));
  assert.ok(grade === undefined || grade <= 9, `${name} reads as grade ${grade}`);
  const folder = process.env['SCREENSHOTS'];
  if (folder) await page.screenshot({ path: `${folder}/${name}-${width}.png`, fullPage: true });
}

const onward = (page: Page) => page.getByRole('button', { name: 'Continue' }).click();

test('a patient asks about a cough on a small phone, is stopped, goes on, adds a photo and sends it', async () => {
  const page = await pageOf('Mrs Iris Okafor');
  await page.goto('/get-help');
  await looks(page, 'start');
  await page.goto('/get-help/problems?find=cough');
  await looks(page, 'problems');
  await page.getByRole('link', { name: 'Cough', exact: true }).click();
  await page.getByRole('heading', { name: 'First, check that you are safe' }).waitFor();
  await looks(page, 'ask');
  await page.getByLabel('Chest pain').check();
  await onward(page);
  await page.getByRole('heading', { name: 'Call 999 now' }).waitFor();
  await looks(page, 'stop');
  await page.getByLabel('I have this, and still want to ask the practice').check();
  await page.getByLabel(/I have read this/).check();
  await onward(page);
  await page.getByLabel('What is it like?').fill('It keeps me awake, worse when I lie down.');
  const degrees = page.getByLabel('How high was it, if you measured it?');
  assert.equal(await degrees.isVisible(), false);
  await page.getByRole('group', { name: 'Have you had a high temperature?' }).getByLabel('Yes').check();
  await degrees.fill('38.2');
  await looks(page, 'questions');
  await onward(page);
  await page.getByRole('heading', { name: 'How would you like us to answer?' }).waitFor();
  assert.equal(await page.getByRole('checkbox', { name: /^By|^At|^Face/ }).count(), 5);
  for (const one of await page.getByRole('checkbox', { name: /^By|^At|^Face/ }).all())
    assert.equal(await one.isChecked(), false);
  await looks(page, 'how');
  await page.getByLabel('By phone').check();
  await onward(page);
  await page.getByRole('heading', { name: 'Check and send' }).waitFor();
  await page.getByRole('link', { name: /Add a photo/ }).click();
  await page.getByRole('heading', { name: 'Add a photo' }).waitFor();
  await looks(page, 'photos');
  await page.getByLabel('Photo').setInputFiles({
    ...{ name: 'throat.png', mimeType: 'image/png', buffer: demoPhoto(seededRandom('a photo')) },
  });
  await page.getByRole('button', { name: 'Add this photo' }).click();
  await page.getByRole('heading', { name: 'Check and send' }).waitFor();
  await page.getByText('throat.png').waitFor();
  await looks(page, 'check');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('heading', { name: 'What happens next' }).waitFor();
  await looks(page, 'request');
  await page.context().close();
});

test('without script it is whole too, on a wide screen, for a stranger', async () => {
  const context = await browser.newContext({
    baseURL: product.url,
    javaScriptEnabled: false,
    viewport: { width: 1280, height: 900 },
  });
  const page = await context.newPage();
  await page.goto('/get-help');
  await page.getByLabel('What do you need help with?').fill('My ear is blocked');
  await onward(page);
  await onward(page);
  await onward(page);
  await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
  await page.getByLabel('Full name').fill('Ada Novak');
  await page.getByLabel('Day').fill('1');
  await page.getByLabel('Month').fill('2');
  await page.getByLabel('Year').fill('1990');
  await page.getByLabel('Phone number').fill('01632 960777');
  await page.getByLabel('GP practice').selectOption({ label: 'Harbour Surgery' });
  await onward(page);
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('could not match this to a record').waitFor();
  await context.close();
});

test('the line goes in mid-form: nothing is typed again, here or on another device, and one request comes of it', async () => {
  const page = await pageOf('Mr Tomasz Nowak');
  await page.goto('/get-help');
  const words = page.getByLabel('What do you need help with?');
  await words.fill('My blood pressure tablets run low on Friday');
  await page.context().setOffline(true);
  await onward(page);
  await page.getByText('The line is gone').waitFor();
  assert.equal(await words.inputValue(), 'My blood pressure tablets run low on Friday');
  await page.context().setOffline(false);
  await page.getByRole('heading', { name: 'A little more' }).waitFor();
  const other = await pageOf('Mr Tomasz Nowak');
  await other.goto('/get-help');
  assert.equal(await other.getByRole('link', { name: 'Ask in your own words', exact: true }).count(), 1);
  await page.context().close();
  await other.context().close();
});

test('a receptionist writes down what a caller needs', async () => {
  const page = await pageOf('Ben Carter', 1280);
  await page.goto('/get-help/for-someone?q=nowak');
  await looks(page, 'for-someone');
  await page.getByRole('link', { name: /NOWAK/ }).first().click();
  await page.getByLabel('What do you need help with?').fill('Calls about a sore wrist');
  await page.waitForURL(/\/ask\//);
  await looks(page, 'ask-caller');
  await onward(page);
  await page.getByRole('heading', { name: 'A little more' }).waitFor();
  await page.context().close();
});
