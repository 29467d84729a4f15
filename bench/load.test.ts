import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runRound } from './load.ts';
import type { LoadRequest } from './load-request.ts';
import type { Round } from './summary.ts';

/** Runs a short round of the requests against a server that answers so. */
async function round(
  t: TestContext,
  requests: readonly LoadRequest[],
  listener: RequestListener,
): Promise<Round> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  const folder = mkdtempSync(join(tmpdir(), 'load-'));
  t.after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  await new Promise((done) => server.once('listening', done));
  const file = join(folder, 'requests.jsonl');
  writeFileSync(file, requests.map((request) => JSON.stringify(request)).join('\n'));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return runRound({ host: '127.0.0.1', port, requests: file, connections: 3, warmUp: 0, seconds: 0.1 });
}

const ask = (expect: LoadRequest['expect'], more: Partial<LoadRequest> = {}): LoadRequest => ({
  method: 'GET',
  path: '/thing?a=1',
  expect,
  ...more,
});

test('good answers are counted, with method, path and body as given', async (t) => {
  const seen = new Set<string>();
  const requests = [ask({ status: 200 }), ask({ status: 200 }, { method: 'POST', body: '{"é":1}' })];
  const found = await round(t, requests, (request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => {
      body += piece;
    });
    request.on('end', () => {
      seen.add(`${request.method} ${request.url} ${body}`);
      response.end('fine');
    });
  });
  assert.deepEqual([...seen].sort(), ['GET /thing?a=1 ', 'POST /thing?a=1 {"é":1}']);
  assert.equal(found.errors, 0);
  assert.ok(found.requests > 0);
  assert.equal(found.bytes, found.requests * 4);
});

test('another status is an error and the first one is told', async (t) => {
  const found = await round(t, [ask({ status: 200 })], (_request, response) => {
    response.statusCode = 500;
    response.end('broken');
  });
  assert.equal(found.errors, found.requests);
  assert.match(String(found.firstError), /GET \/thing\?a=1: status 500 instead of 200/);
});

test('an empty answer, one without the text asked for and one with too few entries are errors', async (t) => {
  const bundle = JSON.stringify({
    resourceType: 'Bundle',
    entry: [{ resource: { id: 'a' } }, { resource: { id: 'b' }, search: { mode: 'outcome' } }],
  });
  const empty = await round(t, [ask({ status: 200 })], (_request, response) => response.end());
  assert.match(String(empty.firstError), /empty/);
  const other = await round(t, [ask({ status: 200, contains: 'wanted' })], (_request, response) =>
    response.end('x'),
  );
  assert.match(String(other.firstError), /does not hold wanted/);
  const few = await round(t, [ask({ status: 200, entries: 2 })], (_request, response) =>
    response.end(bundle),
  );
  assert.match(String(few.firstError), /1 entries, at least 2/);
});

test('a connection that the server cuts is an error, and is made again', async (t) => {
  let seen = 0;
  const found = await round(t, [ask({ status: 200 })], (request, response) => {
    seen += 1;
    if (seen % 2 === 0) request.socket.destroy();
    else response.end('fine');
  });
  assert.ok(found.errors > 0);
  assert.ok(found.requests > found.errors);
  assert.match(String(found.firstError), /closed|ECONNRESET/);
});

test('a connection that the server ends after its answer is made again without an error', async (t) => {
  const found = await round(t, [ask({ status: 200 })], (_request, response) => {
    response.setHeader('Connection', 'close');
    response.end('fine');
  });
  assert.equal(found.errors, 0);
  assert.ok(found.requests > 3);
});
