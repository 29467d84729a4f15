import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Bundle, CapabilityStatement, OperationOutcome } from '@medplum/fhirtypes';
import { checkProfiles } from '../src/record/check/check-profiles.ts';
import { openGuides, type ProfileCheck } from '../src/record/guides.ts';
import { emptyRecord, folderOf } from './support/import-run.ts';
import { tester, testRecord } from './support/record.ts';
import { restApp } from './support/rest-app.ts';

const url = 'http://example.org/fhir/StructureDefinition/Named';
const definition = {
  ...{ resourceType: 'StructureDefinition', url, name: 'Named', title: 'Named people', status: 'active' },
  ...{ kind: 'resource', abstract: false, type: 'Patient', derivation: 'constraint' },
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Patient',
  differential: { element: [{ id: 'Patient.name', path: 'Patient.name', min: 1 }] },
};
const claiming = { resourceType: 'Patient', meta: { profile: [url] } };
const named = { ...claiming, name: [{ family: 'Oak' }] };

function guideFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-profiles-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'Named.json'), JSON.stringify(definition));
  return folder;
}

const app = async (t: TestContext, check: ProfileCheck) =>
  restApp(t, { guides: openGuides({ sources: [guideFolder(t)], check }) });

const issuesOf = (body: string): string[] =>
  ((JSON.parse(body) as OperationOutcome).issue ?? []).map(
    ({ severity, expression }) => `${severity} ${expression?.[0] ?? ''}`,
  );
const outcome = { prefer: 'return=OperationOutcome' };

test('$validate holds a resource to the profile that is asked for and to those that it claims', async (t) => {
  const { send } = await app(t, 'off');
  const asked = `/Patient/$validate?profile=${encodeURIComponent(url)}`;
  const errorsIn = (body: string) => issuesOf(body).filter((issue) => issue.startsWith('error'));
  assert.deepEqual(errorsIn((await send('POST', asked, { resourceType: 'Patient' })).body), [
    'error Patient.name',
  ]);
  assert.deepEqual(errorsIn((await send('POST', '/Patient/$validate', claiming)).body), [
    'error Patient.name',
  ]);
  assert.deepEqual(errorsIn((await send('POST', asked, claiming)).body), ['error Patient.name']);
  assert.deepEqual(errorsIn((await send('POST', asked, named)).body), []);
  const parameters = {
    resourceType: 'Parameters',
    parameter: [
      { name: 'resource', resource: { resourceType: 'Patient' } },
      { name: 'profile', valueUri: url },
    ],
  };
  assert.deepEqual(errorsIn((await send('POST', '/Patient/$validate', parameters)).body), [
    'error Patient.name',
  ]);
  const other = await send('POST', '/Patient/$validate', { ...named, meta: { profile: ['http://x.org/p'] } });
  assert.match(other.body, /http:\/\/x\.org\/p.*was not checked/);
});

test('a write that breaks its profile is stored and told of, where that is asked', async (t) => {
  const { send } = await app(t, 'warn');
  const told = await send('POST', '/Patient', claiming, outcome);
  assert.equal(told.statusCode, 201);
  assert.deepEqual(issuesOf(told.body), ['information ', 'error Patient.name']);
  const short = await send('POST', '/Patient', claiming);
  assert.equal(short.statusCode, 201);
  assert.match(String(short.headers['warning']), /1 errors and 0 warnings/);
  assert.equal((await send('POST', '/Patient', named)).headers['warning'], undefined);
  const bundle = {
    ...{ resourceType: 'Bundle', type: 'transaction' },
    entry: [named, claiming].map((resource) => ({ resource, request: { method: 'POST', url: 'Patient' } })),
  };
  const answer = JSON.parse((await send('POST', '/', bundle, outcome)).body) as Bundle;
  assert.deepEqual(
    answer.entry?.map(({ response }) => (response?.outcome as OperationOutcome | undefined)?.issue?.length),
    [undefined, 1],
  );
});

