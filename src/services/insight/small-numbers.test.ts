import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { shownCount, shownShare } from './small-numbers.ts';

const count = fc.integer({ min: 0, max: 100_000 });

describe('counts that leave a practice', () => {
  it('never show one of 1 to 4', () => {
    for (const n of [1, 2, 3, 4]) assert.deepEqual(shownCount(n), { text: 'Fewer than 5', value: undefined });
    assert.equal(shownCount(0).text, '0');
  });
  it('are never more than 2 off, and always whole fives', () => {
    fc.assert(
      fc.property(count, (n) => {
        const { value } = shownCount(n);
        assert.ok(value === undefined ? n < 5 : value % 5 === 0 && Math.abs(value - n) <= 2);
      }),
    );
  });
  it('do not tell by taking one from the next whether one person more is in it', () => {
    fc.assert(
      fc.property(count, (n) => {
        const [a, b] = [shownCount(n).value, shownCount(n + 1).value];
        assert.ok(a === undefined || b === undefined || [0, 5].includes(b - a));
      }),
    );
  });
  it('give shares of what is shown, and none of what is not', () => {
    assert.equal(shownShare(3, 400).value, undefined);
    assert.equal(shownShare(3, 4).text, 'Too few to say');
    assert.equal(shownShare(199, 402).text, '50 %');
    fc.assert(fc.property(count, count, (a, b) => (shownShare(a, a + b).value ?? 0) <= 100));
  });
});
