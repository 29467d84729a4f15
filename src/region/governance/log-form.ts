/** The filters of the audit log, as they come in its address. */
import { isNhsNumber } from '../../fhir/nhs-number.ts';
import type { AuditAction, EntriesAsked } from '../../record/audit-events/entries.ts';
import { addDays, parseDate, startOfDay } from '../../web/dates.ts';

export const whats: readonly {
  readonly value: string;
  readonly text: string;
  readonly actions?: readonly AuditAction[];
}[] = [
  { value: '', text: 'Anything' },
  { value: 'looks', text: 'Looking and searching', actions: ['R', 'S', 'H', 'E'] },
  { value: 'changes', text: 'Adding, changing and removing', actions: ['C', 'U', 'D'] },
  { value: 'events', text: 'Sign-in, denials, consent and emergency access', actions: ['X'] },
];

const fields = ['patient', 'who', 'from', 'to', 'what', 'outcome'] as const;
type Field = (typeof fields)[number];

export interface LogForm {
  readonly typed: Readonly<Record<Field, string>>;
  readonly errors: readonly { readonly field: Field; readonly text: string }[];
  /** What to look for, save the patient. */
  readonly asked: Omit<EntriesAsked, 'count' | 'persons'>;
  /** A Patient id, or an NHS number of ten digits. */
  readonly patient?: { readonly id: string } | { readonly nhsNumber: string };
  /** Something was asked for. */
  readonly submitted: boolean;
}

const one = (value: unknown): string => {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first.trim().slice(0, 200) : '';
};

const dayOf = (text: string): string | undefined => {
  const date = parseDate(text);
  if (date?.precision !== 'day') return undefined;
  return new Date(`${date.key}T00:00:00Z`).toISOString().startsWith(date.key) ? date.key : undefined;
};

export function logForm(query: Readonly<Record<string, unknown>>): LogForm {
  const typed = Object.fromEntries(fields.map((name) => [name, one(query[name])])) as LogForm['typed']; // every field is there
  const errors: { field: Field; text: string }[] = [];
  const days = { from: typed.from && dayOf(typed.from), to: typed.to && dayOf(typed.to) };
  if (days.from === undefined)
    errors.push({ field: 'from', text: 'The first day must be a real date, like 2026-05-04' });
  if (days.to === undefined)
    errors.push({ field: 'to', text: 'The last day must be a real date, like 2026-05-04' });
  if (days.from && days.to && days.from > days.to)
    errors.push({ field: 'to', text: 'The last day must be the same as or after the first day' });
  const digits = typed.patient.replaceAll(/[\s-]/g, '');
  const isNumber = /^\d{10}$/.test(digits) && isNhsNumber(digits);
  const id = typed.patient.replace(/^Patient\//, '');
  if (typed.patient !== '' && !isNumber && !/^[A-Za-z0-9.-]{1,64}$/.test(id))
    errors.push({
      field: 'patient',
      text: 'Patient must be an NHS number of 10 digits, or the id of their record',
    });
  if (typed.who !== '' && !/^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/.test(typed.who))
    errors.push({
      field: 'who',
      text: 'Who looked must be a reference, like Practitioner/123. Choose it from an entry',
    });
  const actions = whats.find(({ value }) => value === typed.what)?.actions;
  const outcomes = typed.outcome === 'refused' ? (['refused', 'failed'] as const) : undefined;
  const cursor = one(query['page']);
  return {
    typed,
    errors,
    asked: {
      ...(days.from ? { from: startOfDay(days.from) } : {}),
      ...(days.to ? { to: startOfDay(addDays(days.to, 1)) } : {}),
      ...(typed.who === '' ? {} : { actor: typed.who }),
      ...(actions ? { kinds: { actions, events: [] } } : {}),
      ...(outcomes ? { outcomes } : {}),
      ...(cursor ? { cursor } : {}),
    },
    ...(typed.patient === '' ? {} : { patient: isNumber ? { nhsNumber: digits } : { id } }),
    submitted: fields.some((name) => query[name] !== undefined),
  };
}
