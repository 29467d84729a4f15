/** Opening hours as one cell of a table: `Mon-Fri 08:00-18:30; Sat 09:00-13:00`. */
import type { OpenHours } from '../../model.ts';

const names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const two = (n: number): string => String(n).padStart(2, '0');
const timeOf = (minutes: number): string => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;

const inOrder = (open: readonly OpenHours[]): readonly OpenHours[] =>
  open.toSorted((a, b) => a.day - b.day || a.from - b.from);

export function openingText(open: readonly OpenHours[]): string {
  const groups = new Map<string, number[]>();
  for (const { day, from, until } of inOrder(open)) {
    const hours = `${timeOf(from)}-${timeOf(until)}`;
    groups.set(hours, [...(groups.get(hours) ?? []), day]);
  }
  return [...groups].map(([hours, days]) => `${daysText(days)} ${hours}`).join('; ');
}

/** Days in a row as `Mon-Fri`, others with commas between. */
function daysText(days: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const day of days) {
    const last = runs.at(-1);
    if (last && last[1] === day - 1) last[1] = day;
    else runs.push([day, day]);
  }
  return runs
    .map(([from, to]) =>
      from === to ? names[from]! : `${names[from]!}${to - from > 1 ? '-' : ','}${names[to]!}`,
    )
    .join(',');
}

const dayOf = (text: string): number =>
  names.findIndex((name) => text.trim().toLowerCase().startsWith(name.toLowerCase()));

/** Undefined: the text is not of this form. */
export function openingOf(text: string): readonly OpenHours[] | undefined {
  const open: OpenHours[] = [];
  for (const part of text.split(';').map((one) => one.trim())) {
    if (part === '') continue;
    const match = /^([A-Za-z,\s-]+?)\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$/.exec(part);
    if (!match) return undefined;
    const from = Number(match[2]) * 60 + Number(match[3]);
    const until = Number(match[4]) * 60 + Number(match[5]);
    for (const run of (match[1] ?? '').split(',')) {
      const [first = '', last = first] = run.split('-');
      const [start, end] = [dayOf(first), dayOf(last)];
      if (start < 0 || end < start) return undefined;
      for (let day = start; day <= end; day += 1) open.push({ day, from, until });
    }
  }
  return inOrder(open);
}
