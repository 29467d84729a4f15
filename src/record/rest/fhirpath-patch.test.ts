import assert from 'node:assert/strict';
import test from 'node:test';
import { Problem } from '../../platform/problem.ts';
import { parseExact, writeExact } from './exact-json.ts';
import { applyFhirPathPatch, readFhirPathPatch } from './fhirpath-patch.ts';

interface Sent {
  readonly type: string;
  readonly path: string;
  readonly name?: string;
  readonly value?: object;
  readonly index?: number;
  readonly source?: number;
  readonly destination?: number;
}

const parameters = (...changes: readonly Sent[]) => ({
  resourceType: 'Parameters',
  parameter: changes.map(({ type, path, name, value, ...numbers }) => ({
    name: 'operation',
    part: [
      { name: 'type', valueCode: type },
      { name: 'path', valueString: path },
      ...(name === undefined ? [] : [{ name: 'name', valueString: name }]),
      ...(value === undefined ? [] : [{ name: 'value', ...value }]),
      ...Object.entries(numbers).map(([key, valueInteger]) => ({ name: key, valueInteger })),
    ],
  })),
});
const patched = (resource: { resourceType: string }, ...changes: readonly Sent[]) =>
  JSON.parse(
    writeExact(
      applyFhirPathPatch(
        parseExact(JSON.stringify(resource)),
        resource.resourceType,
        readFhirPathPatch(JSON.stringify(parameters(...changes))),
      ),
    ),
  );

const patient = {
  resourceType: 'Patient',
  birthDate: '1920-01-01',
  identifier: [
    { system: 'http://a', value: 'a 1' },
    { system: 'http://b', value: 'b' },
  ],
  name: [{ given: ['Ann', 'Bea'], use: 'official' }, { text: 'nick' }],
  contact: [{ gender: 'male' }],
};
const of = (more: object) => ({ ...patient, ...more });
const identifier = (value: string) => ({ system: 'http://a', value });

// After the cases that come with the standard (FHIRPath Patch test cases, R4).
const cases: [name: string, changes: readonly Sent[], result: object][] = [
  [
    'replaces a primitive',
    [{ type: 'replace', path: 'Patient.birthDate', value: { valueDate: '1930-01-01' } }],
    of({ birthDate: '1930-01-01' }),
  ],
  [
    'adds a primitive',
    [{ type: 'add', path: 'Patient', name: 'gender', value: { valueCode: 'male' } }],
    of({ gender: 'male' }),
  ],
  [
    'adds a choice by its name',
    [{ type: 'add', path: 'Patient', name: 'deceased', value: { valueBoolean: true } }],
    of({ deceasedBoolean: true }),
  ],
  [
    'adds a choice by its JSON name',
    [{ type: 'add', path: 'Patient', name: 'deceasedBoolean', value: { valueBoolean: true } }],
    of({ deceasedBoolean: true }),
  ],
  [
    'adds to a list',
    [{ type: 'add', path: 'Patient', name: 'identifier', value: { valueIdentifier: identifier('c') } }],
    of({ identifier: [...patient.identifier, identifier('c')] }),
  ],
  [
    'begins a list',
    [
      {
        type: 'add',
        path: 'Patient',
        name: 'communication',
        value: {
          part: [
            { name: 'language', valueCodeableConcept: { text: 'cy' } },
            { name: 'preferred', valueBoolean: true },
          ],
        },
      },
    ],
    of({ communication: [{ language: { text: 'cy' }, preferred: true }] }),
  ],
  [
    'adds an element of parts',
    [
      {
        type: 'add',
        path: 'Patient',
        name: 'contact',
        value: {
          part: [
            { name: 'name', valueHumanName: { text: 'a name' } },
            { name: 'relationship', valueCodeableConcept: { text: 'r' } },
          ],
        },
      },
    ],
    of({ contact: [...patient.contact, { name: { text: 'a name' }, relationship: [{ text: 'r' }] }] }),
  ],
  [
    'adds within an element',
    [{ type: 'add', path: 'Patient.contact[0]', name: 'name', value: { valueHumanName: { text: 'x' } } }],
    of({ contact: [{ gender: 'male', name: { text: 'x' } }] }),
  ],
  [
    'inserts into a list',
    [{ type: 'insert', path: 'Patient.identifier', index: 1, value: { valueIdentifier: identifier('c') } }],
    of({ identifier: [patient.identifier[0], identifier('c'), patient.identifier[1]] }),
  ],
  [
    'inserts at the end',
    [{ type: 'insert', path: 'Patient.identifier', index: 2, value: { valueIdentifier: identifier('c') } }],
    of({ identifier: [...patient.identifier, identifier('c')] }),
  ],
  [
    'deletes by a criterion',
    [{ type: 'delete', path: "Patient.identifier.where(system = 'http://a' and value = 'a 1')" }],
    of({ identifier: [patient.identifier[1]] }),
  ],
  ['deletes what is not there', [{ type: 'delete', path: 'Patient.maritalStatus' }], patient],
  [
    'moves within a list',
    [{ type: 'move', path: 'Patient.identifier', source: 1, destination: 0 }],
    of({ identifier: [...patient.identifier].reverse() }),
  ],
  [
    'replaces in a nested list',
    [
      {
        type: 'replace',
        path: "Patient.name.where(use = 'official').given[1]",
        value: { valueString: 'Cat' },
      },
    ],
    of({ name: [{ given: ['Ann', 'Cat'], use: 'official' }, { text: 'nick' }] }),
  ],
  [
    'takes first and last',
    [
      { type: 'delete', path: 'Patient.name.last().text' },
      { type: 'replace', path: 'Patient.name.first().use', value: { valueCode: 'usual' } },
    ],
    of({ name: [{ given: ['Ann', 'Bea'], use: 'usual' }, {}] }),
  ],
];
for (const [name, changes, result] of cases)
  test(`FHIRPath Patch ${name}`, () => assert.deepEqual(patched(patient, ...changes), result));

