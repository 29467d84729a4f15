import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DiagnosticReport, Observation, Resource } from '@medplum/fhirtypes';
import {
  datesIn,
  daysAgo,
  demoLife,
  demoNow,
  demoProblem,
  demoRandom,
  demoRegion,
  demoTreatment,
  yearlyContacts,
} from '../../../test/support/demo-life.ts';
import { canonicalQuantity } from '../../fhir/units.ts';
import { validate } from '../../fhir/validate.ts';
import { measures } from '../codes/measurements.ts';
import type { Life } from '../model.ts';
import { creatinineOf, egfrOf } from './body.ts';
import { ageOn, dayOf } from './calendar.ts';
import { measurements } from './measurements.ts';

const written = (life: Life, seed = 'life'): Resource[] => measurements(life, demoRegion(), demoRandom(seed));
const isObservation = (one: Resource): one is Observation => one.resourceType === 'Observation';
const observations = (all: readonly Resource[], loinc: string): Observation[] =>
  all.filter(isObservation).filter((one) => one.code.coding?.some(({ code }) => code === loinc) === true);
const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
const systolics = (all: readonly Observation[]): number[] =>
  all.map(({ component }) => component?.[0]?.valueQuantity?.value ?? 0);

const many = demoLife({
  person: { smoker: 'ex', sex: 'male', bmi: 32 },
  problems: [
    demoProblem('hypertension', daysAgo(3000), 0.7),
    demoProblem('type-2-diabetes', daysAgo(2500), 0.6),
    demoProblem('chronic-kidney-disease', daysAgo(2400), 0.6),
    demoProblem('asthma', '1990-01-01', 0.4),
    demoProblem('copd', daysAgo(2000), 0.4),
    demoProblem('iron-deficiency-anaemia', daysAgo(900), 0.8),
    demoProblem('hypothyroidism', daysAgo(3900), 0.3),
    demoProblem('prostate-cancer', daysAgo(700), 0.3),
    demoProblem('rheumatoid-arthritis', daysAgo(3400), 0.5),
  ],
  treatments: [demoTreatment('ramipril-5', daysAgo(2900)), demoTreatment('metformin-500', daysAgo(2400))],
  contacts: yearlyContacts(),
});
const child = demoLife({ person: { id: 'p000002', born: daysAgo(2200), bmi: 16 } });

describe('measurements of a life', () => {
  it('are valid FHIR, with ids of their own', () => {
    const all = [...written(many), ...written(child)];
    for (const resource of all)
      assert.deepEqual(
        validate(resource).filter(({ severity }) => severity !== 'information' && severity !== 'warning'),
        [],
        JSON.stringify(resource),
      );
    assert.equal(new Set(all.map(({ resourceType, id }) => `${resourceType}/${id}`)).size, all.length);
    assert.ok(all.length > 250 && all.length < 700, String(all.length));
  });

  it('are the same whenever they are made again, and other ones from another seed', () => {
    assert.deepEqual(written(many), written(many));
    assert.notDeepEqual(written(many), written(many, 'other'));
  });

  it('lie between birth and today, or death', () => {
    const died = demoLife({ ...many, person: { ...many.person, died: '2024-03-02' } });
    for (const [life, until] of [
      [many, demoNow],
      [child, demoNow],
      [died, Date.parse('2024-03-02')],
    ] as const)
      for (const resource of written(life))
        for (const date of datesIn(resource)) {
          assert.ok(date >= life.person.born, `${resource.id} ${date}`);
          assert.ok(Date.parse(date) <= until, `${resource.id} ${date}`);
        }
  });

  it('take place at a visit where there was one', () => {
    const visits = new Map(many.contacts.map((contact) => [`Encounter/${contact.id}`, contact]));
    const at = written(many)
      .filter(isObservation)
      .filter(({ encounter }) => encounter !== undefined);
    assert.ok(at.length > 70, String(at.length));
    for (const one of at)
      assert.equal(one.effectiveDateTime, visits.get(one.encounter?.reference ?? '')?.start, one.id ?? '');
  });

  it('report each laboratory result, with words of a doctor', () => {
    const all = written(many);
    const reports = all.filter((one): one is DiagnosticReport => one.resourceType === 'DiagnosticReport');
    const reported = new Set(reports.flatMap(({ result = [] }) => result.map(({ reference }) => reference)));
    const results = all.filter(
      (one) =>
        one.resourceType === 'Observation' &&
        one.category?.some(({ coding }) => coding?.[0]?.code === 'laboratory'),
    );
    assert.ok(results.length > 50);
    for (const { id } of results) assert.ok(reported.has(`Observation/${id}`), id ?? '');
    for (const { conclusion, id } of reports) assert.match(conclusion ?? '', /\.$/, id ?? '');
  });

  it('mark as high what is above the range, and as low what is below it', () => {
    for (const one of written(many)) {
      if (one.resourceType !== 'Observation' || !one.referenceRange || !one.valueQuantity) continue;
      const { low, high } = one.referenceRange[0] ?? {};
      const value = one.valueQuantity.value ?? Number.NaN;
      const code = value > (high?.value ?? Infinity) ? 'H' : value < (low?.value ?? -Infinity) ? 'L' : 'N';
      assert.equal(one.interpretation?.[0]?.coding?.[0]?.code, code, one.id ?? '');
    }
  });
});

