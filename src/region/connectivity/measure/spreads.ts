/** How readings spread: percentiles of a site's eight weeks, in all and by hour of the week. Pure. */
import type { LineWeek, Measure, Reading, Spread } from '../model.ts';
import { hourOfWeek, hoursOfWeek } from './hour-of-week.ts';

export const measures: readonly Measure[] = ['down', 'up', 'idle', 'loaded', 'jitter', 'loss'];
/** Of speeds more is better, of all else less. */
export const moreIsBetter = (measure: Measure): boolean => measure === 'down' || measure === 'up';
/** How far back percentiles look. */
export const weeksBack = 8;
export const backMs = weeksBack * 7 * 24 * 3_600_000;

/** With the quartiles, by which outliers are known: lower and upper by size. */
export interface WideSpread extends Spread {
  readonly lower: number;
  readonly upper: number;
}

export interface WideWeek extends LineWeek {
  readonly all: Readonly<Partial<Record<Measure, WideSpread>>>;
}

/**
 * The value that a share of the others, 0 to 1, lies at or below: one that was measured, never one between two.
 * Source: PostgreSQL's percentile_disc.
 */
export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

/**
 * Of one measure. All values count, outliers too; only `best` leaves those out, unless there is nothing else: a single
 * reading that cannot be would stand for ever as the best that a line can do.
 */
export function spreadOf(
  measure: Measure,
  values: readonly number[],
  honest = values,
): WideSpread | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const tenth = moreIsBetter(measure) ? 0.1 : 0.9;
  const candidates = honest.length > 0 ? honest : values;
  const best = moreIsBetter(measure)
    ? candidates.reduce((a, b) => Math.max(a, b))
    : candidates.reduce((a, b) => Math.min(a, b));
  return {
    ...{ count: values.length, best },
    median: percentile(sorted, 0.5),
    poor: percentile(sorted, tenth),
    lower: percentile(sorted, 0.25),
    upper: percentile(sorted, 0.75),
  };
}

export type Measured = Pick<Reading, Measure | 'started' | 'flags'>;

/** Of readings of one site, in any order, all within the eight weeks. */
export function weekOf(site: string, readings: readonly Measured[]): WideWeek {
  const byHour: (Measured[] | undefined)[] = new Array(hoursOfWeek);
  let last: number | undefined;
  for (const reading of readings) {
    const hour = hourOfWeek(reading.started);
    const list = byHour[hour];
    if (list) list.push(reading);
    else byHour[hour] = [reading];
    if (last === undefined || reading.started > last) last = reading.started;
  }
  return {
    ...{ site, last, all: spreadsOf(readings) },
    hours: Array.from({ length: hoursOfWeek }, (_, hour) => {
      const list = byHour[hour];
      return list && spreadsOf(list);
    }),
  };
}

function spreadsOf(readings: readonly Measured[]): Partial<Record<Measure, WideSpread>> {
  const spreads: Partial<Record<Measure, WideSpread>> = {};
  for (const measure of measures) {
    const values: number[] = [];
    const honest: number[] = [];
    for (const { [measure]: value, flags } of readings) {
      if (value === undefined) continue;
      values.push(value);
      if (!flags.includes('outlier')) honest.push(value);
    }
    const spread = spreadOf(measure, values, honest);
    if (spread) spreads[measure] = spread;
  }
  return spreads;
}

/** Fewer readings say too little of what is usual. */
export const enough = 20;
/** The least width of the middle half, as a ratio: a line so steady that all readings agree is no reason to doubt the next. */
const narrowest = 1.25;

/**
 * Whether a value lies so far outside the usual that it is flagged: three times the width of the middle half of the
 * readings beyond it (Tukey's outer fences), by ratio, since speeds and times spread by ratio; losses by difference.
 */
export function isOutlier(measure: Measure, value: number, usual: WideSpread | undefined): boolean {
  if (!usual || usual.count < enough) return false;
  const { lower, upper } = usual;
  if (measure === 'loss') return value > upper + 3 * Math.max(upper - lower, 0.02);
  if (lower <= 0 || upper <= 0) return false;
  const width = Math.max(upper / lower, narrowest) ** 3;
  return value < lower / width || value > upper * width;
}
