/** Signs of life of probes: when a site was reached, when its probe ran without a line, and when nothing is known. */
import type { Database } from '../../../platform/database.ts';
import type { LifeSpan } from './life-span.ts';
import { type Away, awayTimes, silentMs } from './silences.ts';

export interface LineLife {
  /** A probe was heard now. */
  readonly beat: (site: string, by: string, at: number) => Promise<void>;
  readonly add: (spans: readonly LifeSpan[]) => Promise<void>;
  /** Spans that touch a time, oldest first. */
  readonly of: (site: string, from: number, until: number) => Promise<readonly LifeSpan[]>;
  /** Of sites that were heard after a moment, by probes that still may: when last. */
  readonly lastHeard: (after: number) => Promise<ReadonlyMap<string, number>>;
  /** The server was here now: while it was away it heard nobody. */
  readonly here: (at: number) => Promise<void>;
  /** When it was away. */
  readonly away: (from: number, until: number) => Promise<readonly Away[]>;
}

/** As whose signs of life the server keeps its own. */
const own = { site: '', by: 'server' } as const;

export function openLife({ pool }: Pick<Database, 'pool'>): LineLife {
  const life: LineLife = {
    async beat(site, by, at) {
      const rows = await pool`
        update line_life set ended = greatest(ended, ${at}) where (site, by, kind, started) in (
          select site, by, kind, started from line_life where site = ${site} and by = ${by} and kind = 'up'
          and ended >= ${at - silentMs} order by ended desc limit 1) returning 1`;
      if (rows.length > 0) return;
      await pool`
        insert into line_life (site, by, kind, started, ended) values (${site}, ${by}, 'up', ${at}, ${at})
        on conflict do nothing`;
    },
    async add(spans) {
      for (let at = 0; at < spans.length; at += 5000) {
        const part = spans.slice(at, at + 5000);
        const column = <T>(value: (span: LifeSpan) => T): T[] => part.map(value);
        await pool`
          insert into line_life (site, by, kind, started, ended)
          select * from unnest(${column((s) => s.site)}::text[], ${column((s) => s.by)}::text[],
            ${column((s) => s.kind)}::text[], ${column((s) => s.started)}::int8[],
            ${column((s) => s.ended)}::int8[])
          on conflict (site, by, kind, started) do update set ended = greatest(line_life.ended, excluded.ended)`;
      }
    },
    async of(site, from, until) {
      const rows = await pool<{ by: string; kind: 'up' | 'cut'; started: string; ended: string }[]>`
        select by, kind, started, ended from line_life
        where site = ${site} and ended >= ${from} and started <= ${until} order by started`;
      return rows.map(({ by, kind, started, ended }) => ({
        ...{ site, by, kind, started: Number(started), ended: Number(ended) },
      }));
    },
    async lastHeard(after) {
      const rows = await pool<{ site: string; last: string }[]>`
        select site, max(ended) as last from line_life l where kind = 'up' and ended >= ${after} and site <> ''
        and not exists (select from line_token t where t.id::text = l.by and t.revoked is not null)
        group by site`;
      return new Map(rows.map(({ site, last }) => [site, Number(last)]));
    },
    here: (at) => life.beat(own.site, own.by, at),
    away: async (from, until) => awayTimes(await life.of(own.site, from, until), until),
  };
  return life;
}
