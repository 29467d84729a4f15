/** How a way and a time are chosen on a page: every way alike and none chosen before, then the times of it by day. */
import { contactModeNames } from '../../fhir/primary-care.ts';
import { formatDate, localMoment, startOfDay } from '../../web/dates.ts';
import type { FreeTime, FreeTimes } from './free-times.ts';
import { type BookableMode, bookableModes } from './kinds.ts';
import { scheduleId } from './session-template.ts';

export interface ModeChoice {
  readonly mode: BookableMode;
  readonly name: string;
  readonly href: string;
  /** “Monday 23 November at 9am”; empty where there is no time by this way. */
  readonly next: string;
  readonly advice: readonly string[];
}

export interface TimeChoice {
  readonly value: string;
  readonly text: string;
  readonly hint: string;
}

export interface DayOfTimes {
  readonly day: string;
  readonly heading: string;
  readonly times: readonly TimeChoice[];
}

const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long', timeZone: 'Europe/London' });

/** `Monday 23 November 2026`. */
export const dayWords = (ms: number): string => `${weekday.format(ms)} ${formatDate(localMoment(ms).key)}`;

/** `9am`, `2:30pm`, `midday`; midnight too, which other dates leave out as no time. */
export function clockWords(ms: number): string {
  const { hour, minute } = localMoment(ms);
  if (minute === 0 && hour % 12 === 0) return hour === 0 ? 'midnight' : 'midday';
  return `${hour % 12 || 12}${minute ? `:${String(minute).padStart(2, '0')}` : ''}${hour < 12 ? 'am' : 'pm'}`;
}

/** `Monday 23 November 2026 at 9am`. */
export const whenWords = (ms: number): string =>
  Number.isNaN(ms) ? 'No date yet' : `${dayWords(ms)} at ${clockWords(ms)}`;

export const pounds = (pence: number): string =>
  `£${pence % 100 === 0 ? pence / 100 : (pence / 100).toFixed(2)}`;

/** Names a time by its diary and its start: of a group it means any place that is left. */
export const timeValue = ({ practitioner, site, start }: FreeTime): string =>
  `${scheduleId(practitioner, site)}.${start}`;

/** The ways that are allowed, each with its first time and what to know before it is chosen. */
export function modeChoices(
  found: FreeTimes,
  allowed: readonly BookableMode[],
  of: {
    readonly href: (mode: BookableMode) => string;
    readonly advice: (mode: BookableMode) => readonly string[];
  },
): readonly ModeChoice[] {
  return bookableModes
    .filter((mode) => allowed.includes(mode))
    .map((mode) => {
      const first = found.times.find(({ modes }) => modes.includes(mode));
      const video = mode === 'video' ? [...new Set(found.video.values())] : [];
      return {
        ...{ mode, name: contactModeNames[mode], href: of.href(mode) },
        next: first ? whenWords(first.start) : '',
        advice: [...of.advice(mode), ...video],
      };
    });
}

export interface TimesPage {
  readonly days: readonly DayOfTimes[];
  /** The day from which the next page goes on: `2026-11-25`. */
  readonly next: string | undefined;
}

/** Times of a way from a day on, whole days together, about as many as a page holds. */
export function timesPage(
  times: readonly FreeTime[],
  mode: BookableMode,
  of: {
    readonly from: string | undefined;
    readonly most: number;
    /** More than one clinician or place is among them. */
    readonly hint: (time: FreeTime) => string;
  },
): TimesPage {
  const from = of.from === undefined ? 0 : startOfDay(of.from);
  const days = new Map<string, { heading: string; times: TimeChoice[] }>();
  let count = 0;
  for (const time of times) {
    if (!time.modes.includes(mode) || time.start < from) continue;
    const day = localMoment(time.start).key;
    const own = days.get(day);
    if (!own && count >= of.most)
      return { days: [...days].map(([key, value]) => ({ day: key, ...value })), next: day };
    const group = own ?? { heading: dayWords(time.start), times: [] };
    group.times.push({ value: timeValue(time), text: clockWords(time.start), hint: of.hint(time) });
    days.set(day, group);
    count += 1;
  }
  return { days: [...days].map(([key, value]) => ({ day: key, ...value })), next: undefined };
}
