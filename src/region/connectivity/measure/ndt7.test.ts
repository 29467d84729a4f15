import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as ask, createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer as createLine } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { WebSocket as PlainSocket } from 'ws';
import {
  type Completed,
  npmClient,
  type ServerMeasurement,
  workerFiles,
} from '../../../../test/support/ndt7-client.ts';
import { createLog } from '../../../platform/log.ts';
import type { LineAccess } from './line-access.ts';
import { testLine } from './line-test.ts';
import { nextSize, pulsePath, pulseProtocol, sizes, subprotocol } from './ndt7-protocol.ts';
import { type Ndt7Limits, openNdt7 } from './ndt7-server.ts';
import type { SubtestResult } from './ndt7-subtests.ts';

const site: LineAccess = { site: 'a', by: 'token', mostBytes: undefined, keep: true };

/** An ndt7 server on a bare HTTP server; short tests and few bytes, which is all that is changed. */
async function server(
  t: TestContext,
  limits: Partial<Ndt7Limits> = {},
  accesses: Readonly<Record<string, LineAccess>> = { good: site },
) {
  const results: SubtestResult[] = [];
  let told: () => void = () => {};
  const ndt7 = openNdt7({
    log: createLog({ level: 'error' }),
    newId: () => `uuid-${results.length}`,
    accessOf: async (token) => accesses[token],
    finished: async (_access, result) => {
      results.push(result);
      told();
    },
    limits: { seconds: 1, most: 200, ...limits },
  });
  const http = createServer((_request, reply) => reply.end('as ever'));
  ndt7.attach(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  t.after(async () => {
    ndt7.close();
    http.closeAllConnections();
    http.close();
    await once(http, 'close');
  });
  const host = `127.0.0.1:${port}`;
  const finished = async (count: number) => {
    while (results.length < count)
      await new Promise<void>((done) => {
        told = done;
      });
  };
  return {
    ...{ host, port, results, ndt7, finished },
    plan: (token = 'good', seconds = limits.seconds ?? 1) => ({
      download: `ws://${host}/ndt/v7/download?access_token=${token}`,
      upload: `ws://${host}/ndt/v7/upload?access_token=${token}`,
      pulse: `ws://${host}/lines/pulse?access_token=${token}`,
      seconds,
    }),
  };
}

/** Status and body of an upgrade that was refused. */
function refused(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; text: string }> {
  return new Promise((done, failed) => {
    const sent = ask({
      ...{ port, host: '127.0.0.1', path },
      headers: {
        ...{ connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
        ...{ 'sec-websocket-key': 'DOdm+5/Cm3WwvhfcAlhJoQ==', 'sec-websocket-protocol': subprotocol },
        ...headers,
      },
    });
    sent.on('response', async (answer) => {
      let text = '';
      for await (const chunk of answer) text += chunk;
      done({ status: answer.statusCode ?? 0, text });
    });
    sent.on('upgrade', (_answer, socket) => {
      socket.destroy();
      failed(new Error('It was upgraded'));
    });
    sent.on('error', failed);
    sent.end();
  });
}

describe('the ndt7 server', () => {
  it('is measured both ways by the real npm client, given the server’s name and a token', async (t) => {
    const { host, results, finished } = await server(t);
    const said: { test: string; told: Completed }[] = [];
    const servers: ServerMeasurement[] = [];
    const faults: unknown[] = [];
    const code = await npmClient().test(
      {
        ...{ server: host, protocol: 'ws', mlabDataPolicyInapplicable: true, ...workerFiles },
        metadata: { client_name: 'test', access_token: 'good' },
      },
      {
        error: (error: never) => void faults.push(error),
        downloadComplete: (told: never) => void said.push({ test: 'download', told }),
        uploadComplete: (told: never) => void said.push({ test: 'upload', told }),
        downloadMeasurement: ({ Source, Data }: { Source: string; Data: ServerMeasurement }) => {
          if (Source === 'server') servers.push(Data);
        },
      } as Readonly<Record<string, (told: never) => void>>,
    );
    await finished(2);
    assert.equal(code, 0);
    assert.deepEqual(faults, []);
    assert.deepEqual(
      said.map(({ test }) => test),
      ['download', 'upload'],
    );
    const [down, up] = said;
    assert.ok((down?.told.LastClientMeasurement?.MeanClientMbps ?? 0) > 1);
    assert.ok((down?.told.LastServerMeasurement?.AppInfo.NumBytes ?? 0) > 0);
    assert.ok((up?.told.LastServerMeasurement?.AppInfo.NumBytes ?? 0) > 0);
    const first = servers[0];
    assert.equal(first?.Origin, 'server');
    assert.equal(first?.Test, 'download');
    assert.match(first?.ConnectionInfo?.Client ?? '', /^127\.0\.0\.1:\d+$/);
    assert.ok(Number.isInteger(first?.AppInfo.ElapsedTime));
    assert.deepEqual(
      results.map(({ test, cutShort }) => [test, cutShort]),
      [
        ['download', false],
        ['upload', false],
      ],
    );
    for (const { speed = 0, idle = -1 } of results) assert.ok(speed > 1 && speed < 400 && idle >= 0);
  });

  it('sends messages of the sizes that ndt7 allows, and says how it stands at most ten times a second', async (t) => {
    const { host } = await server(t);
    const socket = new PlainSocket(`ws://${host}/ndt/v7/download?access_token=good`, subprotocol, {
      perMessageDeflate: true,
    });
    const lengths: number[] = [];
    let [texts, total] = [0, 0];
    socket.on('message', (data, isBinary) => {
      if (!isBinary) texts += 1;
      else {
        lengths.push((data as Buffer).length);
        total += (data as Buffer).length;
      }
    });
    await once(socket, 'open');
    assert.equal(socket.extensions, '', 'compression is never agreed to');
    assert.equal(socket.protocol, subprotocol);
    const [closed] = (await once(socket, 'close')) as [number];
    assert.equal(closed, 1000);
    assert.equal(lengths[0], sizes.first);
    assert.ok(lengths.every((length) => length >= sizes.least && length <= sizes.most));
    assert.ok(lengths.every((length) => (length & (length - 1)) === 0));
    assert.ok(texts >= 1 && texts <= 10);
    assert.ok(total > 0);
  });

  it('doubles a message while it is at most a sixteenth of what was sent, and never beyond 2^20', () => {
    assert.equal(nextSize(2 ** 13, 2 ** 13 * 15), 2 ** 13);
    assert.equal(nextSize(2 ** 13, 2 ** 13 * 16), 2 ** 14);
    assert.equal(nextSize(2 ** 20, 2 ** 40), 2 ** 20);
  });

  it('refuses what is no ndt7 client, and says why', async (t) => {
    const { port } = await server(t);
    const path = '/ndt/v7/download?access_token=good';
    const without = await refused(port, path, { 'sec-websocket-protocol': 'chat' });
    assert.equal(without.status, 400);
    assert.match(without.text, /net\.measurementlab\.ndt\.v7/);
    assert.equal((await refused(port, `${path}&x=${'y'.repeat(4096)}`)).status, 414);
    assert.equal((await refused(port, '/ndt/v7/download')).status, 401);
    assert.equal((await refused(port, '/ndt/v7/upload?access_token=bad')).status, 401);
    assert.equal((await refused(port, path, { 'sec-websocket-version': '7' })).status, 400);
  });

  it('answers other requests that offer an upgrade as if they did not', async (t) => {
    const { port } = await server(t);
    const answer = await refused(port, '/anything', { upgrade: 'h2c' });
    assert.deepEqual(answer, { status: 200, text: 'as ever' });
  });

  it('runs no more tests at once than it may, and none twice as many of one site', async (t) => {
    const { port, host, ndt7, finished } = await server(
      t,
      { tests: 2, ofSite: 1 },
      {
        good: site,
        other: { ...site, site: 'b' },
        third: { ...site, site: 'c' },
      },
    );
    const open = async (token: string) => {
      const socket = new PlainSocket(`ws://${host}/ndt/v7/upload?access_token=${token}`, subprotocol);
      await once(socket, 'open');
    };
    await open('good');
    const same = await refused(port, '/ndt/v7/download?access_token=good');
    assert.equal(same.status, 503);
    await open('other');
    assert.equal((await refused(port, '/ndt/v7/download?access_token=third')).status, 503);
    assert.equal(ndt7.running(), 2);
    await finished(2);
    await open('third');
  });

  it('opens no more pulses of a site than its tests need, and hears no more than a test says', async (t) => {
    const { host } = await server(t, { tests: 2, ofSite: 1 });
    const open = () => new PlainSocket(`ws://${host}${pulsePath}?access_token=good`, pulseProtocol);
    const [first, second] = [open(), open()];
    await Promise.all([once(first, 'open'), once(second, 'open')]);
    const [error] = (await once(open(), 'error')) as [Error];
    assert.match(error.message, /503/);
    for (let i = 0; i < 30; i += 1) first.send('{"phase":"idle"}');
    await once(first, 'close');
    // Its place is free again, as soon as the server has seen it go.
    for (let tries = 0; ; tries += 1) {
      const again = open();
      const got = await Promise.race([
        once(again, 'open').then(() => true),
        once(again, 'error').then(() => false),
      ]);
      if (got) break;
      assert.ok(tries < 100);
    }
  });

  it('moves no more bytes than a metered line allows', async (t) => {
    const most = 100_000;
    const { plan, results, finished } = await server(t, {}, { good: { ...site, mostBytes: most } });
    const result = await testLine({ ...plan(), mostBytes: most }, { idleMs: 0 });
    await finished(2);
    assert.equal(results[0]?.bytes, most);
    assert.ok((results[1]?.bytes ?? 0) >= most && (results[1]?.bytes ?? 0) < most * 2);
    assert.equal(result.cutShort, false);
    assert.deepEqual(
      results.map(({ cutShort }) => cutShort),
      [false, false],
    );
  });

  it('says what came through of a line that is cut in mid-test, and frees its place', async (t) => {
    const { host, results, finished, ndt7 } = await server(t, { seconds: 10 });
    // A relay stands for the line, and is cut.
    const pairs: Socket[] = [];
    const line = createLine((near) => {
      const far = connect(Number(host.split(':')[1]), '127.0.0.1');
      near.pipe(far).pipe(near);
      for (const socket of [near, far]) {
        pairs.push(socket);
        socket.on('error', () => {});
      }
    });
    line.listen(0, '127.0.0.1');
    await once(line, 'listening');
    t.after(() => line.close());
    const { port } = line.address() as AddressInfo;
    const plan = {
      ...{ download: `ws://127.0.0.1:${port}/ndt/v7/download?access_token=good`, seconds: 10 },
      upload: `ws://127.0.0.1:${port}/ndt/v7/upload?access_token=good`,
      pulse: `ws://127.0.0.1:${port}/lines/pulse?access_token=good`,
    };
    const result = await testLine(plan, {
      idleMs: 300,
      tell: (phase, _share, speed) => {
        if (phase === 'download' && speed !== undefined) for (const socket of pairs) socket.destroy();
      },
    });
    await finished(1);
    assert.equal(result.cutShort, true);
    assert.ok((result.down ?? 0) > 0, 'what came through is told');
    assert.equal(result.up, undefined);
    assert.equal(result.loaded, undefined);
    assert.equal(results[0]?.cutShort, true);
    await new Promise((done) => setImmediate(done));
    assert.equal(ndt7.running(), 0);
  });
});

describe('a test of a line', () => {
  it('measures both ways, round trips on the free and on the busy line, and jitter', async (t) => {
    const { plan } = await server(t);
    const phases = new Set<string>();
    const result = await testLine(plan(), { idleMs: 400, tell: (phase) => void phases.add(phase) });
    assert.deepEqual([...phases], ['idle', 'download', 'upload']);
    assert.equal(result.cutShort, false);
    for (const value of [result.down, result.up]) assert.ok(value !== undefined && value > 1);
    for (const value of [result.idle, result.jitter, result.loaded])
      assert.ok(value !== undefined && value >= 0);
    assert.ok(result.bytes > 0);
  });

  it('answers that nothing was measured where there is no server', async () => {
    const nowhere = 'ws://127.0.0.1:1';
    const result = await testLine({
      ...{ download: `${nowhere}/d`, upload: `${nowhere}/u`, pulse: `${nowhere}/p`, seconds: 1 },
    });
    assert.deepEqual(result, { bytes: 0, cutShort: true });
  });
});
