/** The same appointment again and again: at the same time by the clock, weeks apart, or the nearest free time of that day. */
import { createHash } from 'node:crypto';
import type { Actor } from '../../record/actor.ts';
import { addDays, localMoment, startOfDay } from '../../web/dates.ts';
import type { Outcome } from './booking.ts';
import type { Read } from './diary-resources.ts';
import { type FreeTime, freeTimes, type TimesAsked } from './free-times.ts';
import type { Parts } from './needs.ts';
import { momentOf } from './session-template.ts';

const two = (n: number): string => String(n).padStart(2, '0');

/** The moments of a series after its first, by the clock on the wall: summer time does not move them. */
export function laterMoments(first: number, every: number, times: number): readonly number[] {
  const { key, hour, minute } = localMoment(first);
  return Array.from({ length: Math.max(0, times - 1) }, (_, n) =>
    momentOf(addDays(key, 7 * every * (n + 1)), `${two(hour)}:${two(minute)}`),
  );
}

/** Of a series’ form and its place in it: made twice, it is there once. */
export const idInSeries = (series: string, n: number): string =>
  createHash('sha256').update(`series ${series} ${n}`).digest('hex').slice(0, 32);

export async function bookSeries(
  parts: Pick<Parts, 'record' | 'clock' | 'settings' | 'lineCarries'>,
  actor: Actor,
  of: {
    readonly series: string;
    readonly first: Read;
    /** Weeks. */
    readonly every: number;
    readonly times: number;
    readonly within: TimesAsked;
    readonly book: (id: string, time: FreeTime) => Promise<Outcome>;
  },
): Promise<{ readonly booked: number; readonly missing: readonly number[] }> {
  const { series, first, every, times, within, book } = of;
  const practitioner = first.practitioner?.reference?.replace('Practitioner/', '');
  const missing: number[] = [];
  let booked = 0;
  for (const [n, at] of laterMoments(first.start, every, times).entries()) {
    const day = localMoment(at).key;
    const { times: free } = await freeTimes(parts, actor, {
      ...within,
      ...{ from: startOfDay(day), until: startOfDay(addDays(day, 1)) },
      ...(practitioner === undefined ? {} : { practitioner }),
    });
    const near = free
      .filter(({ modes }) => first.mode !== undefined && modes.includes(first.mode))
      .sort((a, b) => Math.abs(a.start - at) - Math.abs(b.start - at));
    let outcome: Outcome | undefined;
    for (const time of near.slice(0, 5)) {
      outcome = await book(idInSeries(series, n), time);
      if (outcome.done) break;
    }
    if (outcome?.done) booked += 1;
    else missing.push(at);
  }
  return { booked, missing };
}
