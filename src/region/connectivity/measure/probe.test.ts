import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { measuredLines } from '../../../../test/support/measured-lines.ts';
import { seededRandom } from '../../../platform/random.ts';
import { type Corrected, correctedStart } from './arrivals.ts';
import { openProbe, untilNext } from './probe.ts';
import { type Moment, openProbeFolder } from './probe-folder.ts';
import { isOpen, mayTest, meterOf } from './test-times.ts';

const minute = 60_000;
const hour = 60 * minute;

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-probe-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A probe on a clock that can be set wrong, of a machine that runs on. */
function probeOf(t: TestContext, server: string, token: string, path = folderOf(t), wrongBy = 0) {
  let ticks = 1_000_000;
  let wall = Date.parse('2026-11-16T12:00:00Z') + wrongBy;
  const said: string[] = [];
  const moments = (): Moment => ({ wall, run: 'boot', ticks });
  const folder = openProbeFolder(path);
  const probe = openProbe({
    ...{ server, token, site: 'a', folder, moments, random: () => 0.5 },
    ...{ tell: (line: string) => void said.push(line), signal: AbortSignal.timeout(60_000) },
  });
  return {
    ...{ probe, folder, said, path },
    pass: (ms: number) => {
      ticks += ms;
      wall += ms;
    },
    setClock: (by: number) => {
      wall += by;
    },
  };
}

describe('what came late or by a wrong clock', () => {
  const now = Date.parse('2026-11-16T12:00:00Z');
  const cases: [string, Parameters<typeof correctedStart>, Corrected][] = [
    ['in time', [{ started: now - 1000 }, now, now], { started: now - 1000, wrong: false }],
    [
      'late, by a right clock',
      [{ started: now - 5 * hour }, now, now],
      { started: now - 5 * hour, wrong: false },
    ],
    [
      'a clock two hours ahead',
      [{ started: now + hour }, now + 2 * hour, now],
      { started: now - hour, wrong: true },
    ],
    [
      'a clock a little ahead',
      [{ started: now + minute }, now + minute, now],
      { started: now, wrong: false },
    ],
    [
      'a clock put right since, by the ticks of the machine',
      [{ started: now - 9 * hour, age: 5 * hour }, now, now],
      { started: now - 5 * hour, wrong: true },
    ],
    ['a clock that was never set', [{ started: 1000 }, undefined, now], { started: now, wrong: true }],
    ['from the future', [{ started: now + hour }, undefined, now], { started: now, wrong: true }],
  ];
  for (const [name, asked, expected] of cases)
    it(`is put where it belongs: ${name}`, () => assert.deepEqual(correctedStart(...asked), expected));
});

describe('when a test may run', () => {
  const open = [{ day: 0, from: 480, until: 1110 }];
  const ask = (more: Partial<Parameters<typeof mayTest>[0]> = {}) =>
    mayTest({ rule: 'quiet', open: true, diary: async () => 'free' as const, capacity: true, ...more });

  it('is never while a clinic is on the line, or may be', async () => {
    assert.equal((await ask({ diary: async () => 'busy' })).go, false);
    assert.equal((await ask({ diary: async () => 'unknown' })).go, false);
    assert.equal((await ask()).go, true);
    assert.equal((await ask({ open: false, diary: async () => 'busy' })).go, true);
    assert.equal((await ask({ rule: 'closed' })).go, false);
    assert.equal((await ask({ rule: 'any', diary: async () => 'busy' })).go, true);
    assert.equal((await ask({ rule: 'any', capacity: false })).go, false);
    assert.equal((await ask({ rule: 'any', month: { moved: 5, most: 5 } })).go, false);
  });

  it('knows opening hours in UK time, and takes core hours where it knows none', () => {
    assert.equal(isOpen(open, Date.parse('2026-07-06T07:30:00Z')), true); // half past eight in summer
    assert.equal(isOpen(open, Date.parse('2026-11-16T07:30:00Z')), false);
    assert.equal(isOpen([], Date.parse('2026-11-17T12:00:00Z')), true);
    assert.equal(isOpen([], Date.parse('2026-11-21T12:00:00Z')), false); // a Saturday
  });

  it('keeps to a small share of what a metered line is paid for', () => {
    const line = { role: 'main', state: 'live' } as const;
    assert.deepEqual(meterOf([{ ...line, metered: 60 }]), { month: 1.2e9, each: 20e6 });
    assert.equal(meterOf([line]), undefined);
  });

  it('comes at random moments, so that no two sites keep in step', () => {
    const random = seededRandom('probes');
    const waits = Array.from({ length: 4000 }, () => untilNext(240, random.next) / minute);
    const mean = waits.reduce((a, b) => a + b, 0) / waits.length;
    assert.ok(Math.abs(mean - 240) < 20);
    assert.ok(Math.min(...waits) >= 24 && Math.max(...waits) <= 960);
  });
});

