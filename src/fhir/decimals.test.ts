import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decimalRange, pointRange } from './decimals.ts';

describe('decimalRange', () => {
  const ranges: [text: string, value: number, low: number, high: number][] = [
    ['100', 100, 99.5, 100.5],
    ['100.00', 100, 99.995, 100.005],
    ['1e2', 100, 95, 105],
    ['1.00e2', 100, 99.5, 100.5],
    ['8e-1', 0.8, 0.75, 0.85],
    ['2.0', 2, 1.95, 2.05],
    ['5.4', 5.4, 5.35, 5.45],
    ['0', 0, -0.5, 0.5],
    ['-5', -5, -5.5, -4.5],
    ['-0.10', -0.1, -0.105, -0.095],
  ];
  for (const [text, value, low, high] of ranges) {
    it(`reads ${text} as [${low}, ${high})`, () =>
      assert.deepEqual(decimalRange(text), { value, low, high }));
  }

  for (const text of [
    '',
    '.',
    '1.',
    '.5',
    'e2',
    '1e',
    '0x10',
    '1,5',
    '--1',
    'NaN',
    'Infinity',
    '1e999',
    '9'.repeat(99),
  ]) {
    it(`refuses ${JSON.stringify(text.slice(0, 12))}`, () => assert.equal(decimalRange(text), undefined));
  }

  it('always holds the value, and narrows with every digit written', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.nat(9), (whole, digit) => {
        const wide = decimalRange(`${whole}.${digit}`);
        const narrow = decimalRange(`${whole}.${digit}0`);
        assert.ok(wide && narrow);
        assert.ok(
          wide.low < narrow.low &&
            narrow.low < narrow.value &&
            narrow.value < narrow.high &&
            narrow.high < wide.high,
        );
      }),
    );
  });

  it('gives a stored number no width, since JSON keeps no trailing zeros', () => {
    assert.deepEqual(pointRange(JSON.parse('100.0')), { value: 100, low: 100, high: 100 });
  });
});
