/** The FHIR API from outside, against the real record. Clauses: FHIR R4, RESTful API and . */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import type { Bundle, CapabilityStatement, OperationOutcome, Patient } from '@medplum/fhirtypes';
import { resourceTypes } from '../src/fhir/resource-types.ts';
import { validate } from '../src/fhir/validate.ts';
import { testBaseUrl as base } from './support/record.ts';
import { restApp } from './support/rest-app.ts';

const { send } = await restApp({ after });
let serial = 0;
const patch = 'application/json-patch+json';
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const errors = (resource: unknown) => validate(resource).filter((fault) => fault.severity === 'error');
const modes = (bundle: Bundle) => (bundle.entry ?? []).map((entry) => entry.search?.mode);
const ids = (bundle: Bundle) => (bundle.entry ?? []).flatMap((entry) => entry.resource?.id ?? []);
const link = (bundle: Bundle, relation: string) => bundle.link?.find((one) => one.relation === relation)?.url;
/** A family name that no other test has. */
const fresh = () => {
  serial += 1;
  return `Family${String(serial).padStart(4, '0')}`;
};
const person = (family: string, more: object = {}): Patient => ({
  resourceType: 'Patient',
  name: [{ family }],
  ...more,
});

async function created(resource: object): Promise<string> {
  const { resourceType } = resource as { resourceType: string };
  const answer = await send('POST', `/${resourceType}`, resource);
  assert.equal(answer.statusCode, 201, answer.body);
  return answer.json().id;
}

/** The outcome of an answer that refuses, checked to be one. */
function refusal(
  answer: { statusCode: number; body: string; headers: object },
  status: number,
): OperationOutcome {
  assert.equal(answer.statusCode, status, answer.body);
  const outcome = JSON.parse(answer.body) as OperationOutcome;
  assert.equal(outcome.resourceType, 'OperationOutcome');
  assert.deepEqual(errors(outcome), []);
  return outcome;
}
const where = (outcome: OperationOutcome) =>
  outcome.issue?.[0]?.expression?.[0] ?? outcome.issue?.[0]?.location?.[0];

test('create answers 201 with Location, ETag, Last-Modified and the resource as stored', async () => {
  const text =
    '{"resourceType":"Observation","id":"mine","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.00}}';
  const answer = await send('POST', '/Observation', text);
  assert.equal(answer.statusCode, 201);
  const { id, meta } = answer.json();
  assert.notEqual(id, 'mine');
  assert.equal(answer.headers['location'], `${base}/Observation/${id}/_history/1`);
  assert.equal(answer.headers['etag'], 'W/"1"');
  assert.equal(answer.headers['last-modified'], new Date(meta.lastUpdated).toUTCString());
  assert.equal(answer.headers['content-type'], 'application/fhir+json; charset=utf-8');
  assert.ok(answer.headers['x-request-id']);
  assert.ok(answer.body.includes('"value":1.00'), 'digits are kept');
  const read = await send('GET', `/Observation/${id}`);
  assert.equal(read.body, answer.body);
});

test('Prefer chooses what a write answers', async () => {
  const minimal = await send('POST', '/Patient', person(fresh()), { prefer: 'return=minimal' });
  assert.deepEqual([minimal.statusCode, minimal.body], [201, '']);
  assert.ok(minimal.headers['location']);
  const told = await send('POST', '/Patient', person(fresh()), { prefer: 'return=OperationOutcome' });
  assert.deepEqual([told.statusCode, told.json().resourceType], [201, 'OperationOutcome']);
  const id = await created(person(fresh()));
  const gone = await send('DELETE', `/Patient/${id}`, undefined, { prefer: 'return=OperationOutcome' });
  assert.deepEqual([gone.statusCode, gone.json().resourceType], [200, 'OperationOutcome']);
});

