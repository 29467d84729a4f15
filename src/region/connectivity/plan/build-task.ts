/** From sites, ground and a scenario's wishes to the programme that the planner solves. */
import { problem } from '../../../platform/problem.ts';
import { isCopper, isFullFibre } from '../model.ts';
import {
  type Cluster,
  type ClusterOption,
  type ClusterSite,
  hasFewWays,
  type OwnLine,
  optionsOfCluster,
} from '../planner/cluster-options.ts';
import { divideSites } from '../planner/divide-sites.ts';
import type { RegionRule, RegionTask } from '../planner/region-task.ts';
import { benefitOf, relief } from './benefit.ts';
import { type ClusterMap, type Entry, roadGround, straightGround, type TrenchGround } from './cluster-map.ts';
import type { PlanSite } from './plan-sites.ts';
import { cheapest, type NewTechnology, type Prices, pricesWith } from './price-book.ts';
import { type ProgrammeKey, programme, takesSite } from './programmes.ts';
import { type Degrees, middleMeridian, projectionAbout } from './projection.ts';
import type { RoadMap } from './road-map.ts';
import type { ScenarioParameters } from './scenario.ts';

/** Why a site is not planned for at all. */
export type LeftOut = 'full fibre already' | 'barred' | 'no place' | 'line not known';

export interface Candidate {
  readonly site: PlanSite & { readonly at: Degrees };
  /** Weighted consultations a year of a full relief. */
  readonly benefit: number;
  readonly metres: number;
  /** Which programme would pay for its part of a trench. */
  readonly programme: ProgrammeKey | undefined;
  readonly ownLines: readonly (OwnLine & { readonly technology: NewTechnology })[];
  /** Pounds: into the building, connection and rental of a trench's line. */
  readonly entry: number;
}

export interface PlannedCluster {
  readonly cluster: Cluster;
  readonly map: ClusterMap;
  readonly members: readonly Candidate[];
  /** All ways that no other betters; of a large one, those found so far. */
  readonly options: ClusterOption[];
  readonly large: boolean;
  /** The run ended before its ways were looked at: lines of their own alone, and no site that must be in. */
  readonly skipped?: true;
}

export interface Built {
  readonly task: RegionTask;
  readonly clusters: readonly PlannedCluster[];
  readonly leftOut: ReadonlyMap<string, LeftOut>;
  /** Measures that the rules count. */
  readonly counted: readonly string[];
  readonly required: ReadonlySet<string>;
  readonly scope: {
    readonly sites: number;
    readonly fibre: number;
    readonly copper: number;
    readonly ruralWithout: number;
  };
  readonly suppliers: ReadonlyMap<NewTechnology, string | undefined>;
}

export interface PlanInput {
  readonly parameters: ScenarioParameters;
  /** All in the programme, in a fixed order. */
  readonly sites: readonly PlanSite[];
  readonly roads?: RoadMap;
  /** Where fibre can be reached beside the map's own network and sites that are on it. */
  readonly network: readonly Degrees[];
}

export interface BuildOptions {
  readonly stop?: () => boolean;
  readonly progress?: (done: number, total: number) => void;
}

const isReached = (site: PlanSite): boolean => site.technology !== undefined && isFullFibre(site.technology);

/** Pounds of a line of its own, counted as the scenario says: to connect, to dig, and rental above what is paid today. */
function ownLine(
  technology: NewTechnology,
  site: PlanSite,
  metres: number,
  { parameters, prices }: { readonly parameters: ScenarioParameters; readonly prices: Prices },
): number {
  const { factor } = cheapest(parameters.suppliers, technology);
  const callOff = parameters.programmes
    .map(programme)
    .filter(({ technologies, priceFactor }) => priceFactor !== undefined && technologies.includes(technology))
    .reduce((least, { priceFactor = 1 }) => Math.min(least, priceFactor), 1);
  const part = factor * callOff;
  const rental =
    Math.max(0, prices[`${technology}.monthly`] * part - site.monthly) * 12 * parameters.rentalYears;
  const dug =
    technology === 'leased'
      ? Math.max(0, metres * prices['leased.metre'] * part - prices['leased.allowance'])
      : 0;
  return prices[`${technology}.install`] * part + rental + dug;
}

/** Lines that no other betters in cost and benefit. */
function worthwhile<T extends OwnLine>(lines: readonly T[]): T[] {
  return lines.filter(
    (line) =>
      Number.isFinite(line.cost) &&
      !lines.some(
        (other) =>
          other !== line &&
          other.cost <= line.cost &&
          other.benefit >= line.benefit &&
          (other.measures?.['fibre'] ?? 0) >= (line.measures?.['fibre'] ?? 0) &&
          (other.cost < line.cost ||
            other.benefit > line.benefit ||
            lines.indexOf(other) < lines.indexOf(line)),
      ),
  );
}

