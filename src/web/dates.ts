/**
 * Dates as people read them, in the NHS content style, in UK time.
 * Source: NHS digital service manual, "Numbers, measurements, dates and time"; FHIR R4 §2.24.0.1 (date, dateTime, instant).
 */

export type Precision = 'year' | 'month' | 'day' | 'time';

/** A FHIR date as a day (and time) in the United Kingdom. */
export interface LocalDate {
  readonly precision: Precision;
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** Only with precision `time`. */
  readonly hour: number;
  readonly minute: number;
  /** First day that the date covers, `2024-01-05`: sorts as text. */
  readonly key: string;
}

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const london = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/London',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  hourCycle: 'h23',
});

const two = (n: number): string => String(n).padStart(2, '0');
const dayKey = (year: number, month: number, day: number): string =>
  `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;

/** The moment (ms since 1970 UTC) as date and time in the United Kingdom. */
export function localMoment(ms: number): LocalDate {
  const parts = { year: 0, month: 1, day: 1, hour: 0, minute: 0 };
  for (const { type, value } of london.formatToParts(ms)) {
    if (type in parts) parts[type as keyof typeof parts] = Number(value); // the guard names the keys
  }
  return { precision: 'time', ...parts, key: dayKey(parts.year, parts.month, parts.day) };
}

const pattern =
  /^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])(?:T(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;

/** Reads a FHIR date, dateTime or instant; undefined when it is none. A time without a zone is taken as UK time. */
export function parseDate(text: unknown): LocalDate | undefined {
  if (typeof text !== 'string') return undefined;
  const found = pattern.exec(text);
  if (!found) return undefined;
  const [, year, month, day, time, zone] = found;
  if (time && zone) {
    const ms = Date.parse(text);
    return Number.isNaN(ms) ? undefined : localMoment(ms);
  }
  const y = Number(year);
  const m = month ? Number(month) : 1;
  const d = day ? Number(day) : 1;
  const [hour, minute] = time ? time.split(':').map(Number) : [0, 0];
  const precision = time ? 'time' : day ? 'day' : month ? 'month' : 'year';
  return { precision, year: y, month: m, day: d, hour: hour ?? 0, minute: minute ?? 0, key: dayKey(y, m, d) };
}

const clockTime = (date: LocalDate): string => {
  if (date.minute === 0 && date.hour === 0) return 'midnight';
  if (date.minute === 0 && date.hour === 12) return 'midday';
  const hour = date.hour % 12 || 12;
  const minutes = date.minute ? `:${two(date.minute)}` : '';
  return `${hour}${minutes}${date.hour < 12 ? 'am' : 'pm'}`;
};

const dayText = (date: LocalDate, short: boolean): string => {
  const name = months[date.month - 1] ?? '';
  const month = short ? name.slice(0, 3) : name;
  if (date.precision === 'year') return String(date.year);
  return date.precision === 'month' ? `${month} ${date.year}` : `${date.day} ${month} ${date.year}`;
};

/** `5 January 2024`, `January 2024` or `2024`; the text itself when it is no date; empty for nothing. */
export function formatDate(value: unknown): string {
  const date = parseDate(value);
  return date ? dayText(date, false) : typeof value === 'string' ? value : '';
}

/** As formatDate with short months, for tables: `5 Jan 2024`. */
export function formatShortDate(value: unknown): string {
  const date = parseDate(value);
  return date ? dayText(date, true) : typeof value === 'string' ? value : '';
}

/** `5 January 2024, 2:30pm`; without the time where none is known. */
export function formatDateTime(value: unknown): string {
  const date = parseDate(value);
  if (!date) return typeof value === 'string' ? value : '';
  return date.precision === 'time' ? `${dayText(date, false)}, ${clockTime(date)}` : dayText(date, false);
}

/** A moment in ms since 1970 UTC as `5 January 2024, 2:30pm`. */
export function formatMoment(ms: number): string {
  return formatDateTime(new Date(ms).toISOString());
}

/** `2:30pm`; empty when the date has no time, or midnight, which most systems send for "no time". */
export function formatTime(value: unknown): string {
  const date = parseDate(value);
  if (date?.precision !== 'time' || (date.hour === 0 && date.minute === 0)) return '';
  return clockTime(date);
}

/** The last day of what ends at a moment (ms since 1970 UTC): what ends at midnight lasts until the day before. */
export const lastDay = (end: number): string => formatDate(new Date(end - 1).toISOString());

/** A FHIR time of day, `14:30:00`, as `2:30pm`. */
export function formatTimeOfDay(value: string): string {
  const found = /^(\d{2}):(\d{2})/.exec(value);
  if (!found) return value;
  return clockTime({
    precision: 'time',
    year: 0,
    month: 1,
    day: 1,
    key: '',
    hour: Number(found[1]),
    minute: Number(found[2]),
  });
}

/** `5 January 2024 to 7 January 2024`, `From …`, `Until …`; one date when both fall on the same day. */
export function formatPeriod(period: { start?: unknown; end?: unknown } | undefined): string {
  const start = parseDate(period?.start);
  const end = parseDate(period?.end);
  if (start && end) {
    const from = formatDate(period?.start);
    const to = formatDate(period?.end);
    return from === to ? from : `${from} to ${to}`;
  }
  if (start) return `From ${formatDate(period?.start)}`;
  return end ? `Until ${formatDate(period?.end)}` : '';
}

/** The first moment of a day in the United Kingdom, in ms since 1970 UTC. */
export function startOfDay(key: string): number {
  const midnight = Date.parse(`${key}T00:00:00Z`);
  return midnight - localMoment(midnight).hour * 3_600_000; // British Summer Time is one hour ahead
}

/** The day before or after, as keys: `addDays('2024-02-28', 1)` is `2024-02-29`. */
export function addDays(key: string, days: number): string {
  return new Date(Date.parse(`${key}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const monthsBetween = (from: LocalDate, to: LocalDate): number =>
  (to.year - from.year) * 12 + to.month - from.month - (to.day < from.day ? 1 : 0);

const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`;

/**
 * Age on a day: days in the first 4 weeks, weeks in the first year, months in the second, then years. Two ages where
 * only the year of birth is known. Empty when the birth date cannot be read or lies after the day.
 */
export function age(birthDate: unknown, on: LocalDate): string {
  const born = parseDate(birthDate);
  if (!born || born.key > on.key) return '';
  if (born.precision === 'year') {
    const years = on.year - born.year;
    return years < 1 ? 'under 1 year' : `${years - 1} or ${years} years`;
  }
  const total = monthsBetween(born, on);
  if (total >= 24 || (born.precision === 'month' && total >= 12))
    return count(Math.floor(total / 12), 'year');
  if (born.precision === 'month' || total >= 12) return count(total, 'month');
  const days = Math.round((Date.parse(on.key) - Date.parse(born.key)) / 86_400_000);
  return days < 28 ? count(days, 'day') : count(Math.floor(days / 7), 'week');
}
