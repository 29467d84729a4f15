import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MedicationRequest } from '@medplum/fhirtypes';
import { medicinesOf, repeatOf, repeatsDue } from './medicines.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const nameOf = (reference: { display?: string } | undefined): string => reference?.display ?? '';

const request = (
  more: Partial<MedicationRequest> = {},
  text = 'Metformin 500mg tablets',
): MedicationRequest => ({
  resourceType: 'MedicationRequest',
  id: text,
  status: 'active',
  intent: 'order',
  subject: { reference: 'Patient/x' },
  medicationCodeableConcept: { text },
  authoredOn: '2026-09-01',
  ...more,
});
const continuous = { courseOfTherapyType: { coding: [{ code: 'continuous' }] } };
const supply = (start: string, end: string, days = 28) => ({
  validityPeriod: { start, end },
  expectedSupplyDuration: { value: days, unit: 'days', code: 'd' },
});
const issued = (count: number) => ({
  extension: [
    {
      url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-MedicationRepeatInformation',
      extension: [{ url: 'numberOfPrescriptionsIssued', valueUnsignedInt: count }],
    },
  ],
});

describe('repeats', () => {
  const cases: readonly (readonly [string, Partial<MedicationRequest>, ReturnType<typeof repeatOf>])[] = [
    ['a short course is none', {}, undefined],
    ['one that has stopped is none', { ...continuous, status: 'stopped' }, undefined],
    [
      'due a week before the first supply runs out',
      { ...continuous, dispenseRequest: supply('2026-11-01', '2027-05-01') },
      { left: undefined, until: '2027-05-01', due: '2026-11-22' },
    ],
    [
      'what was issued counts, and what is left',
      {
        ...continuous,
        ...issued(3),
        dispenseRequest: { ...supply('2026-09-01', '2027-03-01'), numberOfRepeatsAllowed: 5 },
      },
      { left: 3, until: '2027-03-01', due: '2026-11-17' },
    ],
    [
      'more issues than were allowed leave none',
      { ...continuous, ...issued(9), dispenseRequest: { numberOfRepeatsAllowed: 5 } },
      { left: 0, until: undefined, due: undefined },
    ],
  ];
  for (const [name, more, wanted] of cases) it(name, () => assert.deepEqual(repeatOf(request(more)), wanted));

  it('are told of when due, not when used up, out of date or long forgotten', () => {
    const due = repeatsDue(
      [
        request({ ...continuous, dispenseRequest: supply('2026-10-30', '2027-05-01') }, 'Due'),
        request({ ...continuous, dispenseRequest: supply('2026-11-20', '2027-05-01') }, 'Not yet'),
        request({ ...continuous, dispenseRequest: supply('2026-01-01', '2026-07-01') }, 'Out of date'),
        request(
          {
            ...continuous,
            dispenseRequest: { ...supply('2019-01-01', ''), validityPeriod: { start: '2019-01-01' } },
          },
          'Forgotten',
        ),
      ],
      now,
    );
    assert.deepEqual(
      due.map(({ title, overdue }) => [title, overdue]),
      [['Due', false]],
    );
  });
});

describe('medicines', () => {
  it('stand once each: the newest prescription, with when the first was recorded', () => {
    const { now: current, past } = medicinesOf(
      [
        request({ id: 'a', authoredOn: '2024-01-05', status: 'completed' }),
        request({ id: 'b', authoredOn: '2026-09-01' }),
        request({ id: 'c', status: 'stopped' }, 'Amlodipine 5mg tablets'),
        request({ id: 'd', status: 'entered-in-error' }, 'Warfarin'),
        request({ id: 'e', status: 'draft' }, 'Draft'),
      ],
      nameOf,
    );
    assert.deepEqual(
      current.map(({ id }) => id),
      ['b'],
    );
    assert.ok(
      current[0]?.lines.some(({ label, text }) => label === 'First recorded' && text === '5 January 2024'),
    );
    assert.equal(current[0]?.explained?.name, 'Metformin');
    assert.deepEqual(
      past.map(({ title, tag }) => [title, tag]),
      [['Amlodipine 5mg tablets', 'Stopped']],
    );
  });

  it('say how to take each, or that it is not recorded', () => {
    const { now: current } = medicinesOf([request()], nameOf);
    assert.equal(current[0]?.lines[0]?.text, 'Not recorded. Ask your pharmacist');
  });
});
