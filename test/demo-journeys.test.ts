/** As each of those whom the demonstration's sign-in page lists: what their line promises is there, what is not theirs is not. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { patients, staff } from '../src/demo/people.ts';
import { launchBrowser } from './support/browser.ts';
import type { Ending } from './support/ending.ts';
import { type WholeProduct, wholeProduct } from './support/whole-product.ts';

const endings: (() => Promise<void>)[] = [];
const ending: Ending = { after: (work) => void endings.push(work) };
let product: WholeProduct;
let browser: Browser;
const visits: BrowserContext[] = [];

before(async () => {
  product = await wholeProduct(ending, { plain: true });
  browser = await launchBrowser();
});
after(async () => {
  for (const visit of visits) await visit.close();
  await browser?.close();
  for (const work of endings.reverse()) await work();
});

async function visit(javaScriptEnabled = false, width = 1280): Promise<Page> {
  const context = await browser.newContext({
    ...{ baseURL: product.local, viewport: { width, height: 900 }, javaScriptEnabled },
  });
  visits.push(context);
  return context.newPage();
}

/** Signed in on the page where they are, or on the sign-in page. */
async function become(page: Page, name: string): Promise<Page> {
  if (!page.url().includes('/sign-in')) await page.goto('/sign-in');
  await page.getByRole('button', { name }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  return page;
}
const as = async (name: string): Promise<Page> => become(await visit(), name);

async function opened(page: Page, path: string): Promise<{ status: number; words: string }> {
  const answer = await page.goto(path);
  return { status: answer?.status() ?? 0, words: await page.locator('body').innerText() };
}

interface Story {
  /** What their line promises: an address, and words of its page. */
  readonly finds: Readonly<Record<string, RegExp>>;
  /** What no page that they find may say. */
  readonly never?: RegExp;
  /** Addresses that are not for them, and what these answer. */
  readonly not?: Readonly<Record<string, number>>;
}

const pressure = `results/${encodeURIComponent('http://loinc.org|85354-9')}`;
const mine = (id: string, part = '') => `/my-record/demo-${id}${part === '' ? '' : `/${part}`}`;
const theirs = (id: string, part = '') => `/people/demo-${id}${part === '' ? '' : `/${part}`}`;
const region: Story = {
  // Who reads the programme of lines begins there.
  finds: { '/': /The region|Fibre report/, '/demo': /Places where care is given/ },
  not: { [theirs('iris')]: 404, '/governance': 403, '/api-clients': 403 },
};

const stories: Readonly<Record<string, Story>> = {
  'demo-iris': {
    finds: {
      [mine('iris')]: /Foot clinic/,
      [mine('iris', 'conditions')]: /Foot problem from diabetes[\s\S]*Type 2 diabetes/,
      '/who-looked': /Who looked at your record/,
      '/sharing': /Pharmacies[\s\S]*Sensitive information/,
    },
  },
  'demo-tomasz': {
    finds: {
      [mine('tomasz', 'medicines')]: /Amlodipine[\s\S]*Indapamide[\s\S]*Ramipril/,
      [mine('tomasz', pressure)]: /Measured at home/,
    },
  },
  'demo-anita': {
    finds: {
      [mine('anita', 'care-plan')]: /Chemotherapy plan[\s\S]*38 °C[\s\S]*01632 960199/,
      [mine('anita', 'results')]: /Neutrophils[\s\S]*Haemoglobin/,
      [mine('anita', 'appointments')]: /visit 4 of 6/,
    },
  },
  'demo-fatima': {
    finds: {
      [mine('fatima', 'pregnancy')]: /32 weeks[\s\S]*Baby due/,
      [mine('fatima', 'care-plan')]: /Blood pressure at or below 135\/85/,
      [mine('fatima', 'appointments')]: /Growth scan/,
    },
  },
  'demo-daniel': {
    finds: {
      [mine('daniel', 'results')]: /How to reach me[\s\S]*Not the telephone/,
      [mine('daniel', 'appointments')]: /By video[\s\S]*An interpreter is booked/,
    },
  },
  'demo-sam': {
    finds: {
      [mine('sam', 'conditions')]: /Depression/,
      '/sharing': /Mental health[\s\S]*Keep an entry back/,
    },
  },
  'demo-walter': {
    finds: {
      [mine('walter', 'care-plan')]: /Beata Zielinska[\s\S]*Carol Whitlock[\s\S]*Stan Birtles/,
      '/who-looked': /Who looked at your record/,
    },
  },
  'demo-carol': {
    finds: {
      '/my-record': /Mrs Carol Whitlock[\s\S]*Mr Walter Price/,
      [mine('carol', 'medicines')]: /Levothyroxine/,
      [mine('walter', 'medicines')]: /You are acting for Mr Walter Price[\s\S]*Furosemide/,
    },
    not: { '/who-looked/demo-walter': 404, [mine('walter', 'share')]: 403 },
  },
  'demo-megan': {
    finds: { [mine('ella', 'care-plan')]: /You are acting for Ella Ashworth[\s\S]*My asthma plan/ },
    not: { [mine('rhys')]: 404 },
  },
  'demo-jo': {
    finds: { [mine('theo')]: /You are acting for Theo Lind/, '/acting-for/ask': /Ask to act for someone/ },
    not: { [mine('maya')]: 404 },
  },
  'demo-marion': {
    finds: {
      [mine('kai')]: /You are acting for Kai Turner/,
      [mine('kai', 'care-plan')]: /Health plan/,
      [mine('kai', 'conditions')]: /Bed-wetting/,
      [mine('kai', 'people')]: /Leon Baptiste/,
    },
    never: /child protection|neglect/i,
  },
  'demo-asha': {
    finds: { [theirs('iris')]: /Type 2 diabetes/, [theirs('sam')]: /Depression/, '/emergency-access': /./ },
    not: { [theirs('walter')]: 404, '/governance': 403 },
  },
  'demo-huw': {
    finds: { [theirs('walter')]: /Apixaban[\s\S]*Care and support plan/, [theirs('ella')]: /Asthma/ },
    not: { [theirs('iris')]: 404 },
  },
  'demo-noor': { finds: { [theirs('tomasz', pressure)]: /mmHg/ }, not: { '/proxy-requests': 403 } },
  'demo-ben': {
    finds: {
      '/people?name=wright': /WRIGHT, Daniel/,
      [theirs('daniel')]: /Before the operation[\s\S]*British Sign Language/,
    },
    never: /gallbladder calculus|hearing loss|paracetamol/i,
    not: { '/emergency-access': 403, '/proxy-requests': 403 },
  },
  'demo-sue': {
    finds: { '/proxy-requests': /People who act for your patients/ },
    not: { '/governance': 403 },
  },
  'demo-mo': { finds: { [theirs('iris')]: /Metformin/ }, not: { [theirs('walter')]: 404 } },
  'demo-lena': { finds: { [theirs('iris')]: /Diabetic foot/ }, not: { [theirs('sam')]: 404 } },
  'demo-ruth': { finds: { [theirs('anita')]: /Neutrophils/ }, not: { [theirs('sam')]: 404 } },
  'demo-yusuf': {
    finds: { [theirs('iris', 'history?kind=results')]: /X-ray of the right foot/ },
    not: { [theirs('walter')]: 404 },
  },
  'demo-chloe': {
    finds: { [theirs('fatima')]: /Pregnancy[\s\S]*Labetalol/ },
    not: { [theirs('sam')]: 404 },
  },
  'demo-elin': { finds: { [theirs('walter')]: /Leg ulcer/ }, not: { [theirs('iris')]: 404 } },
  'demo-grace': { finds: { [theirs('walter')]: /Frailty/ }, not: { [theirs('kai')]: 404 } },
  'demo-leon': { finds: { [theirs('kai')]: /Child protection plan/ }, not: { [theirs('walter')]: 404 } },
  'demo-priya': {
    finds: { '/governance': /Emergency access[\s\S]*to review/ },
    not: { '/api-clients': 403 },
  },
  'demo-alex': {
    finds: { '/api-clients': /Apps and systems/, '/accounts': /Dr Asha Patel/ },
    not: { [theirs('iris')]: 404, '/governance': 403 },
  },
  'demo-dev': region,
  'demo-hana': region,
  'demo-oscar': region,
  'demo-kim': region,
  'demo-robin': region,
  'demo-ines': region,
  'demo-edith': region,
};

const nameOf = (one: { prefix?: string; given: string; family: string }) =>
  [one.prefix, one.given, one.family].filter(Boolean).join(' ');
const listed = [...patients.filter((one) => one.try !== undefined), ...staff];
const isPatient = (id: string) => patients.some((one) => one.id === id);

test('everyone whom the sign-in page lists has a story here', async () => {
  assert.deepEqual(Object.keys(stories).sort(), listed.map(({ id }) => id).sort());
  const page = await visit();
  await page.goto('/sign-in');
  for (const one of listed) assert.equal(await page.getByRole('button', { name: nameOf(one) }).count(), 1);
  assert.doesNotMatch(await page.locator('body').innerText(), /\{demo-/);
});

for (const one of listed) {
  const { finds, never, not = {} } = stories[one.id] ?? { finds: {} };
  test(`${nameOf(one)} finds what their line promises, and nothing that is not theirs`, async () => {
    const page = await as(nameOf(one));
    for (const [path, wanted] of Object.entries(finds)) {
      const { status, words } = await opened(page, path);
      assert.equal(status, 200, path);
      assert.match(words, wanted, path);
      if (never) assert.doesNotMatch(words, never, path);
    }
    const other = one.id === 'demo-sam' ? 'iris' : 'sam';
    const closed: Record<string, number> = isPatient(one.id)
      ? {
          ...{ [mine(other)]: 404, [mine(other, 'medicines')]: 404, [theirs(other)]: 404 },
          ...{ '/governance': 403, '/api-clients': 403, '/accounts': 403 },
          ...{ '/proxy-requests': 403, '/emergency-access': 403 },
        }
      : { [mine('iris')]: 403, '/sharing': 403 };
    for (const [path, expected] of Object.entries({ ...closed, ...not }))
      assert.equal((await opened(page, path)).status, expected, path);
  });
}

test('with a script the same pages open, and nothing in them fails', async () => {
  for (const id of ['demo-tomasz', 'demo-carol', 'demo-asha', 'demo-priya']) {
    const one = listed.find((other) => other.id === id)!;
    const page = await visit(true, 320);
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (said) => said.type() === 'error' && faults.push(said.text()));
    await become(page, nameOf(one));
    for (const [path, wanted] of Object.entries(stories[id]?.finds ?? {})) {
      await page.goto(path);
      assert.match(await page.locator('body').innerText(), wanted, path);
      const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
      assert.ok(wide <= 320, `${path} is ${wide} px wide`);
    }
    assert.deepEqual(faults, [], id);
  }
});

const born = async (page: Page, day: string, month: string, year: string): Promise<void> => {
  await page.fill('#born-day', day);
  await page.fill('#born-month', month);
  await page.fill('#born-year', year);
};
async function askForMaya(page: Page): Promise<void> {
  await page.goto('/acting-for/ask');
  await page.fill('#person-name', 'Maya Lind');
  await page.fill('#nhs-number', '9990002118');
  const maya = patients.find(({ id }) => id === 'demo-maya')!;
  const [month = '', day = ''] = maya.birthday.split('-');
  const today = new Date(product.clock.now());
  const hadIt = today.toISOString().slice(5, 10) >= maya.birthday;
  await born(page, day, month, String(today.getUTCFullYear() - maya.age - (hadIt ? 0 : 1)));
  await page.locator('input[name=relationship]').first().check();
  await page.locator('input[name=scope]').first().check();
  await page.fill('#evidence', 'I am her mother, and hold her birth certificate');
}
const send = (page: Page) => page.getByRole('button', { name: 'Send the request' }).click();

test('a form whose session ended before it was sent is there again after signing in, and is sent once', async () => {
  const page = await as('Ms Jo Lind');
  await askForMaya(page);
  product.pass(61 * 60_000);
  await send(page);
  await page.getByText('What you typed is kept').waitFor();
  await become(page, 'Ms Jo Lind');
  await page.goto('/acting-for/ask');
  await page.getByText('We kept what you typed').waitFor();
  assert.equal(await page.inputValue('#person-name'), 'Maya Lind');
  assert.match(await page.inputValue('#evidence'), /birth certificate/);
  await send(page);
  await page.getByText('Your request is sent').waitFor();
  // Back, and the same form once more: one deed for one form.
  await page.goBack();
  await send(page);
  const { words } = await opened(page, '/acting-for');
  assert.equal(words.match(/Maya Lind Waiting/g)?.length, 1, words);
});

interface BadInput {
  readonly who: string;
  readonly path: string;
  /** By the id of the input. */
  readonly typed: Readonly<Record<string, string>>;
  readonly button: string | RegExp;
  readonly says: RegExp;
  /** Inputs that are not shown again: secrets. */
  readonly secret?: boolean;
}

const bad: readonly BadInput[] = [
  {
    ...{ who: 'Ms Jo Lind', path: '/acting-for/ask', button: 'Send the request' },
    typed: { 'person-name': 'Maya <b>Lind', 'nhs-number': '123', evidence: 'I am “her” mother' },
    says: /NHS number/,
  },
  {
    ...{ who: 'Mrs Iris Okafor', path: mine('iris', 'share/new'), button: 'Make the link', typed: {} },
    says: /share/i,
  },
  {
    ...{ who: 'Mrs Iris Okafor', path: '/notifications/email', button: 'Send me a code' },
    ...{ typed: { address: 'not an address' }, says: /email address/i },
  },
  {
    ...{ who: 'Mrs Iris Okafor', path: '/account/password', button: 'Save', typed: { password: 'short' } },
    ...{ says: /12 characters/, secret: true },
  },
  {
    ...{ who: 'Dr Asha Patel', path: '/emergency-access/ask', button: /Open the record/ },
    ...{ typed: { 'nhs-number': '999 000 2851', words: 'She fell' }, says: /Select why/ },
  },
  {
    ...{ who: 'Alex Moore', path: '/accounts/new', button: /Make|Save|Add/ },
    ...{ typed: { name: 'Jamie O’Neil' }, says: /email/i },
  },
];

for (const { who, path, typed, button, says, secret } of bad)
  test(`bad input at ${path.replace(/demo-\w+/, 'a person')} is told of, and what was typed stays`, async () => {
    const page = await as(who);
    await page.goto(path);
    for (const [id, value] of Object.entries(typed)) await page.fill(`#${id}`, value);
    await page.locator('main form').getByRole('button', { name: button }).first().click();
    const summary = page.locator('.nhsuk-error-summary');
    assert.match(await summary.innerText(), /There is a problem/);
    assert.match(await summary.innerText(), says);
    for (const href of await summary
      .locator('a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href'))))
      assert.equal(
        await page.locator(`main [id="${href?.slice(1)}"]`).count(),
        1,
        `${href} leads to its input`,
      );
    for (const [id, value] of Object.entries(typed))
      assert.equal(await page.inputValue(`#${id}`), secret ? '' : value, id);
  });
