/** Plans a scenario from its sites and ground to its outcome: to be run in a thread of its own. */
import { benefitByBudget, planRegion, type RegionPlan } from '../planner/plan-region.ts';
import type { RegionChoice, RegionTask } from '../planner/region-task.ts';
import { type Built, buildTask, type PlanInput } from './build-task.ts';
import { describePlan } from './describe-plan.ts';
import { addOption, priceLarge } from './large-clusters.ts';
import type { KeptChoice, PlanOutcome } from './outcome.ts';

export interface PlanProgress {
  readonly stage: 'groups' | 'choice';
  /** 0 to 1. */
  readonly done: number;
  readonly benefit: number;
  readonly bound: number;
  readonly choices?: readonly KeptChoice[];
}

export interface RunOptions {
  readonly stop?: () => boolean;
  readonly progress?: (progress: PlanProgress) => void;
  /** Of an earlier run: where its groups still are, the plan is no worse. */
  readonly start?: readonly KeptChoice[];
}

/** How often larger groups are asked for better ways. */
const mostRounds = 8;
/** Prices of money at which they are asked: about what the whole earns first, then about the plan's own. */
const firstPrices = [0.05, 0.15, 0.3, 0.6, 1, 2, 5];
const nearPrices = [1, 0.65, 1.6];
/** Groups of which every way is tried, whatever lines their sites may have. */
const fewTogether = 8;

export const choicesKept = (built: Built, choices: readonly RegionChoice[]): KeptChoice[] =>
  choices.map(({ cluster, option, year }) => {
    const { sites } = built.clusters[cluster]!.options[option]!;
    const { id } = built.clusters[cluster]!.cluster;
    return { cluster: id, year, sites: sites.map(({ site, technology }) => `${site} ${technology}`) };
  });

function choicesFrom(built: Built, kept: readonly KeptChoice[]): RegionChoice[] {
  const numbers = new Map(built.clusters.map(({ cluster }, c) => [cluster.id, c]));
  return kept.flatMap(({ cluster: id, year, sites }) => {
    const cluster = numbers.get(id);
    if (cluster === undefined || year >= built.task.years.length) return [];
    const key = sites.join();
    const option = built.clusters[cluster]!.options.findIndex(
      (one) => one.sites.map(({ site, technology }) => `${site} ${technology}`).join() === key,
    );
    return option < 0 ? [] : [{ cluster, option, year }];
  });
}

/** The task as it stands: options of large groups may have been added. */
const taskOf = ({ task, clusters }: Built): RegionTask => ({
  ...task,
  clusters: clusters.map(({ cluster, options }) => ({ id: cluster.id, options })),
});

/** The best choice for a programme; ways of large groups are found as they are needed, and the bound holds for all of them. */
export async function solveBuilt(
  built: Built,
  {
    gap,
    stop,
    start = [],
    progress,
  }: {
    readonly gap: number;
    readonly stop: () => boolean;
    readonly start?: readonly RegionChoice[];
    readonly progress?: (
      bounds: { readonly benefit: number; readonly bound: number },
      choices: readonly RegionChoice[],
    ) => void;
  },
): Promise<RegionPlan> {
  const large = built.clusters.filter((one) => one.large);
  const plan = (from: readonly RegionChoice[]): Promise<RegionPlan> =>
    planRegion(taskOf(built), { gap, stop, start: from, ...(progress ? { progress } : {}) });
  if (large.length === 0) return plan(start);

  const { task } = built;
  // A first price of money: what the smaller groups and lines of their own earn; none yet: what the whole would.
  const total = built.clusters.reduce(
    (sum, { members }) => sum + members.reduce((x, { benefit }) => x + benefit, 0),
    0,
  );
  const money = task.years.reduce((sum, { budget }) => sum + budget, 0);
  const rate = (total * task.years.length) / Math.max(money, 1);
  for (const one of large)
    for (const times of firstPrices) {
      const prices = { year: task.years.map(() => rate * times), rule: task.rules.map(() => 0) };
      const { options } = await priceLarge(task, one, built, prices, { year: 0, tight: false, stop });
      for (const option of options) addOption(one, option);
    }
  let best = await plan(start);
  /** No way of any group, tried or not, makes a plan with more than this. */
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < mostRounds && !stop() && best.priced; round++) {
    const { priced } = best;
    let bound = priced.bound;
    let found = false;
    for (const [c, one] of built.clusters.entries()) {
      if (!one.large) continue;
      let most = 0;
      for (const year of task.years.keys()) {
        for (const times of nearPrices) {
          const prices = { year: priced.year.map((price) => price * times), rule: priced.rule };
          // Only at the price itself does it bound the plan.
          const tight = times === 1;
          const { options, most: here } = await priceLarge(task, one, built, prices, { year, tight, stop });
          if (tight) most = Math.max(most, here);
          for (const option of options) found = addOption(one, option) || found;
        }
      }
      bound += Math.max(0, most - priced.cluster[c]!);
    }
    least = Math.min(least, bound);
    const whole = Math.max(least, best.benefit);
    best = { ...best, bound: whole, gap: whole > 0 ? (whole - best.benefit) / whole : 0 };
    if (best.status === 'proved' && best.gap > 1e-9) best = { ...best, status: 'within gap' };
    if (!found || best.gap <= gap) break;
    const again = await plan(best.choices);
    if (again.benefit < best.benefit || !again.priced) break;
    best = again;
  }
  if (Number.isFinite(least)) {
    const bound = Math.max(least, best.benefit);
    best = { ...best, bound, gap: bound > 0 ? (bound - best.benefit) / bound : 0 };
  } else {
    // Stopped before any was asked to the end: all that these groups could bring stands in the bound.
    const slack = large.reduce(
      (sum, { members }) => sum + members.reduce((x, { benefit }) => x + benefit, 0),
      0,
    );
    const bound = Math.max(
      best.bound,
      Math.min(best.bound + slack * task.years.length, total * task.years.length),
    );
    best = { ...best, bound, gap: bound > 0 ? (bound - best.benefit) / bound : 0 };
  }
  const near = best.gap <= gap ? 'within gap' : 'stopped';
  return best.status === 'unmet' || best.status === 'proved' ? best : { ...best, status: near };
}

