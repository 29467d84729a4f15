/** Incidents as they are kept: what went wrong with a line, who knows of it, and what they wrote. */
import type { Database, Sql, Transaction } from '../../../platform/database.ts';
import type { NewId } from '../../../platform/ids.ts';
import { problem } from '../../../platform/problem.ts';
import type { Incident } from '../model.ts';

/** As the pages show it. */
export interface KeptIncident extends Incident {
  /** What got worse; empty for an outage. */
  readonly measure: string;
  /** What was usual when it began. */
  readonly usual: number | undefined;
  readonly acknowledged: { readonly at: number; readonly by: string } | undefined;
}

export interface IncidentNote {
  readonly at: number;
  readonly by: string;
  readonly text: string;
}

/** What a look through the readings says; `site`, `measure` and `started` name it for good. */
export interface FoundIncident {
  readonly kind: Incident['kind'];
  readonly site: string;
  readonly measure: string;
  readonly started: number;
  readonly ended: number | undefined;
  readonly told: string;
  readonly usual?: number;
}

export interface IncidentStore {
  readonly list: (asked: {
    readonly open?: boolean;
    readonly sites?: readonly string[];
    /** Still open then, or begun later. */
    readonly from?: number;
    readonly most?: number;
  }) => Promise<readonly KeptIncident[]>;
  readonly get: (id: string) => Promise<KeptIncident | undefined>;
  readonly notes: (id: string) => Promise<readonly IncidentNote[]>;
  /** Somebody knows of it. With a note; `key` makes it harmless twice. Throws 404. */
  readonly acknowledge: (
    id: string,
    by: { readonly name: string; readonly note: string; readonly key: string; readonly at: number },
  ) => Promise<void>;
  /**
   * Makes what is kept of one kind of a site agree with what was found from a moment on: opens, closes, and takes back what late
   * readings disprove unless somebody has acknowledged it. Answers how many were new.
   */
  readonly agree: (
    sql: Sql | Transaction,
    site: string,
    kind: Incident['kind'],
    from: number,
    found: readonly FoundIncident[],
    /** ms since 1970 UTC where nobody need be told. */
    alerted: number | undefined,
  ) => Promise<number>;
  readonly share: (causes: ReadonlyMap<string, string>, among: readonly string[]) => Promise<void>;
  /** Those that nobody was told of; oldest first. */
  readonly untold: () => Promise<readonly KeptIncident[]>;
  readonly toldOf: (ids: readonly string[], at: number) => Promise<void>;
}

interface Row {
  readonly id: string;
  readonly kind: Incident['kind'];
  readonly site: string;
  readonly measure: string;
  readonly started: string;
  readonly ended: string | null;
  readonly told: string;
  readonly usual: number | null;
  readonly shared: string | null;
  readonly note: string | null;
  readonly acknowledged: string | null;
  readonly by_name: string | null;
}

const numberOf = (text: string | null): number | undefined => (text === null ? undefined : Number(text));

const kept = (row: Row): KeptIncident => ({
  ...{ id: row.id, kind: row.kind, site: row.site, measure: row.measure, told: row.told },
  ...{ started: Number(row.started), ended: numberOf(row.ended), usual: row.usual ?? undefined },
  ...{ shared: row.shared ?? undefined, note: row.note ?? undefined },
  acknowledged:
    row.acknowledged === null ? undefined : { at: Number(row.acknowledged), by: row.by_name ?? '' },
});

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

export function openIncidentStore({ pool }: Pick<Database, 'pool'>, newId: NewId): IncidentStore {
  const store: IncidentStore = {
    async list({ open = false, sites, from, most = 500 }) {
      const rows = await pool<Row[]>`
        select * from line_incident where true
        ${open ? pool`and ended is null` : pool``}
        ${sites ? pool`and site = any(${[...sites]}::text[])` : pool``}
        ${from === undefined ? pool`` : pool`and (ended is null or ended >= ${from})`}
        order by started desc, id desc limit ${most}`;
      return rows.map(kept);
    },
    async get(id) {
      if (!isUuid(id)) return undefined;
      const [row] = await pool<Row[]>`select * from line_incident where id = ${id}`;
      return row && kept(row);
    },
    async notes(id) {
      const rows = await pool<{ at: string; by_name: string; text: string }[]>`
        select at, by_name, text from line_incident_note where incident = ${id} order by at, id`;
      return rows.map(({ at, by_name, text }) => ({ at: Number(at), by: by_name, text }));
    },
    async acknowledge(id, { name, note, key, at }) {
      if (!isUuid(id)) throw problem('not-found', 'There is no such incident.');
      await pool.begin(async (sql) => {
        const rows = await sql`
          update line_incident set acknowledged = coalesce(acknowledged, ${at}), by_name = coalesce(by_name, ${name}),
            note = ${note === '' ? sql`note` : note}
          where id = ${id} returning 1`;
        if (rows.length === 0) throw problem('not-found', 'There is no such incident.');
        if (note === '') return;
        await sql`
          insert into line_incident_note (id, incident, at, by_name, text) values (${key}, ${id}, ${at}, ${name}, ${note})
          on conflict do nothing`;
      });
    },
    async agree(sql, site, kind, from, found, alerted) {
      // What was disproved goes, unless somebody has taken it up: then it ends where it began.
      const starts = found.map(({ measure, started }) => `${measure} ${started}`);
      await sql`
        delete from line_incident where site = ${site} and kind = ${kind} and started >= ${from}
        and acknowledged is null and measure || ' ' || started <> all(${starts}::text[])`;
      await sql`
        update line_incident set ended = started where site = ${site} and kind = ${kind} and started >= ${from}
        and ended is null and measure || ' ' || started <> all(${starts}::text[])`;
      let fresh = 0;
      for (const one of found) {
        const rows = await sql<{ fresh: boolean }[]>`
          insert into line_incident (id, kind, site, measure, started, ended, told, usual, alerted)
          values (${newId()}, ${kind}, ${site}, ${one.measure}, ${one.started}, ${one.ended ?? null}, ${one.told},
            ${one.usual ?? null}, ${alerted ?? null})
          on conflict (site, measure, started) do update set ended = excluded.ended, told = excluded.told
          returning xmax = 0 as fresh`;
        if (rows[0]?.fresh) fresh += 1;
      }
      return fresh;
    },
    async share(causes, among) {
      const ids = [...among];
      await pool`
        update line_incident i set shared = n.shared
        from unnest(${ids}::uuid[], ${ids.map((id) => causes.get(id) ?? null)}::text[]) n(id, shared)
        where i.id = n.id and i.shared is distinct from n.shared`;
    },
    async untold() {
      const rows = await pool<Row[]>`
        select * from line_incident where alerted is null order by started, id limit 500`;
      return rows.map(kept);
    },
    async toldOf(ids, at) {
      await pool`update line_incident set alerted = ${at} where id = any(${[...ids]}::uuid[]) and alerted is null`;
    },
  };
  return store;
}
