/** Resources of odd vintages as their patients read them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  AllergyIntolerance,
  Condition,
  DiagnosticReport,
  ImagingStudy,
  Observation,
} from '@medplum/fhirtypes';
import { allergen, allergiesOf } from './allergies.ts';
import { conditionsOf } from './conditions.ts';
import { entriesNamed } from './glossary/lookup.ts';
import { scansOf } from './imaging.ts';
import { showsOf } from './page-parts.ts';
import { commentsOf, inGroups, isImaging, latestOf, plainFlag } from './results.ts';
import { matches, queryWords } from './search.ts';
import { dayAndTime, toCome } from './visits.ts';

const nameOf = () => '';
const subject = { reference: 'Patient/x' };
const coded = (code: string) => ({ coding: [{ code }] });

describe('conditions', () => {
  const condition = (id: string, more: Partial<Condition>): Condition => ({
    resourceType: 'Condition',
    id,
    subject,
    ...more,
  });
  it('have plain names beside those of the record, and stand once each', () => {
    const { now, past } = conditionsOf(
      [
        condition('a', {
          code: { coding: [{ system: 'http://snomed.info/sct', code: '38341003', display: 'Hypertension' }] },
          onsetDateTime: '2020',
        }),
        condition('b', {
          code: { text: 'Broken wrist' },
          clinicalStatus: coded('resolved'),
          onsetDateTime: '1998-02',
        }),
        condition('c', { code: { text: 'Cold' }, abatementDateTime: '2020' }),
        condition('d', { code: { text: 'Cold' }, abatementDateTime: '2019' }),
        condition('e', { code: { text: 'Mistake' }, verificationStatus: coded('entered-in-error') }),
        condition('f', {}),
      ],
      nameOf,
    );
    assert.deepEqual(
      now.map(({ title, written }) => [title, written]),
      [
        ['High blood pressure', 'Hypertension'],
        ['Problem or diagnosis', ''],
      ],
    );
    assert.deepEqual(past.map(({ title }) => title).sort(), ['Broken wrist', 'Cold']);
    assert.ok(past.find(({ title }) => title === 'Cold')?.lines.some(({ text }) => text === '2 times'));
  });
});

describe('allergies', () => {
  const allergy = (id: string, text: string, more: Partial<AllergyIntolerance> = {}): AllergyIntolerance => ({
    ...{ resourceType: 'AllergyIntolerance', id, patient: subject, code: { text } },
    ...more,
  });
  it('are named by what someone is allergic to', () => {
    for (const [written, wanted] of [
      ['Allergy to penicillin (finding)', 'Penicillin'],
      ['Peanut allergy', 'Peanut'],
      ['Latex', 'Latex'],
    ] as const)
      assert.equal(allergen(allergy('a', written)), wanted);
  });

  it('put the dangerous first, and never take “none known” for one', () => {
    const none = allergy('n', 'No known allergies', { code: { coding: [{ code: '716186003' }] } });
    const found = allergiesOf(
      [allergy('a', 'Plasters'), allergy('b', 'Nuts', { criticality: 'high' }), none],
      nameOf,
    );
    assert.deepEqual([found.now.map(({ title }) => title), found.knownNone], [['Nuts', 'Plasters'], false]);
    assert.equal(allergiesOf([none], nameOf).knownNone, true);
    assert.equal(allergiesOf([], nameOf).knownNone, false);
  });
});

describe('results', () => {
  const observation = (id: string, code: string, more: Partial<Observation> = {}): Observation => ({
    ...{
      resourceType: 'Observation',
      id,
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code }] },
    },
    ...more,
  });
  it('show the newest of each test in groups, none of those in error', () => {
    const rows = latestOf('x', [
      observation('1', '4548-4', { status: 'entered-in-error' }),
      observation('2', '4548-4', { valueQuantity: { value: 7, unit: '%' }, category: [coded('laboratory')] }),
      observation('3', '4548-4', { valueQuantity: { value: 6, unit: '%' } }),
      observation('4', '0-0', {}),
    ]);
    assert.deepEqual(
      rows.map(({ id, title, when }) => [id, title, when]),
      [
        ['2', 'Average blood sugar (HbA1c)', 'Date not recorded'],
        ['4', '0-0', 'Date not recorded'],
      ],
    );
    assert.deepEqual(
      inGroups(rows).map(({ heading }) => heading),
      ['Blood and other lab tests', 'Other results'],
    );
  });

  it('say what a flag means', () => {
    assert.equal(plainFlag('High'), 'Above the usual range');
    assert.equal(plainFlag('High, Low'), 'Above the usual range, Below the usual range');
    assert.equal(plainFlag(''), '');
  });

  it('show what clinicians said of just these results', () => {
    const report = (conclusion: string, result: string): DiagnosticReport => ({
      ...{
        resourceType: 'DiagnosticReport',
        status: 'final',
        code: {},
        conclusion,
        issued: '2026-01-02T10:00:00Z',
      },
      result: [{ reference: result }],
    });
    const found = commentsOf(
      [report('Fine', 'Observation/1'), report('Other', 'Observation/2')],
      new Set(['Observation/1']),
      nameOf,
    );
    assert.deepEqual(found, [{ text: 'Fine', about: '2 January 2026' }]);
  });
});

describe('scans', () => {
  it('stand with the report that names them; reports of lost studies stand alone', () => {
    const study: ImagingStudy = {
      ...{ resourceType: 'ImagingStudy', id: 's', status: 'available', subject, started: '2026-01-05' },
      modality: [{ code: 'CT' }],
    };
    const reports: DiagnosticReport[] = [
      {
        ...{
          resourceType: 'DiagnosticReport',
          id: 'r',
          status: 'final',
          code: { text: 'CT head' },
          conclusion: 'Normal.',
        },
        imagingStudy: [{ reference: 'ImagingStudy/s' }],
      },
      {
        resourceType: 'DiagnosticReport',
        id: 'alone',
        status: 'final',
        code: { text: 'Chest X-ray' },
        category: [coded('RAD')],
      },
      { resourceType: 'DiagnosticReport', id: 'blood', status: 'final', code: { text: 'Full blood count' } },
    ];
    assert.equal(isImaging(reports[2]!), false);
    const found = scansOf('x', [study], reports, nameOf);
    assert.deepEqual(
      found.map(({ id, title, report }) => [id, title, report]),
      [
        ['s', 'CT scan', 'Normal.'],
        ['alone', 'Chest X-ray', ''],
      ],
    );
  });
});

describe('visits', () => {
  it('name the day of the week and the time in the United Kingdom', () => {
    assert.equal(dayAndTime('2026-07-06T13:30:00Z'), 'Monday 6 July 2026 at 2:30pm');
    assert.equal(dayAndTime('2026-07'), 'July 2026');
    assert.equal(dayAndTime(undefined), '');
  });

  it('to come are soonest first, and none that is over or cancelled', () => {
    const at = (id: string, start: string | undefined, status: 'booked' | 'cancelled' = 'booked') => ({
      ...{ resourceType: 'Appointment' as const, id, status, participant: [] },
      ...(start ? { start } : {}),
    });
    const all = [
      at('later', '2027-01-01T10:00:00Z'),
      at('soon', '2026-12-01T10:00:00Z'),
      at('gone', '2026-01-01T10:00:00Z'),
      at('off', '2027-01-01T10:00:00Z', 'cancelled'),
      at('undated', undefined),
    ];
    assert.deepEqual(
      toCome(all, Date.parse('2026-11-22')).map(({ id }) => id),
      ['soon', 'later', 'undated'],
    );
  });
});

describe('search', () => {
  it('takes words out of odd queries', () => {
    assert.deepEqual(queryWords('  Blood-PRESSURE!! '), ['blood-pressure']);
    assert.deepEqual(queryWords('%%% _ \\ "'), []);
    assert.equal(queryWords('a '.repeat(500)).length, 8);
  });

  it('finds by the beginnings of words, and by the plain words for them', () => {
    const hypertension: Condition = { resourceType: 'Condition', subject, code: { text: 'Hypertension' } };
    assert.equal(matches(hypertension, ['hyper'], []), true);
    assert.equal(matches(hypertension, ['tension'], []), false);
    assert.equal(
      matches(hypertension, ['high', 'blood', 'pressure'], entriesNamed('high blood pressure')),
      true,
    );
  });
});

describe('what a proxy is shown', () => {
  it('is decided for each person apart', () => {
    const sight = {
      grants: [
        {
          types: ['Condition', 'Patient'],
          writes: [],
          of: { kind: 'persons' as const, ids: ['own'] },
          withheld: [],
        },
        {
          types: ['Patient', 'Appointment'],
          writes: [],
          of: { kind: 'persons' as const, ids: ['child'] },
          withheld: [],
        },
      ],
    };
    assert.equal(showsOf(sight, 'own', 'Condition'), true);
    assert.equal(showsOf(sight, 'child', 'Condition'), false);
    assert.equal(showsOf(sight, 'child', 'Appointment'), true);
    assert.equal(showsOf(sight, 'stranger', 'Patient'), false);
  });
});
