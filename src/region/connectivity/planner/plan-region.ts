import { problem } from '../../../platform/problem.ts';
import { openHighs } from './linear-solver.ts';
import { type Column, columnProgram, type Duals, missPrice, ruleMiss, ruleUnit } from './region-columns.ts';
import { completeChoice, improveChoice } from './region-search.ts';
import {
  allowances,
  checkRegion,
  fillOf,
  neededOf,
  priceOf,
  type RegionChoice,
  type RegionTask,
  type RegionTotals,
  totalsOf,
  withinBudgets,
  worthOf,
} from './region-task.ts';

export interface RegionBounds {
  readonly benefit: number;
  /** No plan that keeps the budgets and the rules has more benefit. */
  readonly bound: number;
  /** (bound - benefit) / bound. */
  readonly gap: number;
}

/** Why a cluster is in the plan or out of it. */
export type ClusterReason =
  | {
      readonly in: true;
      readonly because: 'required' | 'benefit';
      readonly year: number;
      readonly option: number;
    }
  | {
      readonly in: false;
      readonly because:
        | 'no option'
        | 'no benefit'
        | 'money does more elsewhere'
        | 'does not fit what is left';
      /** How much cheaper its best option would have to be to earn what the money earns elsewhere, in pounds. */
      readonly tooDear?: number;
    };

export interface RegionPlan extends RegionBounds, RegionTotals {
  /** `proved`: no plan has more benefit. `unmet`: a rule or a required site is missed; no plan was found that meets all. */
  readonly status: 'proved' | 'within gap' | 'stopped' | 'unmet';
  readonly choices: readonly RegionChoice[];
  /** By cluster. */
  readonly reasons: readonly ClusterReason[];
  /** By year: benefit that a pound more would bring, at the margin. */
  readonly worthOfPound: readonly number[];
  /**
   * The prices by which the bound was proved, and that bound: an option that nobody offered yet raises it by what it is
   * worth beyond them. Undefined where the run ended before there were any.
   */
  readonly priced?: {
    readonly bound: number;
    readonly cluster: readonly number[];
    readonly year: readonly number[];
    readonly rule: readonly number[];
  };
}

export interface PlanOptions {
  readonly stop?: () => boolean;
  readonly progress?: (bounds: RegionBounds, choices: readonly RegionChoice[]) => void;
  /** Good enough, as a share. 0 unless given: proved where it can be. */
  readonly gap?: number;
  /** A plan that is known: the new one is no worse, where that one still keeps the budgets. */
  readonly start?: readonly RegionChoice[];
}

/** More columns than this make the whole-number program too slow; the bound of the linear one stands then. */
const mostColumns = 20_000;

/**
 * Chooses for each cluster at most one option and its year, to most benefit. A multiple-choice knapsack by column
 * generation: the linear program over all options bounds the benefit, few of them are then left to choose from, and a
 * whole-number program over those proves the choice. Source: Dantzig and Wolfe 1960; Kellerer, Pferschy, Pisinger 2004.
 */
