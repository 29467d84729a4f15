import assert from 'node:assert/strict';
import test from 'node:test';
import type { Patient } from '@medplum/fhirtypes';

import { putAll } from './support/pages-app.ts';

import { agree, authorizeUrl, browserOf, post, redirect, verifier } from './support/smart-app.ts';
import { appDetails, exchange, get, launched, tokens } from './support/smart-launched.ts';

test('a refresh token changes at each use, and an old one ends everything', async (t) => {
  const { app, client } = await launched(t);
  const first = await tokens(app, client);
  const refresh = (token: string, more: Record<string, string> = {}) =>
    post(app.baseUrl, 'token', {
      grant_type: 'refresh_token',
      refresh_token: token,
      client_id: client,
      ...more,
    });
  const second = await refresh(first['refresh_token'] ?? '');
  assert.equal(second.status, 200, JSON.stringify(second.body));
  assert.notEqual(second.body['refresh_token'], first['refresh_token']);
  assert.equal(second.body['patient'], 'margaret');
  assert.ok(await app.smart.whoOf(second.body['access_token'] ?? ''));
  const stolen = await refresh(first['refresh_token'] ?? '');
  assert.equal(stolen.body['error'], 'invalid_grant');
  assert.equal(await app.smart.whoOf(second.body['access_token'] ?? ''), undefined);
  assert.equal((await refresh(second.body['refresh_token'] ?? '')).body['error'], 'invalid_grant');
});

test('an app without a secret refreshes by its token alone; one with a secret must show it', async (t) => {
  const { app, client } = await launched(t);
  const first = await tokens(app, client);
  const refresh = (token: string | undefined) =>
    post(app.baseUrl, 'token', { grant_type: 'refresh_token', refresh_token: token ?? '' });
  const { status, body } = await refresh(first['refresh_token']);
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal((await refresh('A'.repeat(43))).status, 400);

  const server = await app.smart.clients.add({ ...appDetails, proof: 'secret' });
  const end = await agree(app.baseUrl, 'margaret', authorizeUrl(app.baseUrl, server.client.id));
  const basic = Buffer.from(`${server.client.id}:${server.secret}`).toString('base64');
  const form = {
    grant_type: 'authorization_code',
    code: end.searchParams.get('code') ?? '',
    redirect_uri: redirect,
    code_verifier: verifier,
  };
  assert.equal((await post(app.baseUrl, 'token', { ...form, client_id: server.client.id })).status, 401);
  const given = await post(app.baseUrl, 'token', form, { authorization: `Basic ${basic}` });
  assert.equal(given.status, 200, JSON.stringify(given.body));
  assert.equal((await refresh(given.body['refresh_token'])).status, 400);
});

test('a refresh narrows scopes and never widens them', async (t) => {
  const { app, client } = await launched(t);
  const first = await tokens(app, client, { scope: 'launch/patient patient/Observation.rs offline_access' });
  const refresh = (scope: string) =>
    post(app.baseUrl, 'token', {
      grant_type: 'refresh_token',
      refresh_token: first['refresh_token'] ?? '',
      client_id: client,
      scope,
    });
  for (const wider of [
    'patient/*.rs',
    'patient/Observation.cruds',
    'user/Observation.rs',
    'patient/Observation.rs user/*.rs',
  ])
    assert.equal((await refresh(wider)).body['error'], 'invalid_scope', wider);
  const narrowed = await refresh('patient/Observation.rs');
  assert.equal(narrowed.body['scope'], 'patient/Observation.rs');
});

test('what an app was not approved for is not given, though it asks', async (t) => {
  const { app } = await launched(t);
  const { client } = await app.smart.clients.add({
    ...appDetails,
    scopes: ['launch/patient', 'patient/Observation.rs'],
  });
  const body = await tokens(app, client.id, {
    scope:
      'launch/patient patient/Observation.rs patient/Condition.rs patient/Observation.cruds user/*.rs openid offline_access nonsense',
  });
  assert.deepEqual((body['scope'] ?? '').split(' ').sort(), ['launch/patient', 'patient/Observation.rs']);
  assert.equal(body['refresh_token'], undefined);
  assert.equal(body['id_token'], undefined);
});

