/** Reads and writes of the FHIR API from outside, against the real record. Source: FHIR R4, RESTful API. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import type { Bundle, OperationOutcome, Patient } from '@medplum/fhirtypes';
import { errors, freshName, person, placesOf, refusal } from './support/answers.ts';
import { testBaseUrl as base } from './support/record.ts';
import { restApp } from './support/rest-app.ts';

const { send } = await restApp({ after });
const patch = 'application/json-patch+json';

async function created(resource: object): Promise<string> {
  const { resourceType } = resource as { resourceType: string };
  const answer = await send('POST', `/${resourceType}`, resource);
  assert.equal(answer.statusCode, 201, answer.body);
  return answer.json().id;
}
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
  const minimal = await send('POST', '/Patient', person(freshName()), { prefer: 'return=minimal' });
  assert.deepEqual([minimal.statusCode, minimal.body], [201, '']);
  assert.ok(minimal.headers['location']);
  const told = await send('POST', '/Patient', person(freshName()), { prefer: 'return=OperationOutcome' });
  assert.deepEqual([told.statusCode, told.json().resourceType], [201, 'OperationOutcome']);
  const id = await created(person(freshName()));
  const gone = await send('DELETE', `/Patient/${id}`, undefined, { prefer: 'return=OperationOutcome' });
  assert.deepEqual([gone.statusCode, gone.json().resourceType], [200, 'OperationOutcome']);
});

test('read knows 404 from 410, and HEAD answers as GET without a body', async () => {
  refusal(await send('GET', '/Patient/never-was'), 404);
  const id = await created(person(freshName()));
  const [get, head] = [await send('GET', `/Patient/${id}`), await send('HEAD', `/Patient/${id}`)];
  assert.deepEqual([head.statusCode, head.body, head.headers['etag']], [200, '', 'W/"1"']);
  assert.equal(head.headers['content-length'], get.headers['content-length']);
  assert.equal((await send('DELETE', `/Patient/${id}`)).statusCode, 204);
  refusal(await send('GET', `/Patient/${id}`), 410);
  assert.equal((await send('DELETE', `/Patient/${id}`)).statusCode, 204, 'a second time changes nothing');
});

test('a client that has the version is told so', async () => {
  const id = await created(person(freshName()));
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
  const id = freshName();
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
  assert.equal(placesOf(refusal(await put(true, { 'if-match': '1' }), 400)), 'http.header.If-Match');
  assert.equal((await put(true, { 'if-match': '*' })).headers['etag'], 'W/"3"');
  refusal(await send('PUT', '/Patient/nobody', { ...person('x'), id: 'nobody' }, { 'if-match': '*' }), 412);
  refusal(await put(true, { 'if-none-match': '*' }), 400);
  refusal(await send('PUT', `/Patient/${id}`, { ...person(id), id: 'other' }), 400);
  refusal(await send('PUT', `/Patient/${id}`, { resourceType: 'Basic', id, code: { text: 'x' } }), 400);
});

test('every version is read by its number; a deleted one is gone', async () => {
  const id = freshName();
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
  const system = `http://example.org/${freshName()}`;
  const one = { ...person(freshName()), identifier: [{ system, value: '1' }] };
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
  const system = `http://example.org/${freshName()}`;
  const one = { ...person(freshName()), identifier: [{ system, value: '1' }] };
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
  const family = freshName();
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
  assert.equal(
    placesOf(refusal(await run([{ op: 'test', path: '/status', value: 'x' }]), 422)),
    'http.body[0]',
  );
  assert.equal(placesOf(refusal(await run([{ ...final, value: 'nonsense' }]), 422)), 'Observation.status');
  refusal(await run([{ op: 'replace', path: '/id', value: 'other' }]), 422);
  refusal(await run([final], { 'if-match': 'W/"1"' }), 412);
  refusal(await run([final], { 'content-type': 'application/xml-patch+xml' }), 415);
  refusal(await run({ resourceType: 'Patient' }, { 'content-type': 'application/fhir+json' }), 400);
  refusal(await send('PATCH', '/Observation/none', [final], { 'content-type': patch }), 404);
});

test('a FHIRPath Patch changes what its paths lead to', async () => {
  const id = await created(person(freshName(), { birthDate: '1970-01-01' }));
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
  assert.equal(
    placesOf(refusal(await send('PATCH', `/Patient/${id}`, wrong), 422)),
    'Parameters.parameter[0]',
  );
});

test('patches that meet are both made', async () => {
  const id = await created(person(freshName()));
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
  const family = freshName();
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

test('a transaction and a batch are answered entry by entry', async () => {
  const family = freshName();
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
  assert.match(
    String(placesOf(refusal(await send('POST', '/', wrong), 422))),
    /^Bundle\.entry\[2\]\.resource/,
  );
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