test('read knows 404 from 410, and HEAD answers as GET without a body', async () => {
  refusal(await send('GET', '/Patient/never-was'), 404);
  const id = await created(person(fresh()));
  const [get, head] = [await send('GET', `/Patient/${id}`), await send('HEAD', `/Patient/${id}`)];
  assert.deepEqual([head.statusCode, head.body, head.headers['etag']], [200, '', 'W/"1"']);
  assert.equal(head.headers['content-length'], get.headers['content-length']);
  assert.equal((await send('DELETE', `/Patient/${id}`)).statusCode, 204);
  refusal(await send('GET', `/Patient/${id}`), 410);
  assert.equal((await send('DELETE', `/Patient/${id}`)).statusCode, 204, 'a second time changes nothing');
});

test('a client that has the version is told so', async () => {
  const id = await created(person(fresh()));
  const read = await send('GET', `/Patient/${id}`);
  const since = String(read.headers['last-modified']);
  for (const headers of [{ 'if-none-match': 'W/"1"' }, { 'if-modified-since': since }]) {
    const again = await send('GET', `/Patient/${id}`, undefined, headers);
    assert.deepEqual([again.statusCode, again.body, again.headers['etag']], [304, '', 'W/"1"']);
  }
  const newer = await send('GET', `/Patient/${id}`, undefined, {
    'if-none-match': 'W/"2"',
    'if-modified-since': since,
  });
  assert.equal(newer.statusCode, 200);
});

test('update makes versions, creates under a chosen id, and obeys If-Match', async () => {
  const id = fresh();
  const put = (active: boolean, headers = {}) =>
    send('PUT', `/Patient/${id}`, { ...person(id), id, active }, headers);
  const first = await put(true);
  assert.deepEqual([first.statusCode, first.headers['location']], [201, `${base}/Patient/${id}/_history/1`]);
  const second = await put(false, { 'if-match': 'W/"1"' });
  assert.deepEqual(
    [second.statusCode, second.headers['etag'], second.headers['location']],
    [200, 'W/"2"', undefined],
  );
  assert.equal((await put(false)).headers['etag'], 'W/"2"', 'the same again is no new version');
  refusal(await put(true, { 'if-match': 'W/"1"' }), 412);
  refusal(await put(true, { 'if-match': 'W/"other"' }), 412);
  assert.equal(where(refusal(await put(true, { 'if-match': '1' }), 400)), 'http.header.If-Match');
  assert.equal((await put(true, { 'if-match': '*' })).headers['etag'], 'W/"3"');
  refusal(await send('PUT', '/Patient/nobody', { ...person('x'), id: 'nobody' }, { 'if-match': '*' }), 412);
  refusal(await put(true, { 'if-none-match': '*' }), 400);
  refusal(await send('PUT', `/Patient/${id}`, { ...person(id), id: 'other' }), 400);
  refusal(await send('PUT', `/Patient/${id}`, { resourceType: 'Basic', id, code: { text: 'x' } }), 400);
});

test('every version is read by its number; a deleted one is gone', async () => {
  const id = fresh();
  await send('PUT', `/Patient/${id}`, { ...person('One'), id });
  await send('PUT', `/Patient/${id}`, { ...person('Two'), id });
  await send('DELETE', `/Patient/${id}`);
  const first = await send('GET', `/Patient/${id}/_history/1`);
  assert.deepEqual([first.json().name[0].family, first.headers['etag']], ['One', 'W/"1"']);
  assert.equal((await send('GET', `/Patient/${id}/_history/2`)).json().name[0].family, 'Two');
  refusal(await send('GET', `/Patient/${id}/_history/3`), 410);
  refusal(await send('GET', `/Patient/${id}/_history/4`), 404);
  refusal(await send('GET', `/Patient/${id}/_history/x`), 404);
});

test('conditional create finds, creates, or refuses several', async () => {
  const system = `http://example.org/${fresh()}`;
  const one = { ...person(fresh()), identifier: [{ system, value: '1' }] };
  const headers = { 'if-none-exist': `identifier=${system}|1` };
  const first = await send('POST', '/Patient', one, headers);
  assert.equal(first.statusCode, 201);
  const again = await send('POST', '/Patient', one, headers);
  assert.deepEqual([again.statusCode, again.json().id], [200, first.json().id]);
  assert.ok(again.headers['content-location']);
  await created(one);
  refusal(await send('POST', '/Patient', one, headers), 412);
  refusal(await send('POST', '/Patient', one, { 'if-none-exist': 'nonsense=1' }), 400);
});

