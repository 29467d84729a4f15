import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { bunzip } from './bzip2.ts';

/** `Hello, record.\n` as bzip2 1.0.8 packs it. */
const hello = Buffer.from(
  'QlpoOTFBWSZTWeIYTs8AAAJVgAAQQAUAQA4EkAAgACIGg00IBppoA7aKYymWrxdyRThQkOIYTs8=',
  'base64',
);
/** Nothing, packed. */
const nothing = Buffer.from('QlpoORdyRThQkAAAAAA=', 'base64');

async function unpack(pieces: Iterable<Uint8Array>): Promise<Buffer> {
  const out: Buffer[] = [];
  for await (const piece of bunzip(pieces)) out.push(piece);
  return Buffer.concat(out);
}

/** The bytes in pieces of this size. */
function cut(bytes: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}

test('a small stream unpacks, in pieces of any size', async () => {
  for (const size of [1, 2, 7, 1000])
    assert.equal((await unpack(cut(hello, size))).toString('utf8'), 'Hello, record.\n');
});

test('streams one after the other unpack to one text, empty ones too', async () => {
  const several = Buffer.concat([hello, nothing, hello]);
  assert.equal((await unpack([several])).toString('utf8'), 'Hello, record.\nHello, record.\n');
  assert.equal((await unpack([nothing])).length, 0);
});

test('blocks that begin within a byte are cut out whole', async () => {
  const packed = readFileSync(join(import.meta.dirname, 'numbers.bz2'));
  const numbers = `${Array.from({ length: 30_000 }, (_, i) => i + 1).join('\n')}\n`;
  for (const size of [1000, 65_536, packed.length])
    assert.ok((await unpack(cut(packed, size))).equals(Buffer.from(numbers)), `pieces of ${size}`);
});

test('a stream that is cut off is refused', async () => {
  for (let length = 1; length < hello.length; length += 1)
    await assert.rejects(unpack([hello.subarray(0, length)]), /not whole/, `${length} bytes`);
});

test('a changed byte is refused, or changes nothing that the stream says', async () => {
  let refused = 0;
  for (let at = 4; at < hello.length - 1; at += 1) {
    const changed = Buffer.from(hello);
    changed[at] = changed[at]! ^ 0x18;
    try {
      assert.equal((await unpack([changed])).toString('utf8'), 'Hello, record.\n', `byte ${at}`);
    } catch (error) {
      assert.match(String(error), /not whole/, `byte ${at}`);
      refused += 1;
    }
  }
  assert.ok(refused > 40, `${refused} of ${hello.length}`);
});
