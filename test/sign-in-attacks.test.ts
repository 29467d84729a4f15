import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { exportJWK, generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose';
import { type ElsewhereApp, elsewhereApp } from './support/elsewhere-app.ts';
import {
  answerFor,
  elsewhereRecord,
  outsidePeople,
  outsideStaff,
  signInAs,
} from './support/elsewhere-people.ts';
import { atEnd } from './support/ending.ts';
import { freePort } from './support/free-port.ts';
import { type Visitor, visitor } from './support/http-visitor.ts';
import { resigned, type Tampering } from './support/outside-provider.ts';
import { putAll } from './support/pages-app.ts';

let app: ElsewhereApp;
const endings: (() => Promise<void>)[] = [];
before(async () => {
  const ending = { after: (work: () => Promise<void>) => void endings.push(work) };
  app = await elsewhereApp(ending, { people: outsidePeople, staff: outsideStaff });
  await putAll(app.record, elsewhereRecord);
});
after(async () => {
  for (const end of endings) await end();
});

const start = () => `${app.baseUrl}/sign-in/nhs-login?return=/my-page`;
const isSignedIn = async (browser: Visitor) => (await browser.get(`${app.baseUrl}/who`)).body !== '{}';

/** That an address gives no session, and that the audit log has a failure. */
async function refused(browser: Visitor, address: URL, status: number): Promise<string> {
  const events = app.events.length;
  const seen = await browser.get(address.href);
  assert.equal(seen.status, status, seen.body);
  assert.equal(await isSignedIn(browser), false);
  assert.deepEqual(
    app.events.slice(events).map(({ kind, outcome }) => [kind, outcome]),
    [['sign-in-failed', 'failure']],
  );
  return seen.body;
}

test('an answer with another state is refused', async () => {
  const browser = visitor();
  const answer = await answerFor(app.nhsLogin, start(), 'rosa', browser);
  const forged = new URL(answer);
  forged.searchParams.set('state', 'A'.repeat(43));
  await refused(browser, forged, 400);
  forged.searchParams.delete('state');
  await refused(browser, forged, 400);
});

test('an answer opened in another browser signs nobody in, and does not spoil it for the one who asked', async () => {
  const browser = visitor();
  const answer = await answerFor(app.nhsLogin, start(), 'rosa', browser);
  await refused(visitor(), answer, 400);
  const victim = visitor();
  await victim.get(start()); // has a flow of their own
  await refused(victim, answer, 400);
  assert.equal((await browser.get(answer.href)).url.pathname, '/my-page');
});

test('an answer works once, also when it comes twice at the same moment', async () => {
  const browser = visitor();
  const answer = await answerFor(app.nhsLogin, start(), 'rosa', browser);
  const both = await Promise.all([browser.get(answer.href), browser.get(answer.href)]);
  assert.deepEqual(both.map((seen) => seen.status).sort(), [200, 400]);
  const later = await browser.get(answer.href);
  assert.equal(later.status, 400);
  assert.match(later.body, /You need to start signing in again/);
});

test('the code of another person’s sign-in put into one’s own flow is refused', async () => {
  const [browser, other] = [visitor(), visitor()];
  const mine = await answerFor(app.nhsLogin, start(), 'stefan', browser);
  const theirs = await answerFor(app.nhsLogin, start(), 'rosa', other);
  const mixed = new URL(mine);
  mixed.searchParams.set('code', theirs.searchParams.get('code') ?? '');
  await refused(browser, mixed, 400);
});

test('an answer that names another issuer, or comes to another provider’s address, is refused', async () => {
  const browser = visitor();
  const answer = await answerFor(app.nhsLogin, start(), 'rosa', browser);
  const elsewhere = new URL(answer);
  elsewhere.pathname = '/sign-in/care-identity/callback';
  await refused(browser, elsewhere, 400);
  const mixedUp = new URL(answer);
  mixedUp.searchParams.set('iss', app.careIdentity.issuer);
  await refused(browser, mixedUp, 400);
});

test('a sign-in that took longer than 30 minutes must be begun again', async (t) => {
  const own = await elsewhereApp(t, { people: outsidePeople });
  const browser = visitor();
  const answer = await answerFor(own.nhsLogin, `${own.baseUrl}/sign-in/nhs-login`, 'rosa', browser);
  own.passTime(31 * 60_000);
  const seen = await browser.get(answer.href);
  assert.equal(seen.status, 400);
  assert.match(seen.body, /took longer than 30 minutes/);
  assert.equal((await browser.get(`${own.baseUrl}/who`)).body, '{}');
});

const withClaims = (changes: JWTPayload): Tampering => ({ claims: (claims) => ({ ...claims, ...changes }) });
const tamperings: readonly (readonly [string, number, () => Promise<Tampering>])[] = [
  ['another nonce', 400, async () => withClaims({ nonce: 'another' })],
  ['no nonce', 400, async () => withClaims({ nonce: undefined })],
  ['another issuer', 400, async () => withClaims({ iss: 'https://elsewhere.example' })],
  ['another audience', 400, async () => withClaims({ aud: 'another-client' })],
  ['a time that is over', 400, async () => withClaims({ exp: Math.floor(Date.now() / 1000) - 600 })],
  ['a vector of trust lower than asked', 403, async () => withClaims({ vot: 'P0.Cp' })],
  ['P9 by a password alone', 403, async () => withClaims({ vot: 'P9.Cp' })],
  ['a vector of trust that is not known', 400, async () => withClaims({ vot: 'P7.Cp.Cd' })],
  ['no vector of trust', 400, async () => withClaims({ vot: undefined })],
  ['a trustmark of no one', 400, async () => withClaims({ vtm: 'anything' })],
  ['less proofing than its vector says', 400, async () => withClaims({ identity_proofing_level: 'P5' })],
  ['another NHS number than userinfo', 400, async () => withClaims({ nhs_number: '9990000026' })],
  [
    'a signature by another key',
    400,
    async () => {
      const { privateKey } = await generateKeyPair('RS512', { extractable: true });
      const key = { ...(await exportJWK(privateKey)), kid: String(app.nhsLogin.signingKey.kid) };
      return { token: (token) => resigned(token, key, 'RS512', (claims) => claims) };
    },
  ],
  [
    'another algorithm than agreed',
    400,
    async () => ({ token: (token) => resigned(token, app.nhsLogin.signingKey, 'RS256', (claims) => claims) }),
  ],
  [
    'no signature',
    400,
    async () => ({
      token: async (token) => {
        const header = Buffer.from('{"alg":"none"}').toString('base64url');
        return `${header}.${token.split('.')[1]}.`;
      },
    }),
  ],
  [
    'changed claims under the old signature',
    400,
    async () => ({ token: async (token) => changedClaims(token) }),
  ],
  ['userinfo of someone else', 400, async () => ({ userInfo: (claims) => ({ ...claims, sub: 'stefan' }) })],
];

function changedClaims(token: string): string {
  const [header, body = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as JWTPayload;
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'stefan' })).toString('base64url');
  return [header, changed, signature].join('.');
}

