/** The form that asks for emergency access: what was typed, checked. */
import { type EmergencyAsk, wordsLength } from '../../access/emergency/emergencies.ts';
import { emergencyReason } from '../../access/emergency/reasons.ts';
import { type FieldError, type FormBody, formDate, formText, type TypedDate } from '../../web/form-fields.ts';
import { birthDateIn, nhsNumberIn } from '../../web/person-fields.ts';

export interface Typed {
  readonly form: string;
  readonly nhsNumber: string;
  readonly born: TypedDate;
  readonly reason: string;
  readonly words: string;
}

export const typedOf = (body: FormBody): Typed => ({
  form: formText(body, 'form'),
  nhsNumber: formText(body, 'nhs-number'),
  born: formDate(body, 'born'),
  reason: formText(body, 'reason'),
  words: formText(body, 'words'),
});

/** What to ask, or what is wrong, in the order of the page. `today` as `2026-11-22`. */
export function askOf(typed: Typed, today: string): EmergencyAsk | readonly FieldError[] {
  const errors: FieldError[] = [];
  const nhsNumber = nhsNumberIn(typed.nhsNumber);
  if (nhsNumber === '') errors.push({ field: 'nhs-number', text: 'Enter the person’s NHS number' });
  else if (typeof nhsNumber !== 'string') errors.push(nhsNumber);
  const birthDate = birthDateIn(typed.born, today);
  if (typeof birthDate !== 'string') errors.push(birthDate);
  if (!emergencyReason(typed.reason))
    errors.push({ field: 'reason', text: 'Select why you need this record now' });
  const { length } = typed.words;
  if (length < wordsLength.least)
    errors.push({
      field: 'words',
      text: `Say what is happening, in ${wordsLength.least} characters or more`,
    });
  if (length > wordsLength.most)
    errors.push({
      field: 'words',
      text: `What is happening must be ${wordsLength.most} characters or fewer`,
    });
  if (errors.length > 0 || typeof birthDate !== 'string' || typeof nhsNumber !== 'string') return errors;
  return { form: typed.form, nhsNumber, birthDate, reason: typed.reason, words: typed.words };
}
