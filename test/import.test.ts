import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { gzipSync } from 'node:zlib';
import Bzip2 from '@foxglove/wasm-bz2';
import { checkRecord } from '../src/record/check/check-record.ts';
import { emptyRecord, folderOf, importer, written } from './support/import-run.ts';

const synthea = join(import.meta.dirname, '../../shared/data/fhir/synthea-80');

const patient = (id: string, family = 'Test') => ({ resourceType: 'Patient', id, name: [{ family }] });
const observation = (id: string, subject: string) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'Weight' },
  subject: { reference: subject },
});
const post = (fullUrl: string, resource: object, more: object = {}) => ({
  fullUrl,
  resource,
  request: { method: 'POST', url: (resource as { resourceType: string }).resourceType, ...more },
});
const bundle = (type: string, entry: readonly object[]) => ({ resourceType: 'Bundle', type, entry });
const without = (resource: Record<string, unknown>, ...keys: string[]) =>
  Object.fromEntries(Object.entries(resource).filter(([key]) => !keys.includes(key)));

test('the Synthea bundles come in with nothing dropped, once, and the record is sound', {
  skip: existsSync(synthea) ? false : 'the shared data are not here',
}, async (t) => {
  const bzip2 = await Bzip2.init();
  const expected: Record<string, number> = {};
  for (const name of readdirSync(synthea).filter((file) => file.endsWith('.bz2'))) {
    const text = Buffer.from(bzip2.decompress(readFileSync(join(synthea, name)), 8 << 20)).toString('utf8');
    for (const { resource } of (JSON.parse(text) as { entry: { resource: { resourceType: string } }[] })
      .entry)
      expected[resource.resourceType] = (expected[resource.resourceType] ?? 0) + 1;
  }
  const record = await emptyRecord(t);
  const result = await record.load(synthea);
  assert.deepEqual(await record.counts(), expected);
  assert.equal(result.refused, 0);
  assert.equal(result.files, 80);
  const again = await record.load(synthea);
  assert.deepEqual([again.entries, again.already], [0, 80]);
  const { faults, compared } = await checkRecord({ database: record.database, sample: 0.2 });
  assert.deepEqual(faults, []);
  assert.ok(compared > 1000);
});

test('resources, Bundles of every kind and NDJSON are read, plain and packed', async (t) => {
  const line = (id: string) => JSON.stringify(patient(id));
  const record = await emptyRecord(t);
  const folder = folderOf(t, {
    'one.json': patient('one'),
    'ignored.txt': 'not FHIR',
    'deep/er/two.json.gz': gzipSync(JSON.stringify(patient('two'))),
    'lines.ndjson': `${line('l1')}\n\n${line('l2')}\r\n  \n${line('l3')}`,
    'lines.ndjson.gz': gzipSync(`${line('g1')}\n${line('g2')}\n`),
    'lines.ndjson.bz2': Buffer.from(
      'QlpoOTFBWSZTWdR8zDQAAClbgAAQEAYwEEQALineKiAAQFVUyeJqbUwamHqhQADQMmRDpq1ZsmCFrZqLMXqrlo6brpprvySirdNk7SQhik8fUIQo/i7kinChIaj5mGg=',
      'base64',
    ),
    'lines-in-disguise.json': `${line('d1')}\n${line('d2')}\n`,
    'one-line.json': `${line('o1')}\n`,
    'marked.json': `\ufeff${line('m1')}`,
    'collection.json': bundle('collection', [{ resource: patient('c1') }, { resource: patient('c2') }]),
    'searchset.json': bundle('searchset', [
      { resource: patient('s1'), search: { mode: 'match' } },
      { resource: { resourceType: 'OperationOutcome', issue: [] }, search: { mode: 'outcome' } },
    ]),
    'history.json': bundle('history', [
      { resource: patient('h1', 'New'), request: { method: 'PUT', url: 'Patient/h1' } },
      { resource: patient('h1', 'Old'), request: { method: 'POST', url: 'Patient' } },
    ]),
    'batch.json': bundle('batch', [
      { resource: patient('b1'), request: { method: 'PUT', url: 'Patient/b1' } },
    ]),
    'bundles.ndjson': [bundle('collection', [{ resource: patient('n1') }]), patient('n2')],
    'empty.json': bundle('collection', []),
  });
  const result = await record.load(folder);
  assert.deepEqual(await record.setAside(), []);
  const ids = (await record.all('Patient')).map(({ id }) => id as string).sort();
  assert.deepEqual(
    ids,
    [
      ...['b1', 'c1', 'c2', 'd1', 'd2', 'g1', 'g2', 'h1', 'l1', 'l2', 'l3', 'm1', 'n1', 'n2', 'o1', 'one'],
      ...['packed-1', 'packed-2', 's1', 'two'],
    ].sort(),
  );
  assert.deepEqual((await record.stored('Patient/h1'))?.['name'], [{ family: 'New' }]);
  assert.equal(result.files, 14);
  const [audit] = await record.database.pool`
    select count(*)::int as n, count(*) filter (where via = 'import' and actor = ${importer.id})::int as mine
    from audit`;
  assert.deepEqual([audit?.['n'], audit?.['mine']], [result.written, result.written]);
  const { faults } = await checkRecord({ database: record.database });
  assert.deepEqual(faults, []);
});

