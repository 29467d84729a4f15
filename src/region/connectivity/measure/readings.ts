/** The store of readings: added once each, never changed, and told by hour of the week. */
import type { Clock } from '../../../platform/clock.ts';
import { type Database, inTransaction } from '../../../platform/database.ts';
import type { Fault } from '../../../platform/problem.ts';
import type { LineWeek, Measure, Reading, Readings, Register } from '../model.ts';
import { openHourTable, shortly } from './hour-table.ts';
import { faultsOf, insertNew, type ReadingRow, readingOf, refuse } from './reading-rows.ts';
import { backMs, isOutlier, measures, spreadOf, type WideSpread, weekOf } from './spreads.ts';

export interface ReadingStore extends Readings {
  /**
   * Many readings of the past, in any order: written in batches, with no incidents looked for on the way. Percentiles know
   * them after the next `settle`; `rescan` of the incidents finds what happened. 100,000 take a few seconds.
   */
  readonly addHistory: (
    readings: Iterable<Reading> | AsyncIterable<Reading>,
  ) => Promise<{ readonly added: number; readonly known: number }>;
  /** All readings of some sites, each from a time of its own on, oldest first. */
  readonly sinceEach: (from: ReadonlyMap<string, number>) => Promise<ReadonlyMap<string, readonly Reading[]>>;
  /** Tells those who asked by `whenAdded` again: the percentiles of these sites have followed. */
  readonly tellSettled: (sites: readonly string[]) => void;
  /** Bytes that tests moved over a site's lines from a time on. */
  readonly bytesSince: (site: string, from: number) => Promise<number>;
}

export interface ReadingNeeds {
  readonly database: Pick<Database, 'pool' | 'batch'>;
  readonly clock: Clock;
  readonly register: Pick<Register, 'sites'>;
}

/** Rows of one statement: more make it no faster. */
const batchRows = 2000;
/** Statements at once: the next is made ready while the database works on the last. */
const writers = 2;
/** Up to here, percentiles of sites that have just been measured are computed when asked; beyond, they are those of the table. */
const freshSites = 50;
/** The table's percentiles stand for moments this near to when they were computed. */
const near = 36 * 3_600_000;

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface Waiting {
  readonly readings: readonly Reading[];
  readonly live: boolean;
  readonly done: (counts: { readonly added: number; readonly known: number }) => void;
  readonly failed: (error: unknown) => void;
}

