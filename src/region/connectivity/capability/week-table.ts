/** A week of a service as a table: days across, hours down, in each cell how many at once. Readable without colour. */
import type { CareService, Verdict } from '../model.ts';
import { durationWords } from './care-words.ts';
import { dayNames, hourWords } from './hours-of-week.ts';
import type { SiteWeek } from './judge-sites.ts';
import { rules } from './rule-table.ts';

export interface WeekCell {
  readonly text: string;
  /** For who hears the table instead of seeing it. */
  readonly said: string;
  readonly verdict: Verdict;
  readonly closed: boolean;
}

export interface WeekTable {
  readonly caption: string;
  readonly days: readonly { readonly short: string; readonly name: string }[];
  readonly rows: readonly { readonly hour: string; readonly cells: readonly WeekCell[] }[];
  /** “At its worst: Monday, 9am to 10am” */
  readonly worst: string | undefined;
}

const order: readonly Verdict[] = ['unknown', 'no', 'limited', 'yes'];
const signs: Readonly<Record<Verdict, string>> = { yes: '✓', limited: '~', no: '✗', unknown: '?' };

/** Hours from the first in which the site is ever open to the last; all where `whole`. */
export function weekTable({ hours, minutes }: SiteWeek, service: CareService, whole = false): WeekTable {
  const rule = rules[service];
  const isOpen = (hour: number) => [0, 1, 2, 3, 4, 5, 6].some((day) => (minutes[day * 24 + hour] ?? 0) > 0);
  const all = Array.from({ length: 24 }, (_, hour) => hour);
  const [first, last] = [all.findIndex(isOpen), all.findLastIndex(isOpen)];
  const shown = whole || first < 0 ? all : all.slice(first, last + 1);
  let worst: { readonly rank: number; readonly hour: number } | undefined;
  const cellOf = (hour: number): WeekCell => {
    const one = hours[hour]?.services[service];
    const verdict = one?.verdict ?? 'unknown';
    const closed = (minutes[hour] ?? 0) === 0;
    const count = one?.atOnce;
    const rank = order.indexOf(verdict) * 1000 + Math.min(count ?? 999, 999);
    if (!closed && (worst === undefined || rank < worst.rank)) worst = { rank, hour };
    const counted = rule.kind === 'stream' && count !== undefined && verdict !== 'unknown';
    const slowest = Math.max(one?.sendSeconds ?? 0, one?.openSeconds ?? 0);
    const text = counted
      ? `${count > 99 ? '99+' : count}${verdict === 'limited' ? '~' : ''}`
      : signs[verdict];
    const said = counted
      ? `${count} at once${verdict === 'limited' ? ', limited' : ''}`
      : rule.kind === 'transfer' && slowest > 0
        ? `${verdict}, ${durationWords(slowest)}`
        : verdict;
    return { text, said, verdict, closed };
  };
  const rows = shown.map((hour) => ({
    hour: hourWords(hour)
      .replace('Monday, ', '')
      .replace(/ to .*/, ''),
    cells: dayNames.map((_, day) => cellOf(day * 24 + hour)),
  }));
  return {
    caption: `${rule.name}, by hour of the week`,
    days: dayNames.map((name) => ({ name, short: name.slice(0, 2) })),
    rows,
    worst: worst && hourWords(worst.hour),
  };
}

/** Where even the whole week is one and the same, a table of it says nothing. */
export function isEven({ hours }: SiteWeek, service: CareService): boolean {
  const of = (one: (typeof hours)[number]) =>
    `${one.services[service].verdict} ${one.services[service].atOnce}`;
  const first = hours[0];
  return first === undefined || hours.every((one) => of(one) === of(first));
}
