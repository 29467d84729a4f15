import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../../platform/random.ts';
import { medicine } from '../codes/medicines.ts';
import { peopleOf, randomOf } from '../population/people.ts';
import { makeRegion } from '../region.ts';
import { allergyKinds, forbiddenSubstances } from './allergy-kinds.ts';
import { lifeOf } from './life.ts';
import { problemsOf } from './problems.ts';
import { ageAt, spanOf } from './span.ts';
import { treatmentsOf } from './treatments.ts';

const region = makeRegion({ seed: 'treatments', now: Date.UTC(2026, 10, 22) });
const people = [...peopleOf(region, { count: 1500 })];

test('nobody gets what their allergies forbid: no penicillin for those allergic to it', () => {
  const forbidding = allergyKinds.filter(({ forbids }) => forbids !== undefined);
  fc.assert(
    fc.property(
      fc.constantFrom(...people),
      fc.subarray(forbidding.map(({ key }) => key)),
      fc.string(),
      (person, keys, seed) => {
        const span = spanOf(person, region);
        const random = seededRandom(seed);
        const allergies = keys.map((key) => ({ id: key, key, recorded: person.born, severe: true }));
        const problems = problemsOf(person, span, random.fork('problems'));
        const forbidden = forbiddenSubstances(allergies);
        for (const { key } of treatmentsOf(person, { problems, allergies, pregnancies: [] }, span, random)) {
          const { substance, name } = medicine(key);
          assert.ok(substance === undefined || !forbidden.has(substance), name);
        }
      },
    ),
    { numRuns: 300 },
  );
});

const lives = people.map((person) => lifeOf(person, region, randomOf(region, person)));

test('some are allergic to penicillin and had infections, so that the rule is of use', () => {
  const allergic = lives.filter(({ allergies = [] }) => allergies.some(({ key }) => key === 'penicillin'));
  assert.ok(allergic.length > 30);
  const treated = allergic.filter(({ problems }) => problems.some(({ key }) => key === 'chest-infection'));
  assert.ok(treated.length > 5);
});

test('most with high blood pressure, diabetes or an underactive thyroid take something for it', () => {
  for (const key of ['hypertension', 'type-2-diabetes', 'hypothyroidism']) {
    const having = lives.filter(({ problems }) => problems.some((one) => one.key === key && !one.ended));
    const treated = having.filter(({ treatments }) =>
      treatments.some((one) => one.problem === key && !one.end),
    );
    assert.ok(having.length > 20 && treated.length > 0.7 * having.length, key);
  }
});

test('under 55 and not of black heritage, what blocks angiotensin comes first; else a calcium blocker', () => {
  let seen = 0;
  for (const { person, problems, treatments, allergies = [] } of lives) {
    const onset = problems.find(({ key }) => key === 'hypertension')?.onset;
    const first = treatments.find(({ problem }) => problem === 'hypertension');
    if (onset === undefined || !first || allergies.length > 0 || first.id.endsWith('-1') === false) continue;
    const calciumFirst = ageAt(person, Date.parse(onset)) >= 55 || 'MNP'.includes(person.ethnicity);
    assert.equal(medicine(first.key).kind === 'calcium-blocker', calciumFirst, person.id);
    seen += 1;
  }
  assert.ok(seen > 100);
});

test('a treatment begins after its problem did and after birth, and nobody takes one medicine twice at a time', () => {
  for (const { person, problems, treatments } of lives) {
    const now = treatments.filter(({ end }) => end === undefined).map(({ key }) => key);
    assert.equal(new Set(now).size, now.length, `${person.id}: ${now.join(', ')}`);
    for (const { id, problem, start, end } of treatments) {
      assert.ok(start >= person.born && (end === undefined || end > start), id);
      if (problem !== undefined)
        assert.ok(
          problems.some(({ key, onset }) => key === problem && onset <= start),
          id,
        );
    }
  }
});

test('children under 12 get no capsules of antibiotics', () => {
  for (const { person, treatments } of lives)
    for (const { key, start, id } of treatments)
      if (ageAt(person, Date.parse(start)) < 12 && medicine(key).kind === 'antibiotic')
        assert.ok(['liquid', 'cream', 'drops'].includes(medicine(key).form), id);
});

test('of statins, antidepressants, and what blocks angiotensin or clots nobody takes two', () => {
  const groups = [
    ['statin'],
    ['antidepressant'],
    ['ace-inhibitor', 'angiotensin-blocker'],
    ['anticoagulant', 'antiplatelet'],
  ];
  for (const { person, treatments } of lives) {
    const kinds = treatments.filter(({ end }) => end === undefined).map(({ key }) => medicine(key).kind);
    for (const group of groups)
      assert.ok(kinds.filter((kind) => group.includes(kind)).length < 2, `${person.id}: ${group.join(', ')}`);
  }
});

test('what a child takes for years becomes the grown people’s form at twelve', () => {
  for (const { person, treatments } of lives)
    for (const { key, end, id } of treatments)
      if (medicine(key).form === 'liquid')
        assert.ok(ageAt(person, end === undefined ? region.now : Date.parse(end)) < 12.1, id);
});

test('who is pregnant takes no statin, nothing that blocks angiotensin, and no contraceptive', () => {
  const kinds = new Set(['statin', 'ace-inhibitor', 'angiotensin-blocker', 'contraceptive']);
  let seen = 0;
  for (const { pregnancies, treatments } of lives)
    for (const { began, ended = '9999' } of pregnancies) {
      seen += 1;
      for (const { key, start, end = '9999', id } of treatments)
        assert.ok(!kinds.has(medicine(key).kind) || end <= began || start > ended, id);
    }
  assert.ok(seen > 50);
});
