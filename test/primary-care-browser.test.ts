/** The practice's day in a browser: by keys, with drafts that outlive a tab, on a slow line, and on one that goes in mid-form. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { type BrowsedProduct, browsedProduct } from './support/browsed-product.ts';
import { launchBrowser } from './support/browser.ts';
import type { Ending } from './support/ending.ts';

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

async function pageOf(as: string, width = 1280): Promise<Page> {
  const context = await browser.newContext({
    ...{ baseURL: product.url, viewport: { width, height: 900 }, serviceWorkers: 'block' },
  });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: as }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  return page;
}

/** No fault of axe, no wider than the screen. `SCREENSHOTS` names a folder for pictures. */
async function looks(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).analyze();
  const found = violations.map(({ id, nodes }) => `${name}: ${id}: ${nodes[0]?.html.slice(0, 200)}`);
  assert.deepEqual(found, []);
  const { width = 0 } = page.viewportSize() ?? {};
  const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
  assert.ok(wide <= width, `${name} is ${wide} px wide`);
  const folder = process.env['SCREENSHOTS'];
  if (folder) await page.screenshot({ path: `${folder}/${name}-${width}.png`, fullPage: true });
}

/** Asks in one's own words, and answers the address of the request. */
async function ask(page: Page, words: string): Promise<string> {
  await page.goto('/get-help');
  await page.getByLabel('What do you need help with?').fill(words);
  for (const heading of ['A little more', 'How would you like us to answer?', 'Check and send']) {
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: heading }).waitFor();
  }
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('heading', { name: 'What happens next' }).waitFor();
  return new URL(page.url()).pathname;
}
const idOf = (path: string): string => path.split('/').at(-1) ?? '';

test('a GP does each deed by one key; a draft is found after its tab was lost, with a code that was typed ahead', async () => {
  const iris = await pageOf('Mrs Iris Okafor', 320);
  const id = idOf(await ask(iris, 'A cough that will not go, and it whistles'));
  const asha = await pageOf('Dr Asha Patel');
  const request = `/triage/${id}`;
  for (const [key, path] of [
    ...([
      ['r', 'reply'],
      ['m', 'ask'],
      ['b', 'book'],
      ['s', 'send'],
      ['f', 'refer'],
    ] as const),
    ...([
      ['u', 'urgency'],
      ['a', 'assign'],
      ['x', 'close'],
    ] as const),
  ]) {
    await asha.goto(request);
    await asha.keyboard.press(key);
    await asha.waitForURL(`**${request}/${path}`);
  }
  await looks(asha, 'deed-close');
  await asha.goto(request);
  await looks(asha, 'request');
  await asha.keyboard.press('h');
  await asha.waitForURL(/appointments\/staff\/book.*home-visit/);
  await asha.goto(request);
  await asha.keyboard.press('c');
  await asha.getByRole('heading', { name: 'Consultation', exact: true }).waitFor();
  const consultation = new URL(asha.url()).pathname;
  await looks(asha, 'consultation');
  await asha.getByLabel('By phone').check();
  await asha.getByLabel('A new problem', { exact: true }).pressSequentially('pneumon');
  await asha
    .getByRole('button', { name: /neumonia/ })
    .first()
    .click();
  await asha.getByText('Coded as:').waitFor();
  await asha.getByLabel('What they told you').fill('Ten days, worse at night');
  await asha.getByText(/Draft kept/).waitFor();
  await asha.waitForFunction(
    async (path) => (await (await fetch(path)).text()).includes('Ten days, worse at night'),
    consultation,
  );
  // The tab dies, as with a browser that crashes: nothing is asked before leaving.
  await asha.close({ runBeforeUnload: false });
  const again = await asha.context().newPage();
  await again.goto('/consultations');
  await again.getByRole('link', { name: /Okafor/ }).click();
  assert.equal(await again.getByLabel('What they told you').inputValue(), 'Ten days, worse at night');
  await again.getByText('Coded as:').waitFor();
  await again.getByLabel('What you agreed').fill('Antibiotics for five days');
  await again.getByLabel('Summary for the patient').fill('You have a chest infection.');
  await again.getByRole('button', { name: 'Save the consultation' }).click();
  await again.getByText('The consultation is saved').waitFor();
  await looks(again, 'consultation-saved');
  await iris.goto('/my-record/demo-iris/messages');
  await iris.getByText('You have a chest infection.').waitFor();
  await iris.context().close();
  await again.context().close();
});

