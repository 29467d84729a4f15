import assert from 'node:assert/strict';
import test from 'node:test';
import type { Resource } from '@medplum/fhirtypes';
import { isNhsNumber } from '../../fhir/nhs-number.ts';
import { validate } from '../../fhir/validate.ts';
import { bornOf, patients, proxies, staff } from '../people.ts';
import { makeRegion, regionResources } from '../region.ts';
import { castResources } from './cast.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const region = makeRegion({ seed: 'sandmouth', now });
const cast = castResources(region);
const nameOf = ({ resourceType, id }: Resource) => `${resourceType}/${id}`;

test('every resource of the named people is valid', () => {
  for (const resource of cast)
    assert.deepEqual(
      validate(resource).filter(({ severity }) => severity === 'error'),
      [],
      nameOf(resource),
    );
});

test('what they point at is there, in the region or among themselves, and no id comes twice', () => {
  const all = [...regionResources(region), ...cast];
  const names = new Set(all.map(nameOf));
  assert.equal(names.size, all.length);
  for (const resource of all)
    for (const [, target = ''] of JSON.stringify(resource).matchAll(
      /"(?:reference|url)":"([A-Z][A-Za-z]+\/[^"]+)"/g,
    ))
      assert.ok(names.has(target), `${nameOf(resource)} points at ${target}`);
});

test('every story is in one record: the id of each resource begins with its person’s', () => {
  const ids = new Set(patients.map(({ id }) => id));
  for (const resource of cast) {
    const owner = patients.find(({ id }) => resource.id === id || resource.id?.startsWith(`${id}-`));
    assert.ok(owner, nameOf(resource));
    for (const [, other = ''] of JSON.stringify(resource).matchAll(/"reference":"Patient\/([^"]+)"/g))
      assert.ok(ids.has(other), nameOf(resource));
  }
});

test('those whom one can become have a story that is worth opening', () => {
  const count = new Map<string, number>();
  for (const { id = '' } of cast) {
    const owner = patients.find((one) => id.startsWith(one.id))?.id ?? '';
    count.set(owner, (count.get(owner) ?? 0) + 1);
  }
  for (const id of ['iris', 'tomasz', 'anita', 'fatima', 'daniel', 'walter', 'ella', 'kai'])
    assert.ok((count.get(`demo-${id}`) ?? 0) >= 20, `${id}: ${count.get(`demo-${id}`)}`);
});

test('the same region and day tell the same stories', () => {
  assert.deepEqual(castResources(makeRegion({ seed: 'sandmouth', now })), cast);
});

test('people keep their age whenever the region is made, so that who acts for a child still may', () => {
  for (const day of ['2026-11-22', '2027-02-28', '2028-02-29', '2031-03-14', '2031-03-13'])
    for (const one of patients) {
      const then = Date.parse(`${day}T12:00:00Z`);
      const born = bornOf(one, then);
      const birthdays =
        Number(day.slice(0, 4)) - Number(born.slice(0, 4)) - (day.slice(5) < born.slice(5) ? 1 : 0);
      assert.equal(birthdays, one.age, `${one.id} on ${day}`);
    }
  const ages = new Map(patients.map(({ id, age }) => [id, age]));
  for (const { patient, basis } of proxies)
    if (basis !== 'own-consent') assert.ok((ages.get(patient) ?? 99) < 11, patient);
});

test('NHS numbers are of the test range, and nobody shares one', () => {
  for (const { nhsNumber } of patients) assert.ok(isNhsNumber(nhsNumber) && nhsNumber.startsWith('999'));
  assert.equal(new Set(patients.map(({ nhsNumber }) => nhsNumber)).size, patients.length);
});

test('nothing has happened yet that is still to come', () => {
  const happened = new Set([
    'Condition',
    'Observation',
    'Encounter',
    'Procedure',
    'Immunization',
    'Communication',
  ]);
  for (const resource of cast.filter(({ resourceType }) => happened.has(resourceType)))
    for (const [, date = ''] of JSON.stringify(resource).matchAll(
      /"(?:(?:effective|onset|abatement|performed|occurrence)DateTime|sent|start|recordedDate)":"([^"]+)"/g,
    ))
      assert.ok(Date.parse(date) <= now, `${nameOf(resource)}: ${date}`);
});

test('every member of the named staff works in the region', () => {
  for (const { id, place } of staff) assert.equal(region.worker(id).organisation, place.id);
});
