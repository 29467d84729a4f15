/** `throughline import` and `throughline check` as a person runs them: processes of their own, killed and stopped. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Database, openDatabase } from '../src/platform/database.ts';
import { checkRecord } from '../src/record/check/check-record.ts';
import { testDatabaseUrl } from './support/database.ts';
import { atEnd } from './support/ending.ts';
import { folderOf } from './support/import-run.ts';
import { startProduct, throughline } from './support/product.ts';

async function ended(child: ChildProcess): Promise<{ code: number | null; out: string; told: string }> {
  const exit = once(child, 'exit');
  const [out, told] = await Promise.all(
    [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : '')),
  );
  await exit;
  return { code: child.exitCode, out: out ?? '', told: told ?? '' };
}

async function emptyDatabase(
  t: TestContext,
): Promise<{ database: Database; run: (...args: string[]) => ChildProcess }> {
  const url = await testDatabaseUrl(t);
  const database = await openDatabase({ url, pool: 2 });
  atEnd(t, database.close);
  return { database, run: (...args) => throughline(args, { DATABASE_URL: url }) };
}

/** Some hundred transactions that make two people each under new ids: twice imported, they would be there twice. */
const pairs = (from: number, count: number): object[] =>
  Array.from({ length: count }, (_, i) => ({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: ['Ann', 'Ben'].map((given) => ({
      fullUrl: `urn:uuid:00000000-0000-4000-8000-${given === 'Ann' ? 'a' : 'b'}${String(from + i).padStart(11, '0')}`,
      resource: { resourceType: 'Patient', name: [{ family: `Pair${from + i}`, given: [given] }] },
      request: { method: 'POST', url: 'Patient' },
    })),
  }));

const stored = async (database: Database): Promise<number> => {
  const [made] = await database.pool`select to_regclass('resource') is not null as made`;
  if (!made?.['made']) return 0;
  return Number((await database.pool`select count(*) as n from resource`)[0]?.['n']);
};

/** Runs the import and interferes once so many resources are stored; answers how it ended. */
async function interrupted(
  database: Database,
  child: ChildProcess,
  from: number,
  signal: 'SIGKILL' | 'SIGINT',
): Promise<{ code: number | null; told: string; stored: number }> {
  const end = ended(child);
  while (child.exitCode === null && (await stored(database)) < from) await pause(5);
  child.kill(signal);
  const { code, told } = await end;
  await pause(50); // what the killed one had sent is finished by the database, or given up
  return { code, told, stored: await stored(database) };
}

async function assertWhole(database: Database, people: number): Promise<void> {
  const [found] = await database.pool`
    select count(*)::int as n, count(distinct body::jsonb -> 'name')::int as names from resource`;
  assert.deepEqual([found?.['n'], found?.['names']], [people, people]);
  assert.deepEqual((await checkRecord({ database })).faults, []);
}

for (const signal of ['SIGKILL', 'SIGINT'] as const)
  test(`after ${signal} half way the same command goes on: nothing is lost, nothing twice`, async (t) => {
    const { database, run } = await emptyDatabase(t);
    const files = Object.fromEntries(pairs(10_000, 100).map((one, i) => [`bundle-${i}.json`, one]));
    const folder = folderOf(t, { ...files, 'lines.ndjson': pairs(0, 1500) });
    const people = 2 * (1500 + 100);
    const command = ['import', folder, '--chunk', '10'];
    let before = 0;
    for (const share of [0.02, 0.4]) {
      const broken = await interrupted(database, run(...command), people * share, signal);
      assert.equal(broken.code, signal === 'SIGINT' ? 130 : null, broken.told);
      if (signal === 'SIGINT') assert.match(broken.told, /the same command goes on from there/);
      assert.ok(broken.stored > before && broken.stored < people, `${broken.stored} of ${people}`);
      before = broken.stored;
    }
    const rest = await ended(run(...command));
    assert.equal(rest.code, 0, rest.told);
    await assertWhole(database, people);
    const again = await ended(run(...command));
    assert.equal(again.code, 0);
    assert.match(again.out, /^0 resources.*\n.*\n101 files imported before/);
    await assertWhole(database, people);
  });

