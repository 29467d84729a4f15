import assert from 'node:assert/strict';
import test from 'node:test';
import { conditionKind, conditionKinds } from '../codes/conditions.ts';
import type { Person, Problem } from '../model.ts';
import { peopleOf, randomOf } from '../population/people.ts';
import { makeRegion } from '../region.ts';
import { illnessRates, risks } from './condition-risks.ts';
import { problemsOf } from './problems.ts';
import { ageAt, spanOf } from './span.ts';

const region = makeRegion({ seed: 'problems', now: Date.UTC(2026, 10, 22) });

interface Told {
  readonly person: Person;
  readonly age: number;
  readonly problems: readonly Problem[];
  readonly keys: ReadonlySet<string>;
}

const told: readonly Told[] = [...peopleOf(region, { count: 9000 })]
  .filter(({ died }) => died === undefined)
  .map((person) => {
    const problems = problemsOf(person, spanOf(person, region), randomOf(region, person).fork('problems'));
    const keys = new Set(problems.filter(({ ended }) => ended === undefined).map(({ key }) => key));
    return { person, age: ageAt(person, region.now), problems, keys };
  });

const share = (of: readonly Told[], ...keys: readonly string[]): number =>
  (100 * of.filter((one) => keys.some((key) => one.keys.has(key))).length) / of.length;

// Source: NHS England, Quality and Outcomes Framework 2023/24; per cent of those from the age on.
const registers: readonly (readonly [keys: readonly string[], from: number, percent: number])[] = [
  [['hypertension'], 0, 14.8],
  [['type-2-diabetes', 'type-1-diabetes'], 17, 7.7],
  [['asthma'], 6, 6.5],
  [['depression'], 18, 13],
  [['chronic-kidney-disease'], 18, 4.4],
  [['coronary-heart-disease'], 0, 3],
  [['copd'], 0, 1.9],
  [['atrial-fibrillation'], 0, 2.2],
  [['stroke'], 0, 1.9],
  [['heart-failure'], 0, 1.1],
  [['breast-cancer', 'prostate-cancer', 'bowel-cancer', 'lung-cancer', 'melanoma'], 0, 3.6],
  [['schizophrenia', 'bipolar-disorder'], 0, 1],
  [['epilepsy'], 18, 0.8],
  [['dementia'], 0, 0.8],
  [['obesity'], 18, 12.8],
];

test('as many have a condition as England’s practices count', () => {
  for (const [keys, from, percent] of registers) {
    const got = share(
      told.filter(({ age }) => age >= from),
      ...keys,
    );
    // A quarter, and what chance does to a few among thousands.
    const margin = percent * 0.25 + 0.35;
    assert.ok(
      Math.abs(got - percent) < margin,
      `${keys.join(', ')}: ${got.toFixed(2)} %, counted ${percent} %`,
    );
  }
});

test('the old have more than the young, and most children are well', () => {
  const lasting = ({ problems }: Told): number =>
    problems.filter(({ key, ended }) => !ended && conditionKind(key).course === 'long').length;
  const mean = (of: readonly Told[]): number => of.reduce((sum, one) => sum + lasting(one), 0) / of.length;
  const [children, grown, old] = [
    told.filter(({ age }) => age < 16),
    told.filter(({ age }) => age >= 30 && age < 50),
    told.filter(({ age }) => age >= 75),
  ];
  assert.ok(
    mean(children) < 0.7 && mean(old) > 3.5 && mean(grown) > mean(children) && mean(grown) < mean(old),
  );
  assert.ok(children.filter((one) => lasting(one) === 0).length > children.length / 2);
  assert.equal(share(children, 'dementia', 'copd', 'coronary-heart-disease', 'hypertension'), 0);
});

test('what comes together does: diabetes with high pressure, lung disease with smoking, foot and eye with diabetes', () => {
  const middle = told.filter(({ age }) => age >= 50 && age < 75);
  const diabetic = middle.filter(({ keys }) => keys.has('type-2-diabetes'));
  const others = middle.filter(({ keys }) => !keys.has('type-2-diabetes'));
  assert.ok(share(diabetic, 'hypertension') > 1.3 * share(others, 'hypertension'));
  const smokers = middle.filter(({ person }) => person.smoker === 'current');
  const never = middle.filter(({ person }) => person.smoker === 'never');
  assert.ok(share(smokers, 'copd') > 5 * share(never, 'copd'));
  for (const { problems, person } of told) {
    const has = (...keys: readonly string[]) => problems.some(({ key }) => keys.includes(key));
    if (has('diabetic-foot', 'diabetic-retinopathy'))
      assert.ok(has('type-2-diabetes', 'type-1-diabetes'), `${person.id} has no diabetes`);
    if (has('prostate-cancer', 'prostate-enlargement')) assert.equal(person.sex, 'male');
    if (has('endometriosis', 'polycystic-ovaries')) assert.equal(person.sex, 'female');
    assert.ok(!(has('type-1-diabetes') && has('type-2-diabetes')), person.id);
  }
});

test('a problem begins after birth, ends after it began, and neither lies ahead', () => {
  for (const { person, problems } of told)
    for (const { id, onset, ended = '2026-11-22' } of problems)
      assert.ok(onset >= person.born && onset <= ended && ended <= '2026-11-22', id);
});

test('every condition of the rates is in the table of conditions, and has one row', () => {
  const keys = [...risks, ...illnessRates].map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length);
  for (const key of keys) assert.ok(conditionKinds.has(key), key);
});
