import assert from 'node:assert/strict';
import test from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';

import { agree, authorizeUrl, browserOf, redirect, smartApp, verifier } from './support/smart-app.ts';
import { appDetails, exchange, get, launched } from './support/smart-launched.ts';

test('a standalone launch ends with tokens, the patient and who signed in', async (t) => {
  const { app, client } = await launched(t);
  const end = await agree(app.baseUrl, 'margaret', authorizeUrl(app.baseUrl, client));
  assert.equal(end.origin + end.pathname, redirect);
  assert.equal(end.searchParams.get('state'), 'state-1');
  assert.equal(end.searchParams.get('iss'), `${app.baseUrl}/oauth`);
  const { status, body } = await exchange(app, client, end.searchParams.get('code') ?? '');
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body['patient'], 'margaret');
  assert.equal(body['need_patient_banner'], true);
  assert.equal(body['token_type'], 'Bearer');
  assert.equal(body['expires_in'], 1800);
  assert.deepEqual((body['scope'] ?? '').split(' ').sort(), [
    'fhirUser',
    'launch/patient',
    'offline_access',
    'openid',
    'patient/Observation.rs',
    'patient/Patient.rs',
  ]);
  const keys = createRemoteJWKSet(new URL(`${app.baseUrl}/oauth/jwks`));
  const { payload } = await jwtVerify(body['id_token'] ?? '', keys, {
    issuer: `${app.baseUrl}/oauth`,
    audience: client,
  });
  assert.equal(payload['fhirUser'], `${app.baseUrl}/fhir/Patient/margaret`);
  assert.equal(payload.sub, 'account-margaret');

  const read = await get(app, 'Patient/margaret', body['access_token'] ?? '');
  assert.equal(read.status, 200);
  const who = await app.smart.whoOf(body['access_token'] ?? '');
  assert.equal(who?.client.name, 'Growth charts');
  assert.equal(who?.identity?.account, 'account-margaret');
  assert.equal(who?.patient, 'margaret');
  const issued = app.events.find(({ kind }) => kind === 'token-issued');
  assert.equal(issued?.patient, 'margaret');
  assert.equal(issued?.who.id, 'Patient/margaret');
});

test('nobody signed in is sent to sign in, and back', async (t) => {
  const { app, client } = await launched(t);
  const go = browserOf(undefined);
  const asked = await go(authorizeUrl(app.baseUrl, client));
  const page = await go(asked.location ?? '');
  assert.equal(page.status, 303);
  assert.match(page.location ?? '', /\/sign-in\?return=%2Fapp-consent%2F/);
});

test('the page says what the app asks for, and a refusal goes back to the app', async (t) => {
  const { app, client } = await launched(t);
  const go = browserOf('margaret');
  const asked = await go(authorizeUrl(app.baseUrl, client));
  const page = await go(asked.location ?? '');
  assert.equal(page.status, 200);
  assert.match(page.text, /Allow Growth charts to use health records\?/);
  assert.match(page.text, /See test results and measurements/);
  assert.match(page.text, /Mrs Margaret Ann Ashworth/);
  assert.match(
    page.headers.get('content-security-policy') ?? '',
    /form-action 'self' https:\/\/app\.example/,
  );
  const refused = await go(asked.location ?? '', { method: 'POST', form: { answer: 'refuse' } });
  const end = await go(refused.location ?? '');
  assert.match(end.location ?? '', /^https:\/\/app\.example\/callback\?error=access_denied/);
});

test('another patient cannot be chosen than one whom the person may act for', async (t) => {
  const { app, client } = await launched(t);
  const go = browserOf('margaret');
  const asked = await go(authorizeUrl(app.baseUrl, client));
  await go(asked.location ?? '');
  const answered = await go(asked.location ?? '', {
    method: 'POST',
    form: { answer: 'allow', patient: 'odd-person' },
  });
  assert.equal(answered.status, 422);
  assert.ok(app.events.some(({ kind, outcome }) => kind === 'denied' && outcome === 'failure'));
});

