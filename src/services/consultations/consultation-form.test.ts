import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allergyIn, consultationForm } from './consultation-form.ts';
import { measured, measureFields } from './measures.ts';

const form = consultationForm({ allergies: ['Penicillin V allergy'], hasRequest: true });
const base = { mode: 'telephone', problem: 'Sore throat', history: 'Three days', next: 'close' };
const faults = (more: Readonly<Record<string, unknown>>): readonly string[] => {
  const parsed = form.parse({ ...base, ...more });
  return 'errors' in parsed ? parsed.errors.map(({ field }) => field) : [];
};

describe('a consultation as typed', () => {
  const cases: readonly (readonly [string, Readonly<Record<string, unknown>>, readonly string[]])[] = [
    ['with a way, a problem and words is whole', {}, []],
    ['needs how they met', { mode: '' }, ['mode']],
    ['needs a problem, new or known', { problem: '' }, ['problem']],
    ['may be about a known problem alone', { problem: '', known: 'c1' }, []],
    ['needs some words', { history: '' }, ['history']],
    ['needs both numbers of a blood pressure', { systolic: '130' }, ['diastolic']],
    ['needs them the right way round', { systolic: '80', diastolic: '130' }, ['systolic']],
    ['refuses what no one measures', { temperature: '371', pulse: 'fast' }, ['pulse', 'temperature']],
    ['needs how to take a medicine', { 'medicine-1': 'Ibuprofen 400 mg' }, ['dose-1']],
    [
      'stops at an allergy that the record has',
      { 'medicine-1': 'phenoxymethylpenicillin 500 mg', 'dose-1': '1 four times a day' },
      ['medicine-1'],
    ],
    [
      'goes on when it was checked',
      { 'medicine-1': 'phenoxymethylpenicillin 500 mg', 'dose-1': '1 four times a day', checked: 'yes' },
      [],
    ],
    ['needs all of a referral', { 'refer-service': 'ENT' }, ['refer-to', 'refer-reason']],
    ['needs all of a fit note', { fit: 'not-fit' }, ['fit-reason', 'fit-from-day', 'fit-until-day']],
    [
      'needs a fit note to end after it begins',
      {
        ...{
          fit: 'not-fit',
          'fit-reason': 'Flu',
          'fit-from-day': '10',
          'fit-from-month': '1',
          'fit-from-year': '2027',
        },
        ...{ 'fit-until-day': '9', 'fit-until-month': '1', 'fit-until-year': '2027' },
      },
      ['fit-until-day'],
    ],
  ];
  for (const [name, more, expected] of cases)
    it(name, () => assert.deepEqual([...faults(more)].sort(), [...expected].sort()));
});

describe('a code', () => {
  const codeOf = (body: Readonly<Record<string, unknown>>) => form.typedOf(body as never).code;
  it('is that of the radios where they were shown, and of the script otherwise', () => {
    assert.equal(codeOf({ code: 's|1' }), 's|1');
    assert.equal(codeOf({ code: 's|1', 'code-choice': 's|2' }), 's|2');
    assert.equal(codeOf({ code: 's|1', 'code-choice': '' }), '');
    assert.equal(codeOf({}), '');
  });
});

describe('an allergy', () => {
  it('is found in the name of a medicine by its words, and not in others', () => {
    assert.equal(allergyIn('Amoxicillin 500 mg', ['Amoxicillin allergy']), 'Amoxicillin allergy');
    assert.equal(allergyIn('Ibuprofen', ['Penicillin allergy']), undefined);
    assert.equal(allergyIn('Allergy tablets', ['Allergy to latex']), undefined);
  });

  const cases: readonly (readonly [allergy: string, stops: readonly string[], passes: readonly string[]])[] =
    [
      [
        'Allergy to penicillin',
        [
          'Amoxicillin 500 mg',
          'flucloxacillin',
          'Co-amoxiclav 500/125',
          'Augmentin',
          'Cefalexin 500 mg',
          'Pivmecillinam',
          'Penicillamine',
        ],
        ['Doxycycline 100 mg', 'Clarithromycin', 'Nitrofurantoin'],
      ],
      ['Amoxicillin allergy', ['phenoxymethylpenicillin', 'Co-amoxiclav'], ['Erythromycin']],
      ['Allergy to aspirin', ['Ibuprofen 400 mg', 'Naproxen', 'Etoricoxib'], ['Paracetamol 500 mg']],
      ['NSAID allergy', ['Diclofenac', 'Aspirin 75 mg'], ['Codeine 30 mg']],
      ['Trimethoprim rash', ['Co-trimoxazole', 'Septrin'], ['Nitrofurantoin']],
      ['Ramipril: angioedema', ['Lisinopril 5 mg', 'Sacubitril/valsartan'], ['Amlodipine']],
      ['Ciprofloxacin', ['Levofloxacin'], ['Amoxicillin']],
      ['Codeine allergy', ['Co-codamol 30/500'], ['Paracetamol']],
      ['Allergy to latex', [], ['Amoxicillin', 'Ibuprofen', 'Ramipril']],
    ];
  for (const [allergy, stops, passes] of cases)
    it(`of “${allergy}” speaks against its class too, and against nothing else`, () => {
      for (const medicine of stops) assert.equal(allergyIn(medicine, [allergy]), allergy, medicine);
      for (const medicine of passes) assert.equal(allergyIn(medicine, [allergy]), undefined, medicine);
    });
});

describe('a measurement', () => {
  it('is a number within what people have, in its unit', () => {
    for (const field of measureFields) {
      assert.equal(measured(field, ''), undefined);
      assert.equal(measured(field, String(field.low)), field.low);
      assert.equal(typeof measured(field, String(field.high + 1)), 'object');
      assert.equal(typeof measured(field, '-1'), 'object');
      assert.equal(typeof measured(field, '1e3'), 'object');
    }
  });
});
