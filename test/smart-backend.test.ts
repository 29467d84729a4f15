import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { type ClientDetails, sightOfReach } from '../src/access/smart/client-details.ts';
import { putAll } from './support/pages-app.ts';
import { people } from './support/people.ts';
import { selfSigned } from './support/self-signed.ts';
import { post, type SmartApp, smartApp } from './support/smart-app.ts';

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const es = await generateKeyPair('ES384', { extractable: true });
const rs = await generateKeyPair('RS384', { extractable: true });
const stranger = await generateKeyPair('ES384', { extractable: true });
const jwks = {
  keys: [
    { ...(await exportJWK(es.publicKey)), kid: 'es' },
    { ...(await exportJWK(rs.publicKey)), kid: 'rs' },
  ],
};

const system: ClientDetails = {
  name: 'Hospital system',
  kind: 'system',
  proof: 'key',
  redirects: [],
  jwks,
  scopes: ['system/Patient.rs', 'system/Observation.rs?category=vital-signs', 'system/Condition.read'],
  reach: { whose: 'everyone', parties: ['Organization/hospital'], use: 'care', restricted: false },
  inspects: false,
};

let count = 0;
const now = () => Math.floor(Date.now() / 1000);

async function assertion(
  app: SmartApp,
  id: string,
  changes: JWTPayload = {},
  { alg = 'ES384', kid = 'es', key = es.privateKey } = {},
): Promise<string> {
  count += 1;
  const claims = {
    iss: id,
    sub: id,
    aud: `${app.baseUrl}/oauth/token`,
    jti: `assertion-${count}`,
    exp: now() + 240,
    ...changes,
  };
  return new SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'JWT' }).sign(key);
}

const ask = (app: SmartApp, client_assertion: string, scope = 'system/Patient.rs') =>
  post(app.baseUrl, 'token', {
    grant_type: 'client_credentials',
    client_assertion_type: assertionType,
    client_assertion,
    scope,
  });

async function registered(t: Parameters<typeof smartApp>[0], details = system) {
  const app = await smartApp(t);
  const { client } = await app.smart.clients.add(details);
  return { app, id: client.id };
}

test('a system shows its key and gets a token for 5 minutes, with ES384 and RS384', async (t) => {
  const { app, id } = await registered(t);
  await putAll(app.record, people);
  const { status, body } = await ask(app, await assertion(app, id));
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body['expires_in'], 300);
  assert.equal(body['scope'], 'system/Patient.rs');
  assert.equal(body['refresh_token'], undefined);
  const other = await ask(app, await assertion(app, id, {}, { alg: 'RS384', kid: 'rs', key: rs.privateKey }));
  assert.equal(other.status, 200, JSON.stringify(other.body));

  const who = await app.smart.whoOf(body['access_token'] ?? '');
  assert.equal(who?.as, 'system');
  assert.equal(who?.client.id, id);
  assert.equal(who?.reach?.whose, 'everyone');
  assert.equal(who?.identity, undefined);
  const read = await fetch(`${app.baseUrl}/fhir/Patient/margaret`, {
    headers: { authorization: `Bearer ${body['access_token']}` },
  });
  assert.equal(read.status, 200);
  assert.ok(app.events.some((event) => event.kind === 'token-issued' && event.who.id === `Device/${id}`));
});

test('a system gets of its scopes those that were approved, and no token without any', async (t) => {
  const { app, id } = await registered(t);
  const some = await ask(
    app,
    await assertion(app, id),
    'system/Patient.rs system/Patient.cruds system/Encounter.rs',
  );
  assert.equal(some.body['scope'], 'system/Patient.rs');
  const narrower = await ask(
    app,
    await assertion(app, id),
    'system/Patient.r system/Condition.rs system/Observation.rs?category=vital-signs',
  );
  assert.equal(
    narrower.body['scope'],
    'system/Patient.r system/Condition.rs system/Observation.rs?category=vital-signs',
  );
  for (const scope of [
    'system/*.rs',
    'system/Observation.rs',
    'patient/Patient.rs',
    'user/*.rs',
    'openid',
    '',
  ]) {
    const { status, body } = await ask(app, await assertion(app, id), scope);
    assert.equal(status, 400, scope);
    assert.equal(body['error'], 'invalid_scope', scope);
  }
});

