/**
 * Bank holidays of England and Wales, by rule. Sources: Banking and Financial Dealings Act 1971, schedule 1 and section 1(2) and (3)
 * (substitute days, days by proclamation); GOV.UK, “UK bank holidays”.
 */
import { addDays } from '../../web/dates.ts';

export interface BankHoliday {
  /** `2026-12-28`. */
  readonly day: string;
  readonly name: string;
}

/** Days that a royal proclamation set once: `moved` takes the place of the day that the rule gives. Source: the London Gazette, GOV.UK. */
const once: readonly (BankHoliday & { readonly moved?: string })[] = [
  { day: '2011-04-29', name: 'Wedding of Prince William' },
  { day: '2012-06-04', name: 'Spring bank holiday', moved: '2012-05-28' },
  { day: '2012-06-05', name: 'Diamond Jubilee' },
  { day: '2020-05-08', name: 'Early May bank holiday (VE day)', moved: '2020-05-04' },
  { day: '2022-06-02', name: 'Spring bank holiday', moved: '2022-05-30' },
  { day: '2022-06-03', name: 'Platinum Jubilee' },
  { day: '2022-09-19', name: 'State Funeral of Queen Elizabeth II' },
  { day: '2023-05-08', name: 'Coronation of King Charles III' },
];

const two = (n: number): string => String(n).padStart(2, '0');
const key = (year: number, month: number, day: number): string => `${year}-${two(month)}-${two(day)}`;

/** 1 Monday to 7 Sunday (ISO 8601). */
export const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay() || 7;

/** Easter Sunday of the Gregorian calendar. Source: Meeus, Astronomical Algorithms, chapter 8. */
export function easterSunday(year: number): string {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  return key(year, month, (h + l - 7 * m + 33 * month + 19) % 32);
}

const firstMonday = (year: number, month: number): string => {
  const first = key(year, month, 1);
  return addDays(first, (8 - weekdayOf(first)) % 7);
};
const lastMonday = (year: number, month: number, last: number): string => {
  const end = key(year, month, last);
  return addDays(end, 1 - weekdayOf(end));
};

const substitute = (name: string): string => `${name} (substitute day)`;

function christmas(year: number): readonly BankHoliday[] {
  const names = ['Christmas Day', 'Boxing Day'] as const;
  const day = (n: number): string => key(year, 12, n);
  switch (weekdayOf(day(25))) {
    case 5:
      return [
        { day: day(25), name: names[0] },
        { day: day(28), name: substitute(names[1]) },
      ];
    case 6:
      return [
        { day: day(27), name: substitute(names[0]) },
        { day: day(28), name: substitute(names[1]) },
      ];
    case 7:
      return [
        { day: day(26), name: names[1] },
        { day: day(27), name: substitute(names[0]) },
      ];
    default:
      return [
        { day: day(25), name: names[0] },
        { day: day(26), name: names[1] },
      ];
  }
}

/** Those of a year from 1978 on, in their order. */
export function bankHolidaysOf(year: number): readonly BankHoliday[] {
  const newYear = key(year, 1, 1);
  const late = { 6: 2, 7: 1 }[weekdayOf(newYear)];
  const easter = easterSunday(year);
  const byRule: readonly BankHoliday[] = [
    late === undefined
      ? { day: newYear, name: 'New Year’s Day' }
      : { day: addDays(newYear, late), name: substitute('New Year’s Day') },
    { day: addDays(easter, -2), name: 'Good Friday' },
    { day: addDays(easter, 1), name: 'Easter Monday' },
    { day: firstMonday(year, 5), name: 'Early May bank holiday' },
    { day: lastMonday(year, 5, 31), name: 'Spring bank holiday' },
    { day: lastMonday(year, 8, 31), name: 'Summer bank holiday' },
    ...christmas(year),
  ];
  const own = once.filter(({ day }) => day.startsWith(`${year}-`));
  const moved = new Set(own.map((one) => one.moved));
  return [
    ...byRule.filter(({ day }) => !moved.has(day)),
    ...own.map(({ day, name }) => ({ day, name })),
  ].sort((a, b) => a.day.localeCompare(b.day));
}

/** What a day (`2026-12-25`) is kept for, where a surgery is closed: a bank holiday, or the feast itself on a weekend. */
export function holidayOf(day: string): string | undefined {
  const found = bankHolidaysOf(Number(day.slice(0, 4))).find((one) => one.day === day);
  if (found) return found.name;
  return { '12-25': 'Christmas Day', '12-26': 'Boxing Day', '01-01': 'New Year’s Day' }[day.slice(5)];
}

export const isHoliday = (day: string): boolean => holidayOf(day) !== undefined;
