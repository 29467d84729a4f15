/** Search, history, operations and what the FHIR API tells of itself, from outside, against the real record. Source: FHIR R4, RESTful API and Search. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { brotliDecompressSync } from 'node:zlib';
import type { Bundle, CapabilityStatement, Patient } from '@medplum/fhirtypes';
import { resourceTypes } from '../src/fhir/resource-types.ts';
import { errors, freshName, idsOf, link, person, placesOf, refusal } from './support/answers.ts';
import { testBaseUrl as base } from './support/record.ts';
import { restApp } from './support/rest-app.ts';

const { send } = await restApp({ after });
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const modes = (bundle: Bundle) => (bundle.entry ?? []).map((entry) => entry.search?.mode);

async function created(resource: object): Promise<string> {
  const { resourceType } = resource as { resourceType: string };
  const answer = await send('POST', `/${resourceType}`, resource);
  assert.equal(answer.statusCode, 201, answer.body);
  return answer.json().id;
}
test('history of one, of a type and of all is newest first, and pages through every version once', async () => {
  const id = freshName();
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
  const id = freshName();
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
    placesOf(refusal(await send('GET', `/Patient/${id}/_history?_since=soon`), 400)),
    'http.query._since',
  );
});

test('a search by GET and by POST is the same, and parameters may stand in both places', async () => {
  const family = freshName();
  const id = await created(person(family, { gender: 'female' }));
  await created(person(family, { gender: 'male' }));
  const get = (await send('GET', `/Patient?family=${family}&gender=female`)).json() as Bundle;
  const post = (
    await send('POST', `/Patient/_search?gender=female`, `family=${family}`, form)
  ).json() as Bundle;
  for (const bundle of [get, post]) {
    assert.deepEqual([bundle.type, bundle.total, idsOf(bundle)], ['searchset', 1, [id]]);
    assert.deepEqual(errors(bundle), []);
    assert.equal(bundle.entry?.[0]?.fullUrl, `${base}/Patient/${id}`);
  }
  assert.equal(link(get, 'self'), `${base}/Patient?family=${family}&gender=female`);
  const all = (await send('POST', '/_search', `_type=Patient&_id=${id}`, form)).json() as Bundle;
  assert.deepEqual(idsOf(all), [id]);
  refusal(await send('POST', '/Patient/_search', { family }), 415);
});

test('a search pages by next links through every match once, and back to the first', async () => {
  const family = freshName();
  const made = new Set<string>();
  for (let i = 0; i < 7; i += 1) made.add(await created(person(family, { birthDate: `199${i}-01-01` })));
  const seen: string[] = [];
  let next: string | undefined = `/Patient?family=${family}&_count=3&_sort=-birthdate&_total=accurate`;
  let pages = 0;
  while (next) {
    const page: Bundle = (await send('GET', next)).json();
    assert.equal(page.total, 7);
    pages += 1;
    seen.push(...idsOf(page));
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
  const family = freshName();
  await created(person(family));
  const lenient = (await send('GET', `/Patient?family=${family}&foo=1`)).json() as Bundle;
  assert.deepEqual(modes(lenient), ['match', 'outcome']);
  assert.equal(link(lenient, 'self'), `${base}/Patient?family=${family}`);
  assert.deepEqual(errors(lenient), []);
  const strict = await send('GET', `/Patient?family=${family}&foo=1`, undefined, {
    prefer: 'handling=strict',
  });
  assert.equal(placesOf(refusal(strict, 400)), 'http.query.foo');
  refusal(await send('GET', '/Patient?birthdate=soon'), 400);
  const elements = (await send('GET', `/Patient?family=${family}&_elements=nmae`)).json() as Bundle;
  assert.match(JSON.stringify(elements.entry?.at(-1)?.resource), /Did you mean name/);
});

test('includes are told apart from matches; _elements is about the matches', async () => {
  const family = freshName();
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
  const family = freshName();
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
  const id = await created(person(freshName()));
  const subject = { reference: `Patient/${id}` };
  const observation = await created({
    resourceType: 'Observation',
    status: 'final',
    code: { text: 'x' },
    subject,
  });
  await created({ resourceType: 'Observation', status: 'final', code: { text: 'y' } });
  const bundle = (await send('GET', `/Patient/${id}/Observation?status=final`)).json() as Bundle;
  assert.deepEqual(idsOf(bundle), [observation]);
  assert.equal(link(bundle, 'self'), `${base}/Patient/${id}/Observation?status=final`);
  const post = (
    await send('POST', `/Patient/${id}/Observation/_search`, 'status=final', form)
  ).json() as Bundle;
  assert.deepEqual(idsOf(post), [observation]);
  refusal(await send('GET', `/Organization/${id}/Observation`), 404);
  refusal(await send('GET', `/Patient/${id}/Nonsense`), 404);
});

test('$everything is one person and what they point at, by GET and by POST', async () => {
  const practitioner = await created({ resourceType: 'Practitioner', name: [{ family: freshName() }] });
  const id = await created(
    person(freshName(), { generalPractitioner: [{ reference: `Practitioner/${practitioner}` }] }),
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
  assert.deepEqual(new Set(idsOf(whole)), new Set([id, practitioner, old, recent]));
  assert.deepEqual(errors(whole), []);
  const some = (
    await send('GET', `/Patient/${id}/$everything?_type=Observation&start=2019`)
  ).json() as Bundle;
  assert.deepEqual(
    idsOf(some).filter((one) => one === old || one === recent),
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
    idsOf(posted).filter((one) => one === old || one === recent),
    [old],
  );
  const seen: string[] = [];
  let next: string | undefined = `/Patient/${id}/$everything?_count=2`;
  while (next) {
    const page: Bundle = (await send('GET', next)).json();
    seen.push(...idsOf(page));
    next = link(page, 'next')?.slice(base.length);
  }
  for (const one of [id, old, recent]) assert.equal(seen.filter((other) => other === one).length, 1);
  refusal(await send('GET', '/Patient/never-was/$everything'), 404);
  refusal(await send('GET', '/Observation/x/$everything'), 404);
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
  const id = await created(person(freshName()));
  const get = (query: string, accept?: string) =>
    send('GET', `/Patient/${id}${query}`, undefined, accept === undefined ? {} : { accept });
  assert.equal(
    (await get('', 'application/json')).headers['content-type'],
    'application/json; charset=utf-8',
  );
  assert.equal((await get('?_format=json', 'application/xml')).statusCode, 200);
  assert.equal(placesOf(refusal(await get('', 'application/fhir+xml'), 406)), 'http.header.Accept');
  assert.equal(placesOf(refusal(await get('?_format=xml'), 406)), 'http.query._format');
  refusal(await get('', 'application/fhir+json; fhirVersion=3.0'), 406);
  refusal(
    await send('POST', '/Patient', JSON.stringify(person('x')), {
      'content-type': 'application/fhir+json; fhirVersion=3.0',
    }),
    415,
  );
});

test('parameters that mean nothing to a read are told in a Warning, or refused', async () => {
  const id = await created(person(freshName()));
  const told = await send('GET', `/Patient/${id}?_sumary=true`);
  assert.match(String(told.headers['warning']), /^299 - ".*Did you mean _summary/);
  assert.equal(
    placesOf(
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
  const id = await created(person(freshName()));
  assert.equal((await send('GET', `/Patient/?_id=${id}`)).json().total, 1);
  assert.equal((await send('POST', '/Patient/', person(freshName()))).statusCode, 201);
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

test('a search inside a batch tells what was left out of it, as it would alone', async () => {
  const request = { method: 'GET', url: 'Patient?nosuch=1&_count=1' };
  const answer = await send('POST', '', { resourceType: 'Bundle', type: 'batch', entry: [{ request }] });
  assert.equal(answer.statusCode, 200, answer.body);
  const [entry] = (answer.json() as Bundle).entry ?? [];
  const inner = entry?.resource as Bundle;
  assert.equal(inner.type, 'searchset');
  assert.ok(modes(inner).includes('outcome'));
  assert.match(JSON.stringify(inner), /nosuch/);
});
