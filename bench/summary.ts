/**
 * The value below which a share of the sorted values lies, by the nearest-rank method: always a value that was
 * really measured. NaN where there is none.
 */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const rank = Math.ceil(share * sorted.length);
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1]!;
}

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** Smallest, middle and largest; the middle of an even number of values is the mean of the two in the middle. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
  return { min: sorted[0] ?? Number.NaN, median, max: sorted.at(-1) ?? Number.NaN };
}

/** What one round of one case came to. Times in milliseconds. */
export interface Round {
  readonly requests: number;
  readonly errors: number;
  /** The first thing that went wrong, for a person to read. */
  readonly firstError?: string;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** Bytes of bodies received. */
  readonly bytes: number;
  /** Share of one core that the load generator itself used. */
  readonly generatorCpu: number;
}

/** Several rounds of one case: the median of each figure, and the range of the throughput. */
export interface Rounds {
  readonly perSecond: Spread;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly requests: number;
  readonly errors: number;
  readonly firstError?: string;
  readonly generatorCpu: number;
}

export function summarise(rounds: readonly Round[]): Rounds {
  const middle = (of: (round: Round) => number): number => spread(rounds.map(of)).median;
  const total = (of: (round: Round) => number): number => rounds.reduce((sum, round) => sum + of(round), 0);
  const firstError = rounds.find((round) => round.firstError !== undefined)?.firstError;
  return {
    perSecond: spread(rounds.map((round) => round.perSecond)),
    p50: middle((round) => round.p50),
    p95: middle((round) => round.p95),
    p99: middle((round) => round.p99),
    requests: total((round) => round.requests),
    errors: total((round) => round.errors),
    ...(firstError === undefined ? {} : { firstError }),
    generatorCpu: middle((round) => round.generatorCpu),
  };
}
