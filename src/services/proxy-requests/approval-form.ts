/** The form that agrees to a request: what was typed, checked. */
import { longestText, longestYears } from '../../access/proxies/proxies.ts';
import type { Approval, ProxyRequest } from '../../access/proxies/proxy.ts';
import { ageRule } from '../../access/sight/age-rules.ts';
import { proxyScopes } from '../../access/sight/proxy-grant.ts';
import { addDays, localMoment, startOfDay } from '../../web/dates.ts';
import {
  type FieldError,
  type FormBody,
  formDate,
  formText,
  formTexts,
  type TypedDate,
  wholeDate,
} from '../../web/form-fields.ts';

export interface Typed {
  readonly scopes: readonly string[];
  readonly basis: string;
  readonly until: TypedDate;
  readonly checked: string;
}

export const typedOf = (body: FormBody): Typed => ({
  scopes: formTexts(body, 'scope'),
  basis: formText(body, 'basis'),
  until: formDate(body, 'until'),
  checked: formText(body, 'checked'),
});

/** What is agreed, or what is wrong, in the order of the page. */
export function approvalOf(
  typed: Typed,
  request: ProxyRequest,
  now: number,
): Approval | readonly FieldError[] {
  const errors: FieldError[] = [];
  const scopes = proxyScopes.filter(
    (scope) => typed.scopes.includes(scope) && request.scopes.includes(scope),
  );
  if (scopes.length === 0)
    errors.push({ field: 'scope', text: 'Select one or more things that they can do' });
  const basis = ageRule(request.birthDate, now).bases.find((one) => one === typed.basis);
  if (!basis) errors.push({ field: 'basis', text: 'Select why they may act for this person' });
  const { key: today, year } = localMoment(now);
  const last = `${year + longestYears}${today.slice(4)}`;
  const day = wholeDate('until', typed.until, 'Last day');
  if (typeof day !== 'string') errors.push(day);
  else if (day < today) errors.push({ field: 'until-day', text: 'Last day must be today or later' });
  else if (day > last)
    errors.push({ field: 'until-year', text: `Last day must be at most ${longestYears} years from today` });
  if (typed.checked === '')
    errors.push({ field: 'checked', text: 'Say what you saw or heard that shows it' });
  if (typed.checked.length > longestText)
    errors.push({ field: 'checked', text: `What you saw must be ${longestText} characters or fewer` });
  if (errors.length > 0 || !basis || typeof day !== 'string') return errors;
  return { scopes, basis, until: startOfDay(addDays(day, 1)), checked: typed.checked };
}
