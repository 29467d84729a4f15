import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type HttpResponse, responseParser } from './http-response.ts';

/** Feeds the text in the given pieces and answers what was parsed. */
function parse(text: string | Buffer, cuts: readonly number[] = [], keep = true): HttpResponse[] {
  const found: HttpResponse[] = [];
  const push = responseParser(
    (response) => found.push(response),
    () => keep,
  );
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  for (let n = 1; n < places.length; n += 1) {
    const piece = bytes.subarray(places[n - 1], places[n]);
    if (piece.length > 0) push(piece);
  }
  return found;
}

const bodiesOf = (found: readonly HttpResponse[]): (string | undefined)[] =>
  found.map((response) => response.body?.toString('utf8'));

const sized = (body: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

const inChunks = (pieces: readonly string[]): string =>
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${pieces
    .map((piece) => `${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`)
    .join('')}0\r\n\r\n`;

test('a body with a Content-Length is read to its length', () => {
  const [response] = parse(sized('grüße'));
  assert.equal(response?.status, 200);
  assert.equal(response?.bytes, 7);
  assert.equal(response?.body?.toString('utf8'), 'grüße');
  assert.equal(response?.keepAlive, true);
});

test('a chunked body is put together without its framing', () => {
  const [response] = parse(inChunks(['one ', 'two\r\n', 'three']));
  assert.equal(response?.body?.toString('utf8'), 'one two\r\nthree');
  assert.equal(response?.bytes, 14);
});

test('chunk extensions and trailers are read over', () => {
  const text =
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nExpires: never\r\n\r\n';
  assert.deepEqual(bodiesOf(parse(text + sized('next'))), ['abc', 'next']);
});

test('answers without a body end with their head, and an interim answer is not one', () => {
  const interim = 'HTTP/1.1 100 Continue\r\n\r\n';
  const none = 'HTTP/1.1 204 No Content\r\nETag: W/"1"\r\n\r\n';
  const found = parse(interim + none + sized('') + sized('x'));
  assert.deepEqual(
    found.map(({ status, bytes }) => [status, bytes]),
    [
      [204, 0],
      [200, 0],
      [200, 1],
    ],
  );
});

test('an announced end of the connection is told', () => {
  const [response] = parse('HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno');
  assert.equal(response?.status, 503);
  assert.equal(response?.keepAlive, false);
});

test('a body is only kept where it was asked for, and counted all the same', () => {
  const [response] = parse(sized('abcdef'), [], false);
  assert.equal(response?.body, undefined);
  assert.equal(response?.bytes, 6);
});

test('what is not HTTP, has no length or no chunk size is refused', () => {
  assert.throws(() => parse('SSH-2.0-OpenSSH\r\n\r\n'), /not an HTTP/);
  assert.throws(() => parse('HTTP/1.1 200 OK\r\n\r\nbody'), /neither/);
  assert.throws(() => parse('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'), /chunk size/);
});

test('however the bytes are cut, the same answers come out', () => {
  const response = fc.oneof(
    fc.string({ unit: 'binary' }).map((body) => ({ wire: sized(body), body })),
    fc
      .array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 1, maxLength: 4 })
      .map((pieces) => ({ wire: inChunks(pieces), body: pieces.join('') })),
  );
  fc.assert(
    fc.property(fc.array(response, { minLength: 1, maxLength: 4 }), fc.array(fc.nat(600)), (all, cuts) => {
      const bytes = Buffer.from(all.map(({ wire }) => wire).join(''));
      const found = parse(
        bytes,
        cuts.filter((cut) => cut < bytes.length),
      );
      assert.deepEqual(
        bodiesOf(found),
        all.map(({ body }) => Buffer.from(body).toString('utf8')),
      );
    }),
  );
});
