/** When lines of the demonstration were down: some alone, some with others of their exchange or provider. */
import type { Random } from '../../platform/random.ts';
import type { DemoCircuit, DemoSite } from './model.ts';

export interface Interruption {
  readonly site: string;
  readonly started: number;
  readonly ended: number;
}

const hour = 3_600_000;
const day = 24 * hour;

/** Of many sites at once: days before the region’s day, hour of that day (UTC), and for how many hours. */
const shared: readonly {
  readonly exchange?: string;
  readonly provider?: string;
  readonly days: number;
  readonly at: number;
  readonly hours: number;
}[] = [
  { exchange: 'Skelness', days: 247, at: 4.5, hours: 39 }, // a flooded duct
  { exchange: 'Hill End', days: 281, at: 15, hours: 52 }, // a pole down in a gale
  { exchange: 'Port Marrin', days: 96, at: 9.4, hours: 7 },
  { exchange: 'Sandmouth Riverside', days: 33, at: 13.2, hours: 4.5 },
  { provider: 'demo-sandline', days: 383, at: 10, hours: 3.2 },
  { provider: 'demo-oldmill', days: 158, at: 8.6, hours: 5.6 },
  { provider: 'demo-gannet', days: 61, at: 11.5, hours: 2.4 },
];

/** Faults a year that a line has by itself, by technology. */
const faultsAYear = { adsl: 1.4, fttc: 0.8, fttp: 0.25, leased: 0.12, mobile: 1.6, satellite: 1.8 } as const;

/** The line of one chemist has been down since the evening before the region’s day. */
const stillDown = { site: 'demo-promenade-chemist', at: -6.3 };

/** By site, oldest first. `now`: noon of the region’s day; until: nothing after. */
export function interruptionsOf(
  sites: readonly DemoSite[],
  circuits: ReadonlyMap<string, readonly DemoCircuit[]>,
  {
    now,
    from,
    until,
    random,
  }: { readonly now: number; readonly from: number; readonly until: number; readonly random: Random },
): ReadonlyMap<string, readonly Interruption[]> {
  const midnight = now - 12 * hour;
  return new Map(
    sites.map(({ id, exchange }) => {
      const own = circuits.get(id) ?? [];
      const draw = random.fork(id);
      const lineAt = (at: number) =>
        own.find(
          ({ role, installed, ceased }) =>
            role === 'main' &&
            Date.parse(installed) <= at &&
            (ceased === undefined || Date.parse(ceased) > at),
        );
      const found: Interruption[] = [];
      const add = (started: number, hours: number) =>
        found.push({ site: id, started, ended: started + Math.round(hours * hour) });
      for (const one of shared) {
        const started = midnight - one.days * day + Math.round(one.at * hour);
        const line = lineAt(started);
        if (!line) continue;
        // Fibre that others own, and mobile masts, do not hang on the exchange.
        const hangs = line.technology === 'adsl' || line.technology === 'fttc';
        if ((one.exchange === exchange && hangs) || one.provider === line.provider) add(started, one.hours);
      }
      for (let at = from + draw.between(0, 120) * day; at < until - day; at += draw.between(20, 60) * day) {
        const line = lineAt(at);
        if (line && draw.chance((faultsAYear[line.technology] * 40) / 365))
          add(
            Math.round(at),
            draw.weighted([
              [draw.between(0.6, 4), 6],
              [draw.between(4, 30), 3],
            ] as const),
          );
      }
      if (id === stillDown.site)
        found.push({ site: id, started: midnight + stillDown.at * hour, ended: Number.POSITIVE_INFINITY });
      const sorted = found.filter((one) => one.started < until).toSorted((a, b) => a.started - b.started);
      return [id, sorted];
    }),
  );
}
