/** A run of a plan outlives the process that it was begun in. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Visitor, visitor } from './support/http-visitor.ts';
import { type Product, startProduct } from './support/product.ts';

async function signedIn({ url }: Product, name: string): Promise<Visitor> {
  const person = visitor();
  const { body } = await person.get(`${url}/sign-in`);
  const account = new RegExp(`value="([^"]+)" aria-label="${name},`).exec(body)?.[1] ?? '';
  assert.ok(account, `The sign-in page does not list ${name}`);
  await person.post(`${url}/sign-in/demonstration`, { account, return: '/' });
  return person;
}

async function until(person: Visitor, address: string, wanted: RegExp): Promise<string> {
  for (let tries = 0; tries < 600; tries += 1) {
    const { body } = await person.get(address);
    if (wanted.test(body)) return body;
    await pause(250);
  }
  throw new Error(`${address} never showed ${wanted}`);
}

test('a run that kill -9 cuts short goes on when the server is back, and ends once', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'throughline-plan-killed-'));
  chmodSync(dataDir, 0o755); // the database's own account must be able to enter
  let product = await startProduct(dataDir, { DEMO_PEOPLE: '0' });
  t.after(async () => {
    await product.stop();
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });
  const before = await signedIn(product, 'Dev Malhotra');
  // Once the demonstration's own plans are made, nothing else waits for a turn.
  await until(before, `${product.url}/lines/plans`, /Agreed/);
  const form = crypto.randomUUID();
  const sent = await before.post(`${product.url}/lines/plans/new`, {
    ...{ form, name: 'Cut short', firstYear: '2027', 'budget-1': '250000', 'budget-2': '200000' },
    ...{ carryOver: 'yes', technologies: 'fttp', roads: 'demonstration', mostTogether: '30' },
    ...{ gap: '0', seconds: '20' },
  });
  const path = sent.url.pathname;
  assert.match(path, /^\/lines\/plans\/[0-9a-f-]{36}$/, sent.body.slice(0, 2000));
  await until(before, `${product.url}${path}`, /<progress/);
  await product.kill();

  product = await startProduct(dataDir, { DEMO_PEOPLE: '0' });
  const after = await signedIn(product, 'Dev Malhotra');
  const address = `${product.url}${path}`;
  const body = await until(after, address, /Year by year/);
  assert.match(body, /from the best: no plan within|Proved: no plan within/);
  const list = (await after.get(`${product.url}/lines/plans`)).body;
  assert.equal([...list.matchAll(/<bdi>Cut short<\/bdi>/g)].length, 1, 'it is there once');
  const csv = (await after.get(`${address}/sites.csv`)).body.trim().split('\r\n').slice(1);
  const ids = csv.map((row) => row.split(',')[0]);
  assert.equal(new Set(ids).size, ids.length, 'each site has one row');
  await pause(1_000);
  assert.equal((await after.get(`${address}/sites.csv`)).body.trim().split('\r\n').length - 1, ids.length);
});
