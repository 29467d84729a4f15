/** FHIR clients that others wrote, against the record over a real connection. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import test, { after } from 'node:test';
import { Client as KitClient } from 'fhir-kit-client';
import { freePort } from './support/free-port.ts';
import { restApp } from './support/rest-app.ts';

const port = await freePort();
const baseUrl = `http://127.0.0.1:${port}/fhir`;
const { listen } = await restApp({ after }, { baseUrl });
await listen(port);

/** What these tests look at in a resource. */
interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly meta: { readonly versionId: string };
  readonly active?: boolean;
  readonly name?: readonly { readonly family?: string }[];
  readonly total?: number;
  readonly link: { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly {
    readonly resource?: Resource;
    readonly response?: { readonly status: string; readonly location?: string };
  }[];
}

/** fhirclient in Node; its own types need a package of types that is not here. */
interface SmartClient {
  create(resource: object): Promise<Resource>;
  update(resource: object): Promise<Resource>;
  patch(url: string, operations: readonly object[]): Promise<Resource>;
  delete(url: string): Promise<unknown>;
  fhirRequest(url: string, options?: object): Promise<Resource>;
  resources(url: string): AsyncIterable<Resource>;
  pages(url: string): AsyncIterable<Resource>;
  getReferences(resource: object, paths: readonly string[]): Promise<Record<string, Resource>>;
  getFhirVersion(): Promise<string>;
  getFhirRelease(): Promise<number>;
}
const { FhirClient } = createRequire(import.meta.url)('fhirclient') as {
  FhirClient: new (baseUrl: string) => SmartClient;
};

const kit = new KitClient({ baseUrl });
const smart = new FhirClient(baseUrl);
const person = (family: string, more: object = {}) => ({
  resourceType: 'Patient',
  name: [{ family }],
  ...more,
});
const idsOf = (bundle: Resource) => (bundle.entry ?? []).map((entry) => entry.resource?.id);
/** fhir-kit-client's resources are typed loosely. */
const seen = async (answer: Promise<object> | undefined) => (await answer) as Resource;

async function statusOf(work: Promise<unknown>): Promise<number | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    const { response, status } = error as { response?: { status?: number }; status?: number };
    return response?.status ?? status;
  }
}

test('fhir-kit-client creates, reads, updates, patches, deletes and reads versions', async () => {
  const resourceType = 'Patient';
  const made = await seen(kit.create({ resourceType, body: person('Kit') }));
  const { id } = made;
  assert.deepEqual(await kit.read({ resourceType, id }), made);
  const updated = await seen(kit.update({ resourceType, id, body: { ...person('Kit'), id, active: true } }));
  assert.equal(updated.meta.versionId, '2');
  const first = await seen(kit.vread({ resourceType, id, version: '1' }));
  assert.equal(first.active, undefined);
  const jsonPatch = [{ op: 'replace' as const, path: '/active', value: false }];
  assert.equal((await seen(kit.patch({ resourceType, id, jsonPatch }))).active, false);
  const history = await seen(kit.history({ resourceType, id }));
  assert.equal(history.total, 3);
  await kit.delete({ resourceType, id });
  assert.equal(await statusOf(kit.read({ resourceType, id })), 410);
  assert.equal(await statusOf(kit.read({ resourceType, id: 'never-was' })), 404);
});

test('fhir-kit-client searches by GET and POST and follows next links to the end', async () => {
  const made = new Set<string>();
  for (let i = 0; i < 5; i += 1)
    made.add((await seen(kit.create({ resourceType: 'Patient', body: person('Paging') }))).id);
  for (const options of [{}, { postSearch: true }]) {
    const found: (string | undefined)[] = [];
    let page: Resource | undefined = await seen(
      kit.search({ resourceType: 'Patient', searchParams: { family: 'Paging', _count: 2 }, options }),
    );
    while (page) {
      found.push(...idsOf(page));
      const next: Promise<object> | undefined = kit.nextPage({ bundle: page as never });
      page = next && (await seen(next));
    }
    assert.equal(found.length, 5);
    assert.deepEqual(new Set(found), made);
  }
  const all = await seen(kit.systemSearch({ searchParams: { _type: 'Patient', _count: 1 } }));
  assert.equal(all.entry?.length, 1);
});

