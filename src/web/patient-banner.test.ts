import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AllergyIntolerance, Flag, Patient } from '@medplum/fhirtypes';
import { alertWarnings, allergyWarnings, patientBanner } from './patient-banner.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const patient: Patient = { resourceType: 'Patient', id: 'ann', birthDate: '1952-03-08' };
const subject = { reference: 'Patient/ann' };
const allergy = (text: string, over: Partial<AllergyIntolerance> = {}): AllergyIntolerance => ({
  resourceType: 'AllergyIntolerance',
  patient: subject,
  code: { text },
  ...over,
});
const coded = (text: string) => ({ coding: [{ code: text }] });
const flag = (text: string, over: Partial<Flag> = {}): Flag => ({
  resourceType: 'Flag',
  status: 'active',
  subject,
  code: { text },
  ...over,
});

describe('the warnings of the banner', () => {
  it('name allergies that count now, the most dangerous first, each once', () => {
    const warnings = allergyWarnings([
      allergy('Plasters'),
      allergy('plasters'),
      allergy('Penicillin', { criticality: 'high' }),
      allergy('Latex', { clinicalStatus: coded('resolved') }),
      allergy('Nuts', { verificationStatus: coded('refuted') }),
      allergy('Eggs', { verificationStatus: coded('entered-in-error') }),
    ]);
    assert.deepEqual(
      warnings.items.map(({ text }) => text),
      ['Penicillin', 'Plasters'],
    );
    assert.equal(warnings.state, 'some');
  });

  it('tell “none known” from “none recorded”, and believe an allergy before a statement that there is none', () => {
    const none = allergy('No known allergy', {
      code: { text: 'No known allergy', coding: [{ system: 'http://snomed.info/sct', code: '716186003' }] },
    });
    assert.equal(allergyWarnings([]).state, 'not-recorded');
    assert.equal(allergyWarnings([none]).state, 'none');
    assert.deepEqual(
      allergyWarnings([none, allergy('Penicillin')]).items.map(({ text }) => text),
      ['Penicillin'],
    );
  });

  it('say how many more there are than fit', () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => allergy(name));
    assert.equal(allergyWarnings(many).items.length, 4);
    assert.equal(allergyWarnings(many).more, 2);
  });

  it('name flags that are active today alone', () => {
    const warnings = alertWarnings(
      [
        flag('Interpreter needed'),
        flag('Over', { period: { end: '2026-11-21' } }),
        flag('To come', { period: { start: '2026-11-23' } }),
        flag('Inactive', { status: 'inactive' }),
        flag('Wrong', { status: 'entered-in-error' }),
      ],
      now,
    );
    assert.deepEqual(
      warnings.items.map(({ text }) => text),
      ['Interpreter needed'],
    );
  });

  it('say what a role is not shown, never that nothing is recorded', () => {
    const banner = patientBanner(patient, {
      ...{ allergies: [], flags: [], now },
      sight: { grants: [{ types: ['Patient'], of: { kind: 'everyone' } }] } as never,
    });
    assert.deepEqual([banner.allergies.state, banner.alerts.state], ['hidden', 'hidden']);
    assert.equal(banner.born, '8 March 1952 (74 years)');
  });
});
