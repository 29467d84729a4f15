import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { isNhsNumber } from '../../fhir/nhs-number.ts';
import { patients } from '../people.ts';
import { testNhsNumber } from './nhs-numbers.ts';

test('each number of a person gives an NHS number of the test range with its check digit, and no two the same', () => {
  const number = fc.nat({ max: 8_000_000 });
  fc.assert(
    fc.property(number, number, (one, other) => {
      const [a, b] = [testNhsNumber(one), testNhsNumber(other)];
      assert.ok(isNhsNumber(a) && a.startsWith('99'));
      assert.equal(a === b, one === other);
    }),
  );
  const first = Array.from({ length: 20_000 }, (_, n) => testNhsNumber(n));
  assert.equal(new Set(first).size, first.length);
});

test('the first million but a tenth begin with 999, and none is that of a named person', () => {
  assert.ok(testNhsNumber(899_099).startsWith('999'));
  const named = patients.map(({ nhsNumber }) => nhsNumber);
  assert.ok(named.every((one) => one < testNhsNumber(0)));
});

test('past nine million there are none left', () => {
  assert.throws(() => testNhsNumber(9_100_000), RangeError);
});
