import assert from 'node:assert/strict';
import test from 'node:test';
import { isNhsNumber } from '../fhir/nhs-number.ts';
import { validate } from '../fhir/validate.ts';
import { patients } from './people.ts';
import { demoResources } from './resources.ts';

const now = Date.parse('2026-11-22T12:00:00Z');

test('every resource of the demonstration is valid, and what it points at is there', () => {
  const all = demoResources(now);
  const names = new Set(all.map(({ resourceType, id }) => `${resourceType}/${id}`));
  assert.equal(names.size, all.length);
  for (const resource of all) {
    const faults = validate(resource).filter(({ severity }) => severity === 'error');
    assert.deepEqual(faults, [], `${resource.resourceType}/${resource.id}`);
    for (const [, target = ''] of JSON.stringify(resource).matchAll(/"reference":"([^"]+)"/g))
      assert.ok(names.has(target), `${resource.resourceType}/${resource.id} points at ${target}`);
  }
});

test('their NHS numbers are of the test range', () => {
  for (const { nhsNumber } of patients) assert.ok(isNhsNumber(nhsNumber) && nhsNumber.startsWith('999'));
});