test('conditional update creates, then updates, then refuses several', async () => {
  const system = `http://example.org/${fresh()}`;
  const one = { ...person(fresh()), identifier: [{ system, value: '1' }] };
  const path = `/Patient?identifier=${system}|1`;
  const first = await send('PUT', path, one);
  assert.equal(first.statusCode, 201);
  const { id } = first.json();
  const second = await send('PUT', path, { ...one, active: true });
  assert.deepEqual([second.statusCode, second.json().id, second.headers['etag']], [200, id, 'W/"2"']);
  refusal(await send('PUT', path, { ...one, id: 'other' }), 400);
  await created(one);
  refusal(await send('PUT', path, one), 412);
  refusal(await send('PUT', '/Patient', one), 400);
});

test('conditional delete takes one match, and nothing where there is none', async () => {
  const family = fresh();
  await created(person(family));
  const twin = await created(person(family));
  refusal(await send('DELETE', `/Patient?family=${family}`), 412);
  await send('DELETE', `/Patient/${twin}`);
  assert.equal((await send('DELETE', `/Patient?family=${family}`)).statusCode, 204);
  assert.equal((await send('GET', `/Patient?family=${family}`)).json().total, 0);
  assert.equal((await send('DELETE', `/Patient?family=${family}`)).statusCode, 204);
  refusal(await send('DELETE', '/Patient'), 400);
});

test('a JSON Patch changes what it names and keeps every other digit', async () => {
  const text =
    '{"resourceType":"Observation","status":"preliminary","code":{"text":"x"},"valueQuantity":{"value":2.50}}';
  const { id } = (await send('POST', '/Observation', text)).json();
  const run = (operations: unknown, headers = {}) =>
    send('PATCH', `/Observation/${id}`, operations, { 'content-type': patch, ...headers });
  const final = { op: 'replace', path: '/status', value: 'final' };
  const done = await run([{ op: 'test', path: '/status', value: 'preliminary' }, final]);
  assert.deepEqual([done.statusCode, done.json().status, done.headers['etag']], [200, 'final', 'W/"2"']);
  assert.ok(done.body.includes('"value":2.50'));
  assert.equal(where(refusal(await run([{ op: 'test', path: '/status', value: 'x' }]), 422)), 'http.body[0]');
  assert.equal(where(refusal(await run([{ ...final, value: 'nonsense' }]), 422)), 'Observation.status');
  refusal(await run([{ op: 'replace', path: '/id', value: 'other' }]), 422);
  refusal(await run([final], { 'if-match': 'W/"1"' }), 412);
  refusal(await run([final], { 'content-type': 'application/xml-patch+xml' }), 415);
  refusal(await run({ resourceType: 'Patient' }, { 'content-type': 'application/fhir+json' }), 400);
  refusal(await send('PATCH', '/Observation/none', [final], { 'content-type': patch }), 404);
});

test('a FHIRPath Patch changes what its paths lead to', async () => {
  const id = await created(person(fresh(), { birthDate: '1970-01-01' }));
  const operation = (type: string, path: string, more: object[]) => ({
    name: 'operation',
    part: [{ name: 'type', valueCode: type }, { name: 'path', valueString: path }, ...more],
  });
  const body = {
    resourceType: 'Parameters',
    parameter: [
      operation('replace', 'Patient.birthDate', [{ name: 'value', valueDate: '1971-01-01' }]),
      operation('add', 'Patient.name.first()', [
        { name: 'name', valueString: 'given' },
        { name: 'value', valueString: 'Ann' },
      ]),
    ],
  };
  const answer = await send('PATCH', `/Patient/${id}`, body);
  assert.equal(answer.statusCode, 200, answer.body);
  const { birthDate, name } = answer.json() as Patient;
  assert.deepEqual([birthDate, name?.[0]?.given], ['1971-01-01', ['Ann']]);
  const wrong = { resourceType: 'Parameters', parameter: [operation('replace', 'Patient.gender', [])] };
  assert.equal(where(refusal(await send('PATCH', `/Patient/${id}`, wrong), 422)), 'Parameters.parameter[0]');
});

