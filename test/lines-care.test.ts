/** What lines carry, as those who look at it: the connectivity lead, a practice manager, a board member, a supplier, a program. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test, { after, before } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { careServices } from '../src/region/connectivity/capability/rule-table.ts';
import type { SiteCapability } from '../src/region/connectivity/model.ts';
import type { Ending } from './support/ending.ts';
import { registerApp, tokenFor } from './support/whole-apps.ts';
import { type BrowserOf, type WholeProduct, wholeProduct } from './support/whole-product.ts';

const endings: (() => Promise<void> | void)[] = [];
const ending: Ending = { after: (work) => void endings.push(work) };
let product: WholeProduct;
const people = new Map<string, BrowserOf>();

before(async () => {
  product = await wholeProduct(ending);
  // Incidents come after readings; plans and orders, which nobody asks for here, take longer.
  const path = '/lines/api/sites/demo-promenade-chemist/capability';
  for (let tries = 0; tries < 600; tries += 1) {
    const { text } = await product.ask(path, { headers: product.operator });
    if (JSON.parse(text).services.audio.verdict === 'no') return;
    await pause(200);
  }
});
after(async () => {
  for (const work of endings.reverse()) await work();
});

async function as(name: string): Promise<BrowserOf> {
  const known = people.get(name);
  if (known) return known;
  const browser = product.browser();
  await browser.become(name);
  people.set(name, browser);
  return browser;
}
const wordsOf = (html: string): string => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

test('Hilltop’s page says that its upload holds back all its video, hour by hour', async () => {
  const dev = await as('Dev Malhotra');
  const page = wordsOf((await dev.get('/lines/sites/demo-hilltop')).text);
  assert.match(page, /What care the line can carry/);
  assert.match(
    page,
    /Held back: about 39 a week of 39 video consultations wanted\. What binds: Upload, 0\.[45] Mbit\/s/,
  );
  assert.match(page, /Video, comfortable No Upload, 0\.[45] Mbit\/s, needs/);
  const week = wordsOf((await dev.get('/lines/sites/demo-hilltop/care?service=audio')).text);
  assert.match(week, /Audio only, by hour of the week/);
  assert.match(week, /At its worst while open: \w+day, \d+(am|pm)/);
});

test('the league begins with what is held back most, can be sorted, and comes as a file', async () => {
  const dev = await as('Dev Malhotra');
  const file = (await dev.get('/lines/held-back.csv')).text.trim().split('\r\n');
  const held = file.slice(1).map((row) => Number(/,([\d.]*),\d+,[\d.]*,/.exec(row)?.[1] ?? 0));
  assert.equal(file.length, 61);
  assert.ok((held[0] ?? 0) > 50);
  assert.deepEqual(
    held,
    held.toSorted((a, b) => b - a),
  );
  const page = await dev.get('/lines/held-back?sort=-images&kind=diagnostic-centre');
  assert.match(wordsOf(page.text), /1 to 1 of 1/);
  assert.equal((await dev.get('/lines/held-back?sort=nothing')).status, 400);
});

test('each sees the lines that are theirs to see', async () => {
  const seen = async (name: string, path: string) => (await (await as(name)).get(path)).status;
  assert.equal(await seen('Edith Crane', '/lines/held-back'), 200);
  assert.equal(await seen('Sue Tanner', '/lines/sites/demo-harbour/care'), 200);
  assert.equal(await seen('Sue Tanner', '/lines/sites/demo-hilltop/care'), 404);
  const own = wordsOf((await (await as('Sue Tanner')).get('/lines/held-back')).text);
  assert.match(own, /Harbour Surgery/);
  assert.doesNotMatch(own, /Hilltop/);
  for (const name of ['Ines Duarte', 'Dr Huw Evans', 'Mrs Iris Okafor'])
    assert.equal(await seen(name, '/lines/held-back'), 403, name);
  assert.equal((await product.ask('/lines/held-back')).status, 401);
});

test('a program is told as the schema says, and refused in JSON', async () => {
  const ask = (path: string) => product.ask(path, { headers: product.operator });
  const answer = await ask('/lines/api/sites/demo-hilltop/capability?at=2026-11-23T09:00:00Z');
  assert.equal(answer.status, 200);
  const told: SiteCapability = JSON.parse(answer.text);
  const schema = JSON.parse(
    readFileSync(new URL('../docs/site-capability.schema.json', import.meta.url), 'utf8'),
  );
  assert.deepEqual(Object.keys(told).sort(), [...schema.required].sort());
  assert.deepEqual(Object.keys(told.services), [...careServices]);
  assert.deepEqual([...schema.properties.services.required].sort(), [...careServices].sort());
  const names = Object.keys(schema.$defs.service.properties);
  for (const one of Object.values(told.services))
    for (const name of Object.keys(one)) assert.ok(names.includes(name), name);
  assert.deepEqual(
    [told.site, told.at, told.services.video.verdict],
    ['demo-hilltop', Date.UTC(2026, 10, 23, 9), 'no'],
  );

  const unknown = await ask('/lines/api/sites/nowhere/capability');
  assert.equal(JSON.parse(unknown.text).services.video.verdict, 'unknown');
  const wrong = await ask('/lines/api/sites/demo-hilltop/capability?at=tomorrow');
  assert.deepEqual([wrong.status, JSON.parse(wrong.text).error[0].where], [400, 'http.query.at']);
  const stranger = await product.ask('/lines/api/sites/demo-hilltop/capability');
  assert.equal(stranger.status, 401);
  assert.match(stranger.headers.get('content-type') ?? '', /json/);
  assert.equal(
    (await (await as('Mrs Iris Okafor')).get('/lines/api/sites/demo-hilltop/capability')).status,
    403,
  );
});

test('a program is told of sites whose Location its scopes reach, and of no others', async () => {
  const client = await registerApp(product, {
    name: 'Rota planner',
    scopes: 'launch/patient openid fhirUser user/Location.rs user/Patient.rs patient/Location.rs',
  });
  const asked = async (name: string, scope: string, path: string) => {
    const browser = product.browser();
    await browser.become(name);
    const authorization = `Bearer ${await tokenFor(product, browser, client, scope)}`;
    return (await product.ask(path, { headers: { authorization } })).status;
  };
  const path = (site: string) => `/lines/api/sites/${site}/capability`;
  assert.equal(await asked('Dr Asha Patel', 'user/Location.rs', path('demo-hilltop')), 200);
  assert.equal(await asked('Dr Asha Patel', 'user/Location.rs', path('nowhere')), 404);
  assert.equal(await asked('Dr Asha Patel', 'user/Patient.rs', path('demo-hilltop')), 404);
  assert.equal(
    await asked('Mrs Iris Okafor', 'launch/patient patient/Location.rs', path('demo-hilltop')),
    403,
  );
  // Pages are for people who signed in, whatever a program may read.
  for (const page of ['/lines/map.json', '/lines/held-back.csv', '/lines/sites/demo-harbour/readings.json'])
    assert.equal(await asked('Dev Malhotra', 'user/Location.rs', page), 403, page);
});

test('the rules are open to anyone, on a page and as JSON with every source', async () => {
  const page = wordsOf((await product.ask('/lines/rules')).text);
  assert.match(page, /Edinburgh TELESCOT/);
  const { version, services, sources } = JSON.parse((await product.ask('/lines/api/rules')).text);
  assert.match(page, new RegExp(`This is version ${version}`));
  for (const rule of Object.values<{ source: string }>(services)) assert.ok(rule.source in sources);
});

test('pages move less for those whose site has a slow line, and for nobody else', async () => {
  const usesLess = async (name: string) =>
    (await (await as(name)).get('/settings')).text.includes('Pages are using less data now.');
  // What is not known yet is looked up meanwhile: the first page is whole.
  for (let tries = 0; tries < 100 && !(await usesLess('Dr Huw Evans')); tries += 1) await pause(50);
  assert.equal(await usesLess('Dr Huw Evans'), true);
  assert.equal(await usesLess('Dr Asha Patel'), false);
  assert.equal(await usesLess('Mrs Iris Okafor'), false);
});

test('an hour whose line is down is told so, and its back-up', async () => {
  const answer = await product.ask('/lines/api/sites/demo-promenade-chemist/capability', {
    headers: product.operator,
  });
  assert.equal(JSON.parse(answer.text).services.audio.verdict, 'no');
});
