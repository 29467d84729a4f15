import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import test, { type TestContext } from 'node:test';
import fc from 'fast-check';
import { clearUnfinished, type FileStore, folderStore } from './files.ts';

async function store(t: TestContext): Promise<FileStore & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-files-'));
  t.after(() => rm(folder, { recursive: true }));
  return { ...(await folderStore(folder)), folder };
}

const hashOf = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

test('what is put comes back, whole and in any part', async (t) => {
  const files = await store(t);
  const parts = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(parts, fc.nat(400), fc.nat(400), async (chunks, a, b) => {
      const content = Buffer.concat(chunks);
      const stored = await files.put(Readable.from(chunks));
      assert.deepEqual(stored, { hash: hashOf(content), size: content.length });
      assert.deepEqual(await buffer(await files.open(stored.hash)), content);
      const [start, end] = [Math.min(a, b), Math.max(a, b)];
      if (start >= content.length) return;
      assert.deepEqual(
        await buffer(await files.open(stored.hash, { start, end })),
        content.subarray(start, end + 1),
      );
    }),
    { numRuns: 30 },
  );
  assert.deepEqual(await readdir(join(files.folder, 'incoming')), []);
});

test('the same content twice is one file', async (t) => {
  const files = await store(t);
  const content = Buffer.from('a letter');
  const [one, two] = await Promise.all([files.put(content), files.put(content)]);
  assert.deepEqual(one, two);
  assert.deepEqual(await files.stat(one.hash), one);
  assert.equal(await files.verify(one.hash), true);
});

test('a part outside the file is refused with its size', async (t) => {
  const files = await store(t);
  const { hash } = await files.put(Buffer.from('four'));
  await assert.rejects(files.open(hash, { start: 4, end: 9 }), { status: 416 });
});

test('an unknown file, or a name that is a path, is not found', async (t) => {
  const files = await store(t);
  for (const name of ['0'.repeat(64), '../../etc/passwd', '']) {
    await assert.rejects(files.open(name), { status: 404 });
    assert.equal(await files.stat(name), undefined);
  }
});

test('damage on disk is found', async (t) => {
  const files = await store(t);
  const { hash } = await files.put(Buffer.from('an image'));
  const path = join(files.folder, hash.slice(0, 2), hash.slice(2, 4), hash);
  await truncate(path, 3);
  assert.equal(await files.verify(hash), false);
  await files.put(Buffer.from('an image'));
  assert.equal(await files.verify(hash), true);
});

test('a source that breaks leaves no file', async (t) => {
  const files = await store(t);
  const breaking = async function* () {
    yield Buffer.from('half');
    throw new Error('the line broke');
  };
  await assert.rejects(files.put(breaking()), /the line broke/);
  assert.deepEqual(await readdir(files.folder), ['incoming']);
  assert.deepEqual(await readdir(join(files.folder, 'incoming')), []);
});

test('what a killed writer left is cleared after a day', async (t) => {
  const files = await store(t);
  const left = join(files.folder, 'incoming', 'left');
  await writeFile(left, 'half');
  await utimes(left, 1000, 1000);
  assert.equal(await clearUnfinished(files.folder, 1000_000 + 86_399_999), 0);
  assert.equal(await clearUnfinished(files.folder, 1000_000 + 86_400_000), 1);
});