test('an import that asks for all again is resumed as such', async (t) => {
  const { database, run } = await emptyDatabase(t);
  const folder = folderOf(t, { 'lines.ndjson': pairs(0, 1000) });
  assert.equal((await ended(run('import', folder))).code, 0);
  const command = ['import', folder, '--again', '--chunk', '10'];
  const broken = await interrupted(database, run(...command), 2500, 'SIGKILL');
  assert.ok(broken.stored < 4000, `${broken.stored}`);
  assert.equal((await ended(run(...command))).code, 0);
  assert.equal(await stored(database), 4000, 'each came exactly twice');
});

test('two imports of the same files at once store them once', async (t) => {
  const { database, run } = await emptyDatabase(t);
  const files = Object.fromEntries(pairs(0, 60).map((one, i) => [`bundle-${i}.json`, one]));
  const folder = folderOf(t, files);
  assert.equal((await ended(run('migrate'))).code, 0);
  const both = await Promise.all([ended(run('import', folder)), ended(run('import', folder))]);
  assert.deepEqual(
    both.map(({ code }) => code),
    [0, 0],
  );
  await assertWhole(database, 120);
});

test('what is set aside ends with 3, is summed up, printed and reported', async (t) => {
  const { run } = await emptyDatabase(t);
  const folder = folderOf(t, {
    'some.ndjson': [
      { resourceType: 'Patient', id: 'a' },
      { resourceType: 'Patient', id: 'b', gender: 'none' },
    ],
  });
  const reports = folderOf(t, {});
  const first = await ended(run('import', folder, '--report', reports));
  assert.equal(first.code, 3, first.told);
  assert.match(first.out, /2 resources from 1 file in .*\n1 written, 0 unchanged, 1 set aside\./);
  assert.match(first.told, /some\.ndjson, line 2: Patient\.gender: /);
  const [report] = readdirSync(reports);
  const reported = readFileSync(join(reports, report ?? ''), 'utf8');
  const printed = await ended(run('import', '--refusals', folder));
  assert.equal(printed.out, reported);
  const [line, rest] = reported.split('\n');
  assert.equal(rest, '');
  const refusal = JSON.parse(line ?? '') as Record<string, unknown>;
  assert.deepEqual(
    [refusal['line'], (refusal['outcome'] as { resourceType: string }).resourceType, refusal['text']],
    [2, 'OperationOutcome', '{"resourceType":"Patient","id":"b","gender":"none"}'],
  );
});

test('what cannot be understood is told, with exit code 1 or 2', async (t) => {
  const { run } = await emptyDatabase(t);
  const [none, missing, number] = await Promise.all(
    [['import'], ['import', '/nowhere/at/all'], ['import', '--chunk', 'x', '.']].map((args) =>
      ended(run(...args)),
    ),
  );
  assert.deepEqual([none?.code, missing?.code, number?.code], [2, 1, 2]);
  assert.match(missing?.told ?? '', /There is no file or folder \/nowhere\/at\/all/);
});

test('import and check work beside a running server, on the same data folder', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'throughline-beside-'));
  chmodSync(home, 0o755);
  atEnd(t, () => rmSync(home, { recursive: true, force: true }));
  const product = await startProduct(home);
  atEnd(t, product.stop);
  const folder = folderOf(t, { 'one.json': { resourceType: 'Patient', id: 'beside', gender: 'other' } });
  const env = { DATA_DIR: home };
  const imported = await ended(throughline(['import', folder], env));
  assert.equal(imported.code, 0, imported.told);
  const answer = await fetch(`${product.url}/fhir/Patient/beside`);
  assert.equal(((await answer.json()) as { gender: string }).gender, 'other');
  const checked = await ended(throughline(['check'], env));
  assert.equal(checked.code, 0, checked.told);
  assert.match(checked.out, /^1 resources checked: no faults\./);
});
