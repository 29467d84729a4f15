/** Date values. Source: FHIR R4 §3.1.1.4.7. */
import { dateRange } from '../dates.ts';
import type { DateValue } from '../search-values.ts';
import { asObject, items, text } from './json-members.ts';

type Out = Pick<DateValue[], 'push'>;

export function dateOf(node: unknown, out: Out): void {
  const range = typeof node === 'string' ? dateRange(node) : undefined;
  if (range) out.push({ kind: 'date', low: range.low, high: range.high });
}

/** A missing bound is open; a Period without either, or that ends before it starts, covers no time. */
function periodRange(node: unknown): { low: number; high: number } | undefined {
  const period = asObject(node);
  const start = text(period?.['start']);
  const end = text(period?.['end']);
  const first = start === undefined ? undefined : dateRange(start);
  const last = end === undefined ? undefined : dateRange(end);
  if (!first && !last) return undefined;
  const low = first?.low ?? Number.NEGATIVE_INFINITY;
  const high = last?.high ?? Number.POSITIVE_INFINITY;
  return low < high ? { low, high } : undefined;
}

export function period(node: unknown, out: Out): void {
  const range = periodRange(node);
  if (range) out.push({ kind: 'date', ...range });
}

/** Only the outer limits of a Timing matter: its events and the period that bounds its repeats. */
export function timing(node: unknown, out: Out): void {
  const whole = asObject(node);
  if (!whole) return;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const ranges = items(whole['event']).map((event) =>
    typeof event === 'string' ? dateRange(event) : undefined,
  );
  ranges.push(periodRange(asObject(whole['repeat'])?.['boundsPeriod']));
  for (const range of ranges) {
    if (!range) continue;
    low = Math.min(low, range.low);
    high = Math.max(high, range.high);
  }
  if (low < high) out.push({ kind: 'date', low, high });
}
