import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DiagnosticReport, ImagingStudy } from '@medplum/fhirtypes';
import {
  datesIn,
  daysAgo,
  demoContact,
  demoLife,
  demoNow,
  demoProblem,
  demoRandom,
  demoRegion,
} from '../../../test/support/demo-life.ts';
import { validate } from '../../fhir/validate.ts';
import { imaging } from './imaging.ts';

const life = demoLife({
  problems: [
    demoProblem('hip-fracture', daysAgo(100), 0.5, daysAgo(20)),
    demoProblem('osteoporosis', daysAgo(90)),
    demoProblem('copd', '1999-01-01'),
  ],
  contacts: [demoContact(1, 'admission', `${daysAgo(100)}T22:00:00Z`, { problem: 'hip-fracture' })],
});
const written = imaging(life, demoRegion(), demoRandom());
const studies = written.filter((one): one is ImagingStudy => one.resourceType === 'ImagingStudy');
const reports = written.filter((one): one is DiagnosticReport => one.resourceType === 'DiagnosticReport');

describe('images of a life', () => {
  it('are valid FHIR, with a report each, the same each time', () => {
    for (const one of written)
      assert.deepEqual(
        validate(one).filter(({ severity }) => severity === 'error'),
        [],
        JSON.stringify(one),
      );
    assert.deepEqual(
      reports.map(({ imagingStudy }) => imagingStudy?.[0]?.reference),
      studies.map(({ id }) => `ImagingStudy/${id}`),
    );
    assert.deepEqual(imaging(life, demoRegion(), demoRandom()), written);
  });

  it('are taken at the visit they were needed for, and not before the history begins', () => {
    const hip = studies.find(({ description }) => description === 'X-ray of hip');
    assert.equal(hip?.encounter?.reference, 'Encounter/p000001-visit-1');
    assert.equal(hip?.started, `${daysAgo(100)}T22:30:00Z`);
    for (const one of written)
      for (const date of datesIn(one)) assert.ok(date > life.from && Date.parse(date) <= demoNow, date);
  });

  it('have UIDs of DICOM, none twice', () => {
    const uids = studies.flatMap(({ identifier, series }) => [
      identifier?.[0]?.value?.replace('urn:oid:', ''),
      ...(series ?? []).map(({ uid }) => uid),
    ]);
    assert.equal(new Set(uids).size, uids.length);
    for (const uid of uids) assert.match(uid ?? '', /^2\.25\.[1-9]\d{0,38}$/);
  });

  it('screen women from 50 to 70, and no men', () => {
    const mammograms = (person: object) =>
      imaging(demoLife({ person }), demoRegion(), demoRandom('life 1')).filter(
        (one) => one.resourceType === 'ImagingStudy',
      );
    assert.ok(mammograms({ sex: 'female', born: '1964-01-01' }).length >= 3);
    assert.equal(mammograms({ sex: 'male', born: '1964-01-01' }).length, 0);
    assert.equal(mammograms({ sex: 'female', born: '1985-01-01' }).length, 0);
  });

  it('say what was found in words', () => {
    for (const { presentedForm, conclusion = '' } of reports)
      assert.ok(
        Buffer.from(presentedForm?.[0]?.data ?? '', 'base64')
          .toString()
          .includes(conclusion),
      );
  });
});
