/** Messages in a browser: a small phone, a line that goes while someone writes, an inbox that keeps itself up to date. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
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

async function pageOf(as: string, width: number, javaScriptEnabled = true): Promise<Page> {
  const context = await browser.newContext({
    ...{ baseURL: product.url, viewport: { width, height: 900 }, serviceWorkers: 'block', javaScriptEnabled },
  });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: as }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  return page;
}

/** No fault of axe, no wider than the screen; what patients read is plain. `SCREENSHOTS` names a folder for pictures. */
async function looks(page: Page, name: string, grade = 9): Promise<void> {
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
  const found = readingGrade(sentencesOf(await page.locator('main').innerText()));
  assert.ok(found === undefined || found <= grade, `${name} reads as grade ${found}`);
  const folder = process.env['SCREENSHOTS'];
  if (folder) await page.screenshot({ path: `${folder}/${name}-${width}.png`, fullPage: true });
}

test('a patient writes on a small phone while the line goes, and the team answers from an inbox that shows it by itself', async () => {
  const asha = await pageOf('Dr Asha Patel', 1280);
  await asha.goto('/messages/team');
  await looks(asha, 'inbox-empty', 12);

  const iris = await pageOf('Mrs Iris Okafor', 320);
  await iris.goto('/my-record/demo-iris/messages');
  await iris.getByRole('button', { name: 'Write to your practice' }).click();
  await looks(iris, 'new');
  await iris.getByLabel('What is it about?').fill('My tablets');
  await iris.getByLabel('Your message').fill('They make my ankles swell.');
  await iris.context().setOffline(true);
  await iris.getByRole('button', { name: 'Send' }).click();
  await iris.getByText('Your message has not been sent. It stays here').waitFor();
  assert.equal(await iris.getByLabel('Your message').inputValue(), 'They make my ankles swell.');
  await iris.context().setOffline(false);
  await iris.getByText('Sent. It is in your record').waitFor();
  await looks(iris, 'thread-sent');

  await asha.getByRole('link', { name: 'My tablets' }).waitFor(); // by itself
  await looks(asha, 'inbox', 12);
  await asha.getByRole('link', { name: 'My tablets' }).click();
  await looks(asha, 'team-thread', 12);
  await asha.setViewportSize({ width: 320, height: 900 });
  await looks(asha, 'team-thread', 12);
  await asha.setViewportSize({ width: 1280, height: 900 });
  await asha.getByRole('textbox', { name: 'Message' }).fill('Stop them today. We will call you.');
  await asha.getByRole('button', { name: 'Send' }).click();
  await asha.getByText('Sent. It is in the record.').waitFor();

  await iris.goto('/messages');
  await looks(iris, 'list');
  await iris.getByRole('link', { name: 'My tablets' }).click();
  await iris.getByText('Stop them today').waitFor();
  await iris.getByLabel('Your message').fill('Now I have crushing chest pain');
  await iris.getByRole('button', { name: 'Send' }).click();
  await iris.getByText('Your message has not been sent yet.').waitFor();
  await looks(iris, 'stop');
  await iris.getByRole('button', { name: 'Send it as well' }).click();
  await iris.getByText('Sent. It is in your record').waitFor();
  await iris.setViewportSize({ width: 1280, height: 900 });
  await looks(iris, 'thread-urgent');
});

test('without script a patient writes; staff hand over on a narrow screen, say who is away and choose people for a message to many', async () => {
  const iris = await pageOf('Mrs Iris Okafor', 320, false);
  await iris.goto('/messages/new');
  await iris.getByLabel('What is it about?').fill('Blood test');
  await iris.getByLabel('Your message').fill('When is it?');
  await iris.getByRole('button', { name: 'Send' }).click();
  await iris.getByText('Sent. It is in your record').waitFor();
  const asha = await pageOf('Dr Asha Patel', 320);
  await asha.goto('/messages/team');
  await looks(asha, 'inbox', 12);
  await asha.getByRole('link', { name: 'Blood test' }).click();
  await asha.getByRole('link', { name: 'Hand it over' }).click();
  await looks(asha, 'hand-over', 12);
  await asha.getByRole('button', { name: 'Hand over' }).click();
  await asha.getByText('Handed over.').waitFor();
  for (const [address, name] of [
    ['/messages/team/settings', 'settings'],
    ['/messages/team/away', 'away'],
    ['/messages/team/new?person=demo-iris', 'team-new'],
    ['/messages/team/batch', 'batch'],
  ] as const) {
    await asha.goto(address);
    await looks(asha, name, 12);
  }
  await asha.getByLabel('NHS numbers', { exact: true }).fill('9434765919\n123456');
  await asha.getByLabel('What is it about?').fill('Flu clinic');
  await asha.getByLabel('Message', { exact: true }).fill('Come on Saturday.');
  await asha.getByRole('button', { name: 'See who would be sent it' }).click();
  await asha.getByText('Nothing has been sent.').waitFor();
  await looks(asha, 'batch-preview', 12);
});