for (const [what, status, make] of tamperings)
  test(`an ID token with ${what} signs nobody in`, async () => {
    const browser = visitor();
    const answer = await answerFor(app.nhsLogin, start(), 'rosa', browser);
    app.nhsLogin.tamper = await make();
    await refused(browser, answer, status);
    app.nhsLogin.tamper = undefined;
  });

test('staff who signed in by one factor are refused, whatever was asked for', async () => {
  const browser = visitor();
  const answer = await answerFor(
    app.careIdentity,
    `${app.baseUrl}/sign-in/care-identity`,
    '555036632103',
    browser,
  );
  app.careIdentity.tamper = withClaims({ authentication_assurance_level: '1' });
  await refused(browser, answer, 403);
});

test('no address to return to leads to another site', async () => {
  for (const given of [
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/%09/evil.example/..//x',
    'javascript:alert(1)',
    '/.//evil.example',
    '/\t/evil.example',
    'my-page',
  ]) {
    const seen = await signInAs(
      `${app.baseUrl}/sign-in/nhs-login?return=${encodeURIComponent(given)}`,
      'rosa',
    );
    assert.equal(seen.url.origin, app.baseUrl, given);
    const ours = seen.way.filter((address) => !address.startsWith(app.nhsLogin.issuer));
    assert.ok(
      ours.every((address) => address.startsWith(`${app.baseUrl}/`)),
      given,
    );
  }
});

test('a provider that takes requests and never answers is given up', async (t) => {
  const own = await elsewhereApp(t, {
    people: outsidePeople,
    configured: (provider) => ({ ...provider, timeoutSeconds: 0.3 }),
  });
  own.nhsLogin.pause('hang');
  const seen = await visitor().get(`${own.baseUrl}/sign-in/nhs-login`);
  assert.equal(seen.status, 503);
  assert.match(seen.body, /Sorry, NHS login is not working/);
});

