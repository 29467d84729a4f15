import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CarePlan, Communication, Resource } from '@medplum/fhirtypes';
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
  targetsIn,
} from '../../../test/support/demo-life.ts';
import { validate } from '../../fhir/validate.ts';
import type { HistoryPart, Life } from '../model.ts';
import { care } from './care.ts';
import { protection } from './protection.ts';

const region = demoRegion();
const known = new Set([
  ...region.organisations.map(({ id }) => `Organization/${id}`),
  ...region.workers.map(({ id }) => `Practitioner/${id}`),
]);
const ill = demoLife({
  person: {
    ...{ born: '1938-01-01', email: 'ada@example.org' },
    relatives: [{ relation: 'partner', name: 'Jim Marsh' }],
  },
  problems: [
    demoProblem('type-2-diabetes', daysAgo(2000), 0.9),
    demoProblem('hypertension', daysAgo(3000), 0.6),
    demoProblem('frailty', daysAgo(900), 0.8),
  ],
  treatments: [demoTreatment('apixaban-5', daysAgo(500))],
  contacts: [demoContact(1, 'outpatient', `${daysAgo(700)}T10:00:00Z`, { problem: 'type-2-diabetes' })],
});
const child = (household: string): Life =>
  demoLife({ person: { id: 'p000009', born: daysAgo(2000), household } });
const seeds = Array.from({ length: 30 }, (_, i) => `life ${i}`);
const ofType = (all: readonly Resource[], type: string) =>
  all.filter(({ resourceType }) => resourceType === type);

function check(part: HistoryPart, life: Life, seed: string): Resource[] {
  const all = part(life, region, demoRandom(seed));
  assert.deepEqual(part(life, region, demoRandom(seed)), all);
  for (const one of all)
    assert.deepEqual(
      validate(one).filter(({ severity }) => severity === 'error'),
      [],
      JSON.stringify(one),
    );
  const own = new Set(all.map(({ resourceType, id }) => `${resourceType}/${id}`));
  assert.equal(own.size, all.length);
  const there = new Set([
    ...[...own, ...known, `Patient/${life.person.id}`, `RelatedPerson/${life.person.id}-relative-1`],
    ...life.problems.map(({ id }) => `Condition/${id}`),
  ]);
  for (const target of targetsIn(all)) assert.ok(there.has(target), target);
  for (const one of all)
    for (const date of datesIn(one)) assert.ok(date >= life.person.born, `${one.id} ${date}`);
  return all;
}

describe('care over time', () => {
  it('is valid FHIR, the same each time, and points at what is there', () => {
    for (const seed of seeds) check(care, ill, seed);
  });

  it('plans with goals, steps, who does them and a review to come', () => {
    const plans = seeds.flatMap((seed) => ofType(check(care, ill, seed), 'CarePlan') as CarePlan[]);
    assert.ok(plans.length > 15, String(plans.length));
    for (const { activity = [], goal = [], period, title, careTeam } of plans) {
      assert.equal(title, 'Care plan for type 2 diabetes, frailty and high blood pressure');
      assert.ok(goal.length >= 4 && careTeam?.length === 1);
      for (const { detail } of activity)
        assert.equal(detail?.performer?.length, 1, detail?.description ?? '');
      assert.equal(activity.at(-1)?.detail?.description, 'Review of this plan');
      assert.ok(Date.parse(period?.end ?? '') > demoNow);
    }
  });

  it('sends carers to the frail, and warns of falls and bleeding', () => {
    const all = check(care, ill, 'life');
    assert.match(JSON.stringify(ofType(all, 'ServiceRequest')), /Home care, \w+ visits? a day/);
    assert.equal(ofType(all, 'Task').length, 1);
    assert.equal(ofType(all, 'Flag').length, 2);
  });

  it('answers each message after it was sent, in the past', () => {
    const sent = seeds.flatMap((seed) => ofType(check(care, ill, seed), 'Communication') as Communication[]);
    assert.ok(sent.length > 6);
    const byId = new Map(sent.map((one) => [`Communication/${one.id}`, one]));
    for (const { inResponseTo, sent: at = '' } of sent) {
      assert.ok(Date.parse(at) < demoNow, at);
      const asked = byId.get(inResponseTo?.[0]?.reference ?? '');
      if (inResponseTo) assert.ok(asked);
    }
  });

  it('is nothing for those who are well', () => {
    assert.deepEqual(care(demoLife({ person: { born: '1995-01-01' } }), region, demoRandom()), []);
  });
});

describe('protection of children', () => {
  const written = Array.from({ length: 400 }, (_, i) => check(protection, child(`h${i}`), 'life'));
  const some = written.filter((all) => all.length > 0);

  it('concerns few households, and the brothers and sisters of one alike', () => {
    assert.ok(some.length >= 4 && some.length <= 20, String(some.length));
    const i = written.findIndex((all) => all.length > 0);
    const sister = protection(
      demoLife({ person: { id: 'p000010', born: daysAgo(3000), household: `h${i}` } }),
      region,
      demoRandom(),
    );
    assert.ok(sister.length > 0);
  });

  it('has a plan, a flag, a team and a social worker, all under the label of abuse', () => {
    for (const all of some) {
      for (const type of ['CarePlan', 'Flag', 'CareTeam', 'EpisodeOfCare'])
        assert.equal(ofType(all, type).length, 1);
      for (const one of all) assert.equal(one.meta?.security?.[0]?.code, 'SDV', one.id ?? '');
    }
  });

  it('is of children alone', () => {
    for (let i = 0; i < 400; i++)
      assert.deepEqual(protection(demoLife({ person: { household: `h${i}` } }), region, demoRandom()), []);
  });
});
