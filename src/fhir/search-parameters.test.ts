import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Resource } from '@medplum/fhirtypes';
import {
  compartmentParameters,
  pathsOf,
  patientOf,
  patientsOf,
  searchParameter,
  searchParametersOf,
} from './search-parameters.ts';

describe('searchParameter', () => {
  it('reads each alternative of a union as a path of its own', () => {
    assert.deepEqual(
      searchParameter('Observation', 'combo-code')?.paths.map((path) => path.key),
      ['token:Observation.code', 'token:Observation.component.code'],
    );
  });

  it('reads for a type only what is of that type', () => {
    assert.equal(searchParameter('Condition', 'code')?.expression, 'Condition.code');
    assert.deepEqual(searchParameter('Observation', 'patient')?.targets, ['Patient']);
    assert.deepEqual(searchParameter('Observation', 'encounter')?.targets, ['Encounter']);
    assert.equal(searchParameter('Condition', 'code')?.description, 'Code for the condition');
  });

  it('knows those of all resources, and _text only where there is narrative', () => {
    for (const code of [
      '_id',
      '_lastUpdated',
      '_tag',
      '_profile',
      '_security',
      '_source',
      '_content',
      '_list',
      '_has',
    ]) {
      assert.ok(searchParameter('Binary', code), code);
    }
    assert.ok(searchParameter('Patient', '_text'));
    assert.equal(searchParameter('Bundle', '_text'), undefined);
    assert.equal(searchParameter('Patient', '_id')?.resourceType, 'Patient');
  });

  it('knows nothing of other words', () => {
    assert.equal(searchParameter('Patient', 'nonsense'), undefined);
    assert.equal(searchParameter('constructor', 'name'), undefined);
    assert.equal(searchParametersOf('__proto__').has('_id'), true);
  });
});

describe('pathsOf', () => {
  it('names each place once, whatever number of parameters read it', () => {
    const keys = pathsOf('Observation').map((path) => path.key);
    assert.equal(new Set(keys).size, keys.length);
    assert.equal(keys.filter((key) => key === 'token:Observation.code').length, 1);
  });
});

describe('compartmentParameters', () => {
  it('gives the codes in the order of the definition', () => {
    assert.deepEqual(compartmentParameters('Patient', 'Observation'), ['subject', 'performer']);
    assert.deepEqual(compartmentParameters('Device', 'Observation'), ['subject', 'device']);
    assert.deepEqual(compartmentParameters('Patient', 'Organization'), []);
    assert.deepEqual(compartmentParameters('toString', 'Patient'), []);
  });
});

const asResource = (resource: object): Resource => resource as Resource; // no more than the paths read

describe('patientOf', () => {
  const cases: [what: string, resource: object, patients: string[]][] = [
    [
      'a patient',
      { resourceType: 'Patient', id: 'a', link: [{ other: { reference: 'Patient/b' } }] },
      ['a', 'b'],
    ],
    [
      'an observation by a patient about another',
      {
        resourceType: 'Observation',
        performer: [{ reference: 'Patient/c' }],
        subject: { reference: 'Patient/d/_history/2' },
      },
      ['d', 'c'],
    ],
    ['an observation of a device', { resourceType: 'Observation', subject: { reference: 'Device/1' } }, []],
    [
      'an appointment',
      {
        resourceType: 'Appointment',
        participant: [{ actor: { reference: 'Location/1' } }, { actor: { reference: 'Patient/e' } }],
      },
      ['e'],
    ],
    [
      'a claim',
      {
        resourceType: 'Claim',
        payee: { party: { reference: 'Patient/g' } },
        patient: { reference: 'Patient/f' },
      },
      ['f', 'g'],
    ],
    [
      'a patient elsewhere',
      { resourceType: 'Claim', patient: { reference: 'https://b.example/fhir/Patient/f' } },
      [],
    ],
    ['an organisation', { resourceType: 'Organization', id: 'o' }, []],
    ['what is no resource of R4', { resourceType: 'Nonsense', subject: { reference: 'Patient/1' } }, []],
  ];
  for (const [what, resource, patients] of cases) {
    it(`finds ${patients.length === 0 ? 'no one' : patients.join(', then ')} for ${what}`, () => {
      assert.deepEqual(patientsOf(asResource(resource)), patients);
      assert.equal(patientOf(asResource(resource)), patients[0]);
    });
  }
});
