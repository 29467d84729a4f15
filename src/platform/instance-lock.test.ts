import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { lockHolder, takeLock } from './instance-lock.ts';

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'throughline-lock-'));
  t.after(() => rmSync(made, { recursive: true }));
  return made;
}

/** Runs code in another process, which may take the lock of the folder as `take()`. */
function other(home: string, code: string) {
  const module = join(import.meta.dirname, 'instance-lock.ts');
  const text = `const { takeLock } = await import(${JSON.stringify(module)});
    const take = () => takeLock(${JSON.stringify(home)}, 'it');
    ${code}`;
  return spawn(process.execPath, ['--input-type=module', '-e', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

test('a second taking is refused and names the holder, until the first is released', (t) => {
  const home = folder(t);
  const first = takeLock(home, 'it');
  assert.ok('lock' in first);
  assert.deepEqual(takeLock(home, 'it'), { heldBy: process.pid });
  assert.equal(lockHolder(home, 'it'), process.pid);
  first.lock.release();
  assert.equal(lockHolder(home, 'it'), undefined);
  assert.ok('lock' in takeLock(home, 'it'));
});

test('the lock of a killed process is free at once', async (t) => {
  const home = folder(t);
  const holder = other(home, `take(); console.log('held'); setInterval(() => {}, 1000);`);
  await once(holder.stdout, 'data');
  assert.deepEqual(takeLock(home, 'it'), { heldBy: holder.pid });
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  assert.ok('lock' in takeLock(home, 'it'));
});

test('a process number that another process now has does not hold the lock', (t) => {
  const home = folder(t);
  const reused = { pid: process.pid, began: 'another boot/1', host: hostname() };
  writeFileSync(join(home, 'it.1'), JSON.stringify(reused));
  assert.equal(lockHolder(home, 'it'), undefined);
  assert.ok('lock' in takeLock(home, 'it'));
});

test('a lock file cut short by a crash of the machine does not hold', (t) => {
  const home = folder(t);
  writeFileSync(join(home, 'it.7'), '{"pid":');
  assert.ok('lock' in takeLock(home, 'it'));
  assert.deepEqual(readdirSync(home), ['it.8']);
});

test('of many that find a dead holder at once, one succeeds it', async (t) => {
  const home = folder(t);
  writeFileSync(join(home, 'it.1'), JSON.stringify({ pid: 2 ** 22 + 1, began: 'x', host: hostname() }));
  const rivals = Array.from({ length: 4 }, () =>
    other(
      home,
      `const got = take(); console.log('lock' in got ? 'won' : 'lost'); setTimeout(() => {}, 1500);`,
    ),
  );
  t.after(() => {
    for (const rival of rivals) rival.kill('SIGKILL');
  });
  const answers = await Promise.all(
    rivals.map(async (rival) => String((await once(rival.stdout, 'data'))[0]).trim()),
  );
  assert.deepEqual(answers.sort(), ['lost', 'lost', 'lost', 'won']);
});
