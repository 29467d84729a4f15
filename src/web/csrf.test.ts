import assert from 'node:assert/strict';
import test from 'node:test';
import { fastify } from 'fastify';
import { refuseOtherSites } from './csrf.ts';

async function server() {
  const app = fastify();
  refuseOtherSites(app, { baseUrl: 'https://ours.example', openPaths: ['/oauth/token'] });
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
