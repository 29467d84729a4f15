import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from '../../../test/support/browser.ts';
import { testDatabase } from '../../../test/support/database.ts';
import type { Ending } from '../../../test/support/ending.ts';
import { type UploadApp, uploadApp } from '../../../test/support/upload-app.ts';
import { migrate } from '../../platform/migrations.ts';
import { webMigrations } from '../schema.ts';

describe('files in forms, in a browser', () => {
  const endings: (() => Promise<void>)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  const folder = mkdtempSync(join(tmpdir(), 'throughline-uploads-'));
  const content = Buffer.alloc(3_000_000, 'Dear doctor. ');
  content.write('%PDF-1.7\n');
  const letter = { name: 'letter.pdf', mimeType: 'application/pdf', buffer: content };
  let app: UploadApp;
  let browser: Browser;
  let base: string;
  before(async () => {
    const database = await testDatabase(ending);
    await migrate(database, webMigrations);
    app = await uploadApp(database, folder);
    base = await app.server.listen('127.0.0.1', 0);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await app?.server.close();
    for (const work of endings.reverse()) await work();
    rmSync(folder, { recursive: true, force: true });
  });

  const opened = async (options = {}): Promise<{ context: BrowserContext; page: Page }> => {
    const context = await browser.newContext(options);
    await context.addCookies([{ name: 'who', value: 'ann', url: base }]);
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(`${base}/letters/new`);
    return { context, page };
  };

  it('are sent while the form is filled in, go on when the line comes back, and are not sent again with it', async () => {
    const { context, page } = await opened();
    let pieces = 0;
    await page.route('**/uploads/*', async (route) => {
      const isPiece = route.request().method() === 'PATCH';
      if (isPiece) pieces += 1;
      if (isPiece && pieces === 2) await route.abort('connectionreset');
      else await route.continue();
    });
    await page.getByLabel('Your letter').setInputFiles(letter);
    await page.getByText('letter.pdf has been sent').waitFor();
    assert.ok(pieces > 5);
    await page.getByLabel('What is it about?').fill('My hip');
    const sent = page.waitForRequest((request) => request.url().endsWith('/letters/new'));
    await page.getByRole('button', { name: 'Send' }).click();
    assert.ok(((await sent).postDataBuffer()?.length ?? 0) < 5_000);
    await page.getByRole('heading', { name: 'Sent' }).waitFor();
    await context.close();
  });

  it('say why they are refused, and the form waits for one that is on its way', async () => {
    const { context, page } = await opened();
    await page.getByLabel('Your letter').setInputFiles({ ...letter, buffer: Buffer.from([0x7f, 1, 2, 0]) });
    await page.getByText('Error: The file must be a PDF or a text').waitFor();
    await page.getByLabel('What is it about?').fill('My hip');
    await page.getByLabel('Your letter').setInputFiles(letter);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('heading', { name: 'Sent' }).waitFor();
    await context.close();
  });

  it('come with the form without script, and the page has no faults at 320 pixels', async () => {
    const plain = await opened({ javaScriptEnabled: false });
    await plain.page.getByLabel('Your letter').setInputFiles(letter);
    await plain.page.getByRole('button', { name: 'Send' }).click();
    await plain.page.getByText('Chosen already: letter.pdf').waitFor();
    await plain.page.getByLabel('What is it about?').fill('My hip');
    await plain.page.getByRole('button', { name: 'Send' }).click();
    await plain.page.getByRole('heading', { name: 'Sent' }).waitFor();
    await plain.context.close();

    const { context, page } = await opened({ viewport: { width: 320, height: 800 } });
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.nhsuk-error-summary').waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    assert.deepEqual(
      violations.map(({ id }) => id),
      [],
    );
    assert.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= 320);
    if (process.env['SHOTS'])
      await page.screenshot({ path: `${process.env['SHOTS']}/upload.png`, fullPage: true });
    await context.close();
  });

  it('and whatever else was typed is not left by mistake', async () => {
    const { context, page } = await opened();
    const asked: string[] = [];
    page.on('dialog', async (dialog) => {
      asked.push(dialog.type());
      await dialog.accept();
    });
    await page.reload();
    assert.deepEqual(asked, []);
    await page.getByLabel('What is it about?').click();
    await page.keyboard.type('typed');
    await page.reload();
    assert.deepEqual(asked, ['beforeunload']);
    await context.close();
  });
});
