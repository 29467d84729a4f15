import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { suggestionRules, suggestionsFor } from './suggestions.ts';

const cases: readonly (readonly [string, number | undefined, boolean, readonly string[]])[] = [
  ['Sore throat', 30, false, ['Pharmacist']],
  ['Sore throat', 3, false, []],
  ['Sore throat', undefined, false, []],
  ['Sore throat', 30, true, []],
  ['Earache', 9, false, ['Pharmacist']],
  ['Earache', 18, false, []],
  ['Back pain', 44, false, ['Physiotherapist']],
  ['Back pain', 12, false, []],
  ['Background check', 44, false, []],
  ['Asthma', 8, false, ['Nurse']],
  ['Medicines and side effects', 70, false, ['Pharmacist']],
  ['Change of address', undefined, false, ['Reception']],
  ['Chest pain', 60, false, []],
];

describe('a suggestion', () => {
  for (const [topic, years, red, expected] of cases)
    it(`for “${topic}” at ${years ?? 'an unknown age'}${red ? ' with a red flag' : ''} is ${expected.join(', ') || 'none'}`, () =>
      assert.deepEqual(
        suggestionsFor({ topic, years, red }).map(({ to }) => to),
        expected,
      ));

  it('names its rule, reason and source', () => {
    for (const { why, source } of suggestionRules) assert.ok(why.length > 5 && source.length > 5);
    assert.match(
      suggestionsFor({ topic: 'Shingles', years: 60, red: false })[0]?.rule ?? '',
      /^pharmacy-shingles@\d+$/,
    );
  });
});
