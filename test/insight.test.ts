/** Figures of practices and of the region, over the whole product. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Task } from '@medplum/fhirtypes';
import { atStage, contactModeExtension, input, outputOf, taskCode } from '../src/fhir/primary-care.ts';
import type { Ending } from './support/ending.ts';
import { type BrowserOf, type WholeProduct, wholeProduct } from './support/whole-product.ts';

const endings: (() => Promise<void>)[] = [];
const ending: Ending = { after: (work) => void endings.push(work) };
let product: WholeProduct;
const hour = 3_600_000;
const day = 24 * hour;

const as = async (name: string): Promise<BrowserOf> => {
  const browser = product.browser();
  await browser.become(name);
  return browser;
};
const put = async (resource: { readonly resourceType: string; readonly id: string }): Promise<void> => {
  const answer = await product.ask(`/fhir/${resource.resourceType}/${resource.id}`, {
    method: 'PUT',
    headers: { ...product.operator, 'content-type': 'application/fhir+json' },
    body: JSON.stringify(resource),
  });
  assert.ok(answer.status < 300, answer.text);
};
const instant = (ms: number): string => new Date(ms).toISOString();
const wordsOf = (text: string): string =>
  text
    .replace(/[\s\S]*<main[^>]*>/, '')
    .replace(/<\/main>[\s\S]*/, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');

