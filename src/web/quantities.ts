/** Numbers with units, as they are read aloud: Quantity, Range, Ratio and Money (R4 §2.24.0.4 to §2.24.0.9). */
import type { Money, Quantity, Range, Ratio } from '@medplum/fhirtypes';

/**
 * A number as it was sent; one with more than four decimals is a computed value and is shown rounded (the resource's
 * own page and its JSON keep every digit). Thousands are set apart by commas, as the NHS style asks.
 */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '';
  const size = Math.abs(value);
  const decimals = /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0;
  const keep = size >= 10 ? 1 : size >= 1 ? 2 : 4;
  const shown = decimals > 4 || String(value).includes('e') ? Number(value.toPrecision(12)) : value;
  const places = decimals > 4 ? keep : decimals;
  if (size !== 0 && (size < 0.0001 || size >= 1e15)) return String(shown);
  return shown.toLocaleString('en-GB', { minimumFractionDigits: 0, maximumFractionDigits: places });
}

const units: Record<string, string> = {
  'mm[Hg]': 'mmHg',
  // The words that profiles of UK Core fix for these units.
  'millimeter of mercury': 'mmHg',
  kilogram: 'kg',
  Cel: '°C',
  '[degF]': '°F',
  '10*3/uL': '×10³/µL',
  '10*6/uL': '×10⁶/µL',
  '10*9/L': '×10⁹/L',
  '10*12/L': '×10¹²/L',
  'kg/m2': 'kg/m²',
  'mL/min/{1.73_m2}': 'mL/min/1.73 m²',
  'mL/min/1.73_m2': 'mL/min/1.73 m²',
  a: 'years',
  mo: 'months',
  wk: 'weeks',
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  '1': '',
};

/** The unit as people write it; UCUM's annotations in braces are unwrapped. */
export function unitText(quantity: Pick<Quantity, 'unit' | 'code'>): string {
  const raw =
    [quantity.unit, quantity.code].find((unit) => typeof unit === 'string' && unit.trim() !== '') ?? '';
  const known = units[raw];
  return known ?? raw.replaceAll(/^\{(.*)\}$/g, '$1').replaceAll(/\{[^}]*\}/g, '');
}

const comparators: Record<string, string> = {
  '<': 'less than ',
  '<=': 'up to ',
  '>=': 'at least ',
  '>': 'more than ',
};

/** `120 mmHg`, `less than 0.5 mg/L`; empty when there is no value. */
export function formatQuantity(quantity: Quantity | undefined): string {
  if (!quantity || typeof quantity.value !== 'number') return '';
  const unit = unitText(quantity);
  const number = (comparators[quantity.comparator ?? ''] ?? '') + formatNumber(quantity.value);
  return unit === '%' || unit === '' ? `${number}${unit}` : `${number} ${unit}`;
}

export function formatRange(range: Range | undefined): string {
  const { low, high } = range ?? {};
  if (typeof low?.value === 'number' && typeof high?.value === 'number') {
    const same = unitText(low) === unitText(high) || unitText(low) === '';
    return `${same ? formatNumber(low.value) : formatQuantity(low)} to ${formatQuantity(high)}`;
  }
  if (typeof low?.value === 'number') return `${formatQuantity(low)} or more`;
  return typeof high?.value === 'number' ? `${formatQuantity(high)} or less` : '';
}

export function formatRatio(ratio: Ratio | undefined): string {
  const parts = [formatQuantity(ratio?.numerator), formatQuantity(ratio?.denominator)];
  return parts[0] && parts[1] ? parts.join(' : ') : (parts[0] ?? '');
}

export function formatMoney(money: Money | undefined): string {
  if (typeof money?.value !== 'number') return '';
  if (!/^[A-Z]{3}$/.test(money.currency ?? '')) return formatNumber(money.value);
  return money.value.toLocaleString('en-GB', { style: 'currency', currency: money.currency });
}
