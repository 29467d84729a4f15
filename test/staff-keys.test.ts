import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import type { HttpServer } from '../src/platform/http.ts';
import { launchBrowser } from './support/browser.ts';
import type { Ending } from './support/ending.ts';
import { pagesServer, putAll } from './support/pages-app.ts';
import { people } from './support/people.ts';
import { testRecord } from './support/record.ts';

describe('keys for staff', () => {
  const endings: (() => Promise<void>)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  let server: HttpServer;
  let base: string;
  let browser: Browser;
  let page: Page;
  before(async () => {
    const { record } = await testRecord(ending);
    await putAll(record, people);
    server = await pagesServer(record);
    base = await server.listen('127.0.0.1', 0);
    browser = await launchBrowser();
    page = await (await browser.newContext()).newPage();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    for (const work of endings.reverse()) await work();
  });
  const focused = () => page.evaluate('document.activeElement.id');
  const at = () => decodeURIComponent(page.url().slice(base.length));

  it('go to the search for a person, which understands a name, a number, a birthday and a postcode in one box', async () => {
    await page.goto(`${base}/help`);
    await page.keyboard.press('/');
    assert.equal(await focused(), 'find-person');
    await page.keyboard.type('ashw 8/3/1952');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'ASHWORTH, Margaret Ann (Mrs)' }).waitFor();
    assert.equal(await page.getByLabel('Name').inputValue(), 'ashw');
    assert.equal(await page.getByLabel('Year').inputValue(), '1952');
    await page.goto(`${base}/people?q=999 000 0018`);
    await page.getByRole('link', { name: 'ASHWORTH, Margaret Ann (Mrs)' }).waitFor();
  });

  it('write a slash where someone is typing', async () => {
    await page.goto(`${base}/people`);
    await page.getByLabel('Other number').fill('A');
    await page.getByLabel('Other number').press('/');
    assert.equal(await page.getByLabel('Other number').inputValue(), 'A/');
  });

  it('open every page by a few letters, else a person, without an accessibility fault', async () => {
    await page.goto(`${base}/help`);
    await page.keyboard.press('Control+k');
    const dialog = page.getByRole('dialog', { name: 'All pages' });
    await dialog.waitFor();
    assert.equal(await focused(), 'who');
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(
      violations.map(({ id }) => id),
      [],
    );
    await page.keyboard.type('sett');
    await dialog.getByRole('link', { name: 'Settings', exact: true }).waitFor();
    assert.equal(await dialog.getByRole('listitem').count(), 1);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${base}/settings`);
    await page.keyboard.press('Control+k');
    await dialog.waitFor();
    await page.keyboard.type('ashworth');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${base}/people?q=ashworth`);
  });

  it('move through the pages by arrows, and give the focus back at the end', async () => {
    await page.goto(`${base}/people`);
    await page.getByLabel('Postcode').focus();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.evaluate('document.activeElement.textContent'), 'Start page');
    await page.keyboard.press('Escape');
    assert.equal(await page.getByRole('dialog').count(), 0);
    assert.equal(await focused(), 'postcode');
  });

  it('tell of themselves, and can be turned off where they are a single key', async () => {
    await page.goto(`${base}/help`);
    await page.keyboard.press('?');
    await page.getByText('Go to a page or a person').waitFor();
    await page.context().addCookies([{ name: 'display', value: 'en.auto.auto.off', url: base }]);
    await page.goto(`${base}/help`);
    await page.keyboard.press('/');
    await page.keyboard.press('?');
    assert.equal(await focused(), '');
    assert.equal(await page.getByRole('dialog').count(), 0);
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await page.context().clearCookies();
  });

  it('are on a page of their own without a script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(`${base}/commands`);
    await plain.getByLabel('Person’s name, NHS number or date of birth').fill('ashworth');
    await plain.getByRole('button', { name: 'Find person' }).click();
    await plain.getByRole('link', { name: 'ASHWORTH, Margaret Ann (Mrs)' }).waitFor();
    assert.equal(at(), '/help');
    await context.close();
  });
});
