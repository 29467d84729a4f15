import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type TestContext } from 'node:test';
import { Problem } from './problem.ts';
import { isPublicAddress, publicFetch } from './public-fetch.ts';

const refused = (error: unknown) => error instanceof Problem && error.status === 422;
const failed = (error: unknown) => error instanceof Problem && error.status === 503;

/** A plain server on this machine, and a fetch that may reach it, and nothing else here. */
async function local(t: TestContext, listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo; // listening on a port
  return { port, allows: (address: string) => address === '127.0.0.1', schemes: ['http:'] };
}

test('addresses of the public internet are told from all others', () => {
  const own = [
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2001::1',
    'localhost',
    '',
  ];
  assert.deepEqual(own.filter(isPublicAddress), []);
  const others = ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450:4009::1'];
  assert.deepEqual(others.filter(isPublicAddress), others);
});

test('private and loopback addresses are refused however they are written', async () => {
  const get = publicFetch();
  for (const address of [
    'https://127.0.0.1/keys',
    'https://127.1/keys',
    'https://2130706433/keys',
    'https://0x7f.0.0.1/keys',
    'https://0177.0.0.1/keys',
    'https://[::1]/keys',
    'https://[::ffff:127.0.0.1]/keys',
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.1/keys',
    'https://user:secret@example.org/keys',
    'http://example.org/keys',
    'file:///etc/passwd',
    'ftp://example.org/',
    'not an address',
  ])
    await assert.rejects(get(address), refused, address);
});

test('a name that leads to a private address is refused, be there public ones beside it', async () => {
  for (const addresses of [
    ['10.0.0.5'],
    ['::1'],
    ['8.8.8.8', '127.0.0.1'],
    ['2606:4700::1', '169.254.169.254'],
    [],
  ])
    await assert.rejects(
      publicFetch({ resolve: async () => addresses })('https://keys.example/jwks'),
      refused,
      addresses.join(),
    );
});

test('the connection goes to the address that was checked, under the name that was asked', async (t) => {
  const { port, ...options } = await local(t, (request, answer) => answer.end(request.headers.host));
  let looked = 0;
  const resolve = async () => {
    looked += 1;
    return looked === 1 ? ['127.0.0.1'] : ['203.0.113.9']; // what a name told a second time would be
  };
  const answer = await publicFetch({ ...options, resolve })(`http://keys.example:${port}/jwks`);
  assert.equal(await answer.text(), `keys.example:${port}`);
  assert.equal(looked, 1);
});

test('a redirect is an answer like another: it is not followed', async (t) => {
  let asked = 0;
  const { port, ...options } = await local(t, (_request, answer) => {
    asked += 1;
    answer.writeHead(302, { location: 'http://127.0.0.1/elsewhere' }).end();
  });
  const answer = await publicFetch(options)(`http://127.0.0.1:${port}/`);
  assert.equal(answer.status, 302);
  assert.equal(asked, 1);
});

test('an answer that is too large or does not end is given up', async (t) => {
  const { port, ...options } = await local(t, (request, answer) => {
    answer.write('x'.repeat(2000));
    if (request.url === '/large') answer.end();
  });
  const get = publicFetch({ ...options, mostBytes: 1000, seconds: 5 });
  await assert.rejects(get(`http://127.0.0.1:${port}/large`), failed);
  const slow = publicFetch({ ...options, mostBytes: 10_000, seconds: 0.2 });
  await assert.rejects(slow(`http://127.0.0.1:${port}/endless`), failed);
});

test('a name that does not resolve in time is given up', async () => {
  const never = new Promise<never>(() => {});
  const get = publicFetch({ resolve: () => never, seconds: 0.1 });
  const keepAlive = setTimeout(() => {}, 5000); // the time limit alone does not keep the process
  await assert.rejects(get('https://keys.example/'), failed);
  clearTimeout(keepAlive);
});
