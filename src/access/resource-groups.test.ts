import assert from 'node:assert/strict';
import test from 'node:test';
import { resourceTypes } from '../fhir/resource-types.ts';
import { compartmentParameters } from '../fhir/search-parameters.ts';
import { isKeptWithPeople } from '../record/home.ts';
import { type ResourceGroup, resourceGroups, typesIn, typesOfNobody } from './resource-groups.ts';

const groups: readonly (readonly [string, ResourceGroup])[] = Object.entries(resourceGroups);
const inPatientCompartment = (type: string): boolean =>
  type === 'Patient' || compartmentParameters('Patient', type).length > 0;

test('every R4 resource type is in exactly one group', () => {
  const listed = groups.flatMap(([, { types }]) => types);
  assert.deepEqual([...listed].sort(), [...resourceTypes].sort());
});

test('groups of a person hold types that live with people, and groups of nobody none of the patient compartment', () => {
  for (const [name, { reach, types }] of groups) {
    if (reach === 'person')
      assert.deepEqual(
        types.filter((type) => !inPatientCompartment(type) && !isKeptWithPeople(type)),
        [],
        name,
      );
    if (reach === 'nobody') assert.deepEqual(types.filter(inPatientCompartment), [], name);
  }
});

test('no type that may name a patient is shown as if it said nothing of anyone', () => {
  for (const type of [
    'Task',
    'Device',
    'Binary',
    'Bundle',
    'MessageHeader',
    'GuidanceResponse',
    'Subscription',
  ])
    assert.ok(!typesOfNobody.some((one) => one === type), type);
});

test('types are asked for by group and reach', () => {
  assert.deepEqual(typesIn(['booking', 'diaries', 'directory'], 'person'), [
    'Appointment',
    'AppointmentResponse',
  ]);
  assert.deepEqual(typesIn(['booking', 'diaries'], 'given'), ['Schedule', 'Slot']);
  assert.deepEqual(typesIn(['apart'], 'nobody'), []);
});
