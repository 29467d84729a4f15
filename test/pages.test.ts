import assert from 'node:assert/strict';
import { get } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import type { HttpServer } from '../src/platform/http.ts';
import { launchBrowser } from './support/browser.ts';
import type { Ending } from './support/ending.ts';
import { pagesServer, putAll } from './support/pages-app.ts';
import { people } from './support/people.ts';
import { tester, testRecord } from './support/record.ts';

const pressure = `/people/margaret/results/${encodeURIComponent('http://loinc.org|85354-9')}`;

/** Every page there is, and each in its odd states. */
const addresses: Readonly<Record<string, string>> = {
  start: '/',
  'all pages': '/commands',
  settings: '/settings',
  help: '/help',
  contact: '/contact',
  accessibility: '/accessibility',
  privacy: '/privacy',
  cookies: '/cookies',
  'find a person': '/people',
  'people found': '/people?name=a',
  'nobody found': '/people?name=zzz',
  'wrong input': '/people?nhs-number=123&day=40&month=2&year=1980',
  summary: '/people/margaret',
  'summary of little': '/people/unknown-person',
  'summary of odd data': '/people/odd-person',
  history: '/people/margaret/history',
  'history, filtered': '/people/margaret/history?kind=results&from-year=2020',
  'history, wrong input': '/people/margaret/history?from-day=3',
  'history of little': '/people/unknown-person/history',
  'history of odd data': '/people/odd-person/history',
  results: '/people/margaret/results',
  'no results': '/people/unknown-person/results',
  trend: pressure,
  'trend with a range': `/people/margaret/results/${encodeURIComponent('http://loinc.org|33914-3')}`,
  'trend of odd data': `/people/odd-person/results/${encodeURIComponent('http://loinc.org|2345-7')}`,
  entry: '/people/margaret/items/CarePlan/plan',
  document: '/people/margaret/items/DocumentReference/letter',
  'entry of odd data': '/people/odd-person/items/DiagnosticReport/odd-report',
  'personal details': '/people/margaret/items/Patient/margaret',
  source: '/people/margaret/items/Condition/ckd/raw',
  'not found': '/people/nobody',
  'not here': '/nowhere',
};

const faultsOf = async (page: Page): Promise<string[]> => {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
};