test('patches that meet are both made', async () => {
  const id = await created(person(fresh()));
  const add = (value: string) =>
    send('PATCH', `/Patient/${id}`, [{ op: 'add', path: '/name/-', value: { family: value } }], {
      'content-type': patch,
    });
  const answers = await Promise.all(['A', 'B', 'C', 'D'].map(add));
  assert.deepEqual(
    answers.map((answer) => answer.statusCode),
    [200, 200, 200, 200],
  );
  const names = (await send('GET', `/Patient/${id}`))
    .json()
    .name.map((name: { family: string }) => name.family);
  assert.deepEqual(names.slice(1).sort(), ['A', 'B', 'C', 'D']);
});

test('a conditional patch needs exactly one match', async () => {
  const family = fresh();
  const run = () =>
    send('PATCH', `/Patient?family=${family}`, [{ op: 'add', path: '/active', value: true }], {
      'content-type': patch,
    });
  refusal(await run(), 404);
  await created(person(family));
  assert.equal((await run()).json().active, true);
  await created(person(family));
  refusal(await run(), 412);
});

test('history of one, of a type and of all is newest first, and pages through every version once', async () => {
  const id = fresh();
  for (const family of ['One', 'Two', 'Three'])
    await send('PUT', `/Patient/${id}`, { ...person(family), id });
  await send('DELETE', `/Patient/${id}`);
  const whole = (await send('GET', `/Patient/${id}/_history`)).json() as Bundle;
  assert.deepEqual([whole.type, whole.total], ['history', 4]);
  assert.deepEqual(errors(whole), []);
  assert.equal(whole.entry?.[0]?.request?.method, 'DELETE');
  for (const path of [
    `/Patient/${id}/_history?_count=2`,
    '/Patient/_history?_count=3',
    '/_history?_count=4',
  ]) {
    const seen: string[] = [];
    let next: string | undefined = path;
    while (next) {
      const page: Bundle = (await send('GET', next)).json();
      assert.deepEqual(errors(page), []);
      for (const entry of page.entry ?? []) seen.push(`${entry.fullUrl} ${entry.response?.etag}`);
      next = link(page, 'next')?.slice(base.length);
    }
    assert.equal(new Set(seen).size, seen.length, path);
    for (const version of [1, 2, 3, 4])
      assert.ok(seen.includes(`${base}/Patient/${id} W/"${version}"`), path);
  }
  refusal(await send('GET', '/Patient/never-was/_history'), 404);
});

test('history since a time, and at a time', async () => {
  const id = fresh();
  const first = (await send('PUT', `/Patient/${id}`, { ...person('One'), id })).json();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const second = (await send('PUT', `/Patient/${id}`, { ...person('Two'), id })).json();
  const families = async (query: string) =>
    ((await send('GET', `/Patient/${id}/_history?${query}`)).json() as Bundle).entry?.map(
      (entry) => (entry.resource as Patient).name?.[0]?.family,
    ) ?? [];
  assert.deepEqual(await families(`_since=${second.meta.lastUpdated}`), ['Two']);
  assert.deepEqual(await families(`_at=${first.meta.lastUpdated}`), ['One']);
  assert.deepEqual(await families('_at=2000'), []);
  assert.equal(
    where(refusal(await send('GET', `/Patient/${id}/_history?_since=soon`), 400)),
    'http.query._since',
  );
});

test('a search by GET and by POST is the same, and parameters may stand in both places', async () => {
  const family = fresh();
  const id = await created(person(family, { gender: 'female' }));
  await created(person(family, { gender: 'male' }));
  const get = (await send('GET', `/Patient?family=${family}&gender=female`)).json() as Bundle;
  const post = (
    await send('POST', `/Patient/_search?gender=female`, `family=${family}`, form)
  ).json() as Bundle;
  for (const bundle of [get, post]) {
    assert.deepEqual([bundle.type, bundle.total, ids(bundle)], ['searchset', 1, [id]]);
    assert.deepEqual(errors(bundle), []);
    assert.equal(bundle.entry?.[0]?.fullUrl, `${base}/Patient/${id}`);
  }
  assert.equal(link(get, 'self'), `${base}/Patient?family=${family}&gender=female`);
  const all = (await send('POST', '/_search', `_type=Patient&_id=${id}`, form)).json() as Bundle;
  assert.deepEqual(ids(all), [id]);
  refusal(await send('POST', '/Patient/_search', { family }), 415);
});

