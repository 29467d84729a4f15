/** A plan in words and figures: each site's part of the cost, its year and why it is in or out, and the trenches as lines. */

import { formatNumber } from '../../../web/quantities.ts';
import { isCopper, isFullFibre, technologyNames } from '../model.ts';
import { type ClusterOption, trenchOf } from '../planner/cluster-options.ts';
import { explainSites, type SiteReason } from '../planner/explain-sites.ts';
import type { RegionPlan } from '../planner/plan-region.ts';
import { priceOf, type RegionTask, worthOf } from '../planner/region-task.ts';
import { type Graph, otherEnd, type SteinerProblem, sumOf, treeOf } from '../planner/steiner-problem.ts';
import { type Built, type PlanInput, type PlannedCluster, paidByProgrammes } from './build-task.ts';
import type { OutcomeSite, OutcomeTrench, PlanOutcome } from './outcome.ts';
import type { NewTechnology } from './price-book.ts';
import { programme } from './programmes.ts';

const pounds = (amount: number): string => `£${Math.round(amount).toLocaleString('en-GB')}`;
const round = (x: number, unit = 1): number => Math.round(x / unit) * unit;

/** What a weighted consultation a year is worth in pounds of the first year, at the price that money has in the plan. */
function poundsForBenefit(task: RegionTask, plan: RegionPlan): number {
  // Where a rule is missed, money has no price but the rule's.
  if (plan.status === 'unmet') return Number.POSITIVE_INFINITY;
  let most = 0;
  for (const year of task.years.keys()) {
    const price = (plan.worthOfPound[year] ?? 0) * priceOf(task, year);
    most = Math.max(most, price > 0 ? worthOf(task, year) / price : Number.POSITIVE_INFINITY);
  }
  return most;
}

interface Served {
  readonly option: ClusterOption;
  readonly year: number;
  readonly edges: readonly number[];
}

/** By position of a site on the trench: its part of each edge, shared equally by all who need it. */
function shares({ cluster }: PlannedCluster, edges: readonly number[]): Map<number, number> {
  const { graph, root, sites } = cluster;
  const at = new Map<number, number[]>();
  for (const e of edges) for (const v of [graph.a[e]!, graph.b[e]!]) at.set(v, [...(at.get(v) ?? []), e]);
  const order: { node: number; up: number }[] = [{ node: root, up: -1 }];
  const seen = new Set([root]);
  for (let i = 0; i < order.length; i++)
    for (const e of at.get(order[i]!.node) ?? []) {
      const node = otherEnd(graph, e, order[i]!.node);
      if (seen.has(node)) continue;
      seen.add(node);
      order.push({ node, up: e });
    }
  const isSite = new Map(sites.map(({ node }, i) => [node, i]));
  const below = new Map<number, number[]>();
  const part = new Map<number, number>();
  for (const { node, up } of order.toReversed()) {
    const own = below.get(node) ?? [];
    const i = isSite.get(node);
    if (i !== undefined) own.push(i);
    if (up < 0) continue;
    for (const site of own) part.set(site, (part.get(site) ?? 0) + graph.cost[up]! / own.length);
    const above = otherEnd(graph, up, node);
    below.set(above, [...(below.get(above) ?? []), ...own]);
  }
  return part;
}

/** Where nothing is known to be held back, there is no prize to weigh. */
const noBenefit = (isIn: boolean): string =>
  isIn
    ? 'Its line holds back hardly any care that is known. Money that is left, a rule, or its neighbours on the trench bring it in.'
    : 'Its line holds back hardly any care that is known, so that a new one would give hardly any back.';