/** A plan that keeps all rules is before one that does not. */
const rank = ({ status }: RegionPlan): number => (status === 'unmet' ? 0 : 1);

/** The whole run. Ends with its best plan so far when stopped or when its time is over. */
export async function planProgramme(input: PlanInput, options: RunOptions = {}): Promise<PlanOutcome> {
  const { progress, start = [] } = options;
  const begun = performance.now();
  const { parameters } = input;
  const stop = (): boolean =>
    (options.stop?.() ?? false) || performance.now() - begun > parameters.seconds * 1000;
  const built = await buildTask(input, {
    stop,
    progress: (done, total) =>
      progress?.({ stage: 'groups', done: done / Math.max(1, total), benefit: 0, bound: 0 }),
  });
  let told = 0;
  const plan = await solveBuilt(built, {
    ...{ gap: parameters.gap / 100, stop, start: choicesFrom(built, start) },
    progress: ({ benefit, bound }, choices) => {
      if (performance.now() - told < 1_000) return;
      told = performance.now();
      progress?.({ stage: 'choice', done: 1, benefit, bound, choices: choicesKept(built, choices) });
    },
  });
  const seconds = (): number => (performance.now() - begun) / 1000;
  if (stop() || built.clusters.every(({ large }) => !large))
    return describePlan(input, built, plan, seconds());
  // A large group is built in one year; in small ones, which share less, it may be built in several. The better of both.
  const apart = await buildTask(
    { ...input, parameters: { ...parameters, mostTogether: fewTogether } },
    { stop },
  );
  const other = await solveBuilt(apart, { gap: parameters.gap / 100, stop });
  const bound = Math.max(plan.bound, other.bound);
  const isBetter = rank(other) - rank(plan) || other.benefit - plan.benefit;
  const [from, best] = isBetter > 0 ? [apart, other] : [built, plan];
  const gap = bound > 0 ? (bound - best.benefit) / bound : 0;
  const status = best.status === 'unmet' ? 'unmet' : gap <= parameters.gap / 100 ? 'within gap' : 'stopped';
  return describePlan(input, from, { ...best, bound, gap, status }, seconds());
}

export interface CurvePoint {
  /** Of the scenario's budgets. */
  readonly share: number;
  readonly budget: number;
  readonly cost: number;
  readonly benefit: number;
  readonly bound: number;
  readonly sites: number;
}

/** Benefit against budget, at shares of the scenario's own. */
export async function budgetCurve(
  input: PlanInput,
  shares: readonly number[],
  { stop = () => false, progress }: Pick<RunOptions, 'stop'> & { progress?: (done: number) => void },
): Promise<CurvePoint[]> {
  const built = await buildTask(input, { stop });
  // Ways of large groups are found at the scenario's own budgets.
  if (built.clusters.some(({ large }) => large)) await solveBuilt(built, { gap: 0.01, stop });
  // Rules and deadlines that a smaller budget cannot keep would hide what it brings.
  const task = { ...taskOf(built), rules: [], mustHaves: [] };
  const curve = await benefitByBudget(task, shares, { gap: 0.005, stop });
  progress?.(1);
  const money = task.years.reduce((sum, { budget }) => sum + budget, 0);
  return curve.map(({ share, plan }) => ({
    ...{ share, budget: share * money, benefit: plan.benefit, bound: plan.bound },
    cost: plan.spend.reduce((x, y) => x + y, 0),
    sites: plan.choices.reduce(
      (sum, { cluster, option }) => sum + task.clusters[cluster]!.options[option]!.sites.length,
      0,
    ),
  }));
}
