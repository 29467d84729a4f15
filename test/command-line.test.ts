import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import test, { type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { atEnd } from './support/ending.ts';
import { startProduct, throughline } from './support/product.ts';

async function dataFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-command-'));
  await chmod(folder, 0o755);
  atEnd(t, () => rm(folder, { recursive: true }));
  return folder;
}

const spoken = async (stream: Readable | null) => (stream ? text(stream) : '');

async function outcome(child: ChildProcess): Promise<{ code: number | null; out: string; told: string }> {
  const ended = once(child, 'exit');
  const [out, told] = await Promise.all([spoken(child.stdout), spoken(child.stderr)]);
  await ended;
  return { code: child.exitCode, out, told };
}

const run = (...args: string[]) => outcome(throughline(args, {}));

test('every command tells about itself', async () => {
  const { code, out } = await run('--help');
  assert.equal(code, 0);
  const names = [...out.matchAll(/^ {2}(\w+) {2,}\S/gm)].flatMap((match) => match[1] ?? []);
  assert.ok(names.includes('start') && names.includes('serve') && names.includes('migrate'));
  await Promise.all(
    names.map(async (name) => {
      const help = await run(name, '--help');
      assert.equal(help.code, 0, name);
      assert.ok(help.out.startsWith(`throughline ${name} `), name);
    }),
  );
});

test('a command or option that does not exist is told, with exit code 2', async () => {
  const wrong = await Promise.all([run('strat'), run('migrate', '--nope'), run('migrate', 'extra'), run()]);
  assert.deepEqual(
    wrong.map(({ code }) => code),
    [2, 2, 2, 2],
  );
  assert.match(wrong[0]?.told ?? '', /no command "strat"/);
  assert.match(wrong[1]?.told ?? '', /--nope/);
  assert.match(wrong[2]?.told ?? '', /extra/);
  assert.match(wrong[3]?.out ?? '', /Commands:/);
});

test('production does not start without its configuration, and says what is missing', async () => {
  const { code, told } = await run('serve');
  assert.equal(code, 1);
  for (const name of ['BASE_URL', 'DATABASE_URL', 'ACCESS_TOKEN', 'SECRETS_KEY', 'AUDIT_SIGNING_KEY'])
    assert.match(told, new RegExp(`${name} must be given`));
});

test('a second server on the same data is refused and the first goes on; a command works beside it', async (t) => {
  const dataDir = await dataFolder(t);
  const product = await startProduct(dataDir);
  atEnd(t, product.stop);
  const second = await outcome(throughline(['start'], { DATA_DIR: dataDir, PORT: '0' }));
  assert.equal(second.code, 1);
  assert.match(second.told, new RegExp(`process ${product.process.pid}\\) already runs`));
  const beside = await outcome(throughline(['migrate', '--check'], { DATA_DIR: dataDir }));
  assert.deepEqual([beside.code, beside.out], [0, 'The schema is up to date.\n']);
  assert.equal((await fetch(`${product.url}/health/ready`)).status, 200);
});

/** The server processes below the first one. Not every Linux lists a process's children, so each is asked for its parent. */
async function workersOf(pid: number): Promise<number[]> {
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    numbers.map(async (one) => {
      try {
        const [status, line] = await Promise.all(
          ['status', 'cmdline'].map((file) => readFile(`/proc/${one}/${file}`, 'utf8')),
        );
        return new RegExp(`^PPid:\\s+${pid}$`, 'm').test(status ?? '') && line?.includes('main.ts')
          ? [one]
          : [];
      } catch {
        return []; // it ended meanwhile
      }
    }),
  );
  return found.flat();
}

const onLinux = process.platform === 'linux' ? false : 'it finds the processes by /proc';

test('several processes serve one port, count together, and one that dies is replaced', {
  skip: onLinux,
}, async (t) => {
  const product = await startProduct(await dataFolder(t), { PROCESSES: '2' });
  atEnd(t, product.stop);
  const goesOn = () =>
    assert.deepEqual(
      [product.process.exitCode, product.process.signalCode],
      [null, null],
      'the first goes on',
    );
  const untilTwo = async () => {
    for (;;) {
      goesOn();
      const metrics = await fetch(`${product.url}/metrics`).then(
        (answer) => answer.text(),
        () => '',
      );
      // A process counts before it listens; that both do is told by the first.
      if (/^server_processes 2$/m.test(metrics) && product.said().includes('is running')) return;
      await pause(50);
    }
  };
  await untilTwo();
  const before = await workersOf(product.process.pid ?? 0);
  assert.equal(before.length, 2);
  process.kill(before[0] ?? 0, 'SIGKILL');
  let after = before;
  while (after.length < 2 || after.includes(before[0] ?? 0)) {
    await pause(50);
    goesOn();
    after = await workersOf(product.process.pid ?? 0);
  }
  assert.ok(after.includes(before[1] ?? 0), 'the other goes on');
  await untilTwo();
});
