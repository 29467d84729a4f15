import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../test/support/browser.ts';
import type { Ending } from '../../test/support/ending.ts';
import { pagesNow, putAll } from '../../test/support/pages-app.ts';
import { testRecord } from '../../test/support/record.ts';
import { systemClock } from '../platform/clock.ts';
import { createServer, type HttpServer } from '../platform/http.ts';
import { uuidv7 } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import type { CareRecord } from '../record/care-record.ts';
import { setUpShell } from '../web/shell.ts';
import { noteOf } from './demonstration-note.ts';
import { demo } from './pages.ts';
import { groups, patients, staff } from './people.ts';
import { makeRegion, regionResources } from './region.ts';

const demonstration = { seed: 'sandmouth', now: pagesNow };
const region = makeRegion(demonstration);

async function demoServer(record: CareRecord): Promise<HttpServer> {
  const shell = setUpShell();
  const server = await createServer({
    log: createLog({ level: 'error' }),
    newId: uuidv7(systemClock),
    bodyLimit: 1_000_000,
    ready: async () => [],
    renderers: [shell.errorRenderer],
  });
  shell.register(server.app);
  demo({ shell, record, clock: { now: () => pagesNow } }).register(server.app);
  return server;
}

describe('the page about the demonstration', () => {
  const endings: (() => Promise<void>)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  let server: HttpServer;
  let base: string;
  let browser: Browser;
  before(async () => {
    const { record } = await testRecord(ending);
    await putAll(record, [noteOf(demonstration), ...regionResources(region)]);
    server = await demoServer(record);
    base = await server.listen('127.0.0.1', 0);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    for (const work of endings.reverse()) await work();
  });

  it('names every place, everyone to become, and how much there is', async () => {
    const { body } = await server.app.inject('/demo');
    const text = body.replaceAll('&#39;', "'");
    for (const { name, organisation } of region.sites) {
      if (['region', 'supplier'].includes(region.organisation(organisation).kind)) continue;
      assert.ok(text.includes(name), name);
    }
    for (const { family } of [...staff, ...patients.filter((one) => one.try !== undefined)]) {
      assert.ok(text.includes(family), family);
    }
    for (const group of Object.values(groups)) assert.ok(text.includes(group));
    const counted = (name: string) =>
      new RegExp(`${name}(?:<span[^>]*>\\w+</span>)?</th><td[^>]*>([^<]*)<`).exec(text)?.[1];
    assert.equal(counted('Staff'), String(region.workers.length));
    assert.equal(counted('Organisations'), String(region.organisations.length));
  });

  it('moves little: the page at most 10 KB, a map at most 8', async () => {
    const page = await server.app.inject('/demo');
    assert.ok(brotliCompressSync(page.rawPayload).length <= 10_000);
    for (const name of ['map', 'map-narrow', 'city', 'city-narrow']) {
      const map = await server.app.inject(`/demo/${name}.svg`);
      assert.equal(map.statusCode, 200);
      assert.match(map.headers['content-type'] as string, /^image\/svg\+xml/);
      assert.match(map.headers['cache-control'] as string, /max-age/);
      assert.ok(brotliCompressSync(map.rawPayload).length <= 8_000, name);
      assert.doesNotMatch(map.body, /<script|style=|NaN|undefined/);
    }
  });

  it('leaves the maps out, and says them in words, where less data is wanted', async () => {
    const { body } = await server.app.inject({ url: '/demo', headers: { 'save-data': 'on' } });
    assert.doesNotMatch(body, /<img/);
    assert.match(body, /Map of the region\. The sea is in the east\./);
    assert.match(body, /href="\/demo\/map\.svg"/);
  });

  it('has no accessibility faults, fits 320 px, and shows its map, light and dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [320, 1280]) {
        const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
        const page = await context.newPage();
        await page.goto(`${base}/demo`);
        for (const summary of await page.locator('summary').all()) await summary.click();
        const { violations } = await new AxeBuilder({ page }).analyze();
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
          [],
        );
        const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
        const shown = await page.evaluate(
          'document.images[0].complete && document.images[0].naturalWidth > 0',
        );
        assert.ok(wide <= width, `${wide} px on a screen of ${width}`);
        assert.ok(shown);
        await context.close();
      }
    }
  });

  it('is not there where the record holds no demonstration', async (t) => {
    const { record } = await testRecord(t);
    const empty = await demoServer(record);
    t.after(empty.close);
    assert.equal((await empty.app.inject('/demo')).statusCode, 404);
    assert.equal((await empty.app.inject('/demo/map.svg')).statusCode, 404);
  });
});
