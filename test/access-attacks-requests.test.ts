/** What tampered requests and guesses try: on the whole product, over HTTP. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import test, { after } from 'node:test';
import { generateKeyPair, SignJWT } from 'jose';
import { codeAt, goodPassword } from './support/accounts.ts';
import { attack, bare, refused } from './support/attack.ts';
import { atEnd } from './support/ending.ts';
import { registerApp, tokenFor } from './support/whole-apps.ts';
import { type BrowserOf, publicAddress, wholeProduct } from './support/whole-product.ts';

const product = await wholeProduct({ after });
const iris = 'Mrs Iris Okafor';
const session = '__Host-session';

const signedIn = async (name: string): Promise<BrowserOf> => {
  const browser = product.browser();
  await browser.become(name);
  return browser;
};

test('keys of a client are fetched from no address inside, however it is written', async (t) => {
  let asked = 0;
  const inside = createServer((socket) => {
    asked += 1;
    socket.destroy();
  });
  inside.listen(0, '::');
  await once(inside, 'listening');
  atEnd(t, () => inside.close());
  const { port } = inside.address() as AddressInfo;
  const { privateKey } = await generateKeyPair('ES384');
  const fields = { type: 'system', whose: 'nobody', scopes: 'system/Organization.rs' };
  for (const keys of [
    'http://keys.example/jwks',
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    '//127.0.0.1/',
  ]) {
    const admin = await signedIn('Alex Moore');
    assert.equal(
      (await admin.post('/api-clients/new', { ...fields, name: 'Inside', keys })).status,
      422,
      keys,
    );
  }
  for (const host of [
    ...['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0', '2130706433', '0x7f.1', '127.1'],
    ...['169.254.169.254', '10.0.0.1', '[fe80::1]', '[fd00::1]'],
  ]) {
    const id = await registerApp(product, {
      ...fields,
      name: `Inside ${host}`,
      keys: `https://${host}:${port}/`,
    });
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'ES384', kid: 'k' })
      .setIssuer(id)
      .setSubject(id)
      .setAudience(`${publicAddress}/oauth/token`)
      .setJti(`inside-${host}`)
      .setExpirationTime(Math.floor(product.clock.now() / 1000) + 200)
      .sign(privateKey);
    const { answer } = await refused(product, host, 401, (headers) =>
      product.ask('/oauth/token', {
        ...{ method: 'POST', headers },
        body: new URLSearchParams({
          ...{ grant_type: 'client_credentials', scope: 'system/Organization.rs' },
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion,
        }),
      }),
    );
    assert.ok(!answer.text.includes(String(port)), 'the answer tells nothing of the inside');
  }
  assert.equal(asked, 0);
});

test('another method is no way round: by itself, by a header or by a field', async () => {
  const browser = await signedIn(iris);
  const token = await tokenFor(
    product,
    browser,
    await registerApp(product, { name: 'Reader', scopes: 'launch/patient patient/*.rs' }),
    'launch/patient patient/*.rs',
  );
  const bearer = { authorization: `Bearer ${token}` };
  const hidden = await product.ask('/fhir/Condition/demo-sam-hayfever', { method: 'HEAD', headers: bearer });
  assert.equal(hidden.status, 404);
  for (const method of ['PUT', 'PATCH', 'DELETE', 'POST']) {
    const cookie = `${session}=${browser.cookies.get(session)}`;
    const headers = { cookie, 'sec-fetch-site': 'same-origin' };
    const sent = await product.ask('/people/demo-iris', { method, headers });
    assert.equal(sent.status, 405, method);
    assert.match(sent.headers.get('allow') ?? '', /GET/);
  }
  for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
    const headers = { ...bearer, [name]: 'DELETE' };
    const sent = await product.ask('/fhir/Condition/demo-iris-diabetes?_method=DELETE', { headers });
    assert.notEqual(sent.status, 204, name);
  }
  const read = await product.ask('/fhir/Condition/demo-iris-diabetes', { headers: bearer });
  assert.equal(read.status, 200, 'nothing was deleted');
  for (const method of ['PUT', 'DELETE'])
    await refused(product, `${method} without a scope to write`, 403, (headers) =>
      product.ask('/fhir/Condition/demo-iris-diabetes', {
        method,
        headers: { ...bearer, 'content-type': 'application/fhir+json', ...headers },
        ...(method === 'PUT'
          ? {
              body: JSON.stringify({
                ...{ resourceType: 'Condition', id: 'demo-iris-diabetes', code: { text: 'Gone' } },
                subject: { reference: 'Patient/demo-iris' },
              }),
            }
          : {}),
      }),
    );
});

/** `fetch` does not let one write Host and its like. */
async function raw(path: string, headers: Readonly<Record<string, string>>, method = 'GET') {
  const { hostname, port } = new URL(product.local);
  const sent = httpRequest({ host: hostname, port, path, method, headers });
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  return { status: answer.statusCode ?? 0, headers: answer.headers, text };
}

