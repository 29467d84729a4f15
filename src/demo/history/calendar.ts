/** Days of a life as whole numbers, so that they are compared and added without strings. */

export const dayMs = 86_400_000;
export const year = 365.25;
export const month = year / 12;

/** Days since 1970 of `2019-05-20`, or of the day on which a moment lies (UTC). */
export const dayOf = (date: string): number => Math.floor(Date.parse(date) / dayMs);

export const dateOf = (day: number): string => new Date(Math.round(day) * dayMs).toISOString().slice(0, 10);

/** `2019-05-20T09:05:00Z`: minutes after midnight. */
export const momentOf = (day: number, minutes: number): string =>
  new Date(Math.floor(day) * dayMs + minutes * 60_000).toISOString().replace('.000Z', 'Z');

/** Saturdays and Sundays become the Monday after; 1 January 1970 was a Thursday. */
export function weekday(day: number): number {
  const on = (((day + 4) % 7) + 7) % 7;
  return on === 6 ? day + 2 : on === 0 ? day + 1 : day;
}

/** Years, with their fraction. */
export const ageOn = (born: string, day: number): number => (day - dayOf(born)) / year;

/** 0 before the first day, 1 from the second on, and in between by how far it is. */
export const ramp = (day: number, from: number, to: number): number =>
  day <= from ? 0 : day >= to ? 1 : (day - from) / (to - from);
