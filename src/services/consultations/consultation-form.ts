/** The form of a consultation: words first, codes where they are found, and what is wrong said in one place. */
import { z } from 'zod';
import { contactModes } from '../../fhir/primary-care.ts';
import {
  type FieldError,
  formDate,
  formText,
  formTexts,
  type TypedDate,
  wholeDate,
} from '../../web/form-fields.ts';
import { defineForm, type ValuesOf } from '../../web/forms/define-form.ts';
import { choicesField, type Field, judgedField, textField } from '../../web/forms/fields.ts';
import { isOfAllergyClass } from './allergy-classes.ts';
import { measured, measureFields } from './measures.ts';
import { orderableTests } from './tests-to-order.ts';

export const longest = 8000;
export const medicineRows = [1, 2, 3] as const;

const words = (name: string, what: string, most = longest) =>
  textField(name, z.string().max(most, `${what} must be ${most} characters or fewer`));

/** Three inputs for a day that may be left out: `2026-11-22`, or empty. */
const optionalDay = (name: string, what: string): Field<TypedDate, string> => ({
  inputs: ['day', 'month', 'year'].map((part) => `${name}-${part}`),
  read: (body) => formDate(body, name),
  parse: (typed) => {
    if (typed.day === '' && typed.month === '' && typed.year === '') return { value: '' };
    const day = wholeDate(name, typed, what);
    return typeof day === 'string' ? { value: day } : { errors: [day] };
  },
});

const measures = Object.fromEntries(
  measureFields.map((field) => [
    field.key,
    judgedField(field.key, (typed): string | FieldError => {
      const value = measured(field, typed);
      if (typeof value === 'object') return { field: field.key, text: value.fault };
      return value === undefined ? '' : String(value);
    }),
  ]),
) as Readonly<Record<string, Field<string, string>>>;

const medicines = Object.fromEntries(
  medicineRows.flatMap((row) => [
    [`medicine${row}`, words(`medicine-${row}`, 'Medicine', 300)],
    [`dose${row}`, words(`dose-${row}`, 'How to take it', 500)],
    [`quantity${row}`, words(`quantity-${row}`, 'How much', 100)],
  ]),
) as Readonly<Record<string, Field<string, string>>>;

/**
 * The code that fits. With script `code` holds it; without, radios do, under another name: where they were shown they count, so that
 * a code found before is not kept for a problem that was changed.
 */
const codeField: Field<string, string> = {
  inputs: ['code', 'code-choice'],
  read: (body) => formTexts(body, 'code-choice')[0] ?? formText(body, 'code'),
  parse: (typed) =>
    typed.length <= 300
      ? { value: typed }
      : { errors: [{ field: 'problem', text: 'Select a code of the list' }] },
};

const fields = {
  mode: textField('mode', z.enum(contactModes, 'Select how you met')),
  known: words('known', 'Problem', 100),
  problem: words('problem', 'Problem', 300),
  /** `http://snomed.info/sct|195967001`, of the codes that were found. */
  code: codeField,
  keep: choicesField(
    'keep',
    z.array(z.string()).transform((sent) => sent.includes('yes')),
  ),
  history: words('history', 'What they told you'),
  examination: words('examination', 'What you found'),
  assessment: words('assessment', 'What you think'),
  plan: words('plan', 'What you agreed'),
  safety: words('safety', 'When to come back'),
  ...measures,
  ...medicines,
  checked: choicesField(
    'checked',
    z.array(z.string()).transform((sent) => sent.includes('yes')),
  ),
  tests: choicesField(
    'tests',
    z.array(z.string()).transform((sent) => orderableTests.filter(({ key }) => sent.includes(key))),
  ),
  referTo: words('refer-to', 'Where to', 200),
  referService: words('refer-service', 'Service', 200),
  referReason: words('refer-reason', 'Reason'),
  fit: textField('fit', z.enum(['', 'not-fit', 'may-be-fit'], 'Select what the fit note says')),
  fitReason: words('fit-reason', 'Reason', 300),
  fitAdjust: words('fit-adjust', 'What would help', 1000),
  fitFrom: optionalDay('fit-from', 'First day'),
  fitUntil: optionalDay('fit-until', 'Last day'),
  care: words('care', 'What is planned', 500),
  careBy: optionalDay('care-by', 'Day it is planned for'),
  summary: words('summary', 'Summary for the patient'),
  next: textField('next', z.enum(['close', 'keep'], 'Select what happens to the request')),
};

