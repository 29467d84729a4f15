/**
 * What follows from new readings and signs of life: percentiles, incidents, what they share. One process at a time does it, each
 * half minute; it goes on where another was cut short, because what is unsettled is marked with the readings themselves.
 */
import type { Clock } from '../../../platform/clock.ts';
import type { Database } from '../../../platform/database.ts';
import { formatMoment } from '../../../web/dates.ts';
import type { Register } from '../model.ts';
import { findDegradations, tellDegradation, type Watched, watched } from './degradation.ts';
import { openHourTable } from './hour-table.ts';
import type { FoundIncident, IncidentStore } from './incident-store.ts';
import type { LineLife } from './life.ts';
import type { ReadingStore } from './readings.ts';
import { type SiteTies, sharedCauses } from './shared-causes.ts';
import { silences, silentMs } from './silences.ts';
import { backMs, weekOf } from './spreads.ts';

export interface SettleNeeds {
  readonly database: Pick<Database, 'pool' | 'batch'>;
  readonly clock: Clock;
  readonly register: Pick<Register, 'sites' | 'circuits' | 'providers'>;
  readonly readings: ReadingStore;
  readonly life: LineLife;
  readonly incidents: IncidentStore;
}

export interface Settling {
  /** Does all that waits. Answers how many incidents were new. Nothing where another process is at it. */
  readonly run: () => Promise<number>;
  /** As if all readings and signs of life from a moment on had just come in. Nobody is told of what is found. */
  readonly rescan: (from: number) => Promise<void>;
  /** Looks anew at the signs of life of a site, from a moment on: they came late. */
  readonly lookAtLife: (site: string, from: number, alert: boolean) => Promise<number>;
}

interface Unsettled {
  readonly site: string;
  /** Incidents are looked for from here. Undefined: not at all. */
  readonly since: number | undefined;
  readonly version: string;
}

const numberOf = (text: string | null): number | undefined => (text === null ? undefined : Number(text));

const day = 24 * 3_600_000;
const sitesAtOnce = 200;
/** Settled in one transaction: their readings are held in memory together. */
const sitesTogether = 20;
/** How long a site that was never heard again is looked for. */
const lookedFor = 14 * day;
const lockKey = 7_105_022;

