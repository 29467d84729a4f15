/** Arbitrary requests: whatever is sent, the API never answers with a fault of ours, and every refusal is an OperationOutcome. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import fc from 'fast-check';
import { resourceTypes } from '../src/fhir/resource-types.ts';
import { searchParametersOf } from '../src/fhir/search-parameters.ts';
import { refusal } from './support/answers.ts';
import { restApp } from './support/rest-app.ts';

const { send } = await restApp({ after });

const segment = fc.oneof(
  fc.constantFrom(
    ...resourceTypes.slice(0, 30),
    'Patient',
    'Observation',
    '_history',
    '_search',
    '$everything',
    '$validate',
    'metadata',
    '*',
    '1',
    'x',
    '',
    '%',
    '$',
    '_',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => encodeURIComponent(text.toWellFormed())),
);
const codes = [...searchParametersOf('Patient').keys(), ...searchParametersOf('Observation').keys()];
const name = fc.oneof(
  fc.constantFrom(
    ...codes,
    '_sort',
    '_count',
    '_include',
    '_revinclude',
    '_has:Observation:patient:code',
    '_summary',
    '_elements',
    '_page',
    '_total',
    '_since',
    '_at',
    '_type',
    'organization.partof.name',
  ),
  fc
    .tuple(
      fc.constantFrom(...codes),
      fc.constantFrom(
        'exact',
        'contains',
        'missing',
        'not',
        'in',
        'below',
        'of-type',
        'Patient',
        'text',
        'iterate',
        '',
      ),
    )
    .map(([code, modifier]) => `${code}:${modifier}`),
  fc.string({ maxLength: 12 }),
);
const value = fc.oneof(
  fc.constantFrom(
    '1',
    '2020',
    'ge2020-01',
    'Patient/1',
    'a|b',
    '|',
    'true',
    'Observation:patient',
    '*',
    '1e400',
    '-1',
    '5.4|http://unitsofmeasure.org|mg',
    '99999999999999999999',
    '0001',
    '9999-12-31T23:59:60Z',
    'a$b',
    '$',
    ',',
    '\\',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const query = fc
  .array(fc.tuple(name, value), { maxLength: 4 })
  .map((pairs) =>
    pairs
      .map(([n, v]) => `${encodeURIComponent(n.toWellFormed())}=${encodeURIComponent(v.toWellFormed())}`)
      .join('&'),
  );

function neverOurFault(answer: { readonly statusCode: number; readonly body: string }, what: string): void {
  assert.ok(answer.statusCode < 500, `${what}: ${answer.statusCode} ${answer.body.slice(0, 300)}`);
  if (answer.statusCode >= 400) refusal(answer, answer.statusCode);
}

test('no address whatever is answered with a fault of ours', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
      fc.array(segment, { maxLength: 5 }),
      query,
      async (method, path, asked) => {
        const url = `/${path.join('/')}${asked === '' ? '' : `?${asked}`}`;
        const answer = await send(method, url, method === 'GET' || method === 'OPTIONS' ? undefined : '{}');
        neverOurFault(answer, `${method} ${url}`);
      },
    ),
    { numRuns: 400, seed: 1 },
  );
});

test('no search whatever is answered with a fault of ours', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(
        '/Patient',
        '/Observation',
        '/',
        '/Patient/1/Observation',
        '/Patient/_history',
        '/Patient/1/$everything',
      ),
      query,
      fc.boolean(),
      async (path, asked, strict) => {
        const url = `${path}?${asked}`;
        neverOurFault(await send('GET', url, undefined, strict ? { prefer: 'handling=strict' } : {}), url);
      },
    ),
    { numRuns: 500, seed: 1 },
  );
});

test('no body whatever is answered with a fault of ours', async () => {
  const element = fc.constantFrom(
    'resourceType',
    'id',
    'meta',
    'name',
    'extension',
    'contained',
    'subject',
    'code',
    'status',
    'valueQuantity',
    'entry',
    'request',
    'resource',
    'type',
    'text',
    '_status',
    'op',
    'path',
    'value',
    'parameter',
    '__proto__',
  );
  const leaf = fc.oneof(
    fc.constantFrom(
      'Patient',
      'Observation',
      'Bundle',
      'batch',
      'transaction',
      'POST',
      'GET',
      '#a',
      'Patient/1',
      'urn:uuid:1',
      '2020',
      'final',
    ),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.dictionary(element, tie('tree'), { maxKeys: 6 }),
      fc.array(tie('tree'), { maxLength: 4 }),
    ),
  }));
  const whole = fc
    .tuple(
      fc.constantFrom('Patient', 'Observation', 'Bundle', 'Parameters', 'Basic'),
      fc.dictionary(element, tree, { maxKeys: 8 }),
    )
    .map(([resourceType, rest]) => ({ ...rest, resourceType }));
  const bundle = fc
    .array(
      fc.record(
        {
          resource: whole,
          fullUrl: leaf,
          request: fc.record({ method: leaf, url: leaf, ifMatch: leaf }, { requiredKeys: [] }),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 3 },
    )
    .chain((entry) =>
      fc.constantFrom('batch', 'transaction').map((type) => ({ resourceType: 'Bundle', type, entry })),
    );
  const patchType = { 'content-type': 'application/json-patch+json' };
  await fc.assert(
    fc.asyncProperty(fc.oneof(whole, tree, bundle), async (body) => {
      const text = JSON.stringify(body) ?? 'null';
      for (const path of ['/Patient', '/Observation', '/', '/Patient/$validate', '/Patient/1/$everything'])
        neverOurFault(await send('POST', path, text), `POST ${path} ${text}`);
      neverOurFault(await send('PUT', '/Observation/fuzz', text), `PUT ${text}`);
      neverOurFault(await send('PATCH', '/Observation/fuzz', text, patchType), `PATCH ${text}`);
    }),
    { numRuns: 150, seed: 1 },
  );
});

test('no bytes whatever are answered with a fault of ours', async () => {
  const valid = Buffer.from(
    '{"resourceType":"Patient","name":[{"family":"Ash","given":["Ann"]}],"birthDate":"1970-01-01"}',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 4 }),
      fc.nat(valid.length),
      async (changes, end) => {
        const bytes = Buffer.from(valid.subarray(0, end));
        for (const [at, byte] of changes) if (at < end) bytes[at] = byte;
        neverOurFault(await send('POST', '/Patient', bytes), bytes.toString('latin1'));
      },
    ),
    { numRuns: 300, seed: 1 },
  );
});
