import { problem } from '../../../platform/problem.ts';

/** One way to serve some sites of a cluster: by a shared trench, by lines of their own, or by both. */
export interface RegionOption {
  /** In pounds of the first year. */
  readonly cost: number;
  /** A year in use, in the unit the programme counts benefit in. At least 0. */
  readonly benefit: number;
  /** What the rules count, by name: sites, rural sites, sites off copper … At least 0; 0 where absent. */
  readonly measures: Readonly<Record<string, number>>;
  /** Sites that it serves, each with its technology. */
  readonly sites: readonly { readonly site: string; readonly technology: string }[];
}

export interface RegionCluster {
  readonly id: string;
  /** At most one is taken. */
  readonly options: readonly RegionOption[];
}

export interface RegionYear {
  /** In pounds. */
  readonly budget: number;
  /** Years of benefit that count for what is built in this year. Unless given: this year and all that follow. */
  readonly worth?: number;
  /** What a pound's worth of work of the first year costs in this one. 1 unless given. */
  readonly price?: number;
}

/** Years are counted from 0; `by` is the last year that counts, the last of all unless given. */
export type RegionRule =
  /** The measure of all that is built by then reaches an amount: 70 % of the sites by a date. */
  | {
      readonly name: string;
      readonly kind: 'amount';
      readonly measure: string;
      readonly atLeast: number;
      readonly by?: number;
    }
  /** A measure is at least this share, 0 to 1, of another, or of the cost or the benefit: a floor for rural sites. */
  | {
      readonly name: string;
      readonly kind: 'share';
      readonly measure: string;
      readonly of: string;
      readonly atLeast: number;
      readonly by?: number;
    };

export interface RegionTask {
  readonly years: readonly RegionYear[];
  /** Whether money that is left in a year may be spent in a later one. */
  readonly carryOver: boolean;
  readonly clusters: readonly RegionCluster[];
  readonly rules: readonly RegionRule[];
  /** Sites that have to be served, and by which year. */
  readonly mustHaves: readonly { readonly site: string; readonly by: number }[];
}

/** The option of a cluster that is built in a year. */
export interface RegionChoice {
  readonly cluster: number;
  readonly option: number;
  readonly year: number;
}

/** What was chosen, added up: every figure counted anew from the choices. */
export interface RegionTotals {
  readonly benefit: number;
  /** By year, in pounds of that year. */
  readonly spend: readonly number[];
  readonly rules: readonly {
    readonly name: string;
    readonly reached: number;
    readonly needed: number;
    readonly met: boolean;
  }[];
  readonly missingMustHaves: readonly string[];
}

export const worthOf = ({ years }: RegionTask, year: number): number =>
  years[year]!.worth ?? years.length - year;
export const priceOf = ({ years }: RegionTask, year: number): number => years[year]!.price ?? 1;

/** How much of a rule's row an option fills when it is built in a year: the sum over the plan has to be at least `needed`. */
export function fillOf(rule: RegionRule, option: RegionOption, year: number): number {
  if (rule.by !== undefined && year > rule.by) return 0;
  const own = measureOf(option, rule.measure);
  return rule.kind === 'amount' ? own : own - rule.atLeast * measureOf(option, rule.of);
}

export const neededOf = (rule: RegionRule): number => (rule.kind === 'amount' ? rule.atLeast : 0);

export function measureOf(option: RegionOption, name: string): number {
  if (name === 'cost') return option.cost;
  if (name === 'benefit') return option.benefit;
  return option.measures[name] ?? 0;
}