export type ConsultationValues = ValuesOf<typeof fields> & Readonly<Record<string, unknown>>;

/** What a medicine is called that someone is allergic to, as far as words tell. */
export function allergyIn(medicine: string, allergies: readonly string[]): string | undefined {
  const text = medicine.toLowerCase();
  const isNamed = (allergy: string): boolean =>
    allergy
      .toLowerCase()
      .split(/[^\p{L}]+/u)
      .some(
        (word) =>
          word.length >= 5 && !plain.has(word) && text.includes(word.slice(0, Math.max(5, word.length - 2))),
      );
  return allergies.find((allergy) => isNamed(allergy) || isOfAllergyClass(medicine, allergy));
}
const plain = new Set([
  'allergy',
  'allergic',
  'adverse',
  'reaction',
  'intolerance',
  'medicine',
  'tablet',
  'tablets',
  'product',
]);

export const consultationForm = ({
  allergies,
  hasRequest,
}: {
  readonly allergies: readonly string[];
  readonly hasRequest: boolean;
}) =>
  defineForm({
    fields: hasRequest
      ? fields
      : {
          ...fields,
          next: textField(
            'next',
            z.string().transform(() => 'close' as const),
          ),
        },
    check: (values) => {
      const errors: FieldError[] = [];
      const need = (isWrong: boolean, field: string, text: string): void => {
        if (isWrong) errors.push({ field, text });
      };
      const all = values as ConsultationValues; // its own fields
      need(
        all.known === '' && all.problem === '',
        'problem',
        'Enter the problem, or select one that they have',
      );
      need(
        all.history === '' && all.assessment === '' && all.plan === '',
        'history',
        'Write what they told you, what you think or what you agreed',
      );
      need(
        (all['systolic'] === '') !== (all['diastolic'] === ''),
        all['systolic'] === '' ? 'systolic' : 'diastolic',
        'Enter both numbers of the blood pressure',
      );
      need(
        all['systolic'] !== '' &&
          all['diastolic'] !== '' &&
          Number(all['systolic']) <= Number(all['diastolic']),
        'systolic',
        'The upper number of the blood pressure must be above the lower',
      );
      for (const row of medicineRows) {
        const medicine = String(all[`medicine${row}`] ?? '');
        const dose = String(all[`dose${row}`] ?? '');
        need(medicine !== '' && dose === '', `dose-${row}`, `Enter how to take ${medicine}`);
        need(medicine === '' && dose !== '', `medicine-${row}`, 'Enter which medicine');
        const allergy = medicine === '' ? undefined : allergyIn(medicine, allergies);
        need(
          allergy !== undefined && !all.checked,
          `medicine-${row}`,
          `The record says: ${allergy}. Choose another medicine, or say below that you have checked this`,
        );
      }
      const refers = [all.referTo, all.referService, all.referReason].filter((text) => text !== '').length;
      need(refers > 0 && all.referTo === '', 'refer-to', 'Select where to refer to');
      need(refers > 0 && all.referService === '', 'refer-service', 'Enter the service or specialty');
      need(refers > 0 && all.referReason === '', 'refer-reason', 'Say why you refer');
      if (all.fit !== '') {
        need(all.fitReason === '', 'fit-reason', 'Enter the reason on the fit note');
        need(all.fitFrom === '', 'fit-from-day', 'Enter the first day of the fit note');
        need(all.fitUntil === '', 'fit-until-day', 'Enter the last day of the fit note');
        need(
          all.fitFrom !== '' && all.fitUntil !== '' && all.fitUntil < all.fitFrom,
          'fit-until-day',
          'The last day of the fit note must not be before the first',
        );
        need(
          all.fit === 'may-be-fit' && all.fitAdjust === '',
          'fit-adjust',
          'Say what would help them to work',
        );
      }
      need(all.careBy !== '' && all.care === '', 'care', 'Say what is planned');
      return errors;
    },
  });
