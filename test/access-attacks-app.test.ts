/** What someone tries on the patient’s own app: others’ ids wherever an address has one, files, proxies that ended, odd input. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { bare, refused } from './support/attack.ts';
import { type Answered, type BrowserOf, wholeProduct } from './support/whole-product.ts';

const product = await wholeProduct({ after });
const iris = 'Mrs Iris Okafor';
const megan = 'Mrs Megan Ashworth';
const fhirJson = { 'content-type': 'application/fhir+json' };

const signedIn = async (name: string): Promise<BrowserOf> => {
  const browser = product.browser();
  await browser.become(name);
  return browser;
};
const put = async (resource: { readonly resourceType: string; readonly id: string }): Promise<void> => {
  const answer = await product.ask(`/fhir/${resource.resourceType}/${resource.id}`, {
    ...{ method: 'PUT', body: JSON.stringify(resource) },
    headers: { ...product.operator, ...fhirJson },
  });
  assert.ok(answer.status < 300, answer.text);
};
const of = (id: string) => ({ reference: `Patient/${id}` });

/** A letter whose words are in a file of its own. */
const letter = (id: string, patient: string, more: object = {}) => ({
  ...{
    resourceType: 'DocumentReference',
    id,
    status: 'current',
    subject: of(patient),
    date: '2026-10-01T10:00:00Z',
  },
  ...{
    type: { text: 'Clinic letter' },
    content: [{ attachment: { contentType: 'text/plain', url: `Binary/${id}-file` } }],
  },
  ...more,
});
const file = (id: string, patient: string | undefined, words: string, more: object = {}) => ({
  ...{
    resourceType: 'Binary',
    id: `${id}-file`,
    contentType: 'text/plain',
    data: Buffer.from(words).toString('base64'),
  },
  ...(patient === undefined ? {} : { securityContext: of(patient) }),
  ...more,
});

test('another person’s ids at any place of an address open nothing, tell nothing, and are in the audit log', async () => {
  const browser = await signedIn(iris);
  await put(file('letter-sam', 'demo-sam', 'Words about Sam'));
  await put(letter('letter-sam', 'demo-sam'));
  for (const [path, other, absent] of [
    ['/my-record/*', 'demo-sam', 'demo-nan'],
    ['/my-record/*/results/http%3A%2F%2Floinc.org%7C59261-8', 'demo-sam', 'demo-nan'],
    ['/my-record/*/documents/letter-sam', 'demo-sam', 'demo-nan'],
    ['/my-record/*/documents/letter-sam/files/0', 'demo-sam', 'demo-nan'],
    ['/my-record/*/search?q=Sam', 'demo-sam', 'demo-nan'],
    ['/my-record/demo-iris/documents/*', 'letter-sam', 'letter-nan'],
    ['/my-record/demo-iris/documents/*/files/0?in=page', 'letter-sam', 'letter-nan'],
    ['/my-record/demo-iris/appointments/*.ics', 'demo-walter-visit', 'demo-walter-nowhere'],
  ] as const) {
    const tried = await refused(product, path, 404, (headers) =>
      browser.get(path.replace('*', other), headers),
    );
    const nothing = await browser.get(path.replace('*', absent));
    assert.equal(bare(tried.answer, other), bare(nothing, absent), `${path} tells that ${other} is there`);
  }
  // What is kept up to date tells no more than the page.
  const live = await browser.get('/my-record/demo-sam/live');
  const nobody = await browser.get('/my-record/demo-nan/live');
  assert.equal(bare(live, 'demo-sam'), bare(nobody, 'demo-nan'));
  assert.equal(live.status, 404);
  const staff = await signedIn('Dr Asha Patel');
  for (const part of ['', '/conditions', '/documents/letter-sam', '/search?q=a'])
    assert.equal((await staff.get(`/my-record/demo-iris${part}`)).status, 403, `${part} for a GP`);
});

