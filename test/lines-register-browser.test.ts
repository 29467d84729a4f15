/** The register of lines in a browser: the map that moves comes only when asked for, under the pages' policy; a file is brought and loaded. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type BrowsedProduct, browsedProduct } from './support/browsed-product.ts';
import { launchBrowser } from './support/browser.ts';
import type { Ending } from './support/ending.ts';

/** In the browser, whose types this file does not know. */
const widths = (page: Page): Promise<{ scrollWidth: number; clientWidth: number }> =>
  page.evaluate(
    '(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }))(document.documentElement)',
  );

/** Without script a link tells how far an import is. */
async function untilOver(page: Page): Promise<void> {
  const further = page.getByRole('link', { name: 'See how far it is' });
  while ((await further.count()) > 0) await further.click();
}

describe('the register of lines in a browser', () => {
  const endings: (() => Promise<unknown> | unknown)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  let product: BrowsedProduct;
  let browser: Browser;
  let state: Awaited<ReturnType<BrowserContext['storageState']>> | undefined;
  const visits: BrowserContext[] = [];
  /** The import that the first test made. */
  let made = '/lines/import';

  const visit = async ({ script = true, width = 1280 } = {}): Promise<Page> => {
    const one = await browser.newContext({
      ...{ baseURL: product.url, viewport: { width, height: 900 }, javaScriptEnabled: script },
      ...(state ? { storageState: state } : {}),
    });
    visits.push(one);
    return one.newPage();
  };
  before(async () => {
    product = await browsedProduct(ending);
    browser = await launchBrowser();
    const page = await visit({ script: false });
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Dev Malhotra' }).click();
    state = await page.context().storageState();
  });
  after(async () => {
    for (const one of visits) await one.close();
    await browser?.close();
    for (const work of endings.reverse()) await work();
  });

  it('takes a file without script: looked through, then loaded', async () => {
    const page = await visit({ script: false, width: 320 });
    await page.goto('/lines');
    await page.getByRole('link', { name: 'Load or download files' }).click();
    await page.getByLabel('CSV or GeoJSON file').setInputFiles({
      ...{ name: 'sites.csv', mimeType: 'text/csv' },
      buffer: Buffer.from('ods,name,kind,latitude,longitude\nZY901,North Clinic,clinic,55,2.3\n'),
    });
    await page.getByRole('button', { name: 'Look through the file' }).click();
    await untilOver(page);
    await page.getByText('1 added').waitFor();
    await page.getByRole('button', { name: 'Load the file' }).click();
    await untilOver(page);
    await page.getByText('Loaded.', { exact: true }).waitFor();
    made = new URL(page.url()).pathname;
    await page.goto('/lines?find=ZY901');
    await page.getByRole('link', { name: 'North Clinic' }).click();
    await page.getByRole('heading', { name: 'North Clinic' }).waitFor();
    assert.match(await page.content(), /No line in use is known/);
    const { scrollWidth, clientWidth } = await widths(page);
    assert.ok(scrollWidth <= clientWidth, `${scrollWidth} wide`);
  });

  it('loads the map that moves when asked, and nothing of it before', async () => {
    const page = await visit();
    const faults: string[] = [];
    const asked: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto('/lines/map');
    await page.getByRole('button', { name: 'Show the map you can move' }).waitFor();
    assert.ok(!asked.some((url) => url.includes('map-parts')));
    await page.getByRole('button', { name: 'Show the map you can move' }).click();
    await page.locator('.tl-lines-map__canvas[data-ready=yes]').waitFor({ timeout: 30_000 });
    assert.ok(
      asked.every((url) => url.startsWith(product.url) || url.startsWith('blob:') || url.startsWith('data:')),
    );
    assert.deepEqual(faults, []);
    if (process.env['SCREENS'])
      await page.screenshot({ path: `${process.env['SCREENS']}/moving.png`, fullPage: true });
  });

  it('has no map that moves where less data is wanted', async () => {
    const page = await visit();
    await page.setExtraHTTPHeaders({ 'save-data': 'on' });
    await page.goto('/lines/map');
    assert.equal(await page.locator('[data-lines-map]').count(), 0);
    await page.locator('svg.tl-chart__drawing').first().waitFor();
  });

  it('stays within a narrow screen, and has no fault that axe finds', async () => {
    const narrow = await visit({ width: 320 });
    const wide = await visit();
    const addresses = [
      '/lines',
      '/lines/map',
      '/lines/providers',
      '/lines/import',
      '/lines/sites/new',
      '/lines/sites/demo-hilltop',
      '/lines/sites/demo-hilltop/history',
      '/lines/circuits/demo-line-hilltop-main/edit',
      '/lines/circuits/demo-line-hilltop-main/end',
      made,
    ];
    for (const [i, address] of addresses.entries())
      for (const page of [narrow, wide]) {
        await page.goto(address);
        const { scrollWidth, clientWidth } = await widths(page);
        assert.ok(scrollWidth <= clientWidth, `${address} is ${scrollWidth} wide`);
        // A page of a site has parts of others too: the walk through all pages looks at it whole.
        if (page === wide && address !== '/lines/sites/demo-hilltop') {
          const { violations } = await new AxeBuilder({ page }).analyze();
          assert.deepEqual(
            violations.map(({ id, nodes }) => [id, nodes[0]?.html]),
            [],
            address,
          );
        }
        if (process.env['SCREENS'])
          await page.screenshot({
            path: `${process.env['SCREENS']}/${i}-${page === wide ? 'wide' : 'narrow'}.png`,
            fullPage: true,
          });
      }
  });
});
