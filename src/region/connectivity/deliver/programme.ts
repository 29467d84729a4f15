/** The programme as it stands: computed anew from the register, the orders and the plan each time it is asked. */
import { addDays, localMoment, startOfDay } from '../../../web/dates.ts';
import { type Circuit, type HeldBack, type Incident, isFullFibre, type LineSite } from '../model.ts';
import type { PlannedSite } from '../plan/index.ts';
import { type Benefit, benefitOf } from './benefit.ts';
import { type Forecast, forecast, type Pending, pastDurations, pendingOf } from './forecast.ts';
import {
  byIcs,
  byKind,
  classesNow,
  type LineClass,
  type Standing,
  sharesOn,
  standingOf,
  standings,
  stillNeeded,
} from './milestones.ts';
import { isOpen, type Order, type WorkStage } from './order.ts';
import { spendingOf, type YearSpending } from './spending.ts';
import type { DeliveryParts } from './who.ts';

/** A share of sites that is to be on full fibre by a day. */
export interface Target {
  /** 0 to 1. */
  readonly share: number;
  readonly day: string | undefined;
  /** Who set the day. */
  readonly source: string;
}

/** The public promises: 70 % of organisations first, then every site. */
export const programmeShares: readonly number[] = [0.7, 1];

export interface Milestone extends Target {
  /** Further sites until it is reached. */
  readonly needed: number;
  readonly p10: number | undefined;
  readonly p50: number | undefined;
  readonly p90: number | undefined;
  /** Of all runs in which what is ordered and planned reaches it, 0 to 1. */
  readonly reaches: number;
}

export interface Programme {
  readonly at: number;
  readonly sites: readonly LineSite[];
  readonly circuits: readonly Circuit[];
  readonly classes: ReadonlyMap<string, LineClass>;
  readonly whole: Standing;
  readonly kinds: readonly Standing[];
  readonly systems: readonly Standing[];
  readonly orders: readonly Order[];
  readonly plan: { readonly id: string; readonly name: string } | undefined;
  /** In the plan, not on full fibre, and not ordered yet. */
  readonly notOrdered: readonly PlannedSite[];
  readonly spending: readonly YearSpending[];
  readonly milestones: readonly Milestone[];
  readonly forecast: Forecast;
  /** Share on full fibre by month in the two years past. */
  readonly past: readonly { readonly at: number; readonly share: number }[];
  /** By quarter in the years to come. */
  readonly ahead: readonly {
    readonly at: number;
    readonly p10: number;
    readonly p50: number;
    readonly p90: number;
  }[];
  readonly benefit: Benefit;
}

type ProgrammeNeeds = Pick<DeliveryParts, 'register' | 'orders' | 'plans' | 'clock' | 'database'>;

const quartersAhead = 12;
const monthsBack = 24;

export async function programmeOf(needs: ProgrammeNeeds): Promise<Programme> {
  const { register, orders: store, plans, clock } = needs;
  const at = clock.now();
  const [sites, circuits, orders, agreed, set] = await Promise.all([
    register.sites(),
    register.circuits(),
    store.all(),
    plans.agreed(),
    targetsSet(needs),
  ]);
  const classes = classesNow(sites, circuits);
  const whole = standingOf('All sites', sites, classes);
  const open = orders.filter(isOpen);
  const counts = (site: string) => classes.has(site) && classes.get(site) !== 'fibre';
  const ordered = new Set(open.filter(({ role }) => role === 'main').map(({ site }) => site));
  const notOrdered = (agreed?.sites ?? []).filter(
    ({ site }) => !ordered.has(site) && classes.has(site) && classes.get(site) !== 'fibre',
  );
  const pending: Pending[] = [
    ...open.map((order) =>
      pendingOf(
        order as Order & { state: WorkStage }, // open ones are in a stage of work
        at,
        order.role === 'main' && isFullFibre(order.technology) && counts(order.site),
      ),
    ),
    ...plannedStarts(notOrdered, at),
  ];
  const moments = quarterEnds(at);
  const shares = [...new Set([...programmeShares, ...set.map(({ share }) => share)])].sort((a, b) => a - b);
  const targets = shares.map((share) => targetOf(share, set, agreed?.budgets.map(({ year }) => year) ?? []));
  const told = forecast({
    past: pastDurations(orders),
    ...{ pending, now: at, moments, needed: targets.map(({ share }) => stillNeeded(whole, share)) },
    // Of the day and of what is known: the page says the same until something changes.
    seed: `lines ${localMoment(at).key}`,
  });
  const days = monthStarts(at);
  return {
    ...{ at, sites, circuits, classes, whole, orders, forecast: told, notOrdered },
    kinds: standings(sites, classes, byKind),
    systems: standings(sites, classes, byIcs),
    plan: agreed && { id: agreed.id, name: agreed.name },
    spending: spendingOf(orders, agreed?.budgets ?? [], notOrdered),
    milestones: targets.map((target, i) => {
      const reached = told.reached[i];
      const { p10, p50, p90 } = reached ?? { p10: undefined, p50: undefined, p90: undefined };
      return { ...target, needed: reached?.needed ?? 0, p10, p50, p90, reaches: reached?.share ?? 0 };
    }),
    past: sharesOn(days, sites, circuits).map((share, i) => ({ at: startOfDay(days[i] ?? ''), share })),
    ahead: told.counted.map(({ at: then, p10, p50, p90 }) => {
      const share = (count: number) => (whole.sites > 0 ? (whole.fibre + count) / whole.sites : 0);
      return { at: then, p10: share(p10), p50: share(p50), p90: share(p90) };
    }),
    benefit: benefitOf(orders),
  };
}

