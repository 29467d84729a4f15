import assert from 'node:assert/strict';
import { connect } from 'node:net';
import test from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { systemClock } from './clock.ts';
import { createServer, type HttpOptions, type HttpServer } from './http.ts';
import { uuidv7 } from './ids.ts';
import { createLog } from './log.ts';
import { problem } from './problem.ts';
import { nonceOf } from './security-headers.ts';

const newId = uuidv7(systemClock);

async function server(options: Partial<HttpOptions> = {}): Promise<HttpServer & { lines: string[] }> {
  const lines: string[] = [];
  const log = createLog({ level: 'info', to: { write: (line) => lines.push(line) } });
  const made = await createServer({ log, newId, bodyLimit: 1024 * 1024, ready: async () => [], ...options });
  return { ...made, lines };
}

test('a well-formed request id is kept, any other replaced', async () => {
  const { app } = await server();
  app.get('/x', (request, reply) => reply.send(request.id));
  const ask = (id: string) => app.inject({ url: '/x', headers: { 'x-request-id': id } });
  assert.equal((await ask('trace-0123456789')).headers['x-request-id'], 'trace-0123456789');
  assert.match((await ask('"\t"')).body, /^[0-9a-f-]{36}$/);
});

test('every answer carries a policy that admits nothing inline', async () => {
  const { app } = await server();
  for (const url of ['/health/live', '/nowhere', '/malformed/%zz']) {
    const { headers } = await app.inject(url);
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['strict-transport-security'], undefined);
  }
});

test('a page may admit its inline elements by a nonce that no other page has', async () => {
  const { app } = await server({ https: true });
  app.get('/page', (_request, reply) => reply.send(nonceOf(reply)));
  const [one, two] = [await app.inject('/page'), await app.inject('/page')];
  assert.ok(String(one.headers['content-security-policy']).includes(`script-src 'self' 'nonce-${one.body}'`));
  assert.match(String(one.headers['content-security-policy']), /upgrade-insecure-requests/);
  assert.notEqual(one.body, two.body);
});

test('what Fastify refuses comes as the right status, told in words', async () => {
  const { app } = await server({ bodyLimit: 100 });
  app.post('/x', (_request, reply) => reply.send('ok'));
  app.get('/y/:id', (_request, reply) => reply.send('ok'));
  const json = { 'content-type': 'application/json' };
  const cases = [
    {
      url: '/x',
      method: 'POST',
      headers: json,
      payload: `"${'x'.repeat(200)}"`,
      status: 413,
      kind: 'too-long',
    },
    {
      url: '/x',
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      payload: 'a',
      status: 415,
      kind: 'not-supported',
    },
    { url: '/x', method: 'POST', headers: json, payload: '{', status: 400, kind: 'structure' },
    { url: '/x', method: 'POST', headers: json, payload: '', status: 400, kind: 'required' },
    { url: '/y/%E0%A4%A', method: 'GET', status: 400, kind: 'structure' },
    { url: '/x', method: 'PUT', headers: json, payload: '1', status: 405, kind: 'not-supported' },
    { url: '/z', method: 'GET', status: 404, kind: 'not-found' },
  ] as const;
  for (const { status, kind, ...request } of cases) {
    const answer = await app.inject(request);
    assert.equal(answer.statusCode, status, request.url);
    assert.equal(answer.json().faults[0].kind, kind);
  }
  assert.equal((await app.inject({ url: '/x', method: 'PUT' })).headers['allow'], 'POST');
  assert.equal((await app.inject({ url: '/y/1', method: 'DELETE' })).headers['allow'], 'GET, HEAD');
});

test('a Problem keeps its status and headers; the renderer of the longest prefix tells it', async () => {
  const { app } = await server({
    renderers: [
      {
        prefix: '/',
        render: (found, _request, reply) => reply.type('text/html').send(`page: ${found.message}`),
      },
      { prefix: '/fhir', render: (found, _request, reply) => reply.send({ outcome: found.message }) },
    ],
  });
  const busy = () => {
    throw problem('transient', 'busy', { headers: { 'Retry-After': '2' } });
  };
  app.get('/fhir/Patient', busy);
  app.get('/fhirs', busy);
  const answer = await app.inject('/fhir/Patient?x=1');
  assert.equal(answer.statusCode, 503);
  assert.equal(answer.headers['retry-after'], '2');
  assert.deepEqual(answer.json(), { outcome: 'busy' });
  assert.equal((await app.inject('/fhirs')).body, 'page: busy');
  assert.deepEqual((await app.inject('/fhir/none')).json(), { outcome: 'There is nothing at this address.' });
});