describe('pages', () => {
  const endings: (() => Promise<void>)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  let server: HttpServer;
  let base: string;
  let browser: Browser;
  before(async () => {
    const { record } = await testRecord(ending);
    await putAll(record, people);
    const changed = {
      resourceType: 'Condition',
      id: 'ckd',
      subject: { reference: 'Patient/margaret' },
      code: { text: 'Chronic kidney disease' },
    };
    await record.commit(tester, [
      { kind: 'update', type: 'Condition', id: 'ckd', text: JSON.stringify(changed) },
    ]);
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
    options: Parameters<Browser['newContext']>[0],
    work: (page: Page) => Promise<T>,
  ): Promise<T> => {
    const context = await browser.newContext(options);
    try {
      return await work(await context.newPage());
    } finally {
      await context.close();
    }
  };

  it('have no accessibility fault', async () => {
    await opened({ viewport: { width: 1280, height: 900 } }, async (page) => {
      for (const [name, address] of Object.entries(addresses)) {
        await page.goto(base + address);
        assert.deepEqual(await faultsOf(page), [], name);
      }
    });
  });

  it('fit a screen of 320 px, and one of 1280, without scrolling sideways', async () => {
    for (const width of [320, 1280]) {
      await opened({ viewport: { width, height: 900 } }, async (page) => {
        for (const [name, address] of Object.entries(addresses)) {
          await page.goto(base + address);
          const wide = await page.evaluate('document.documentElement.scrollWidth');
          assert.ok(Number(wide) <= width, `${name} is ${wide} px wide at ${width}`);
        }
      });
    }
  });

  it('have no accessibility fault where the narrow screen has its own layout', async () => {
    await opened({ viewport: { width: 320, height: 900 } }, async (page) => {
      for (const address of ['/people/margaret', '/people/margaret/history', pressure]) {
        await page.goto(base + address);
        assert.deepEqual(await faultsOf(page), [], address);
      }
    });
  });

  it('break no rule of their own security policy, and ask only this server', async () => {
    await opened({}, async (page) => {
      const said: string[] = [];
      page.on('console', (message) => {
        if (!message.text().startsWith('Failed to load resource')) said.push(message.text());
      });
      page.on('pageerror', (error) => said.push(error.message));
      page.on('request', (request) => {
        if (!request.url().startsWith(base)) said.push(request.url());
      });
      for (const address of Object.values(addresses)) await page.goto(base + address);
      assert.deepEqual(said, []);
    });
  });

  it('show no hole where data is odd or missing', async () => {
    for (const [name, address] of Object.entries(addresses)) {
      const answer = await server.app.inject(address);
      const body = answer.body.replace('<script type="module" src="/assets/staff-keys-', '');
      assert.doesNotMatch(body, /undefined|\[object |NaN|Invalid Date/, name);
      assert.doesNotMatch(body, /<img src=x|<script/, name);
      assert.equal(body.match(/<h1/g)?.length, 1, name);
    }
  });

  it('lead from a name to a trend without a script', async () => {
    await opened({ javaScriptEnabled: false }, async (page) => {
      await page.goto(base);
      await page.getByRole('link', { name: 'Find a person' }).click();
      await page.getByLabel('Name').fill('ashw marg');
      await page.getByLabel('NHS number').fill('999 000 0018');
      await page.getByRole('button', { name: 'Find', exact: true }).click();
      await page.getByRole('link', { name: 'ASHWORTH, Margaret Ann (Mrs)' }).click();
      assert.equal(await page.title(), 'Summary – ASHWORTH, Margaret Ann (Mrs) – Throughline');
      await page.getByText('No appointments').waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'Blood pressure', exact: true }).click();
      assert.equal(await page.getByRole('img', { name: /Blood pressure over time/ }).count(), 1);
      assert.equal(await page.getByRole('row').count(), 45);
    });
  });

  it('show bad input again as it was typed, with what to mend', async () => {
    await opened({ javaScriptEnabled: false }, async (page) => {
      await page.goto(`${base}/people`);
      await page.getByLabel('Name').fill('<b>"O\'Neill"</b>');
      await page.getByLabel('NHS number').fill('943 476 5918');
      await page.getByLabel('Day').fill('31');
      await page.getByLabel('Month').fill('2');
      await page.getByLabel('Year').fill('1985');
      await page.getByRole('button', { name: 'Find', exact: true }).click();
      assert.match(await page.title(), /^Error: Find a person/);
      assert.equal(await page.getByLabel('Name').inputValue(), '<b>"O\'Neill"</b>');
      assert.equal(await page.getByLabel('NHS number').inputValue(), '943 476 5918');
      assert.equal(await page.getByLabel('Day').inputValue(), '31');
      await page.getByRole('link', { name: /NHS number is not a valid one/ }).click();
      assert.equal(new URL(page.url()).hash, '#nhs-number');
    });
  });

  it('take the keyboard in reading order, and let it skip to the content', async () => {
    await opened({}, async (page) => {
      await page.goto(`${base}/people`);
      const order: string[] = [];
      for (let i = 0; i < 13; i += 1) {
        await page.keyboard.press('Tab');
        order.push(
          String(
            await page.evaluate(
              'document.activeElement.id || document.activeElement.textContent.trim() || document.activeElement.querySelector("[aria-label]").getAttribute("aria-label")',
            ),
          ),
        );
      }
      assert.deepEqual(order, [
        'Skip to main content',
        'Throughline',
        'find-person',
        'Search',
        'Find a person',
        'name',
        'nhs-number',
        'day',
        'month',
        'year',
        'postcode',
        'identifier',
        'Find',
      ]);
      await page.goto(`${base}/people/margaret`);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      assert.match(
        String(await page.evaluate('document.activeElement.textContent')),
        /Allergy to penicillin/,
      );
    });
  });

  it('show every version of an entry, and hand documents over safely', async () => {
    const source = await server.app.inject('/people/margaret/items/Condition/ckd/raw?version=1');
    assert.match(source.body, /Chronic kidney disease stage 3/);
    assert.match(source.body, /Version 2<\/a>/);
    assert.equal(
      (await server.app.inject('/people/margaret/items/Condition/ckd/raw?version=9')).statusCode,
      404,
    );
    const json = await server.app.inject('/people/margaret/items/Condition/ckd/json?version=2');
    assert.equal(json.json().code.text, 'Chronic kidney disease');
    const page = await server.app.inject('/people/margaret/items/DocumentReference/letter/attachments/1');
    assert.equal(page.headers['content-type'], 'application/octet-stream');
    assert.equal(page.headers['x-content-type-options'], 'nosniff');
    assert.match(String(page.headers['content-disposition']), /^attachment;/);
    const file = await server.app.inject('/people/margaret/items/DocumentReference/letter/attachments/2');
    assert.equal(file.headers['content-type'], 'application/pdf');
    assert.equal(file.headers['x-content-type-options'], 'nosniff');
    assert.equal(file.headers['content-security-policy'], "default-src 'none'; sandbox");
    assert.match(
      String(file.headers['content-disposition']),
      /^attachment; filename="Kidney clinic letter as PDF\.pdf"/,
    );
    assert.equal(file.body, '%PDF-1.7\n%%EOF\n');
    const item = await server.app.inject('/people/margaret/items/DocumentReference/letter');
    assert.match(item.body, /Kidney clinic letter as PDF<\/bdi> \(PDF, 15 bytes\)/);
  });

  it('do not show another person’s entry under this person', async () => {
    for (const rest of ['', '/raw', '/json']) {
      const answer = await server.app.inject(`/people/odd-person/items/Condition/ckd${rest}`);
      assert.equal(answer.statusCode, 404, rest);
    }
    const letter = await server.app.inject('/people/odd-person/items/DocumentReference/letter/attachments/0');
    assert.equal(letter.statusCode, 404);
  });

  it('weigh at most 60 KB on a first visit and 10 KB on later ones', async (t) => {
    /** All that comes over a connection of its own for one file, headers included, as a browser asks for it. */
    const fetched = (address: string): Promise<{ bytes: number; html: string }> =>
      new Promise((resolve, reject) => {
        const headers = { 'accept-encoding': 'gzip, br', connection: 'close' };
        const asked = get(base + address, { agent: false, headers }, (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('error', reject);
          answer.on('end', () => {
            const body = Buffer.concat(parts);
            const isPacked = answer.headers['content-encoding'] === 'br';
            const html = (isPacked ? brotliDecompressSync(body) : body).toString('utf8');
            resolve({ bytes: answer.socket.bytesRead, html });
          });
        });
        asked.on('error', reject);
      });
    const lines = ['page                        first   later  (bytes on the wire)'];
    for (const [name, address] of Object.entries(addresses)) {
      const { bytes: later, html } = await fetched(address);
      const linked = [...html.matchAll(/<link[^>]* href="([^"]+)"|<(?:script|img)[^>]* src="([^"]+)"/g)];
      assert.ok(linked.length > 0, name);
      let first = later;
      for (const [, href, src] of linked) first += (await fetched(href ?? src ?? '')).bytes;
      lines.push(`${name.padEnd(24)} ${String(first).padStart(8)}${String(later).padStart(8)}`);
      assert.ok(first <= 60_000, `${name}: ${first} bytes on a first visit`);
      assert.ok(later > 0 && later <= 10_000, `${name}: ${later} bytes on a later visit`);
    }
    t.diagnostic(`\n${lines.join('\n')}`);
  });
});
