/** Times, shares and lists of the figures, in words. */
import { type ContactMode, contactModeNames, contactModes } from '../../fhir/primary-care.ts';
import type { Figures, Spread } from './figures.ts';

/** Fewer cases than this say nothing of a usual time. */
export const fewest = 5;

const hour = 3_600_000;

/** `40 minutes`, `3.5 hours`, `2.5 days`: time on the clock, nights and weekends with it. */
export function lengthWords(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 90) return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
  const [n, unit] = ms < 48 * hour ? [ms / hour, 'hours'] : [ms / (24 * hour), 'days'];
  return `${Number(n.toFixed(1))} ${unit}`;
}

export function spreadCells({ count, half, most }: Spread): readonly { readonly text: string }[] {
  if (count < fewest || half === undefined || most === undefined)
    return [{ text: String(count) }, { text: 'Too few to say' }, { text: 'Too few to say' }];
  return [{ text: String(count) }, { text: lengthWords(half) }, { text: lengthWords(most) }];
}

export const percentOf = (part: number, whole: number): string =>
  whole === 0 ? 'None' : `${Math.round((100 * part) / whole)} %`;

export const weekdayNames = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const;

/** `8am`, `midday`. */
export function hourName(at: number): string {
  if (at === 0) return 'midnight';
  if (at === 12) return 'midday';
  return `${at % 12}${at < 12 ? 'am' : 'pm'}`;
}

export interface HourGroup {
  readonly label: string;
  readonly requests: number;
  readonly slots: number;
}

/** The day by hours from 7 to 20, the night as two. */
export function hourGroups(requests: readonly number[], slots: readonly number[]): readonly HourGroup[] {
  const sum = (of: readonly number[], from: number, until: number) =>
    of.slice(from, until).reduce((all, n) => all + n, 0);
  const group = (label: string, from: number, until: number): HourGroup => ({
    ...{ label, requests: sum(requests, from, until), slots: sum(slots, from, until) },
  });
  const hours = Array.from({ length: 13 }, (_, i) => i + 7);
  return [
    group('Midnight to 7am', 0, 7),
    ...hours.map((at) => group(`${hourName(at)} to ${hourName(at + 1)}`, at, at + 1)),
    group('8pm to midnight', 20, 24),
  ];
}

export interface ModeCount {
  readonly mode: ContactMode;
  readonly name: string;
  readonly wished: number;
  readonly held: number;
}

/** What was asked for and what was held, by mode. An answer by message alone is a consultation by message. */
export function modeCounts({ wished, contacts, byMessage }: Figures): readonly ModeCount[] {
  return contactModes.map((mode) => ({
    ...{ mode, name: contactModeNames[mode], wished: wished.get(mode) ?? 0 },
    held: (contacts.get(mode) ?? 0) + (mode === 'message' ? byMessage : 0),
  }));
}