test('a search pages by next links through every match once, and back to the first', async () => {
  const family = fresh();
  const made = new Set<string>();
  for (let i = 0; i < 7; i += 1) made.add(await created(person(family, { birthDate: `199${i}-01-01` })));
  const seen: string[] = [];
  let next: string | undefined = `/Patient?family=${family}&_count=3&_sort=-birthdate&_total=accurate`;
  let pages = 0;
  while (next) {
    const page: Bundle = (await send('GET', next)).json();
    assert.equal(page.total, 7);
    pages += 1;
    seen.push(...ids(page));
    assert.equal(link(page, 'self'), base + next);
    assert.equal(
      link(page, 'first'),
      `${base}/Patient?family=${family}&_count=3&_sort=-birthdate&_total=accurate`,
    );
    next = link(page, 'next')?.slice(base.length);
  }
  assert.deepEqual([pages, seen.length, new Set(seen)], [3, 7, made]);
});

test('what a search did not understand is told, left out of self, and refused when strict', async () => {
  const family = fresh();
  await created(person(family));
  const lenient = (await send('GET', `/Patient?family=${family}&foo=1`)).json() as Bundle;
  assert.deepEqual(modes(lenient), ['match', 'outcome']);
  assert.equal(link(lenient, 'self'), `${base}/Patient?family=${family}`);
  assert.deepEqual(errors(lenient), []);
  const strict = await send('GET', `/Patient?family=${family}&foo=1`, undefined, {
    prefer: 'handling=strict',
  });
  assert.equal(where(refusal(strict, 400)), 'http.query.foo');
  refusal(await send('GET', '/Patient?birthdate=soon'), 400);
  const elements = (await send('GET', `/Patient?family=${family}&_elements=nmae`)).json() as Bundle;
  assert.match(JSON.stringify(elements.entry?.at(-1)?.resource), /Did you mean name/);
});

test('includes are told apart from matches; _elements is about the matches', async () => {
  const family = fresh();
  const id = await created(person(family, { active: true }));
  const subject = { reference: `Patient/${id}` };
  await created({
    resourceType: 'Observation',
    status: 'final',
    code: { text: family },
    subject,
    note: [{ text: 'n' }],
  });
  const bundle = (
    await send('GET', `/Observation?subject=${id}&_include=Observation:subject&_elements=code`)
  ).json() as Bundle;
  assert.deepEqual(modes(bundle), ['match', 'include']);
  const [match, include] = (bundle.entry ?? []).map((entry) => entry.resource);
  assert.equal('note' in (match ?? {}), false);
  assert.equal((include as Patient).active, true);
  assert.equal(include?.meta?.tag, undefined);
  const reverse = (await send('GET', `/Patient?_id=${id}&_revinclude=Observation:subject`)).json() as Bundle;
  assert.deepEqual(modes(reverse), ['match', 'include']);
});