describe('a probe', () => {
  it('measures, hands over once, and tells that it lives', async (t) => {
    const { readings, serve, token, life, clock } = await measuredLines(t);
    const { url } = await serve({ udp: true });
    const { id, secret } = await token('a');
    const { probe, folder } = probeOf(t, url, secret);
    assert.equal(await probe.measure({ asked: true }), true);
    assert.deepEqual(folder.waiting(10), []);
    const [kept, ...more] = await readings.of('a', {});
    assert.deepEqual(more, []);
    assert.deepEqual([kept?.by, kept?.circuit, kept?.source, kept?.flags], [id, 'line-a', 'probe', []]);
    assert.ok((kept?.down ?? 0) > 1 && (kept?.up ?? 0) > 1 && kept?.loaded !== undefined);
    assert.equal(kept?.loss, 0);
    assert.equal(await probe.beat(), true);
    assert.equal((await life.of('a', 0, clock.now())).length, 1);
  });

  it('does not test while the site is open and its diary is not known, unless it is asked to', async (t) => {
    const { readings, serve, token } = await measuredLines(t);
    const { url } = await serve();
    const { probe, said } = probeOf(t, url, (await token('a')).secret);
    assert.equal(await probe.measure(), false);
    assert.match(said.join(), /diary is not known/);
    assert.deepEqual(await readings.of('a', {}), []);
  });

  it('keeps what it measured without a line, and hands it over later at its time, once, though its clock was set meanwhile', async (t) => {
    const { readings, serve, token, clock, pass, life } = await measuredLines(t);
    const first = await serve();
    const { secret } = await token('a');
    const probed = probeOf(t, first.url, secret);
    const start = clock.now();
    assert.equal(await probed.probe.beat(), true);
    await first.close();
    assert.equal(await probed.probe.beat(), false);
    const at = { wall: start, run: 'boot', ticks: 1_000_000 };
    for (const id of ['one', 'two'])
      probed.folder.put({ kind: 'reading', at, reading: { id, started: start, down: 5, bytes: 10 } });
    assert.equal(await probed.probe.handOver(), false);
    assert.equal(probed.folder.waiting(10).length, 2);
    pass(3 * hour);
    probed.pass(3 * hour);
    probed.setClock(-40 * hour);
    // The machine was cut off the power in the middle of writing: what is half there is no result.
    writeFileSync(join(probed.path, 'outbox', '000000000000001-half.json'), '{"kind":"reading"');
    await serve({ port: first.port });
    assert.equal(await probed.probe.beat(), true);
    assert.equal(await probed.probe.handOver(), true);
    const kept = await readings.of('a', {});
    assert.deepEqual(kept.map(({ id }) => id).sort(), ['one', 'two']);
    for (const { started, flags, received } of kept)
      assert.deepEqual([started, flags, received], [start, [], clock.now()]);
    assert.deepEqual(readdirSync(join(probed.path, 'broken')), ['000000000000001-half.json']);
    const spans = await life.of('a', 0, clock.now());
    const cut = spans.find(({ kind }) => kind === 'cut');
    assert.equal(cut?.started, start);
    assert.equal(cut?.ended, clock.now());
  });

  it('is put right where its clock is wrong, and told of as such', async (t) => {
    const { readings, serve, token, clock } = await measuredLines(t);
    const { url } = await serve();
    const { probe } = probeOf(t, url, (await token('a')).secret, folderOf(t), 26 * hour);
    assert.equal(await probe.measure({ asked: true }), true);
    const [kept] = await readings.of('a', {});
    assert.deepEqual(kept?.flags, ['clock']);
    assert.equal(kept?.started, clock.now());
  });

  it('loses and doubles nothing when it is killed at any moment, and sent again', async (t) => {
    const { readings, serve, token, clock } = await measuredLines(t);
    const { url } = await serve();
    const { secret } = await token('a');
    const path = folderOf(t);
    // Its writer is killed while it writes, again and again.
    const writer = `
      import { openProbeFolder } from ${JSON.stringify(join(import.meta.dirname, 'probe-folder.ts'))};
      const folder = openProbeFolder(process.argv[1]);
      for (let i = 0; ; i += 1) {
        const id = process.argv[2] + '-' + i;
        const at = { wall: ${clock.now()}, run: 'boot', ticks: 1 };
        folder.put({ kind: 'reading', at, reading: { id, started: at.wall, down: i, bytes: 1 } });
        process.stdout.write(id + '\\n');
      }`;
    const told = new Set<string>();
    for (const run of ['x', 'y']) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', writer, path, run]);
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += chunk;
        if (text.split('\n').length > 20) child.kill('SIGKILL');
      });
      await once(child, 'close');
      for (const id of text.split('\n').slice(0, -1)) told.add(id);
    }
    const { probe, folder } = probeOf(t, url, secret, path);
    const before = folder.waiting(1000);
    assert.equal(await probe.handOver(), true);
    // It was killed after the server had taken them, and before it knew: it sends them again.
    for (const { entry } of before) folder.put(entry);
    assert.equal(await probe.handOver(), true);
    const kept = (await readings.of('a', { most: 1000 })).map(({ id }) => id);
    assert.equal(new Set(kept).size, kept.length);
    for (const id of told) assert.ok(kept.includes(id), `${id} was lost`);
  });

  it('tells when its token was revoked, and keeps what it has', async (t) => {
    const { accesses, serve, token, clock } = await measuredLines(t);
    const { url } = await serve();
    const { id, secret } = await token('a');
    const { probe, folder, said } = probeOf(t, url, secret);
    await accesses.revoke('a', id);
    const at = { wall: clock.now(), run: 'boot', ticks: 1 };
    folder.put({ kind: 'reading', at, reading: { id: 'one', started: at.wall, down: 5, bytes: 10 } });
    assert.equal(await probe.handOver(), false);
    assert.match(said.join(), /401.*revoked/);
    assert.equal(folder.waiting(10).length, 1);
  });
});

