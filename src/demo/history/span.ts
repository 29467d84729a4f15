/** The time that a history tells of, and ages within it. */
import { dayMs } from '../build.ts';
import type { Person, Region } from '../model.ts';

export const yearMs = 365.2425 * dayMs;

/** ms since 1970 UTC. */
export interface Span {
  /** Ten years ago, or their birth. */
  readonly start: number;
  /** The region's day, or their death. */
  readonly end: number;
}

export function spanOf(person: Person, region: Pick<Region, 'now'>): Span {
  const died = person.died === undefined ? region.now : Date.parse(person.died);
  const end = Math.min(region.now, died);
  return { start: Math.min(end, Math.max(Date.parse(person.born), region.now - 10 * yearMs)), end };
}

/** Years and parts of a year. */
export const ageAt = ({ born }: Pick<Person, 'born'>, at: number): number => (at - Date.parse(born)) / yearMs;

export const atAge = ({ born }: Pick<Person, 'born'>, age: number): number => Date.parse(born) + age * yearMs;

/** `2024-05-14`. */
export const dayText = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** ms of the day's beginning; of the next working day where nobody works: weekends, Christmas and New Year. */
export function workingDay(at: number): number {
  let day = Math.floor(at / dayMs) * dayMs;
  for (;;) {
    const date = new Date(day);
    const [weekday, inYear] = [date.getUTCDay(), date.toISOString().slice(5, 10)];
    const free = inYear === '12-25' || inYear === '12-26' || inYear === '01-01';
    if (weekday !== 0 && weekday !== 6 && !free) return day;
    day += dayMs;
  }
}