describe('courses of measurements', () => {
  const lives = (treatments: Life['treatments'], key: string, severity: number, more: Partial<Life> = {}) =>
    Array.from({ length: 25 }, (_, i) =>
      written(
        demoLife({
          ...{
            person: { id: `p${i}` },
            problems: [demoProblem(key, daysAgo(3400), severity)],
            treatments,
            contacts: yearlyContacts(),
          },
          ...more,
        }),
        `life ${i}`,
      ),
    );

  it('lower the blood pressure of those who take ramipril', () => {
    const [free, treated] = [[], [demoTreatment('ramipril-10', daysAgo(3300))]].map((treatments) =>
      mean(systolics(lives(treatments, 'hypertension', 0.5).flatMap((all) => observations(all, '85354-9')))),
    );
    assert.ok(free! > 145 && free! < 175, String(free));
    assert.ok(treated! < free! - 6, `${treated} is not well below ${free}`);
  });

  it('lower the HbA1c of those who take metformin, and keep it raised in diabetes', () => {
    const [free, treated] = [[], [demoTreatment('metformin-500', daysAgo(3300))]].map((treatments) =>
      mean(
        lives(treatments, 'type-2-diabetes', 0.5)
          .flatMap((all) => observations(all, '59261-8'))
          .map(({ valueQuantity }) => valueQuantity?.value ?? 0),
      ),
    );
    assert.ok(free! > 58 && free! < 85, String(free));
    assert.ok(treated! < free! - 5 && treated! >= 44, `${treated} ${free}`);
  });

  it('let kidney function fall in chronic kidney disease, and with severity', () => {
    const fallOf = (severity: number): number =>
      mean(
        lives([], 'chronic-kidney-disease', severity).map((all) => {
          const values = observations(all, '62238-1').map(({ valueQuantity }) => valueQuantity?.value ?? 0);
          return mean(values.slice(0, 4)) - mean(values.slice(-4));
        }),
      );
    assert.ok(fallOf(0.2) > 3, String(fallOf(0.2)));
    assert.ok(fallOf(0.9) > fallOf(0.2) + 5, String(fallOf(0.9)));
  });

  it('give kidney function as the equation has it from the creatinine of the same sample', () => {
    const all = written(many);
    const creatinines = observations(all, '14682-9');
    assert.ok(creatinines.length > 5);
    for (const [i, one] of creatinines.entries()) {
      const day = dayOf(one.effectiveDateTime ?? '');
      const expected = egfrOf(one.valueQuantity?.value ?? 0, ageOn(many.person.born, day), 'male');
      assert.ok(
        Math.abs((observations(all, '62238-1')[i]?.valueQuantity?.value ?? 0) - expected) <= 0.51,
        one.id ?? '',
      );
    }
    for (const egfr of [8, 30, 59, 90, 115])
      assert.ok(Math.abs(egfrOf(creatinineOf(egfr, 50, 'female'), 50, 'female') - egfr) < 1e-9);
  });

  it('grow with a child', () => {
    const heights = observations(written(child), '8302-2').map(
      ({ valueQuantity }) => valueQuantity?.value ?? 0,
    );
    assert.ok(heights.length >= 4);
    for (const [i, height] of heights.entries()) assert.ok(i === 0 || height > (heights[i - 1] ?? 0));
  });

  it('are few of those who are well', () => {
    assert.ok(written(demoLife({ person: { born: '1995-02-02' } })).length < 15);
  });
});

describe('the table of measurements', () => {
  it('has a unit of UCUM for each', () => {
    for (const { ucum, key } of measures)
      assert.ok(ucum === '1' || canonicalQuantity(1, 1, 1, ucum) !== undefined, key);
  });

  it('has each code once', () => {
    assert.equal(new Set(measures.map(({ loinc }) => loinc)).size, measures.length);
  });
});