test('new ids are given for POST, and links between entries follow', async (t) => {
  const record = await emptyRecord(t);
  const folder = folderOf(t, {
    'people.json': bundle('transaction', [
      post('urn:uuid:0d6c1c62-0001-4000-8000-000000000001', patient('theirs')),
      post(
        'urn:uuid:0d6c1c62-0002-4000-8000-000000000002',
        observation('w', 'urn:uuid:0d6c1c62-0001-4000-8000-000000000001'),
      ),
    ]),
  });
  await record.load(folder, { chunk: 1 });
  const [person] = await record.all('Patient');
  const [weight] = await record.all('Observation');
  assert.notEqual(person?.['id'], 'theirs');
  assert.deepEqual(weight?.['subject'], { reference: `Patient/${person?.['id']}` });
});

test('conditional creates find what is there; conditional references wait for what other files bring', async (t) => {
  const record = await emptyRecord(t);
  const surgery = (name: string) => ({
    resourceType: 'Organization',
    identifier: [{ system: 'urn:ods', value: 'A1' }],
    name,
  });
  const managed = (id: string, value: string) => ({
    ...patient(id),
    managingOrganization: { reference: `Organization?identifier=urn:ods|${value}` },
  });
  const folder = folderOf(t, {
    'a-person.json': bundle('transaction', [post('urn:uuid:a', without(managed('x', 'A1'), 'id'))]),
    'b-nobody.json': bundle('transaction', [
      post('urn:uuid:b', without(managed('y', 'NONE'), 'id')),
      post('urn:uuid:c', without(patient('z'), 'id')),
    ]),
    'c-surgery.json': bundle('transaction', [
      post('urn:uuid:d', surgery('First'), { ifNoneExist: 'identifier=urn:ods|A1' }),
    ]),
    'd-people.ndjson': [
      bundle('transaction', [post('urn:uuid:e', without(managed('v', 'A1'), 'id'))]),
      patient('plain'),
    ],
  });
  const result = await record.load(folder);
  const more = folderOf(t, {
    'again.json': bundle('transaction', [
      post('urn:uuid:d', surgery('Second'), { ifNoneExist: 'identifier=urn:ods|A1' }),
    ]),
  });
  const found = await record.load(more);
  const surgeries = await record.all('Organization');
  assert.deepEqual(
    surgeries.map(({ name }) => name),
    ['First'],
  );
  assert.deepEqual([found.written, found.unchanged], [0, 1]);
  const places = (await record.all('Patient')).flatMap(({ managingOrganization: one }) =>
    one ? [(one as { reference: string }).reference] : [],
  );
  assert.deepEqual(
    places,
    [1, 2].map(() => `Organization/${surgeries[0]?.['id']}`),
  );
  assert.deepEqual(await record.counts(), { Organization: 1, Patient: 4 });
  const [refused, ...others] = await record.setAside();
  assert.deepEqual(others, []);
  assert.equal(refused?.entry, 0);
  assert.match(refused?.outcome ?? '', /identifier=urn:ods\|NONE matches nothing/);
  assert.equal(result.refused, 1);
});

