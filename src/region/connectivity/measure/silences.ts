/** When a site's line was not heard, and what share of a time it was there. Pure. */
import type { LifeSpan } from './life-span.ts';

/** Heard each minute; silent for longer than this, a line counts as cut or its probe as off. */
export const silentMs = 4 * 60_000;

/** A time in which the server heard nobody. */
export interface Away {
  readonly started: number;
  readonly ended: number;
}

/** By the server's own signs of life: before the first of them nothing is known, and it is taken as there. */
export function awayTimes(own: readonly LifeSpan[], now: number): readonly Away[] {
  const spans = merged(own);
  return spans
    .map(({ ended }, i) => ({ started: ended, ended: spans[i + 1]?.started ?? now }))
    .filter(({ started, ended }) => ended - started > silentMs);
}

export interface Silence {
  readonly started: number;
  readonly ended: number | undefined;
  /** Whether its probe told later that it ran all the while: then it was the line. */
  readonly sure: boolean;
}

/**
 * When a site was not heard between signs of life, of any of its probes, and whether that was its line. The time before the first
 * sign tells nothing: no probe was there. Nor does time in which the server was away.
 */
export function silences(
  spans: readonly LifeSpan[],
  now: number,
  away: readonly Away[] = [],
): readonly Silence[] {
  const up = spans.filter(({ kind }) => kind === 'up').sort((a, b) => a.started - b.started);
  const cuts = merged(spans.filter(({ kind }) => kind === 'cut'));
  const found: Silence[] = [];
  let heard: number | undefined;
  const silent = (from: number, until: number, ended: number | undefined) => {
    const within = (gaps: readonly Away[]) => gaps.reduce((sum, gap) => sum + overlap(gap, from, until), 0);
    if (until - from - within(away) <= silentMs) return;
    found.push({ started: from, ended, sure: within(cuts) >= (until - from) / 2 });
  };
  for (const { started, ended } of up) {
    if (heard !== undefined && started > heard) silent(heard, started, started);
    heard = Math.max(heard ?? ended, ended);
  }
  if (heard !== undefined) silent(heard, now, undefined);
  return found;
}

/**
 * The share of a time, 0 to 1, in which a site's line was there, of what is known: time in which its probe or the server was off
 * counts neither way. Undefined where no probe was there.
 */
export function uptime(
  spans: readonly LifeSpan[],
  from: number,
  until: number,
  away: readonly Away[] = [],
): number | undefined {
  const up = spans.filter(({ kind }) => kind === 'up');
  if (up.length === 0) return undefined;
  const begun = Math.max(from, Math.min(...up.map(({ started }) => started)));
  if (until <= begun) return undefined;
  let [lost, unknown] = [0, 0];
  for (const { started, ended = until, sure } of silences(spans, until, away)) {
    const length = overlap({ started, ended }, begun, until);
    const gone = away.reduce(
      (sum, gap) => sum + overlap(gap, Math.max(begun, started), Math.min(until, ended)),
      0,
    );
    if (sure || ended === until) lost += length - gone;
    unknown += sure || ended === until ? gone : length;
  }
  const known = until - begun - unknown;
  return known > 0 ? 1 - lost / known : undefined;
}

const overlap = ({ started, ended }: Away, from: number, until: number): number =>
  Math.max(0, Math.min(ended, until) - Math.max(started, from));

/** What was told twice, or overlaps, counts once. */
function merged(spans: readonly Away[]): readonly Away[] {
  const found: { started: number; ended: number }[] = [];
  for (const { started, ended } of [...spans].sort((a, b) => a.started - b.started)) {
    const last = found.at(-1);
    if (last && started <= last.ended) last.ended = Math.max(last.ended, ended);
    else found.push({ started, ended });
  }
  return found;
}
