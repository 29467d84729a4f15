/** The form in which people add a measurement: its numbers, and the day and time in the United Kingdom. */
import { z } from 'zod';
import { localMoment, startOfDay } from '../../web/dates.ts';
import { defineForm, type Fields } from '../../web/forms/define-form.ts';
import { dateField, judgedField, textField } from '../../web/forms/fields.ts';
import { measurementEntry } from './own-entries.ts';
import { type Asked, line, type OwnForm, type OwnValues, text } from './own-form.ts';
import { type MeasurementKind, measuredNumber, oddity } from './own-measurements.ts';

const keyOf = (now: number): string => localMoment(now).key;
const typedDay = (key: string) => {
  const [year = '', month = '', day = ''] = key.split('-');
  return { day: String(Number(day)), month: String(Number(month)), year };
};

const oldest = '1900-01-01';
const dayUntilToday = (now: number) =>
  dateField('taken', 'Day', (day) =>
    day > keyOf(now)
      ? { field: 'taken-year', text: 'Day must be today or earlier' }
      : day < oldest
        ? { field: 'taken-year', text: 'Day must be in 1900 or later' }
        : undefined,
  );

/** `7:30`, `07:30`, `7.30pm`; empty where none is known. */
export function timeOfDay(typed: string): string | undefined {
  if (typed === '') return '';
  const found = /^(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?$/i.exec(typed);
  if (!found) return undefined;
  const [, hours = '', minutes = '00', half] = found;
  const hour = Number(hours);
  if (half && (hour < 1 || hour > 12)) return undefined;
  if (!half && !found[2]) return undefined;
  const whole = half ? (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0) : hour;
  if (whole > 23 || Number(minutes) > 59) return undefined;
  return `${String(whole).padStart(2, '0')}:${minutes}`;
}

const timeField = judgedField(
  'time',
  (typed) => timeOfDay(typed) ?? { field: 'time', text: 'Time must be like 7:30 or 7:30pm' },
);

/** A UK day and time as a FHIR dateTime; the day alone where no time is known. */
export function takenAt(day: string, time: string): string {
  if (time === '') return day;
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const ms = startOfDay(day) + (hours * 60 + minutes) * 60_000;
  // On the two days a year on which the clocks change, the hours after are one off from the day’s start.
  const { hour } = localMoment(ms);
  return new Date(ms + (((hours - hour + 36) % 24) - 12) * 3_600_000).toISOString();
}

const numbersOf = (kind: MeasurementKind, values: OwnValues): Record<string, number> =>
  Object.fromEntries(kind.parts.map(({ name }) => [name, Number(values[name])]));

/** The form for one kind of measurement. */
export function measurementForm(kind: MeasurementKind): OwnForm {
  return {
    page: `measurements/${kind.key}`,
    type: 'Observation',
    title: `Add ${inSentence(kind.name)}`,
    changeTitle: `Change ${inSentence(kind.name)}`,
    about: kind.about,
    asked: [
      ...kind.parts.map(
        ({ name, label, hint, unit }): Asked => ({
          ...{ kind: 'number', name, label, unit },
          ...(hint === undefined ? {} : { hint }),
        }),
      ),
      { kind: 'date', name: 'taken', label: 'Day it was measured', hint: 'Like 22 11 2026' },
      { kind: 'line', name: 'time', label: 'Time (optional)', hint: 'Like 7:30 or 7:30pm' },
      { kind: 'words', name: 'note', label: 'Anything to add (optional)' },
    ],
    form: (now) =>
      defineForm({
        fields: {
          ...Object.fromEntries(
            kind.parts.map((part) => [
              part.name,
              judgedField(part.name, (typed): number | { field: string; text: string } => {
                const value = measuredNumber(part, typed);
                return typeof value === 'number' ? value : { field: part.name, text: value };
              }),
            ]),
          ),
          taken: dayUntilToday(now),
          time: timeField,
          note: line('note', 'What you add', undefined, 500),
          sure: textField('sure', z.string()),
        } as Fields, // each of them is a field of its own kind
        check: (values: OwnValues) => {
          const odd = values['sure'] === 'yes' ? undefined : oddity(kind, numbersOf(kind, values));
          const later =
            takenAt(text(values, 'taken'), text(values, 'time')) > new Date(now).toISOString() &&
            text(values, 'time') !== '';
          return [
            ...(later ? [{ field: 'time', text: 'Time must not be in the future' }] : []),
            ...(odd === undefined ? [] : [{ field: 'sure', text: odd }]),
          ];
        },
      }),
    entry: (place, values, writer) =>
      measurementEntry(
        place,
        {
          ...{ kind, values: numbersOf(kind, values), note: text(values, 'note') },
          taken: takenAt(text(values, 'taken'), text(values, 'time')),
        },
        writer,
      ),
    typed: (entry) => {
      if (entry.resourceType !== 'Observation') return {};
      const { key, hour, minute, precision } = momentOf(entry.effectiveDateTime ?? '');
      const parts = entry.component ?? [];
      return {
        ...Object.fromEntries(
          kind.parts.map(({ name, loinc }) => {
            const of =
              parts.find(({ code }) => code.coding?.some((coding) => coding.code === loinc[0])) ?? entry;
            return [name, String(of.valueQuantity?.value ?? '')];
          }),
        ),
        taken: typedDay(key),
        time: precision === 'time' ? `${hour}:${String(minute).padStart(2, '0')}` : '',
        note: entry.note?.[0]?.text ?? '',
      };
    },
    empty: (now) => {
      const { key, hour, minute } = localMoment(now);
      return { taken: typedDay(key), time: `${hour}:${String(minute).padStart(2, '0')}` };
    },
  };
}

const momentOf = (date: string) =>
  date.length > 10
    ? localMoment(Date.parse(date))
    : { key: date, hour: 0, minute: 0, precision: 'day' as const };

const inSentence = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
