/** Dates and numbers as people write them in the language of a page. */
import { formatDate, parseDate } from '../dates.ts';
import { type Language, languages } from './languages.ts';

/** `5 Ionawr 2024`; as formatDate in English, and for what is no whole date. */
export function localDate(language: Language, value: unknown): string {
  const date = parseDate(value);
  if (language === 'en' || !date) return formatDate(value);
  const shown = new Intl.DateTimeFormat(languages[language].tag, {
    year: 'numeric',
    ...(date.precision === 'year' ? {} : { month: 'long' as const }),
    ...(date.precision === 'year' || date.precision === 'month' ? {} : { day: 'numeric' as const }),
    // The parts are those of a day in the United Kingdom already.
    timeZone: 'UTC',
  });
  return shown.format(Date.UTC(date.year, date.month - 1, date.day));
}

export const localNumber = (language: Language, value: number): string =>
  value.toLocaleString(languages[language].tag);
