/**
 * Groups of sites too large to try every subset of. Their ways are found where they are needed: at the plan's price of money a
 * prize-collecting Steiner tree (every site's prize: what a trench to it earns beyond its best line of its own) gives the way
 * that earns most, with a bound on what any way could earn. Source: Dantzig and Wolfe 1960, with the tree as pricing problem.
 */
import type { ClusterOption } from '../planner/cluster-options.ts';
import { fillOf, priceOf, type RegionOption, type RegionTask, worthOf } from '../planner/region-task.ts';
import { solveSteiner } from '../planner/solve-steiner.ts';
import type { SteinerProblem } from '../planner/steiner-problem.ts';
import {
  type Built,
  mostPaidFor,
  mostPartPaidFor,
  type PlannedCluster,
  paidByProgrammes,
} from './build-task.ts';

export interface MoneyPrices {
  /** By year: benefit that a pound earns. */
  readonly year: readonly number[];
  readonly rule: readonly number[];
}

export interface Priced {
  readonly options: readonly ClusterOption[];
  /** No way to serve the cluster is worth more than this beyond the price of its money. */
  readonly most: number;
}

/**
 * The way of a large cluster that is worth most when built in a year, at given prices. What programmes pay is at most so much
 * for each site, and at most a part of the trench: any mix of the two is at most as well, and each mix is a tree of its own
 * whose bound holds. `tight` tries several mixes and keeps the least bound; otherwise the first counts alone.
 */
export async function priceLarge(
  task: RegionTask,
  planned: PlannedCluster,
  built: Pick<Built, 'required' | 'counted'>,
  prices: MoneyPrices,
  options: { readonly year: number; readonly tight: boolean; readonly stop: () => boolean },
): Promise<Priced> {
  const part = planned.members.reduce((most, one) => Math.max(most, mostPartPaidFor(one)), 0);
  const mixes = options.tight && part > 0 ? [1, 0.5, 0] : [1];
  const found: ClusterOption[] = [];
  let most = Number.POSITIVE_INFINITY;
  for (const bySite of mixes) {
    const priced = await priceMix(task, planned, built, prices, { ...options, bySite, part });
    most = Math.min(most, priced.most);
    if (priced.option) found.push(priced.option);
    if (options.stop()) break;
  }
  return { options: found, most };
}

/** `bySite`: share of the mix that is paid by site; the rest is paid as a part of the cost. */
async function priceMix(
  task: RegionTask,
  { cluster, members }: PlannedCluster,
  { required, counted }: Pick<Built, 'required' | 'counted'>,
  prices: MoneyPrices,
  {
    year,
    stop,
    bySite,
    part,
  }: {
    readonly year: number;
    readonly stop: () => boolean;
    readonly bySite: number;
    readonly part: number;
  },
): Promise<{ readonly option: ClusterOption | undefined; readonly most: number }> {
  const pound = Math.max(prices.year[year]! * priceOf(task, year), 1e-12);
  const worth = (benefit: number, measures: Readonly<Record<string, number>> = {}): number => {
    let sum = benefit * worthOf(task, year);
    const alone: RegionOption = { cost: 0, benefit, measures, sites: [] };
    for (const [r, rule] of task.rules.entries()) sum -= prices.rule[r]! * fillOf(rule, alone, year);
    return sum;
  };
  let base = 0;
  const prizes = new Float64Array(cluster.graph.nodes);
  const own = cluster.sites.map((site, i) => {
    let best: { line: number; gain: number } | undefined;
    for (const [line, { cost, benefit, measures }] of (site.ownLines ?? []).entries()) {
      const gain = worth(benefit, measures) / pound - cost;
      if (gain > (best?.gain ?? (required.has(site.id) ? Number.NEGATIVE_INFINITY : 0)))
        best = { line, gain };
    }
    // What programmes pay at most is counted here, so that the bound holds; the way itself is counted as it is.
    const trench = worth(site.benefit, site.measures) / pound + bySite * mostPaidFor(members[i]!);
    base += best?.gain ?? 0;
    prizes[site.node] = Math.max(0, trench - (best?.gain ?? 0));
    return best?.line;
  });
  const problem: SteinerProblem = {
    prizes,
    graph: {
      ...cluster.graph,
      cost: cluster.graph.cost.map((pounds) => pounds * (1 - (1 - bySite) * part)),
    },
    required: [
      cluster.root,
      // One that must be reached, and has no line of its own.
      ...cluster.sites
        .filter(({ id, ownLines = [] }) => required.has(id) && ownLines.length === 0)
        .map(({ node }) => node),
    ],
  };
  const solved = await solveSteiner(problem, { stop, gap: 0.001, seed: cluster.id });
  const all = prizes.reduce((x, y) => x + y, 0);
  const most = Math.max(0, (base + all - solved.lower) * pound);
  const inside = new Set(solved.tree.nodes);
  const ways = cluster.sites.map((site, i) =>
    inside.has(site.node) ? 0 : own[i] === undefined ? -1 : own[i] + 1,
  );
  const trench = ways.flatMap((way, i) => (way === 0 ? [i] : []));
  const graph = cluster.graph;
  let cost = solved.tree.edges.reduce((sum, e) => sum + graph.cost[e]!, 0);
  cost = Math.max(0, cost - paidByProgrammes(members, trench, cost));
  let benefit = 0;
  const measures: Record<string, number> = Object.fromEntries(counted.map((name) => [name, 0]));
  const sites: { site: string; technology: string }[] = [];
  for (const [i, way] of ways.entries()) {
    if (way < 0) continue;
    const site = cluster.sites[i]!;
    const line = way === 0 ? undefined : site.ownLines![way - 1]!;
    cost += line?.cost ?? 0;
    benefit += line?.benefit ?? site.benefit;
    for (const name of counted) measures[name]! += (line ?? site).measures?.[name] ?? 0;
    sites.push({ site: site.id, technology: line?.technology ?? cluster.technology });
  }
  if (sites.length === 0) return { option: undefined, most };
  const names = trench.map((i) => cluster.sites[i]!.id);
  return { option: { cost, benefit, measures, sites, trench: names, edges: solved.tree.edges }, most };
}

const sameOption = (x: ClusterOption, y: ClusterOption): boolean =>
  x.cost === y.cost && x.benefit === y.benefit && x.trench.join() === y.trench.join();

/** Adds a way to a large cluster; false where it is there already. */
export function addOption(planned: PlannedCluster, option: ClusterOption | undefined): boolean {
  if (!option || planned.options.some((known) => sameOption(known, option))) return false;
  planned.options.push(option);
  return true;
}
