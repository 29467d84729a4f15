import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Ending } from './support/ending.ts';
import { type WholeProduct, wholeProduct } from './support/whole-product.ts';

const endings: (() => Promise<void>)[] = [];
const ending: Ending = { after: (work) => void endings.push(work) };
let product: WholeProduct;
before(async () => {
  product = await wholeProduct(ending);
});
after(async () => {
  for (const work of endings.reverse()) await work();
});

const ask = '/acting-for/ask';
const hiddenOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );

test('what was typed when the session ended waits for its writer alone, at a computer that others use too', async () => {
  const browser = product.browser();
  await browser.become('Mrs Iris Okafor');
  const page = await browser.get(ask);
  assert.equal(page.status, 200);
  const typed = { ...hiddenOf(page.text), 'person-name': 'Rowan Bell', evidence: 'He is my son.' };
  product.pass(61 * 60_000); // idle for too long

  const ended = await browser.post(ask, typed);
  assert.equal(ended.status, 303);
  const signIn = String(ended.headers.get('location'));
  assert.match((await browser.get(signIn)).text, /What you typed is kept/);

  await browser.become('Mr Walter Price');
  const other = await browser.get(ask);
  assert.doesNotMatch(other.text, /Rowan Bell|He is my son/);
  await browser.post('/sign-out', {});

  await browser.become('Mrs Iris Okafor', new URL(signIn, 'http://x').searchParams.get('return') ?? '/');
  const back = await browser.get(ask);
  assert.match(back.text, /We kept what you typed/);
  assert.match(back.text, /value="Rowan Bell"/);
  assert.match(back.text, /He is my son\./);
});

test('files are taken from whoever is signed in, from our own pages, and for a purpose that a form has', async () => {
  const begin = (headers: Readonly<Record<string, string>>) =>
    product.ask('/uploads', {
      method: 'POST',
      headers: {
        ...{ 'tus-resumable': '1.0.0', 'upload-length': '10' },
        'upload-metadata': `purpose ${Buffer.from('nothing').toString('base64')}`,
        ...headers,
      },
    });
  assert.equal((await begin({})).status, 401);
  const browser = product.browser();
  await browser.become('Mrs Iris Okafor');
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  assert.equal((await begin({ cookie, 'sec-fetch-site': 'cross-site' })).status, 403);
  const none = await begin({ cookie, 'sec-fetch-site': 'same-origin' });
  assert.deepEqual([none.status, none.text], [422, 'No form takes files of this purpose.\n']);
});
