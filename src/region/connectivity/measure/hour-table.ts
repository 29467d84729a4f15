/**
 * The table of percentiles by hour of the week: what `Readings.weeks` is answered from. A site's rows are computed anew from its
 * readings when new ones came in, and each day, so that what is older than eight weeks leaves them.
 */
import type { Sql, Transaction } from '../../../platform/database.ts';
import type { LineWeek, Measure, Spread } from '../model.ts';
import { hoursOfWeek } from './hour-of-week.ts';
import { measures, type WideSpread, type WideWeek } from './spreads.ts';

export interface HourTable {
  /** Of moments near to when the table was computed; of others, and of sites never measured, none. */
  readonly weeks: (
    at: number,
    near: number,
    sites?: readonly string[],
    hour?: number,
  ) => Promise<ReadonlyMap<string, LineWeek>>;
  /** With quartiles. */
  readonly usual: (
    sites: readonly string[],
  ) => Promise<ReadonlyMap<string, Partial<Record<Measure, WideSpread>>>>;
  /** Those of these sites whose newest readings it does not know. */
  readonly unsettled: (sites: readonly string[]) => Promise<readonly string[]>;
  readonly write: (sql: Sql | Transaction, week: WideWeek, until: number) => Promise<void>;
}

const width = 6;
const whole = -1;

interface Row {
  readonly site: string;
  readonly hour: number;
  readonly figures: readonly (number | null)[];
}

export function openHourTable(pool: Sql): HourTable {
  return {
    async weeks(at, near, sites, hour) {
      const among = sites === undefined ? pool`` : pool`and site = any(${[...sites]}::text[])`;
      const states = await pool<{ site: string; last: string | null }[]>`
        select site, last from line_week where until between ${at - near} and ${at + near} ${among}`;
      const hours = new Map<string, (Partial<Record<Measure, Spread>> | undefined)[]>();
      const all = new Map<string, Partial<Record<Measure, Spread>>>();
      const rows = await pool<Row[]>`
        select site, hour, figures from line_hour
        where ${hour === undefined ? pool`true` : pool`hour in (-1, ${hour})`} ${among}`;
      for (const { site, hour, figures } of rows) {
        if (hour === whole) all.set(site, spreadsIn(figures));
        else {
          let list = hours.get(site);
          if (!list) {
            list = new Array(hoursOfWeek).fill(undefined);
            hours.set(site, list);
          }
          list[hour] = spreadsIn(figures);
        }
      }
      const none: undefined[] = new Array(hoursOfWeek).fill(undefined);
      return new Map(
        states.map(({ site, last }) => [
          site,
          {
            ...{ site, all: all.get(site) ?? {}, hours: hours.get(site) ?? none },
            last: last === null ? undefined : Number(last),
          },
        ]),
      );
    },
    async usual(sites) {
      const rows = await pool<Row[]>`
        select site, hour, figures from line_hour where hour = ${whole} and site = any(${[...sites]}::text[])`;
      return new Map(rows.map(({ site, figures }) => [site, spreadsIn(figures)]));
    },
    async unsettled(sites) {
      const rows = await pool<{ site: string }[]>`
        select site from line_unsettled where site = any(${[...sites]}::text[])`;
      return rows.map(({ site }) => site);
    },
    async write(sql, week, until) {
      const { site, all, hours, last } = week;
      const rows: [number, string][] = [[whole, figuresOf(all)]];
      for (const [hour, spreads] of hours.entries()) if (spreads) rows.push([hour, figuresOf(spreads)]);
      await sql`delete from line_hour where site = ${site}`;
      if (last !== undefined)
        await sql`
          insert into line_hour (site, hour, figures)
          select ${site}, hour, figures::real[] from unnest(${rows.map(([hour]) => hour)}::int2[],
            ${rows.map(([, figures]) => figures)}::text[]) h(hour, figures)`;
      await sql`
        insert into line_week (site, until, last) values (${site}, ${until}, ${last ?? null})
        on conflict (site) do update set until = excluded.until, last = excluded.last`;
    },
  };
}

/** As an array of the database, which driver and server read the same. */
function figuresOf(spreads: Partial<Record<Measure, Spread>>): string {
  const figures = measures.flatMap((measure) => {
    const spread = spreads[measure];
    if (!spread) return new Array<string>(width).fill('NULL');
    const { lower, upper } = spread as Partial<WideSpread>; // hours are told without
    return [spread.count, spread.best, spread.median, spread.poor, lower ?? 'NULL', upper ?? 'NULL'];
  });
  return `{${figures.join(',')}}`;
}

function spreadsIn(figures: readonly (number | null)[]): Partial<Record<Measure, WideSpread>> {
  const spreads: Partial<Record<Measure, WideSpread>> = {};
  for (const [i, measure] of measures.entries()) {
    const at = i * width;
    const count = figures[at];
    if (typeof count !== 'number' || Number.isNaN(count)) continue; // the driver reads NULL in arrays as NaN
    spreads[measure] = {
      ...{ count, best: figures[at + 1] ?? 0, median: figures[at + 2] ?? 0, poor: figures[at + 3] ?? 0 },
      ...{ lower: figures[at + 4] ?? 0, upper: figures[at + 5] ?? 0 },
    };
  }
  return spreads;
}