describe('the addresses of probes', () => {
  it('take what is good of a batch and say what is not', async (t) => {
    const { readings, serve, token, clock } = await measuredLines(t);
    const { url } = await serve();
    const { secret } = await token('a');
    const send = async (body: unknown, authorization = `Bearer ${secret}`, path = 'readings') => {
      const answer = await fetch(`${url}/lines/api/${path}`, {
        ...{ method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) },
        headers: { 'content-type': 'application/json', authorization },
      });
      return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
    };
    const good = { id: 'good', started: clock.now(), down: 5, bytes: 1 };
    const mixed = await send({
      readings: [good, { ...good, id: 'bad', down: -1 }, { ...good, id: 'x', speed: 3 }],
    });
    assert.equal(mixed.status, 200);
    assert.equal(mixed.body['added'], 1);
    assert.deepEqual(
      (mixed.body['refused'] as { index: number }[]).map(({ index }) => index),
      [1, 2],
    );
    assert.equal((await send({ readings: [good] }, 'Bearer tlp_wrong')).status, 401);
    assert.equal((await send('{"readings":')).status, 400);
    assert.equal((await send({ readings: 'many' })).status, 422);
    assert.equal((await send({ site: 'b' }, `Bearer ${secret}`, 'go')).status, 404);
    assert.equal((await readings.of('a', {})).length, 1);
    const plain = await fetch(`${url}/ndt/v7/download`);
    assert.equal(plain.status, 426);
  });

  it('are asked for their token before a byte of what they send is read', async (t) => {
    const { serve } = await measuredLines(t);
    const { url } = await serve();
    const sending = request(`${url}/lines/api/results`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer tlp_nobody',
        ...{ 'content-type': 'application/json', 'content-length': 30_000_000 },
      },
    });
    sending.on('error', () => {}); // it is cut off
    sending.write('['); // the rest never comes
    const [answer] = (await once(sending, 'response')) as [IncomingMessage];
    assert.equal(answer.statusCode, 401);
    sending.destroy();
  });

  it('lead the clients of M-Lab here as its locate service does, and keep what the server saw', async (t) => {
    const { readings, serve, token } = await measuredLines(t);
    const { url } = await serve();
    const { secret } = await token('b');
    const { npmClient, workerFiles } = await import('../../../../test/support/ndt7-client.ts');
    const faults: unknown[] = [];
    const code = await npmClient().test(
      {
        ...{ loadbalancer: `${url}/lines/api/locate/${secret}`, protocol: 'ws', ...workerFiles },
        ...{ mlabDataPolicyInapplicable: true, metadata: { client_name: 'test' } },
      },
      { error: (error: never) => void faults.push(error) },
    );
    assert.deepEqual([code, faults], [0, []]);
    while ((await readings.of('b', {})).length < 2) await new Promise((done) => setTimeout(done, 20));
    const kept = await readings.of('b', {});
    assert.ok(kept.some(({ down }) => (down ?? 0) > 1) && kept.some(({ up }) => (up ?? 0) > 1));
  });
});
