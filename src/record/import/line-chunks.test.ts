import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type LineChunk, lineChunks } from './line-chunks.ts';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function chunksOf(
  text: string,
  { size = 1000, lines = 3, bytes = 1000, done = [] as number[] } = {},
): Promise<LineChunk[]> {
  const found: LineChunk[] = [];
  for await (const chunk of lineChunks(pieces(Buffer.from(text), size), {
    lines,
    bytes,
    skip: (line) => done.includes(line),
  }))
    found.push(chunk);
  return found;
}

const textOf = (chunk: LineChunk): string => Buffer.from(chunk.bytes).toString('utf8');

test('the chunks of a file hold all its lines that are not done, in order and numbered, whatever the pieces', async () => {
  const line = fc.string({ maxLength: 20 }).map((text) => text.replaceAll('\n', ' '));
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 30 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 10 }),
      fc.boolean(),
      async (lines, size, perChunk, done, ended) => {
        const text = lines.join('\n') + (ended && lines.length > 0 ? '\n' : '');
        const expected = text.split('\n');
        if (expected.at(-1) === '') expected.pop();
        const chunks = await chunksOf(text, { size, lines: perChunk, bytes: 60, done });
        const found = chunks.flatMap((chunk) => {
          const own = textOf(chunk).split('\n');
          if (own.at(-1) === '') own.pop();
          assert.equal(own.length, chunk.last - chunk.first + 1);
          return own.map((each, i) => [chunk.first + i, each] as const);
        });
        const wanted = expected.flatMap((each, i) => (done.includes(i + 1) ? [] : [[i + 1, each] as const]));
        assert.deepEqual(found, wanted);
      },
    ),
  );
});

test('a chunk names the resources of its lines, however their members are ordered', async () => {
  const [chunk] = await chunksOf(
    '{"resourceType":"Patient","id":"a"}\n{"id":"b","resourceType":"Patient"}\n{"resourceType":"Bundle"}\n',
  );
  assert.deepEqual(chunk?.names, ['Patient/a', 'Patient/b']);
});

test('lines that came whole before a source breaks are given out first', async () => {
  async function* breaking(): AsyncGenerator<Buffer> {
    yield Buffer.from('one\ntwo\nthr');
    throw new Error('broken');
  }
  const found: string[] = [];
  await assert.rejects(async () => {
    for await (const chunk of lineChunks(breaking(), { lines: 10, bytes: 1000, skip: () => false }))
      found.push(textOf(chunk));
  }, /broken/);
  assert.deepEqual(found, ['one\ntwo\n']);
});
