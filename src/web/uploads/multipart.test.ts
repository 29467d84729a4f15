import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { boundaryOf, multipartParts } from './multipart.ts';
import { sniffType } from './sniff-type.ts';

const boundary = '----abc';
async function* pieces(all: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    yield all.subarray(from, Math.max(from, cut));
    from = Math.max(from, cut);
  }
  yield all.subarray(from);
}
const written = (parts: readonly (readonly [string, Uint8Array])[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap(([name, content]) => [
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`),
      content,
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
const readAll = async (source: AsyncIterable<Buffer>, skip = false) => {
  const found: (readonly [string, string])[] = [];
  for await (const { name, content } of multipartParts(source, boundary)) {
    const got: Buffer[] = [];
    for await (const piece of content) {
      got.push(piece);
      if (skip) break;
    }
    found.push([name, Buffer.concat(got).toString('hex')]);
  }
  return found;
};

test('every part comes back whole, wherever the line cut the bytes and whatever they look like', async () => {
  const tricky = fc.constantFrom('\r\n', '--', `--${boundary}`, `\r\n--${boundary.slice(0, 4)}`, '\r', '-');
  const content = fc
    .array(
      fc.oneof(
        fc.uint8Array({ maxLength: 20 }),
        tricky.map((text) => Buffer.from(text)),
      ),
      { maxLength: 6 },
    )
    .map((parts) => Buffer.concat(parts))
    .filter((bytes) => !Buffer.concat([Buffer.from('\r\n'), bytes]).includes(`\r\n--${boundary}`));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'long-name'), content), { maxLength: 5 }),
      fc.array(fc.nat(300), { maxLength: 30 }),
      async (parts, cuts) => {
        const all = written(parts);
        const expected = parts.map(([name, bytes]) => [name, bytes.toString('hex')]);
        assert.deepEqual(await readAll(pieces(all, cuts)), expected);
        const names = (await readAll(pieces(all, cuts), true)).map(([name]) => name);
        assert.deepEqual(
          names,
          parts.map(([name]) => name),
        );
      },
    ),
    { numRuns: 150 },
  );
});

test('a body that is cut off, or is none, is refused', async () => {
  const whole = written([['a', Buffer.from('content')]]);
  for (let length = 0; length < whole.length - 4; length += 1)
    await assert.rejects(
      readAll(pieces(whole.subarray(0, length), [])),
      /did not come whole/,
      String(length),
    );
  await assert.rejects(readAll(pieces(Buffer.alloc(100_000, 'x'), [])), /did not come whole/);
});

test('the boundary is read as browsers and programs write it', () => {
  assert.equal(boundaryOf('multipart/form-data; boundary=----abc'), '----abc');
  assert.equal(boundaryOf('Multipart/Form-Data;charset=utf-8; boundary="a b"'), 'a b');
  assert.equal(boundaryOf('multipart/form-data'), undefined);
  assert.equal(boundaryOf(undefined), undefined);
});

test('files are known by their bytes', () => {
  const cases: readonly [string | undefined, Buffer][] = [
    ['application/pdf', Buffer.from('%PDF-1.4')],
    [undefined, Buffer.from('\0%PDF-1.4')],
    ['image/png', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
    ['application/dicom', Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')])],
    ['image/heic', Buffer.from('\0\0\0\x18ftypheic', 'latin1')],
    ['text/plain', Buffer.from('Grüße, نص')],
    ['text/plain', Buffer.from(`a${'é'.repeat(4000)}`).subarray(0, 4096)],
    [undefined, Buffer.from([0xff, 0xfe, 0x00])],
    [undefined, Buffer.from('MZ\x90\0\x03', 'latin1')],
    [undefined, Buffer.alloc(0)],
  ];
  for (const [type, bytes] of cases) assert.equal(sniffType(bytes), type);
});