export function openSettling(needs: SettleNeeds): Settling {
  const { database, clock, register, readings, life, incidents } = needs;
  const { pool } = database;
  const table = openHourTable(pool);

  /** Some sites in one transaction. */
  const settleSome = async (some: readonly Unsettled[], alert: boolean): Promise<number> => {
    const now = clock.now();
    const lists = await readings.sinceEach(
      new Map(some.map(({ site, since }) => [site, Math.min(since ?? now, now) - backMs - day])),
    );
    const weeks = some.map(({ site }) =>
      weekOf(
        site,
        (lists.get(site) ?? []).filter(({ started }) => started >= now - backMs && started <= now),
      ),
    );
    const looked = some.flatMap(({ site, since }) => (since === undefined ? [] : [{ site, since }]));
    const before = Map.groupBy(
      await incidents.list({
        ...{ sites: looked.map(({ site }) => site), most: 100_000 },
        from: Math.min(...looked.map(({ since }) => since), now),
      }),
      ({ site }) => site,
    );
    return database.batch.begin(async (sql) => {
      await table.write(sql, weeks, now);
      let fresh = 0;
      for (const { site, since } of looked) {
        const own = (before.get(site) ?? []).filter(({ kind }) => kind === 'degradation');
        const open = own.flatMap(({ measure, started, ended, usual }) =>
          started < since && (ended ?? since) >= since && isWatched(measure) && usual !== undefined
            ? [{ measure, started, usual }]
            : [],
        );
        const found = findDegradations(lists.get(site) ?? [], since, open).map(
          (one): FoundIncident => ({
            ...{ kind: 'degradation', site, measure: one.measure, started: one.started, ended: one.ended },
            ...{ told: tellDegradation(one), usual: one.usual },
          }),
        );
        if (found.length === 0 && own.length === 0) continue;
        fresh += await incidents.agree(sql, site, 'degradation', since, found, alert ? undefined : now);
      }
      await sql`
        delete from line_unsettled u using unnest(${some.map(({ site }) => site)}::text[],
          ${some.map(({ version }) => version)}::int8[]) s(site, version)
        where u.site = s.site and u.version = s.version`;
      return fresh;
    });
  };

  const settleReadings = async (alert: boolean): Promise<number> => {
    // What is older than eight weeks leaves the percentiles once a day.
    await pool`
      insert into line_unsettled (site, since, marked)
      select site, null, ${clock.now()} from line_week where until < ${clock.now() - day} order by until limit 1000
      on conflict do nothing`;
    let fresh = 0;
    for (;;) {
      const rows = await pool<{ site: string; since: string | null; version: string }[]>`
        select site, since, version from line_unsettled order by marked, site limit ${sitesAtOnce}`;
      for (let from = 0; from < rows.length; from += sitesTogether)
        fresh += await settleSome(
          rows
            .slice(from, from + sitesTogether)
            .map(({ site, since, version }) => ({ site, version, since: numberOf(since) })),
          alert,
        );
      if (rows.length > 0) readings.tellSettled(rows.map(({ site }) => site));
      if (rows.length < sitesAtOnce) return fresh;
    }
  };

  const lookAtLife = async (site: string, from: number, alert: boolean): Promise<number> => {
    const now = clock.now();
    const start = from - 2 * silentMs;
    const spans = await life.of(site, start, now);
    const found = silences(spans, now, await life.away(start, now))
      .filter(({ started }) => started >= start)
      .map(
        ({ started, ended, sure }): FoundIncident => ({
          ...{ kind: 'outage', site, measure: '', started, ended },
          told: tellOutage(started, ended, sure),
        }),
      );
    const alerted = alert ? undefined : now;
    return pool.begin((sql) => incidents.agree(sql, site, 'outage', start, found, alerted));
  };

  /** Sites that fell silent, and those that are heard again. */
  const watchLife = async (): Promise<number> => {
    const now = clock.now();
    const heard = await life.lastHeard(now - lookedFor);
    const open = new Set(
      (await incidents.list({ open: true, most: 10_000 })).flatMap((one) =>
        one.kind === 'outage' ? [`${one.site} ${one.started}`] : [],
      ),
    );
    const closed = new Set(
      (await register.sites({ closed: true })).flatMap((site) => (site.closed ? [site.id] : [])),
    );
    let fresh = 0;
    for (const [site, last] of heard) {
      const isSilent = now - last > silentMs && !closed.has(site);
      if (isSilent ? !open.has(`${site} ${last}`) : [...open].some((one) => one.startsWith(`${site} `)))
        fresh += await lookAtLife(site, oldestOpen(open, site) ?? last, true);
    }
    return fresh;
  };

  const join = async (from: number): Promise<void> => {
    const list = await incidents.list({ from, most: 20_000 });
    if (list.length === 0) return;
    const ties = await tiesOf([...new Set(list.map(({ site }) => site))], register);
    await incidents.share(
      sharedCauses(list, (site) => ties.get(site)),
      list.map(({ id }) => id),
    );
  };

  const alone = (work: () => Promise<number>): Promise<number> =>
    database.batch.begin(async (sql) => {
      const [row] = await sql<{ got: boolean }[]>`select pg_try_advisory_xact_lock(${lockKey}) as got`;
      return row?.got ? work() : 0;
    });

  /** The same, once nobody else is at it. */
  const afterOthers = (work: () => Promise<void>): Promise<void> =>
    database.batch.begin(async (sql) => {
      await sql`select pg_advisory_xact_lock(${lockKey})`;
      await work();
    });

  return {
    run: () =>
      alone(async () => {
        await life.here(clock.now());
        const fresh = (await settleReadings(true)) + (await watchLife());
        await join(clock.now() - 2 * day);
        return fresh;
      }),
    rescan: (from) =>
      afterOthers(async () => {
        const now = clock.now();
        const sites = (await register.sites({ closed: true })).map(({ id }) => id);
        await pool`
        insert into line_unsettled (site, since, marked)
        select site, ${from}, ${now} from unnest(${sites}::text[]) s(site)
        where exists (select from line_reading r where r.site = s.site)
        on conflict (site) do update set since = least(line_unsettled.since, excluded.since),
          version = line_unsettled.version + 1`;
        await settleReadings(false);
        const alive = await pool<{ site: string; first: string }[]>`
        select site, min(started) as first from line_life where ended >= ${from} group by site`;
        for (const { site, first } of alive) await lookAtLife(site, Math.max(from, Number(first)), false);
        await join(from);
      }),
    lookAtLife,
  };
}

const isWatched = (measure: string): measure is Watched => (watched as readonly string[]).includes(measure);

const oldestOpen = (open: ReadonlySet<string>, site: string): number | undefined => {
  const starts = [...open].flatMap((one) =>
    one.startsWith(`${site} `) ? [Number(one.slice(site.length + 1))] : [],
  );
  return starts.length > 0 ? Math.min(...starts) : undefined;
};

function tellOutage(started: number, ended: number | undefined, sure: boolean): string {
  if (ended === undefined) return `Not heard since ${formatMoment(started)}`;
  return sure
    ? `The line was down for ${lengthWords(ended - started)}`
    : `Not heard for ${lengthWords(ended - started)}: the line was down, or its probe was off`;
}

export function lengthWords(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  const words = (n: number, unit: string) => `${n} ${unit}${n === 1 ? '' : 's'}`;
  if (minutes < 120) return words(minutes, 'minute');
  if (minutes < 48 * 60) return words(Math.round(minutes / 60), 'hour');
  return words(Math.round(minutes / 60 / 24), 'day');
}

export async function tiesOf(
  sites: readonly string[],
  register: Pick<Register, 'sites' | 'circuits' | 'providers'>,
): Promise<ReadonlyMap<string, SiteTies>> {
  const [known, circuits, providers] = await Promise.all([
    register.sites({ ids: sites, closed: true }),
    register.circuits(sites),
    register.providers(),
  ]);
  const names = new Map(providers.map(({ id, name }) => [id, name]));
  return new Map(
    known.map(({ id, exchange }) => [
      id,
      {
        exchange,
        providers: [
          ...new Set(
            circuits.flatMap(({ site, role, state, provider }) =>
              site === id && role === 'main' && state === 'live' ? [names.get(provider) ?? provider] : [],
            ),
          ),
        ],
      },
    ]),
  );
}
