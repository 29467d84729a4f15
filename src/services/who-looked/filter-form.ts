/** The filters of the list, as they come in its address. */
import { addDays, startOfDay } from '../../web/dates.ts';

export type View = 'people' | 'emergency' | 'own' | 'systems';
export const views: readonly { readonly id: View; readonly text: string }[] = [
  { id: 'people', text: 'People' },
  { id: 'emergency', text: 'Emergency access' },
  { id: 'own', text: 'Your own visits' },
  { id: 'systems', text: 'Computer systems' },
];

type Part = 'day' | 'month' | 'year';
export type DateName = 'from' | 'to';

export interface FilterForm {
  readonly view: View;
  readonly typed: Readonly<Record<`${DateName}-${Part}`, string>>;
  /** Ms since 1970 UTC: at or after, and before. */
  readonly from?: number;
  readonly to?: number;
  readonly page?: string;
  readonly errors: readonly { readonly field: string; readonly text: string }[];
  readonly filtered: boolean;
}

const one = (value: unknown): string => {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first.trim() : '';
};
const names = { from: 'The first date', to: 'The last date' };

type Read = { readonly key?: string; readonly error?: { readonly field: string; readonly text: string } };

function dayOf(name: DateName, day: string, month: string, year: string): Read {
  if (!day && !month && !year) return {};
  const wrong = (part: Part, text: string): Read => ({ error: { field: `${name}-${part}`, text } });
  if (!/^\d{4}$/.test(year) || Number(year) < 1900)
    return wrong('year', `${names[name]} must include a year, like 2026`);
  if (!/^(0?[1-9]|1[0-2])$/.test(month))
    return wrong('month', `${names[name]} must include a month from 1 to 12`);
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (!/^\d{1,2}$/.test(day) || Number(day) < 1 || Number(day) > last)
    return wrong('day', `${names[name]} must have a day from 1 to ${last}`);
  return { key: `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` };
}

export function filterForm(query: Readonly<Record<string, unknown>>): FilterForm {
  const typed = {
    'from-day': one(query['from-day']).slice(0, 20),
    'from-month': one(query['from-month']).slice(0, 20),
    'from-year': one(query['from-year']).slice(0, 20),
    'to-day': one(query['to-day']).slice(0, 20),
    'to-month': one(query['to-month']).slice(0, 20),
    'to-year': one(query['to-year']).slice(0, 20),
  };
  const from = dayOf('from', typed['from-day'], typed['from-month'], typed['from-year']);
  const to = dayOf('to', typed['to-day'], typed['to-month'], typed['to-year']);
  const errors = [from.error, to.error].filter((error) => error !== undefined);
  if (from.key && to.key && from.key > to.key)
    errors.push({ field: 'to-day', text: 'The last date must be the same as or after the first date' });
  const page = one(query['page']);
  return {
    view: views.find(({ id }) => id === query['view'])?.id ?? 'people',
    typed,
    ...(from.key ? { from: startOfDay(from.key) } : {}),
    ...(to.key ? { to: startOfDay(addDays(to.key, 1)) } : {}),
    ...(page ? { page } : {}),
    errors,
    filtered: Object.values(typed).some((text) => text !== ''),
  };
}
