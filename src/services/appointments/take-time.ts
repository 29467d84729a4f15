/** Books a time that was chosen on a page: looked for anew, within the limits that the page has, and of a group any place that is left. */
import type { Actor } from '../../record/actor.ts';
import type { FieldError } from '../../web/form-fields.ts';
import { type Asked, type Outcome, refusalWords } from './booking.ts';
import { timeValue } from './choose-time.ts';
import { type FreeTime, freeTimes, type TimesAsked } from './free-times.ts';
import type { BookableMode } from './kinds.ts';
import type { Parts } from './needs.ts';

/** As many as try for the places of one group at once, and a few more. */
const tries = 20;

/** The time of a value, where it is still free within what may be chosen. */
export async function chosenTime(
  parts: Parts,
  actor: Actor,
  within: TimesAsked,
  value: string,
  mode: BookableMode,
): Promise<FreeTime | undefined> {
  const start = Number(/\.(\d{1,15})$/.exec(value)?.[1]);
  if (!Number.isSafeInteger(start)) return undefined;
  const around = {
    ...within,
    from: Math.max(within.from, start),
    // Long ones are put together from the slots that follow.
    until: Math.min(within.until + 1, start + 8 * 3_600_000),
  };
  const { times } = await freeTimes(parts, actor, around);
  return times.find((time) => timeValue(time) === value && time.modes.includes(mode));
}

export async function takeTime(
  parts: Parts,
  actor: Actor,
  within: TimesAsked,
  chosen: { readonly value: string; readonly mode: BookableMode },
  act: (time: FreeTime) => Promise<Outcome>,
): Promise<Outcome> {
  for (let n = 0; n < tries; n += 1) {
    const time = await chosenTime(parts, actor, within, chosen.value, chosen.mode);
    if (!time) break;
    const outcome = await act(time);
    if (outcome.done || outcome.why !== 'taken' || time.places === 1) return outcome;
  }
  return { done: false, why: 'taken' };
}

/** An outcome as a form's errors; where to go on to where it is done. */
export const answerOf = (
  outcome: Outcome,
  done: (id: string) => string,
  field = 'slot',
): string | readonly FieldError[] =>
  outcome.done ? done(outcome.appointment.id ?? '') : [{ field, text: refusalWords[outcome.why] }];

export type Ask = Omit<Asked, 'slots' | 'mode'>;
