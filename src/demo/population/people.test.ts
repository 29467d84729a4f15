import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { within } from '../geography.ts';
import type { Person } from '../model.ts';
import { makeRegion } from '../region.ts';
import { peopleOf, personAt } from './people.ts';

const now = Date.UTC(2026, 10, 22);
const region = makeRegion({ seed: 'people', now });
const people = [...peopleOf(region, { count: 8000 })];
const living = people.filter(({ died }) => died === undefined);
const age = ({ born }: Person): number => (now - Date.parse(born)) / 31_556_952_000;
const percent = (of: readonly Person[], holds: (person: Person) => boolean): number =>
  (100 * of.filter(holds).length) / of.length;

test('ages are about those of England’s census of 2021', () => {
  const shares = [
    [0, 18, 20.8],
    [18, 30, 14.5],
    [30, 50, 26.5],
    [50, 65, 19.4],
    [65, 80, 13.6],
    [80, 120, 5],
  ] as const;
  for (const [from, to, census] of shares) {
    const got = percent(living, (one) => age(one) >= from && age(one) < to);
    assert.ok(Math.abs(got - census) < 4.5, `${from} to ${to}: ${got.toFixed(1)} %, census ${census} %`);
  }
  assert.ok(Math.abs(percent(living, ({ sex }) => sex === 'female') - 51) < 2.5);
});

test('ethnic categories, languages and interpreters are about those of the census', () => {
  const shares = [
    ['A', 73.5, 5],
    ['C', 7, 2.5],
    ['H', 3.3, 1.5],
    ['J', 2.8, 1.3],
    ['KL', 2.8, 1.3],
    ['MNP', 4.2, 2],
    ['R', 0.8, 0.6],
    ['DEFG', 3, 2],
  ] as const;
  for (const [codes, census, margin] of shares) {
    const got = percent(living, ({ ethnicity }) => codes.includes(ethnicity));
    assert.ok(Math.abs(got - census) < margin, `${codes}: ${got.toFixed(1)} %, census ${census} %`);
  }
  const foreign = percent(living, ({ language }) => language !== 'en');
  assert.ok(foreign > 5 && foreign < 11, `${foreign.toFixed(1)} % would rather speak another language`);
  const interpreted = percent(living, ({ interpreter }) => interpreter);
  assert.ok(interpreted > 0.8 && interpreted < 3);
  assert.ok(people.every(({ interpreter, language }) => !interpreter || language !== 'en'));
});

test('smoking and weight are about those of the surveys, and smoking follows deprivation', () => {
  const adults = living.filter((one) => age(one) >= 18);
  const smokers = percent(adults, ({ smoker }) => smoker === 'current');
  assert.ok(smokers > 9 && smokers < 16, `${smokers.toFixed(1)} % smoke`);
  const obese = percent(adults, ({ bmi }) => bmi >= 30);
  assert.ok(obese > 23 && obese < 33, `${obese.toFixed(1)} % are obese`);
  const [poor, rich] = [
    adults.filter((one) => one.deprivation <= 3),
    adults.filter((one) => one.deprivation >= 8),
  ];
  assert.ok(
    percent(poor, (one) => one.smoker === 'current') > percent(rich, (one) => one.smoker === 'current') + 3,
  );
});

test('person number n depends on the seed and on n alone', () => {
  fc.assert(
    fc.property(fc.nat({ max: 7999 }), (n) => {
      assert.deepEqual(personAt(region, n), people[n]);
    }),
    { numRuns: 20 },
  );
  assert.deepEqual([...peopleOf(region, { count: 250, from: 117 })].at(3), people[120]);
  const other = makeRegion({ seed: 'others', now });
  assert.notDeepEqual(personAt(other, 0), people[0]);
  assert.deepEqual(personAt(makeRegion({ seed: 'people', now }), 1234), people[1234]);
});

test('however many are made, their relatives are among them or known by name alone', () => {
  for (const count of [1, 37, 40, 601]) {
    const few = [...peopleOf(region, { count })];
    assert.equal(few.length, count);
    const ids = new Set(few.map(({ id }) => id));
    for (const { relatives } of few)
      for (const { person, name } of relatives) assert.ok(name && (person === undefined || ids.has(person)));
  }
});

test('those of a home live together, and parents are old enough', () => {
  const byId = new Map(people.map((one) => [one.id, one]));
  for (const one of people) {
    for (const { relation, person } of one.relatives) {
      const other = person === undefined ? undefined : byId.get(person);
      if (!other) continue;
      assert.equal(other.household, one.household);
      assert.equal(other.line, one.line);
      if (relation === 'mother' || relation === 'father')
        assert.ok(age(other) - age(one) > 15, `${one.id} is nearly as old as ${other.id}`);
    }
    if (one.careHome) assert.ok(age(one) > 65);
  }
  const homes = Map.groupBy(
    people.filter(({ careHome }) => !careHome),
    ({ household }) => household,
  );
  for (const members of homes.values())
    assert.equal(new Set(members.map(({ postcode }) => postcode)).size, 1);
});

test('everyone is registered with a practice, a doctor and a pharmacy of the region, and lives on land', () => {
  for (const one of people) {
    assert.equal(region.organisation(one.practice).kind, 'general-practice');
    assert.equal(region.worker(one.usualDoctor).organisation, one.practice);
    assert.equal(region.organisation(one.pharmacy).kind, 'pharmacy');
    assert.ok(within(region.coast, one.at), `${one.id} lives at sea`);
    assert.match(one.postcode, /^ZZ\d{1,2} \d[A-Z]{2}$/);
    assert.match(one.telephone, /^(07700 900|01632 960)\d{3}$/);
  }
});

test('days are in order: born, registered here and before, died', () => {
  const today = new Date(now).toISOString().slice(0, 10);
  for (const { id, born, registered, died = today, earlierPractices } of people) {
    const days = [born, ...earlierPractices.map(({ from }) => from), registered, died, today];
    assert.deepEqual(days, days.toSorted(), `${id}: ${days.join(', ')}`);
  }
  const moved = percent(people, ({ earlierPractices }) => earlierPractices.length > 0);
  assert.ok(moved > 20 && moved < 70);
  const dead = people.length - living.length;
  assert.ok(dead > people.length * 0.01 && dead < people.length * 0.05);
});