test('an unknown error tells its id and nothing else, and the log tells where', async () => {
  const { app, lines } = await server();
  app.get('/x', async () => {
    throw new Error('patient Jones is odd');
  });
  const answer = await app.inject('/x?name=Jones');
  assert.equal(answer.statusCode, 500);
  assert.ok(!answer.body.includes('Jones') && !lines.join().includes('Jones'));
  assert.ok(answer.json().title.includes(answer.headers['x-request-id']));
  assert.ok(lines.join().includes(String(answer.headers['x-request-id'])));
  assert.match(lines.join(), /http\.test\.ts/);
});

test('a renderer that fails itself leaves a plain answer', async () => {
  const render = async () => {
    throw new Error('template');
  };
  const { app } = await server({ renderers: [{ prefix: '/', render }] });
  const answer = await app.inject('/nowhere');
  assert.equal(answer.statusCode, 404);
  assert.equal(answer.json().status, 404);
});

test('text over a kilobyte is compressed as the caller can read it, less is not', async () => {
  const { app } = await server();
  const long = JSON.stringify({ text: 'word '.repeat(1000) });
  app.get('/long', (_request, reply) => reply.type('application/fhir+json').send(long));
  app.get('/short', (_request, reply) => reply.type('application/json').send('{}'));
  app.get('/image', (_request, reply) => reply.type('image/png').send(Buffer.alloc(5000)));
  const ask = (url: string, encoding: string) =>
    app.inject({ url, headers: { 'accept-encoding': encoding } });
  assert.equal(brotliDecompressSync((await ask('/long', 'gzip, br')).rawPayload).toString(), long);
  assert.equal(gunzipSync((await ask('/long', 'gzip')).rawPayload).toString(), long);
  assert.equal((await ask('/long', 'identity')).body, long);
  assert.equal((await ask('/short', 'br')).headers['content-encoding'], undefined);
  assert.equal((await ask('/image', 'br')).headers['content-encoding'], undefined);
});

test('readiness tells what is missing', async () => {
  const { app } = await server({ ready: async () => ['the database does not answer'] });
  const answer = await app.inject('/health/ready');
  assert.equal(answer.statusCode, 503);
  assert.match(answer.body, /does not answer/);
  assert.equal((await app.inject('/health/live')).statusCode, 200);
});

test('metrics count requests by route, never by address, and keep to the token', async () => {
  const { app } = await server({ metricsToken: 'a-token' });
  app.get('/people/:id', (_request, reply) => reply.send('ok'));
  await app.inject('/people/9991234567?name=Jones');
  assert.equal((await app.inject('/metrics')).statusCode, 401);
  const { body } = await app.inject({ url: '/metrics', headers: { authorization: 'Bearer a-token' } });
  assert.match(
    body,
    /http_request_duration_seconds_count\{method="GET",route="\/people\/:id",status="200"\} 1/,
  );
  assert.match(body, /http_request_duration_seconds_bucket\{le="\+Inf",method="GET",route="\/people\/:id"/);
  assert.doesNotMatch(body, /9991234567|Jones/);
  assert.match(body, /process_resident_memory_bytes/);
});

test('closing lets a request in progress finish and takes no new one', async () => {
  const { app, listen, close } = await server();
  let finish = () => {};
  const held = new Promise<void>((done) => {
    finish = done;
  });
  let arrived = () => {};
  const inside = new Promise<void>((done) => {
    arrived = done;
  });
  app.get('/slow', async () => {
    arrived();
    await held;
    return 'finished';
  });
  const address = await listen('127.0.0.1', 0);
  const answer = fetch(`${address}/slow`);
  await inside;
  const closing = close();
  await assert.rejects(
    new Promise((done, fail) => {
      const probe = connect(Number(new URL(address).port), '127.0.0.1', () => done(undefined));
      probe.on('error', fail);
    }),
    { code: 'ECONNREFUSED' },
  );
  finish();
  assert.equal(await (await answer).text(), 'finished');
  await closing;
});

test('closing cuts off what takes too long', async () => {
  const { app, listen, close } = await server({ shutdownSeconds: 0 });
  let arrived = () => {};
  const inside = new Promise<void>((done) => {
    arrived = done;
  });
  app.get('/never', () => {
    arrived();
    return new Promise(() => {});
  });
  const address = await listen('127.0.0.1', 0);
  const answer = assert.rejects(fetch(`${address}/never`));
  await inside;
  await close();
  await answer;
});
