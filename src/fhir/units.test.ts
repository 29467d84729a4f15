import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonicalQuantity } from './units.ts';

const canonical = (value: number, code: string) => {
  const found = canonicalQuantity(value, value, value, code);
  return found && { value: found.value, unit: found.unit };
};

describe('canonicalQuantity', () => {
  const equal: [a: number, unit: string, b: number, unit: string][] = [
    [5, 'mg', 0.005, 'g'],
    [185, '[lb_av]', 83.91458845, 'kg'],
    [6.1, '10*3/uL', 6.1, '10*9/L'],
    [120, 'mm[Hg]', 15.99864, 'kPa'],
    [37, 'Cel', 98.6, '[degF]'],
    [37, 'Cel', 310.15, 'K'],
    [5.5, 'mmol/L', 0.0055, 'mol/L'],
    [60, '/min', 1, 'Hz'],
    [50, '%', 0.5, '1'],
    [140, 'm[IU]/mL', 140, '[IU]/L'],
    [1, '[iU]/mL', 1000, '[IU]/L'],
    [80, '{beats}/min', 80, '/min'],
  ];
  for (const [a, first, b, second] of equal) {
    it(`makes ${a} ${first} and ${b} ${second} the same`, () => {
      assert.ok(canonical(a, first));
      assert.deepEqual(canonical(a, first), canonical(b, second));
    });
  }

  const apart: [string, string][] = [
    ['mmol/L', '10*3/uL'],
    ['mmol/L', 'meq/L'],
    ['[IU]/L', "[arb'U]/L"],
    ['[IU]', '1'],
    ['[pH]', 'mol/L'],
    ['[IU]/L', 'L/[IU]'],
  ];
  for (const [first, second] of apart) {
    it(`keeps ${first} and ${second} apart`, () => {
      assert.notEqual(canonical(1, first)?.unit, canonical(1, second)?.unit);
    });
  }

  it('converts both ends of a range', () => {
    assert.deepEqual(canonicalQuantity(5, 4.5, 5.5, 'mg'), {
      value: 0.005,
      low: 0.0045,
      high: 0.0055,
      unit: 'g',
    });
  });

  for (const code of ['mmHg', 'lbs', '[kg]', '(mg', 'mg.', '', '('.repeat(500)]) {
    it(`knows no unit ${JSON.stringify(code.slice(0, 12))}`, () =>
      assert.equal(canonical(1, code), undefined));
  }
});