test('summaries: counted only, cut, and pretty', async () => {
  const family = fresh();
  const id = await created(person(family, { contact: [{ name: { family: 'x' } }] }));
  const count = (await send('GET', `/Patient?family=${family}&_summary=count`)).json() as Bundle;
  assert.deepEqual([count.total, count.entry], [1, undefined]);
  const cut = (await send('GET', `/Patient?family=${family}&_summary=true`)).json() as Bundle;
  assert.deepEqual(Object.keys(cut.entry?.[0]?.resource ?? {}), ['resourceType', 'id', 'meta', 'name']);
  assert.equal(cut.entry?.[0]?.resource?.meta?.tag?.[0]?.code, 'SUBSETTED');
  const read = await send('GET', `/Patient/${id}?_elements=contact&_pretty=true`);
  assert.match(read.body, /^\{\n {2}"resourceType": "Patient",\n/);
  assert.deepEqual(Object.keys(read.json()), ['resourceType', 'id', 'meta', 'contact']);
  refusal(await send('GET', `/Patient/${id}?_summary=count`), 400);
  refusal(await send('GET', `/Patient/${id}?_summary=maybe`), 400);
});

test('compartments are searched one type at a time', async () => {
  const id = await created(person(fresh()));
  const subject = { reference: `Patient/${id}` };
  const observation = await created({
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'x' },
    subject,
  });
  await created({ resourceType: 'Observation', status: 'final', code: { text: 'y' } });
  const bundle = (await send('GET', `/Patient/${id}/Observation?status=final`)).json() as Bundle;
  assert.deepEqual(ids(bundle), [observation]);
  assert.equal(link(bundle, 'self'), `${base}/Patient/${id}/Observation?status=final`);
  const post = (
    await send('POST', `/Patient/${id}/Observation/_search`, 'status=final', form)
  ).json() as Bundle;
  assert.deepEqual(ids(post), [observation]);
  refusal(await send('GET', `/Organization/${id}/Observation`), 404);
  refusal(await send('GET', `/Patient/${id}/Nonsense`), 404);
});

test('$everything is one person and what they point at, by GET and by POST', async () => {
  const practitioner = await created({ resourceType: 'Practitioner', name: [{ family: fresh() }] });
  const id = await created(
    person(fresh(), { generalPractitioner: [{ reference: `Practitioner/${practitioner}` }] }),
  );
  const subject = { reference: `Patient/${id}` };
  const old = await created({
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'x' },
    subject,
    effectiveDateTime: '2001-01-01',
  });
  const recent = await created({
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'x' },
    subject,
    effectiveDateTime: '2020-01-01',
  });
  const whole = (await send('GET', `/Patient/${id}/$everything`)).json() as Bundle;
  assert.deepEqual(new Set(ids(whole)), new Set([id, practitioner, old, recent]));
  assert.deepEqual(errors(whole), []);
  const some = (
    await send('GET', `/Patient/${id}/$everything?_type=Observation&start=2019`)
  ).json() as Bundle;
  assert.deepEqual(
    ids(some).filter((one) => one === old || one === recent),
    [recent],
  );
  const parameters = {
    resourceType: 'Parameters',
    parameter: [
      { name: 'end', valueDate: '2002-01-01' },
      { name: '_type', valueCode: 'Observation' },
    ],
  };
  const posted = (await send('POST', `/Patient/${id}/$everything`, parameters)).json() as Bundle;
  assert.deepEqual(
    ids(posted).filter((one) => one === old || one === recent),
    [old],
  );
  const seen: string[] = [];
  let next: string | undefined = `/Patient/${id}/$everything?_count=2`;
  while (next) {
    const page: Bundle = (await send('GET', next)).json();
    seen.push(...ids(page));
    next = link(page, 'next')?.slice(base.length);
  }
  for (const one of [id, old, recent]) assert.equal(seen.filter((other) => other === one).length, 1);
  refusal(await send('GET', '/Patient/never-was/$everything'), 404);
  refusal(await send('GET', '/Observation/x/$everything'), 404);
});

test('a transaction and a batch are answered entry by entry', async () => {
  const family = fresh();
  const entry = (request: object, resource?: object, fullUrl?: string) => ({
    ...(fullUrl ? { fullUrl } : {}),
    ...(resource ? { resource } : {}),
    request,
  });
  const urn = 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a';
  const transaction = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      entry(
        { method: 'POST', url: 'Observation' },
        { resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject: { reference: urn } },
      ),
      entry({ method: 'POST', url: 'Patient' }, person(family), urn),
    ],
  };
  const done = (await send('POST', '/', transaction)).json() as Bundle;
  assert.equal(done.type, 'transaction-response');
  assert.deepEqual(
    done.entry?.map((one) => one.response?.status),
    ['201 Created', '201 Created'],
  );
  assert.deepEqual(errors(done), []);
  const back = (await send('POST', '/', transaction, { prefer: 'return=representation' })).json() as Bundle;
  assert.equal(back.entry?.[1]?.resource?.resourceType, 'Patient');
  const batch = {
    resourceType: 'Bundle',
    type: 'batch',
    entry: [
      entry({ method: 'POST', url: 'Patient' }, { resourceType: 'Patient', gender: 'nonsense' }),
      entry({ method: 'GET', url: `Patient?family=${family}` }),
    ],
  };
  const answers = (await send('POST', '/', batch)).json() as Bundle;
  assert.match(answers.entry?.[0]?.response?.status ?? '', /^422/);
  assert.equal(answers.entry?.[1]?.resource?.resourceType, 'Bundle');
  const wrong = { ...transaction, entry: [...transaction.entry, batch.entry[0]] };
  assert.match(String(where(refusal(await send('POST', '/', wrong), 422))), /^Bundle\.entry\[2\]\.resource/);
});