test('an assertion works once, also when it is sent many times at once', async (t) => {
  const { app, id } = await registered(t);
  const once = await assertion(app, id);
  assert.equal((await ask(app, once)).status, 200);
  const again = await ask(app, once);
  assert.equal(again.status, 401);
  assert.equal(again.body['error'], 'invalid_client');
  const other = await assertion(app, id);
  const answers = await Promise.all(Array.from({ length: 6 }, () => ask(app, other)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.ok(app.events.some(({ kind, outcome }) => kind === 'denied' && outcome === 'failure'));
});

test('assertions that are not what they must be are refused', async (t) => {
  const { app, id } = await registered(t);
  const wrong: readonly (readonly [string, string])[] = [
    ['lapsed', await assertion(app, id, { exp: now() - 60 })],
    ['too long', await assertion(app, id, { exp: now() + 600 })],
    ['no end', await assertion(app, id, { exp: undefined as never })],
    ['no jti', await assertion(app, id, { jti: undefined as never })],
    ['other audience', await assertion(app, id, { aud: 'https://elsewhere.example/token' })],
    ['other issuer', await assertion(app, id, { iss: 'somebody' })],
    ['other subject', await assertion(app, id, { sub: 'somebody' })],
    ['stranger’s key', await assertion(app, id, {}, { alg: 'ES384', kid: 'es', key: stranger.privateKey })],
    [
      'alg none',
      new UnsecuredJWT({
        iss: id,
        sub: id,
        aud: `${app.baseUrl}/oauth/token`,
        jti: 'none-1',
        exp: now() + 100,
      }).encode(),
    ],
    [
      'alg not taken',
      await assertion(app, id, {}, { alg: 'RS256', kid: 'rs', key: await importAs('RS256') }),
    ],
    [
      'public key as a secret',
      await new SignJWT({
        iss: id,
        sub: id,
        aud: `${app.baseUrl}/oauth/token`,
        jti: 'hs-1',
        exp: now() + 100,
      })
        .setProtectedHeader({ alg: 'HS256', kid: 'rs' })
        .sign(new TextEncoder().encode(JSON.stringify(jwks.keys[1]))),
    ],
    ['no token at all', 'a.b.c'],
  ];
  for (const [name, one] of wrong) {
    const { status, body } = await ask(app, one);
    assert.ok(status === 401 || status === 400, `${name}: ${status}`);
    assert.equal(body['access_token'], undefined, name);
  }
});

/** The RSA key, for another algorithm. */
async function importAs(alg: string) {
  const { importJWK } = await import('jose');
  return (await importJWK({ ...(await exportJWK(rs.privateKey)), alg }, alg)) as typeof rs.privateKey;
}

test('an app cannot act as a system, nor a system as an app', async (t) => {
  const { app, id } = await registered(t);
  const code = await post(app.baseUrl, 'token', {
    grant_type: 'authorization_code',
    client_assertion_type: assertionType,
    client_assertion: await assertion(app, id),
    code: 'x',
    redirect_uri: 'https://app.example/',
    code_verifier: 'x'.repeat(43),
  });
  assert.match(code.body['error'] ?? '', /^(invalid_request|unauthorized_client)$/);
  assert.equal(code.body['access_token'], undefined);
  const { client, secret = '' } = await app.smart.clients.add({
    name: 'App',
    kind: 'app',
    proof: 'secret',
    redirects: ['https://app.example/'],
    scopes: ['user/*.rs'],
    inspects: false,
  });
  const { body } = await post(
    app.baseUrl,
    'token',
    { grant_type: 'client_credentials', scope: 'user/*.rs' },
    { authorization: `Basic ${Buffer.from(`${client.id}:${secret}`).toString('base64')}` },
  );
  assert.match(body['error'] ?? '', /^(invalid_request|unauthorized_client)$/);
  assert.equal(body['access_token'], undefined);
});

test('keys are fetched from the address that a client gave, by https', async (t) => {
  const host = 'keys.hospital.example';
  const { cert, key } = selfSigned(host);
  let asked = 0;
  const server = createServer({ cert, key }, (_request, answer) => {
    asked += 1;
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify(jwks));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo; // listening on a port
  const app = await smartApp(t, {
    needs: {
      fetching: {
        resolve: async (name) => (name === host ? ['127.0.0.1'] : []),
        allows: (address) => address === '127.0.0.1',
        authorities: cert,
      },
    },
  });
  const { jwks: _, ...details } = system;
  const { client } = await app.smart.clients.add({ ...details, jwksUri: `https://${host}:${port}/jwks` });
  const { status, body } = await ask(app, await assertion(app, client.id));
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal((await ask(app, await assertion(app, client.id))).status, 200);
  assert.equal(asked, 1); // kept for a minute
});

test('the address of keys does not reach into our own network', async (t) => {
  let asked = 0;
  const server = createServer((_request, answer) => {
    asked += 1;
    answer.end();
  });
  server.on('connection', () => {
    asked += 1;
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo; // listening on a port
  const inside: Readonly<Record<string, string>> = {
    'inside.example': '127.0.0.1',
    'metadata.example': '169.254.169.254',
    'six.example': '::1',
    'mapped.example': '::ffff:127.0.0.1',
  };
  const resolve = async (name: string) => (name in inside ? ['8.8.8.8', inside[name]!] : ['127.0.0.1']);
  const app = await smartApp(t, { needs: { fetching: { resolve } } });
  const { jwks: _, ...details } = system;
  for (const host of [
    '127.0.0.1',
    '127.1',
    '169.254.169.254',
    '[::1]',
    '[::ffff:7f00:1]',
    'localhost',
    ...Object.keys(inside),
  ]) {
    const { client } = await app.smart.clients.add({ ...details, jwksUri: `https://${host}:${port}/jwks` });
    const { status, body } = await ask(app, await assertion(app, client.id));
    assert.ok(status >= 400 && status < 500, `${host}: ${status}`);
    assert.equal(body['access_token'], undefined);
  }
  assert.equal(asked, 0);
});

test('what an administrator gives for a system must be whole and safe', async (t) => {
  const app = await smartApp(t);
  const { jwks: _, reach: __, ...bare } = system;
  const full = { ...bare, jwks, reach: system.reach! };
  const privateKeys = { keys: [{ ...(await exportJWK(es.privateKey)), kid: 'es' }] };
  for (const details of [
    { ...bare, reach: full.reach },
    { ...bare, jwks },
    { ...full, jwks: privateKeys },
    { ...full, jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } },
    { ...full, jwks: { keys: [] } },
    { ...full, jwksUri: 'https://keys.example/jwks' },
    { ...bare, reach: full.reach, jwksUri: 'http://keys.example/jwks' },
    { ...full, scopes: ['patient/*.rs'] },
    { ...full, scopes: ['system/Nothing.rs'] },
    { ...full, reach: { ...full.reach, whose: 'related' as const, parties: [] } },
    { ...full, proof: 'secret' as const },
    { ...full, name: ' ' },
  ])
    await assert.rejects(app.smart.clients.add(details), JSON.stringify(details).slice(0, 300));
});

test('a system sees of its reach what its scopes name, never who looked, choices or loose bundles', () => {
  const { grants } = sightOfReach({
    whose: 'related',
    parties: ['Organization/a'],
    use: 'secondary',
    restricted: false,
  });
  const types = new Set(grants.flatMap((grant) => grant.types));
  for (const type of ['AuditEvent', 'Consent', 'Group', 'Bundle', 'Parameters'])
    assert.ok(!types.has(type), type);
  for (const type of ['Patient', 'Observation', 'Organization', 'CodeSystem'])
    assert.ok(types.has(type), type);
  for (const grant of grants) {
    if (grant.of.kind === 'nobody') assert.deepEqual(grant.writes, []);
    else assert.deepEqual(grant.consent, { parties: ['Organization/a'], use: 'secondary' });
  }
});
