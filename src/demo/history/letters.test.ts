import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Binary, DocumentReference, Resource } from '@medplum/fhirtypes';
import {
  datesIn,
  daysAgo,
  demoContact,
  demoLife,
  demoNow,
  demoProblem,
  demoRandom,
  demoRegion,
  demoTreatment,
} from '../../../test/support/demo-life.ts';
import { validate } from '../../fhir/validate.ts';
import { letters } from './letters.ts';

const life = demoLife({
  problems: [
    demoProblem('type-2-diabetes', daysAgo(2500), 0.6),
    demoProblem('depression', daysAgo(900)),
    demoProblem('pneumonia', daysAgo(100)),
  ],
  treatments: [demoTreatment('metformin-500', daysAgo(2400))],
  contacts: [
    demoContact(1, 'outpatient', `${daysAgo(2300)}T10:00:00Z`, { problem: 'type-2-diabetes' }),
    demoContact(2, 'outpatient', `${daysAgo(1900)}T10:00:00Z`, { problem: 'type-2-diabetes' }),
    demoContact(3, 'mental-health', `${daysAgo(800)}T10:00:00Z`, { problem: 'depression' }),
    demoContact(4, 'admission', `${daysAgo(100)}T22:00:00Z`, { problem: 'pneumonia', reason: 'Fever' }),
    demoContact(5, 'emergency', `${daysAgo(30)}T22:00:00Z`),
    demoContact(6, 'gp-telephone', `${daysAgo(20)}T10:00:00Z`),
    demoContact(7, 'outpatient', `${daysAgo(-20)}T10:00:00Z`, { problem: 'type-2-diabetes' }),
  ],
});
const all: Resource[] = letters(life, demoRegion(), demoRandom());
const documents = all.filter((one): one is DocumentReference => one.resourceType === 'DocumentReference');
const files = new Map<string, Binary>(
  all.filter((one): one is Binary => one.resourceType === 'Binary').map((one) => [`Binary/${one.id}`, one]),
);
const bytesOf = (one: DocumentReference): Buffer =>
  Buffer.from(files.get(one.content[0]?.attachment.url ?? '')?.data ?? '', 'base64');

describe('letters of a life', () => {
  it('tell of referrals, clinics and stays in hospital, in the order they were written', () => {
    assert.deepEqual(
      documents.map(({ description }) => description),
      [
        'Referral: type 2 diabetes mellitus',
        'Clinic letter: type 2 diabetes mellitus',
        'Clinic letter: type 2 diabetes mellitus',
        'Referral: depression',
        'Clinic letter: depression',
        'Discharge from hospital: pneumonia',
        'Visit to the emergency department',
      ],
    );
    const dates = documents.map(({ date = '' }) => date);
    assert.deepEqual(dates, dates.toSorted());
  });

  it('are valid FHIR, each with a file of the person', () => {
    for (const one of all)
      assert.deepEqual(
        validate(one).filter(({ severity }) => severity === 'error'),
        [],
        JSON.stringify(one).slice(0, 400),
      );
    assert.equal(files.size, documents.length);
    for (const file of files.values()) assert.equal(file.securityContext?.reference, 'Patient/p000001');
  });

  it('hold a small PDF of the size they state, with who it is about in it', () => {
    for (const one of documents) {
      const bytes = bytesOf(one);
      assert.equal(bytes.length, one.content[0]?.attachment.size);
      assert.ok(bytes.length < 4_096, String(bytes.length));
      const text = bytes.toString('latin1');
      assert.match(text, /^%PDF-1\.7/);
      assert.match(text, /About: Ada Marsh, born 9 April 1961, NHS number 999 000 0018/);
    }
    assert.match(bytesOf(documents[1] as DocumentReference).toString('latin1'), /Metformin/);
  });

  it('keep what mental health services write under its label, file and document alike', () => {
    const labelled = documents.filter(({ meta }) => meta?.security?.some(({ code }) => code === 'PSY'));
    assert.deepEqual(
      labelled.map(({ description }) => description),
      ['Referral: depression', 'Clinic letter: depression'],
    );
    for (const one of documents)
      assert.deepEqual(files.get(one.content[0]?.attachment.url ?? '')?.meta?.security, one.meta?.security);
  });

  it('are the same whenever they are made again, and none is of the future', () => {
    assert.deepEqual(letters(life, demoRegion(), demoRandom()), all);
    for (const one of all)
      for (const date of datesIn(one))
        assert.ok(Date.parse(date) <= demoNow && date > life.from, `${one.id} ${date}`);
  });
});
