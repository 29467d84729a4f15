/** When someone may expect an answer: working days, bank holidays left out, and who is away. */
import { addDays, localMoment, startOfDay } from '../../web/dates.ts';
import type { Named } from './thread.ts';

/** When surgeries close, 18:30. Source: NHS England, GP contract, core hours. ms into the day. */
const closes = 18.5 * 3_600_000;

export type IsHoliday = (day: string) => boolean;

const isWorkingDay = (day: string, isHoliday: IsHoliday): boolean => {
  const weekday = new Date(`${day}T12:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !isHoliday(day);
};

/**
 * The close of the working day so many working days after a moment (ms since 1970 UTC). What comes when the surgery is closed counts
 * from its next day.
 */
export function answeredBy(days: number, asked: number, isHoliday: IsHoliday): number {
  const moment = localMoment(asked);
  let day = moment.key;
  const isOver = moment.hour * 60 + moment.minute >= 18 * 60 + 30;
  while (!isWorkingDay(day, isHoliday) || (isOver && day === moment.key)) day = addDays(day, 1);
  for (let left = days; left > 0; ) {
    day = addDays(day, 1);
    if (isWorkingDay(day, isHoliday)) left -= 1;
  }
  return startOfDay(day) + closes;
}

export interface Absence {
  readonly id: string;
  readonly member: Named;
  /** Days, `2026-12-24`, both within it. */
  readonly from: string;
  readonly until: string;
  readonly deputy: Named | undefined;
}

const mostHops = 5;

/** Who answers for someone on a day: they, or their deputy, or the deputy's; undefined: nobody in particular. */
export function standsIn(
  member: Named,
  absences: readonly Absence[],
  day: string,
): { readonly who: Named | undefined; readonly away: Absence | undefined } {
  let who: Named | undefined = member;
  let away: Absence | undefined;
  for (let hops = 0; who && hops < mostHops; hops += 1) {
    const now: Named = who;
    const absence = absences.find(
      (one) => one.member.reference === now.reference && one.from <= day && day <= one.until,
    );
    if (!absence) return { who, away };
    away ??= absence;
    who = absence.deputy;
  }
  return { who: undefined, away };
}
