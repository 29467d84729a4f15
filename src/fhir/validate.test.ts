import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bundle,
  type Json,
  observation,
  patient,
  wrongResources,
  xhtml,
} from '../../test/support/wrong-resources.ts';
import type { Fault } from '../platform/problem.ts';
import { validate } from './validate.ts';

const errors = (faults: readonly Fault[]): Fault[] => faults.filter((fault) => fault.severity === 'error');

test('each wrong thing is told once, with its place, kind and remedy', () => {
  for (const [what, where, kind, message] of wrongResources) {
    const found = errors(validate(what));
    const sent = (JSON.stringify(what) ?? String(what)).slice(0, 200);
    assert.equal(found.length, 1, `${sent}\n${JSON.stringify(found, null, 1)}`);
    assert.equal(found[0]?.where, where, sent);
    assert.equal(found[0]?.kind, kind, `${sent} ${found[0]?.message}`);
    assert.match(found[0]?.message ?? '', message, sent);
  }
});

const good: readonly Json[] = [
  patient({}),
  patient({ birthDate: '2024-02-29' }),
  patient({ birthDate: '1980-05' }),
  patient({ deceasedDateTime: '2016-12-31T23:59:60.123456789Z' }),
  patient({ _birthDate: { extension: [{ url: 'http://a', valueCode: 'unknown' }] } }),
  patient({ birthDate: '1980', _birthDate: { id: 'a' } }),
  patient({
    name: [{ given: ['A', null], _given: [null, { extension: [{ url: 'http://a', valueCode: 'b' }] }] }],
  }),
  patient({ name: [{ _given: [{ extension: [{ url: 'http://a', valueCode: 'b' }] }] }] }),
  patient({ name: [{ family: 'O\u00a0’Brien\n\t 😀' }] }),
  patient({ name: [{ period: { start: '2012', end: '2012-05' } }] }),
  patient({ extension: [{ url: 'http://a', extension: [{ url: 'b', valueBoolean: false }] }] }),
  patient({ identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9434765919' }] }),
  patient({ photo: [{ contentType: 'image/png', data: 'AA\nAA', size: 3 }] }),
  xhtml(
    '<p style="color: red" id="a">1 &lt; 2 &amp; 3 &#8364; &nbsp;<br/><a href="https://example.org/?a=1&amp;b=2">x</a></p><!-- note -->',
  ),
  xhtml('<img src="data:image/png;base64,AAAA" alt="a"/>'),
  observation({ subject: { reference: 'Patient/1/_history/2', type: 'Patient' } }),
  observation({ subject: { reference: 'urn:uuid:a97bfa5b-1a2b-4c3d-8e9f-001122334455' } }),
  observation({ subject: { reference: 'https://example.org/fhir/Patient/1' } }),
  observation({
    subject: { identifier: { system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9434765919' } },
  }),
  observation({
    contained: [{ resourceType: 'Patient', id: 'p', gender: 'female' }],
    subject: { reference: '#p' },
  }),
  // A contained resource may point at its container instead (dom-3).
  {
    resourceType: 'Patient',
    contained: [
      {
        resourceType: 'Provenance',
        id: 'a',
        target: [{ reference: '#' }],
        recorded: '2020-01-01T00:00:00Z',
        agent: [{ who: { display: 'A' } }],
      },
    ],
  },
  bundle({
    type: 'transaction',
    entry: [
      {
        resource: observation({ subject: { reference: 'Patient?identifier=a|1' } }),
        request: { method: 'POST', url: 'Observation' },
      },
    ],
  }),
  {
    resourceType: 'Parameters',
    parameter: [
      { name: 'a', resource: patient({ active: true }) },
      { name: 'b', valueString: 'c' },
    ],
  },
];

test('what R4 allows is accepted', () => {
  for (const resource of good) assert.deepEqual(validate(resource), [], JSON.stringify(resource));
});

test('conditional references are accepted where the caller resolves them', () => {
  const resource = observation({ subject: { reference: 'Patient?identifier=a|1' } });
  assert.deepEqual(validate(resource, { conditionalReferences: true }), []);
  const wrong = observation({ subject: { reference: 'Organization?identifier=a|1' } });
  assert.match(validate(wrong, { conditionalReferences: true })[0]?.message ?? '', /of type Organization/);
});

test('several faults are all told, in the order of the resource', () => {
  const places = validate(patient({ gender: 'M', birthDate: 'x', name: [{ use: 'y' }, { given: [1] }] })).map(
    (fault) => fault.where,
  );
  assert.deepEqual(places, [
    'Patient.gender',
    'Patient.birthDate',
    'Patient.name[0].use',
    'Patient.name[1].given[0]',
  ]);
});

test('at most a hundred errors are listed, and advice never crowds them out', () => {
  const entry = Array.from({ length: 150 }, () => ({
    resource: { resourceType: 'ValueSet', name: 'a b', status: 'draft' },
  }));
  const faults = validate(bundle({ entry: [...entry, { resource: patient({ gender: 'M' }) }] }));
  assert.equal(faults.filter((fault) => fault.severity === 'warning').length, 100);
  assert.deepEqual(
    errors(faults).map((fault) => fault.where),
    ['Bundle.entry[150].resource.gender'],
  );
  const many = validate(patient({ name: Array.from({ length: 500 }, () => ({ use: 'x' })) }));
  assert.equal(many.length, 101);
  assert.match(many.at(-1)?.message ?? '', /Only the first 100/);
});

test('best practice is told only where it is asked for', () => {
  assert.deepEqual(validate(patient({})), []);
  const [fault] = validate(patient({}), { bestPractice: true });
  assert.equal(fault?.severity, 'warning');
  assert.match(fault?.message ?? '', /dom-6/);
  assert.deepEqual(validate(xhtml('x'), { bestPractice: true }), []);
});

test('profiles are asked once the standard is fulfilled, each of its own type', () => {
  const fault: Fault = { kind: 'invariant', severity: 'error', message: 'No name.', where: 'Patient' };
  const profiles = [
    { url: 'http://a', type: 'Patient', check: () => [fault] },
    { url: 'http://b', type: 'Observation', check: () => assert.fail('not of this type') },
  ];
  assert.deepEqual(validate(patient({}), { profiles }), [fault]);
  assert.equal(validate(patient({ gender: 'M' }), { profiles })[0]?.kind, 'code-invalid');
});