export async function planRegion(task: RegionTask, options: PlanOptions = {}): Promise<RegionPlan> {
  const { stop = () => false, progress, gap = 0, start } = options;
  checkRegion(task);
  const allowed = allowances(task);
  if (allowed.every(({ latest }) => latest.every((by) => by < 0))) return nothingToChoose(task);
  const penalty = missPrice(task);
  const units = task.rules.map((_, r) => ruleUnit(task, r));
  const program = columnProgram(
    await openHighs(),
    task,
    allowed.map(({ must }) => must),
  );

  const value = (totals: RegionTotals, choices: readonly RegionChoice[]): number => {
    const taken = new Set(choices.map(({ cluster }) => cluster));
    let lost = 0;
    for (const [c, { must }] of allowed.entries()) if (must && !taken.has(c)) lost += penalty;
    for (const [r, rule] of task.rules.entries()) {
      if (totals.rules[r]!.met) continue;
      const fill = choices.reduce(
        (sum, { cluster, option, year }) =>
          sum + fillOf(rule, task.clusters[cluster]!.options[option]!, year),
        0,
      );
      lost += (ruleMiss * penalty * Math.max(0, neededOf(rule) - fill)) / units[r]!;
    }
    return totals.benefit - lost;
  };
  let choices: readonly RegionChoice[] = [];
  let totals = totalsOf(task, choices);
  let best = value(totals, choices);
  // Until something better is proved: every cluster's best, at no cost.
  let bound = (penalty / 4) * (1 + 1e-9);
  const take = (found: readonly RegionChoice[]): void => {
    // In one order, so that the same plan always has the same figures.
    const candidate = found.toSorted((x, y) => x.cluster - y.cluster);
    const sums = totalsOf(task, candidate);
    if (!withinBudgets(task, sums.spend)) return;
    const worth = value(sums, candidate);
    if (worth <= best) return;
    choices = candidate;
    totals = sums;
    best = worth;
  };
  const bounds = (): RegionBounds => {
    const most = Math.max(bound, totals.benefit);
    return { benefit: totals.benefit, bound: most, gap: most > 0 ? (most - totals.benefit) / most : 0 };
  };
  const near = (share: number): boolean => bound - best <= Math.max(share * Math.abs(bound), 1e-9 * penalty);
  if (start) {
    const latest = (choice: RegionChoice): number => allowed[choice.cluster]?.latest[choice.option] ?? -1;
    take(start.filter((choice) => choice.year <= latest(choice)));
  }

  try {
    const known = new Map<string, number>();
    const keyOf = ({ cluster, option, year }: Column): string => `${cluster}/${option}/${year}`;
    const add = (columns: readonly Column[]): void => {
      const fresh = columns.filter((column) => !known.has(keyOf(column)));
      for (const [i, column] of fresh.entries()) known.set(keyOf(column), program.columns.length + i);
      program.add(fresh);
    };
    let duals: Duals = {
      cluster: new Float64Array(task.clusters.length),
      year: Float64Array.from(task.years, () => startRate(task)),
      rule: new Float64Array(task.rules.length),
    };
    let reference: { duals: Duals; value: number } | undefined;
    const greedy = improveChoice(task, allowed, duals, completeChoice(task, allowed, duals, []), value, stop);
    take(greedy);
    add(choices);
    for (let round = 0; !stop(); round++) {
      // Bound: the linear program over the columns it has, raised by the best column each cluster still lacks.
      const relaxed = round === 0 ? undefined : program.solve();
      if (relaxed) duals = relaxed.duals;
      let raised = relaxed?.value ?? Number.POSITIVE_INFINITY;
      const missingColumns: Column[] = [];
      for (let c = 0; c < task.clusters.length; c++) {
        const found = bestColumns(task, allowed[c]!.latest, duals, c);
        const top = found.reduce((x, y) => Math.max(x, y.gain), 0);
        raised += top;
        for (const { column, gain } of found)
          if (gain > 1e-9 * penalty || (round === 0 && gain > 0)) missingColumns.push(column);
      }
      if (relaxed && raised < bound) {
        bound = raised;
        reference = { duals, value: raised };
      }
      if (relaxed && round % 4 === 1) {
        const base = program.columns.filter((_, k) => relaxed.shares[k]! > 1 - 1e-6);
        take(completeChoice(task, allowed, duals, base));
      }
      progress?.(bounds(), choices);
      const before = program.columns.length;
      if (relaxed && (near(gap) || missingColumns.length === 0)) break;
      add(missingColumns);
      if (round > 0 && program.columns.length === before) break;
    }
    if (!stop() && !near(gap)) {
      const relaxed = program.solve();
      const base = program.columns.filter((_, k) => relaxed.shares[k]! > 1 - 1e-6);
      const completed = completeChoice(task, allowed, relaxed.duals, base);
      take(completed);
      take(improveChoice(task, allowed, relaxed.duals, completed, value, stop));
      progress?.(bounds(), choices);
    }
    if (reference && !stop() && !near(gap)) {
      // A column that costs the bound more than the gap is in no better plan.
      const window = bound - best;
      const all: { column: Column; short: number }[] = [];
      for (let c = 0; c < task.clusters.length; c++)
        for (const found of nearColumns(task, allowed[c]!.latest, reference.duals, c, window))
          all.push(found);
      all.sort((x, y) => x.short - y.short);
      const few = all.slice(0, mostColumns);
      const left = all[mostColumns]?.short;
      add([...few.map(({ column }) => column), ...choices]);
      const kept = [
        ...few.map(({ column }) => known.get(keyOf(column))!),
        ...choices.map((c) => known.get(keyOf(c))!),
      ];
      /** No plan with a column that was left out has more. */
      const others = left === undefined ? best : bound - left;
      const whole = program.solveWhole(
        [...new Set(kept)],
        choices.map((choice) => known.get(keyOf(choice))!),
        {
          ...{ stop, gap },
          improved: (chosen) => take(chosen.map((k) => program.columns[k]!)),
          progress(least) {
            bound = Math.min(bound, Math.max(best, least, others));
            progress?.(bounds(), choices);
          },
        },
      );
      if (whole.chosen) take(whole.chosen.map((k) => program.columns[k]!));
      bound = Math.min(bound, Math.max(best, whole.bound, others));
    }
    const proved = near(0);
    if (proved) bound = Math.max(best, 0);
    const met = totals.missingMustHaves.length === 0 && totals.rules.every((rule) => rule.met);
    const final = bounds();
    progress?.(final, choices);
    const good = proved ? 'proved' : near(gap) ? 'within gap' : 'stopped';
    return {
      ...final,
      ...totals,
      status: met ? good : 'unmet',
      choices,
      reasons: reasonsOf(task, allowed, reference?.duals ?? duals, choices, totals),
      worthOfPound: [...(reference?.duals ?? duals).year],
      ...(reference
        ? {
            priced: {
              bound: reference.value,
              cluster: [...reference.duals.cluster],
              year: [...reference.duals.year],
              rule: [...reference.duals.rule],
            },
          }
        : {}),
    };
  } finally {
    program.dispose();
  }
}

