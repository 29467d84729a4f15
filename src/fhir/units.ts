/** Quantities in UCUM base units, so that 5 mg and 0.005 g are found by each other. */
import { createRequire } from 'node:module';

/** The same amount in base units. `unit` names the dimension: `g.m-3`, `mol.m-3`, `K`, `1`, `[IU].m-3`. */
export interface CanonicalQuantity {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly unit: string;
}

/** canonical = value × factor + offset, in `unit`. */
interface Conversion {
  readonly factor: number;
  readonly offset: number;
  readonly unit: string;
}

// The part of @lhncbc/ucum-lhc that is used; the package brings no types.
interface UcumUnit {
  readonly magnitude_: number;
  readonly dim_?: { readonly dimVec_?: readonly number[] | null } | null;
  readonly isSpecial_: boolean;
  readonly isArbitrary_: boolean;
  readonly moleExp_: number;
  readonly equivalentExp_: number;
}
interface UcumLibrary {
  getSpecifiedUnit(
    code: string,
    use: 'validate',
    suggest: boolean,
  ): { status: string; unit: UcumUnit | null };
  convertToBaseUnits(code: string, value: number): { status: string; magnitude?: number };
}

/** UCUM's value of 10*23 × 6.0221367. */
const avogadro = 6.0221367e23;
const baseUnits = ['m', 's', 'g', 'rad', 'K', 'C', 'cd'];
/** Codes come from outside, so the cache must not grow without end. */
const cacheLimit = 5_000;
/** Longer than any unit in use; the library's parser recurses on parentheses. */
const longestCode = 80;

let library: UcumLibrary | undefined;
const cache = new Map<string, Conversion | undefined>();

/** Loading takes about 20 ms and 18 MB, so it waits for the first unit. */
function ucum(): UcumLibrary {
  library ??= createRequire(import.meta.url)('@lhncbc/ucum-lhc').UcumLhcUtils.getInstance() as UcumLibrary;
  return library;
}

/**
 * A quantity in UCUM base units (metre, second, gram, radian, kelvin, coulomb, candela; moles and equivalents
 * are kept apart, although UCUM makes them plain numbers, so that mmol/L never equals a count per litre).
 * Arbitrary units such as [IU] convert only among themselves; logarithmic ones such as [pH] stay as they are.
 * Undefined when the code is not UCUM.
 */
export function canonicalQuantity(
  value: number,
  low: number,
  high: number,
  ucumCode: string,
): CanonicalQuantity | undefined {
  const conversion = conversionOf(ucumCode);
  if (!conversion) return undefined;
  const { factor, offset, unit } = conversion;
  const converted = tidy(value * factor + offset);
  return {
    value: converted,
    low: low === value ? converted : tidy(low * factor + offset),
    high: high === value ? converted : tidy(high * factor + offset),
    unit,
  };
}

/**
 * Twelve significant digits: past them there is only the noise of the conversion, which would keep equal
 * amounts apart.
 */
function tidy(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(12)) : value;
}

function conversionOf(code: string): Conversion | undefined {
  if (cache.has(code)) return cache.get(code);
  if (cache.size >= cacheLimit) cache.clear();
  const conversion = code.length > longestCode ? undefined : findConversion(code);
  cache.set(code, conversion);
  return conversion;
}

function findConversion(code: string): Conversion | undefined {
  let found: UcumUnit | null;
  try {
    const answer = ucum().getSpecifiedUnit(code, 'validate', false);
    if (answer.status !== 'valid') return undefined;
    found = answer.unit;
  } catch {
    return undefined; // the library throws on some malformed codes
  }
  if (!found || !Number.isFinite(found.magnitude_)) return undefined;
  const dimensions = found.dim_?.dimVec_ ?? [];
  if (found.isSpecial_) return specialConversion(code, dimensions);
  const parts: string[] = [];
  if (found.isArbitrary_) {
    const atom = arbitraryAtom(code);
    if (!atom) return { factor: 1, offset: 0, unit: code };
    parts.push(atom);
  }
  const moles = found.moleExp_;
  if (moles !== 0) parts.push(power('mol', moles));
  if (found.equivalentExp_ !== 0) parts.push(power('eq', found.equivalentExp_));
  dimensions.forEach((exponent, i) => {
    if (exponent !== 0) parts.push(power(baseUnits[i] ?? '', exponent));
  });
  const factor = tidy(found.magnitude_ / avogadro ** (moles + found.equivalentExp_));
  return { factor, offset: 0, unit: parts.length > 0 ? parts.join('.') : '1' };
}

function power(unit: string, exponent: number): string {
  return exponent === 1 ? unit : `${unit}${exponent}`;
}

/**
 * Temperatures are a line (factor and offset); everything else special is a curve and is compared only with
 * itself.
 */
function specialConversion(code: string, dimensions: readonly number[]): Conversion {
  const itself = { factor: 1, offset: 0, unit: code };
  const temperature = dimensions.every((exponent, i) => exponent === (baseUnits[i] === 'K' ? 1 : 0));
  if (!temperature || dimensions.length === 0) return itself;
  const zero = ucum().convertToBaseUnits(code, 0).magnitude;
  const hundred = ucum().convertToBaseUnits(code, 100).magnitude;
  if (zero === undefined || hundred === undefined) return itself;
  return { factor: tidy((hundred - zero) / 100), offset: tidy(zero), unit: 'K' };
}

/**
 * The one arbitrary unit of a code (`[IU]` of `m[IU]/mL`), where it stands once, to the first power, above
 * the line.
 */
function arbitraryAtom(code: string): string | undefined {
  const plain = code.replace(/\{[^}]*\}/g, '');
  const atoms = plain.match(/\[[^\]]+\]/g) ?? [];
  const at = plain.indexOf('[');
  const [atom] = atoms;
  if (atoms.length !== 1 || atom === undefined) return undefined;
  const slash = plain.indexOf('/');
  const after = plain[at + atom.length] ?? '';
  if ((slash >= 0 && slash < at) || /[\d+-]/.test(after) || plain.includes('(')) return undefined;
  return atom === '[iU]' ? '[IU]' : atom;
}
