import assert from 'node:assert/strict';
import test from 'node:test';
import { launchBrowser } from './support/browser.ts';

test('the browser of the tests opens a page', async (t) => {
  const browser = await launchBrowser();
  t.after(() => browser.close());
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.setContent('<!doctype html><html lang="en"><title>x</title><h1>Throughline</h1>');
  assert.equal(await page.textContent('h1'), 'Throughline');
});
