import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { HttpServer } from '../src/platform/http.ts';
import { launchBrowser } from './support/browser.ts';
import type { Ending } from './support/ending.ts';
import { pagesServer, putAll } from './support/pages-app.ts';
import { people } from './support/people.ts';
import { testRecord } from './support/record.ts';

/** Pages that hold between them every kind of part. */
const addresses = [
  '/settings',
  '/people?nhs-number=123',
  '/people/margaret',
  '/people/margaret/history?kind=results&from-year=2020',
  `/people/margaret/results/${encodeURIComponent('http://loinc.org|85354-9')}`,
  '/cookies',
];

interface Look {
  readonly name: string;
  readonly cookie?: string;
  readonly device?: Pick<BrowserContextOptions, 'colorScheme' | 'contrast' | 'forcedColors'>;
}

const looks: readonly Look[] = [
  { name: 'dark by choice', cookie: 'en.dark.auto.on' },
  { name: 'dark by device', device: { colorScheme: 'dark' } },
  { name: 'high contrast by choice', cookie: 'en.contrast.auto.on' },
  { name: 'more contrast by device', device: { contrast: 'more' } },
  { name: 'colours forced by device', device: { forcedColors: 'active' } },
  { name: 'light by choice on a dark device', cookie: 'en.light.auto.on', device: { colorScheme: 'dark' } },
];

describe('themes and languages', () => {
  const endings: (() => Promise<void>)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  let server: HttpServer;
  let base: string;
  let browser: Browser;
  before(async () => {
    const { record } = await testRecord(ending);
    await putAll(record, people);
    server = await pagesServer(record);
    base = await server.listen('127.0.0.1', 0);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    for (const work of endings.reverse()) await work();
  });

  const opened = async <T>(
    { cookie, device }: Pick<Look, 'cookie' | 'device'>,
    work: (page: Page) => Promise<T>,
    viewport = { width: 1280, height: 900 },
  ): Promise<T> => {
    const context = await browser.newContext({ ...device, viewport });
    try {
      if (cookie) await context.addCookies([{ name: 'display', value: cookie, url: base }]);
      return await work(await context.newPage());
    } finally {
      await context.close();
    }
  };
  const background = 'getComputedStyle(document.body).backgroundColor';

  for (const look of looks) {
    it(`keep text apart from what is behind it: ${look.name}`, async () => {
      await opened(look, async (page) => {
        for (const address of addresses) {
          await page.goto(base + address);
          const { violations } = await new AxeBuilder({ page }).withRules(['color-contrast']).analyze();
          const faults = violations.flatMap(({ nodes }) =>
            nodes.map((node) => `${node.html} ${node.any[0]?.message}`),
          );
          assert.deepEqual(faults, [], address);
        }
      });
    });
  }

  it('follow what someone chose, else their device', async () => {
    const dark = 'rgb(16, 24, 29)';
    const light = 'rgb(240, 244, 245)';
    for (const [look, wanted] of [
      [{ cookie: 'en.dark.auto.on' }, dark],
      [{ device: { colorScheme: 'dark' } }, dark],
      [{ cookie: 'en.light.auto.on', device: { colorScheme: 'dark' } }, light],
      [{}, light],
      [{ cookie: 'en.contrast.auto.on' }, 'rgb(0, 0, 0)'],
      [{ device: { contrast: 'more' } }, 'rgb(255, 255, 255)'],
    ] as const)
      await opened(look, async (page) => {
        await page.goto(`${base}/settings`);
        assert.equal(await page.evaluate(background), wanted, JSON.stringify(look));
      });
  });

  it('are chosen by a form that works without a script, and kept', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${base}/settings`);
    await page.getByLabel('Cymraeg').check();
    await page.getByLabel('Dark').check();
    await page.getByLabel('Always use less data').check();
    await page.getByRole('button', { name: 'Save settings' }).click();
    await page.getByText('Mae eich gosodiadau wedi’u cadw yn y porwr hwn.').waitFor();
    await page.getByText('Mae’r tudalennau’n defnyddio llai o ddata nawr.').waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'cy');
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
    await page.goto(`${base}/help`);
    await page.getByText('Nid yw cyfieithydd wedi gwirio’r geiriau hyn eto.').waitFor();
    // The content is English, and says so to whoever reads it aloud.
    assert.equal(await page.locator('main').getAttribute('lang'), 'en-GB');
    await page.getByRole('link', { name: 'Dangos y dudalen hon yn Saesneg' }).click();
    assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, '/help');
    assert.equal(await page.locator('html').getAttribute('lang'), 'en-GB');
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
    await context.close();
  });

  it('run from right to left where the language does, without a fault or scrolling sideways', async () => {
    for (const width of [320, 1280])
      await opened(
        { cookie: 'ur.auto.auto.on' },
        async (page) => {
          for (const address of ['/settings', '/', '/nowhere', '/people/margaret']) {
            await page.goto(base + address);
            assert.equal(await page.locator('html').getAttribute('dir'), 'rtl');
            const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
            assert.ok(wide <= width, `${address} is ${wide} px wide at ${width}`);
            const { violations } = await new AxeBuilder({ page }).analyze();
            assert.deepEqual(
              violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
              [],
              address,
            );
          }
          await page.goto(`${base}/settings`);
          const [heading, radio] = await Promise.all([
            page.getByRole('heading', { level: 1 }).boundingBox(),
            page.locator('#language').boundingBox(),
          ]);
          assert.ok(radio && heading && radio.x > width / 2, 'choices stand at the right');
        },
        { width, height: 900 },
      );
  });

  it('say what is wrong when a form of settings comes without a choice', async () => {
    const answer = await server.app.inject({
      method: 'POST',
      url: '/settings',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'language=xx&theme=dark',
    });
    assert.equal(answer.statusCode, 422);
    assert.match(answer.body, /href="#language">\s*Select a language/);
    assert.match(answer.body, /href="#data">\s*Select how much data to use/);
    assert.doesNotMatch(answer.body, /href="#theme"/);
    assert.equal(answer.headers['set-cookie'], undefined);
  });

  it('fit a page enlarged to 400 %, with nothing that hides the text', async () => {
    // 1280 × 1024 at 400 %.
    await opened(
      {},
      async (page) => {
        await page.goto(`${base}/people/margaret`);
        assert.equal(
          await page.evaluate(`getComputedStyle(document.querySelector('.tl-person')).position`),
          'static',
        );
        assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= 320);
      },
      { width: 320, height: 256 },
    );
  });

  it('print on white, without menus', async () => {
    await opened({ cookie: 'en.dark.auto.on' }, async (page) => {
      await page.goto(`${base}/people/margaret`);
      await page.emulateMedia({ media: 'print' });
      assert.equal(await page.locator('header').isVisible(), false);
      assert.equal(await page.locator('.tl-person').isVisible(), true);
      const text = await page.evaluate(`getComputedStyle(document.querySelector('.tl-person__name')).color`);
      assert.match(String(text), /^rgb\((0, 0, 0|33, 43, 50)\)$/);
    });
  });
});
