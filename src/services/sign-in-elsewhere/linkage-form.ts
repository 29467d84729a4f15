/** The form for linkage details: what was typed, checked. */
import { parseAccountId, parseLinkageKey, parseOdsCode } from '../../access/linking/linkage-key.ts';
import type { TypedLinkage } from '../../access/linking/linking.ts';
import {
  type FieldError,
  type FormBody,
  formDate,
  formText,
  type TypedDate,
  wholeDate,
} from '../../web/form-fields.ts';

/** As it was typed, so that it can be shown again as it was. */
export interface LinkageText {
  readonly accountId: string;
  readonly key: string;
  readonly odsCode: string;
  readonly born: TypedDate;
}

export type ParsedLinkage =
  | { readonly details: TypedLinkage; readonly errors: readonly [] }
  | { readonly details?: undefined; readonly errors: readonly FieldError[] };

const longest = 100;

export const linkageText = (body: FormBody): LinkageText => ({
  accountId: formText(body, 'account-id').slice(0, longest),
  key: formText(body, 'linkage-key').slice(0, longest),
  odsCode: formText(body, 'ods-code').slice(0, longest),
  born: formDate(body, 'born'),
});

/** The details in their own form, or what is wrong with each. `today` as `2026-11-22`. */
export function parseLinkage(text: LinkageText, today: string): ParsedLinkage {
  const accountId = parseAccountId(text.accountId);
  const key = parseLinkageKey(text.key);
  const odsCode = parseOdsCode(text.odsCode);
  const birthDate = wholeDate('born', text.born, 'Date of birth');
  const errors: FieldError[] = [];
  const say = (field: string, typed: string, missing: string, wrong: string) =>
    errors.push({ field, text: typed === '' ? missing : wrong });
  if (!accountId)
    say(
      'account-id',
      text.accountId,
      'Enter your account ID',
      'Account ID must be 10 digits, like 4821 730 956',
    );
  if (!key)
    say(
      'linkage-key',
      text.key,
      'Enter your linkage key',
      'Linkage key must be 16 letters and numbers, like H7KM-2WQX-9TRB-C4DF',
    );
  if (!odsCode)
    say(
      'ods-code',
      text.odsCode,
      'Enter your surgery’s ODS code',
      'ODS code must be letters and numbers, like A81001',
    );
  if (typeof birthDate !== 'string') errors.push(birthDate);
  else if (birthDate > today) errors.push({ field: 'born-year', text: 'Date of birth must be in the past' });
  if (errors.length > 0 || !accountId || !key || !odsCode || typeof birthDate !== 'string') return { errors };
  return { details: { accountId, key, odsCode, birthDate }, errors: [] };
}
