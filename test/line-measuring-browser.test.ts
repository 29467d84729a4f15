/** Lines measured in a real browser: by the real npm client of ndt7, and by a practice manager with one click. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { createLog } from '../src/platform/log.ts';
import { openNdt7 } from '../src/region/connectivity/measure/ndt7-server.ts';
import type { SubtestResult } from '../src/region/connectivity/measure/ndt7-subtests.ts';
import { type BrowsedProduct, browsedProduct } from './support/browsed-product.ts';
import { launchBrowser } from './support/browser.ts';

const endings: (() => unknown)[] = [];
let browser: Browser;
let product: BrowsedProduct;
before(async () => {
  browser = await launchBrowser();
  product = await browsedProduct({ after: (end) => void endings.push(end) });
});
after(async () => {
  await browser?.close();
  for (const end of endings.reverse()) await end();
});

async function visit(name: string, options: { readonly script?: boolean } = {}): Promise<Page> {
  const { script = true } = options;
  const context = await browser.newContext({ baseURL: product.url, javaScriptEnabled: script });
  endings.push(() => context.close().catch(() => {}));
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByRole('button', { name }).click();
  return page;
}

/** The demonstration's lines are made after its start. */
async function whenMade(page: Page): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    await page.goto('/lines/test');
    if (/\/lines\/test\/.+/.test(page.url())) return;
    await page.waitForTimeout(500);
  }
}

test('the real npm client measures our server in Chromium, with the server’s name and a token', async (t) => {
  const require = createRequire(import.meta.url);
  const files = new Map(
    ['ndt7.js', 'ndt7-download-worker.js', 'ndt7-upload-worker.js'].map((name) => [
      `/${name}`,
      readFileSync(require.resolve(`@m-lab/ndt7/src/${name}`)),
    ]),
  );
  const results: SubtestResult[] = [];
  const ndt7 = openNdt7({
    log: createLog({ level: 'error' }),
    newId: () => 'uuid',
    accessOf: async (token) =>
      token === 'good' ? { site: 'a', by: 'token', mostBytes: undefined, keep: true } : undefined,
    finished: async (_access, result) => void results.push(result),
    limits: { seconds: 2, most: 100 },
  });
  const http = createServer((request, reply) => {
    const file = files.get(request.url ?? '');
    if (file) reply.setHeader('content-type', 'text/javascript').end(file);
    else
      reply
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><title>t</title><script src="/ndt7.js"></script>');
  });
  ndt7.attach(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  t.after(() => {
    ndt7.close();
    http.closeAllConnections();
    http.close();
  });
  const host = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  const page = await browser.newPage();
  await page.goto(`http://${host}/`);
  const told = await page.evaluate(async (server) => {
    const faults: string[] = [];
    const speeds: number[] = [];
    type Told = { LastClientMeasurement?: { MeanClientMbps: number } };
    const keep = (result: Told) => void speeds.push(result.LastClientMeasurement?.MeanClientMbps ?? 0);
    const { ndt7: client } = globalThis as unknown as {
      ndt7: { test: (config: object, callbacks: object) => Promise<number> };
    };
    const code = await client.test(
      { server, protocol: 'ws', mlabDataPolicyInapplicable: true, metadata: { access_token: 'good' } },
      { error: (error: string) => void faults.push(error), downloadComplete: keep, uploadComplete: keep },
    );
    return { code, faults, speeds };
  }, host);
  await page.close();
  assert.deepEqual([told.code, told.faults], [0, []]);
  assert.equal(told.speeds.length, 2);
  // Compression would show thousands, of zeros that were never sent.
  for (const speed of told.speeds) assert.ok(speed > 1 && speed < 250, `${speed} Mbit/s`);
  assert.deepEqual(
    results.map(({ test }) => test),
    ['download', 'upload'],
  );
});

test('a practice manager tests the line of her site with one click, and reads what care it carries', async () => {
  const page = await visit('Sue Tanner');
  await whenMade(page);
  assert.match(await page.locator('main').innerText(), /takes about 30 seconds, and moves about/);
  await page.getByRole('button', { name: 'Test this line' }).click();
  await page.getByText('Measuring d').first().waitFor();
  await page.waitForURL(/result=/, { timeout: 60_000 });
  const words = await page.locator('#result').innerText();
  assert.match(words, /Download\s+[\d.]+ Mbit\/s/);
  assert.match(words, /Upload\s+[\d.]+ Mbit\/s/);
  assert.match(words, /Delay, line busy\s+[\d.]+ ms/);
  assert.match(words, /Jitter\s+[\d.]+ ms/);
  assert.match(words, /Loss\s+[\d.]+%/);
  assert.match(words, /Video, comfortable\s+(Yes|Limited|No)/);
});

test('without script the page explains, shows the last tests and offers a probe', async () => {
  const page = await visit('Sue Tanner', { script: false });
  await whenMade(page);
  assert.equal(await page.getByRole('button', { name: 'Test this line' }).isVisible(), false);
  await page.getByRole('link', { name: 'Set up a probe' }).click();
  await page.getByLabel('What to call it').fill('Reception');
  await page.getByRole('button', { name: 'Make a token' }).click();
  const secret = await page.locator('code').first().innerText();
  assert.match(secret, /^tlp_/);
  const asked = await fetch(`${product.url}/lines/api/beat`, {
    ...{ method: 'POST', body: '{}' },
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
  });
  assert.equal(asked.status, 200);
  await page.reload();
  assert.doesNotMatch(
    await page.locator('main').innerText(),
    /tlp_/,
    'it is not shown again once it was used',
  );
  await page.getByRole('button', { name: 'Revoke' }).click();
  const refused = await fetch(`${product.url}/lines/api/beat`, {
    ...{ method: 'POST', body: '{}' },
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
  });
  assert.equal(refused.status, 401);
});

test('those who have no business with a line neither see nor test nor take up', async () => {
  const page = await visit('Ines Duarte');
  for (const path of [
    '/lines/test/demo-harbour',
    '/lines/sites/demo-harbour/readings',
    '/lines/sites/demo-harbour/probes',
  ])
    assert.equal((await page.goto(path))?.status(), 404, path);
  assert.equal((await page.goto('/lines/incidents'))?.status(), 403);
  assert.equal((await page.goto('/lines/alerts'))?.status(), 403);
  const plan = await page.request.post('/lines/test/demo-harbour/plan', { data: {} });
  assert.equal(plan.status(), 404);
  const patient = await visit('Iris Okafor');
  assert.equal((await patient.goto('/lines/test'))?.status(), 403);
});

test('the connectivity lead takes an incident up, and it says so', async () => {
  const page = await visit('Dev Malhotra');
  await whenMadeIncidents(page);
  await page.locator('main a[href^="/lines/incidents/"]').first().click();
  await page.getByLabel('What you will do').fill('Reported to the provider, 4711');
  await page.getByRole('button', { name: 'Take it up' }).click();
  assert.match(
    await page.locator('main').innerText(),
    /By Dev Malhotra[\s\S]*Reported to the provider, 4711/,
  );
});

async function whenMadeIncidents(page: Page): Promise<void> {
  for (let tries = 0; tries < 120; tries += 1) {
    await page.goto('/lines/incidents');
    if ((await page.locator('main a[href^="/lines/incidents/"]').count()) > 0) return;
    await page.waitForTimeout(500);
  }
}