test('a bad entry is set aside with its text and outcome, and what points at it is kept', async (t) => {
  const record = await emptyRecord(t);
  const bad = { resourceType: 'Encounter', status: 'never', class: { code: 'AMB' } };
  const folder = folderOf(t, {
    'visit.json': bundle('transaction', [
      post('urn:uuid:p', without(patient('p'), 'id')),
      post('urn:uuid:e', bad),
      post('urn:uuid:o', {
        ...without(observation('o', 'urn:uuid:p'), 'id'),
        encounter: { reference: 'urn:uuid:e' },
      }),
      { fullUrl: 'urn:uuid:q', resource: patient('q') },
      { request: { method: 'GET', url: 'Patient/1' } },
    ]),
  });
  const result = await record.load(folder);
  assert.deepEqual(await record.counts(), { Patient: 1, Observation: 1 });
  assert.deepEqual([result.entries, result.written, result.refused], [5, 2, 3]);
  const refused = await record.setAside();
  assert.deepEqual(
    refused.map(({ entry, line }) => [entry, line]),
    [
      [1, undefined],
      [3, undefined],
      [4, undefined],
    ],
  );
  assert.deepEqual(JSON.parse(refused[0]?.text ?? ''), bad);
  assert.match(refused[0]?.outcome ?? '', /Bundle\.entry\[1\]\.resource\.status/);
  const [weight] = await record.all('Observation');
  const place = (weight?.['encounter'] as { reference: string } | undefined)?.reference ?? 'nowhere';
  assert.match(refused[0]?.outcome ?? '', /PUT the mended resource there/);
  assert.ok(refused[0]?.outcome.includes(place), 'the outcome names the place that links were given');
});

test('broken files and lines are set aside with line and column, and the rest goes on', async (t) => {
  const record = await emptyRecord(t);
  const lines = Array.from({ length: 50 }, (_, i) => patient(`g${i}`, 'x'.repeat(2000)));
  const folder = folderOf(t, {
    'broken.json': '{\n  "resourceType": "Patient",\n  "id": "1"\n  "active": true\n}',
    'cut-off.json': JSON.stringify(bundle('collection', [{ resource: patient('c') }])).slice(0, -9),
    'cut-off.ndjson.gz': gzipSync(written(lines)).subarray(0, -20),
    'empty-file.json': '',
    'fine.json': patient('fine'),
    'lines.ndjson': Buffer.concat([
      Buffer.from(`${JSON.stringify(patient('l1'))}\n{"resourceType":"Patient",}\n`),
      Buffer.from([0x7b, 0xff, 0x7d, 0x0a]),
      Buffer.from(`{"resourceType":"Nothing"}\n"text"\n${JSON.stringify(patient('l6'))}\n`),
      Buffer.from(`${JSON.stringify(bundle('collection', [{ resource: patient('b1') }, {}]))}\n`),
    ]),
    'no-bundle.json': { resourceType: 'Bundle', type: 'everything', entry: [] },
    'zipped.json': Buffer.from('504b030400000000', 'hex'),
  });
  const result = await record.load(folder);
  for (const name of ['fine', 'l1', 'l6', 'b1']) assert.ok(await record.stored(`Patient/${name}`), name);
  const refused = (await record.setAside()).map(({ path, line, entry, outcome }) => ({
    at: [path.slice(path.lastIndexOf('/') + 1), line, entry],
    outcome,
  }));
  assert.deepEqual(
    refused.map(({ at }) => at),
    [
      ['broken.json', undefined, undefined],
      ['cut-off.json', undefined, undefined],
      ['cut-off.ndjson.gz', refused[2]?.at[1], undefined],
      ['empty-file.json', undefined, undefined],
      ['lines.ndjson', 2, undefined],
      ['lines.ndjson', 3, undefined],
      ['lines.ndjson', 4, undefined],
      ['lines.ndjson', 5, undefined],
      ['lines.ndjson', 7, 1],
      ['no-bundle.json', undefined, undefined],
      ['zipped.json', undefined, undefined],
    ],
  );
  assert.match(refused[0]?.outcome ?? '', /"valueInteger":4/, 'line 4 of the file');
  assert.match(refused[2]?.outcome ?? '', /gzip data is broken or cut off/);
  assert.match(
    refused[4]?.outcome ?? '',
    /issue-line","valueInteger":2/,
    'the line in the file, not in the resource',
  );
  assert.match(refused[5]?.outcome ?? '', /not UTF-8/);
  assert.equal(result.refused, refused.length);
  const again = await record.load(folder);
  assert.deepEqual([again.entries, again.already], [0, 8]);
});

