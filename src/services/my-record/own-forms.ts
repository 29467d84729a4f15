/** The forms in which people add what they know: what each asks, and what it writes. */
import { z } from 'zod';
import type { OwnFactType } from '../../access/sight/own-facts-sight.ts';
import { localMoment, startOfDay } from '../../web/dates.ts';
import { defineForm, type Fields, type Form } from '../../web/forms/define-form.ts';
import { choicesField, dateField, type Field, judgedField, textField } from '../../web/forms/fields.ts';
import {
  allergyEntry,
  contactEntry,
  measurementEntry,
  medicineEntry,
  type OwnEntry,
  type Place,
  type Sheet,
  sheetEntry,
  type Writer,
} from './own-entries.ts';
import { type MeasurementKind, measuredNumber, measurementKinds, oddity } from './own-measurements.ts';

/** One input of a form as the template shows it. */
export interface Asked {
  readonly kind: 'line' | 'number' | 'words' | 'date' | 'one-of' | 'some-of' | 'phone';
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly unit?: string;
  readonly options?: readonly { readonly value: string; readonly text: string }[];
  /** Key of what was typed, where it is not its name. */
  readonly key?: string;
}

/** What fields hold, all of them by their name. */
export type OwnValues = Readonly<Record<string, unknown>>;

export interface OwnForm {
  /** Part of its address. */
  readonly page: string;
  readonly type: OwnFactType;
  readonly title: string;
  readonly changeTitle: string;
  readonly about: string;
  readonly asked: readonly Asked[];
  /** A person has one alone: adding it again changes it. */
  readonly sheet?: Sheet;
  readonly form: (now: number) => Form<Fields>;
  readonly entry: (place: Place, values: OwnValues, writer: Writer) => OwnEntry;
  /** What an entry holds, as it would be typed. */
  readonly typed: (entry: OwnEntry) => OwnValues;
  readonly empty: (now: number) => OwnValues;
}

const longest = 2000;
const text = (values: OwnValues, name: string): string => String(values[name] ?? '');

const line = (name: string, what: string, missing: string | undefined, most = 200): Field<string, string> =>
  textField(
    name,
    (missing === undefined ? z.string() : z.string().min(1, missing)).max(
      most,
      `${what} must be ${most} characters or fewer`,
    ),
  );

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

