/**
 * Counts of people as they may leave a practice: none under 5, all others to the nearest 5, so that two tables taken from
 * each other tell of nobody. Source: NHS England, Hospital Episode Statistics analysis guide, disclosure control
 * (small numbers suppressed, others rounded to the nearest 5).
 */

const least = 5;

export interface Shown {
  readonly text: string;
  /** Rounded; undefined where it is not shown. */
  readonly value: number | undefined;
}

export function shownCount(count: number): Shown {
  if (count === 0) return { text: '0', value: 0 };
  if (count < least) return { text: 'Fewer than 5', value: undefined };
  const value = Math.round(count / 5) * 5;
  return { text: value.toLocaleString('en-GB'), value };
}

/** In whole per cent, of the rounded counts; unknown where either is not shown. */
export function shownShare(part: number, whole: number): Shown {
  const [a, b] = [shownCount(part), shownCount(whole)];
  if (b.value === undefined || b.value === 0) return { text: 'Too few to say', value: undefined };
  if (a.value === undefined) return { text: 'Fewer than 5 people or cases', value: undefined };
  const value = Math.min(100, Math.round((100 * a.value) / b.value));
  return { text: `${value} %`, value };
}
