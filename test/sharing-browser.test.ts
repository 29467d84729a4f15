import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from './support/browser.ts';
import type { Ending } from './support/ending.ts';
import { type SharingApp, sharingApp } from './support/sharing-app.ts';

const faultsOf = async (page: Page): Promise<string[]> => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
};

describe('pages of sharing, proxies and emergency access, in a browser', () => {
  const endings: (() => Promise<void>)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  let app: SharingApp;
  let base: string;
  let browser: Browser;
  before(async () => {
    app = await sharingApp(ending);
    base = await app.server.listen('127.0.0.1', 0);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await app?.server.close();
    for (const work of endings.reverse()) await work();
  });

  /** Pages as someone, without script, each looked at when it has come. */
  const as = async (who: string, width: number, work: (page: Page) => Promise<void>): Promise<void> => {
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      extraHTTPHeaders: { 'x-test-person': who },
    });
    try {
      await work(await context.newPage());
    } finally {
      await context.close();
    }
  };
  const look = async (page: Page, name: string): Promise<void> => {
    const width = page.viewportSize()?.width ?? 0;
    // The narrow layout is the one with more to go wrong; the wide one has the same parts.
    if (width === 320) assert.deepEqual(await faultsOf(page), [], name);
    const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
    assert.ok(wide <= width, `${name} is ${wide} px wide at ${width}`);
  };

  for (const width of [320, 1280]) {
    it(`a person makes their choices at ${width} px`, async () => {
      await as('margaret', width, async (page) => {
        await page.goto(`${base}/sharing`);
        await look(page, 'overview');
        await page.getByRole('link', { name: 'Change Pharmacies' }).click();
        await look(page, 'question');
        await page.getByLabel('No, do not share it').check();
        await page.getByRole('button', { name: 'Save my choice' }).click();
        await page.getByText('Your choice is saved').waitFor();
        await look(page, 'overview, changed');
        await page.getByRole('link', { name: 'Keep an entry back' }).click();
        await look(page, 'entries');
        await page.getByRole('link', { name: 'Chronic kidney disease' }).click();
        await look(page, 'entry');
        await page.getByLabel('Only my GP surgery: Hyde Park Surgery').check();
        await page.getByRole('button', { name: 'Save my choice' }).click();
        await page.getByRole('link', { name: 'Change Chronic kidney disease' }).click();
        assert.ok(await page.getByLabel('Only my GP surgery: Hyde Park Surgery').isChecked());
        await page.goto(`${base}/sharing/organisations?name=moor`);
        await look(page, 'organisations');
        for (const address of [
          '/sharing/organisations?name=',
          '/sharing/categories/SEX',
          '/sharing/research',
        ]) {
          await page.goto(base + address);
          await look(page, address);
        }
      });
    });

    it(`a carer asks and the practice decides at ${width} px`, async () => {
      await as('ruth', width, async (page) => {
        await page.goto(`${base}/acting-for`);
        await page.getByRole('button', { name: 'Ask to act for someone' }).click();
        await look(page, 'ask');
        await page.getByRole('button', { name: 'Send the request' }).click();
        await look(page, 'ask, wrong');
        await page.getByLabel('Their full name').fill('Sam Ashworth');
        await page.getByLabel('Their NHS number').fill('999 000 0034');
        await page.getByLabel('Day').fill('1');
        await page.getByLabel('Month').fill('5');
        await page.getByLabel('Year').fill('2018');
        await page.getByLabel('Parent', { exact: true }).check();
        await page.getByLabel('See the health record, test results and letters').check();
        await page.getByLabel('What shows that you may act for them?').fill('Birth certificate');
        await page.getByRole('button', { name: 'Send the request' }).click();
        await page.getByText('Your request is sent').waitFor();
        await look(page, 'acting for, waiting');
      });
      await as('manager', width, async (page) => {
        await page.goto(`${base}/proxy-requests`);
        await look(page, 'requests');
        await page.getByRole('link', { name: 'Ruth Ashworth for ASHWORTH, sam' }).first().click();
        await look(page, 'request');
        await page.getByRole('link', { name: 'Refuse the request' }).click();
        await page.getByRole('button', { name: 'Refuse the request' }).click();
        await look(page, 'refuse, wrong');
        await page.getByRole('link', { name: 'Back' }).click();
        await page.getByRole('button', { name: 'Agree to the request' }).click();
        await look(page, 'agree');
        await page.getByRole('button', { name: 'Agree to the request' }).click();
        await look(page, 'agree, wrong');
        await page.getByLabel('They have parental responsibility for this child').check();
        await page.getByLabel('What did you see or hear that shows it?').fill('Birth certificate');
        await page.getByLabel('Day').fill('1');
        await page.getByLabel('Month').fill('6');
        await page.getByLabel('Year').fill('2028');
        await page.getByRole('button', { name: 'Agree to the request' }).click();
        await page.getByText('You agreed to the request').waitFor();
        await look(page, 'requests, one standing');
      });
      await as('ruth', width, async (page) => {
        await page.goto(`${base}/acting-for`);
        await page.getByRole('link', { name: 'Open the record of Sam Ashworth' }).waitFor();
        await page.getByRole('link', { name: 'Stop acting for Sam Ashworth' }).click();
        await look(page, 'end');
        await page.getByRole('button', { name: 'Stop acting for them' }).click();
        await page.getByText('You no longer act for this person').waitFor();
        await look(page, 'acting for, ended');
      });
    });

    it(`a clinician asks for emergency access at ${width} px`, async () => {
      await as('consultant', width, async (page) => {
        await page.goto(`${base}/emergency-access`);
        await look(page, 'emergency access');
        await page.getByRole('button', { name: 'Ask for emergency access' }).click();
        await look(page, 'ask');
        await page.getByRole('button', { name: 'Open the record for 30 minutes' }).click();
        await look(page, 'ask, wrong');
        await page.getByLabel('NHS number').fill('9990000018');
        await page.getByLabel('Day').fill('8');
        await page.getByLabel('Month').fill('3');
        await page.getByLabel('Year').fill('1952');
        await page.getByLabel('The person needs care now').check();
        await page.getByLabel('What is happening').fill('Unconscious in the department');
        await page.getByRole('button', { name: 'Open the record for 30 minutes' }).click();
        assert.equal(new URL(page.url()).pathname, '/people/margaret');
        await page.goto(`${base}/emergency-access`);
        await page.getByText('Open until').first().waitFor();
        await look(page, 'emergency access, open');
      });
    });
  }
});
