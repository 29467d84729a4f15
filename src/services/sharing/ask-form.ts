/** The form that asks to act for someone: what was typed, checked. */
import { longestText } from '../../access/proxies/proxies.ts';
import type { ProxyAsk } from '../../access/proxies/proxy.ts';
import { proxyRelationship } from '../../access/proxies/relationships.ts';
import { proxyScopes } from '../../access/sight/proxy-grant.ts';
import {
  type FieldError,
  type FormBody,
  formDate,
  formText,
  formTexts,
  type TypedDate,
} from '../../web/form-fields.ts';
import { birthDateIn, nhsNumberIn } from '../../web/person-fields.ts';

export interface Typed {
  readonly form: string;
  readonly personName: string;
  readonly nhsNumber: string;
  readonly born: TypedDate;
  readonly relationship: string;
  readonly scopes: readonly string[];
  readonly evidence: string;
}

export const typedOf = (body: FormBody): Typed => ({
  form: formText(body, 'form'),
  personName: formText(body, 'person-name'),
  nhsNumber: formText(body, 'nhs-number'),
  born: formDate(body, 'born'),
  relationship: formText(body, 'relationship'),
  scopes: formTexts(body, 'scope'),
  evidence: formText(body, 'evidence'),
});

/** What to ask, or what is wrong, in the order of the page. `today` as `2026-11-22`. */
export function askOf(typed: Typed, today: string): ProxyAsk | readonly FieldError[] {
  const errors: FieldError[] = [];
  const { personName, relationship, evidence } = typed;
  if (personName === '') errors.push({ field: 'person-name', text: 'Enter their full name' });
  if (personName.length > 200)
    errors.push({ field: 'person-name', text: 'Full name must be 200 characters or fewer' });
  const nhsNumber = nhsNumberIn(typed.nhsNumber);
  if (nhsNumber === '') errors.push({ field: 'nhs-number', text: 'Enter their NHS number' });
  else if (typeof nhsNumber !== 'string') errors.push(nhsNumber);
  const birthDate = birthDateIn(typed.born, today);
  if (typeof birthDate !== 'string') errors.push(birthDate);
  if (!proxyRelationship(relationship))
    errors.push({ field: 'relationship', text: 'Select what you are to them' });
  const scopes = proxyScopes.filter((scope) => typed.scopes.includes(scope));
  if (scopes.length === 0)
    errors.push({ field: 'scope', text: 'Select one or more things that you want to do for them' });
  if (evidence === '') errors.push({ field: 'evidence', text: 'Say what shows that you may act for them' });
  if (evidence.length > longestText)
    errors.push({ field: 'evidence', text: `What shows it must be ${longestText} characters or fewer` });
  if (errors.length > 0 || typeof birthDate !== 'string' || typeof nhsNumber !== 'string') return errors;
  return { form: typed.form, nhsNumber, birthDate, personName, relationship, scopes, evidence };
}