test('on a line that goes while a reply is sent nothing is typed again, and it goes out once', async () => {
  const tomasz = await pageOf('Mr Tomasz Nowak', 320);
  const id = idOf(await ask(tomasz, 'A question about my tablets and grapefruit'));
  const asha = await pageOf('Dr Asha Patel');
  await asha.goto(`/triage/${id}/reply`);
  const words = 'Leave out grapefruit with these tablets.';
  await asha.getByRole('textbox', { name: 'Message' }).fill(words);
  await asha.getByLabel('Close the request').check();
  await asha.context().setOffline(true);
  await asha.getByRole('button', { name: 'Send' }).click();
  await asha.getByText('The line is gone').waitFor();
  assert.equal(await asha.getByRole('textbox', { name: 'Message' }).inputValue(), words);
  await asha.context().setOffline(false);
  await asha.waitForURL(/done=reply/);
  await tomasz.goto('/my-record/demo-tomasz/messages');
  assert.equal(await tomasz.getByText(words).count(), 1);
  await tomasz.context().close();
  await asha.context().close();
});

test('on a slow line a patient asks and a receptionist works the queue, both in little data', async () => {
  const page = await pageOf('Mrs Megan Ashworth', 320);
  const line = await page.context().newCDPSession(page);
  await line.send('Network.enable');
  let bytes = 0;
  line.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  // 400 kbit/s down, 128 up, half a second: a bad mobile line.
  await line.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: 500, downloadThroughput: 50_000, uploadThroughput: 16_000 },
  });
  await page.goto('/get-help');
  const chooses = page.getByRole('radio', { name: /Ashworth/ });
  if ((await chooses.count()) > 0) await chooses.first().check();
  await page.getByLabel('What do you need help with?').fill('My ankle is stiff');
  for (const heading of ['A little more', 'How would you like us to answer?', 'Check and send']) {
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: heading }).waitFor();
  }
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('heading', { name: 'What happens next' }).waitFor();
  assert.ok(bytes < 100_000, `${bytes} bytes for a whole request`);
  await page.context().close();
  const ben = await pageOf('Ben Carter', 320);
  await ben.goto('/triage');
  await looks(ben, 'queue-phone');
  await ben.context().close();
});

/** On a phone and on a wide screen. */
async function looksBoth(page: Page, name: string): Promise<void> {
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await looks(page, name);
  }
}
async function chooseFirstTime(page: Page): Promise<void> {
  await page.locator('input[name="slot"]').first().check();
}

test('a patient’s appointment is looked at from booking to calling it off', async () => {
  const page = await pageOf('Mrs Iris Okafor');
  await page.goto('/appointments/for/demo-iris/new/gp-routine');
  await looksBoth(page, 'appointment-ways');
  await page.goto('/appointments/for/demo-iris/new/gp-routine?mode=telephone');
  await looksBoth(page, 'appointment-times');
  await page.getByRole('button', { name: /Book/ }).click();
  await page.getByText('There is a problem').waitFor();
  await looksBoth(page, 'appointment-times-error');
  await chooseFirstTime(page);
  await page.getByRole('button', { name: /Book/ }).click();
  await page.waitForURL(/\/appointments\/[0-9a-f-]{36}/);
  await looksBoth(page, 'appointment-booked');
  const own = new URL(page.url()).pathname;
  await page.goto(`${own}/confirm`);
  await looksBoth(page, 'appointment-confirm');
  await page.goto(`${own}/move`);
  await looksBoth(page, 'appointment-move');
  await page.goto(`${own}/cancel`);
  await looksBoth(page, 'appointment-cancel');
  await page.goto('/appointments/for/demo-iris');
  await looksBoth(page, 'appointments-mine');
  await page.context().close();
});

test('the desk’s pages of an appointment, a series and leave are looked at', async () => {
  const ben = await pageOf('Ben Carter');
  await ben.goto('/appointments/staff/book/demo-tomasz?mode=in-person&kind=review');
  await chooseFirstTime(ben);
  await looksBoth(ben, 'desk-book');
  await ben.getByRole('button', { name: /^Book/ }).click();
  await ben.waitForURL(/\/appointments\/staff\/one\//);
  const one = new URL(ben.url()).pathname;
  await looksBoth(ben, 'desk-one');
  for (const part of ['help', 'move', 'cancel']) {
    await ben.goto(`${one}/${part}`);
    await looksBoth(ben, `desk-${part}`);
  }
  await ben.goto('/appointments/staff');
  await looksBoth(ben, 'desk-day');
  const sue = await pageOf('Sue Tanner');
  await sue.goto('/appointments/staff/leave/new');
  await looksBoth(sue, 'leave-new');
  await sue.goto('/appointments/staff/sessions');
  await looksBoth(sue, 'sessions');
  await ben.context().close();
  await sue.context().close();
});
