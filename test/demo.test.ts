/** The demonstration as a person starts it: made whole, killed half way, by several processes, and never among other people. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { castResources } from '../src/demo/cast/cast.ts';
import { noonOf, usualSeed } from '../src/demo/demonstration-note.ts';
import { lifeOf } from '../src/demo/history/life.ts';
import { recordOf } from '../src/demo/history/record-of.ts';
import { patients, staff } from '../src/demo/people.ts';
import { peopleOf, randomOf } from '../src/demo/population/people.ts';
import { makeRegion, regionResources } from '../src/demo/region.ts';
import { type Database, openDatabase } from '../src/platform/database.ts';
import { checkRecord } from '../src/record/check/check-record.ts';
import { testDatabaseUrl } from './support/database.ts';
import { atEnd } from './support/ending.ts';
import { startProduct, throughline } from './support/product.ts';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly told: string;
}

async function ended(child: ChildProcess): Promise<Ended> {
  const exit = once(child, 'exit');
  const [out, told] = await Promise.all(
    [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : '')),
  );
  await exit;
  return { code: child.exitCode, out: out ?? '', told: told ?? '' };
}

interface Empty {
  readonly url: string;
  readonly database: Database;
  readonly demo: (...args: string[]) => ChildProcess;
}

async function emptyDatabase(t: TestContext): Promise<Empty> {
  const url = await testDatabaseUrl(t);
  const database = await openDatabase({ url, pool: 2 });
  atEnd(t, database.close);
  return { url, database, demo: (...args) => throughline(['demo', ...args], { DATABASE_URL: url }) };
}

const number = async (database: Database, table: 'resource' | 'history'): Promise<number> => {
  const [made] = await database.pool`select to_regclass('resource') is not null as made`;
  if (!made?.['made']) return 0;
  return Number((await database.pool.unsafe(`select count(*) as n from ${table}`))[0]?.['n']);
};

/** Resources of a region with so many people: what must be there, once. */
function expected(people: number): number {
  const region = makeRegion({ seed: usualSeed, now: noonOf(Date.now()) });
  let all = regionResources(region).length + castResources(region).length + 2; // and the codes’ own system, and the note of the demonstration itself
  for (const person of peopleOf(region, { count: people }))
    all += recordOf(lifeOf(person, region, randomOf(region, person)), region).length;
  return all;
}

test('killed half way, the same command goes on: everyone is there, and nothing comes twice', async (t) => {
  const { database, demo } = await emptyDatabase(t);
  const named = expected(0);
  const child = demo('--people', '64');
  const end = ended(child);
  while (child.exitCode === null && (await number(database, 'resource')) < named + 300) await pause(10);
  child.kill('SIGKILL');
  await end;
  await pause(50); // what the killed one had sent is finished by the database, or given up
  const half = await number(database, 'resource');
  assert.ok(half >= named && half < expected(64), `${half}`);

  const again = await ended(demo('--people', '64'));
  assert.equal(again.code, 0, again.told);
  assert.match(again.out, /The region has 64 people/);
  assert.equal(await number(database, 'resource'), expected(64));
  assert.equal(await number(database, 'history'), 0, 'no second version of anything');
  assert.deepEqual((await checkRecord({ database })).faults, []);

  const more = await ended(demo('--people', '72'));
  assert.match(more.out, /^8 people with/m);
  const nothing = await ended(demo('--people', '10'));
  assert.deepEqual([nothing.code, nothing.out], [0, 'The region has 72 people beside the named ones.\n']);
});

test('Ctrl-C stops it cleanly, and says how to go on', async (t) => {
  const { database, demo } = await emptyDatabase(t);
  const child = demo('--people', '5000');
  const end = ended(child);
  const named = expected(0);
  while (child.exitCode === null && (await number(database, 'resource')) < named + 100) await pause(10);
  child.kill('SIGINT');
  const { code, told } = await end;
  assert.equal(code, 130, told);
  assert.match(told, /goes on from there/);
  assert.deepEqual((await checkRecord({ database })).faults, []);
});

test('a record that holds other people gets none of these, and another seed makes no second region', async (t) => {
  const { url, database, demo } = await emptyDatabase(t);
  const folder = mkdtempSync(join(tmpdir(), 'throughline-demo-'));
  atEnd(t, () => rmSync(folder, { recursive: true, force: true }));
  const product = await startProduct(folder, { DATABASE_URL: url });
  const put = await fetch(`${product.url}/fhir/Patient/someone`, {
    method: 'PUT',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify({ resourceType: 'Patient', id: 'someone' }),
  });
  await product.stop();
  assert.equal(put.status, 201);
  const refused = await ended(demo('--people', '10'));
  assert.equal(refused.code, 1);
  assert.match(refused.told, /holds people who are not of a demonstration/);
  assert.equal(await number(database, 'resource'), 1);

  const other = await emptyDatabase(t);
  assert.equal((await ended(other.demo('--people', '0', '--seed', 'north'))).code, 0);
  const twice = await ended(other.demo('--people', '5', '--seed', 'south'));
  assert.equal(twice.code, 1);
  assert.match(twice.told, /made with the seed “north”/);
});