export function openReadings({ database, clock, register }: ReadingNeeds): ReadingStore {
  const { pool } = database;
  const table = openHourTable(pool);
  const knownSites = new Set<string>();
  const listeners: ((sites: readonly string[]) => void)[] = [];
  const waiting: Waiting[] = [];
  let writing = 0;

  /** Sites are never removed, so one that was known once stays known. */
  const refuseUnknown = async (readings: readonly Reading[]): Promise<void> => {
    const asked = [...new Set(readings.map(({ site }) => site))].filter((site) => !knownSites.has(site));
    if (asked.length === 0) return;
    for (const { id } of await register.sites({ ids: asked, closed: true })) knownSites.add(id);
    const faults = readings.flatMap(({ site }, index): Fault[] =>
      knownSites.has(site)
        ? []
        : [
            {
              ...{ kind: 'not-found' as const, severity: 'error' as const },
              message: `There is no site "${site.slice(0, 100)}" in the register of lines. Add it there first.`,
              where: `readings[${index}].site`,
            },
          ],
    );
    refuse(faults);
  };

  /** Flags what lies far outside the usual of its site: by the table, else by what came with it. */
  const flagged = async (readings: readonly Reading[]): Promise<Reading[]> => {
    const sites = [...new Set(readings.map(({ site }) => site))];
    const usual = await table.usual(sites);
    const together = new Map<string, Partial<Record<Measure, WideSpread>>>();
    for (const site of sites) {
      const own = usual.get(site);
      if (own) together.set(site, own);
    }
    if (together.size < sites.length) {
      const lists = new Map<string, Reading[]>();
      for (const reading of readings) {
        if (together.has(reading.site)) continue;
        const list = lists.get(reading.site);
        if (list) list.push(reading);
        else lists.set(reading.site, [reading]);
      }
      for (const [site, list] of lists)
        together.set(
          site,
          Object.fromEntries(
            measures.map((measure) => [
              measure,
              spreadOf(
                measure,
                list.flatMap((r) => r[measure] ?? []),
              ),
            ]),
          ),
        );
    }
    return readings.map((reading) => {
      if (reading.flags.includes('outlier')) return reading;
      const spreads = together.get(reading.site);
      const far = measures.some((measure) => {
        const value = reading[measure];
        return value !== undefined && isOutlier(measure, value, spreads?.[measure]);
      });
      return far ? { ...reading, flags: [...reading.flags, 'outlier'] } : reading;
    });
  };

  const write = async (calls: readonly Waiting[]): Promise<void> => {
    // In one order, so that no two writers wait for each other.
    const readings = (await flagged(calls.flatMap((call) => call.readings))).sort(
      (a, b) => compare(a.site, b.site) || compare(a.id, b.id),
    );
    const live = new Set(
      calls.flatMap((call) => (call.live ? call.readings.map((r) => `${r.site} ${r.id}`) : [])),
    );
    const added = await inTransaction(
      database,
      async (sql) => {
        const found = await insertNew(sql, readings);
        const since = new Map<string, number | null>();
        for (const { site, id, started } of readings) {
          if (!found.has(`${site} ${id}`)) continue;
          const before = since.get(site);
          if (!live.has(`${site} ${id}`)) since.set(site, before ?? null);
          else since.set(site, before === undefined || before === null ? started : Math.min(before, started));
        }
        const marked = [...since].sort(([a], [b]) => compare(a, b));
        if (marked.length > 0)
          await sql`
          insert into line_unsettled as u (site, since, marked)
          select site, since, ${clock.now()} from unnest(${marked.map(([site]) => site)}::text[],
            ${marked.map(([, from]) => from)}::int8[]) m(site, since)
          on conflict (site) do update set since = least(u.since, excluded.since), version = u.version + 1`;
        return found;
      },
      { on: database.batch },
    );
    const left = new Set(added);
    const sites = new Set<string>();
    for (const call of calls) {
      let own = 0;
      for (const { site, id } of call.readings) {
        if (!left.delete(`${site} ${id}`)) continue;
        own += 1;
        sites.add(site);
      }
      call.done({ added: own, known: call.readings.length - own });
    }
    if (sites.size > 0) for (const told of listeners) told([...sites]);
  };

  /** Calls that come while a statement is under way go together into the next: many probes cost little more than one. */
  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const calls: Waiting[] = [];
      for (let rows = 0; waiting.length > 0 && rows < batchRows; rows += calls.at(-1)!.readings.length)
        calls.push(waiting.shift()!);
      await write(calls).catch((error: unknown) => {
        for (const call of calls) call.failed(error);
      });
    }
    writing -= 1;
  };
  const put = (readings: readonly Reading[], live: boolean) =>
    new Promise<{ readonly added: number; readonly known: number }>((done, failed) => {
      waiting.push({ readings, live, done, failed });
      if (writing >= writers) return;
      writing += 1;
      void drain();
    });
  const take = async (readings: readonly Reading[], live: boolean) => {
    refuse(readings.flatMap((reading, index) => faultsOf(reading, `readings[${index}]`)));
    await refuseUnknown(readings);
    const counts = { added: 0, known: 0 };
    for (let at = 0; at < readings.length; at += batchRows) {
      const { added, known } = await put(readings.slice(at, at + batchRows), live);
      counts.added += added;
      counts.known += known;
    }
    return counts;
  };

  const store: ReadingStore = {
    add: (readings) => take(readings, true),
    async addHistory(readings) {
      const counts = { added: 0, known: 0 };
      let batch: Reading[] = [];
      const flush = async () => {
        const { added, known } = await take(batch, false);
        counts.added += added;
        counts.known += known;
        batch = [];
      };
      for await (const reading of readings) {
        batch.push(reading);
        if (batch.length >= batchRows) await flush();
      }
      await flush();
      return counts;
    },
    async of(site, { from = 0, until = Number.MAX_SAFE_INTEGER, most = 1000 }) {
      const rows = await pool<ReadingRow[]>`
        select * from line_reading where site = ${site} and started >= ${from} and started < ${until}
        order by started desc, id limit ${most}`;
      return rows.map(readingOf);
    },
    async sinceEach(from) {
      const rows = await pool<ReadingRow[]>`
        select r.* from unnest(${[...from.keys()]}::text[], ${[...from.values()]}::int8[]) s(site, since)
        join line_reading r on r.site = s.site and r.started >= s.since
        order by r.site, r.started, r.id`;
      return Map.groupBy(rows.map(readingOf), ({ site }) => site);
    },
    async bytesSince(site, from) {
      const [row] = await pool<{ bytes: string }[]>`
        select coalesce(sum(bytes), 0) as bytes from line_reading where site = ${site} and started >= ${from}`;
      return Number(row?.bytes ?? 0);
    },
    async weeks(at, sites, { hour } = {}) {
      const weeks = await table.weeks(at, near, sites, hour);
      const wanted = sites ?? [];
      if (wanted.length === 0 || wanted.length > freshSites) return weeks;
      const stale = new Set(await table.unsettled(wanted));
      const fresh = new Map<string, LineWeek>(weeks);
      for (const site of wanted) {
        if (weeks.has(site) && !stale.has(site)) continue;
        const rows = await store.of(site, { from: at - backMs, until: at + 1, most: 100_000 });
        if (rows.length > 0) fresh.set(site, weekOf(site, rows));
        else fresh.delete(site);
      }
      return fresh;
    },
    async poorWeeks(at, sites) {
      if (sites.length > freshSites) return table.poorWeeks(at, near, sites);
      const weeks = await store.weeks(at, sites);
      return new Map([...weeks].map(([site, week]) => [site, shortly(week)]));
    },
    tellSettled: (sites) => {
      for (const told of listeners) told(sites);
    },
    whenAdded: (told) => {
      listeners.push(told);
    },
  };
  return store;
}
