/** The filters of the history, as they come in its address: kinds and dates. */
import { addDays, parseDate } from '../../web/dates.ts';
import { kinds, usualKinds } from './kinds.ts';

type Part = 'day' | 'month' | 'year';
export type DateName = 'from' | 'to';

export interface HistoryForm {
  readonly kinds: readonly string[];
  /** As typed: `from-day`, `to-year` … */
  readonly typed: Readonly<Record<`${DateName}-${Part}`, string>>;
  readonly from?: string;
  readonly to?: string;
  readonly before?: string;
  readonly errors: readonly { readonly field: string; readonly text: string }[];
  /** Something is narrowed down. */
  readonly filtered: boolean;
}

const one = (value: unknown): string => {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first.trim().slice(0, 20) : '';
};

const names = { from: 'The first date', to: 'The last date' };

/** A date of which the month and day may be left out: the first day it covers, or the last. */
const dayOf = (
  name: DateName,
  day: string,
  month: string,
  year: string,
): { key?: string; error?: { field: string; text: string } } => {
  if (!day && !month && !year) return {};
  if (!/^\d{4}$/.test(year) || year === '0000')
    return { error: { field: `${name}-year`, text: `${names[name]} must include a year, like 2019` } };
  if ((month || day) && !/^(0?[1-9]|1[0-2])$/.test(month)) {
    return { error: { field: `${name}-month`, text: `${names[name]} must include a month from 1 to 12` } };
  }
  const last = new Date(Date.UTC(Number(year), Number(month || 12), 0)).getUTCDate();
  if (day && (!/^\d{1,2}$/.test(day) || Number(day) < 1 || Number(day) > last)) {
    return { error: { field: `${name}-day`, text: `${names[name]} must have a day from 1 to ${last}` } };
  }
  const end = name === 'to';
  const m = (month || (end ? '12' : '1')).padStart(2, '0');
  const d = (day || (end ? String(last) : '1')).padStart(2, '0');
  return { key: `${year}-${m}-${d}` };
};

export function historyForm(query: Readonly<Record<string, unknown>>): HistoryForm {
  const asked = (Array.isArray(query['kind']) ? query['kind'] : [query['kind']]).filter(
    (kind) => typeof kind === 'string',
  );
  const known = kinds.map((kind) => kind.id).filter((id) => asked.includes(id));
  const typed = {
    'from-day': one(query['from-day']),
    'from-month': one(query['from-month']),
    'from-year': one(query['from-year']),
    'to-day': one(query['to-day']),
    'to-month': one(query['to-month']),
    'to-year': one(query['to-year']),
  };
  const from = dayOf('from', typed['from-day'], typed['from-month'], typed['from-year']);
  const to = dayOf('to', typed['to-day'], typed['to-month'], typed['to-year']);
  const errors = [from.error, to.error].filter((error) => error !== undefined);
  if (from.key && to.key && from.key > to.key) {
    errors.push({ field: 'to-year', text: 'The last date must be the same as or after the first date' });
  }
  const before = one(query['before']);
  return {
    kinds: known.length > 0 ? known : usualKinds,
    typed,
    errors,
    filtered: known.length > 0 || from.key !== undefined || to.key !== undefined,
    ...(from.key ? { from: from.key } : {}),
    ...(to.key ? { to: to.key } : {}),
    ...(parseDate(before)?.precision === 'day' ? { before: addDays(before, 0) } : {}),
  };
}