test('staff find the patient whose record the app may use', async (t) => {
  const { app, client } = await launched(t);
  const go = browserOf('patel');
  const asked = await go(authorizeUrl(app.baseUrl, client));
  const found = await go(`${asked.location}?find=ashworth`);
  assert.match(found.text, /value="margaret"/);
  const answered = await go(asked.location ?? '', {
    method: 'POST',
    form: { answer: 'allow', patient: 'margaret' },
  });
  const end = new URL((await go(answered.location ?? '')).location ?? '');
  const { body } = await exchange(app, client, end.searchParams.get('code') ?? '');
  assert.equal(body['patient'], 'margaret');
});

test('an app that is opened from a record is told which, once', async (t) => {
  const { app, client } = await launched(t);
  const context = { patient: 'margaret', encounter: 'clinic', intent: 'reconcile', needPatientBanner: false };
  const scope = 'launch patient/Observation.rs openid fhirUser';
  const launch = await app.smart.launches.make(client, 'account-patel', context);
  const url = authorizeUrl(app.baseUrl, client, { launch, scope });
  const end = await agree(app.baseUrl, 'patel', url);
  const { body } = await exchange(app, client, end.searchParams.get('code') ?? '');
  assert.equal(body['patient'], 'margaret');
  assert.equal(body['encounter'], 'clinic');
  assert.equal(body['intent'], 'reconcile');
  assert.equal(body['need_patient_banner'], false);

  const again = await browserOf('patel')(url);
  const page = await browserOf('patel')(again.location ?? '');
  assert.equal(page.status, 410); // without its cookie it is nobody's
  await assert.rejects(agree(app.baseUrl, 'patel', url), /works once/);
});

test('staff open an app from a record, and it starts there', async (t) => {
  const { app } = await launched(t);
  const details = { ...appDetails, launch: 'https://app.example/launch?theme=1' };
  const { client } = await app.smart.clients.add(details);
  const go = browserOf('patel');
  const page = await go(`${app.baseUrl}/app-consent/open?patient=margaret`);
  assert.match(page.text, /Growth charts/);
  assert.match(
    page.headers.get('content-security-policy') ?? '',
    /form-action 'self' https:\/\/app\.example/,
  );
  const form = { app: client.id, patient: 'margaret' };
  const opened = await go(`${app.baseUrl}/app-consent/open`, { method: 'POST', form });
  const there = new URL(opened.location ?? '');
  assert.equal(`${there.origin}${there.pathname}`, 'https://app.example/launch');
  assert.equal(there.searchParams.get('iss'), `${app.baseUrl}/fhir`);
  assert.equal(there.searchParams.get('theme'), '1');
  const launch = there.searchParams.get('launch') ?? '';
  const scope = 'launch patient/Observation.rs';
  const end = await agree(app.baseUrl, 'patel', authorizeUrl(app.baseUrl, client.id, { launch, scope }));
  const { body } = await exchange(app, client.id, end.searchParams.get('code') ?? '');
  assert.equal(body['patient'], 'margaret');

  const margarets = browserOf('margaret');
  const other = { app: client.id, patient: 'odd-person' };
  for (const bad of [other, { ...form, app: 'unknown' }])
    assert.equal(
      (await margarets(`${app.baseUrl}/app-consent/open`, { method: 'POST', form: bad })).status,
      404,
    );
});

test('a launch is good for the one who opened it and their app alone', async (t) => {
  const { app, client } = await launched(t);
  const other = await app.smart.clients.add({ ...appDetails, name: 'Other app' });
  const scope = 'launch patient/Observation.rs';
  const launch = await app.smart.launches.make(client, 'account-patel', { patient: 'margaret' });
  await assert.rejects(
    agree(app.baseUrl, 'margaret', authorizeUrl(app.baseUrl, client, { launch, scope })),
    /works once/,
  );
  await assert.rejects(
    agree(app.baseUrl, 'patel', authorizeUrl(app.baseUrl, other.client.id, { launch, scope })),
    /works once/,
  );
});

test('a code works once, and its second use takes back what the first gave', async (t) => {
  const { app, client } = await launched(t);
  const end = await agree(app.baseUrl, 'margaret', authorizeUrl(app.baseUrl, client));
  const code = end.searchParams.get('code') ?? '';
  const first = await exchange(app, client, code);
  assert.equal(first.status, 200);
  assert.ok(await app.smart.whoOf(first.body['access_token'] ?? ''));
  const second = await exchange(app, client, code);
  assert.equal(second.status, 400);
  assert.equal(second.body['error'], 'invalid_grant');
  assert.equal(await app.smart.whoOf(first.body['access_token'] ?? ''), undefined);
  assert.equal((await get(app, 'Patient/margaret', first.body['access_token'] ?? '')).status, 401);
});