test('$validate says what is wrong and stores nothing', async () => {
  const run = async (path: string, body: unknown) => {
    const answer = await send('POST', path, body);
    assert.equal(answer.statusCode, 200, answer.body);
    return (answer.json() as OperationOutcome).issue
      ?.filter((issue) => issue.severity === 'error')
      .map((issue) => issue.expression?.[0]);
  };
  assert.deepEqual(await run('/Patient/$validate', person('x')), []);
  assert.deepEqual(await run('/Patient/$validate', { ...person('x'), gender: 'x' }), ['Patient.gender']);
  assert.deepEqual(await run('/Patient/$validate', { resourceType: 'Basic', code: { text: 'x' } }), [
    'resourceType',
  ]);
  const parameters = {
    resourceType: 'Parameters',
    parameter: [
      { name: 'mode', valueCode: 'update' },
      { name: 'resource', resource: person('x') },
    ],
  };
  assert.deepEqual(await run('/Patient/$validate', parameters), ['Patient.id']);
  assert.deepEqual(await run('/Patient/1/$validate', { ...person('x'), id: '1' }), []);
  refusal(await send('POST', '/Patient/$validate'), 400);
});

test('Binary content goes in and out as itself, and as a resource where FHIR is asked for', async () => {
  const bytes = Buffer.from([0, 1, 2, 255]);
  const made = await send('POST', '/Binary', bytes, { 'content-type': 'image/png' });
  assert.equal(made.statusCode, 201, made.body);
  const { id } = made.json();
  const raw = await send('GET', `/Binary/${id}`, undefined, { accept: 'image/*' });
  assert.deepEqual([raw.headers['content-type'], raw.rawPayload], ['image/png', bytes]);
  assert.match(String(raw.headers['content-security-policy']), /sandbox/);
  const resource = await send('GET', `/Binary/${id}`, undefined, { accept: 'application/fhir+json' });
  assert.equal(resource.json().contentType, 'image/png');
});

test('the form of an answer is asked for by Accept or _format', async () => {
  const id = await created(person(fresh()));
  const get = (query: string, accept?: string) =>
    send('GET', `/Patient/${id}${query}`, undefined, accept === undefined ? {} : { accept });
  assert.equal(
    (await get('', 'application/json')).headers['content-type'],
    'application/json; charset=utf-8',
  );
  assert.equal((await get('?_format=json', 'application/xml')).statusCode, 200);
  assert.equal(where(refusal(await get('', 'application/fhir+xml'), 406)), 'http.header.Accept');
  assert.equal(where(refusal(await get('?_format=xml'), 406)), 'http.query._format');
  refusal(await get('', 'application/fhir+json; fhirVersion=3.0'), 406);
  refusal(
    await send('POST', '/Patient', JSON.stringify(person('x')), {
      'content-type': 'application/fhir+json; fhirVersion=3.0',
    }),
    415,
  );
});

