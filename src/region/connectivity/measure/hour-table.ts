/**
 * The table of percentiles by hour of the week: what `Readings.weeks` is answered from. A site's rows are computed anew from its
 * readings when new ones came in, and each day, so that what is older than eight weeks leaves them.
 */
import type { Sql, Transaction } from '../../../platform/database.ts';
import type { LineWeek, Measure, PoorWeek, Spread } from '../model.ts';
import { hoursOfWeek } from './hour-of-week.ts';
import { packWeek, unpackWeek } from './packed-week.ts';
import { measures, type WideSpread, type WideWeek } from './spreads.ts';

export interface HourTable {
  /** Of moments near to when the table was computed; of others, and of sites never measured, none. */
  readonly weeks: (
    at: number,
    near: number,
    sites?: readonly string[],
    hour?: number,
  ) => Promise<ReadonlyMap<string, LineWeek>>;
  readonly poorWeeks: (
    at: number,
    near: number,
    sites: readonly string[],
  ) => Promise<ReadonlyMap<string, PoorWeek>>;
  /** With quartiles. */
  readonly usual: (
    sites: readonly string[],
  ) => Promise<ReadonlyMap<string, Partial<Record<Measure, WideSpread>>>>;
  /** Those of these sites whose newest readings it does not know. */
  readonly unsettled: (sites: readonly string[]) => Promise<readonly string[]>;
  /** Those of some sites, in a transaction. Two may write the same site at once: the later stays. */
  readonly write: (sql: Sql | Transaction, weeks: readonly WideWeek[], until: number) => Promise<void>;
}

const width = 6;
const whole = -1;

interface Row {
  readonly site: string;
  readonly hour: number;
  readonly figures: readonly (number | null)[];
}

export function openHourTable(pool: Sql): HourTable {
  const table: HourTable = {
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
    async poorWeeks(at, near, sites) {
      const rows = await pool<{ site: string; last: string | null; packed: Uint8Array | null }[]>`
        select site, last, packed from line_week
        where until between ${at - near} and ${at + near} and site = any(${[...sites]}::text[])`;
      const found = new Map<string, PoorWeek>();
      const others: string[] = [];
      for (const { site, last, packed } of rows) {
        const told = packed && unpackWeek(packed);
        if (told) found.set(site, { site, last: last === null ? undefined : Number(last), told });
        else others.push(site);
      }
      if (others.length > 0)
        for (const [site, week] of await table.weeks(at, near, others)) found.set(site, shortly(week));
      return found;
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
    async write(sql, weeks, until) {
      const own = weeks.toSorted((a, b) => compare(a.site, b.site)); // in one order: no two writers wait for each other
      // First what is one row a site: who writes the same site at the same time waits here, and then finds what is written.
      await sql`
        insert into line_week (site, until, last, packed)
        select site, ${until}::int8, last, decode(packed, 'base64')
        from unnest(${own.map(({ site }) => site)}::text[], ${own.map(({ last }) => last ?? null)}::int8[],
          ${own.map((week) => Buffer.from(packWeek(week)).toString('base64'))}::text[]) w(site, last, packed)
        on conflict (site) do update set until = excluded.until, last = excluded.last, packed = excluded.packed`;
      const rows = own.flatMap(({ site, all, hours, last }) =>
        last === undefined
          ? []
          : [
              [site, whole, figuresOf(all)] as const,
              ...hours.flatMap((spreads, hour) =>
                spreads ? [[site, hour, figuresOf(spreads)] as const] : [],
              ),
            ],
      );
      const [sites, hours] = [rows.map(([site]) => site), rows.map(([, hour]) => hour)];
      await sql`
        delete from line_hour h where site = any(${own.map(({ site }) => site)}::text[]) and not exists (
          select from unnest(${sites}::text[], ${hours}::int2[]) n(site, hour)
          where n.site = h.site and n.hour = h.hour)`;
      // One new reading changes one hour: the others stay as they are.
      await sql`
        insert into line_hour as h (site, hour, figures)
        select site, hour, figures::real[] from unnest(${sites}::text[], ${hours}::int2[],
          ${rows.map(([, , figures]) => figures)}::text[]) n(site, hour, figures)
        on conflict (site, hour) do update set figures = excluded.figures where h.figures <> excluded.figures`;
    },
  };
  return table;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The short form of a whole one. */
export function shortly({ site, last, all, hours }: LineWeek): PoorWeek {
  return { site, last, told: (measure, hour) => (hour === undefined ? all : hours[hour])?.[measure] };
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
