import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import test from 'node:test';
import { openSocket } from './database-socket.ts';

const message = (kind: string, content: Buffer): Buffer => {
  const head = Buffer.alloc(5);
  head.write(kind);
  head.writeUInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
};

/** Both ends of a connection. */
async function connected(t: test.TestContext): Promise<{ near: Socket; far: Socket }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  const near = openSocket('127.0.0.1', (server.address() as AddressInfo).port);
  const [far] = (await accepted) as [Socket];
  t.after(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return { near, far };
}

test('each event holds whole messages, however they are cut up on the way', async (t) => {
  const { near, far } = await connected(t);
  const sent = Array.from({ length: 300 }, (_, i) =>
    message('D', Buffer.alloc(i % 50 === 49 ? 700_000 + i : (i * 37) % 900, i)),
  );
  const stream = Buffer.concat(sent);
  const got: Buffer[] = [];
  const all = new Promise<void>((done) => {
    near.on('data', (chunk: Buffer) => {
      let at = 0;
      while (at < chunk.length) {
        const length = chunk.readUInt32BE(at + 1) + 1;
        assert.ok(at + length <= chunk.length, 'no message is cut');
        got.push(chunk.subarray(at, at + length));
        at += length;
      }
      if (got.length === sent.length) done();
    });
  });
  let at = 0;
  for (let size = 1; at < stream.length; size = (size * 7 + 3) % 65_537) {
    far.write(stream.subarray(at, at + size));
    at += size;
    if (size % 5 === 0) await new Promise(setImmediate);
  }
  await all;
  assert.ok(Buffer.concat(got).equals(stream), 'kept although the buffer was used again since');
});

test('a refused connection is told of as an error, then a close', async () => {
  const socket = openSocket('127.0.0.1', 1);
  socket.write('too early');
  const closed = once(socket, 'close').catch(() => {});
  const [error] = await once(socket, 'error').catch((failure: unknown) => [failure]);
  assert.equal((error as NodeJS.ErrnoException).code, 'ECONNREFUSED');
  await closed;
});
