/** Signs of life of probes: when a site was reached, when its probe ran without a line, and when nothing is known. */
import type { Database } from '../../../platform/database.ts';
import type { LifeSpan } from './life-span.ts';

/** Heard each minute; silent for longer than this, a line counts as cut or its probe as off. */
export const silentMs = 4 * 60_000;

export interface LineLife {
  /** A probe was heard now. */
  readonly beat: (site: string, by: string, at: number) => Promise<void>;
  readonly add: (spans: readonly LifeSpan[]) => Promise<void>;
  /** Spans that touch a time, oldest first. */
  readonly of: (site: string, from: number, until: number) => Promise<readonly LifeSpan[]>;
  /** Of sites that were heard after a moment, by probes that still may: when last. */
  readonly lastHeard: (after: number) => Promise<ReadonlyMap<string, number>>;
}

export function openLife({ pool }: Pick<Database, 'pool'>): LineLife {
  return {
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
        where site = ${site} and ended >= ${from} and started < ${until} order by started`;
      return rows.map(({ by, kind, started, ended }) => ({
        ...{ site, by, kind, started: Number(started), ended: Number(ended) },
      }));
    },
    async lastHeard(after) {
      const rows = await pool<{ site: string; last: string }[]>`
        select site, max(ended) as last from line_life l where kind = 'up' and ended >= ${after}
        and not exists (select from line_token t where t.id::text = l.by and t.revoked is not null)
        group by site`;
      return new Map(rows.map(({ site, last }) => [site, Number(last)]));
    },
  };
}

export interface Silence {
  readonly started: number;
  readonly ended: number | undefined;
  /** Whether its probe told later that it ran all the while: then it was the line. */
  readonly sure: boolean;
}

/**
 * When a site was not heard between signs of life, of any of its probes, and whether that was its line. Pure. The time before the
 * first sign tells nothing: no probe was there.
 */
export function silences(spans: readonly LifeSpan[], now: number): readonly Silence[] {
  const up = spans.filter(({ kind }) => kind === 'up').sort((a, b) => a.started - b.started);
  const cuts = merged(spans.filter(({ kind }) => kind === 'cut'));
  const found: Silence[] = [];
  let heard: number | undefined;
  const silent = (from: number, until: number, ended: number | undefined) => {
    if (until - from <= silentMs) return;
    const covered = cuts.reduce(
      (sum, cut) => sum + Math.max(0, Math.min(cut.ended, until) - Math.max(cut.started, from)),
      0,
    );
    found.push({ started: from, ended, sure: covered >= (until - from) / 2 });
  };
  for (const { started, ended } of up) {
    if (heard !== undefined && started > heard) silent(heard, started, started);
    heard = Math.max(heard ?? ended, ended);
  }
  if (heard !== undefined) silent(heard, now, undefined);
  return found;
}

/** What was told twice, or overlaps, counts once. */
function merged(spans: readonly LifeSpan[]): readonly { readonly started: number; readonly ended: number }[] {
  const found: { started: number; ended: number }[] = [];
  for (const { started, ended } of [...spans].sort((a, b) => a.started - b.started)) {
    const last = found.at(-1);
    if (last && started <= last.ended) last.ended = Math.max(last.ended, ended);
    else found.push({ started, ended });
  }
  return found;
}

/**
 * The share of a time, 0 to 1, in which a site's line was there, of what is known: a probe that was off itself tells nothing, so
 * such time counts neither way. Undefined where no probe was there.
 */
export function uptime(spans: readonly LifeSpan[], from: number, until: number): number | undefined {
  const up = spans.filter(({ kind }) => kind === 'up');
  if (up.length === 0) return undefined;
  const begun = Math.max(from, Math.min(...up.map(({ started }) => started)));
  if (until <= begun) return undefined;
  const lengthOf = ({ started, ended = until }: Silence) =>
    Math.max(0, Math.min(ended, until) - Math.max(started, begun));
  let [lost, unknown] = [0, 0];
  for (const silence of silences(spans, until)) {
    if (silence.sure || silence.ended === undefined) lost += lengthOf(silence);
    else unknown += lengthOf(silence);
  }
  const known = until - begun - unknown;
  return known > 0 ? 1 - lost / known : undefined;
}