/** The plan of a region where there is nothing to build. */
function nothingToChoose(task: RegionTask): RegionPlan {
  const totals = totalsOf(task, []);
  const met = totals.missingMustHaves.length === 0 && totals.rules.every((rule) => rule.met);
  return {
    ...{ ...totals, bound: 0, gap: 0, status: met ? 'proved' : 'unmet', choices: [] },
    reasons: task.clusters.map(() => ({ in: false, because: 'no option' })),
    worthOfPound: task.years.map(() => 0),
  };
}

/** What a pound earns about, before anything is known: the benefit of all over its cost, at the budgets' end. */
function startRate(task: RegionTask): number {
  const ratios = task.clusters.flatMap(({ options }) => {
    const best = options.reduce((x, o) => Math.max(x, o.benefit / Math.max(o.cost, 1e-9)), 0);
    return best > 0 && Number.isFinite(best) ? [best] : [];
  });
  ratios.sort((x, y) => x - y);
  return ratios[Math.floor(ratios.length / 2)] ?? 0;
}

/** What a column is worth beyond what the linear program pays for it. */
function gainOf(task: RegionTask, duals: Duals, { cluster, option, year }: Column): number {
  const chosen = task.clusters[cluster]!.options[option]!;
  let gain = chosen.benefit * worthOf(task, year) - duals.cluster[cluster]!;
  gain -= duals.year[year]! * chosen.cost * priceOf(task, year);
  for (const [r, rule] of task.rules.entries()) gain -= duals.rule[r]! * fillOf(rule, chosen, year);
  return gain;
}

