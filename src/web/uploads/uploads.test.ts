import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { createServer as createTcp, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { Upload } from 'tus-js-client';
import { testDatabase } from '../../../test/support/database.ts';
import type { Ending } from '../../../test/support/ending.ts';
import { freePort } from '../../../test/support/free-port.ts';
import { type UploadApp, uploadApp } from '../../../test/support/upload-app.ts';
import type { Database } from '../../platform/database.ts';
import { folderStore } from '../../platform/files.ts';
import { migrate } from '../../platform/migrations.ts';
import { webMigrations } from '../schema.ts';
import { clamdScanner, type Scanner } from './scanner.ts';

const hour = 3_600_000;
const pdf = (bytes: number): Buffer => {
  const content = Buffer.alloc(bytes, 'Dear doctor. ');
  content.write('%PDF-1.7\n');
  return content;
};
const sha = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

describe('uploads', () => {
  const endings: (() => Promise<void>)[] = [];
  const ending: Ending = { after: (work) => void endings.push(work) };
  const folder = mkdtempSync(join(tmpdir(), 'throughline-uploads-'));
  const time = { now: Date.now() };
  let scan: Scanner['scan'] = async (content) => {
    content.destroy();
    return { clean: true };
  };
  let database: Database;
  let app: UploadApp;
  let base: string;
  before(async () => {
    database = await testDatabase(ending, { pool: 6 });
    await migrate(database, webMigrations);
    const scanner: Scanner = { name: 'test', scan: (content) => scan(content) };
    app = await uploadApp(database, folder, { clock: { now: () => time.now }, scanner });
    base = await app.server.listen('127.0.0.1', 0);
  });
  after(async () => {
    await app?.server.close();
    for (const work of endings.reverse()) await work();
    rmSync(folder, { recursive: true, force: true });
  });

  /** By the reference client of the protocol. Answers the upload's id. */
  const sendBy = (
    content: Buffer,
    {
      who = 'ann',
      at = base,
      url,
      cutAt,
      name = 'letter.pdf',
      purpose = 'letter',
      retry = [] as number[],
    }: {
      who?: string;
      at?: string;
      url?: string;
      cutAt?: number;
      name?: string;
      purpose?: string;
      retry?: number[];
    } = {},
  ): Promise<{ url: string; status: 'whole' | 'cut' }> =>
    new Promise((done, failed) => {
      const upload = new Upload(content, {
        ...{ endpoint: `${at}/uploads`, chunkSize: 100_000, retryDelays: retry, headers: { 'x-who': who } },
        metadata: { filename: name, purpose },
        ...(url === undefined ? {} : { uploadUrl: url }),
        onChunkComplete: (_size, accepted) => {
          if (cutAt === undefined || accepted < cutAt) return;
          void upload.abort();
          done({ url: upload.url ?? '', status: 'cut' });
        },
        onSuccess: () => done({ url: upload.url ?? '', status: 'whole' }),
        onError: failed,
      });
      upload.start();
    });
  const idOf = ({ url }: { url: string }): string => url.split('/').at(-1) ?? '';
  const ask = (method: string, url: string, headers: Record<string, string> = {}, body?: Buffer) =>
    fetch(new URL(url, base), {
      method,
      headers: { 'x-who': 'ann', 'tus-resumable': '1.0.0', ...headers },
      ...(body ? { body } : {}),
    });

  it('come in pieces, are cut in the middle, and go on where they were', async () => {
    const content = pdf(1_000_000);
    const cut = await sendBy(content, { cutAt: 400_000 });
    assert.equal(cut.status, 'cut');
    const head = await ask('HEAD', cut.url);
    assert.ok(Number(head.headers.get('upload-offset')) >= 400_000);
    const whole = await sendBy(content, { url: cut.url });
    assert.equal(whole.url, cut.url);
    const taken = await app.uploads.take('ann', idOf(whole), 'letter');
    assert.deepEqual(taken, {
      hash: sha(content),
      size: 1_000_000,
      type: 'application/pdf',
      name: 'letter.pdf',
    });
    assert.deepEqual(await app.uploads.take('ann', idOf(whole), 'letter'), taken);
    assert.equal(await (await folderStore(folder)).verify(taken.hash), true);
    await app.uploads.forget('ann', idOf(whole));
    await assert.rejects(app.uploads.take('ann', idOf(whole), 'letter'), /no such file/);
  });

  it('are their sender’s alone: to go on with, to look at, to drop, to use', async () => {
    const content = pdf(300_000);
    const { url } = await sendBy(content, { cutAt: 100_000 });
    const id = url.split('/').at(-1) ?? '';
    const piece = { 'upload-offset': '200000', 'content-type': 'application/offset+octet-stream' };
    for (const who of ['bob', 'ann2']) {
      assert.equal(
        (await ask('PATCH', url, { 'x-who': who, ...piece }, content.subarray(200_000))).status,
        404,
      );
      assert.equal((await ask('HEAD', url, { 'x-who': who })).status, 404);
      assert.equal((await ask('DELETE', url, { 'x-who': who })).status, 404);
      assert.equal((await ask('GET', `/uploads/${id}/state`, { 'x-who': who })).status, 404);
      await assert.rejects(app.uploads.take(who, id, 'letter'), /no such file/);
    }
    const nobody = await fetch(new URL(url, base), { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } });
    assert.equal(nobody.status, 401);
    for (const strange of ['../../etc/passwd', '%2e%2e%2fx', randomUUID(), 'x'])
      assert.equal((await ask('HEAD', `/uploads/${strange}`)).status, 404, strange);
    await assert.rejects(app.uploads.take('ann', id, 'letter'), /not whole yet/);
    assert.equal((await ask('DELETE', url)).status, 204);
    assert.equal((await ask('HEAD', url)).status, 404);
  });

  it('are refused by their content, whatever their name says, and by their size and purpose', async () => {
    const program = Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0]), Buffer.alloc(5000)]);
    await assert.rejects(sendBy(program, { name: 'letter.pdf' }), /must be a PDF or a text/);
    await assert.rejects(sendBy(pdf(1000), { purpose: 'other' }), /No form takes files/);
    await assert.rejects(sendBy(Buffer.alloc(0)), /empty/);
    const large = await ask('POST', '/uploads', {
      'upload-length': '20000001',
      'upload-metadata': `purpose ${Buffer.from('letter').toString('base64')}`,
    });
    assert.deepEqual([large.status, await large.text()], [413, 'The file must be smaller than 19.1 MB\n']);
    const { url } = await sendBy(pdf(200_000), { cutAt: 100_000 });
    const past = await ask(
      'PATCH',
      url,
      { 'upload-offset': '100000', 'content-type': 'application/offset+octet-stream' },
      pdf(200_000),
    );
    assert.equal(past.status, 413);
    const hole = await ask(
      'PATCH',
      url,
      { 'upload-offset': '150000', 'content-type': 'application/offset+octet-stream' },
      pdf(10),
    );
    assert.equal(hole.status, 409);
  });

  it('cannot be read until they are found clean, and never when they are not', async () => {
    const content = pdf(50_000);
    const seen: Buffer[] = [];
    scan = async (stream) => {
      for await (const part of stream) seen.push(Buffer.from(part as Uint8Array));
      return { clean: false, what: 'Eicar-Test-Signature' };
    };
    await assert.rejects(sendBy(content), /contains a virus/);
    assert.equal(sha(Buffer.concat(seen)), sha(content));
    const before =
      await database.pool`select id, reason from upload where state = 'refused' and reason like '%virus%'`;
    await assert.rejects(app.uploads.take('ann', String(before[0]?.['id']), 'letter'), /contains a virus/);
    assert.equal(readdirSync(join(folder, 'incoming')).includes(`upload-${before[0]?.['id']}`), false);

    const silent = clamdScanner(`tcp://127.0.0.1:${await freePort()}`);
    scan = silent.scan;
    const waiting = await sendBy(content);
    await assert.rejects(app.uploads.take('ann', idOf(waiting), 'letter'), /still being checked/);
    scan = async (stream) => {
      stream.destroy();
      return { clean: true };
    };
    await app.uploads.clear(); // each hour
    assert.equal((await app.uploads.take('ann', idOf(waiting), 'letter')).hash, sha(content));
  });

  it('wait for another writer to stop: two at once never mix their bytes', async () => {
    const content = pdf(400_000);
    const { url } = await sendBy(content, { cutAt: 100_000 });
    const head = await ask('HEAD', url);
    const offset = Number(head.headers.get('upload-offset'));
    const piece = () =>
      ask(
        'PATCH',
        url,
        { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
        content.subarray(offset),
      ).then(({ status }) => status);
    const statuses = (await Promise.all([piece(), piece(), piece()])).sort();
    assert.deepEqual(statuses, [204, 409, 409]);
    assert.equal((await app.uploads.take('ann', idOf({ url }), 'letter')).hash, sha(content));
  });

  it('go on after the server was killed in the middle', async () => {
    const port = await freePort();
    const started = async () => {
      const child = spawn(
        process.execPath,
        [join(import.meta.dirname, '../../../test/support/upload-app.ts')],
        {
          env: {
            ...process.env,
            UPLOAD_DATABASE: database.url,
            UPLOAD_FOLDER: folder,
            UPLOAD_PORT: String(port),
          },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      await once(child.stdout, 'data');
      return child;
    };
    const at = `http://127.0.0.1:${port}`;
    const content = pdf(5_000_000);
    const first = await started();
    const sent = sendBy(content, { at, retry: Array.from({ length: 40 }, () => 250) });
    for (let bytes = 0; bytes < 1_000_000; ) {
      const [row] = await database.pool`select id from upload where size = 5000000`;
      const state = row && (await app.uploads.find('ann', String(row['id'])));
      bytes = state?.offset ?? 0;
    }
    first.kill('SIGKILL');
    await once(first, 'exit');
    const second = await started();
    try {
      assert.equal((await app.uploads.take('ann', idOf(await sent), 'letter')).hash, sha(content));
    } finally {
      second.kill('SIGKILL');
      await once(second, 'exit');
    }
  });

  it('are looked at although the process died between the last byte and the look', async () => {
    const content = pdf(1000);
    const { id } = await app.uploads.begin('ann', { purpose: 'letter', name: 'a.pdf', size: 1000 });
    await app.uploads.write(id, 0, Readable.from([content]));
    assert.equal((await ask('HEAD', `/uploads/${id}`)).headers.get('upload-offset'), '1000');
    assert.equal((await app.uploads.find('ann', id))?.state, 'clean');
  });

  it('are cut off where more comes than was said, or no end', async () => {
    const content = pdf(5000);
    const { id } = await app.uploads.begin('ann', { purpose: 'letter', name: 'a.pdf', size: 1000 });
    const answer = await fetch(`${base}/uploads/${id}`, {
      ...{ method: 'PATCH', body: ReadableStream.from([content]), duplex: 'half' },
      headers: {
        ...{ 'x-who': 'ann', 'tus-resumable': '1.0.0', 'upload-offset': '0' },
        'content-type': 'application/offset+octet-stream',
      },
    });
    assert.equal(answer.status, 413);
    const state = await app.uploads.find('ann', id);
    assert.ok(state && state.offset <= 1000 && state.state === 'receiving');

    let sent = 0;
    async function* endless() {
      yield Buffer.from(
        '--b\r\nContent-Disposition: form-data; name="letter-file"; filename="a.pdf"\r\n\r\n%PDF-1.4\n',
      );
      for (const piece = Buffer.alloc(1_000_000, 'a'); sent < 300; sent += 1) yield piece;
    }
    await fetch(`${base}/letters/new`, {
      ...{ method: 'POST', body: ReadableStream.from(endless()), duplex: 'half' },
      headers: { 'x-who': 'ann', 'content-type': 'multipart/form-data; boundary=b' },
    }).catch(() => {}); // the server may close before it has said why
    assert.ok(sent < 150, `${sent} MB were taken in`);
  });

  it('come with a form where there is no script, and a form that is wrong keeps its file', async () => {
    const send = async (fields: Record<string, string | Blob>) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(fields))
        if (typeof value === 'string') body.append(name, value);
        else body.append(name, value, value instanceof File ? value.name : 'my “letter”.pdf');
      return fetch(`${base}/letters/new`, {
        ...{ method: 'POST', body, redirect: 'manual' as const, headers: { 'x-who': 'ann' } },
      });
    };
    const content = pdf(300_000);
    const file = new Blob([new Uint8Array(content)]);
    const wrong = await send({ 'letter-file': file, letter: '', about: '' });
    const text = await wrong.text();
    assert.equal(wrong.status, 422);
    assert.match(text, /Enter what it is about/);
    assert.match(text, /Chosen already: <bdi>my “letter”.pdf/);
    const id = /name="letter" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const right = await send({ letter: id, about: 'My hip', 'letter-file': new File([], '') });
    assert.match(String(right.headers.get('location')), new RegExp(`^/letters/${sha(content)}`));

    const none = await send({ about: 'x', 'letter-file': new File([], '') });
    assert.match(await none.text(), /Choose a letter/);
    const bad = await send({ about: 'x', 'letter-file': new Blob([new Uint8Array([0, 1, 2, 3])]) });
    assert.match(await bad.text(), /must be a PDF or a text/);
    const large = await send({ about: 'x', 'letter-file': new Blob([new Uint8Array(pdf(20_000_100))]) });
    assert.match(await large.text(), /must be smaller than 19.1 MB/);
    assert.equal(
      (
        await fetch(`${base}/letters/new`, {
          method: 'POST',
          headers: { 'x-who': 'ann', 'content-type': 'multipart/form-data' },
          body: 'x',
        })
      ).status,
      400,
    );
  });

  it('are dropped a day after they began, with their bytes', async () => {
    const { url } = await sendBy(pdf(200_000), { cutAt: 100_000 });
    const old = join(folder, 'incoming', `upload-${idOf({ url })}`);
    time.now += 25 * hour;
    assert.equal((await ask('HEAD', url)).status, 404);
    utimesSync(old, 0, 0);
    await app.uploads.clear();
    assert.deepEqual(readdirSync(join(folder, 'incoming')), []);
    const [left] = await database.pool`select count(*)::int as n from upload`;
    assert.equal(left?.['n'], 0);
  });
});

