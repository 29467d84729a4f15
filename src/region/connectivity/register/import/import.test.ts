import assert from 'node:assert/strict';
import { createReadStream, existsSync } from 'node:fs';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tester, testRecord } from '../../../../../test/support/record.ts';
import { systemClock } from '../../../../platform/clock.ts';
import { Problem } from '../../../../platform/problem.ts';
import { recordMigrations } from '../../../../record/schema.ts';
import type { By } from '../../model.ts';
import { openAreas } from '../areas.ts';
import { judgeOf } from '../land.ts';
import { lineRegisterMigrations } from '../schema.ts';
import { openStore } from '../store.ts';
import { importFiles } from './import-files.ts';
import { deprivationOf } from './layouts.ts';
import { countsOf, type PlannedRow, planImport } from './plan-import.ts';
import { readCsv, type Source, separatorOf } from './read-csv.ts';
import { readFile } from './read-file.ts';

const by: By = { id: 'Practitioner/dev', name: 'Dev Malhotra', via: 'import' };
const source = (content: string | Uint8Array): Source =>
  async function* () {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    for (let from = 0; from < bytes.length; from += 7) yield bytes.subarray(from, from + 7);
  };

async function opened(t: TestContext) {
  const { record, database } = await testRecord(t, {
    migrations: [...recordMigrations, ...lineRegisterMigrations],
  });
  const parts = { database, record, clock: systemClock, ownActor: tester };
  const store = openStore({ ...parts, judge: async () => judgeOf([]) });
  const areas = openAreas(database);
  const plan = async (content: string | Uint8Array): Promise<readonly PlannedRow[]> => {
    const file = await readFile(source(content));
    assert.equal(file.form, 'rows');
    const context = { whole: await store.whole(), judge: judgeOf([]), shapes: await areas.shapes() };
    return file.form === 'rows' ? planImport(file.rows, context) : [];
  };
  const load = async (content: string | Uint8Array) => {
    const rows = await plan(content);
    await store.save(
      rows.flatMap(({ change }) => (change ? [change] : [])),
      by,
    );
    return countsOf(rows);
  };
  return { ...parts, store, plan, load };
}

const told = (rows: readonly PlannedRow[]): readonly string[] =>
  rows.flatMap(({ number, faults }) =>
    faults.map(({ column, message }) => `${number} ${column}: ${message}`),
  );

async function reasonOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (why: unknown) => why,
  );
  assert.ok(error instanceof Problem, String(error));
  return error.message;
}

const sites =
  'ods,name,kind,latitude,longitude,list_size\nABC1,One,clinic,54.5,-1.3,100\nABC2,Two,hospital,,,\n';

test('the same file twice changes nothing, and a changed one tells what changes', async (t) => {
  const { load, plan } = await opened(t);
  assert.deepEqual(await load(sites), { added: 2, changed: 0, unchanged: 0, leftOut: 0, refused: 0 });
  assert.deepEqual(await load(sites), { added: 0, changed: 0, unchanged: 2, leftOut: 0, refused: 0 });
  const rows = await plan(sites.replace('One,', 'First,').replace('100', ''));
  assert.deepEqual(
    rows[0]?.cells,
    [{ column: 'name', before: 'One', after: 'First' }],
    'an empty cell changes nothing',
  );
  const [emptied] = await plan(sites.replace('100', '-'));
  assert.deepEqual(
    emptied?.cells,
    [{ column: 'list_size', before: '100', after: '' }],
    'a hyphen empties it',
  );
});

