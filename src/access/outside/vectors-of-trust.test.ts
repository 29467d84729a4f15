import assert from 'node:assert/strict';
import test from 'node:test';
import { parseVector, satisfies, vectorsAsked } from './vectors-of-trust.ts';

test('a vector names one proofing and at least one way of signing in', () => {
  assert.deepEqual(parseVector('P9.Cp.Cd'), { proofing: 'P9', credentials: ['Cp', 'Cd'] });
  assert.deepEqual(parseVector('P0.Cp'), { proofing: 'P0', credentials: ['Cp'] });
  for (const wrong of ['', 'P9', 'Cp.Cd', 'P9.P0.Cp', 'P8.Cp', 'P9.Cx', 'P9.Cp.Cp', 'P9..Cp', 'p9.cp'])
    assert.equal(parseVector(wrong), undefined, wrong);
});

test('what was given must be at least one of what was asked for', () => {
  const cases: readonly (readonly [given: string, asked: 'P0' | 'P5' | 'P9', enough: boolean])[] = [
    ['P9.Cp.Cd', 'P9', true],
    ['P9.Cm', 'P9', true],
    ['P9.Cp', 'P9', false],
    ['P9.Cd', 'P9', false],
    ['P5.Cp.Cd', 'P9', false],
    ['P5.Cp.Cd', 'P5', true],
    ['P9.Cp.Ck', 'P5', true],
    ['P5.Cp', 'P5', false],
    ['P0.Cp', 'P5', false],
    ['P0.Cp', 'P0', true],
    ['P9.Cp.Cd', 'P0', true],
    ['P0.Cd', 'P0', false],
  ];
  for (const [given, asked, enough] of cases)
    assert.equal(satisfies(parseVector(given)!, vectorsAsked[asked]), enough, `${given} for ${asked}`);
});
