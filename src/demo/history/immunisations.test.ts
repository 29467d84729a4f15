import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Immunization } from '@medplum/fhirtypes';
import {
  daysAgo,
  demoLife,
  demoNow,
  demoProblem,
  demoRandom,
  demoRegion,
} from '../../../test/support/demo-life.ts';
import { validate } from '../../fhir/validate.ts';
import type { Life } from '../model.ts';
import { ageOn, dayOf } from './calendar.ts';
import { immunisations } from './immunisations.ts';

const written = (life: Life, seed = 'life'): Immunization[] =>
  immunisations(life, demoRegion(), demoRandom(seed)) as Immunization[]; // the part writes nothing else
const child = demoLife({ person: { id: 'p1', born: daysAgo(1700) } });
const old = demoLife({ person: { id: 'p2', born: '1950-05-05' } });
const young = demoLife({ person: { id: 'p3', born: '1990-05-05' } });
const named = (all: readonly Immunization[], name: RegExp) =>
  all.filter(({ vaccineCode, status }) => status === 'completed' && name.test(vaccineCode.text ?? ''));
const seeds = Array.from({ length: 60 }, (_, i) => `life ${i}`);

describe('vaccinations of a life', () => {
  it('are valid FHIR, the same each time, and between birth and today', () => {
    for (const life of [child, old, young]) {
      const all = written(life);
      assert.deepEqual(written(life), all);
      for (const one of all) {
        assert.deepEqual(
          validate(one).filter(({ severity }) => severity === 'error'),
          [],
          one.id ?? '',
        );
        assert.ok((one.occurrenceDateTime ?? '') > life.person.born, one.id ?? '');
        assert.ok(Date.parse(one.occurrenceDateTime ?? '') < demoNow, one.id ?? '');
      }
    }
  });

  it('follow the schedule of children: six-in-one thrice before 6 months, MMR at one and before school', () => {
    const most = written(child, 'life 3');
    assert.equal(named(most, /^6-in-1/).length, 3);
    for (const one of named(most, /^6-in-1/))
      assert.ok(ageOn(child.person.born, dayOf(one.occurrenceDateTime ?? '')) < 0.5);
    for (const one of named(most, /^MMR/)) {
      const age = ageOn(child.person.born, dayOf(one.occurrenceDateTime ?? ''));
      assert.ok(age > 1 && age < 3.6, String(age));
    }
  });

  it('reach about nine in ten children with MMR', () => {
    const reached = seeds.filter((seed) => named(written(child, seed), /^MMR/).length > 0).length;
    assert.ok(reached > 44 && reached < 60, String(reached));
  });

  it('give flu vaccine to most over 65 each autumn, and to others only where they are at risk', () => {
    const flu = seeds.map((seed) => named(written(old, seed), /^Flu/).length);
    const mean = flu.reduce((sum, one) => sum + one, 0) / flu.length;
    assert.ok(mean > 6 && mean < 9.5, String(mean));
    assert.equal(named(written(young), /^Flu/).length, 0);
    const ill = demoLife({ ...young, problems: [demoProblem('type-1-diabetes', '2005-01-01')] });
    assert.ok(named(written(ill), /^Flu/).length > 1);
  });

  it('say why one was not given, and give those no batch', () => {
    const refused = seeds
      .flatMap((seed) => written(child, seed))
      .filter(({ status }) => status === 'not-done');
    assert.ok(refused.length > 0);
    for (const { statusReason, lotNumber } of refused) {
      assert.ok(statusReason?.text);
      assert.equal(lotNumber, undefined);
    }
  });

  it('number the doses of COVID-19 vaccine in order', () => {
    const doses = named(written(old), /^COVID/).map(
      ({ protocolApplied }) => protocolApplied?.[0]?.doseNumberPositiveInt,
    );
    assert.ok(doses.length > 2);
    assert.deepEqual(doses, doses.toSorted());
  });
});
