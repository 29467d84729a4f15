/** NHS numbers of the range for tests, one for each number of a person. */
import { isNhsNumber } from '../../fhir/nhs-number.ts';

// Of ten numbers that differ in their ninth digit alone at most one has no check digit: modulus 11 weighs it by two.
const perPrefix = 9;
/** Eight digits; below the first, named people of the demonstration have theirs. */
const spans: readonly (readonly [first: number, count: number])[] = [
  [99900100, 99900],
  [99000000, 900000],
];

/**
 * That of person number `n`, from 0: begins with 999 for the first 899,100 and with 99 for all; unlike any other's. Throws
 * where there are no more: past nine million.
 */
export function testNhsNumber(n: number): string {
  let prefix = Math.floor(n / perPrefix);
  for (const [first, count] of spans) {
    if (prefix < count) return numbersOf(first + prefix)[n % perPrefix] as string; // nine or ten of them, always
    prefix -= count;
  }
  throw new RangeError(`There are no NHS numbers for tests left for person number ${n}.`);
}

function numbersOf(prefix: number): readonly string[] {
  const found: string[] = [];
  for (let ninth = 0; ninth < 10; ninth++) {
    const nine = `${prefix}${ninth}`;
    for (let check = 0; check < 10; check++) {
      if (!isNhsNumber(`${nine}${check}`)) continue;
      found.push(`${nine}${check}`);
      break;
    }
  }
  return found;
}