test('what is not understood is refused with how to mend it', async () => {
  for (const [args, words] of [
    [['--people', 'many'], /--people is a whole number/],
    [['--people', '-1'], /--people/],
    [['--people=1.5'], /--people is a whole number/],
    [['--seed', 'a b'], /--seed is 1 to 40/],
    [['--processes', '0'], /--processes is a whole number/],
    [['file.json'], /file\.json|Unexpected argument/],
  ] as const) {
    const { code, told } = await ended(throughline(['demo', ...args], {}));
    assert.equal(code, 2, args.join(' '));
    assert.match(told, words);
  }
});

const everyone = patients.map(({ id }) => id);
const idOf = (word: string) => (word.startsWith('demo-') ? word : `demo-${word}`);

/** Whose records open to whom, as the sign-in page says it, and whose do not. */
const whose: Readonly<
  Record<string, { readonly shown: readonly string[]; readonly kept: readonly string[] }>
> = {
  'Ms Jo Lind': { shown: ['jo', 'theo'], kept: ['maya', 'iris'] },
  'Mrs Carol Whitlock': { shown: ['carol', 'walter'], kept: ['megan'] },
  'Mrs Megan Ashworth': { shown: ['megan', 'ella'], kept: ['rhys'] },
  'Mrs Marion Ellis': { shown: ['marion', 'kai'], kept: ['theo'] },
  'Dr Asha Patel': {
    shown: ['iris', 'tomasz', 'anita', 'fatima', 'daniel', 'kai'],
    kept: ['walter', 'ella'],
  },
  'Dr Huw Evans': { shown: ['walter', 'carol', 'megan', 'rhys', 'ella'], kept: ['iris', 'kai'] },
  'Noor Haddad': { shown: ['tomasz', 'iris'], kept: ['walter'] },
  'Ben Carter': { shown: ['daniel'], kept: ['walter'] },
  'Sue Tanner': { shown: ['maya'], kept: ['walter'] },
  'Mo Rahman': { shown: ['iris', 'tomasz'], kept: ['walter', 'maya'] },
  'Dr Lena Fischer': { shown: ['iris'], kept: ['sam', 'walter', 'kai'] },
  'Dr Ruth Osei': { shown: ['anita'], kept: ['sam', 'walter', 'kai'] },
  'Dr Yusuf Demir': { shown: ['iris', 'anita', 'fatima'], kept: ['walter', 'kai'] },
  'Chloe Bennett': { shown: ['fatima'], kept: ['walter', 'kai'] },
  'Elin Morgan': { shown: ['walter'], kept: ['iris', 'carol'] },
  'Grace Adeyemi': { shown: ['walter'], kept: ['iris', 'kai'] },
  'Leon Baptiste': { shown: ['kai'], kept: ['walter', 'iris'] },
  // Who reviews who looked sees names of all, and nothing of anyone’s health.
  'Priya Shah': { shown: ['walter'], kept: [] },
};

test('two processes make one region, and everyone whom the sign-in page lists can be become', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-demo-'));
  chmodSync(folder, 0o755); // the database runs as another user
  atEnd(t, () => rmSync(folder, { recursive: true, force: true }));
  const product = await startProduct(folder, { DEMO_PEOPLE: '24', PROCESSES: '2' });
  atEnd(t, product.stop);
  const counted = await fetch(`${product.url}/fhir/Patient?_summary=count`);
  assert.equal(((await counted.json()) as { total: number }).total, 24 + patients.length);

  const page = await (await fetch(`${product.url}/sign-in`)).text();
  assert.doesNotMatch(page, /\{demo-/, 'every date is filled in');
  const listed = [...page.matchAll(/name="account" value="([^"]+)" aria-label="([^",]+)/g)];
  assert.equal(listed.length, staff.length + patients.filter((one) => one.try !== undefined).length);
  const opens = async (cookie: string, path: string) =>
    fetch(`${product.url}${path}`, { headers: { cookie } });
  for (const [, account = '', name = ''] of listed) {
    const answer = await fetch(`${product.url}/sign-in/demonstration`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'sec-fetch-site': 'same-origin', origin: product.url },
      body: new URLSearchParams({ account, return: '/' }),
    });
    assert.equal(answer.status, 303, name);
    const cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    assert.equal((await opens(cookie, '/account')).status, 200, name);
    const own = patients.find((one) => name.endsWith(`${one.given} ${one.family}`))?.id;
    const { shown, kept } = whose[name] ?? {
      shown: own ? [own] : [],
      kept: own ? ['iris', 'sam'] : everyone,
    };
    for (const one of shown)
      assert.equal((await opens(cookie, `/people/${idOf(one)}`)).status, 200, `${name} opens ${one}`);
    for (const one of kept.filter((other) => idOf(other) !== own))
      assert.equal((await opens(cookie, `/people/${idOf(one)}`)).status, 404, `${name} does not open ${one}`);
    if (name === 'Mrs Marion Ellis')
      assert.doesNotMatch(await (await opens(cookie, '/people/demo-kai')).text(), /neglect|protection plan/i);
  }
});