test('what a request says of the server’s address, of its sender’s and of itself is not believed', async () => {
  const lies = {
    ...{ host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
    ...{
      forwarded: 'host=evil.example;proto=http',
      'x-original-url': '/fhir/Patient',
      'x-rewrite-url': '/fhir',
    },
  };
  for (const path of [
    '/oauth/.well-known/openid-configuration',
    '/fhir/.well-known/smart-configuration',
    '/fhir/metadata',
    '/sign-in',
    '/people/demo-iris',
    '/oauth/authorize?client_id=x',
    '/nowhere',
  ]) {
    const { text, headers } = await raw(path, { ...lies, accept: 'text/html, application/json;q=0.9' });
    assert.doesNotMatch(text, /evil\.example/, path);
    assert.doesNotMatch(JSON.stringify(headers), /evil\.example/, path);
  }
  const forged = await raw('/people/demo-iris', { 'x-request-id': 'short' });
  assert.notEqual(forged.headers['x-request-id'], 'short');
  for (const id of ['quote"and<angle>brackets', 'a'.repeat(200), 'two words here']) {
    const { headers, text } = await raw('/nowhere', { 'x-request-id': id, accept: 'text/html' });
    assert.match(String(headers['x-request-id']), /^[0-9a-f-]{36}$/);
    assert.ok(!text.includes(id));
  }
});

test('guessing a password gets slower, whatever address is claimed, alike for names that are and are not there', async (t) => {
  t.after(product.stopClock());
  const tell = async (login: string) => {
    const words: string[] = [];
    for (let n = 1; n <= 7; n += 1) {
      const browser = product.browser();
      const { answer, events } = await attack(product, (headers) =>
        browser.post(
          '/sign-in/password',
          { login, password: `guess number ${n}` },
          { ...headers, 'x-forwarded-for': `203.0.113.${n}` },
        ),
      );
      assert.equal(answer.status, 422);
      if (n <= 6)
        assert.ok(
          events.some(({ outcome }) => outcome === '4'),
          `try ${n} is in the log`,
        );
      words.push(bare(answer, login).replace(/Wait [^,]+,/, 'Wait …,'));
      assert.deepEqual(browser.cookies.size, 0, 'a wrong password begins nothing');
    }
    assert.match(words.at(-1) ?? '', /too many failed tries/);
    return words;
  };
  assert.deepEqual(await tell('demo-asha'), await tell('nobody@nowhere.example'));
});

test('an enrolment link works once, and guessing the code after the password ends what was begun', async () => {
  const admin = await signedIn('Alex Moore');
  const list = await admin.get('/accounts');
  const id = /href="\/accounts\/([^"]+)"[^>]*>(?:<[^>]+>)*Ben Carter/.exec(list.text)?.[1] ?? '';
  const made = await admin.post(`/accounts/${id}/link`, {});
  const link = /\/enrol\/[\w-]{43}/.exec(made.text)?.[0] ?? '';
  assert.notEqual(link, '', made.text);

  const ben = product.browser();
  assert.equal((await ben.post(`${link}/password`, { password: goodPassword })).status, 303);
  const page = await ben.get(`${link}/authenticator`);
  const key = (/<strong[^>]*>([A-Z2-7 ]{20,})</.exec(page.text)?.[1] ?? '').replaceAll(' ', '');
  const code = () => codeAt(key, product.clock.now());
  assert.equal((await ben.post(`${link}/authenticator`, { code: code() })).status, 200);
  const again = await product.browser().post(`${link}/password`, { password: 'chosen by a finder' });
  assert.ok(again.status === 404 || /used or is too old/.test(again.text), `${again.status}`);

  const thief = product.browser();
  const sent = await thief.post('/sign-in/password', { login: 'demo-ben', password: goodPassword });
  assert.equal(sent.headers.get('location'), '/sign-in/code');
  product.pass(60_000);
  const right = code();
  const wrong = right === '000000' ? '111111' : '000000';
  for (let n = 1; n <= 5; n += 1)
    await refused(product, `wrong code ${n}`, 422, (headers) =>
      thief.post('/sign-in/code', { code: wrong }, headers),
    );
  for (let n = 1; n <= 2; n += 1) {
    const late = await thief.post('/sign-in/code', { code: right });
    assert.ok(late.status === 422 || late.headers.get('location') === '/sign-in/password', `${late.status}`);
  }
  assert.equal(thief.cookies.has(session), false, 'the right code comes too late');
});

