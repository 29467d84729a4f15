/** What round trips say of a line. Pure. */

export interface RoundTrips {
  readonly count: number;
  /** Median, ms. */
  readonly median: number;
  /** Mean difference of one to the next, ms. Source: RFC 3550 §6.4.1, without its smoothing. */
  readonly jitter: number;
}

/** Undefined where there are too few to say. */
export function roundTripsOf(times: readonly number[]): RoundTrips | undefined {
  if (times.length < 3) return undefined;
  const sorted = Float64Array.from(times).sort();
  let change = 0;
  for (let i = 1; i < times.length; i += 1) change += Math.abs(times[i]! - times[i - 1]!);
  return {
    count: times.length,
    median: tenths(sorted[sorted.length >> 1]!),
    jitter: tenths(change / (times.length - 1)),
  };
}

const tenths = (value: number): number => Math.round(value * 10) / 10;
