import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Observation, Resource } from '@medplum/fhirtypes';
import {
  datesIn,
  daysAgo,
  demoLife,
  demoNow,
  demoRandom,
  demoRegion,
  targetsIn,
} from '../../../test/support/demo-life.ts';
import { validate } from '../../fhir/validate.ts';
import type { Life, Pregnancy } from '../model.ts';
import { maternity } from './maternity.ts';

const region = demoRegion();
const midwife = region.workersOf('demo-infirmary', 'midwife')[0];
assert.ok(midwife);
const pregnancy = (began: number, more: Partial<Pregnancy>): Pregnancy => ({
  ...{ id: 'p000001-pregnancy-1', began: daysAgo(began), due: daysAgo(began - 280), outcome: 'ongoing' },
  ...{ raisedPressure: false, midwife, unit: region.site(midwife.site), ...more },
});
const lifeWith = (...pregnancies: Pregnancy[]): Life =>
  demoLife({
    pregnancies,
    person: {
      born: '1995-03-03',
      relatives: [{ relation: 'child', name: 'Rosa Marsh', born: daysAgo(520) }],
    },
  });
const written = (life: Life): Resource[] => maternity(life, region, demoRandom());
const born = lifeWith(pregnancy(800, { ended: daysAgo(520), outcome: 'live-birth' }));
const now = lifeWith(pregnancy(230, { raisedPressure: true }));
const lost = lifeWith(pregnancy(400, { ended: daysAgo(330), outcome: 'miscarriage' }));
const ofType = (all: readonly Resource[], type: string) =>
  all.filter(({ resourceType }) => resourceType === type);
const pressures = (all: readonly Resource[]): number[] =>
  (ofType(all, 'Observation') as Observation[]) // of that type
    .filter(({ component }) => component)
    .map(({ component }) => component?.[0]?.valueQuantity?.value ?? 0);

describe('pregnancies of a life', () => {
  it('are valid FHIR, the same each time, and point at themselves, the person, the region', () => {
    const known = new Set([
      'Patient/p000001',
      ...region.organisations.map(({ id }) => `Organization/${id}`),
      ...region.sites.map(({ id }) => `Location/${id}`),
      ...region.workers.map(({ id }) => `Practitioner/${id}`),
    ]);
    for (const life of [born, now, lost]) {
      const all = written(life);
      assert.deepEqual(written(life), all);
      for (const one of all)
        assert.deepEqual(
          validate(one).filter(({ severity }) => severity === 'error'),
          [],
          JSON.stringify(one),
        );
      const own = new Set(all.map(({ resourceType, id }) => `${resourceType}/${id}`));
      assert.equal(own.size, all.length);
      for (const target of targetsIn(all)) assert.ok(own.has(target) || known.has(target), target);
    }
  });

  it('follow the schedule to the birth, which ends them', () => {
    const all = written(born);
    const visits = ofType(all, 'Encounter');
    assert.ok(visits.length >= 10 && visits.length <= 13, String(visits.length));
    assert.match(JSON.stringify(ofType(all, 'Procedure')), /Rosa Marsh was born in good condition/);
    for (const one of all)
      for (const date of datesIn(one)) assert.ok(Date.parse(date) <= demoNow, `${one.id} ${date}`);
    assert.match(JSON.stringify(ofType(all, 'EpisodeOfCare')), /"status":"finished"/);
  });

  it('that last have appointments to come and a due date', () => {
    const all = written(now);
    const bookings = ofType(all, 'Appointment');
    assert.equal(bookings.length, 2);
    for (const one of bookings) assert.ok((datesIn(one)[0] ?? '') > daysAgo(0));
    assert.match(JSON.stringify(all), new RegExp(`"valueDateTime":"${daysAgo(230 - 280)}"`));
    assert.match(JSON.stringify(ofType(all, 'EpisodeOfCare')), /"status":"active"/);
  });

  it('show raised pressure late where there is raised pressure', () => {
    const raised = pressures(written(now));
    assert.ok((raised.at(-1) ?? 0) >= 130, raised.join());
    assert.ok((raised[0] ?? 200) < 135, raised.join());
    assert.ok(Math.max(...pressures(written(born))) < 140);
  });

  it('that were lost leave one entry, under its label', () => {
    const all = written(lost);
    assert.equal(all.length, 1);
    assert.equal(all[0]?.meta?.security?.[0]?.code, 'SEX');
  });
});