test('FHIRPath Patch deletes a list with its last member, and a primitive with its extensions', () => {
  const resource = { ...patient, _birthDate: { extension: [{ url: 'http://x', valueString: 'y' }] } };
  const { birthDate: _1, contact: _2, ...rest } = patient;
  const changes = [
    { type: 'delete', path: 'Patient.birthDate' },
    { type: 'delete', path: 'Patient.contact[0]' },
  ];
  assert.deepEqual(patched(resource, ...changes), rest);
});

test('FHIRPath Patch finds a choice, and an extension by its url', () => {
  const resource = {
    resourceType: 'Observation',
    valueQuantity: { value: 1 },
    extension: [{ url: 'http://x', valueString: 'a' }],
  };
  assert.equal(
    patched(resource, { type: 'replace', path: 'Observation.value.value', value: { valueDecimal: 2 } })
      .valueQuantity.value,
    2,
  );
  assert.equal(
    patched(resource, {
      type: 'replace',
      path: 'Observation.value.ofType(Quantity).value',
      value: { valueDecimal: 3 },
    }).valueQuantity.value,
    3,
  );
  const path = "Observation.extension('http://x').value";
  assert.equal(
    patched(resource, { type: 'replace', path, value: { valueString: 'b' } }).extension[0].valueString,
    'b',
  );
});

const refusals: [name: string, change: Sent, status: number][] = [
  [
    'more than one element',
    { type: 'replace', path: 'Patient.identifier.value', value: { valueString: 'x' } },
    422,
  ],
  ['no element', { type: 'replace', path: 'Patient.gender', value: { valueCode: 'male' } }, 422],
  [
    'an element that is there already',
    { type: 'add', path: 'Patient', name: 'birthDate', value: { valueDate: '2000' } },
    422,
  ],
  [
    'an element that FHIR does not have',
    { type: 'add', path: 'Patient', name: 'constructor', value: { valueDate: '2000' } },
    422,
  ],
  [
    'a choice of the wrong type',
    { type: 'add', path: 'Patient', name: 'deceased', value: { valueString: 'x' } },
    422,
  ],
  [
    'an index past the end',
    { type: 'insert', path: 'Patient.identifier', index: 3, value: { valueIdentifier: { value: 'x' } } },
    422,
  ],
  [
    'an insert into what is no list',
    { type: 'insert', path: 'Patient.birthDate', index: 0, value: { valueDate: '2000' } },
    422,
  ],
  ['no value', { type: 'replace', path: 'Patient.birthDate' }, 422],
  ['an unknown kind', { type: 'spam', path: 'Patient' }, 400],
  ['a path that is none', { type: 'delete', path: 'Patient..name' }, 400],
  ['an open bracket', { type: 'delete', path: "Patient.name.where(use = 'official'" }, 400],
  ['a function that finds no place', { type: 'delete', path: 'Patient.descendants()' }, 400],
  ['a criterion that is none', { type: 'delete', path: 'Patient.name.where(+)' }, 400],
];
for (const [name, change, status] of refusals)
  test(`FHIRPath Patch refuses ${name}, and names the operation`, () => {
    assert.throws(
      () => patched(patient, change),
      (error) =>
        error instanceof Problem &&
        error.status === status &&
        error.faults[0]?.where === 'Parameters.parameter[0]',
    );
  });
