/** The app on a device: installed, read without a line, and sending what was written without one. In a real browser. */
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type BrowsedProduct, browsedProduct } from './support/browsed-product.ts';
import { launchBrowser } from './support/browser.ts';
import { rowsIn, storesOf, tellOnline, untilKept, workerReady } from './support/device-stores.ts';
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

const iris = 'Iris Okafor';
const home = '/my-record/demo-iris';
const weight = `${home}/add/measurements/weight`;

async function device(work: (page: Page, context: BrowserContext) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ baseURL: product.url });
  try {
    await work(await context.newPage(), context);
  } finally {
    await context.close();
  }
}

/** Signs in, and waits until the worker has what is on the screen. */
async function enter(page: Page, name: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByRole('button', { name }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await workerReady(page);
  await untilKept(page, 1);
}

const words = (page: Page): Promise<string> => page.locator('main').innerText();

/** What the server holds: weights that the person added, by a browser that has a line. */
async function weightsOf(page: Page): Promise<number> {
  await page.goto(`${home}/added`);
  return (await words(page)).match(/71\.5/g)?.length ?? 0;
}

async function writeWeight(page: Page, value: string): Promise<void> {
  await page.getByLabel('Weight in kilograms').fill(value);
  await page.getByRole('button', { name: 'Save' }).click();
}

test('a browser finds nothing in the way of installing it', async () => {
  await device(async (page, context) => {
    await page.goto('/sign-in');
    const devtools = await context.newCDPSession(page);
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    // A window of a test is private; nothing else may stand in the way.
    assert.deepEqual(
      installabilityErrors.map(({ errorId }) => errorId).filter((fault) => fault !== 'in-incognito'),
      [],
    );
    const { errors, data = '{}' } = await devtools.send('Page.getAppManifest');
    assert.deepEqual(errors, []);
    const manifest = JSON.parse(data);
    assert.equal(manifest.start_url, '/my-record');
    for (const { src, sizes, type } of manifest.icons) {
      const answer = await context.request.get(src);
      assert.equal(answer.headers()['content-type']?.split(';')[0], type, src);
      const file = await answer.body();
      if (type === 'image/png') assert.equal(`${file.readUInt32BE(16)}x${file.readUInt32BE(20)}`, sizes, src);
    }
    assert.ok(manifest.icons.some(({ purpose }: { purpose: string }) => purpose === 'maskable'));
  });
});

test('what was seen can be read without a line and says when it was seen; the rest says what can be read', async () => {
  await device(async (page, context) => {
    await enter(page, iris);
    await page.goto('/go/medicines');
    assert.match(page.url(), /demo-iris\/medicines$/);
    await untilKept(page, 2);
    const before = await words(page);
    await context.setOffline(true);
    await page.goto(`${home}/medicines`);
    const offline = await words(page);
    assert.match(offline, /^You are offline\. This is what you saw on \d+ \w+ at \d\d:\d\d\./);
    assert.ok(offline.endsWith(before), 'the page is as it was');
    await page.goto('/my-record');
    assert.match(await words(page), /Hello, Mrs Iris Okafor/);
    await page.goto(`${home}/conditions`);
    assert.match(await words(page), /^You are offline\s[\s\S]*You can read these now\s+Medicines/);
    await page.getByRole('link', { name: 'Medicines' }).click();
    assert.match(await words(page), /Metformin/);
    await context.setOffline(false);
    await page.goto(`${home}/medicines`);
    assert.doesNotMatch(await words(page), /offline/);
  });
});

test('nothing that is kept can be read out of the stores, nor the keys', async () => {
  await device(async (page) => {
    await enter(page, iris);
    await page.goto(`${home}/medicines`);
    await untilKept(page, 2);
    // Links that tell a code once are not kept, nor what is not of the record.
    await page.goto(`${home}/share`);
    await page.goto('/sharing');
    const { text, exported, cached, counts } = await storesOf(page);
    assert.deepEqual([counts['keys'], counts['pages']], [1, 2]);
    assert.doesNotMatch(text, /Okafor|Iris|Metformin|demo-iris|medicines/i);
    assert.equal(exported, 0);
    assert.deepEqual(cached.filter((path) => !path.startsWith('/assets/')).sort(), [
      '/offline',
      '/offline/waiting',
    ]);
  });
});

test('where the server shows nothing of a record any more, what was kept of it goes', async () => {
  await device(async (page) => {
    await enter(page, iris);
    const answer = await page.goto(`${home}/documents/never-was`);
    assert.equal(answer?.status(), 404);
    for (let waited = 0; (await storesOf(page)).counts['pages'] !== 0; waited += 50) {
      assert.ok(waited < 5000, 'it is still kept');
      await page.waitForTimeout(50);
    }
  });
});

test('signing out destroys all of it', async () => {
  await device(async (page, context) => {
    await enter(page, iris);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(/\/sign-in/);
    const stores = await storesOf(page);
    assert.deepEqual([rowsIn(stores), stores.cached, stores.workers], [0, [], 0]);
    await context.setOffline(true);
    await assert.rejects(page.goto(home), /ERR_INTERNET_DISCONNECTED/);
  });
});

test('signing out without a line destroys it too', async () => {
  await device(async (page, context) => {
    await enter(page, iris);
    await context.setOffline(true);
    await page.goto(home);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto(home);
    assert.doesNotMatch(await words(page), /Iris/);
    const { counts } = await storesOf(page);
    assert.deepEqual([counts['keys'], counts['pages'], counts['waiting']], [0, 0, 0]);
  });
});

test('whoever signs in next on the same browser, patient or staff, finds nothing of the one before', async () => {
  for (const next of ['Walter Price', 'Dr Asha Patel']) {
    await device(async (page, context) => {
      await enter(page, iris);
      await page.goto('/sign-in?again=yes');
      // Without signing out first: the session is replaced.
      await page.getByRole('button', { name: next }).click();
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      if (next.startsWith('Dr')) await page.goto('/people/demo-iris');
      else await untilKept(page, 1);
      await page.waitForTimeout(300);
      const { counts } = await storesOf(page);
      assert.equal(counts['pages'], next.startsWith('Dr') ? 0 : 1, next);
      await context.setOffline(true);
      for (const path of [home, '/my-record', '/people/demo-iris']) {
        await page.goto(path);
        assert.doesNotMatch(await words(page), /Okafor/, `${next} ${path}`);
      }
    });
  }
});

test('on a computer that others use nothing is kept', async () => {
  await device(async (page) => {
    await enter(page, iris);
    await page.goto('/settings');
    await page.getByLabel('Others use it too: keep nothing here').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.goto(`${home}/medicines`);
    await page.waitForTimeout(300);
    const stores = await storesOf(page);
    assert.deepEqual([rowsIn(stores), stores.workers], [0, 0]);
    assert.equal((await page.request.post('/offline/key')).status(), 403);
  });
});

test('what is written without a line waits where it can be seen, and arrives once when the line returns', async () => {
  await device(async (page, context) => {
    await enter(page, iris);
    const before = await weightsOf(page);
    await page.goto(weight);
    await context.setOffline(true);
    await writeWeight(page, '71.5');
    assert.match(await words(page), /Waiting to send[\s\S]*Weight[\s\S]*It will be sent/i);
    const { text, counts } = await storesOf(page);
    assert.equal(counts['waiting'], 1);
    assert.doesNotMatch(text, /71\.5|kilogram/);
    await page.goto(home);
    await page.getByRole('link', { name: 'Waiting to send: 1' }).waitFor();
    await context.setOffline(false);
    await tellOnline(page);
    await page.getByRole('link', { name: 'What was waiting has been sent.' }).waitFor();
    assert.equal(await weightsOf(page), before + 1);
    // Told again and again that there is a line: there is nothing more to send.
    for (let i = 0; i < 3; i += 1) await tellOnline(page);
    assert.equal(await weightsOf(page), before + 1);
  });
});

test('a form opened without a line is another deed each time, and can be cancelled while it waits', async () => {
  await device(async (page, context) => {
    await enter(page, iris);
    const before = await weightsOf(page);
    await page.goto(weight);
    await untilKept(page, 3);
    await context.setOffline(true);
    for (const _ of [1, 2]) {
      await page.goto(weight);
      await writeWeight(page, '71.5');
    }
    await page.goto('/offline/waiting');
    assert.equal(await page.getByRole('button', { name: /Cancel/ }).count(), 2);
    await page
      .getByRole('button', { name: /Cancel/ })
      .first()
      .click();
    assert.equal(await page.getByRole('button', { name: /Cancel/ }).count(), 1);
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Try to send now' }).click();
    await page.getByText('Nothing is waiting to be sent.').waitFor();
    assert.equal(await weightsOf(page), before + 1);
  });
});

test('what the server refuses is opened again with what was typed, and sent when it is mended', async () => {
  await device(async (page, context) => {
    await enter(page, iris);
    const before = await weightsOf(page);
    await page.goto(weight);
    await context.setOffline(true);
    await writeWeight(page, '7150');
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Try to send now' }).click();
    await page.getByRole('link', { name: /This was not accepted/ }).click();
    await page.getByText('There is a problem').waitFor();
    assert.equal(await page.getByLabel('Weight in kilograms').inputValue(), '7150');
    await writeWeight(page, '71.5');
    await page.waitForURL(/\/added\//);
    assert.equal(await weightsOf(page), before + 1);
    await page.goto('/offline/waiting');
    assert.match(await words(page), /Nothing is waiting to be sent/);
  });
});

test('where the session ended meanwhile it waits for its writer to sign in, and no one else is told of it', async () => {
  await device(async (page, context) => {
    await enter(page, iris);
    const before = await weightsOf(page);
    await page.goto(weight);
    await context.setOffline(true);
    await writeWeight(page, '71.5');
    await device(async (elsewhere) => {
      await enter(elsewhere, iris);
      await elsewhere.goto('/account');
      await elsewhere.getByRole('button', { name: 'Sign out everywhere' }).click();
      await elsewhere.waitForURL(/\/sign-in/);
    });
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Try to send now' }).click();
    await page.getByRole('link', { name: 'Sign in to send this' }).click();
    await page.getByRole('button', { name: iris }).click();
    await page.getByRole('link', { name: 'What was waiting has been sent.' }).waitFor();
    assert.equal(await weightsOf(page), before + 1);
  });
});