test('fhir-kit-client creates and updates by condition', async () => {
  const identifier = [{ system: 'http://example.org/kit', value: '7' }];
  const body = person('Once', { identifier });
  const options = { headers: { 'If-None-Exist': 'identifier=http://example.org/kit|7' } };
  const first = await seen(kit.create({ resourceType: 'Patient', body, options }));
  const second = await seen(kit.create({ resourceType: 'Patient', body, options }));
  assert.equal(second.id, first.id);
  const searchParams = { identifier: 'http://example.org/kit|7' };
  const updated = await seen(
    kit.update({ resourceType: 'Patient', searchParams, body: { ...body, active: true } }),
  );
  assert.deepEqual([updated.id, updated.active], [first.id, true]);
});

test('fhir-kit-client runs a transaction, searches a compartment, and calls operations', async () => {
  const urn = 'urn:uuid:88f151c0-a954-468a-88bd-5ae15c08e059';
  const observation = {
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'x' },
    subject: { reference: urn },
  };
  const body = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      { fullUrl: urn, resource: person('Bundled'), request: { method: 'POST', url: 'Patient' } },
      { resource: observation, request: { method: 'POST', url: 'Observation' } },
    ],
  };
  const answer = await seen(kit.transaction({ body }));
  const [id] = /(?<=Patient\/)[^/]+/.exec(answer.entry?.[0]?.response?.location ?? '') ?? [];
  assert.ok(id);
  const compartment = { resourceType: 'Patient', id };
  for (const options of [{}, { postSearch: true }]) {
    const found = await seen(kit.compartmentSearch({ resourceType: 'Observation', compartment, options }));
    assert.equal(found.total, 1);
  }
  const everything = await seen(
    kit.operation({ name: '$everything', resourceType: 'Patient', id, method: 'GET' }),
  );
  assert.equal(everything.entry?.length, 2);
  const input = { resourceType: 'Patient', gender: 'nonsense' };
  const outcome = await seen(kit.operation({ name: 'validate', resourceType: 'Patient', input }));
  assert.equal(outcome.resourceType, 'OperationOutcome');
});

test('fhir-kit-client reads the capabilities and the history of all', async () => {
  const statement = await seen(kit.capabilityStatement());
  assert.equal(statement.resourceType, 'CapabilityStatement');
  const history = await seen(kit.systemHistory());
  assert.ok((history.entry?.length ?? 0) > 5);
});

test('fhirclient creates, updates, patches, reads and deletes', async () => {
  const made = await smart.create(person('Smart'));
  const updated = await smart.update({ ...person('Smart'), id: made.id, active: true });
  assert.equal(updated.meta.versionId, '2');
  const patched = await smart.patch(`Patient/${made.id}`, [{ op: 'replace', path: '/active', value: false }]);
  assert.deepEqual([patched.active, patched.meta.versionId], [false, '3']);
  assert.deepEqual(await smart.fhirRequest(`Patient/${made.id}`), patched);
  assert.equal((await smart.fhirRequest(`Patient/${made.id}/_history/1`)).active, undefined);
  await smart.delete(`Patient/${made.id}`);
  assert.equal(await statusOf(smart.fhirRequest(`Patient/${made.id}`)), 410);
});

test('fhirclient goes through every page by itself, and resolves references', async () => {
  const practitioner = await smart.create({ resourceType: 'Practitioner', name: [{ family: 'Doc' }] });
  const made = new Set<string>();
  for (let i = 0; i < 5; i += 1) {
    const generalPractitioner = [{ reference: `Practitioner/${practitioner.id}` }];
    made.add((await smart.create(person('Pages', { generalPractitioner }))).id);
  }
  const found = new Set<string>();
  let last: Resource | undefined;
  for await (const resource of smart.resources(`Patient?family=Pages&_count=2`)) {
    found.add(resource.id);
    last = resource;
  }
  assert.deepEqual(found, made);
  let pages = 0;
  for await (const page of smart.pages(`Patient?family=Pages&_count=2`)) pages += page.entry ? 1 : 0;
  assert.equal(pages, 3);
  const references = await smart.getReferences(last ?? {}, ['generalPractitioner']);
  assert.equal(Object.values(references)[0]?.id, practitioner.id);
});

test('fhirclient finds out that this is R4', async () => {
  assert.equal(await smart.getFhirVersion(), '4.0.1');
  assert.equal(await smart.getFhirRelease(), 4);
});
