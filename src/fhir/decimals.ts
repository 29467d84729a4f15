/** Decimals as the range that their written precision implies. */

/** The number, and the half-open range [low, high) that its written digits stand for. */
export interface DecimalRange {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const pattern = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;

/**
 * The range of a number as written: plus and minus half of its last digit, so `100` is [99.5, 100.5) and
 * `100.00` is [99.995, 100.005). Undefined when the text is no decimal, or beyond what a double holds.
 *
 * One digit with a positive exponent is read as if a zero followed it: R4's table gives [95, 105) for `1e2`,
 * which no rule of half a digit yields. Source: FHIR R4 §3.1.1.4.6.
 */
export function decimalRange(text: string): DecimalRange | undefined {
  if (text.length > 60) return undefined;
  const m = pattern.exec(text);
  if (!m) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  const fraction = m[3] ?? '';
  const exponent = Number(m[4] ?? 0);
  let digits = BigInt(m[2] + fraction);
  let place = exponent - fraction.length;
  if (exponent > 0 && fraction === '' && m[2]?.length === 1) {
    digits *= 10n;
    place -= 1;
  }
  const signed = m[1] === '-' ? -digits : digits;
  // Built from digits, so that 5.4 gives 5.35 and not 5.3500000000000005.
  const low = Number(`${signed * 10n - 5n}e${place - 1}`);
  const high = Number(`${signed * 10n + 5n}e${place - 1}`);
  return Number.isFinite(low) && Number.isFinite(high) ? { value, low, high } : undefined;
}

/**
 * The range of a number out of a resource: the number itself, as a range without width.
 *
 * JSON.parse keeps no trailing zeros: a stored 100.0 and 100 are the same number afterwards, so the precision
 * that a resource was written with is not known. Half a digit of what is left would make a stored `100.0`
 * cover [99.5, 100.5) and never be found by `eq100.0`. The searched value brings the range, and the stored
 * number lies in it or not.
 */
export function pointRange(value: number): DecimalRange {
  return { value, low: value, high: value };
}
