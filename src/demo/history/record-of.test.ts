import assert from 'node:assert/strict';
import test from 'node:test';
import type { Resource } from '@medplum/fhirtypes';
import { validate } from '../../fhir/validate.ts';
import { peopleOf, randomOf } from '../population/people.ts';
import { makeRegion, regionResources } from '../region.ts';
import { lifeOf } from './life.ts';
import { recordOf } from './record-of.ts';

const region = makeRegion({ seed: 'records', now: Date.UTC(2026, 10, 22) });
const today = '2026-11-22';
const people = [...peopleOf(region, { count: 200 })];
const records = people.map((person) => ({
  person,
  record: recordOf(lifeOf(person, region, randomOf(region, person)), region),
}));
const nameOf = ({ resourceType, id }: Resource): string => `${resourceType}/${id}`;

test('every resource of a record is valid, and no two have one id', () => {
  const names = new Set<string>();
  for (const { record } of records)
    for (const resource of record) {
      const faults = validate(resource).filter(({ severity }) => severity === 'error');
      assert.deepEqual(faults, [], nameOf(resource));
      assert.ok(!names.has(nameOf(resource)), `${nameOf(resource)} is there twice`);
      names.add(nameOf(resource));
    }
});

test('a record points at the region and at what comes before in the record, and at nothing else', () => {
  const places = new Set(regionResources(region).map(nameOf));
  for (const { record } of records) {
    const before = new Set<string>();
    for (const resource of record) {
      for (const [, target = ''] of JSON.stringify(resource).matchAll(/"reference":"([^"]+)"/g))
        assert.ok(places.has(target) || before.has(target), `${nameOf(resource)} points at ${target}`);
      before.add(nameOf(resource));
    }
  }
});

/** Days that say when something was or will be; bookings, expiries and dates due lie ahead. */
const past =
  /"(?:onsetDateTime|abatementDateTime|recordedDate|effectiveDateTime|issued|whenHandedOver|occurrenceDateTime|performedDateTime|authoredOn|created|sent|date)":"(\d{4}-\d\d-\d\d)/g;

test('nothing of a record was before birth, is after today, or is after death', () => {
  for (const { person, record } of records) {
    const last = person.died ?? today;
    for (const resource of record) {
      for (const [, day = ''] of JSON.stringify(resource).matchAll(past)) {
        assert.ok(day >= person.born, `${nameOf(resource)}: ${day} is before the birth on ${person.born}`);
        // Letters and results of the last days come a little later.
        const late =
          resource.resourceType === 'DocumentReference' || resource.resourceType === 'DiagnosticReport';
        assert.ok(day <= last || (late && day <= today), `${nameOf(resource)}: ${day} is after ${last}`);
      }
      if (resource.resourceType === 'Encounter')
        assert.ok((resource.period?.end ?? '') <= `${last}T24`, nameOf(resource));
      if (resource.resourceType === 'Appointment' && resource.status === 'booked')
        assert.ok(person.died === undefined && (resource.start ?? '') > today, nameOf(resource));
    }
  }
});

test('a visit is with someone of the practice they had that day, at a place of who they saw', () => {
  for (const person of people) {
    for (const { start, kind, worker, site, id } of lifeOf(person, region, randomOf(region, person))
      .contacts) {
      assert.equal(site.organisation, worker.organisation, id);
      if (!kind.startsWith('gp-') && kind !== 'nurse') continue;
      const day = start.slice(0, 10);
      const then =
        day >= person.registered
          ? person.practice
          : person.earlierPractices.findLast(({ from }) => day >= from)?.practice;
      assert.equal(worker.organisation, then, id);
    }
  }
});

test('the same seed gives the same record, and another seed another', () => {
  for (const { person, record } of records.slice(0, 20)) {
    const again = makeRegion({ seed: 'records', now: region.now });
    assert.deepEqual(recordOf(lifeOf(person, again, randomOf(again, person)), again), record);
  }
  const [first] = records;
  const other = makeRegion({ seed: 'another', now: region.now });
  assert.ok(first);
  assert.notDeepEqual(
    recordOf(lifeOf(first.person, other, randomOf(other, first.person)), other),
    first.record,
  );
});

test('there is a future: some appointments are booked, and some referrals still wait', () => {
  const all = records.flatMap(({ record }) => record);
  assert.ok(all.some((one) => one.resourceType === 'Appointment' && one.status === 'booked'));
  assert.ok(all.some((one) => one.resourceType === 'ServiceRequest' && one.status === 'active'));
  assert.ok(all.some((one) => one.resourceType === 'Appointment' && one.status === 'noshow'));
});
