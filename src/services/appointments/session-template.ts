/** A session that returns each week, and the times it gives on a day: by the clock on the wall in the United Kingdom. */
import { hash } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { addDays } from '../../web/dates.ts';
import { holidayOf, weekdayOf } from './bank-holidays.ts';
import type { BookableMode, Kind } from './kinds.ts';

export interface SessionTemplate {
  readonly id: string;
  /** Ids of Organization, Practitioner and Location. */
  readonly organisation: string;
  readonly practitioner: string;
  readonly site: string;
  readonly practitionerName: string;
  readonly siteName: string;
  /** “Morning surgery”. */
  readonly name: string;
  /** 1 Monday to 7 Sunday. */
  readonly weekdays: readonly number[];
  /** 2: every other week, counted from the week of `starts`. */
  readonly everyWeeks: number;
  /** By the clock: `08:30`. */
  readonly from: string;
  readonly until: string;
  readonly minutes: number;
  /** Minutes between two: to travel from one home to the next, to clean a room. */
  readonly gap: number;
  /** People at once, in a group session. */
  readonly places: number;
  readonly modes: readonly BookableMode[];
  readonly kinds: readonly Kind[];
  /** Patients may book from this many days before, at this time by the clock; 0 days: on the day. */
  readonly release: { readonly days: number; readonly at: string };
  /** Patients may book by themselves, without an invitation. */
  readonly selfBook: boolean;
  /** First and last day, `2026-11-23`. */
  readonly starts: string;
  readonly ends?: string;
  /** Goes on at bank holidays. */
  readonly atHolidays: boolean;
  /** In pence, where the person pays. */
  readonly fee?: number;
}

/** When a clinician, a place or both are away: leave, a closed afternoon. Ids; one that is absent means any. */
export interface SessionException {
  readonly id: string;
  readonly organisation: string;
  readonly practitioner?: string;
  readonly site?: string;
  /** By the clock: `2026-12-24T13:00`, up to and without `until`. */
  readonly from: string;
  readonly until: string;
  readonly reason: string;
}

export interface PlannedSlot {
  /** Made of the template, the start and the place: the same however often it is planned. */
  readonly id: string;
  /** ms since 1970 UTC. */
  readonly start: number;
  readonly end: number;
  readonly bookableFrom: number;
}

const zone = 'Europe/London';

/** A day and a time by the clock as ms since 1970 UTC. A time that spring leaves out is an hour later; of two in autumn the first. */
export const momentOf = (day: string, time: string): number =>
  Temporal.PlainDateTime.from(`${day}T${time}`).toZonedDateTime(zone, { disambiguation: 'compatible' })
    .epochMilliseconds;

export const slotId = (template: string, start: number, place: number): string =>
  hash('sha256', `slot ${template} ${new Date(start).toISOString()} ${place}`).slice(0, 32);

/** A clinician's diary at a place. */
export const scheduleId = (practitioner: string, site: string): string =>
  hash('sha256', `schedule ${practitioner} ${site}`).slice(0, 32);

/** Whole weeks from the Monday of one day's week to that of the other's. */
const weeksBetween = (from: string, to: string): number => {
  const monday = (day: string): number => Date.parse(`${addDays(day, 1 - weekdayOf(day))}T00:00:00Z`);
  return Math.round((monday(to) - monday(from)) / (7 * 86_400_000));
};

export const runsOn = (template: SessionTemplate, day: string): boolean =>
  day >= template.starts &&
  (template.ends === undefined || day <= template.ends) &&
  template.weekdays.includes(weekdayOf(day)) &&
  weeksBetween(template.starts, day) % template.everyWeeks === 0 &&
  (template.atHolidays || holidayOf(day) === undefined);

const momentOfText = (text: string): number => momentOf(text.slice(0, 10), text.slice(11));

/** Why there is no session at a time, where an exception says so. */
export function exceptionAt(
  { practitioner, site, organisation }: Pick<SessionTemplate, 'practitioner' | 'site' | 'organisation'>,
  { start, end }: { readonly start: number; readonly end: number },
  exceptions: readonly SessionException[],
): SessionException | undefined {
  return exceptions.find(
    (one) =>
      one.organisation === organisation &&
      (one.practitioner === undefined || one.practitioner === practitioner) &&
      (one.site === undefined || one.site === site) &&
      momentOfText(one.from) < end &&
      momentOfText(one.until) > start,
  );
}

/**
 * The times of a template on a day, in their order. Lengths are real minutes: where the clocks change within a session it has fewer
 * or more times, and none is longer, shorter or over another.
 */
export function planSlots(
  template: SessionTemplate,
  day: string,
  exceptions: readonly SessionException[] = [],
): readonly PlannedSlot[] {
  if (!runsOn(template, day)) return [];
  const { id, from, until, minutes, gap, places, release } = template;
  const last = momentOf(day, until);
  const bookableFrom = momentOf(addDays(day, -release.days), release.at);
  const planned: PlannedSlot[] = [];
  for (let start = momentOf(day, from); start + minutes * 60_000 <= last; start += (minutes + gap) * 60_000) {
    const end = start + minutes * 60_000;
    if (exceptionAt(template, { start, end }, exceptions)) continue;
    for (let place = 1; place <= places; place += 1)
      planned.push({ id: slotId(id, start, place), start, end, bookableFrom });
  }
  return planned;
}

/** Whether two templates ever ask the same clinician for the same time: weekly patterns that meet on a weekday. */
export function clash(one: SessionTemplate, other: SessionTemplate): boolean {
  if (one.id === other.id || one.practitioner !== other.practitioner) return false;
  if (one.from >= other.until || other.from >= one.until) return false;
  if ((one.ends ?? '9999') < other.starts || (other.ends ?? '9999') < one.starts) return false;
  const first = one.starts > other.starts ? one.starts : other.starts;
  for (let n = 0; n < 7 * one.everyWeeks * other.everyWeeks; n += 1) {
    const day = addDays(first, n);
    const always = { atHolidays: true };
    if (runsOn({ ...one, ...always }, day) && runsOn({ ...other, ...always }, day)) return true;
  }
  return false;
}
