/** What another site, or a stranger with someone’s browser, tries: on the whole product, over HTTP. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { refused } from './support/attack.ts';
import { authorizeUrl } from './support/smart-app.ts';
import { registerApp } from './support/whole-apps.ts';
import { type BrowserOf, publicAddress, wholeProduct } from './support/whole-product.ts';

const product = await wholeProduct({ after });
const iris = 'Mrs Iris Okafor';
const session = '__Host-session';

const signedIn = async (name: string): Promise<BrowserOf> => {
  const browser = product.browser();
  await browser.become(name);
  return browser;
};

test('another site’s forms are refused at every address, change nothing, and are in the audit log', async () => {
  const browser = await signedIn(iris);
  const forms: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    '/sharing/research': { answer: 'keep' },
    '/sharing/organisations/demo-infirmary': { answer: 'keep' },
    '/acting-for/ask': {},
    '/account/sign-out-everywhere': {},
    '/account/password': { password: 'chosen by somebody else' },
    '/account/passkeys/options': {},
    '/sign-in/demonstration': { account: 'anyone' },
    '/sign-in/password': { login: 'demo-iris', password: 'guess' },
    '/sign-out': {},
    '/app-consent/anything': { answer: 'allow' },
    '/api-clients/new': { name: 'Planted' },
    '/accounts/new': { name: 'Planted' },
    '/governance/questions/anything': { answer: 'Planted' },
    '/who-looked/demo-iris/ask': { question: 'Planted' },
    '/emergency-access/ask': {},
    '/fhir/Consent': {},
  };
  const elsewhere: readonly Readonly<Record<string, string>>[] = [
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site', origin: 'https://other.care.example' },
    { 'sec-fetch-site': 'cross-site', origin: publicAddress },
  ];
  for (const [path, form] of Object.entries(forms))
    for (const headers of elsewhere)
      await refused(product, path, 403, (more) => browser.post(path, form, { ...headers, ...more }));
  // An older browser says Origin alone.
  for (const origin of [
    'https://evil.example',
    'null',
    'http://care.example',
    `${publicAddress}.evil.example`,
  ]) {
    const cookie = `${session}=${browser.cookies.get(session)}`;
    const sent = await product.ask('/sign-out', { method: 'POST', headers: { origin, cookie } });
    assert.equal(sent.status, 403, origin);
  }
  assert.equal((await browser.get('/people/demo-iris')).status, 200, 'still signed in');
  const consents = await product.ask('/fhir/Consent?patient=demo-iris', { headers: product.operator });
  assert.equal(JSON.parse(consents.text).total, 0);
});

test('a session opens no API, so that no page elsewhere can write by it', async () => {
  const browser = await signedIn(iris);
  for (const path of ['/fhir/Patient/demo-iris', '/fhir/AuditEvent', '/fhir/metadata?_format=json']) {
    const { status, text } = await browser.get(path);
    assert.ok(path.includes('metadata') ? status === 200 : status === 401, `${path}: ${status}`);
    assert.ok(!text.includes('Okafor'));
  }
});

test('a session planted before signing in is not the one that is signed in, and opens nothing', async () => {
  const planted = 'p'.repeat(43);
  const browser = product.browser();
  browser.cookies.set(session, planted);
  await browser.become(iris);
  assert.notEqual(browser.cookies.get(session), planted);
  await refused(product, 'the planted token', 303, (headers) =>
    product.ask('/people/demo-iris', {
      headers: { cookie: `${session}=${planted}`, accept: 'text/html', ...headers },
    }),
  );

  const attacker = await signedIn('Mr Sam Reyes');
  const lent = attacker.cookies.get(session) ?? '';
  const victim = product.browser();
  victim.cookies.set(session, lent);
  await victim.become(iris);
  assert.notEqual(victim.cookies.get(session), lent);
  assert.equal((await attacker.get('/people/demo-iris')).status, 303, 'the lent session ended there');
});

test('a session that was signed out of opens nothing, and a sign-out sent again ends no other session', async () => {
  const browser = await signedIn(iris);
  const old = browser.cookies.get(session) ?? '';
  assert.equal((await browser.post('/sign-out', {})).status, 303);
  const withOld = { cookie: `${session}=${old}`, accept: 'text/html' };
  await refused(product, 'the old session', 303, (headers) =>
    product.ask('/people/demo-iris', { headers: { ...withOld, ...headers } }),
  );
  await browser.become(iris);
  const replayed = await product.ask('/sign-out', {
    ...{ method: 'POST', body: new URLSearchParams() },
    headers: { ...withOld, 'sec-fetch-site': 'same-origin' },
  });
  assert.equal(replayed.status, 303);
  assert.equal((await browser.get('/people/demo-iris')).status, 200, 'the new session stands');
});

test('cookies are for this host by https alone, out of reach of scripts and of other sites’ requests', async () => {
  const app = await registerApp(product, { name: 'Cookie app', scopes: 'patient/Observation.rs' });
  const browser = product.browser();
  const answers = [
    await browser.become(iris),
    await browser.get('/sign-in'),
    await browser.post('/sign-out', {}),
  ];
  await browser.become(iris);
  answers.push(await browser.get(authorizeUrl(publicAddress, app, { scope: 'patient/Observation.rs' })));
  const lines = answers.flatMap(({ headers }) => headers.getSetCookie());
  assert.ok(
    lines.some((line) => line.startsWith('smart_')) && lines.some((line) => line.startsWith(session)),
  );
  for (const line of lines) {
    for (const flag of [/; *secure/i, /; *httponly/i, /; *samesite=lax/i]) assert.match(line, flag);
    assert.doesNotMatch(line, /; *domain=/i);
    if (!line.startsWith('smart_')) assert.match(line, /^__Host-[^;]+; Path=\//);
  }
});

test('signing in leads to no other site, whatever it is asked to return to', async () => {
  for (const evil of [
    '//evil.example',
    '///evil.example',
    'https://evil.example',
    'https:evil.example',
    '\\\\evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/%09/evil.example/..//evil.example',
    '/..//evil.example',
    'javascript:alert(1)',
    '%2F%2Fevil.example',
    'people@evil.example',
    '/people\r\nSet-Cookie: planted=1',
  ]) {
    const browser = product.browser();
    const { headers } = await browser.become(iris, evil);
    const to = headers.get('location') ?? '';
    assert.equal(new URL(to, publicAddress).origin, publicAddress, `${JSON.stringify(evil)} → ${to}`);
    assert.match(to, /^\/(?![/\\])/);
    assert.ok(!headers.getSetCookie().some((line) => line.includes('planted')));
    const page = await product.browser().get(`/sign-in?return=${encodeURIComponent(evil)}`);
    assert.doesNotMatch(page.text, /(href|action)="[^"/][^"]*evil|value="(\/\/|https?:|javascript)/);
  }
});

test('fields that a form does not have give no one a role, another account, or an app of their choosing', async () => {
  const page = await product.browser().get('/sign-in');
  const account = /value="([^"]+)" aria-label="Mrs Iris Okafor,/.exec(page.text)?.[1] ?? '';
  const more = {
    ...{
      role: 'administrator',
      kind: 'staff',
      organisation: 'Organization/demo-region',
      patient: 'demo-sam',
    },
    ...{ post: 'any', proofing: 'P9', method: 'passkey', __proto__: 'x', constructor: 'x' },
  };
  const browser = product.browser();
  const sent = await browser.post('/sign-in/demonstration', { account, ...more });
  assert.equal(sent.status, 303);
  assert.equal((await browser.get('/people/demo-sam')).status, 404);
  assert.equal((await browser.get('/api-clients')).status, 403);
  const doubled = new URLSearchParams([
    ...Object.entries({ account }),
    ['account[role]', 'x'],
    ['account', 'y'],
  ]);
  assert.ok((await product.browser().post('/sign-in/demonstration', doubled)).status < 500);
  assert.ok((await browser.post('/account/post', { post: 'x', role: 'gp' })).status < 400);
  assert.equal((await browser.get('/emergency-access')).status, 403);

  const id = await registerApp(product, {
    ...{ name: 'Chosen', scopes: 'patient/Observation.rs', id: 'chosen', secret: 'known' },
    ...{ disabled: '', reach: 'everyone', whose: 'everyone', 'reach[whose]': 'everyone', inspects: 'yes' },
  });
  assert.notEqual(id, 'chosen');
  const admin = await signedIn('Alex Moore');
  assert.doesNotMatch((await admin.get(`/api-clients/${id}`)).text, /Records of|May ask whether/);
});
