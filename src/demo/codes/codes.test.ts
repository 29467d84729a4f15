import assert from 'node:assert/strict';
import test from 'node:test';
import { allergyKinds } from '../history/allergy-kinds.ts';
import { conditionKinds } from './conditions.ts';
import { childForms, medicines } from './medicines.ts';
import { procedureKinds } from './procedures.ts';

// Source: SNOMED International, Technical Implementation Guide, check digit (Verhoeff's dihedral group of order ten).
const turned = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4] as const;
const combine = (a: number, b: number): number =>
  a < 5 ? (b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5)) : b < 5 ? 5 + ((a - b + 5) % 5) : (a - b + 10) % 5;

function hasCheckDigit(code: string): boolean {
  let check = 0;
  for (const [i, digit] of [...code].toReversed().entries()) {
    let value = Number(digit);
    for (let turn = 0; turn < i % 8; turn++) value = turned[value] as number;
    check = combine(check, value);
  }
  return check === 0;
}

test('the check digit of every SNOMED CT and dm+d code of the tables is right', () => {
  const codes = [
    ...[...conditionKinds.values()].map(({ code }) => code),
    ...[...procedureKinds.values()].map(({ code }) => code),
    ...[...medicines.values()].map(({ dmd }) => dmd),
    ...allergyKinds.flatMap(({ code, reactions }) => [code, ...reactions.map(([reaction]) => reaction)]),
  ].filter((code) => code !== undefined);
  assert.ok(codes.length > 90);
  assert.deepEqual(
    codes.filter((code) => !hasCheckDigit(code)),
    [],
  );
});

test('keys name one thing each, and a child’s form of a medicine is of the table', () => {
  assert.equal(new Set([...conditionKinds.values()].map(({ term }) => term)).size, conditionKinds.size);
  for (const [grown, child] of childForms) assert.ok(medicines.has(grown) && medicines.has(child), grown);
});