/** What the rules count of a site that gets a line. */
const measuresOf = (site: PlanSite, technology: NewTechnology): Record<string, number> => ({
  ruralFibre: site.rural && isFullFibre(technology) ? 1 : 0,
  fibre: isFullFibre(technology) ? 1 : 0,
  offCopper: site.technology !== undefined && isCopper(site.technology) ? 1 : 0,
});

export function rulesOf(
  parameters: ScenarioParameters,
  scope: Built['scope'],
  barredCopper: number,
): RegionRule[] {
  const { firstYear, budgets, ruralFloor, fibreTarget, copperBy } = parameters;
  const yearOf = (year: number): number => {
    const by = year - firstYear;
    if (by < 0)
      throw problem('value', `A rule is to be kept by ${year}, and the programme begins in ${firstYear}.`, {
        where: 'rules',
      });
    return Math.min(by, budgets.length - 1);
  };
  const rules: RegionRule[] = [];
  if (fibreTarget) {
    const needed = Math.ceil((fibreTarget.percent / 100) * scope.sites) - scope.fibre;
    rules.push({
      name: `${fibreTarget.percent} % of all sites on full fibre by the end of ${fibreTarget.by}`,
      ...{ kind: 'amount', measure: 'fibre', atLeast: Math.max(0, needed), by: yearOf(fibreTarget.by) },
    });
  }
  if (copperBy !== undefined)
    rules.push({
      name: `No site on copper after ${copperBy}`,
      ...{ kind: 'amount', measure: 'offCopper', atLeast: scope.copper - barredCopper, by: yearOf(copperBy) },
    });
  if (ruralFloor > 0)
    rules.push({
      name: `At least ${ruralFloor} % of the rural sites without it get full fibre`,
      ...{
        kind: 'amount',
        measure: 'ruralFibre',
        atLeast: Math.ceil((ruralFloor / 100) * scope.ruralWithout),
      },
    });
  return rules;
}

/** Candidates: sites that are to be planned for, with what each line would cost and bring. */
function candidatesOf(
  { parameters, sites }: PlanInput,
  ground: TrenchGround,
  prices: Prices,
): { candidates: Candidate[]; leftOut: Map<string, LeftOut> } {
  const { technologies, weights, rentalYears } = parameters;
  const barred = new Set(parameters.bar);
  const outOfReach = new Set(parameters.noMobile);
  const leftOut = new Map<string, LeftOut>();
  const candidates: Candidate[] = [];
  const { factor } = cheapest(parameters.suppliers, 'fttp');
  const payers = parameters.programmes.map(programme).filter(({ paysASite }) => paysASite !== undefined);
  for (const site of sites) {
    const { id, at, technology, rural, kind } = site;
    if (isReached(site)) leftOut.set(id, 'full fibre already');
    else if (barred.has(id)) leftOut.set(id, 'barred');
    else if (!at) leftOut.set(id, 'no place');
    else if (technology === undefined) leftOut.set(id, 'line not known');
    else {
      const metres = ground.metresToNetwork(at);
      const benefit = benefitOf(site, weights);
      const own = technologies
        .filter((one) => one !== 'fttp' && one !== technology && !(one === 'mobile' && outOfReach.has(id)))
        .map((one) => ({
          technology: one,
          cost: ownLine(one, site, metres, { parameters, prices }),
          benefit: benefit * relief[one],
          measures: measuresOf(site, one),
        }));
      const about = { kind, rural, copper: isCopper(technology), metres };
      const paying = payers
        .filter((one) => takesSite(one, about))
        .toSorted((x, y) => (y.paysASite ?? 0) - (x.paysASite ?? 0));
      const rental = Math.max(0, prices['fttp.monthly'] * factor - site.monthly) * 12 * rentalYears;
      candidates.push({
        ...{ site: { ...site, at }, benefit, metres, programme: paying[0]?.key },
        ownLines: worthwhile(own),
        entry: prices['fttp.install'] * factor + rental,
      });
    }
  }
  return { candidates, leftOut };
}

/** Pounds that programmes pay of trenches of some cost to some candidates. Anchor tenants need each other. */
export function paidByProgrammes(
  members: readonly Candidate[],
  trench: readonly number[],
  cost: number,
): number {
  const paid = new Map<ProgrammeKey, number>();
  for (const i of trench) {
    const key = members[i]!.programme;
    if (key) paid.set(key, (paid.get(key) ?? 0) + 1);
  }
  let pounds = 0;
  for (const [key, count] of paid) {
    const { paysASite = 0, paysAtMost = 1, fewestTogether = 1 } = programme(key);
    if (trench.length >= fewestTogether)
      pounds += Math.min(paysASite * count, (paysAtMost * cost * count) / trench.length);
  }
  return pounds;
}

/** What a programme pays for one site at most. */
export const mostPaidFor = ({ programme: key }: Candidate): number =>
  key ? (programme(key).paysASite ?? 0) : 0;

/** What part of a trench a programme pays for one site at most. */
export const mostPartPaidFor = ({ programme: key }: Candidate): number =>
  key ? (programme(key).paysAtMost ?? 1) : 0;