test('of a resource that a file has twice the later line stands, and both versions are kept', async (t) => {
  const record = await emptyRecord(t);
  const lines = Array.from({ length: 60 }, (_, i) => patient(`p${i % 3}`, `Name${i}`));
  const folder = folderOf(t, { 'twice.ndjson': lines });
  const result = await record.load(folder, { chunk: 7 });
  assert.equal(result.written, 60);
  for (const i of [0, 1, 2]) {
    const body = await record.stored(`Patient/p${i}`);
    assert.deepEqual(body?.['name'], [{ family: `Name${57 + i}` }]);
    assert.equal((body?.['meta'] as { versionId: string } | undefined)?.versionId, '20');
  }
  assert.deepEqual((await checkRecord({ database: record.database })).faults, []);
});

test('a file that is mended is imported again, and again only when asked for', async (t) => {
  const record = await emptyRecord(t);
  const folder = folderOf(t, {
    'a.json': '{"resourceType":"Patient"',
    'b.ndjson': [patient('b1'), patient('b2')],
  });
  assert.equal((await record.load(folder)).refused, 1);
  writeFileSync(join(folder, 'a.json'), JSON.stringify(patient('a')));
  const second = await record.load(folder);
  assert.deepEqual([second.entries, second.written, second.already], [1, 1, 1]);
  assert.deepEqual(await record.setAside(), [], 'what was set aside of the old content is history');
  const third = await record.load(folder, { again: true });
  assert.deepEqual([third.entries, third.written, third.unchanged, third.already], [3, 0, 3, 0]);
  assert.deepEqual(await record.counts(), { Patient: 3 });
});

test('a value that the database itself cannot hold is set aside alone', async (t) => {
  const record = await emptyRecord(t);
  const long = Array.from({ length: 3000 }, (_, i) =>
    String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000)),
  ).join('');
  const folder = folderOf(t, {
    'values.ndjson': [
      patient('v1'),
      { resourceType: 'Patient', id: 'v2', identifier: [{ system: 'urn:x', value: long }] },
      patient('v3'),
    ],
  });
  const result = await record.load(folder);
  assert.ok(await record.stored('Patient/v1'));
  assert.ok(await record.stored('Patient/v3'));
  assert.equal(result.written + result.refused, 3);
  for (const { line, outcome } of await record.setAside()) {
    assert.equal(line, 2);
    assert.match(outcome, /cannot hold/);
  }
});

test('an import that is stopped has finished what it began, and goes on from there', async (t) => {
  const record = await emptyRecord(t);
  const folder = folderOf(t, {
    'lines.ndjson': Array.from({ length: 3000 }, (_, i) => patient(`p${i}`)),
  });
  const control = new AbortController();
  const stopped = await record.load(folder, {
    chunk: 20,
    signal: control.signal,
    watch: ({ done }) => {
      if (done >= 500) control.abort();
    },
  });
  assert.equal(stopped.stopped, true);
  assert.ok(stopped.entries >= 500 && stopped.entries < 3000, `${stopped.entries}`);
  assert.deepEqual(await record.counts(), { Patient: stopped.entries });
  const rest = await record.load(folder, { chunk: 33 });
  assert.equal(rest.entries, 3000 - stopped.entries);
  assert.equal(rest.unchanged, 0, 'nothing came twice');
  assert.deepEqual(await record.counts(), { Patient: 3000 });
  const [source] = await record.database.pool`select done, written, finished from import_source`;
  assert.deepEqual([source?.['done'], source?.['written'], source?.['finished']], ['3000', '3000', true]);
});