/** Each line of the file by figure and part. */
async function figures(browser: BrowserOf, days = 7): Promise<Map<string, readonly string[]>> {
  const answer = await browser.get(`/insight.csv?days=${days}`);
  assert.equal(answer.status, 200, answer.text);
  const lines = answer.text.trim().split('\r\n');
  return new Map(
    lines.map((line) => {
      // "Asked by phone, …" is quoted; no part of these figures has a quote in it.
      const cells = line.match(/"[^"]*"|[^,]+|(?<=,)(?=,|$)/g)?.map((cell) => cell.replaceAll('"', '')) ?? [
        '',
      ];
      return [`${cells[0]}: ${cells[1]}`, cells.slice(2)] as const;
    }),
  );
}
/** What is held back while an older transaction is open comes a little later. */
async function until(browser: BrowserOf, fits: (found: Map<string, readonly string[]>) => boolean) {
  for (let tries = 0; ; tries += 1) {
    const found = await figures(browser);
    if (fits(found) || tries === 50) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
const countOf = (found: ReadonlyMap<string, readonly string[]>, name: string): number =>
  Number(found.get(name)?.[0]);

async function asked(id: string, at: number, more: Partial<Task> = {}): Promise<void> {
  await put({
    ...{ resourceType: 'Task', id, intent: 'order', ...atStage('waiting'), priority: 'routine' },
    ...{ code: taskCode('help', 'Help with a health problem'), for: { reference: 'Patient/demo-iris' } },
    ...{ owner: { reference: 'Organization/demo-harbour' }, authoredOn: instant(at) },
    input: [input('came-by', { valueCode: 'telephone' })],
    ...more,
  } as never); // a whole resource
}

before(async () => {
  product = await wholeProduct(ending);
  // The room counts what is there once, in the background.
  const sue = await as('Sue Tanner');
  for (let tries = 0; tries < 200; tries += 1) {
    const page = await sue.get('/insight');
    if (!page.text.includes('counted for the first time')) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail('what is there was not counted');
});
after(async () => {
  for (const work of endings.reverse()) await work();
});

describe('figures of a practice', () => {
  it('follow what is asked, answered and closed, to the minute', async () => {
    const sue = await as('Sue Tanner');
    const first = await figures(sue);
    const now = product.clock.now();
    for (let n = 0; n < 6; n += 1) await asked(`insight-${n}`, now - 5 * hour);
    const grown = (found: ReadonlyMap<string, readonly string[]>, name: string) =>
      countOf(found, name) - countOf(first, name);
    const waiting = await until(sue, (found) => grown(found, 'Requests: All') === 6);
    assert.equal(grown(waiting, 'Requests: All'), 6);
    assert.equal(grown(waiting, 'Requests: Still open'), 6);
    assert.equal(grown(waiting, 'How requests came: By phone or at the desk, through staff'), 6);
    for (let n = 0; n < 6; n += 1)
      await asked(`insight-${n}`, now - 5 * hour, {
        ...atStage('closed'),
        executionPeriod: { start: instant(now - 4 * hour), end: instant(now - hour) },
        output: [outputOf('Communication/none', 'Message')],
      });
    const closed = await until(sue, (found) => grown(found, 'Time to close: All') === 6);
    assert.equal(grown(closed, 'Requests: Still open'), 0);
    assert.equal(grown(closed, 'Time to close: All'), 6);
    assert.equal(grown(closed, 'Held: By message'), 6);
    assert.equal(grown(closed, 'Requests: All'), 6, 'a change of a request is no new one');
  });

  it('count consultations by way, and forget what was deleted', async () => {
    const asha = await as('Dr Asha Patel');
    const first = await figures(asha);
    const encounter = {
      ...{ resourceType: 'Encounter', id: 'insight-visit', status: 'finished' },
      extension: [contactModeExtension('video')],
      ...{
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'VR' },
        subject: { reference: 'Patient/demo-iris' },
      },
      ...{ period: { start: instant(product.clock.now() - hour) } },
      serviceProvider: { reference: 'Organization/demo-harbour' },
    };
    await put(encounter);
    const name = 'Held: By video';
    const more = await until(asha, (found) => countOf(found, name) > countOf(first, name));
    assert.equal(countOf(more, name) - countOf(first, name), 1);
    const gone = await product.ask('/fhir/Encounter/insight-visit', {
      method: 'DELETE',
      headers: product.operator,
    });
    assert.ok(gone.status < 300, gone.text);
    const less = await until(asha, (found) => countOf(found, name) === countOf(first, name));
    assert.equal(countOf(less, name), countOf(first, name));
  });

  it('are those of the own practice alone', async () => {
    const huw = await as('Dr Huw Evans');
    const before_ = countOf(await figures(huw), 'Requests: All');
    await asked('insight-other', product.clock.now() - hour);
    assert.equal(countOf(await figures(huw), 'Requests: All'), before_);
    assert.match(wordsOf((await huw.get('/insight')).text), /Hilltop Surgery/);
  });

  it('say that little is little, and take a nonsense period for the usual one', async () => {
    const huw = await as('Dr Huw Evans');
    const page = wordsOf((await huw.get('/insight?days=1%20or%201')).text);
    assert.match(page, /28 days \(shown\)/);
    assert.match(page, /Read the figures as what happened|Too few to say|No request came/);
  });

  it('are for managers and GPs', async () => {
    for (const name of ['Ben Carter', 'Mrs Iris Okafor', 'Ines Duarte']) {
      const browser = await as(name);
      for (const path of ['/insight', '/insight.csv', '/insight/region', '/insight/region.csv'])
        assert.equal((await browser.get(path)).status, 403, `${name} ${path}`);
    }
    assert.equal((await product.browser().get('/insight')).status, 303, 'a stranger signs in first');
  });
});

describe('figures of the region', () => {
  it('lead those who plan it past single practices, show no small number and name nobody', async () => {
    // Three in a week that has ended, at one practice.
    for (let n = 0; n < 3; n += 1) await asked(`insight-week-${n}`, product.clock.now() - 9 * day);
    product.pass(6 * 60_000);
    const edith = await as('Edith Crane');
    const led = await edith.get('/insight');
    assert.equal(led.headers.get('location'), '/insight/region');
    assert.equal((await edith.get('/insight.csv')).status, 403);
    const page = wordsOf((await edith.get('/insight/region?days=28')).text);
    assert.match(page, /Harbour Surgery/);
    assert.doesNotMatch(page, /Okafor|Patel/);
    const csv = (await edith.get('/insight/region.csv?days=28')).text;
    const counts = csv
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.split(',')[1] ?? '');
    assert.ok(counts.length > 0);
    for (const count of counts) assert.match(count, /^(Fewer than 5|\d*[05])$/, csv);
    assert.equal((await edith.get('/insight/region?sort=nonsense')).status, 400);
  });

  it('are of whole weeks, so that one day cannot be taken from the next', async () => {
    const dev = await as('Dev Malhotra');
    const period = async () => /<p>([^<]*): whole weeks/.exec((await dev.get('/insight/region')).text)?.[1];
    const first = await period();
    assert.ok(first);
    await asked('insight-today', product.clock.now());
    product.pass(6 * 60_000);
    await dev.become('Dev Malhotra');
    assert.equal(await period(), first);
  });
});
