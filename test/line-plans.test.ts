import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Ending } from './support/ending.ts';
import { type BrowserOf, type WholeProduct, wholeProduct } from './support/whole-product.ts';

const hidden = (text: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

describe('plans to full fibre', () => {
  const endings: (() => Promise<unknown> | unknown)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  let product: WholeProduct;
  let dev: BrowserOf;
  let edith: BrowserOf;

  before(async () => {
    product = await wholeProduct(ending);
    dev = product.browser();
    await dev.become('Dev Malhotra');
    edith = product.browser();
    await edith.become('Edith Crane');
    await until(async () => /Agreed/.test((await edith.get('/lines/plans')).text));
  });
  after(async () => {
    for (const work of endings.reverse()) await work();
  });

  /** Looks again until it holds; jobs run beside. */
  async function until(holds: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 400; tries++) {
      if (await holds()) return;
      await pause(250);
    }
    throw new Error('It did not come to hold.');
  }

  /** Fills the form at an address as a person does: what it shows, and what is changed. */
  async function fill(who: BrowserOf, path: string, typed: Readonly<Record<string, string>>, key?: string) {
    const { text, status } = await who.get(path);
    assert.equal(status, 200, `${path}: ${text.slice(0, 500)}`);
    const form = new URLSearchParams();
    const put = (name: string, value: string): void => {
      if (!(name in typed)) form.append(name, value);
    };
    for (const [tag] of text.matchAll(/<input[^>]*>/g)) {
      const name = / name="([^"]+)"/.exec(tag)?.[1];
      const isChoice = / type="(?:radio|checkbox)"/.test(tag);
      if (name && (!isChoice || / checked/.test(tag))) put(name, / value="([^"]*)"/.exec(tag)?.[1] ?? '');
    }
    for (const [, name = '', value = ''] of text.matchAll(/<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</g))
      put(name, value);
    for (const [name, value] of Object.entries(typed)) form.append(name, value);
    if (key !== undefined) form.set('form', key);
    return { answer: await who.post(path, form), key: form.get('form') ?? '' };
  }

  it('shows the plan that the board agreed to, with its gap and a reason for every site', async () => {
    const list = await edith.get('/lines/plans');
    const href = /href="(\/lines\/plans\/[0-9a-f-]{36})"><bdi>Fibre for the coast/.exec(list.text)?.[1] ?? '';
    assert.ok(href, list.text.slice(0, 3000));
    const page = await edith.get(href);
    assert.equal(page.status, 200);
    assert.match(page.text, /Agreed .* by <bdi>Edith Crane/);
    assert.match(page.text, /(Proved: no plan|At most [\d.]+% from the best: no plan)/);
    assert.match(page.text, /What only this site needs of the trench costs £/);
    const csv = await edith.get(`${href}/sites.csv`);
    assert.match(csv.text, /^Site id,Name,Kind,/);
    assert.ok(csv.text.split('\r\n').length > 40);
    const map = await edith.get(`${href}/map`);
    assert.match(map.text, /tl-geo__line/);
    assert.doesNotMatch(page.text, /What if/, 'the board reads, and changes nothing');
  });

  it('makes a scenario once however often it is sent, runs it, and shows it beside the old one', async () => {
    const first = await fill(dev, '/lines/plans/new', {
      ...{ name: 'Small money', firstYear: '2027', 'budget-1': '60k', 'budget-2': '£40,000', 'budget-3': '' },
    });
    assert.equal(first.answer.status, 303, first.answer.text.slice(0, 4000));
    const href = first.answer.headers.get('location') ?? '';
    const again = await fill(
      dev,
      '/lines/plans/new',
      { name: 'Small money', firstYear: '2027', 'budget-1': '60k', 'budget-2': '£40,000', 'budget-3': '' },
      first.key,
    );
    assert.equal(again.answer.headers.get('location'), href);
    await until(async () => /Year by year/.test((await dev.get(href)).text));
    const page = await dev.get(href);
    assert.match(page.text, /£60,000/);
    const site = /href="\/lines\/plans\/new\?from=[^"]*&amp;bar=([^"]+)"/.exec(page.text)?.[1] ?? '';
    assert.ok(site);
    const id = href.split('/').at(-1) ?? '';
    const other = await fill(dev, `/lines/plans/new?from=${id}&bar=${site}`, { name: 'Without one' });
    const second = other.answer.headers.get('location') ?? '';
    await until(async () => /Year by year/.test((await dev.get(second)).text));
    const compared = await edith.get(`/lines/plans/compare?before=${id}&after=${second.split('/').at(-1)}`);
    assert.match(compared.text, /They differ in: sites left out/);
    assert.match(compared.text, /Benefit, weighted consultations/);
  });

  it('says what is wrong with money, rules and sites, and keeps what was typed', async () => {
    const { answer } = await fill(dev, '/lines/plans/new', {
      ...{ name: '', firstYear: '2027', 'budget-1': '-5', 'budget-2': 'lots', 'budget-3': '1' },
      ...{ fibrePercent: '70', fibreBy: '', 'price-ground-verge': '-3' },
    });
    assert.equal(answer.status, 422);
    for (const words of [
      'Enter a name for this scenario',
      'Budget for year 1 must be £0 or more',
      'Budget for year 2 must be a number, like 1,200,000',
      'Trench in a verge or lane must be £0 or more',
    ])
      assert.ok(answer.text.includes(words), words);
    assert.match(answer.text, /value="lots"/);
    const unknown = await fill(dev, '/lines/plans/new', {
      ...{ name: 'x', lock: 'No such surgery', bar: 'Harbour Surgery', copperBy: '2020' },
    });
    assert.match(unknown.answer.text, /The year must be 20\d\d or later/);
    const sites = await fill(dev, '/lines/plans/new', { name: 'x', lock: 'No such surgery' });
    assert.match(sites.answer.text, /There is no site called “No such surgery”/);
  });

  it('lets the board’s agreement be kept, and only plans that have a result be agreed', async () => {
    const made = await fill(dev, '/lines/plans/new', { name: 'To agree', 'budget-1': '90000' });
    const href = made.answer.headers.get('location') ?? '';
    await until(async () => /Year by year/.test((await dev.get(href)).text));
    const bad = await fill(dev, `${href}/agree`, { by: '', note: '' });
    assert.equal(bad.answer.status, 422);
    const { answer } = await fill(dev, `${href}/agree`, { by: 'Board meeting', note: 'Minute 12' });
    assert.equal(answer.status, 303);
    assert.match((await edith.get(href)).text, /Minute 12/);
  });

  it('is not for others: patients and practices do not see plans, the board makes none', async () => {
    const sue = product.browser();
    await sue.become('Sue Tanner');
    assert.equal((await sue.get('/lines/plans')).status, 403);
    assert.equal((await edith.get('/lines/plans/new')).status, 403);
    assert.match((await product.browser().get('/lines/plans')).headers.get('location') ?? '', /sign-in/);
    assert.equal((await dev.get('/lines/plans/0198aaaa-0000-7000-8000-000000000000')).status, 404);
    assert.equal((await dev.get('/lines/plans/x')).status, 404);
  });

  /** Groups so large, and so exact a wish, that the run takes its time. */
  const long = { mostTogether: '30', gap: '0', seconds: '600' };

  it('ends a run that is stopped with its best plan so far and how far that may be from the best', async () => {
    const made = await fill(dev, '/lines/plans/new', { name: 'To be stopped', ...long });
    const href = made.answer.headers.get('location') ?? '';
    await until(async () => /<progress|Result/.test((await dev.get(href)).text));
    const first = await fill(dev, `${href}/stop`, {});
    assert.equal(first.answer.status, 303);
    const again = await fill(dev, `${href}/stop`, {}, first.key);
    assert.equal(again.answer.status, 303, 'sent twice, it is stopped once');
    await until(async () => /Stopped early/.test((await dev.get(href)).text));
    const { text } = await edith.get(href);
    assert.match(text, /Year by year/);
    assert.match(text, /from the best: no plan within these budgets|No plan was found that keeps every rule/);
    assert.equal((await fill(dev, `${href}/stop`, {})).answer.status, 303, 'stopped already');
    assert.match((await dev.get(href)).text, /Stopped early/);
    // The plan stands like any other: it may be agreed, looked at further, or begun from.
    assert.equal((await dev.get(`/lines/plans/new?from=${href.split('/').at(-1)}`)).status, 200);
  });

  it('is stopped, agreed and looked at further by the connectivity lead alone', async () => {
    const list = await dev.get('/lines/plans');
    const href = /href="(\/lines\/plans\/[0-9a-f-]{36})"/.exec(list.text)?.[1] ?? '';
    for (const name of ['Edith Crane', 'Ines Duarte', 'Sue Tanner', 'Mrs Iris Okafor']) {
      const other = product.browser();
      await other.become(name);
      const reads = name === 'Edith Crane' ? 200 : 403;
      for (const path of ['', '/map', '/sites.csv'])
        assert.equal((await other.get(`${href}${path}`)).status, reads, `${name} ${path}`);
      for (const deed of ['stop', 'study', 'agree']) {
        assert.equal((await other.get(`${href}/${deed}`)).status, 403, `${name} ${deed}`);
        const form = crypto.randomUUID();
        const answer = await other.post(`${href}/${deed}`, { form, by: 'Me', note: 'Mine' });
        assert.equal(answer.status, 403, `${name} sends ${deed}`);
      }
      const form = crypto.randomUUID();
      assert.equal((await other.post('/lines/plans/new', { form, name: 'x' })).status, 403);
    }
    const stranger = await product.browser().post(`${href}/stop`, { form: crypto.randomUUID() });
    assert.ok(
      stranger.status === 401 || /sign-in/.test(stranger.headers.get('location') ?? ''),
      `a stranger stops: ${stranger.status}`,
    );
  });

  it('keeps what two people make of one scenario apart, and leaves the scenario as it was', async () => {
    const list = await dev.get('/lines/plans');
    const id = /href="\/lines\/plans\/([0-9a-f-]{36})"><bdi>Fibre for the coast/.exec(list.text)?.[1] ?? '';
    const before = (await dev.get(`/lines/plans/${id}/sites.csv`)).text;
    const other = product.browser();
    await other.become('Dev Malhotra');
    const path = `/lines/plans/new?from=${id}`;
    const made = await Promise.all([
      fill(dev, path, { name: 'One way', 'budget-1': '70000' }),
      fill(other, path, { name: 'Another way', 'budget-1': '80000' }),
    ]);
    const [one, two] = made.map(({ answer }) => answer.headers.get('location') ?? '');
    assert.ok(one && two && one !== two);
    for (const href of [one, two])
      await until(async () => /Year by year|Failed/.test((await dev.get(href)).text));
    assert.match((await dev.get(one)).text, /£70,000/);
    assert.match((await dev.get(two)).text, /£80,000/);
    assert.equal((await dev.get(`/lines/plans/${id}/sites.csv`)).text, before);
  });

  it('takes roads from an extract, and says which feature is wrong', async () => {
    const send = (name: string, file: string) => {
      const body = new FormData();
      body.append('form', hidden('', 'form'));
      body.append('name', name);
      body.append('file', new Blob([file], { type: 'application/json' }), 'roads.geojson');
      const cookie = [...dev.cookies].map(([key, value]) => `${key}=${value}`).join('; ');
      return product.ask('/lines/plans/roads', {
        ...{ method: 'POST', body },
        headers: {
          cookie,
          accept: 'text/html',
          'sec-fetch-site': 'same-origin',
          origin: 'https://care.example',
        },
      });
    };
    const road = (coordinates: unknown) =>
      JSON.stringify({
        type: 'FeatureCollection',
        features: [
          {
            type: 'Feature',
            properties: { highway: 'residential' },
            geometry: { type: 'LineString', coordinates },
          },
        ],
      });
    const swapped = await send('Wrong', road([[51, 200]]));
    assert.equal(swapped.status, 422);
    assert.match(swapped.text, /Feature 1: a line is a list of longitudes and latitudes in degrees/);
    const right = await send(
      'Two streets',
      road([
        [-1.3, 54.5],
        [-1.31, 54.5],
        [-1.31, 54.51],
      ]),
    );
    assert.equal(right.status, 303, right.text.slice(0, 3000));
    assert.match((await dev.get('/lines/plans/roads')).text, /Two streets/);
    assert.match((await dev.get('/lines/plans/new')).text, /Two streets/);
  });
});
