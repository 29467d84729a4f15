/** What someone chooses of a record to take out: which sections, of which days, in which form. */
import { z } from 'zod';
import { type FieldError, formDate, type TypedDate, wholeDate } from '../../web/form-fields.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { choicesField, type Field, textField } from '../../web/forms/fields.ts';
import type { RecordSection } from './record-sections.ts';

/** A day that may be left out. */
const optionalDay = (name: string, what: string): Field<TypedDate, string | undefined> => ({
  inputs: ['day', 'month', 'year'].map((part) => `${name}-${part}`),
  read: (body) => formDate(body, name),
  parse: (typed) => {
    if (typed.day === '' && typed.month === '' && typed.year === '') return { value: undefined };
    const day = wholeDate(name, typed, what);
    return typeof day === 'string' ? { value: day } : { errors: [day] };
  },
});

export const chosenSections = (sections: readonly RecordSection[], missing: string) =>
  choicesField(
    'section',
    z
      .array(z.string())
      .transform((sent) => sections.filter(({ key }) => sent.includes(key)).map(({ key }) => key))
      .refine((keys) => keys.length > 0, missing),
  );

export const downloadForm = (sections: readonly RecordSection[]) =>
  defineForm({
    fields: {
      sections: chosenSections(sections, 'Select one or more parts of the record'),
      from: optionalDay('from', 'First day'),
      to: optionalDay('to', 'Last day'),
      format: textField('format', z.enum(['pdf', 'fhir'], 'Select what kind of file you want')),
    },
    check: ({ from, to }): readonly FieldError[] =>
      from !== undefined && to !== undefined && to < from
        ? [{ field: 'to-day', text: 'Last day must be the same as or after the first day' }]
        : [],
  });
