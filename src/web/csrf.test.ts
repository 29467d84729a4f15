import assert from 'node:assert/strict';
import test from 'node:test';
import { fastify } from 'fastify';
import { type CsrfOptions, refuseOtherSites } from './csrf.ts';

async function server(more: Partial<CsrfOptions> = {}) {
  const app = fastify();
  refuseOtherSites(app, { baseUrl: 'https://ours.example', openPaths: ['/oauth/token'], ...more });
  for (const path of ['/act', '/oauth/token', '/oauth/tokens'])
    for (const method of ['GET', 'POST', 'PUT', 'DELETE'])
      app.route({ method, url: path, handler: async () => 'done' });
  await app.ready();
  return app;
}
type Headers = Readonly<Record<string, string>>;

test('our own pages, and programs that are no browser, may change things', async () => {
  const app = await server();
  const fine: readonly Headers[] = [
    {},
    { 'sec-fetch-site': 'same-origin', origin: 'https://ours.example' },
    { origin: 'https://ours.example', host: 'inner:8080' },
    { origin: 'http://127.0.0.1:8080', host: '127.0.0.1:8080' },
    { 'sec-fetch-site': 'cross-site', origin: 'https://app.example', authorization: 'Bearer abc' },
  ];
  for (const headers of fine)
    assert.equal(
      (await app.inject({ method: 'POST', url: '/act', headers })).statusCode,
      200,
      JSON.stringify(headers),
    );
});

test('what another site makes a browser send is refused, also without cookies and with a name and password', async () => {
  const app = await server();
  const attacks: readonly Headers[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'https://other.ours.example' },
    { 'sec-fetch-site': 'cross-site', origin: 'https://ours.example' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'https://ours.example.evil.example' },
    { 'sec-fetch-site': 'cross-site', authorization: 'Basic YTpi' },
    { 'sec-fetch-site': 'cross-site', authorization: 'Bearer' },
  ];
  for (const headers of attacks)
    for (const method of ['POST', 'PUT', 'DELETE'] as const)
      assert.equal(
        (await app.inject({ method, url: '/act', headers })).statusCode,
        403,
        JSON.stringify(headers),
      );
});

test('reading is for all, and an open path alone is open', async () => {
  const app = await server();
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://app.example' };
  assert.equal((await app.inject({ method: 'GET', url: '/act', headers })).statusCode, 200);
  assert.equal((await app.inject({ method: 'POST', url: '/oauth/token?x=1', headers })).statusCode, 200);
  assert.equal((await app.inject({ method: 'POST', url: '/oauth/tokens', headers })).statusCode, 403);
});

test('where whoever reaches the server is trusted, it answers under its own name alone, in reading too', async () => {
  const app = await server({ ownNameAlone: true });
  const status = async (host: string, method: 'GET' | 'POST' = 'GET') =>
    (await app.inject({ method, url: '/act', headers: { host, origin: `http://${host}` } })).statusCode;
  for (const host of ['localhost:8080', '127.0.0.1', '[::1]:8080', 'ours.example', 'OURS.example'])
    assert.equal(await status(host), 200, host);
  for (const host of ['rebound.example:8080', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1'])
    for (const method of ['GET', 'POST'] as const) assert.equal(await status(host, method), 421, host);
  const open = await server();
  assert.equal((await open.inject({ url: '/act', headers: { host: '10.0.0.1:8080' } })).statusCode, 200);
});
