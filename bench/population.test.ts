import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { casesFor } from './cases.ts';
import { personAt, planFor, testNhsNumber } from './population.ts';

test('NHS numbers are of the test range, have a true check digit and never repeat', () => {
  fc.assert(
    fc.property(fc.nat(14_000_000), (index) => {
      const number = testNhsNumber(index);
      assert.match(number, /^9\d{9}$/);
      const weighed = [...number.slice(0, 9)].reduce((sum, digit, at) => sum + Number(digit) * (10 - at), 0);
      assert.equal((weighed + Number(number[9])) % 11, 0);
      assert.notEqual(number, testNhsNumber(index + 1));
    }),
  );
});

test('the same seed gives the same person, and another seed another', () => {
  const plan = planFor(1000, 7);
  assert.deepEqual(personAt(plan, 3), personAt(plan, 3));
  assert.notEqual(personAt(plan, 3).patient.id, personAt(planFor(1000, 8), 3).patient.id);
});

test('known persons have records of 100 and 200 resources, in turn, and their sum is about the size', () => {
  const plan = planFor(10_000, 7);
  const sizes = Array.from({ length: plan.patients }, (_, index) => {
    const { encounters, conditions, observations } = personAt(plan, index);
    return 1 + encounters.length + conditions.length + observations.length;
  });
  assert.deepEqual(new Set(sizes), new Set([100, 200, 1]));
  const sum = sizes.reduce((all, size) => all + size, 0);
  assert.ok(Math.abs(sum - 10_000) < 200, String(sum));
});

test('every case asks both sides the same number of things, and each expects something of the answer', () => {
  for (const { name, product, bare } of casesFor(4000, 7)) {
    assert.ok(product.length > 0, name);
    assert.equal(product.length, bare.length, name);
    for (const request of [...product, ...bare]) assert.ok(request.expect.status >= 200, name);
  }
});