test('every kind of answer carries the headers that protect it', async () => {
  const browser = await signedIn(iris);
  const asset = /(?:href|src)="(\/assets\/[^"]+)"/.exec((await browser.get('/sign-in')).text)?.[1] ?? '';
  assert.notEqual(asset, '');
  const answers = {
    'a page': await browser.get('/people/demo-iris'),
    'a redirect': await browser.post('/sign-out', {}),
    'a page that is not there': await browser.get('/nowhere'),
    'a malformed address': await product.ask('/people/%zz'),
    'a refusal': await browser.post('/sign-out', {}, { 'sec-fetch-site': 'cross-site' }),
    'a method that is not possible': await product.ask('/people', { method: 'DELETE' }),
    'an asset': await product.ask(asset),
    'a resource': await product.ask('/fhir/Patient/demo-iris', { headers: product.operator }),
    'an API error': await product.ask('/fhir/Patient/demo-iris'),
    'a token answer': await product.ask('/oauth/token', { method: 'POST', body: new URLSearchParams() }),
    'the provider’s keys': await product.ask('/oauth/jwks'),
    'an app’s refusal': await browser.get('/oauth/authorize?client_id=nobody'),
    health: await product.ask('/health/ready'),
    metrics: await product.ask('/metrics'),
  };
  for (const [what, { headers, status }] of Object.entries(answers)) {
    const has = (name: string, value: RegExp) =>
      assert.match(headers.get(name) ?? '', value, `${what} (${status}): ${name}`);
    has('content-security-policy', /default-src 'none'/);
    has('content-security-policy', /frame-ancestors 'none'/);
    assert.doesNotMatch(headers.get('content-security-policy') ?? '', /unsafe-|\*/, what);
    has('x-content-type-options', /^nosniff$/);
    has('x-frame-options', /^DENY$/);
    has('referrer-policy', /^same-origin$|^no-referrer$/);
    has('strict-transport-security', /max-age=31536000/);
    has('cross-origin-opener-policy', /^same-origin$/);
    has('x-request-id', /./);
    if (what !== 'an asset') has('cache-control', /no-store/);
    assert.equal(headers.get('server'), null, what);
    assert.equal(headers.get('x-powered-by'), null, what);
    assert.equal(headers.get('access-control-allow-credentials'), null, what);
  }
  assert.equal(answers.metrics.status, 401);
});

test('errors tell neither stack nor file nor data', async () => {
  const browser = await signedIn(iris);
  const errors = [
    await browser.get('/people/demo-iris/items/Condition/%00'),
    await browser.get(`/people/${'x'.repeat(3000)}`),
    await browser.get('/people?name=%27%3B--&name=2&name[]=3'),
    await browser.get('/people/demo-iris/history?page=WzE='),
    await browser.get('/who-looked/demo-iris?page=WzE=&from=x'),
    await browser.get('/sharing/items?page=not-a-cursor'),
    await browser.get('/app-consent/nothing'),
    await browser.post('/sign-in/passkey', { answer: '{"id":1,"response":{"clientDataJSON":{}}}' }),
    await browser.post('/enrol/nothing/password', { password: 'x' }),
    await product.ask('/sign-in/password', {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    }),
    await product.ask('/fhir/Patient?_page=WzE=', { headers: product.operator }),
    await product.ask('/fhir/Patient/%00', { headers: product.operator }),
    await product.ask('/oauth/token', { method: 'POST', body: 'grant_type=%00' }),
    await browser.get('/oauth/authorize?client_id=%00&redirect_uri=%0d%0a'),
    await product.ask('/sign-in/nhs-login/back-channel-logout', {
      method: 'POST',
      body: new URLSearchParams({ logout_token: 'a.b.c' }),
    }),
  ];
  for (const [n, { status, text }] of errors.entries()) {
    assert.ok(status < 500, `${n}: ${status} ${text.slice(0, 400)}`);
    assert.doesNotMatch(
      text,
      /node_modules|\bat \S+ \(|\/src\/|\.ts:\d|postgres|select .* from|ECONN|9990001006/i,
      String(n),
    );
  }
});
