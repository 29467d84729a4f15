/**
 * When lines will be live, with how sure that is: each order still to do is played through many times, with stages as long as
 * they were in orders before. Source of the method: bootstrap (Efron, 1979) in two levels: a run first draws which past stages
 * it believes in, with replacement, which all its orders share, then each order’s stages from these.
 */
import { seededRandom } from '../../../platform/random.ts';
import { type Order, stages, type WorkStage, workStages } from './order.ts';

const dayMs = 86_400_000;

/** Days that finished stages took, by stage. */
export type PastDurations = Readonly<Record<WorkStage, readonly number[]>>;

/** Days that are assumed of a stage until enough were seen. Source: 30 to 90 days to install, of suppliers’ pages; the rest is this programme’s estimate. */
export const assumedDays: PastDurations = {
  survey: [7, 10, 14, 21, 28],
  quote: [10, 14, 21, 28, 35],
  approve: [2, 5, 7, 10, 14],
  wayleave: [7, 21, 35, 60, 120],
  build: [20, 30, 45, 60, 90],
  install: [5, 7, 10, 14, 21],
  acceptance: [2, 3, 4, 7, 14],
};
/** Fewer than these are taken together with what is assumed. */
const enoughSeen = 8;
const mostKept = 400;

/** What an order spent in each stage that it has left behind, however often it was in it. Cancelled orders tell only what they finished. */
export function pastDurations(orders: readonly Order[]): PastDurations {
  const found: Record<WorkStage, number[]> = {
    ...{ survey: [], quote: [], approve: [], wayleave: [], build: [], install: [], acceptance: [] },
  };
  for (const order of orders) {
    const reached = order.state === 'cancelled' ? 0 : stages.indexOf(order.state);
    for (const stage of workStages) {
      const spent = spentIn(order, stage);
      if (spent !== undefined && workStages.indexOf(stage) < reached) found[stage].push(spent);
    }
  }
  return Object.fromEntries(
    workStages.map((stage) => [stage, found[stage].slice(-mostKept)]),
  ) as unknown as PastDurations; // every stage is there
}

const spentIn = (order: Pick<Order, 'spells'>, stage: WorkStage, now?: number): number | undefined => {
  const spells = order.spells.filter((spell) => spell.stage === stage);
  if (spells.length === 0) return undefined;
  return spells.reduce((sum, { from, until }) => sum + ((until ?? now ?? from) - from) / dayMs, 0);
};

/** Something still to come: an order under way, or a site that is planned. */
export interface Pending {
  readonly id: string;
  readonly stage: WorkStage;
  /** Days in that stage so far. */
  readonly spent: number;
  /** When it begins, ms; now or earlier for what is under way. */
  readonly begins: number;
  /** It brings a site onto full fibre that is not on it. */
  readonly counts: boolean;
}

export const pendingOf = (
  order: Order & { readonly state: WorkStage },
  now: number,
  counts: boolean,
): Pending => ({
  ...{ id: order.id, stage: order.state, spent: spentIn(order, order.state, now) ?? 0, begins: now, counts },
});

/** Moments that a tenth, half and nine tenths of all runs come before; undefined: not even then, in what is ordered and planned. */
export interface Likely {
  readonly p10: number | undefined;
  readonly p50: number | undefined;
  readonly p90: number | undefined;
}

export interface Forecast {
  readonly seed: string;
  readonly runs: number;
  /** How many past stages it rests on, and which stages rest on assumed ones too. */
  readonly seen: number;
  readonly assumed: readonly WorkStage[];
  readonly byOrder: ReadonlyMap<string, Likely>;
  /** For each number asked of sites that are to follow: when they have. */
  readonly reached: readonly (Likely & { readonly needed: number; readonly share: number })[];
  /** For each moment asked: how many have come by then. */
  readonly counted: readonly {
    readonly at: number;
    readonly p10: number;
    readonly p50: number;
    readonly p90: number;
  }[];
}

export interface ForecastAsked {
  readonly past: PastDurations;
  readonly pending: readonly Pending[];
  readonly now: number;
  readonly seed: string;
  readonly runs?: number;
  /** Numbers of further sites on full fibre. */
  readonly needed?: readonly number[];
  readonly moments?: readonly number[];
}

/** Work in one call: more runs than this of so many orders would hold up everyone else. */
const mostDraws = 3_000_000;

export function forecast({
  past,
  pending,
  now,
  seed,
  needed = [],
  moments = [],
  ...asked
}: ForecastAsked): Forecast {
  const assumed = workStages.filter((stage) => past[stage].length < enoughSeen);
  const pools = workStages.map((stage) =>
    assumed.includes(stage) ? [...past[stage], ...assumedDays[stage]] : past[stage],
  );
  const runs = Math.max(
    20,
    Math.min(asked.runs ?? 1000, Math.floor(mostDraws / (7 * Math.max(1, pending.length)))),
  );
  const random = seededRandom(seed);
  const ends = pending.map(() => new Float64Array(runs));
  const come: number[][] = [];
  for (let run = 0; run < runs; run += 1) {
    const believed = pools.map((pool) => pool.map(() => random.pick(pool)));
    const counting: number[] = [];
    pending.forEach((one, i) => {
      const first = workStages.indexOf(one.stage);
      let days = remaining(believed[first] ?? [], one.spent, random);
      for (let stage = first + 1; stage < workStages.length; stage += 1)
        days += random.pick(believed[stage] ?? []);
      const end = Math.max(now, one.begins) + days * dayMs;
      const own = ends[i];
      if (own) own[run] = end;
      if (one.counts) counting.push(end);
    });
    come.push(counting.sort((a, b) => a - b));
  }
  return {
    ...{ seed, runs, assumed, seen: workStages.reduce((sum, stage) => sum + past[stage].length, 0) },
    byOrder: new Map(
      pending.map(({ id }, i) => {
        const sorted = (ends[i] ?? new Float64Array()).toSorted();
        return [id, { p10: rank(sorted, 0.1), p50: rank(sorted, 0.5), p90: rank(sorted, 0.9) }];
      }),
    ),
    reached: needed.map((count) => {
      const at = come.map((moments) => (count <= 0 ? now : (moments[count - 1] ?? Infinity))).sort(upward);
      const finite = (part: number) => {
        const found = rank(at, part);
        return found === undefined || !Number.isFinite(found) ? undefined : found;
      };
      return {
        ...{ needed: count, share: at.filter(Number.isFinite).length / runs },
        ...{ p10: finite(0.1), p50: finite(0.5), p90: finite(0.9) },
      };
    }),
    counted: moments.map((at) => {
      const counts = come.map((moments) => moments.filter((moment) => moment <= at).length).sort(upward);
      return { at, p10: rank(counts, 0.1) ?? 0, p50: rank(counts, 0.5) ?? 0, p90: rank(counts, 0.9) ?? 0 };
    }),
  };
}

const upward = (a: number, b: number): number => a - b;

/** Nearest rank. */
const rank = (sorted: ArrayLike<number>, part: number): number | undefined =>
  sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];

/**
 * What is left of a stage after some days in it: as in those that took longer. Where it has taken longer than any before, half
 * of another such stage again.
 */
function remaining(
  pool: readonly number[],
  spent: number,
  random: { readonly pick: <T>(of: readonly T[]) => T },
): number {
  const longer = spent > 0 ? pool.filter((days) => days > spent) : pool;
  return longer.length > 0 ? random.pick(longer) - spent : random.pick(pool) / 2;
}