function trenchReason(reason: SiteReason, benefit: number, rate: number): string {
  const earns = Number.isFinite(rate) ? pounds(benefit * rate) : undefined;
  const brings = `${formatNumber(round(benefit))} weighted consultations a year`;
  if (reason.in) {
    const own = `What only this site needs of the trench costs ${pounds(reason.ownCost)}`;
    if (reason.because === 'required') return `Locked in. ${own}.`;
    if (earns === undefined) return `It gives back ${brings}. ${own}.`;
    const elsewhere = `elsewhere in the plan it takes ${earns} to give back as much`;
    return reason.ownCost <= benefit * rate * 1.01
      ? `It gives back ${brings}. ${own}; ${elsewhere}.`
      : `It gives back ${brings}. ${own}, and ${elsewhere}: a rule, or a programme that pays, brings it in.`;
  }
  if (reason.because === 'no way') return 'No road that is known leads to it, and no line of its own pays.';
  const extra = `To add it would cost ${pounds(reason.extraCost)}`;
  if (earns === undefined) return `${extra}, more than is left in any year, or than its group can be given.`;
  if (reason.extraCost > benefit * rate)
    return `${extra}; elsewhere in the plan ${earns} gives back as much (${brings}).`;
  return `${extra}. It would earn that, and does not fit what is left of the budgets.`;
}

const endedEarly = 'The run ended before';

/** Why a line of its own and no trench. */
function insteadOfTrench(reason: SiteReason | undefined, more: number): string {
  if (!reason || reason.in || reason.because === 'no way') return 'No trench leads to it.';
  const cost = pounds(reason.extraCost);
  return more > 0.5
    ? `A trench to it would cost ${cost} for ${formatNumber(round(more))} more.`
    : `A trench to it would cost ${cost} and give back no more.`;
}

/** The outcome of a run. */
export function describePlan(input: PlanInput, built: Built, plan: RegionPlan, seconds: number): PlanOutcome {
  const { parameters } = input;
  const { task, clusters, leftOut, scope } = built;
  const { firstYear } = parameters;
  const rate = poundsForBenefit(task, plan);
  const chosen = new Map(plan.choices.map((choice) => [choice.cluster, choice]));
  const found = new Map<string, Pick<OutcomeSite, 'plan' | 'reason'>>();
  const trenches: OutcomeTrench[] = [];
  for (const [c, planned] of clusters.entries()) {
    const choice = chosen.get(c);
    const option = choice && planned.options[choice.option]!;
    const served: Served | undefined = choice &&
      option && { option, year: choice.year, edges: trenchOf(planned.cluster, option) };
    const dug = served && served.option.trench.length > 0 ? trenchesOf(planned, served, firstYear) : [];
    trenches.push(...dug);
    for (const [site, row] of sitesOf(planned, served, { built, rate, firstYear, dug })) found.set(site, row);
  }
  const years = task.years.map(({ budget }, t) => {
    const served = [...found.values()].flatMap(({ plan: row }) =>
      row && row.year <= firstYear + t ? [row] : [],
    );
    return {
      ...{ year: firstYear + t, budget, spend: plan.spend[t]! },
      sites: served.filter(({ year }) => year === firstYear + t).length,
      onFibre: scope.fibre + served.filter(({ technology }) => isFullFibre(technology)).length,
      onCopper: scope.copper,
    };
  });
  const sites = input.sites.map((site): OutcomeSite => {
    const row = found.get(site.id);
    const out = leftOut.get(site.id);
    const candidate = planCandidates(built).get(site.id);
    return {
      ...{ site: site.id, name: site.name, kind: site.kind, rural: site.rural, assumed: site.assumed },
      ...(site.technology ? { now: site.technology } : {}),
      ...{ benefit: candidate?.benefit ?? 0, held: site.consultations },
      ...(row?.plan ? { plan: row.plan } : {}),
      ...(out ? { leftOut: out } : {}),
      reason: row?.reason ?? outWords[out ?? 'line not known'],
    };
  });
  const copperLeft = (by: number): number =>
    sites.filter(({ now, plan: row }) => now !== undefined && isCopper(now) && !(row && row.year <= by))
      .length;
  const rows = sites.flatMap(({ plan: row }) => (row ? [row] : []));
  return {
    summary: {
      ...{ status: plan.status, benefit: plan.benefit, bound: plan.bound, gap: plan.gap },
      years: years.map((year) => ({ ...year, onCopper: copperLeft(year.year) })),
      ...{ rules: plan.rules, missing: plan.missingMustHaves, sites: sites.length, planned: rows.length },
      rural: sites.filter((site) => site.plan && site.rural).length,
      groups: clusters.length,
      largeGroups: clusters.filter(({ large }) => large).length,
      paidByProgrammes: trenches.reduce((sum, one) => sum + one.paidByProgrammes, 0),
      metres: trenches.reduce((sum, { metres }) => sum + metres, 0),
      assumedLines: sites.filter(({ assumed }) => assumed).length,
      estimated: input.sites.filter(({ estimated, technology }) => estimated && technology !== undefined)
        .length,
      leftOut: Object.fromEntries(
        [...Map.groupBy(leftOut.values(), (why) => why)].map(([why, all]) => [why, all.length]),
      ),
      ...{ seconds, roads: input.roads?.name ?? 'Straight lines' },
    },
    ...{ sites, trenches },
    choices: plan.choices.map(({ cluster, option, year }) => ({
      ...{ cluster: clusters[cluster]!.cluster.id, year },
      sites: clusters[cluster]!.options[option]!.sites.map(({ site, technology }) => `${site} ${technology}`),
    })),
  };
}

