import assert from 'node:assert/strict';
import test from 'node:test';
import type { Patient } from '@medplum/fhirtypes';
import { agrees, comparableName, isLinkable } from './agreement.ts';

const now = Date.parse('2026-11-22');
const system = 'https://fhir.nhs.uk/Id/nhs-number';
const zoe: Patient = {
  ...{ resourceType: 'Patient', birthDate: '1962-07-03' },
  name: [
    { use: 'official', family: 'O’Brien-Núñez', given: ['Zoë'] },
    { use: 'maiden', family: 'Smith', period: { end: '1990' } },
  ],
  identifier: [
    { system, value: '9990000018' },
    { system, value: '9990000026', use: 'old' },
    { system, value: '9990000034', period: { end: '2020-01-01' } },
    { system: 'https://elsewhere.example', value: '9434765919' },
  ],
};

test('names are compared without case, accents, spaces and signs', () => {
  assert.equal(comparableName("O'BRIEN NUNEZ"), comparableName('o’brien-núñez'));
  assert.notEqual(comparableName('Brien'), comparableName('O’Brien'));
});

test('number, name now or before, and birth date must each agree where they are known', () => {
  const known = { nhsNumber: '9990000018', familyName: 'OBRIEN NUNEZ', birthDate: '1962-07-03' };
  assert.ok(agrees(zoe, known, now));
  assert.ok(agrees(zoe, { ...known, familyName: 'smith' }, now));
  assert.ok(agrees(zoe, {}, now));
  for (const wrong of [
    { familyName: 'Brien' },
    { familyName: '' },
    { familyName: '—' },
    { birthDate: '1962-07-04' },
    { birthDate: '1962-07' },
    { nhsNumber: '9990000026' },
    { nhsNumber: '9990000034' },
    { nhsNumber: '9434765919' },
  ])
    assert.ok(!agrees(zoe, { ...known, ...wrong }, now), JSON.stringify(wrong));
  assert.ok(!agrees({ resourceType: 'Patient' }, known, now));
});

test('nobody is linked to a Patient that is out of use, replaced or of someone who has died', () => {
  assert.ok(isLinkable(zoe));
  assert.ok(isLinkable({ ...zoe, link: [{ type: 'replaces', other: { reference: 'Patient/1' } }] }));
  assert.ok(!isLinkable({ ...zoe, active: false }));
  assert.ok(!isLinkable({ ...zoe, deceasedBoolean: true }));
  assert.ok(!isLinkable({ ...zoe, deceasedDateTime: '2020' }));
  assert.ok(!isLinkable({ ...zoe, link: [{ type: 'replaced-by', other: { reference: 'Patient/1' } }] }));
});