test('of many uses of a code at once, none keeps a token', async (t) => {
  const { app, client } = await launched(t);
  const end = await agree(app.baseUrl, 'margaret', authorizeUrl(app.baseUrl, client));
  const code = end.searchParams.get('code') ?? '';
  const answers = await Promise.all(Array.from({ length: 5 }, () => exchange(app, client, code)));
  assert.ok(answers.filter(({ status }) => status === 200).length <= 1);
  for (const { body } of answers) assert.equal(await app.smart.whoOf(body['access_token'] ?? ''), undefined);
});

test('a wrong verifier, none, or another client or address gets nothing for a code', async (t) => {
  const { app, client } = await launched(t);
  const other = (await app.smart.clients.add({ ...appDetails, name: 'Thief' })).client.id;
  const end = await agree(app.baseUrl, 'margaret', authorizeUrl(app.baseUrl, client));
  const code = end.searchParams.get('code') ?? '';
  for (const changes of [
    { code_verifier: `${verifier}x` },
    { code_verifier: '' },
    { client_id: other },
    { redirect_uri: `${redirect}/` },
    { redirect_uri: 'https://evil.example/callback' },
  ]) {
    const { status, body } = await exchange(app, client, code, changes);
    assert.equal(status, 400, JSON.stringify(changes));
    assert.ok(['invalid_grant', 'invalid_request'].includes(body['error'] ?? ''), JSON.stringify(body));
  }
});

test('a request without PKCE by S256, or for another server, goes back as an error', async (t) => {
  const { app, client } = await launched(t);
  for (const changes of [
    { code_challenge: undefined, code_challenge_method: undefined },
    { code_challenge: verifier, code_challenge_method: 'plain' },
    { code_challenge_method: undefined },
    { aud: 'https://elsewhere.example/fhir' },
    { aud: undefined },
    { response_type: 'token' },
    { resource: 'https://elsewhere.example/' },
  ]) {
    const asked = await browserOf('margaret')(authorizeUrl(app.baseUrl, client, changes));
    const back = new URL(asked.location ?? '');
    assert.equal(back.origin, 'https://app.example', JSON.stringify(changes));
    const params = new URLSearchParams(back.search || back.hash.slice(1));
    assert.ok(params.get('error'), JSON.stringify(changes));
    assert.equal(params.get('code'), null);
  }
});

test('people are sent to registered addresses only, matched to the letter', async (t) => {
  const { app, client } = await launched(t);
  for (const address of [
    'https://app.example/callback/',
    'https://app.example/callback?x=1',
    'https://app.example/callback#x',
    'https://app.example/Callback',
    'https://app.example/callback/../evil',
    'https://app.example:8443/callback',
    'http://app.example/callback',
    'https://app.example.evil.example/callback',
    'https://app.example@evil.example/callback',
    'https://evil.example/callback',
    '//evil.example/callback',
    'javascript:alert(1)',
    '',
  ]) {
    const asked = await browserOf('margaret')(authorizeUrl(app.baseUrl, client, { redirect_uri: address }));
    assert.equal(asked.status, 303, address);
    assert.ok((asked.location ?? '').startsWith(`${app.baseUrl}/app-consent?problem=`), address);
  }
  const page = await browserOf('margaret')(`${app.baseUrl}/app-consent?problem=invalid_redirect_uri`);
  assert.equal(page.status, 400);
  assert.match(page.text, /not registered for it/);
});

test('a loopback address keeps its port, unlike in RFC 8252: exact means exact', async (t) => {
  const app = await smartApp(t);
  const { client } = await app.smart.clients.add({ ...appDetails, redirects: ['http://127.0.0.1:4000/cb'] });
  const asked = await browserOf('margaret')(
    authorizeUrl(app.baseUrl, client.id, { redirect_uri: 'http://127.0.0.1:4001/cb' }),
  );
  assert.ok((asked.location ?? '').startsWith(`${app.baseUrl}/app-consent?problem=`));
});
