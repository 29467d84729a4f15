/** Number and quantity values. Source: FHIR R4 §3.1.1.4.6, §3.1.1.4.11. */
import { pointRange } from '../decimals.ts';
import type { NumberValue, QuantityValue } from '../search-values.ts';
import { canonicalQuantity } from '../units.ts';
import { asObject, type Json, text } from './json-members.ts';

type OutNumber = Pick<NumberValue[], 'push'>;
type OutQuantity = Pick<QuantityValue[], 'push'>;

const ucum = 'http://unitsofmeasure.org';
const currencies = 'urn:iso:std:iso:4217';

interface Bounds {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export function numberOf(node: unknown, out: OutNumber): void {
  if (typeof node === 'number') out.push({ kind: 'number', ...pointRange(node) });
}

export function numberOfRange(node: unknown, out: OutNumber): void {
  const bounds = rangeBounds(asObject(node));
  if (bounds) out.push({ kind: 'number', ...bounds });
}

/** `<5` may be anything below 5: the comparator makes the quantity a range with one open end. */
export function quantityOf(node: unknown, out: OutQuantity): void {
  const quantity = asObject(node);
  const value = quantity?.['value'];
  if (!quantity || typeof value !== 'number') return;
  const comparator = quantity['comparator'];
  const low = comparator === '<' || comparator === '<=' ? Number.NEGATIVE_INFINITY : value;
  const high = comparator === '>' || comparator === '>=' ? Number.POSITIVE_INFINITY : value;
  out.push(withUnit({ value, low, high }, quantity));
}

export function money(node: unknown, out: OutQuantity): void {
  const amount = asObject(node);
  const value = amount?.['value'];
  if (typeof value !== 'number') return;
  const code = text(amount?.['currency']);
  out.push({
    kind: 'quantity',
    ...pointRange(value),
    ...(code === undefined ? {} : { system: currencies, code }),
  });
}

/**
 * A Range in one unit; where its ends are in different ones, that of the low end is taken to hold for both.
 */
export function quantityOfRange(node: unknown, out: OutQuantity): void {
  const range = asObject(node);
  const bounds = rangeBounds(range);
  const unit = asObject(range?.['low']) ?? asObject(range?.['high']);
  if (bounds && unit) out.push(withUnit(bounds, unit));
}

/**
 * The least and the greatest of the samples: `data` × factor + origin. `E` is an error, `U` and `L` lie
 * beyond the limits.
 */
export function sampledData(node: unknown, out: OutQuantity): void {
  const sampled = asObject(node);
  const origin = asObject(sampled?.['origin']);
  const data = text(sampled?.['data']);
  if (!sampled || !origin || data === undefined) return;
  const zero = typeof origin['value'] === 'number' ? origin['value'] : 0;
  const factor = typeof sampled['factor'] === 'number' ? sampled['factor'] : 1;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const word of data.split(/\s+/)) {
    const sample = word === '' ? Number.NaN : Number(word);
    if (Number.isNaN(sample)) continue;
    const value = zero + sample * factor;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low <= high) out.push(withUnit({ value: low, low, high }, origin));
}

function rangeBounds(range: Json | undefined): Bounds | undefined {
  const low = asObject(range?.['low'])?.['value'];
  const high = asObject(range?.['high'])?.['value'];
  const first = typeof low === 'number' ? low : undefined;
  const last = typeof high === 'number' ? high : undefined;
  const value = first ?? last;
  if (value === undefined) return undefined;
  const bounds = { value, low: first ?? Number.NEGATIVE_INFINITY, high: last ?? Number.POSITIVE_INFINITY };
  return bounds.low <= bounds.high ? bounds : undefined;
}

function withUnit(bounds: Bounds, quantity: Json): QuantityValue {
  const system = text(quantity['system']);
  const code = text(quantity['code']);
  const unit = text(quantity['unit']);
  const canonical =
    system === ucum && code !== undefined
      ? canonicalQuantity(bounds.value, bounds.low, bounds.high, code)
      : undefined;
  return {
    kind: 'quantity',
    ...bounds,
    ...(system === undefined ? {} : { system }),
    ...(code === undefined ? {} : { code }),
    ...(unit === undefined ? {} : { unit }),
    ...(canonical ? { canonical } : {}),
  };
}