test('a discovery document that names an inside address gets no request there', async (t) => {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const inside = 'http://169.254.169.254/latest/meta-data';
    response.setHeader('content-type', 'application/json').end(
      JSON.stringify({
        ...{ issuer, authorization_endpoint: inside, token_endpoint: inside, jwks_uri: inside },
        ...{ response_types_supported: ['code'], subject_types_supported: ['public'] },
      }),
    );
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  atEnd(t, () => {
    server.closeAllConnections();
    server.close();
  });
  const own = await elsewhereApp(t, { configured: (provider) => ({ ...provider, issuer }) });
  const seen = await visitor().get(`${own.baseUrl}/sign-in/nhs-login`);
  assert.equal(seen.status, 500);
  assert.deepEqual(asked, ['/.well-known/openid-configuration']);
});

/** Ends the provider's own session on its page, as someone would who signs out there. */
async function signOutThere(browser: Visitor): Promise<void> {
  const page = await browser.get(`${app.nhsLogin.issuer}/session/end?client_id=throughline`);
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
  await browser.post(`${app.nhsLogin.issuer}/session/end/confirm`, { xsrf, logout: 'yes' });
}

test('signing out at the provider ends the session here; its logout token works once', async () => {
  const address = `${app.baseUrl}/sign-in/nhs-login/back-channel-logout`;
  const { browser } = await signInAs(start(), 'rosa');
  assert.equal(await isSignedIn(browser), true);
  await signOutThere(browser);
  assert.equal(await isSignedIn(browser), false);
  assert.equal(app.events.at(-1)?.kind, 'session-ended');

  const token = app.nhsLogin.logoutTokens.at(-1) ?? '';
  const again = await signInAs(start(), 'rosa');
  assert.equal((await visitor().post(address, { logout_token: token })).status, 400);
  assert.equal(await isSignedIn(again.browser), true);
});

test('a forged logout token ends no session', async () => {
  const address = `${app.baseUrl}/sign-in/nhs-login/back-channel-logout`;
  const { browser } = await signInAs(start(), 'rosa');
  const key = await importJWK(app.nhsLogin.signingKey, 'RS512');
  const { privateKey: another } = await generateKeyPair('RS512');
  const now = Math.floor(Date.now() / 1000);
  const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  const right: JWTPayload = {
    ...{ iss: app.nhsLogin.issuer, aud: 'throughline', iat: now, exp: now + 120, sub: 'rosa', events },
  };
  const { sub: _, ...aboutNobody } = right;
  const sign = (claims: JWTPayload, by: Parameters<SignJWT['sign']>[0] = key, alg = 'RS512') =>
    new SignJWT(claims).setProtectedHeader({ alg, kid: 'provider', typ: 'logout+jwt' }).sign(by);
  const forged = [
    '',
    'not.a.token',
    await sign({ ...right, jti: '1' }, another),
    await sign({ ...right, jti: '2', aud: 'another-client' }),
    await sign({ ...right, jti: '3', iss: app.careIdentity.issuer }),
    await sign({ ...right, jti: '4', nonce: 'as in an ID token' }),
    await sign({ ...right, jti: '5', events: {} }),
    await sign({ ...aboutNobody, jti: '6' }),
    await sign({ ...right, jti: '7', iat: now - 3600, exp: now + 120 }),
    await sign(right), // without jti
  ];
  for (const [n, logout_token] of forged.entries())
    assert.equal((await visitor().post(address, { logout_token })).status, 400, String(n));
  assert.equal(await isSignedIn(browser), true);
  assert.equal(
    (await visitor().post(address, { logout_token: await sign({ ...right, jti: '8' }) })).status,
    200,
  );
  assert.equal(await isSignedIn(browser), false);
});

test('a form that another site sends links nothing', async () => {
  const { browser } = await signInAs(`${app.baseUrl}/sign-in/nhs-login`, 'unknown');
  const answer = await fetch(`${app.baseUrl}/account/link`, {
    ...{ method: 'POST', body: new URLSearchParams({ 'account-id': '1' }) },
    headers: { cookie: browser.cookiesFor(app.baseUrl), 'sec-fetch-site': 'cross-site' },
  });
  assert.equal(answer.status, 403);
});
