/** The lines of the demonstration region as a whole: sites, providers, circuits, and two years of tests and signs of life. */
import { seededRandom } from '../../platform/random.ts';
import type { Region } from '../model.ts';
import { interruptionsOf } from './interruptions.ts';
import { type LinePlan, linePlans, lineProviders } from './line-plans.ts';
import { readingsOf } from './line-readings.ts';
import { lineSites } from './line-sites.ts';
import type { DemoCircuit, DemoLife, DemoLines, DemoSite } from './model.ts';

const day = 86_400_000;
/** How far back tests go. */
const measuredDays = 730;
/** Chemists and care homes had their probes later. */
const laterDays = 420;

export interface LinesAsked {
  /** Nothing after: ms since 1970 UTC. */
  readonly until: number;
  /** A few tests in place of many, save at those sites that have a story: for a region made quickly. */
  readonly few?: boolean;
}

/** Everything follows from the region’s seed and day. */
export function demoLines(region: Region, { until, few = false }: LinesAsked): DemoLines {
  const random = seededRandom(`${region.seed}/lines`);
  const sites = lineSites(region);
  const circuits = sites.flatMap((site) => circuitsOf(site, region.now));
  const bySite = Map.groupBy(circuits, ({ site }) => site);
  const end = Math.min(until, region.now + day);
  const from = region.now - measuredDays * day;
  const interruptions = interruptionsOf(sites, bySite, {
    ...{ now: region.now, from, until: region.now, random: random.fork('interruptions') },
  });
  const measured = sites.filter(({ id }) => bySite.has(id));
  const since = ({ kind }: DemoSite) =>
    kind === 'pharmacy' || kind === 'care-home' ? region.now - laterDays * day : from;
  return {
    ...{ sites, providers: lineProviders, circuits },
    *readings() {
      for (const site of measured) {
        const often =
          few && !told.includes(site.id) ? { hourly: 0.2, daily: 0.3 } : { hourly: 0.9, daily: 1.5 };
        yield* readingsOf({
          ...{ site, circuits: bySite.get(site.id) ?? [], interruptions: interruptions.get(site.id) ?? [] },
          ...{ now: region.now, from: since(site), until: end, often, random: random.fork(site.id) },
        });
      }
    },
    life: measured.flatMap((site) => {
      const spans: DemoLife[] = [];
      let [started] = [since(site)];
      const by = `probe ${site.id}`;
      for (const one of interruptions.get(site.id) ?? []) {
        if (one.started <= started || one.started >= end) continue;
        const ended = Math.min(one.ended, end);
        spans.push({ site: site.id, by, kind: 'up', started, ended: one.started });
        spans.push({ site: site.id, by, kind: 'cut', started: one.started, ended });
        started = ended;
      }
      if (started < end) spans.push({ site: site.id, by, kind: 'up', started, ended: end });
      return spans;
    }),
  };
}

/** Sites with a story, measured often in any region. */
const told = ['demo-hilltop', 'demo-harbour', 'demo-infirmary', 'demo-alder-house-practice'];

const routers: Readonly<Record<LinePlan['technology'], string>> = {
  adsl: 'Sandline Hub 4, ADSL',
  fttc: 'Merle 2860, VDSL',
  fttp: 'Merle 3910, Ethernet',
  leased: 'Corvid NTE 200, managed',
  mobile: 'Gannet B535',
  satellite: 'Skylark ground terminal',
};

function circuitsOf({ id, exchange }: DemoSite, now: number): readonly DemoCircuit[] {
  const plan = linePlans[id];
  if (!plan) return [];
  const on = (days: number) => new Date(now - days * day).toISOString().slice(0, 10);
  const short = id.replace(/^demo-/, '');
  const circuit = (name: string, role: DemoCircuit['role'], one: LinePlan): DemoCircuit => {
    const years = one.technology === 'leased' || one.technology === 'fttp' ? 3 : 1;
    // Contracts of a year roll on: the term ends at the next anniversary.
    const left = years * 365 - (one.age % (years * 365));
    const inAir = one.technology === 'mobile' || one.technology === 'satellite';
    return {
      ...{
        id: `demo-line-${short}-${name}`,
        reference: `${referenceOf(one.provider)}${numberOf(`${id} ${name}`)}`,
      },
      ...{ site: id, provider: one.provider, technology: one.technology, role },
      ...{ state: one.ended === undefined ? 'live' : 'ceased', sold: one.sold },
      ...(one.guaranteed ? { guaranteed: one.guaranteed } : {}),
      ...{ contract: years === 3 ? 'Three years, framework call-off' : 'Yearly, renews by itself' },
      ...{ monthly: one.monthly, installed: on(one.age) },
      termEnds: one.ended === undefined ? on(-left) : on(one.ended),
      ...(one.ended === undefined ? {} : { ceased: on(one.ended) }),
      router: routers[one.technology],
      ...(one.metered === undefined ? {} : { metered: one.metered }),
      route: inAir ? 'By air' : role === 'backup' ? `${exchange}, second duct` : `${exchange}, first duct`,
      terminations: [
        { side: 'A', place: inAir ? referencePlace(one.technology) : `${exchange} exchange` },
        { side: 'Z', place: inAir ? 'Roof' : 'Communications cupboard' },
      ],
    };
  };
  return [
    circuit('main', 'main', plan.main),
    ...(plan.before
      ? [circuit('old', 'main', { ...plan.before, age: plan.before.age + (plan.before.ended ?? 0) })]
      : []),
    ...(plan.backup ? [circuit('backup', 'backup', plan.backup)] : []),
  ];
}

const referencePlace = (technology: LinePlan['technology']): string =>
  technology === 'mobile' ? 'Nearest mast' : 'Ground station';

const referenceOf = (provider: string): string => provider.replace('demo-', '').slice(0, 2).toUpperCase();

/** Six figures that are the same each time. */
const numberOf = (text: string): string => String(seededRandom(text).whole(100_000, 999_999));
