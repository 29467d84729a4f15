import assert from 'node:assert/strict';
import test from 'node:test';
import type { Patient } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { type Known, numbersOf, type Verdict, verdictOf } from './batch.ts';

test('NHS numbers are found in lists of any form, and what was meant as one is told', () => {
  const cases: readonly (readonly [text: string, numbers: readonly (string | undefined)[]])[] = [
    ['943 476 5919\n9434765870', ['9434765919', '9434765870']],
    ['\ufeffNHS number;Name\r\n"943-476-5919";"Ash, Nia"\r\n', ['9434765919']],
    ['9434765919,9434765870', ['9434765919', '9434765870']],
    ['Ash,07700900123,9434765919', ['9434765919']],
    ['9434765918', [undefined]],
    ['12345', [undefined]],
    ['', []],
    ['Name\n\n', []],
  ];
  for (const [text, numbers] of cases)
    assert.deepEqual(
      numbersOf(text).map(({ number }) => number),
      numbers,
      text,
    );
});

test('no text breaks the reading of a list', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      for (const { number } of numbersOf(text)) assert.match(number ?? '0000000000', /^\d{10}$/);
    }),
  );
});

test('nobody is sent it who has died, left, or said that they want none', () => {
  const team = 'Organization/t';
  const patient: Patient = { resourceType: 'Patient', generalPractitioner: [{ reference: team }] };
  const known = { patient, declined: false, optedOut: false, reach: 'told' as const };
  const letter: Patient['extension'] = [
    {
      url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-ContactPreference',
      extension: [{ url: 'PreferredContactMethod', valueCodeableConcept: { coding: [{ code: '1' }] } }],
    },
  ];
  const cases: readonly (readonly [Known, boolean, Verdict])[] = [
    [known, true, 'send'],
    [{ ...known, patient: undefined }, true, 'unknown'],
    [{ ...known, patient: { ...patient, deceasedDateTime: '2020' } }, true, 'died'],
    [{ ...known, patient: { ...patient, generalPractitioner: [] } }, true, 'left'],
    [{ ...known, patient: { ...patient, active: false } }, true, 'left'],
    [{ ...known, declined: true }, true, 'declined'],
    [{ ...known, optedOut: true }, true, 'send'],
    [{ ...known, optedOut: true }, false, 'opted-out'],
    [{ ...known, patient: { ...patient, extension: letter } }, true, 'letter'],
    [{ ...known, reach: 'nobody' as const }, true, 'unreachable'],
    [{ ...known, reach: 'not-told' as const }, true, 'not-told'],
  ];
  for (const [one, isCare, verdict] of cases) assert.equal(verdictOf(one, team, isCare), verdict);
});