test('an app reads and writes as its scopes, its patient and the person allow, and no more', async (t) => {
  const { app, client } = await launched(t);
  const beth: Patient = {
    resourceType: 'Patient',
    id: 'beth',
    generalPractitioner: [{ reference: 'Organization/practice' }],
  };
  await putAll(app.record, [beth]);
  const weight = (patient: string) => ({
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'Weight' },
    subject: { reference: `Patient/${patient}` },
  });
  const asPatel = async (scope: string) => {
    const end = await agree(app.baseUrl, 'patel', authorizeUrl(app.baseUrl, client, { scope }), {
      patient: 'margaret',
    });
    const { body } = await exchange(app, client, end.searchParams.get('code') ?? '');
    const token = body['access_token'] ?? '';
    const count = async (path: string) =>
      ((await (await get(app, path, token)).json()) as { entry?: unknown[] }).entry?.length ?? 0;
    const send = (method: string, path: string, resource: object) =>
      fetch(`${app.baseUrl}/fhir/${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
        body: JSON.stringify(resource),
      });
    return { status: async (path: string) => (await get(app, path, token)).status, count, send };
  };

  const one = await asPatel('launch/patient patient/*.rs patient/Observation.c');
  assert.equal(await one.status('Patient/margaret'), 200);
  assert.equal(await one.status('Organization/practice'), 200);
  assert.equal(await one.status('Patient/beth'), 404); // whom Dr Patel may see, outside this app
  assert.equal(await one.status('Patient/odd-person'), 404);
  assert.equal(await one.count('Patient'), 1);
  assert.equal(await one.count('Patient?_id=margaret,beth,odd-person'), 1);
  assert.equal((await one.send('POST', 'Observation', weight('margaret'))).status, 201);
  assert.equal((await one.send('POST', 'Observation', weight('beth'))).status, 403);
  assert.equal((await one.send('PUT', 'Observation/new', { ...weight('margaret'), id: 'new' })).status, 403);
  const entry = { resource: weight('margaret'), request: { method: 'POST', url: 'Observation' } };
  const bundled = await one.send('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: [entry] });
  assert.equal(bundled.status, 403); // a Bundle may do anything, so it needs every letter

  const lab = await asPatel('launch/patient patient/Patient.r patient/Observation.rs?status=preliminary');
  assert.equal(await lab.count('Observation'), 0);
  assert.equal(await lab.status('Patient/margaret'), 200);
  assert.equal(await lab.count('Patient'), 0); // reading is not searching
  assert.equal(await lab.status('Condition/hypertension'), 404);

  const all = await asPatel('user/Patient.rs user/Observation.r');
  assert.equal(await all.count('Patient'), 2);
  assert.equal(await all.status('Patient/odd-person'), 404);
});

test('an access token that has lapsed, is made up or was given back opens nothing', async (t) => {
  let shift = 0;
  const { app, client } = await launched(t, { clock: { now: () => Date.now() + shift } });
  const body = await tokens(app, client);
  const token = body['access_token'] ?? '';
  assert.equal((await get(app, 'Patient/margaret', token)).status, 200);
  shift = 31 * 60_000;
  assert.equal((await get(app, 'Patient/margaret', token)).status, 401);
  shift = 0;
  for (const wrong of [`${token}x`, token.slice(1), 'A'.repeat(43), '', 'eyJhbGciOiJub25lIn0.e30.'])
    assert.equal(await app.smart.whoOf(wrong), undefined);
  const revoked = await post(app.baseUrl, 'revoke', { token, client_id: client });
  assert.equal(revoked.status, 200);
  assert.equal((await get(app, 'Patient/margaret', token)).status, 401);
  const gone = app.events.find(({ kind }) => kind === 'token-revoked');
  assert.equal(gone?.patient, 'margaret');
});

test('tokens are told of to their own client and to servers that may ask', async (t) => {
  const { app, client } = await launched(t);
  const token = (await tokens(app, client))['access_token'] ?? '';
  const own = await post(app.baseUrl, 'introspect', { token, client_id: client });
  assert.equal(own.body['active'], true);
  assert.equal(own.body['patient'], 'margaret');
  assert.equal(own.body['fhirUser'], `${app.baseUrl}/fhir/Patient/margaret`);
  assert.equal(own.body['client_id'], client);
  const basic = ({ client: { id }, secret = '' }: { client: { id: string }; secret?: string }) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });
  const server = { ...appDetails, proof: 'secret', name: 'Server' } as const;
  const stranger = await app.smart.clients.add(server);
  assert.deepEqual((await post(app.baseUrl, 'introspect', { token }, basic(stranger))).body, {
    active: false,
  });
  const inspector = await app.smart.clients.add({ ...server, inspects: true });
  assert.equal((await post(app.baseUrl, 'introspect', { token }, basic(inspector))).body['active'], true);
  const wrong = { ...inspector, secret: 'x'.repeat(43) };
  assert.equal((await post(app.baseUrl, 'introspect', { token }, basic(wrong))).status, 401);
  const fresh = await app.smart.clients.rotateSecret(inspector.client.id);
  assert.equal((await post(app.baseUrl, 'introspect', { token }, basic(inspector))).status, 401);
  const renewed = basic({ ...inspector, secret: fresh });
  assert.equal((await post(app.baseUrl, 'introspect', { token }, renewed)).body['active'], true);
});

test('a client that is switched off loses its tokens at once and gets no others', async (t) => {
  const { app, client } = await launched(t);
  const body = await tokens(app, client);
  await app.smart.clients.disable(client);
  assert.equal(await app.smart.whoOf(body['access_token'] ?? ''), undefined);
  const refreshed = await post(app.baseUrl, 'token', {
    grant_type: 'refresh_token',
    refresh_token: body['refresh_token'] ?? '',
    client_id: client,
  });
  assert.equal(refreshed.body['error'], 'invalid_client');
  const asked = await browserOf('margaret')(authorizeUrl(app.baseUrl, client));
  assert.match(asked.location ?? '', /problem=invalid_client/);
});

test('a person sees the apps with access in their name, and ends it', async (t) => {
  const { app, client } = await launched(t);
  const body = await tokens(app, client);
  const go = browserOf('margaret');
  const page = await go(`${app.baseUrl}/app-consent`);
  assert.match(page.text, /Growth charts/);
  const address = /action="(\/app-consent\/apps\/[^"]+\/end)"/.exec(page.text)?.[1] ?? '';
  assert.equal(
    (await browserOf('patel')(`${app.baseUrl}${address}`, { method: 'POST', form: {} })).status,
    404,
  );
  assert.ok(await app.smart.whoOf(body['access_token'] ?? ''));
  assert.equal((await go(`${app.baseUrl}${address}`, { method: 'POST', form: {} })).status, 303);
  assert.equal(await app.smart.whoOf(body['access_token'] ?? ''), undefined);
  assert.match((await go(`${app.baseUrl}/app-consent`)).text, /No app has access in your name/);
});

test('access while online ends with the session; access while offline does not', async (t) => {
  const standing = new Set(['session-margaret']);
  const accountStands = async (_account: string, session: string | undefined) =>
    session === undefined || standing.has(session);
  const { app, client } = await launched(t, { needs: { accountStands } });
  const online = await tokens(app, client, { scope: 'launch/patient patient/Observation.rs online_access' });
  const offline = await tokens(app, client, {
    scope: 'launch/patient patient/Observation.rs offline_access',
  });
  const refresh = (token: string | undefined) =>
    post(app.baseUrl, 'token', {
      grant_type: 'refresh_token',
      refresh_token: token ?? '',
      client_id: client,
    });
  standing.clear();
  assert.equal((await refresh(online['refresh_token'])).body['error'], 'invalid_grant');
  assert.equal((await refresh(offline['refresh_token'])).status, 200);
  await app.smart.approvals.endSession('session-margaret');
  assert.equal(await app.smart.whoOf(online['access_token'] ?? ''), undefined);
});

test('keys change without an outage, and the old stay published', async (t) => {
  let shift = 0;
  const { app, client } = await launched(t, { clock: { now: () => Date.now() + shift } });
  const kids = async () => {
    const { keys } = (await (await fetch(`${app.baseUrl}/oauth/jwks`)).json()) as {
      keys: { kid: string; d?: string }[];
    };
    assert.ok(keys.every((key) => key.d === undefined));
    return keys.map(({ kid }) => kid);
  };
  const signer = async () => {
    const scope = 'launch/patient openid patient/Observation.rs';
    const [head = ''] = ((await tokens(app, client, { scope }))['id_token'] ?? '').split('.');
    return JSON.parse(Buffer.from(head, 'base64url').toString()).kid as string;
  };
  const before = await signer();
  const go = browserOf('margaret');
  const running = await go(authorizeUrl(app.baseUrl, client));
  assert.equal(await app.smart.rotateKeys(60_000), false); // young enough
  await app.smart.rotateKeys();
  const published = await kids();
  assert.equal(published.length, 2);
  assert.ok(published.includes(before));
  assert.equal(await signer(), before); // the new one is known everywhere before it signs
  shift = 16 * 60_000;
  const after = await signer();
  assert.notEqual(after, before);
  assert.equal((await go(running.location ?? '')).status, 200); // a request from before, its cookie signed by the old key
  shift = 26 * 3_600_000;
  assert.deepEqual(await kids(), [after]);
  assert.ok((await app.smart.clean()) > 0);
});

test('the database holds no token, code, launch or secret that could be used', async (t) => {
  const { app, client } = await launched(t);
  const { secret = '' } = await app.smart.clients.add({ ...appDetails, proof: 'secret' });
  const launch = await app.smart.launches.make(client, 'account-patel', {});
  const end = await agree(app.baseUrl, 'margaret', authorizeUrl(app.baseUrl, client));
  const code = end.searchParams.get('code') ?? '';
  const { body } = await exchange(app, client, code);
  const all: string[] = [];
  for (const table of ['smart_client', 'smart_item', 'smart_approval', 'smart_launch', 'smart_assertion'])
    all.push(JSON.stringify(await app.database.pool.unsafe(`select t::text as line from ${table} t`)));
  const text = all.join('\n');
  for (const value of [secret, launch, code, body['access_token'], body['refresh_token']]) {
    assert.ok(value);
    assert.ok(!text.includes(value));
  }
});

test('apps learn where to ask, and a page elsewhere may call the API with its token', async (t) => {
  const { app } = await launched(t);
  const answer = await fetch(`${app.baseUrl}/fhir/.well-known/smart-configuration`, {
    headers: { origin: 'https://anywhere.example' },
  });
  assert.equal(answer.headers.get('access-control-allow-origin'), '*');
  const found = (await answer.json()) as Record<string, string>;
  assert.equal(found['token_endpoint'], `${app.baseUrl}/oauth/token`);
  assert.deepEqual(found['code_challenge_methods_supported'], ['S256']);
  const preflight = (origin: string) =>
    fetch(`${app.baseUrl}/fhir/Patient/margaret`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    });
  const allowed = await preflight('https://app.example');
  assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://app.example');
  assert.equal(allowed.headers.get('access-control-allow-headers'), 'authorization');
  assert.equal(allowed.headers.get('access-control-allow-credentials'), null);
  assert.equal((await preflight('https://evil.example')).headers.get('access-control-allow-origin'), null);
  const discovery = await fetch(`${app.baseUrl}/oauth/.well-known/openid-configuration`);
  const { issuer, authorization_endpoint: endpoint } = (await discovery.json()) as Record<string, string>;
  assert.equal(issuer, `${app.baseUrl}/oauth`);
  assert.equal(endpoint, `${app.baseUrl}/oauth/authorize`);
});

test('the address of the server is the configured one, whatever a request says', async (t) => {
  const { app } = await launched(t);
  const answer = await fetch(`${app.baseUrl}/oauth/.well-known/openid-configuration`, {
    headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
  });
  assert.ok(!(await answer.text()).includes('evil.example'));
});