/** The sites of a year begin one after the other, evenly over what is left of it. */
function plannedStarts(planned: readonly PlannedSite[], now: number): readonly Pending[] {
  return [...Map.groupBy(planned, ({ year }) => year)].flatMap(([year, own]) => {
    const from = Math.max(now, startOfDay(`${year}-01-01`));
    const until = Math.max(from, startOfDay(`${year + 1}-01-01`));
    return own.map(
      ({ site, technology }, i): Pending => ({
        ...{ id: `plan ${site}`, stage: 'survey', spent: 0 },
        begins: from + ((i + 0.5) / own.length) * (until - from),
        counts: isFullFibre(technology),
      }),
    );
  });
}

interface SetTarget {
  readonly share: number;
  readonly day: string;
  readonly by: string;
}

const targetsSet = async ({ database }: ProgrammeNeeds): Promise<readonly SetTarget[]> => {
  const rows = await database.pool<{ share: number; day: string; by_name: string }[]>`
    select distinct on (share) share, day, by_name from line_target order by share, at desc`;
  return rows.map(({ share, day, by_name }) => ({ share: share / 100, day, by: by_name }));
};

/** The day that someone set; else what the years of the plan come to. */
function targetOf(share: number, set: readonly SetTarget[], years: readonly number[]): Target {
  const own = set.find((one) => one.share === share);
  if (own) return { share, day: own.day, source: `Set by ${own.by}` };
  const last = years.toSorted((a, b) => a - b).at(share === 1 ? -1 : Math.floor((years.length - 1) / 2));
  return last === undefined
    ? { share, day: undefined, source: 'No day is set' }
    : { share, day: `${last}-12-31`, source: 'From the years of the plan' };
}

/** The first days of the months of the past, and today. */
const monthStarts = (now: number): readonly string[] => {
  const { year, month, key } = localMoment(now);
  const starts = Array.from({ length: monthsBack }, (_, i) =>
    new Date(Date.UTC(year, month - monthsBack + i, 1)).toISOString().slice(0, 10),
  );
  return [...starts, key].filter((day, i, all) => day !== all[i - 1]);
};

const quarterEnds = (now: number): readonly number[] => {
  const { year, month } = localMoment(now);
  const quarter = Math.floor((month - 1) / 3);
  return Array.from({ length: quartersAhead }, (_, i) => {
    const end = new Date(Date.UTC(year, (quarter + 1 + i) * 3, 1)).toISOString().slice(0, 10);
    return startOfDay(addDays(end, 0)) - 1;
  });
};

export interface Worst {
  readonly site: LineSite;
  readonly held: HeldBack;
}

/** Lines that hold back the most consultations. */
export async function worstLines(
  { capability }: Pick<DeliveryParts, 'capability'>,
  sites: readonly LineSite[],
  most: number,
): Promise<readonly Worst[]> {
  const held = await capability.heldBack(sites.map(({ id }) => id));
  return sites
    .flatMap((site) => {
      const own = held.get(site.id);
      return own?.consultations !== undefined && own.consultations > 0 ? [{ site, held: own }] : [];
    })
    .sort((a, b) => (b.held.consultations ?? 0) - (a.held.consultations ?? 0))
    .slice(0, most);
}

export const openIncidents = ({
  incidents,
}: Pick<DeliveryParts, 'incidents'>): Promise<readonly Incident[]> => incidents.open();