function measurementForm(kind: MeasurementKind): OwnForm {
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

const allergyForm: OwnForm = {
  ...{
    page: 'allergies',
    type: 'AllergyIntolerance',
    title: 'Add an allergy',
    changeTitle: 'Change an allergy',
  },
  about:
    'Tell a clinician too, at your next visit: they can look into it and record it. Until then it is shown as added by you.',
  asked: [
    {
      kind: 'line',
      name: 'what',
      label: 'What are you allergic to?',
      hint: 'One thing, like penicillin or peanuts',
    },
    {
      kind: 'line',
      name: 'reaction',
      label: 'What happens? (optional)',
      hint: 'Like a rash, swelling, trouble breathing',
    },
    { kind: 'words', name: 'note', label: 'Anything to add (optional)', hint: 'Like when it last happened' },
  ],
  form: () =>
    defineForm({
      fields: {
        what: line('what', 'What you are allergic to', 'Enter what you are allergic to'),
        reaction: line('reaction', 'What happens', undefined),
        note: line('note', 'What you add', undefined, 500),
      } as Fields,
    }),
  entry: (place, values, writer) =>
    allergyEntry(
      place,
      { what: text(values, 'what'), reaction: text(values, 'reaction'), note: text(values, 'note') },
      writer,
    ),
  typed: (entry) =>
    entry.resourceType === 'AllergyIntolerance'
      ? {
          what: entry.code?.text ?? '',
          reaction: entry.reaction?.[0]?.manifestation?.[0]?.text ?? '',
          note: entry.note?.[0]?.text ?? '',
        }
      : {},
  empty: () => ({}),
};

const takings = [
  { value: 'now', text: 'Yes, I take it now' },
  { value: 'before', text: 'No, I took it before' },
] as const;

const medicineForm: OwnForm = {
  ...{
    page: 'medicines',
    type: 'MedicationStatement',
    title: 'Add a medicine',
    changeTitle: 'Change a medicine',
  },
  about:
    'Medicines that you bought, from a shop, a pharmacy or online: also vitamins and herbal remedies. What was prescribed is in your record already.',
  asked: [
    {
      kind: 'line',
      name: 'what',
      label: 'Which medicine?',
      hint: 'As on the packet, like ibuprofen 200mg tablets',
    },
    {
      kind: 'line',
      name: 'how',
      label: 'How do you take it? (optional)',
      hint: 'Like 1 tablet when my knee hurts',
    },
    { kind: 'line', name: 'why', label: 'What is it for? (optional)' },
    { kind: 'one-of', name: 'taking', label: 'Do you take it now?', options: takings },
  ],
  form: () =>
    defineForm({
      fields: {
        what: line('what', 'Medicine', 'Enter the name of the medicine'),
        how: line('how', 'How you take it', undefined),
        why: line('why', 'What it is for', undefined),
        taking: textField('taking', z.enum(['now', 'before'], 'Select whether you take it now')),
      } as Fields,
    }),
  entry: (place, values, writer) =>
    medicineEntry(
      place,
      {
        ...{ what: text(values, 'what'), how: text(values, 'how'), why: text(values, 'why') },
        taking: values['taking'] === 'now' ? 'now' : 'before',
      },
      writer,
    ),
  typed: (entry) =>
    entry.resourceType === 'MedicationStatement'
      ? {
          what: entry.medicationCodeableConcept?.text ?? '',
          how: entry.dosage?.[0]?.text ?? '',
          why: entry.reasonCode?.[0]?.text ?? '',
          taking: entry.status === 'active' ? 'now' : 'before',
        }
      : {},
  empty: () => ({}),
};

const phone = /^\+?[\d\s()-]{7,25}$/;

const contactForm: OwnForm = {
  ...{ page: 'contacts', type: 'RelatedPerson' },
  ...{ title: 'Add an emergency contact', changeTitle: 'Change an emergency contact' },
  about:
    'Someone whom those who care for you may call in an emergency. Ask them first. They do not see your record.',
  asked: [
    { kind: 'line', name: 'name', label: 'Their full name' },
    {
      kind: 'line',
      name: 'relation',
      label: 'What are they to you?',
      hint: 'Like partner, daughter or neighbour',
    },
    {
      kind: 'phone',
      name: 'phone',
      label: 'Their phone number',
      hint: 'Like 07700 900 982 or +44 808 157 0192',
    },
  ],
  form: () =>
    defineForm({
      fields: {
        name: line('name', 'Name', 'Enter their full name'),
        relation: line('relation', 'What they are to you', 'Enter what they are to you', 100),
        phone: textField(
          'phone',
          z
            .string()
            .min(1, 'Enter their phone number')
            .regex(phone, 'Phone number must have 7 to 15 digits, like 07700 900 982'),
        ),
      } as Fields,
    }),
  entry: (place, values, writer) =>
    contactEntry(
      place,
      { name: text(values, 'name'), relation: text(values, 'relation'), phone: text(values, 'phone') },
      writer,
    ),
  typed: (entry) =>
    entry.resourceType === 'RelatedPerson'
      ? {
          name: entry.name?.[0]?.text ?? '',
          relation: entry.relationship?.[0]?.text ?? '',
          phone: entry.telecom?.[0]?.value ?? '',
        }
      : {},
  empty: () => ({}),
};

/** Source: PRSB, About Me information standard, its sections. */
const aboutMe: readonly Asked[] = [
  { kind: 'words', name: 'important', label: 'What is most important to me' },
  { kind: 'words', name: 'people', label: 'People who are important to me' },
  {
    kind: 'words',
    name: 'wellness',
    label: 'My wellness',
    hint: 'What a good day is like, and what makes you unwell',
  },
  { kind: 'words', name: 'do', label: 'Please do, and please do not' },
  { kind: 'words', name: 'support', label: 'How and when to support me' },
  { kind: 'words', name: 'also', label: 'Also worth knowing about me' },
];

/** Source: NHS England, Accessible Information Standard (DCB1605): kinds of need. */
const needs: readonly Asked[] = [
  {
    ...{ kind: 'some-of', name: 'reach', label: 'How should people get in touch with you?' },
    options: ['Phone call', 'Text message', 'Email', 'Letter', 'Video call', 'Through someone else'].map(
      same,
    ),
  },
  {
    ...{ kind: 'some-of', name: 'format', label: 'How do you read best?' },
    options: ['Large print', 'Easy read', 'Braille', 'Audio', 'Read aloud to me'].map(same),
  },
  {
    ...{ kind: 'some-of', name: 'support', label: 'What helps when you talk with people?' },
    options: [
      'British Sign Language interpreter',
      'Lipreading',
      'Hearing loop',
      'Interpreter',
      'More time',
    ].map(same),
  },
  { kind: 'line', name: 'language', label: 'Which language do you want to speak? (optional)' },
  { kind: 'words', name: 'more', label: 'What else should people know about talking with you? (optional)' },
];
function same(words: string) {
  return { value: words, text: words };
}

const sheetForm = (sheet: Sheet, title: string, about: string, asked: readonly Asked[]): OwnForm => ({
  ...{ page: sheet, type: 'QuestionnaireResponse', sheet, title, changeTitle: title, about, asked },
  form: () =>
    defineForm({
      fields: Object.fromEntries(
        asked.map((one): [string, Field<unknown, unknown>] => [
          one.name,
          one.kind === 'some-of'
            ? choicesField(
                one.name,
                z.array(
                  z.enum(
                    (one.options ?? []).map(({ value }) => value),
                    'Select from the list',
                  ),
                ),
              )
            : line(one.name, one.label.replace(/ \(optional\)$/, ''), undefined, longest),
        ]),
      ),
      check: (values) =>
        Object.values(values).some((value) => (Array.isArray(value) ? value.length > 0 : value !== ''))
          ? []
          : [{ field: asked[0]?.name ?? '', text: 'Write or select something in at least one place' }],
    }),
  entry: (place, values, writer) =>
    sheetEntry(
      place,
      sheet,
      {
        answers: asked.map(({ name, label }) => ({
          ...{ key: name, text: label.replace(/ \(optional\)$/, '') },
          values: [values[name]]
            .flat()
            .map(String)
            .filter((value) => value !== '' && value !== 'undefined'),
        })),
      },
      writer,
    ),
  typed: (entry) =>
    entry.resourceType === 'QuestionnaireResponse'
      ? Object.fromEntries(
          asked.map(({ name, kind }) => {
            const answer = entry.item?.find(({ linkId }) => linkId === name)?.answer ?? [];
            const written = answer.map(({ valueString = '' }) => valueString);
            return [name, kind === 'some-of' ? written : (written[0] ?? '')];
          }),
        )
      : {},
  empty: () => ({}),
});

/** In the order of the page that offers them. */
export const ownForms: readonly OwnForm[] = [
  ...measurementKinds.map(measurementForm),
  allergyForm,
  medicineForm,
  sheetForm(
    'about-me',
    'What matters to me',
    'In your own words, for anyone who cares for you. Fill in what you like, and leave the rest.',
    aboutMe,
  ),
  sheetForm(
    'communication',
    'How to communicate with me',
    'So that those who care for you reach you, and that you understand each other.',
    needs,
  ),
  contactForm,
];
