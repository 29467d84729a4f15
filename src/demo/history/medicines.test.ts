import assert from 'node:assert/strict';
import test from 'node:test';
import type { MedicationDispense, MedicationRequest } from '@medplum/fhirtypes';
import { seededRandom } from '../../platform/random.ts';
import { peopleOf, randomOf } from '../population/people.ts';
import { makeRegion } from '../region.ts';
import { lifeOf } from './life.ts';
import { medicinesPart } from './medicines.ts';

const region = makeRegion({ seed: 'medicines', now: Date.UTC(2026, 10, 22) });
const written = [...peopleOf(region, { count: 800 })].map((person) => {
  const made = medicinesPart(
    lifeOf(person, region, randomOf(region, person)),
    region,
    seededRandom('unused'),
  );
  return {
    person,
    requests: made.filter((one): one is MedicationRequest => one.resourceType === 'MedicationRequest'),
    dispenses: made.filter((one): one is MedicationDispense => one.resourceType === 'MedicationDispense'),
  };
});

test('nothing is handed out before the prescription that it names, and all of it by the person’s pharmacy', () => {
  for (const { person, requests, dispenses } of written) {
    const asked = new Map(
      requests.map(({ id, authoredOn }) => [`MedicationRequest/${id}`, authoredOn ?? '']),
    );
    for (const { id, whenHandedOver = '', authorizingPrescription = [], performer } of dispenses) {
      for (const { reference = '' } of authorizingPrescription)
        assert.ok((asked.get(reference) ?? '9') <= whenHandedOver, String(id));
      assert.equal(performer?.[0]?.actor.reference, `Organization/${person.pharmacy}`);
    }
  }
  assert.ok(written.flatMap(({ dispenses }) => dispenses).some((one) => one.authorizingPrescription));
});

test('what people take now they were authorised within half a year, and those who died take nothing', () => {
  for (const { person, requests } of written)
    for (const { id, status, authoredOn = '' } of requests) {
      if (status === 'active') assert.ok(authoredOn > '2026-05-01', `${id} of ${authoredOn}`);
      if (person.died !== undefined) assert.notEqual(status, 'active', String(id));
    }
});

test('most of what is handed out to a person is handed out together', () => {
  let [days, all] = [0, 0];
  for (const { dispenses } of written) {
    days += new Set(dispenses.map(({ whenHandedOver }) => whenHandedOver)).size;
    all += dispenses.length;
  }
  assert.ok(days < all * 0.75, `${all} on ${days} days`);
});
