/** A new line from order to a measured go-live, as each of those who have a part in it: over the whole product, by pages without script. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { AxeBuilder } from '@axe-core/playwright';
import postgres from 'postgres';
import { launchBrowser } from './support/browser.ts';
import type { Ending } from './support/ending.ts';
import { type Answered, type BrowserOf, type WholeProduct, wholeProduct } from './support/whole-product.ts';

const endings: (() => Promise<void>)[] = [];
const ending: Ending = { after: (work) => void endings.push(work) };
let product: WholeProduct;
let dev: BrowserOf;
let ines: BrowserOf;
let coastal: BrowserOf;
let sue: BrowserOf;
let edith: BrowserOf;

const dayMs = 86_400_000;
const orderLink = /href="(\/lines\/orders\/[0-9a-f-]{36})"/;

before(async () => {
  product = await wholeProduct(ending);
  [dev, ines, coastal, sue, edith] = [1, 2, 3, 4, 5].map(() => product.browser()) as [
    BrowserOf,
    BrowserOf,
    BrowserOf,
    BrowserOf,
    BrowserOf,
  ];
  await dev.become('Dev Malhotra');
  await ines.become('Ines Duarte');
  await coastal.become('Kim Nordahl');
  await sue.become('Sue Tanner');
  await edith.become('Edith Crane');
  // The demonstration's lines and orders are made by a job after the start.
  for (let tries = 0; tries < 300; tries += 1) {
    if (orderLink.test((await dev.get('/lines/orders')).text)) return;
    await pause(500);
  }
  throw new Error('The demonstration made no orders');
});
after(async () => {
  for (const work of endings.reverse()) await work();
});

const wordsOf = (answer: Answered): string =>
  answer.text
    .replace(/[\s\S]*<main[^>]*>/, '')
    .replace(/<\/main>[\s\S]*/, '')
    .replaceAll(/<span class="nhsuk-table__heading"[^>]*>[^<]*<\/span>/g, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ');
const hiddenOf = (text: string): [string, string][] =>
  [...text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
const locationOf = (answer: Answered): string => String(answer.headers.get('location'));

type Typed = readonly (readonly [string, string])[];
const pairs = (fields: Readonly<Record<string, string>>): Typed => Object.entries(fields);

/** Opens a form and sends it. */
async function sent(browser: BrowserOf, path: string, fields: Typed): Promise<Answered> {
  const page = await browser.get(path);
  assert.equal(page.status, 200, `${path}: ${wordsOf(page)}`);
  return browser.post(path, new URLSearchParams([...hiddenOf(page.text), ...fields].map(([a, b]) => [a, b])));
}
/** Sends it, and expects that it was done. */
async function did(browser: BrowserOf, path: string, fields: Typed): Promise<string> {
  const answer = await sent(browser, path, fields);
  assert.equal(answer.status, 303, `${path}: ${wordsOf(answer)}`);
  return locationOf(answer);
}
const date = (name: string, days = 0): Typed => {
  const [year = '', month = '', day = ''] = new Date(product.clock.now() + days * dayMs)
    .toISOString()
    .split(/[-T]/);
  return pairs({ [`${name}-day`]: day, [`${name}-month`]: month, [`${name}-year`]: year });
};
const today = () => date('day');
const quote = (more: Readonly<Record<string, string>> = {}): Typed =>
  pairs({
    ...{ down: '330', up: '50', install: '£12,500', monthly: '68', termMonths: '36', days: '80' },
    ...{ fixHours: '8', availability: '99.9', note: 'SECRET of Brightfen' },
    ...more,
  });

let order = '';

test('the lead orders a line for a site once, however often it is sent, and once for a site', async () => {
  const page = await dev.get('/lines/orders/new?site=demo-whinfield');
  const typed = new URLSearchParams(
    [
      ...hiddenOf(page.text),
      ...pairs({
        site: 'demo-whinfield',
        technology: 'fttp',
        role: 'main',
        down: '100',
        up: '20',
        idle: '40',
        loaded: '150',
      }),
      ...pairs({
        estimate: '14000',
        year: String(new Date(product.clock.now()).getUTCFullYear()),
        reason: 'SECRET reason',
      }),
      ...[['suppliers', 'demo-fibre'] as const, ['suppliers', 'demo-coastal'] as const],
    ].map(([a, b]) => [a, b]),
  );
  const [one, two] = await Promise.all([
    dev.post('/lines/orders/new', typed),
    dev.post('/lines/orders/new', typed),
  ]);
  assert.deepEqual([one.status, two.status], [303, 303], wordsOf(one));
  assert.equal(locationOf(one), locationOf(two));
  order = locationOf(one).replace(/\?.*/, '');
  const again = await sent(
    dev,
    '/lines/orders/new',
    [...typed].filter(([name]) => !name.startsWith('form')),
  );
  assert.equal(again.status, 422);
  assert.match(wordsOf(again), /There is an order under way for this line of the site already/);
});

test('bad input of an order gets words that say what to mend', async () => {
  const answer = await sent(
    dev,
    '/lines/orders/new',
    pairs({ site: 'surgery', technology: 'adsl', down: '-5', estimate: '1e9' }),
  );
  assert.equal(answer.status, 422);
  assert.match(
    wordsOf(answer),
    /sites fit “surgery”.*Select what kind of line.*The download speed must be a number from.*The estimate must be a whole number.*Select at least one supplier/,
  );
});

test('each supplier surveys and quotes, sees nothing of the other, and nobody else sees the order', async () => {
  await did(ines, `${order}/do/survey`, [...today(), ...pairs({ note: 'Duct is clear' })]);
  await did(ines, `${order}/do/quote`, quote());
  // Kim Nordahl supplies software: the order is none of hers, at any of its addresses.
  for (const path of [order, `${order}/do/quote`, `${order}/do/note`])
    assert.equal((await coastal.get(path)).status, 404, path);
  assert.equal((await coastal.get(`${order}/quotes`)).status, 403);
  assert.equal((await coastal.post(`${order}/do/quote`, new URLSearchParams({ version: '3' }))).status, 404);
  // The region types in what Coastal sent by email.
  await did(dev, `${order}/do/quote`, [
    ...quote({ install: '9876', note: 'SECRET of Coastal' }),
    ['provider', 'demo-coastal'],
  ]);
  const own = (await ines.get(order)).text;
  assert.match(own, /£12,500/);
  for (const secret of ['9,876', 'SECRET of Coastal', 'SECRET reason', '14,000', 'Coastal'])
    assert.ok(!own.includes(secret), secret);
  for (const path of [
    `${order}/quotes`,
    '/lines/report',
    '/lines/milestones',
    '/lines/orders/gantt',
    '/lines/report.pdf',
  ])
    assert.equal((await ines.get(path)).status, 403, path);
  assert.match(
    wordsOf(await dev.get(`${order}/quotes`)),
    /Coastal Networks £13,956 Lowest price.*Brightfen Fibre £16,580/,
  );
});

test('two people who change one order: the second is told who was faster, and sends it again knowingly', async () => {
  const path = `${order}/do/choose`;
  const [first, second] = [await dev.get(path), await dev.get(path)];
  const form = (page: Answered) =>
    new URLSearchParams(
      [...hiddenOf(page.text), ...pairs({ provider: 'demo-fibre', why: 'SECRET why' })].map(([a, b]) => [
        a,
        b,
      ]),
    );
  await did(dev, `${order}/do/note`, pairs({ text: 'SECRET note of the region', shared: 'no' }));
  const late = await dev.post(path, form(first));
  assert.equal(late.status, 422);
  assert.match(
    wordsOf(late),
    /Dev Malhotra changed this order on .*wrote a note.*send this again if it is still right/,
  );
  assert.match(String(/name="version" value="(\d+)"/.exec(late.text)?.[1]), /^5$/);
  const again = await dev.post(path, form(late));
  assert.equal(again.status, 303, wordsOf(again));
  assert.equal((await dev.post(path, form(second))).status, 422);
});

test('the lead approves against the budget, the supplier builds and installs, documents go with the order', async () => {
  const approve = await dev.get(`${order}/do/approve`);
  assert.match(wordsOf(approve), /It costs £12,500 once/);
  const sentOne = await sent(dev, `${order}/do/approve`, [
    ...date('due', 80),
    ['note', 'Agreed by the board'],
  ]);
  assert.equal(sentOne.status, 303, wordsOf(sentOne));
  assert.equal(
    (await sent(ines, `${order}/do/accept`, [])).status,
    422,
    'a supplier does not accept its own line',
  );
  await did(ines, `${order}/do/wayleave`, [...today(), ...pairs({ needed: 'no', note: '' })]);
  await did(ines, `${order}/do/block`, pairs({ cause: 'street-works', why: 'No permit yet' }));
  assert.equal((await sent(ines, `${order}/do/build`, [...today(), ['note', '']])).status, 422);
  await did(ines, `${order}/do/unblock`, [['note', 'Permit came']]);
  await did(ines, `${order}/do/delay`, [
    ...date('due', 100),
    ...pairs({ cause: 'street-works', why: 'The permit came late' }),
  ]);
  assert.match(wordsOf(await dev.get(order)), /20 days late/);
  await did(ines, `${order}/do/propose-date`, [...date('day', 3), ['note', 'Two engineers']]);
  await did(dev, `${order}/do/agree-date`, [...hiddenVisit(await dev.get(`${order}/do/agree-date`))]);
  await did(ines, `${order}/do/build`, [...today(), ['note', '']]);

  const page = await ines.get(`${order}/do/document`);
  const body = new FormData();
  for (const [name, value] of hiddenOf(page.text)) body.append(name, value);
  body.set('about', 'wayleave');
  body.set(
    'file-file',
    new Blob(['%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n'], { type: 'application/pdf' }),
    'consent.pdf',
  );
  const cookie = [...ines.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const uploaded = await product.ask(`${order}/do/document`, {
    ...{ method: 'POST', body },
    headers: { cookie, accept: 'text/html', 'sec-fetch-site': 'same-origin', origin: 'https://care.example' },
  });
  assert.equal(uploaded.status, 303, wordsOf(uploaded));
  const link =
    /href="(\/lines\/orders\/[^"]+\/documents\/[^"]+)"/.exec((await dev.get(order)).text)?.[1] ?? '';
  const file = await dev.get(link);
  assert.deepEqual([file.status, file.headers.get('content-type')], [200, 'application/pdf']);
  assert.match(file.text, /^%PDF-1.7/);
  assert.equal((await coastal.get(link)).status, 404);

  await did(ines, `${order}/do/install`, [...today(), ...pairs({ reference: 'BF-77', note: '' })]);
  assert.match(wordsOf(await dev.get(order)), /There are not enough tests to say yet/);
});

const hiddenVisit = (page: Answered): Typed => {
  const value = /name="visit" type="radio" value="([^"]+)"/.exec(page.text)?.[1];
  return value === undefined ? [] : [['visit', value]];
};

/** Readings of the site as a probe would have sent them, in the hours to come. */
async function measured(site: string, up: number, count = 16): Promise<void> {
  const sql = postgres(product.databaseUrl, { max: 1, onnotice: () => {} });
  try {
    for (let i = 0; i < count; i += 1) {
      product.pass(2 * 3_600_000);
      const at = product.clock.now();
      await sql`insert into line_reading ${sql({
        ...{ site, id: `journey-${at}`, started: at, received: at, source: 'probe', down: 318, up },
        ...{ idle: 9, loaded: 30, loss: 0, bytes: 1000, flags: [], by: 'probe' },
      })}`;
    }
  } finally {
    await sql.end();
  }
}

test('a line that measures less than was ordered does not go live: it goes back with its figures', async () => {
  await measured('demo-whinfield', 4);
  for (const one of [dev, ines, sue, edith]) await signInAgain(one);
  assert.match(
    wordsOf(await dev.get(order)),
    /does not do what was ordered.*Upload, nine in ten tests at least 18 Mbit\/s 4 Mbit\/s No/,
  );
  const tried = await sent(dev, `${order}/do/accept`, []);
  assert.equal(tried.status, 422);
  assert.match(wordsOf(tried), /cannot go live/);
  await did(dev, `${order}/do/fail`, [['why', 'Upload is a fifth of what was ordered']]);
  const seen = wordsOf(await ines.get(order));
  assert.match(seen, /Install Failed acceptance|Install.*Failed acceptance/);
  assert.match(
    seen,
    /Upload is a fifth of what was ordered.*Upload, nine in ten tests at least: 4 Mbit\/s, needed 18 Mbit\/s/,
  );
});

test('measured to do what was ordered it goes live, once, and the register has the new line in place of the old', async () => {
  await did(ines, `${order}/do/install`, [
    ...today(),
    ...pairs({ reference: 'BF-77', note: 'Profile mended' }),
  ]);
  await measured('demo-whinfield', 49);
  for (const one of [dev, ines, sue, edith]) await signInAgain(one);
  const page = await dev.get(`${order}/do/accept`);
  const typed = new URLSearchParams(hiddenOf(page.text));
  const [one, two] = await Promise.all([
    dev.post(`${order}/do/accept`, typed),
    dev.post(`${order}/do/accept`, typed),
  ]);
  assert.deepEqual([one.status, two.status], [303, 303], wordsOf(one));
  assert.match(wordsOf(await dev.get(order)), /Live.*The line does|Live/);
  const sql = postgres(product.databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const rows =
      await sql`select state, technology from line_circuit where site = 'demo-whinfield' and role = 'main' order by state`;
    assert.deepEqual(
      rows.map(({ state, technology }) => [state, technology]),
      [
        ['ceased', 'mobile'],
        ['live', 'fttp'],
      ],
    );
    await assert.rejects(sql`delete from line_order_event where version = 1`, /never changed or removed/);
  } finally {
    await sql.end();
  }
});

/** Sessions end while the clock moves on. */
async function signInAgain(browser: BrowserOf): Promise<void> {
  const names = new Map([
    [dev, 'Dev Malhotra'],
    [ines, 'Ines Duarte'],
    [sue, 'Sue Tanner'],
    [edith, 'Edith Crane'],
  ]);
  browser.cookies.clear();
  await browser.become(names.get(browser) ?? '');
}

test('a practice manager sees what is ordered for their own sites, what to get ready, and no price', async () => {
  const page = await sue.get('/lines/orders');
  assert.match(wordsOf(page), /Lines ordered for you.*Harbour Surgery/);
  assert.doesNotMatch(page.text, /Hilltop|Whinfield/);
  assert.equal((await sue.get(order)).status, 404);
  const links = [...page.text.matchAll(/href="(\/lines\/orders\/[0-9a-f-]{36})"/g)].map(
    ([, href = '']) => href,
  );
  assert.ok(links.length > 0);
  const orders = await Promise.all(links.map((href) => sue.get(href)));
  for (const one of orders) {
    assert.equal(one.status, 200);
    assert.doesNotMatch(one.text.replace(/[\s\S]*<main/, ''), /£\d/);
  }
  assert.match(orders.map(wordsOf).join(' '), /What the site gets ready Access to the comms room/);
  assert.equal((await sue.get(`${links[0]}/do/note`)).status, 403);
  assert.equal((await sue.get('/lines/report')).status, 403);
});

test('a board member reads the report, milestones and the board, as pages and as a tagged PDF, and changes nothing', async () => {
  assert.match(
    wordsOf(await edith.get('/lines/report')),
    /on full fibre.*Milestones.*70 % on full fibre.*Spending.*What care the new lines moved.*Worst lines.*How it is forecast.*1000 times/,
  );
  assert.match(
    wordsOf(await edith.get('/lines/milestones')),
    /By kind of site.*GP practice.*Spending against budget/,
  );
  const pdf = await edith.get('/lines/report.pdf');
  assert.deepEqual([pdf.status, pdf.headers.get('content-type')], [200, 'application/pdf']);
  for (const part of ['/StructTreeRoot', '/Marked true', '/Lang (en-GB)', '/S /Table', '/S /TH', '/S /H1'])
    assert.ok(pdf.text.includes(part), part);
  const board = await edith.get('/lines/orders');
  assert.doesNotMatch(board.text, /\/do\//);
  assert.equal((await edith.get('/lines/orders/new')).status, 403);
  assert.equal((await edith.get(`${order}/do/cancel`)).status, 403);
  assert.equal(
    (await edith.post(`${order}/do/cancel`, new URLSearchParams({ why: 'x', version: '1' }))).status,
    403,
  );
  const csv = await edith.get('/lines/orders.csv?stage=live');
  assert.match(csv.text, /^\uFEFF?Order,Site,Stage/);
});

test('the lead orders from the plan, and sets the day of a milestone', async () => {
  const page = await dev.get('/lines/orders/from-plan');
  assert.equal(page.status, 200);
  const sites = [...page.text.matchAll(/name="sites" type="checkbox" value="([^"]+)"/g)].map(
    ([, value = '']) => value,
  );
  if (sites.length > 0) {
    const [first = ''] = sites;
    const common = pairs({ down: '100', up: '20', idle: '30', loaded: '100', suppliers: 'demo-fibre' });
    assert.equal(
      (await sent(dev, '/lines/orders/from-plan', [...common, ['sites', 'demo-nowhere']])).status,
      422,
    );
    await did(dev, '/lines/orders/from-plan', [...common, ['sites', first]]);
    assert.doesNotMatch((await dev.get('/lines/orders/from-plan')).text, new RegExp(`value="${first}"`));
  }
  await did(dev, '/lines/milestones/targets', [
    ['share', '70'],
    ...pairs({ 'day-day': '31', 'day-month': '3', 'day-year': '2029' }),
  ]);
  assert.match(wordsOf(await dev.get('/lines/milestones')), /31 March 2029 Set by Dev Malhotra/);
});

test('in a browser, at 320 and 1280 px, each of them finds their way by links and forms, and axe finds no fault', async () => {
  const chromium = await launchBrowser();
  try {
    for (const width of [320, 1280]) {
      const as = async (browser: BrowserOf) => {
        const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const context = await chromium.newContext({
          ...{ viewport: { width, height: 900 }, baseURL: product.local },
          extraHTTPHeaders: { cookie },
        });
        const page = await context.newPage();
        const look = async (name: string) => {
          if (width === 320) {
            const { violations } = await new AxeBuilder({ page }).analyze();
            const faults = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
            assert.deepEqual(faults, [], name);
          }
          const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
          assert.ok(wide <= width, `${name} is ${wide} px wide at ${width}`);
        };
        return { context, page, look };
      };
      const lead = await as(dev);
      await lead.page.goto('/lines/orders');
      await lead.look('board');
      await lead.page.getByRole('link', { name: 'over time' }).click();
      await lead.look('over time');
      await lead.page.goto('/lines/orders/list?stage=quote');
      await lead.look('list');
      await lead.page.locator('tbody a').first().click();
      await lead.look('order with quotes');
      await lead.page.getByRole('link', { name: /^Compare/ }).click();
      await lead.look('quotes');
      await lead.page.goto(order);
      await lead.look('order that is live');
      await lead.page.getByRole('link', { name: 'Write a note' }).click();
      await lead.look('note');
      await lead.page.getByRole('button', { name: 'Write a note' }).click();
      await lead.look('note without words');
      assert.equal(await lead.page.getByRole('alert').getByText('Enter the note').isVisible(), true);
      await lead.page.getByLabel('Note', { exact: true }).fill(`Seen at ${width} px`);
      await lead.page.getByLabel('The region alone').check();
      await lead.page.getByRole('button', { name: 'Write a note' }).click();
      // A cookie given as a header does not follow a redirection: the order is opened anew.
      await lead.page.waitForURL(/done/);
      await lead.page.goto(order);
      await lead.page.getByText(`Seen at ${width} px`).waitFor();
      for (const path of ['/lines/orders/new', '/lines/orders/from-plan', '/lines/milestones/targets']) {
        await lead.page.goto(path);
        await lead.look(path);
      }
      await lead.page.goto(`/lines/sites/demo-hilltop`);
      assert.match(await lead.page.content(), /Order \d+: Full fibre/);
      await lead.context.close();

      const board = await as(edith);
      await board.page.goto('/lines/report');
      await board.look('report');
      await board.page.goto('/lines/milestones');
      await board.look('milestones');
      await board.context.close();

      const supplier = await as(ines);
      await supplier.page.goto('/lines/orders');
      await supplier.look('board of a supplier');
      await supplier.page
        .getByRole('link', { name: /^Mark as built/ })
        .first()
        .click();
      await supplier.look('build');
      await supplier.context.close();

      const practice = await as(sue);
      await practice.page.goto('/lines/orders');
      await practice.look('board of a practice');
      await practice.page.getByRole('link', { name: 'Harbour Surgery' }).first().click();
      await practice.look('order of a practice');
      await practice.context.close();
    }
  } finally {
    await chromium.close();
  }
});
