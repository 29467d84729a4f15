/** Fields by which people are named in forms, checked in one way and with the same words everywhere. */
import { isNhsNumber } from '../fhir/nhs-number.ts';
import { type FieldError, type TypedDate, wholeDate } from './form-fields.ts';

/** The ten digits of the field `nhs-number`, or what is wrong with it. Empty is for the form to judge. */
export function nhsNumberIn(typed: string): string | FieldError {
  const number = typed.replaceAll(/[\s-]/g, '');
  if (number === '' || isNhsNumber(number)) return number;
  return {
    field: 'nhs-number',
    text: /^\d{10}$/.test(number)
      ? 'NHS number is not a valid one. Check each digit: one may be wrong, or two the wrong way round'
      : 'NHS number must be 10 digits, like 943 476 5919',
  };
}

/** The day of the fields `born-…`, whole and not after `today` (`2026-11-22`), or what is wrong with it. */
export function birthDateIn(typed: TypedDate, today: string): string | FieldError {
  const date = wholeDate('born', typed, 'Date of birth');
  return typeof date === 'string' && date > today
    ? { field: 'born-year', text: 'Date of birth must not be in the future' }
    : date;
}