test('a write that breaks its profile is refused, and nothing of its transaction stays', async (t) => {
  const { send } = await app(t, 'refuse');
  const refused = await send('POST', '/Patient', claiming);
  assert.equal(refused.statusCode, 422);
  assert.deepEqual(issuesOf(refused.body), ['error Patient.name']);
  assert.equal((await send('PUT', '/Patient/p', { ...claiming, id: 'p' })).statusCode, 422);
  const bundle = {
    ...{ resourceType: 'Bundle', type: 'transaction' },
    entry: [named, claiming].map((resource) => ({ resource, request: { method: 'POST', url: 'Patient' } })),
  };
  const whole = await send('POST', '/', bundle);
  assert.equal(whole.statusCode, 422);
  assert.deepEqual(issuesOf(whole.body), ['error Bundle.entry[1].resource.name']);
  assert.equal((JSON.parse((await send('GET', '/Patient?_summary=count')).body) as Bundle).total, 0);
  assert.equal((await send('POST', '/Patient', named)).statusCode, 201);
  assert.equal((await send('POST', '/Patient', { resourceType: 'Patient' })).statusCode, 201);
});

test('nothing is said of profiles on writes where that is off', async (t) => {
  const { send } = await app(t, 'off');
  const told = await send('POST', '/Patient', claiming, outcome);
  assert.deepEqual([told.statusCode, issuesOf(told.body)], [201, ['information ']]);
});

test('the CapabilityStatement lists the profiles that are known', async (t) => {
  const { send } = await app(t, 'warn');
  const { rest } = JSON.parse((await send('GET', '/metadata')).body) as CapabilityStatement;
  const supported = rest?.[0]?.resource?.flatMap(({ type, supportedProfile }) =>
    supportedProfile ? [[type, supportedProfile]] : [],
  );
  assert.deepEqual(supported, [['Patient', [url]]]);
});

test('what is stored is checked against what it claims, and a run that was stopped goes on', async (t) => {
  const { record, database } = await testRecord(t);
  const resources = [
    claiming,
    named,
    { resourceType: 'Patient' },
    claiming,
    { ...named, meta: { profile: ['http://x.org/p'] } },
  ];
  await record.commit(
    tester,
    resources.map((resource) => ({ kind: 'create', text: JSON.stringify(resource) })),
  );
  const guides = openGuides({ sources: [guideFolder(t)], check: 'off' });
  assert.ok(guides);
  const { profiles } = guides;
  const found = await checkProfiles({ database, profiles });
  assert.deepEqual(
    [found.resources, found.claiming, found.broken, found.stoppedAt, [...found.unknown]],
    [5, 3, 2, undefined, [['http://x.org/p', 1]]],
  );
  assert.deepEqual(
    found.rules.map(({ rule, profile, count, examples }) => [rule, profile, count, examples.length]),
    [['Patient.name min', url, 2, 2]],
  );
  const before = await checkProfiles({ database, profiles, signal: AbortSignal.abort() });
  assert.equal(before.resources, 0);
  assert.ok(before.stoppedAt);
  assert.equal((await checkProfiles({ database, profiles, after: before.stoppedAt })).resources, 5);
  const [{ person, pk } = { person: '', pk: '' }] = await database.pool<{ person: string; pk: string }[]>`
    select person::text, pk::text from resource order by resource.person, resource.pk offset 1 limit 1`;
  assert.equal((await checkProfiles({ database, profiles, after: { person, pk } })).resources, 3);
});

test('an import sets aside what breaks its profile where such is refused, and takes the rest', async (t) => {
  const files = folderOf(t, {
    'people.ndjson': [
      { ...claiming, id: 'a' },
      { ...named, id: 'b' },
      { resourceType: 'Patient', id: 'c' },
    ],
  });
  const sources = [guideFolder(t)];
  const strict = await emptyRecord(t);
  const refused = await strict.load(files, { processes: 1, guides: { sources, check: 'refuse' } });
  assert.deepEqual([refused.written, refused.refused], [2, 1]);
  assert.match(refused.examples[0]?.outcome ?? '', /Named people: Patient\.name min/);
  const lenient = await emptyRecord(t);
  const taken = await lenient.load(files, { processes: 1, guides: { sources, check: 'warn' } });
  assert.deepEqual([taken.written, taken.refused], [3, 0]);
});