test('each refused row has its number, its column and what to do', async (t) => {
  const { plan } = await opened(t);
  const rows = await plan(
    [
      'ods,name,kind,latitude,longitude,list_size',
      'ABC1,Swapped,clinic,-1.3,54.5,',
      'ABC2,At sea,clinic,54.5,8,',
      'ABC3,Half,clinic,54.5,,',
      'ABC4,Nowhere,moon,99,999,-7',
      'ABC5,Twin,clinic,,,',
      'ABC5,Twin,clinic,,,',
      'ABC6,,clinic,,,many',
    ].join('\n'),
  );
  const all = told(rows).join('\n');
  assert.match(all, /^2 latitude: Latitude -1\.3 and longitude 54\.5 are the wrong way round\. Swap them$/m);
  assert.match(all, /^3 latitude: .* not on land in the United Kingdom/m);
  assert.match(all, /^4 longitude: Give longitude too, or leave both empty$/m);
  assert.match(all, /^5 kind: “moon” is no kind of site\. One of: general-practice/m);
  assert.match(all, /^7 id: It is about the same as row 6\. Leave one out$/m);
  assert.match(all, /^8 name: Give the name of the site$/m);
  assert.match(all, /^8 list_size: “many” is no number/m);
});

const register = async (t: TestContext) => {
  const app = await opened(t);
  await app.load(sites);
  await app.load('name,telephone,email,asn\nBrightfen Fibre,+44 1632 960000,faults@example.net,64500\n');
  return app;
};

test('lines name their site by code and their provider by name, and are known again by the reference', async (t) => {
  const { load, plan, store } = await register(t);
  const lines =
    'reference,site_ods,provider,technology,sold_down,sold_up,monthly,installed,term_ends\n' +
    'BF-1,ABC1,brightfen fibre,ADSL2+,17,0.9,£45.00,01/04/2019,2026-03-31\n';
  assert.equal((await load(lines)).added, 1);
  assert.equal((await load(lines)).unchanged, 1);
  const [line] = await store.circuits();
  assert.equal(line?.site, 'site-ABC1');
  assert.equal(line?.installed, '2019-04-01');
  const bad = await plan(
    'reference,site,provider,technology,role,sold_down,sold_up,monthly,installed,term_ends\n' +
      'BF-2,ABC1,Brightfen Fibre,pigeon,main,80,20,-45,2025-01-01,2024-01-01\n' +
      'BF-3,ABC1,Brightfen Fibre,fttp,main,80,20,-45,2025-01-01,2024-01-01\n' +
      'BF-4,NONE,Nobody,fttp,backup,-1,20,45,2025-02-30,\n' +
      ',ABC1,Brightfen Fibre,fttp,backup,,,,,\n',
  );
  const all = told(bad).join('\n');
  assert.match(all, /^2 technology: “pigeon” is no technology we know\. One of: adsl, fttc/m);
  assert.match(all, /^3 monthly: The monthly cost must be from £0/m);
  assert.match(all, /^3 term_ends: The term ends \(2024-01-01\) before the line was installed/m);
  assert.match(all, /^3 role: One has a main line already/m);
  assert.match(all, /^4 site: There is no site NONE\. Add the site first$/m);
  assert.match(all, /^4 provider: There is no provider Nobody/m);
  assert.match(all, /^4 sold_down: The speed sold down must be more than 0/m);
  assert.match(all, /^4 installed: “2025-02-30” is no day/m);
  assert.match(all, /^5 reference: Give the line an id, or the provider’s reference$/m);
});

test('what a spreadsheet or another country writes is read: separators, encodings, quotation marks', async (t) => {
  const { plan } = await opened(t);
  const named = (rows: readonly PlannedRow[]) => rows.map(({ name }) => name);
  assert.deepEqual(named(await plan('\uFEFFName;Kind\n"Caf\u00e9; \u201cthe\u201d ""Quay""";clinic\r\n')), [
    'Caf\u00e9; \u201cthe\u201d "Quay"',
  ]);
  assert.deepEqual(named(await plan(Buffer.from('name¬kind\nCaf\xe9¬clinic\n', 'latin1'))), ['Caf\u00e9']);
  assert.deepEqual(named(await plan(Buffer.from('\uFEFFname\tkind\nSt Mary\tclinic\n', 'utf16le'))), [
    'St Mary',
  ]);
  assert.equal(separatorOf('a|b|c,d'), '|');
});