/** Of a cluster, the best column of each year. */
function bestColumns(task: RegionTask, latest: readonly number[], duals: Duals, cluster: number) {
  const found: { column: Column; gain: number }[] = [];
  for (let year = 0; year < task.years.length; year++) {
    let best: { column: Column; gain: number } | undefined;
    for (let option = 0; option < latest.length; option++) {
      if (latest[option]! < year) continue;
      const column = { cluster, option, year };
      const gain = gainOf(task, duals, column);
      if (!best || gain > best.gain) best = { column, gain };
    }
    if (best) found.push(best);
  }
  return found;
}

function nearColumns(
  task: RegionTask,
  latest: readonly number[],
  duals: Duals,
  cluster: number,
  window: number,
) {
  const columns: Column[] = [];
  for (let option = 0; option < latest.length; option++)
    for (let year = 0; year <= latest[option]!; year++) columns.push({ cluster, option, year });
  const gains = columns.map((column) => gainOf(task, duals, column));
  /** What the cluster adds to the bound at best: a column is short by what it lacks of that. */
  const top = gains.reduce((x, y) => Math.max(x, y), 0);
  return columns.flatMap((column, i) => {
    const short = top - gains[i]!;
    return short <= window * (1 + 1e-9) ? [{ column, short }] : [];
  });
}

function reasonsOf(
  task: RegionTask,
  allowed: ReturnType<typeof allowances>,
  duals: Duals,
  choices: readonly RegionChoice[],
  { spend }: RegionTotals,
): ClusterReason[] {
  const chosen = new Map(choices.map((choice) => [choice.cluster, choice]));
  return task.clusters.map(({ options }, cluster): ClusterReason => {
    const choice = chosen.get(cluster);
    const { must, latest } = allowed[cluster]!;
    if (choice) {
      const { year, option } = choice;
      return { in: true, because: must ? 'required' : 'benefit', year, option };
    }
    if (options.length === 0) return { in: false, because: 'no option' };
    if (options.every(({ benefit }) => benefit === 0)) return { in: false, because: 'no benefit' };
    let tooDear = Number.POSITIVE_INFINITY;
    const paid = { ...duals, cluster: new Float64Array(task.clusters.length) };
    for (let option = 0; option < latest.length; option++)
      for (let year = 0; year <= latest[option]!; year++) {
        const rate = duals.year[year]! * priceOf(task, year);
        const short = -gainOf(task, paid, { cluster, option, year });
        if (rate > 0) tooDear = Math.min(tooDear, short / rate);
        else if (short < 0) tooDear = Math.min(tooDear, 0);
      }
    const cheapest = options.reduce((x, { cost }) => Math.min(x, cost), Number.POSITIVE_INFINITY);
    const fits = task.years.some((_, year) =>
      withinBudgets(task, spend.with(year, spend[year]! + cheapest * priceOf(task, year))),
    );
    if (tooDear > 0 && Number.isFinite(tooDear))
      return { in: false, because: 'money does more elsewhere', tooDear };
    return { in: false, because: fits ? 'money does more elsewhere' : 'does not fit what is left' };
  });
}

/** The programme's benefit at several shares of its budgets, each plan no worse than that of the share below. */
export async function benefitByBudget(
  task: RegionTask,
  shares: readonly number[],
  options: PlanOptions = {},
): Promise<{ readonly share: number; readonly plan: RegionPlan }[]> {
  const curve: { share: number; plan: RegionPlan }[] = [];
  for (const share of shares.toSorted((x, y) => x - y)) {
    if (!(share >= 0))
      throw problem('value', `A share of the budget is at least 0, not ${share}.`, { where: 'shares' });
    const years = task.years.map((year) => ({ ...year, budget: year.budget * share }));
    const start = curve.at(-1)?.plan.choices ?? options.start;
    const plan = await planRegion({ ...task, years }, { ...options, ...(start ? { start } : {}) });
    curve.push({ share, plan });
  }
  return curve;
}
