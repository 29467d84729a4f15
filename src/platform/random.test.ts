import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { seededRandom } from './random.ts';

const some = <T>(draw: () => T, count = 20_000): T[] => Array.from({ length: count }, draw);

describe('seeded random numbers', () => {
  it('are the same for the same seed, and others for another', () => {
    assert.deepEqual(some(seededRandom('a').next, 50), some(seededRandom('a').next, 50));
    assert.notDeepEqual(some(seededRandom('a').next, 50), some(seededRandom('b').next, 50));
  });

  it('of a part do not depend on what other parts draw', () => {
    const one = seededRandom('a');
    const other = seededRandom('a');
    some(one.next, 7);
    assert.deepEqual(some(one.fork('x').next, 5), some(other.fork('x').next, 5));
  });

  it('spread evenly, within their bounds', () => {
    const { next, whole, normal } = seededRandom('spread');
    const drawn = some(next);
    assert.ok(drawn.every((one) => one >= 0 && one < 1));
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = drawn.filter((one) => Math.floor(one * 10) === tenth).length / drawn.length;
      assert.ok(Math.abs(share - 0.1) < 0.01, `tenth ${tenth} holds ${share}`);
    }
    assert.deepEqual([...new Set(some(() => whole(3, 5)))].sort(), [3, 4, 5]);
    const high = some(() => normal(120, 10));
    assert.ok(Math.abs(high.reduce((sum, one) => sum + one, 0) / high.length - 120) < 0.5);
  });

  it('choose by weight, and never what weighs nothing', () => {
    const { weighted } = seededRandom('weights');
    const drawn = some(() =>
      weighted([
        ['a', 3],
        ['b', 1],
        ['c', 0],
      ] as const),
    );
    assert.ok(Math.abs(drawn.filter((one) => one === 'a').length / drawn.length - 0.75) < 0.02);
    assert.equal(drawn.includes('c' as never), false);
  });
});