const outWords: Readonly<Record<NonNullable<OutcomeSite['leftOut']>, string>> = {
  'full fibre already': 'It is on full fibre already.',
  barred: 'Left out by whoever made this scenario.',
  'no place': 'Its place is not known. Add it to the register.',
  'line not known': 'Its line is not known. Add it to the register.',
};

const known = new WeakMap<Built, ReadonlyMap<string, { readonly benefit: number }>>();

function planCandidates(built: Built): ReadonlyMap<string, { readonly benefit: number }> {
  const made =
    known.get(built) ??
    new Map(built.clusters.flatMap(({ members }) => members.map((one) => [one.site.id, one] as const)));
  known.set(built, made);
  return made;
}

/** The trenches of an option: parts that meet only where the network is today are trenches of their own. */
function trenchesOf(
  planned: PlannedCluster,
  { option, year, edges }: Served,
  firstYear: number,
): OutcomeTrench[] {
  const { cluster, map, members } = planned;
  const { graph, root, id } = cluster;
  const on = members.flatMap(({ site }, i) => (option.trench.includes(site.id) ? [i] : []));
  const whole = sumOf(edges.map((e) => graph.cost[e]!));
  const paid = whole > 0 ? paidByProgrammes(members, on, whole) / whole : 0;
  const parts = partsOf(graph, root, edges);
  const degrees = (x: number): number => Math.round(x * 1e5) / 1e5;
  return parts.map((part, k): OutcomeTrench => {
    const nodes = new Set(part.flatMap((e) => [graph.a[e]!, graph.b[e]!]));
    const courses = part.flatMap((e) => map.course(e) ?? []);
    const cost = sumOf(part.map((e) => graph.cost[e]!));
    return {
      ...{ route: parts.length > 1 ? `${id}.${k + 1}` : id, year: firstYear + year, cost },
      sites: on.filter((i) => nodes.has(cluster.sites[i]!.node)).map((i) => cluster.sites[i]!.id),
      metres: Math.round(courses.reduce((sum, { metres }) => sum + metres, 0)),
      paidByProgrammes: cost * paid,
      lines: courses.map(({ line }) =>
        line.map(({ longitude, latitude }) => [degrees(longitude), degrees(latitude)] as const),
      ),
    };
  });
}

/** Edges of a tree by the part that they are in when its root is taken away. */
function partsOf(graph: Graph, root: number, edges: readonly number[]): number[][] {
  const parent = new Map<number, number>();
  const find = (v: number): number => {
    let x = v;
    while ((parent.get(x) ?? x) !== x) x = parent.get(x)!;
    return x;
  };
  for (const e of edges)
    if (graph.a[e] !== root && graph.b[e] !== root) parent.set(find(graph.a[e]!), find(graph.b[e]!));
  const parts = Map.groupBy(edges, (e) => find(graph.a[e] === root ? graph.b[e]! : graph.a[e]!));
  return [...parts.values()];
}