/** The ground, the groups of sites that may share a trench, every way to serve each, and the rules. */
export async function buildTask(input: PlanInput, options: BuildOptions = {}): Promise<Built> {
  const { stop = () => false, progress } = options;
  const { parameters, roads, sites } = input;
  const prices = pricesWith(parameters.prices);
  const fibre = cheapest(parameters.suppliers, 'fttp').factor;
  const ground = {
    carriageway: prices['ground.carriageway'] * fibre,
    footway: prices['ground.footway'] * fibre,
    verge: prices['ground.verge'] * fibre,
    duct: prices['ground.duct'] * fibre,
  };
  const network = [
    ...input.network,
    ...sites.flatMap((site) => (site.at && isReached(site) ? [site.at] : [])),
  ];
  const needs = { prices: ground, network, detour: parameters.detour };
  const land = roads ? roadGround(roads, needs) : straightGround(needs);
  const { candidates, leftOut } = candidatesOf(input, land, prices);

  const copper = sites.filter(({ technology }) => technology !== undefined && isCopper(technology));
  const scope = {
    ...{ sites: sites.length, fibre: sites.filter(isReached).length, copper: copper.length },
    ruralWithout: candidates.filter(({ site }) => site.rural).length,
  };
  const barredCopper = copper.filter(({ id }) => leftOut.has(id)).length;
  const rules = rulesOf(parameters, scope, barredCopper);
  const counted = [...new Set(rules.map(({ measure }) => measure))];
  const known = new Set(candidates.map(({ site }) => site.id));
  const last = parameters.budgets.length - 1;
  const mustHaves = parameters.lock
    .filter(({ site }) => known.has(site))
    .map(({ site, by }) => ({
      site,
      by: by === undefined ? last : Math.min(last, Math.max(0, by - parameters.firstYear)),
    }));
  const required = new Set(mustHaves.map(({ site }) => site));

  const project = projectionAbout(middleMeridian(candidates.map(({ site }) => site.at)));
  const groups = divideSites(
    candidates.map(({ site }) => project(site.at)),
    { most: parameters.mostTogether, farthest: parameters.farthest },
  );
  const trenches = parameters.technologies.includes('fttp');
  const clusters: PlannedCluster[] = [];
  for (const [g, group] of groups.entries()) {
    progress?.(g, groups.length);
    // What waits gets its turn.
    if (g % 8 === 0) await new Promise((next) => setImmediate(next));
    const members = group.map((i) => candidates[i]!);
    if (stop() && !members.some(({ site }) => required.has(site.id))) {
      // Kept as one too large to try, so that the bound counts all that it could bring.
      const rest = clusterOf(`trench ${g + 1}`, members, land, false);
      clusters.push({ ...rest, members, options: [], large: true, skipped: true });
      continue;
    }
    const planned = clusterOf(`trench ${g + 1}`, members, land, trenches);
    const large = !hasFewWays(planned.cluster);
    const ways = large ? [] : optionsOfCluster(planned.cluster, counted, required);
    clusters.push({ ...planned, members, options: ways, large });
  }
  progress?.(groups.length, groups.length);
  const { budgets, inflation, carryOver } = parameters;
  return {
    task: {
      years: budgets.map((budget, t) => ({ budget, price: (1 + inflation / 100) ** t })),
      ...{ carryOver, rules, mustHaves },
      clusters: clusters.map(({ cluster, options: ways }) => ({ id: cluster.id, options: ways })),
    },
    ...{ clusters, leftOut, counted, required, scope },
    suppliers: new Map(
      parameters.technologies.map((one) => [one, cheapest(parameters.suppliers, one).supplier]),
    ),
  };
}

function clusterOf(
  id: string,
  members: readonly Candidate[],
  land: TrenchGround,
  trenches: boolean,
): Pick<PlannedCluster, 'cluster' | 'map'> {
  const entries = members.map(({ site, entry }): Entry => ({ at: site.at, entry }));
  const rural = 2 * members.filter(({ site }) => site.rural).length > members.length;
  // Where no trench is wanted, none leads anywhere.
  const map = trenches ? land.cluster(entries, rural) : noTrenches(members.length);
  return {
    map,
    cluster: {
      ...{ id, graph: map.graph, root: map.root, technology: 'fttp' },
      sites: members.map(
        ({ site, benefit, ownLines }, node): ClusterSite => ({
          ...{ id: site.id, node, benefit, ownLines },
          measures: measuresOf(site, 'fttp'),
        }),
      ),
      paidByOthers: (trench, cost) => paidByProgrammes(members, trench, cost),
    },
  };
}

function noTrenches(sites: number): ClusterMap {
  const none = new Int32Array(0);
  return {
    graph: {
      ...{ nodes: sites + 1, a: none, b: none, cost: new Float64Array(0), at: none },
      first: new Int32Array(sites + 2),
    },
    root: sites,
    course: () => undefined,
  };
}
