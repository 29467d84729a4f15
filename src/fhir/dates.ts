/**
 * FHIR dates of any precision as the time they cover.
 *
 * A date or time without a zone is read as UTC. R4 §3.1.1.4.7 leaves the zone of a server to the server ("the
 * servers local time zone should be assumed"); UTC is the one choice that does not change when a server
 * moves, when the clocks go forward, or between two servers of one region, so that a stored range never has
 * to be made again.
 */

/** The half-open range [low, high) in ms since 1970 UTC. */
export interface DateRange {
  readonly low: number;
  readonly high: number;
}

const pattern =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,20}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;

/** Milliseconds of a UTC date, for any year from 1 to 9999 (Date.UTC takes years below 100 for 19xx). */
function utc(year: number, month: number, day: number): number {
  if (year >= 100) return Date.UTC(year, month, day);
  return new Date(0).setUTCFullYear(year, month, day);
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/**
 * The time that a FHIR date, dateTime or instant covers: `2024` the whole year, `2024-02-29` the day,
 * `2024-02-29T10:30` the minute, `…:15` the second, `…:15.2` the tenth. Digits past the millisecond are cut
 * off. Undefined when the text is none of these or names no real day. Source: FHIR R4 §2.24.0.1 (dateTime),
 * §3.1.1.4.7.
 */
export function dateRange(text: string): DateRange | undefined {
  const m = pattern.exec(text);
  if (!m) return undefined;
  const year = Number(m[1]);
  if (year === 0) return undefined;
  if (m[2] === undefined) return { low: utc(year, 0, 1), high: utc(year + 1, 0, 1) };
  const month = Number(m[2]);
  if (month < 1 || month > 12) return undefined;
  if (m[3] === undefined) return { low: utc(year, month - 1, 1), high: utc(year, month, 1) };
  const day = Number(m[3]);
  if (day < 1 || day > daysOf(year, month)) return undefined;
  const midnight = utc(year, month - 1, day);
  if (m[4] === undefined) return { low: midnight, high: midnight + 86_400_000 };
  const hour = Number(m[4]);
  const minute = Number(m[5]);
  const second = m[6] === undefined ? 0 : Number(m[6]);
  // R4's expression allows a leap second.
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const offset = offsetOf(m[8]);
  if (offset === undefined) return undefined;
  const start = midnight + hour * 3_600_000 + minute * 60_000 + second * 1000 - offset;
  if (m[6] === undefined) return { low: start, high: start + 60_000 };
  if (m[7] === undefined) return { low: start, high: start + 1000 };
  const digits = m[7].slice(0, 3);
  const width = digits.length === 1 ? 100 : digits.length === 2 ? 10 : 1;
  const low = start + Number(digits) * width;
  return { low, high: low + width };
}

/** Milliseconds east of UTC; undefined when no such zone exists (R4 allows up to 14 hours). */
function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 14 || minutes > 59 || (hours === 14 && minutes > 0)) return undefined;
  const offset = hours * 3_600_000 + minutes * 60_000;
  return zone.startsWith('-') ? -offset : offset;
}
