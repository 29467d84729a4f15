/** Nothing that was acknowledged is lost, whatever is killed; nothing is there by half. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Product, startProduct, throughline } from './support/product.ts';

const json = { 'content-type': 'application/fhir+json' };

/** What a load of writers was told is stored. */
interface Acknowledged {
  readonly single: string[];
  /** Names of whole transactions: each wrote two people of that family name. */
  readonly pairs: string[];
  refused: number;
}

const person = (family: string, given: string) => ({
  resourceType: 'Patient',
  name: [{ family, given: [given] }],
});

/** Writes from several clients until the signal, noting every acknowledgement and passing over every failure. */
async function load(product: () => Product, name: string, signal: AbortSignal): Promise<Acknowledged> {
  const done: Acknowledged = { single: [], pairs: [], refused: 0 };
  let count = 0;
  const client = async () => {
    while (!signal.aborted) {
      count += 1;
      const family = `${name}${count}`;
      const pair = count % 4 === 0;
      const body = pair
        ? {
            resourceType: 'Bundle',
            type: 'transaction',
            entry: ['Ann', 'Ben'].map((given) => ({
              resource: person(family, given),
              request: { method: 'POST', url: 'Patient' },
            })),
          }
        : person(family, 'Cat');
      try {
        const answer = await fetch(`${product().url}/fhir${pair ? '' : '/Patient'}`, {
          method: 'POST',
          headers: json,
          body: JSON.stringify(body),
        });
        const text = await answer.text();
        if (answer.ok && pair) done.pairs.push(family);
        else if (answer.ok) done.single.push((JSON.parse(text) as { id: string }).id);
        else {
          assert.ok([503, 507].includes(answer.status), `unexpected ${answer.status}: ${text.slice(0, 500)}`);
          assert.equal((JSON.parse(text) as { resourceType: string }).resourceType, 'OperationOutcome');
          done.refused += 1;
          await pause(20);
        }
      } catch (error) {
        if (error instanceof assert.AssertionError) throw error;
        done.refused += 1; // the connection broke: not acknowledged
        await pause(20);
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  return done;
}

async function entries(product: Product, query: string): Promise<number> {
  const answer = await fetch(`${product.url}/fhir/Patient?${query}&_total=accurate&_count=1`);
  assert.equal(answer.status, 200);
  return ((await answer.json()) as { total: number }).total;
}

async function assertAllThere(product: Product, name: string, done: Acknowledged): Promise<void> {
  for (let at = 0; at < done.single.length; at += 100) {
    const ids = done.single.slice(at, at + 100);
    const entry = ids.map((id) => ({ request: { method: 'GET', url: `Patient/${id}` } }));
    const answer = await fetch(`${product.url}/fhir`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry }),
    });
    const read = (await answer.json()) as { entry: { response: { status: string } }[] };
    assert.equal(read.entry.length, ids.length);
    for (const [n, { response }] of read.entry.entries())
      assert.match(response.status, /^200/, `Patient/${ids[n]} is lost`);
  }
  for (const family of done.pairs) assert.equal(await entries(product, `family:exact=${family}`), 2);
  // Unacknowledged transactions may be there, but whole.
  assert.equal(
    await entries(product, `family=${name}&given=Ann`),
    await entries(product, `family=${name}&given=Ben`),
  );
}

async function assertCheckClean(dataDir: string): Promise<void> {
  const child = throughline(['check'], { DATA_DIR: dataDir });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const [code] = await once(child, 'exit');
  assert.equal(code, 0, said);
}

const postmaster = (dataDir: string): number =>
  Number(readFileSync(join(dataDir, 'database/data/postmaster.pid'), 'utf8').split('\n')[0]);

test('what was acknowledged is there after kill -9 of the server and of the database', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'throughline-faults-'));
  chmodSync(dataDir, 0o755); // the database's own account must be able to enter
  let product = await startProduct(dataDir);
  t.after(async () => {
    await product.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  const first = new AbortController();
  const beforeKill = load(() => product, 'serverkill', first.signal);
  await pause(1500);
  await product.kill();
  first.abort();
  const one = await beforeKill;
  assert.ok(one.single.length > 20, `only ${one.single.length} writes were acknowledged`);
  product = await startProduct(dataDir);
  await assertAllThere(product, 'serverkill', one);

  const second = new AbortController();
  const duringKill = load(() => product, 'databasekill', second.signal);
  await pause(1500);
  process.kill(postmaster(dataDir), 'SIGKILL');
  await pause(4000); // the server starts it again by itself; writes go on
  second.abort();
  const two = await duringKill;
  assert.ok(two.refused > 0, 'no write met the fault');
  for (let waited = 0; waited < 30_000; waited += 200) {
    if ((await fetch(`${product.url}/health/ready`)).status === 200) break;
    await pause(200);
  }
  await assertAllThere(product, 'databasekill', two);
  await assertAllThere(product, 'serverkill', one);
  await assertCheckClean(dataDir);
});

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

/** A small disk of its own, or undefined where the system does not let us make one. */
function smallDisk(folder: string, megabytes: number): (() => void) | undefined {
  mkdirSync(folder, { recursive: true });
  const options = `size=${megabytes}m,mode=755`;
  const made = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status === 0;
  return made ? () => void spawnSync('umount', ['-l', folder]) : undefined;
}

test('a full disk refuses writes with 507 or 503, loses nothing, and recovers', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-full-'));
  chmodSync(folder, 0o755);
  const release = canMount ? smallDisk(join(folder, 'disk'), 400) : undefined;
  if (!release) {
    await rm(folder, { recursive: true, force: true });
    t.skip('needs the right to mount a small disk');
    return;
  }
  const dataDir = join(folder, 'disk/data');
  const product = await startProduct(dataDir);
  t.after(async () => {
    await product.stop();
    release();
    await rm(folder, { recursive: true, force: true });
  });

  const control = new AbortController();
  const running = load(() => product, 'fulldisk', control.signal);
  await pause(1000);
  const ballast = join(folder, 'disk/ballast');
  let size = 64 * 1024 * 1024;
  for (let part = 0; size > 4096; part += 1) {
    try {
      writeFileSync(`${ballast}${part}`, Buffer.alloc(size, 1));
    } catch {
      rmSync(`${ballast}${part}`, { force: true });
      size = Math.floor(size / 2);
    }
  }
  await pause(6000);
  for (let part = 0; part < 200; part += 1) rmSync(`${ballast}${part}`, { force: true });
  await pause(5000);
  control.abort();
  const done = await running;
  assert.ok(done.refused > 0, 'the disk never filled');
  for (let waited = 0; waited < 30_000; waited += 200) {
    const answer = await fetch(`${product.url}/fhir/Patient`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify(person('Afterwards', 'Dee')),
    });
    if (answer.status === 201) break;
    assert.ok([503, 507].includes(answer.status));
    await pause(200);
  }
  assert.equal(await entries(product, 'family=Afterwards'), 1);
  await assertAllThere(product, 'fulldisk', done);
});