test('a file opens with its document alone, to whom both are, and follows at once where it is moved or kept back', async () => {
  const words = 'Words for Iris alone';
  await put(file('letter-iris', 'demo-iris', words));
  await put(letter('letter-iris', 'demo-iris'));
  const [own, other, nurse] = [
    await signedIn(iris),
    await signedIn('Mr Sam Reyes'),
    await signedIn('Noor Haddad'),
  ];
  const mine = '/my-record/demo-iris/documents/letter-iris/files/0';
  const theirs = '/people/demo-iris/items/DocumentReference/letter-iris/attachments/0';
  const opens = async (browser: BrowserOf, path: string): Promise<boolean> => {
    const { status, text } = await browser.get(path);
    assert.equal(text.includes(words), status === 200, path);
    return status === 200;
  };
  assert.deepEqual([await opens(own, mine), await opens(nurse, theirs)], [true, true]);

  // A document of one’s own that points at another’s file opens it no more than the file itself.
  await put(letter('borrowed', 'demo-sam', { content: letter('letter-iris', '').content }));
  assert.equal(await opens(other, '/my-record/demo-sam/documents/borrowed/files/0'), false);
  assert.ok(!(await other.get('/my-record/demo-sam/documents/borrowed')).text.includes(words));

  // The document is marked as very restricted: the file says nothing of itself, and is kept back too.
  const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' }];
  await put(letter('letter-iris', 'demo-iris', { meta: { security } }));
  assert.deepEqual([await opens(own, mine), await opens(nurse, theirs)], [true, false]);
  // Another document holds the same file openly: it is kept back all the same, by whatever name either has for it.
  for (const url of ['Binary/letter-iris-file', 'Binary/letter-iris-file/_history/1']) {
    await put(letter('letter-iris', 'demo-iris', { meta: { security }, content: [{ attachment: { url } }] }));
    await put(letter('open-copy', 'demo-iris', { content: letter('letter-iris', '').content }));
    const copy = '/people/demo-iris/items/DocumentReference/open-copy/attachments/0';
    assert.equal(await opens(nurse, copy), false, url);
  }
  await put(letter('letter-iris', 'demo-iris'));
  assert.equal(await opens(nurse, theirs), true);

  // Moved to another’s record, to nobody’s, and back.
  await product.ask('/fhir/DocumentReference/borrowed', { method: 'DELETE', headers: product.operator });
  await put(file('letter-iris', 'demo-sam', words));
  assert.deepEqual([await opens(own, mine), await opens(nurse, theirs)], [false, false]);
  await put(file('letter-iris', undefined, words));
  assert.deepEqual([await opens(own, mine), await opens(nurse, theirs)], [false, false]);
  await put(file('letter-iris', 'demo-iris', words));
  assert.equal(await opens(own, mine), true);
});

test('who acted for someone reads nothing more from the moment it ended, and what is kept from them never', async () => {
  const browser = await signedIn(megan);
  const page = await browser.get('/my-record/demo-ella/conditions');
  assert.equal(page.status, 200);
  const label = (code: string) => ({
    meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code }] },
  });
  const condition = (id: string, more: object) => ({
    ...{ resourceType: 'Condition', id, subject: of('demo-ella'), code: { text: `Found ${id}` } },
    ...more,
  });
  await put(condition('ella-open', {}));
  await put(condition('ella-kept', label('NOPAT')));
  await put(condition('ella-harm', label('SDV')));
  for (const path of ['conditions', 'search?q=found', 'record', '']) {
    const { text } = await browser.get(`/my-record/demo-ella/${path}`);
    assert.ok(!/Found ella-(?:kept|harm)/.test(text), path);
  }
  assert.match((await browser.get('/my-record/demo-ella/conditions')).text, /Found ella-open/);

  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const stop = new AbortController();
  const live = await fetch(`${product.local}/my-record/demo-ella/live`, {
    headers: { cookie },
    signal: stop.signal,
  });
  assert.equal(live.status, 200);
  let heard = '';
  const ended = (async () => {
    for await (const piece of live.body ?? []) heard += Buffer.from(piece).toString('utf8');
  })();
  while (!heard.includes('data: open')) await pause(10);
  await put(condition('ella-harm', { ...label('SDV'), code: { text: 'Changed' } }));
  const list = await browser.get('/acting-for');
  const ending = /\/acting-for\/[^"/]+\/end/.exec(list.text)?.[0] ?? '';
  assert.equal((await browser.post(ending, {})).status, 303);
  await put(condition('ella-open', { code: { text: 'Changed' } }));
  await ended;
  stop.abort();
  assert.ok(!heard.includes('event: change'), 'nothing was told');
  assert.ok(heard.includes('event: end'), 'it ended');
  for (const path of ['', '/conditions', '/documents', '/results', '/search?q=found', '/live', '/people'])
    await refusedOrAbsent(browser, `/my-record/demo-ella${path}`);
});

