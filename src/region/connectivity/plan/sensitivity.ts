/** How much a plan hangs on what was assumed: each price and weight, and the budget, a fifth up and a fifth down. */
import type { RegionChoice } from '../planner/region-task.ts';
import { type Built, buildTask, type PlanInput } from './build-task.ts';
import { solveBuilt } from './plan-programme.ts';
import { type PriceKey, pricesWith } from './price-book.ts';
import type { ScenarioParameters } from './scenario.ts';

export interface Sensitivity {
  readonly key: string;
  readonly name: string;
  readonly low: Effect;
  readonly high: Effect;
}

export interface Effect {
  /** Benefit of the plan that is then best, counted with the scenario's own weights. */
  readonly benefit: number;
  /** Sites that come in, go out or get another line. */
  readonly changed: number;
}

type Changed = (parameters: ScenarioParameters, times: number) => ScenarioParameters;

const prices =
  (...keys: readonly PriceKey[]): Changed =>
  (parameters, times) => {
    const all = pricesWith(parameters.prices);
    const changed = Object.fromEntries(keys.map((key) => [key, all[key] * times]));
    return { ...parameters, prices: { ...parameters.prices, ...changed } };
  };

const weight =
  (key: keyof ScenarioParameters['weights']): Changed =>
  (parameters, times) => ({
    ...parameters,
    weights: {
      ...parameters.weights,
      [key]: Math.min(key === 'deprivation' ? 1 : Number.POSITIVE_INFINITY, parameters.weights[key] * times),
    },
  });

const factors: readonly { readonly key: string; readonly name: string; readonly change: Changed }[] = [
  {
    ...{ key: 'budget', name: 'Budgets' },
    change: (parameters, times) => ({ ...parameters, budgets: parameters.budgets.map((b) => b * times) }),
  },
  {
    ...{ key: 'ground', name: 'Trenches, on any ground' },
    change: prices('ground.carriageway', 'ground.footway', 'ground.verge', 'ground.duct'),
  },
  { key: 'fttp', name: 'Full fibre: connection and rental', change: prices('fttp.install', 'fttp.monthly') },
  {
    ...{ key: 'leased', name: 'Leased lines' },
    change: prices('leased.install', 'leased.monthly', 'leased.metre'),
  },
  { key: 'mobile', name: '4G or 5G', change: prices('mobile.install', 'mobile.monthly') },
  { key: 'satellite', name: 'Satellite', change: prices('satellite.install', 'satellite.monthly') },
  { key: 'patients', name: 'Weight of patients', change: weight('patients') },
  { key: 'deprivation', name: 'Weight of deprivation', change: weight('deprivation') },
  { key: 'rurality', name: 'Weight of rurality', change: weight('rurality') },
];

interface Served {
  readonly benefit: number;
  /** `site technology` */
  readonly sites: ReadonlySet<string>;
}

/** Most effect first. */
export async function sensitivityOf(
  input: PlanInput,
  { stop = () => false, progress }: { stop?: () => boolean; progress?: (done: number) => void } = {},
): Promise<Sensitivity[]> {
  const gap = Math.max(0.005, input.parameters.gap / 100);
  const base = await buildTask(input, { stop });
  const own = ownBenefits(base);
  const serve = async (built: Built): Promise<Served> => {
    const plan = await solveBuilt(built, { gap, stop });
    return servedBy(built, plan.choices, own);
  };
  const plain = await serve(base);
  const rows: Sensitivity[] = [];
  for (const [i, { key, name, change }] of factors.entries()) {
    if (stop()) break;
    const effect = async (times: number): Promise<Effect> => {
      const { benefit, sites } = await serve(
        await buildTask({ ...input, parameters: change(input.parameters, times) }, { stop }),
      );
      const all = new Set([...plain.sites, ...sites]);
      const differs = [...all].filter((line) => plain.sites.has(line) !== sites.has(line));
      const changed = new Set(differs.map((line) => line.slice(0, line.lastIndexOf(' ')))).size;
      return { benefit, changed };
    };
    rows.push({ key, name, low: await effect(0.8), high: await effect(1.2) });
    progress?.((i + 1) / factors.length);
  }
  const reach = ({ low, high }: Sensitivity): number => Math.abs(high.benefit - low.benefit);
  return rows.sort((x, y) => reach(y) - reach(x));
}

/** Benefit a year by site and technology, with the scenario's own weights. */
function ownBenefits({ clusters }: Built): ReadonlyMap<string, number> {
  return new Map(
    clusters.flatMap(({ cluster, members }) =>
      members.flatMap(({ site, benefit, ownLines }) => [
        [`${site.id} ${cluster.technology}`, benefit] as const,
        ...ownLines.map((line) => [`${site.id} ${line.technology}`, line.benefit] as const),
      ]),
    ),
  );
}

function servedBy(built: Built, choices: readonly RegionChoice[], own: ReadonlyMap<string, number>): Served {
  let benefit = 0;
  const sites = new Set<string>();
  for (const { cluster, option, year } of choices)
    for (const { site, technology } of built.clusters[cluster]!.options[option]!.sites) {
      sites.add(`${site} ${technology}`);
      benefit += (own.get(`${site} ${technology}`) ?? 0) * (built.task.years.length - year);
    }
  return { benefit, sites };
}