function sitesOf(
  planned: PlannedCluster,
  served: Served | undefined,
  about: {
    readonly built: Built;
    readonly rate: number;
    readonly firstYear: number;
    readonly dug: readonly OutcomeTrench[];
  },
): [string, Pick<OutcomeSite, 'plan' | 'reason'>][] {
  const { built, rate, firstYear, dug } = about;
  const { cluster, members } = planned;
  if (planned.skipped && !served)
    return cluster.sites.map(({ id }) => [
      id,
      { reason: `${endedEarly} this group of sites was looked at.` },
    ]);
  const { graph, root } = cluster;
  const unit = Number.isFinite(rate) ? rate : 1;
  const prizes = new Float64Array(graph.nodes);
  for (const { node, benefit } of cluster.sites) prizes[node] = benefit * unit;
  const problem: SteinerProblem = { graph, prizes, required: [root] };
  const nodes = new Set([root, ...(served?.edges ?? []).flatMap((e) => [graph.a[e]!, graph.b[e]!])]);
  const tree = treeOf(problem, nodes, served?.edges ?? []);
  const must = new Set([
    root,
    ...cluster.sites.filter(({ id }) => built.required.has(id)).map(({ node }) => node),
  ]);
  const inside = [...must].filter((node) => nodes.has(node));
  const reasons = new Map(
    explainSites({ ...problem, required: inside }, tree).map((reason) => [reason.site, reason]),
  );
  const parts = served ? shares(planned, served.edges) : new Map<number, number>();
  const left = dug[0] && dug[0].cost > 0 ? 1 - dug[0].paidByProgrammes / dug[0].cost : 1;
  const routes = new Map(dug.flatMap(({ route, sites }) => sites.map((site) => [site, route])));
  return cluster.sites.map(({ id, node, benefit }, i) => {
    const technology = served?.option.sites.find(({ site }) => site === id)?.technology as
      | NewTechnology
      | undefined; // the task names no others
    const why = reasons.get(node);
    const isIn = served?.option.sites.some(({ site }) => site === id) ?? false;
    const trenchWords = why && benefit >= 0.5 ? trenchReason(why, benefit, rate) : noBenefit(isIn);
    if (!served || technology === undefined) {
      const cheapest = members[i]!.ownLines.toSorted((x, y) => x.cost - y.cost)[0];
      const own = cheapest
        ? ` ${technologyNames[cheapest.technology]} of its own would cost ${pounds(cheapest.cost)}.`
        : '';
      return [id, { reason: `${trenchWords}${own}`.trim() }];
    }
    const inflation = priceOf(built.task, served.year);
    const supplier = built.suppliers.get(technology);
    const year = firstYear + served.year;
    if (technology === 'fttp') {
      const key = members[i]!.programme;
      const pays = key && left < 1 ? key : undefined;
      return [
        id,
        {
          plan: {
            ...{
              year,
              technology,
              cost: (parts.get(i) ?? 0) * left * inflation,
              route: routes.get(id) ?? cluster.id,
            },
            ...(supplier === undefined ? {} : { supplier }),
            ...(pays ? { programme: pays } : {}),
          },
          reason: `${trenchWords}${pays ? ` ${programme(pays).name} pays toward it.` : ''}`,
        },
      ];
    }
    const line = members[i]!.ownLines.find((one) => one.technology === technology)!; // the option has no others
    const locked = built.required.has(id) ? 'Locked in. ' : '';
    return [
      id,
      {
        plan: {
          year,
          technology,
          cost: line.cost * inflation,
          ...(supplier === undefined ? {} : { supplier }),
        },
        reason:
          benefit < 0.5
            ? `${locked}${noBenefit(true)}`
            : `${locked}A line of its own for ${pounds(line.cost)} gives back ${formatNumber(round(line.benefit))} weighted consultations a year. ${planned.skipped ? `${endedEarly} trenches to it were looked at.` : insteadOfTrench(why, benefit - line.benefit)}`,
      },
    ];
  });
}