/** What is not theirs (any more) is as if it were not there. */
async function refusedOrAbsent(browser: BrowserOf, path: string): Promise<void> {
  const { status, text } = await browser.get(path);
  assert.equal(status, 404, path);
  assert.ok(!/Ella|Ashworth(?! *<)/.test(text.replaceAll('Megan Ashworth', '')), path);
}

const odd = [
  ...[
    '%00',
    '%F0%9F%98%80',
    "'%20or%201=1--",
    '%25',
    '%5C',
    '$',
    '|',
    '%7C%7C',
    '%2C',
    '%5B',
    '%7B%7D',
    '%E2%80%AE',
  ],
  ...[
    '%2B',
    '-',
    '..%2F..%2Fetc',
    '__proto__',
    'constructor',
    '%EF%BF%BE',
    'x'.repeat(3000),
    '1e99',
    '-1',
    '99999999',
  ],
  ...[
    '%0d%0aSet-Cookie:a=b',
    '*',
    '%22',
    '%CC%81',
    '%EF%AC%80',
    '%E1%BA%9E',
    '%2D%2D%20',
    'a%00b',
    '%ED%A0%80',
    '%zz',
  ],
];

test('odd words at any place of an address get a page that says what is wrong, and never fail', async () => {
  const browser = await signedIn(iris);
  const own = '/my-record/demo-iris';
  const places = [
    ...['search?q=', 'conditions?now=', 'results?page=', 'results/', 'documents/', 'documents/composition-'],
    ...['imaging/x/files/', 'appointments/', 'messages?page='],
  ].map((place) => `${own}/${place}`);
  for (const place of [...places, '/my-record/', '/settings?lang=', '/sign-in?return=', '/uploads/'])
    for (const word of odd) {
      const { status, headers, text } = await browser.get(`${place}${word}`);
      assert.ok(status < 500, `${place}${word.slice(0, 40)}: ${status}`);
      assert.equal(headers.get('set-cookie')?.includes('a=b') ?? false, false, place);
      if (status !== 303) assert.match(String(headers.get('content-type')), /text\/html/, `${place}${word}`);
      if (status !== 303) assert.match(text, /<h1/, `${place}${word.slice(0, 40)}`);
    }
});

test('a cookie of choices, a key of a form and an address to return to are believed only as we write them', async () => {
  const browser = await signedIn(iris);
  for (const cookie of [
    'xx.auto.auto.on',
    'cy.light',
    '"><script>alert(1)</script>',
    'en.auto.auto.on"x',
    'é'.repeat(5),
  ]) {
    browser.cookies.set('display', encodeURI(cookie));
    const page = await browser.get('/settings');
    assert.equal(page.status, 200);
    assert.match(page.text, /<html lang="en-GB" dir="ltr"/, cookie);
    assert.ok(!page.text.includes('alert(1)'));
  }
  browser.cookies.delete('display');
  for (const address of [
    '//evil.example',
    'https://evil.example',
    '/\\evil.example',
    '/%0d%0aLocation:x',
    'javascript:alert(1)',
  ]) {
    const query = encodeURIComponent(address);
    for (const path of [`/settings?return=${query}`, `/sign-in?return=${query}`]) {
      const { text, headers } = await browser.get(path);
      assert.ok(!/href="[^"]*(?:\/\/evil|javascript:)/.test(text), path);
      assert.ok(!/evil/.test(headers.get('location') ?? ''), path);
    }
    const chosen: Answered = await browser.post('/settings', {
      ...{ language: 'en', theme: 'auto', data: 'auto', keys: 'on' },
      return: address,
    });
    assert.ok(!/^(?:https?:|\/\/|\/\\|javascript:)/.test(chosen.headers.get('location') ?? ''), address);
  }
});
