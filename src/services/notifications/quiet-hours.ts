/** The hours in which nobody is disturbed: by the clock on the wall in the United Kingdom, whatever it does in March and October. */
import { localMoment } from '../../web/dates.ts';

/** Whole hours, 0 to 23. `from` 22 and `until` 7 is the night; the same twice is never. */
export interface QuietHours {
  readonly from: number;
  readonly until: number;
}

export function isQuiet(ms: number, { from, until }: QuietHours): boolean {
  const { hour } = localMoment(ms);
  return from <= until ? hour >= from && hour < until : hour >= from || hour < until;
}

const step = 15 * 60_000;

/**
 * The first moment from `ms` on (ms since 1970 UTC) that is not quiet. Every clock change of the United Kingdom falls on a
 * quarter of an hour, so steps of one meet each end of the quiet hours exactly. An hour that happens twice is quiet twice.
 */
export function afterQuiet(ms: number, quiet: QuietHours | undefined): number {
  if (!quiet || !isQuiet(ms, quiet)) return ms;
  let next = Math.floor(ms / step) * step + step;
  // A day of 25 hours has 100 quarters.
  for (let i = 0; i < 100 && isQuiet(next, quiet); i += 1) next += step;
  return next;
}