/** For each cluster the last year by which each option may be built, -1 for never, and whether one must be. */
export function allowances(task: RegionTask): { latest: number[]; must: boolean }[] {
  const deadline = new Map<string, number>();
  for (const { site, by } of task.mustHaves) deadline.set(site, Math.min(by, deadline.get(site) ?? by));
  const last = task.years.length - 1;
  const found = new Set<string>();
  const result = task.clusters.map(({ id, options }) => {
    const wanted = new Set<string>();
    for (const { sites } of options) for (const { site } of sites) if (deadline.has(site)) wanted.add(site);
    for (const site of wanted) found.add(site);
    const latest = options.map(({ sites }) => {
      const served = new Set(sites.map(({ site }) => site));
      let by = last;
      for (const site of wanted) by = served.has(site) ? Math.min(by, deadline.get(site)!) : -1;
      return by;
    });
    if (wanted.size > 0 && latest.every((by) => by < 0))
      throw problem('business-rule', `No option of cluster "${id}" serves all its required sites.`, {
        where: 'mustHaves',
      });
    return { latest, must: wanted.size > 0 };
  });
  const lost = [...deadline.keys()].find((site) => !found.has(site));
  if (lost !== undefined)
    throw problem('business-rule', `Site "${lost}" is required, but no option of any cluster serves it.`, {
      where: 'mustHaves',
    });
  return result;
}

export function checkRegion(task: RegionTask): void {
  const fail = (message: string, where: string): never => {
    throw problem('value', message, { where });
  };
  if (task.years.length === 0) fail('A programme needs at least one year.', 'years');
  for (const [i, { budget, worth = 0, price = 1 }] of task.years.entries()) {
    if (!(Number.isFinite(budget) && budget >= 0))
      fail(`The budget of year ${i + 1} is ${budget}; it is a number of at least 0.`, `years[${i}].budget`);
    if (!(Number.isFinite(worth) && worth >= 0) || !(Number.isFinite(price) && price > 0))
      fail(`Year ${i + 1} has a worth of ${worth} and a price of ${price}.`, `years[${i}]`);
  }
  for (const [c, { id, options }] of task.clusters.entries())
    for (const [o, { cost, benefit }] of options.entries())
      for (const [what, figure] of [
        ['costs', cost],
        ['brings', benefit],
      ] as const)
        if (!(Number.isFinite(figure) && figure >= 0))
          fail(
            `Option ${o + 1} of cluster "${id}" ${what} ${figure}; it is a number of at least 0.`,
            `clusters[${c}].options[${o}]`,
          );
  for (const [i, { name, by = 0, atLeast }] of task.rules.entries())
    if (!Number.isInteger(by) || by < 0 || by >= task.years.length || !(atLeast >= 0))
      fail(`Rule "${name}" needs an amount of at least 0 and a year of the programme.`, `rules[${i}]`);
  for (const [i, { site, by }] of task.mustHaves.entries())
    if (!Number.isInteger(by) || by < 0 || by >= task.years.length)
      fail(`Site "${site}" is required by year ${by + 1}, which is not in the programme.`, `mustHaves[${i}]`);
}

export function totalsOf(task: RegionTask, choices: readonly RegionChoice[]): RegionTotals {
  const spend = task.years.map(() => 0);
  let benefit = 0;
  const served = new Map<string, number>();
  for (const { cluster, option, year } of choices) {
    const { cost, benefit: yearly, sites } = task.clusters[cluster]!.options[option]!;
    spend[year]! += cost * priceOf(task, year);
    benefit += yearly * worthOf(task, year);
    for (const { site } of sites) served.set(site, Math.min(year, served.get(site) ?? year));
  }
  return {
    benefit,
    spend,
    rules: task.rules.map((rule) => {
      const built = choices.filter(({ year }) => rule.by === undefined || year <= rule.by);
      const sum = (name: string): number =>
        built.reduce(
          (all, { cluster, option }) => all + measureOf(task.clusters[cluster]!.options[option]!, name),
          0,
        );
      const reached = sum(rule.measure);
      const needed = rule.kind === 'amount' ? rule.atLeast : rule.atLeast * sum(rule.of);
      return { name: rule.name, reached, needed, met: reached >= needed - 1e-7 * Math.max(1, needed) };
    }),
    missingMustHaves: task.mustHaves
      .filter(({ site, by }) => (served.get(site) ?? Number.POSITIVE_INFINITY) > by)
      .map(({ site }) => site),
  };
}

/** Whether the money lasts in every year. */
export function withinBudgets(task: RegionTask, spend: readonly number[]): boolean {
  let left = 0;
  return task.years.every(({ budget }, t) => {
    left = (task.carryOver ? Math.max(0, left) : 0) + budget - spend[t]!;
    return left >= -1e-9 * Math.max(1, budget);
  });
}
