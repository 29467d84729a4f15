/** The forms in which people add what they know. */
import { z } from 'zod';
import type { OwnSheet } from '../../fhir/patient-reported.ts';
import { defineForm, type Fields } from '../../web/forms/define-form.ts';
import { choicesField, type Field, textField } from '../../web/forms/fields.ts';
import { allergyEntry, contactEntry, medicineEntry, sheetEntry } from './own-entries.ts';
import { type Asked, line, type OwnForm, text } from './own-form.ts';
import { measurementForm } from './own-measurement-form.ts';
import { measurementKinds } from './own-measurements.ts';

const longest = 2000;

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

const sheetForm = (sheet: OwnSheet, title: string, about: string, asked: readonly Asked[]): OwnForm => ({
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