/** A daemon that speaks INSTREAM as clamd does, for one file at a time. */
async function daemon(answer: (content: Buffer) => string): Promise<{ address: string; server: Server }> {
  const server = createTcp((socket) => {
    let held = Buffer.alloc(0);
    const content: Buffer[] = [];
    let greeted = false;
    socket.on('data', (data) => {
      held = Buffer.concat([held, data as Buffer]); // no encoding was set
      if (!greeted && held.length >= 10) {
        assert.equal(held.subarray(0, 10).toString(), 'zINSTREAM\0');
        held = held.subarray(10);
        greeted = true;
      }
      while (greeted && held.length >= 4 && held.length >= 4 + held.readUInt32BE(0)) {
        const length = held.readUInt32BE(0);
        if (length === 0) return void socket.end(`${answer(Buffer.concat(content))}\0`);
        content.push(held.subarray(4, 4 + length));
        held = held.subarray(4 + length);
      }
      return undefined;
    });
    socket.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { address: `tcp://127.0.0.1:${port}`, server };
}

describe('the scanner by clamd', () => {
  it('sends the whole file and believes what the daemon finds, and nothing else', async () => {
    const content = pdf(300_000);
    for (const [says, expected] of [
      ['stream: OK', { clean: true }],
      ['stream: Eicar-Test-Signature FOUND', { clean: false, what: 'Eicar-Test-Signature' }],
      ['INSTREAM size limit exceeded. ERROR', undefined],
      ['', undefined],
    ] as const) {
      let seen = '';
      const { address, server } = await daemon((all) => {
        seen = sha(all);
        return says;
      });
      const found = clamdScanner(address, 2000).scan(
        Readable.from([content.subarray(0, 100), content.subarray(100)]),
      );
      if (expected) assert.deepEqual(await found, expected);
      else await assert.rejects(found, /virus/);
      assert.equal(seen, sha(content));
      server.close();
    }
  });
});