test('a file that is no table of ours is refused as a whole, and says why', async (t) => {
  const { plan } = await opened(t);
  assert.match(await reasonOf(plan('a,b\n1,2\n')), /headings are of no table that we know/);
  assert.match(await reasonOf(plan('name,kind,colour\nA,clinic,red\n')), /do not know the heading colour/);
  assert.match(
    await reasonOf(plan('name,kind\nA,clinic,1\n')),
    /Row 2 has 3 cells, and there are 2 headings/,
  );
  assert.match(
    await reasonOf(plan('name,kind\n"A,clinic\n')),
    /Row 2 cannot be read: a quotation mark is opened/,
  );
  assert.match(await reasonOf(plan('name,kind,Name\nA,clinic,B\n')), /heading name stands there twice/);
  assert.match(await reasonOf(plan('')), /empty/);
  assert.match(await reasonOf(plan('{"type":"FeatureCollection","features":[')), /no whole JSON/);
  assert.match(await reasonOf(plan('{"type":"Topology"}')), /FeatureCollection/);
});

test('a million rows are not begun: memory stays as it is, and the limit is told', async () => {
  const line = Buffer.from('A clinic somewhere,clinic,54.5,-1.3\n'.repeat(1_000));
  let read = 0;
  const endless: Source = async function* () {
    yield Buffer.from('name,kind,latitude,longitude\n');
    for (let i = 0; i < 1_000; i += 1) yield line;
  };
  const before = process.memoryUsage().rss;
  const work = (async () => {
    for await (const _ of readCsv(endless)) read += 1;
  })();
  assert.match(await reasonOf(work), /more than 100,000 rows\. Nothing of it was loaded/);
  assert.equal(read, 100_001);
  assert.ok(process.memoryUsage().rss - before < 150 * 1024 * 1024);
});

test('tenths of deprivation are those of practices: the first the most deprived', () => {
  assert.deepEqual([5, 10.064, 30, 68.7].map(deprivationOf), [10, 9, 3, 1]);
});

const shared = fileURLToPath(new URL('../../../../../../shared/data/', import.meta.url));
const real = existsSync(shared) ? false : 'the real files are not on this machine';

test('the directories of the NHS load whole in less than a minute, and again without a change', {
  skip: real,
}, async (t) => {
  const { database, record, clock, ownActor, store } = await opened(t);
  const files = [
    'sites/nhschoices_2014_Clinics.csv',
    'sites/nhschoices_2018_Hospital.csv',
    'sites/sites_gp_joined.csv',
    'maps/icb_2023.geojson',
  ].map((name) => ({ name, isNamed: true, open: () => createReadStream(`${shared}${name}`) }));
  const run = () =>
    importFiles({
      ...{ database, record, clock, ownActor, files, names: {}, leaveOut: false },
      ...{ signal: new AbortController().signal, progress: () => {} },
    });
  const started = clock.now();
  const first = await run();
  assert.ok(clock.now() - started < 60_000);
  assert.deepEqual(
    first.files.map(({ counts }) => [counts.added, counts.refused]),
    [
      [5295, 0],
      [1234, 0],
      [5942, 0],
      [42, 0],
    ],
  );
  const all = await store.sites();
  assert.equal(all.filter(({ kind }) => kind === 'general-practice').length, 5942);
  assert.equal(all.filter(({ kind }) => kind === 'hospital').length, 1234);
  assert.ok(
    all.every(({ rural, users }) => rural === undefined && users === undefined),
    'unknown stays unknown',
  );
  assert.equal(all.filter(({ ics }) => ics === undefined).length < 100, true);
  const again = await run();
  assert.ok(again.files.every(({ counts }) => counts.added === 0 && counts.changed === 0));
});
