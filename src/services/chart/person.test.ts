import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AllergyIntolerance, Condition, Patient } from '@medplum/fhirtypes';
import { bannerOf } from '../../web/patient-banner.ts';
import { detailsOf } from './person.ts';
import { allergySection, latestResults, problemSection } from './summary.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

describe('the banner', () => {
  it('says who it is, and what is not recorded', () => {
    const banner = bannerOf({ resourceType: 'Patient', id: 'x' }, now);
    assert.deepEqual(
      [banner.name, banner.born, banner.gender, banner.identifier, banner.died],
      ['Name not recorded', 'Not recorded', 'Not recorded', undefined, ''],
    );
  });

  it('gives the age of the living, and the age at death of the dead', () => {
    const alive: Patient = { resourceType: 'Patient', birthDate: '1952-03-08' };
    assert.equal(bannerOf(alive, now).born, '8 March 1952 (74 years)');
    const dead = bannerOf({ ...alive, deceasedDateTime: '2020-05-03T10:00:00Z' }, now);
    assert.equal(dead.born, '8 March 1952');
    assert.equal(dead.died, '3 May 2020, aged 68 years');
    assert.equal(bannerOf({ ...alive, deceasedBoolean: true }, now).died, 'Date not recorded');
    assert.equal(bannerOf({ ...alive, deceasedBoolean: false }, now).died, '');
  });

  it('points to the record that replaced a merged one, and nowhere else', () => {
    const merged = (reference: string): Patient => ({
      resourceType: 'Patient',
      link: [{ type: 'replaced-by', other: { reference } }],
    });
    assert.equal(bannerOf(merged('Patient/new'), now).replacedBy, 'new');
    assert.equal(bannerOf(merged('https://elsewhere.example/Patient/new'), now).replacedBy, '');
  });

  it('shows no detail that has nothing to say', () => {
    assert.deepEqual(
      detailsOf({ resourceType: 'Patient', address: [{}], telecom: [{ system: 'phone' }], name: [{}] }, now),
      [],
    );
  });
});

describe('the summary', () => {
  const subject = { reference: 'Patient/x' };
  const code = (text: string) => ({ text });
  const clinical = (of: string) => ({ coding: [{ code: of }] });

  it('says that allergies are not recorded, never that there are none', () => {
    assert.match(allergySection('x', []).empty, /No allergies recorded.*does not mean/);
  });

  it('shows every one of 200 allergies, the most dangerous first', () => {
    const many = Array.from(
      { length: 200 },
      (_, i): AllergyIntolerance => ({
        resourceType: 'AllergyIntolerance',
        id: `${i}`,
        patient: subject,
        code: code(`A${i}`),
        ...(i === 150 ? { criticality: 'high' } : {}),
      }),
    );
    const { facts } = allergySection('x', many);
    assert.equal(facts.length, 200);
    assert.deepEqual([facts[0]?.title, facts[0]?.tag], ['A150', 'High risk']);
  });

  it('keeps what was entered in error out, and what was ruled out apart', () => {
    const wrong: AllergyIntolerance = {
      resourceType: 'AllergyIntolerance',
      patient: subject,
      code: code('Wrong'),
      verificationStatus: clinical('entered-in-error'),
    };
    const refuted: AllergyIntolerance = {
      resourceType: 'AllergyIntolerance',
      patient: subject,
      code: code('Latex'),
      verificationStatus: clinical('refuted'),
    };
    const section = allergySection('x', [wrong, refuted]);
    assert.deepEqual(section.facts, []);
    assert.deepEqual(
      section.past?.facts.map((fact) => fact.title),
      ['Latex'],
    );
  });

  it('tells current from past problems, and a problem recorded often once', () => {
    const make = (text: string, status: string | undefined, onset: string): Condition => ({
      resourceType: 'Condition',
      id: onset,
      subject,
      code: code(text),
      onsetDateTime: onset,
      ...(status ? { clinicalStatus: clinical(status) } : {}),
    });
    const section = problemSection('x', [
      make('Asthma', 'active', '1990'),
      make('Sinusitis', 'resolved', '2001-02-03'),
      make('Sinusitis', 'resolved', '2015-06-07'),
      make('Old import', undefined, '1980'),
    ]);
    assert.deepEqual(
      section.facts.map((fact) => fact.title),
      ['Asthma', 'Old import'],
    );
    assert.deepEqual(
      section.past?.facts.map((fact) => [fact.title, fact.when, fact.detail]),
      [['Sinusitis', '7 Jun 2015', 'Recorded 2 times']],
    );
  });

  it('shows a problem without a code or a date by its type', () => {
    const [fact] = problemSection('x', [{ resourceType: 'Condition', id: '1', subject }]).facts;
    assert.deepEqual([fact?.title, fact?.when], ['Problem or diagnosis', '']);
  });

  it('takes the newest of each result, and says when a value is outside its range', () => {
    const facts = latestResults('x', [
      {
        resourceType: 'Observation',
        id: '2',
        status: 'final',
        code: { coding: [{ system: 's', code: 'c', display: 'Sodium' }] },
        valueQuantity: { value: 128, unit: 'mmol/L' },
        referenceRange: [{ low: { value: 133, unit: 'mmol/L' } }],
      },
      {
        resourceType: 'Observation',
        id: '1',
        status: 'final',
        code: { coding: [{ system: 's', code: 'c' }] },
        valueQuantity: { value: 140 },
      },
      { resourceType: 'Observation', id: '3', status: 'final', code: code('No value') },
    ]);
    assert.deepEqual(
      facts.map((fact) => [fact.title, fact.value, fact.tag, fact.href]),
      [
        ['Sodium', '128 mmol/L', 'Low', '/people/x/results/s%7Cc'],
        ['No value', 'No value recorded', '', '/people/x/items/Observation/3'],
      ],
    );
  });
});