test('parameters that mean nothing to a read are told in a Warning, or refused', async () => {
  const id = await created(person(fresh()));
  const told = await send('GET', `/Patient/${id}?_sumary=true`);
  assert.match(String(told.headers['warning']), /^299 - ".*Did you mean _summary/);
  assert.equal(
    where(
      refusal(
        await send('GET', `/Patient/${id}?_sumary=true`, undefined, { prefer: 'handling=strict' }),
        400,
      ),
    ),
    'http.query._sumary',
  );
});

test('what is not there is told with what is', async () => {
  assert.match(JSON.stringify(refusal(await send('GET', '/Patint/1'), 404)), /Did you mean Patient/);
  assert.match(
    JSON.stringify(refusal(await send('POST', '/Obsrvation', {}), 404)),
    /Did you mean Observation/,
  );
  assert.match(JSON.stringify(refusal(await send('GET', '/Patient/$export'), 404)), /\$validate/);
  for (const path of ['/$export', '/Patient/1/$nonsense', '/a/b/c/d/e', '/Patient/1/x/y/z'])
    refusal(await send('GET', path), 404);
  const methods: [string, string, string][] = [
    ['GET', '/Patient/_search', 'POST, OPTIONS'],
    ['DELETE', '/', 'GET, HEAD, POST, OPTIONS'],
    ['POST', '/metadata', 'GET, HEAD, OPTIONS'],
    ['PUT', '/Patient/1/_history', 'GET, HEAD, OPTIONS'],
    ['POST', '/Patient/1', 'DELETE, GET, HEAD, PATCH, PUT, OPTIONS'],
    ['GET', '/Patient/$validate', 'POST, OPTIONS'],
  ];
  for (const [method, path, allow] of methods) {
    const answer = await send(method, path);
    refusal(answer, 405);
    assert.equal(answer.headers['allow'], allow, `${method} ${path}`);
  }
});

test('addresses may end in a slash, and operations may come encoded', async () => {
  const id = await created(person(fresh()));
  assert.equal((await send('GET', `/Patient/?_id=${id}`)).json().total, 1);
  assert.equal((await send('POST', '/Patient/', person(fresh()))).statusCode, 201);
  assert.equal((await send('GET', `/Patient/${id}/%24everything`)).statusCode, 200);
});

test('the CapabilityStatement is valid, and tells of every type with its parameters', async () => {
  const answer = await send('GET', '/metadata');
  const statement = answer.json() as CapabilityStatement;
  assert.deepEqual(errors(statement), []);
  const [server] = statement.rest ?? [];
  assert.deepEqual(
    server?.resource?.map((resource) => resource.type),
    [...resourceTypes],
  );
  const patient = server?.resource?.find((resource) => resource.type === 'Patient');
  assert.ok(
    patient?.searchParam?.some((parameter) => parameter.name === 'birthdate' && parameter.type === 'date'),
  );
  assert.ok(patient?.searchRevInclude?.includes('Observation:subject'));
  assert.ok(patient?.operation?.some((operation) => operation.name === 'everything'));
  assert.equal(statement.implementation?.url, base);
  const packed = await send('GET', '/metadata', undefined, { 'accept-encoding': 'br' });
  assert.equal(packed.headers['content-encoding'], 'br');
  assert.deepEqual(JSON.parse(brotliDecompressSync(packed.rawPayload).toString('utf8')), statement);
  assert.equal((await send('OPTIONS', '/')).json().resourceType, 'CapabilityStatement');
  refusal(await send('GET', '/metadata?mode=terminology'), 400);
  const options = await send('OPTIONS', '/Patient/1');
  assert.deepEqual(
    [options.statusCode, options.headers['allow']],
    [204, 'DELETE, GET, HEAD, PATCH, PUT, OPTIONS'],
  );
});

test('every search parameter that the CapabilityStatement names is searched by', async () => {
  const statement = (await send('GET', '/metadata')).json() as CapabilityStatement;
  const samples: Record<string, string> = {
    date: '2020',
    number: '1',
    quantity: '1',
    token: 'a',
    string: 'a',
    uri: 'http://a',
    reference: 'Patient/1',
  };
  const resources = statement.rest?.[0]?.resource ?? [];
  for (const { type, searchParam } of resources.filter((_, i) => i % 12 === 0)) {
    for (const parameter of searchParam ?? []) {
      const value = samples[parameter.type ?? ''];
      if (value === undefined || parameter.name?.startsWith('_')) continue;
      const answer = await send('GET', `/${type}?${parameter.name}:missing=false&_count=0`, undefined, {
        prefer: 'handling=strict',
      });
      assert.equal(answer.statusCode, 200, `${type}?${parameter.name}: ${answer.body}`);
    }
  }
});
