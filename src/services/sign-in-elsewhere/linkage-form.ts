/** The form for linkage details: what was typed, checked. */
import { parseAccountId, parseLinkageKey, parseOdsCode } from '../../access/linking/linkage-key.ts';
import type { TypedLinkage } from '../../access/linking/linking.ts';
import { typed } from './page-parts.ts';

const fields = ['account-id', 'linkage-key', 'ods-code', 'day', 'month', 'year'] as const;
export type LinkageField = (typeof fields)[number];
export type LinkageText = Readonly<Record<LinkageField, string>>;

export interface LinkageError {
  /** Also the id of the input to go to. */
  readonly field: LinkageField;
  readonly text: string;
}

export type ParsedLinkage =
  | { readonly details: TypedLinkage; readonly errors?: undefined }
  | { readonly errors: readonly LinkageError[] };

export const linkageText = (body: unknown): LinkageText =>
  Object.fromEntries(fields.map((field) => [field, typed(body, field)])) as Record<LinkageField, string>; // every field is there

/** The details in their own form, or what is wrong with each. The date must be in the past. */
export function parseLinkage(text: LinkageText, today: string): ParsedLinkage {
  const errors: LinkageError[] = [];
  const accountId = parseAccountId(text['account-id']);
  if (accountId === undefined)
    errors.push({
      field: 'account-id',
      text:
        text['account-id'] === ''
          ? 'Enter your account ID'
          : 'Account ID must be 10 digits, like 4821 730 956',
    });
  const key = parseLinkageKey(text['linkage-key']);
  if (key === undefined)
    errors.push({
      field: 'linkage-key',
      text:
        text['linkage-key'] === ''
          ? 'Enter your linkage key'
          : 'Linkage key must be 16 letters and numbers, like H7KM-2WQX-9TRB-C4DF',
    });
  const odsCode = parseOdsCode(text['ods-code']);
  if (odsCode === undefined)
    errors.push({
      field: 'ods-code',
      text:
        text['ods-code'] === ''
          ? 'Enter your surgery’s ODS code'
          : 'ODS code must be letters and numbers, like A81001',
    });
  const birthDate = parseBirthDate(text, today);
  if (typeof birthDate !== 'string') errors.push(birthDate);
  if (errors.length > 0 || !accountId || !key || !odsCode || typeof birthDate !== 'string') return { errors };
  return { details: { accountId, key, odsCode, birthDate } };
}

function parseBirthDate({ day, month, year }: LinkageText, today: string): string | LinkageError {
  if (day === '' && month === '' && year === '') return { field: 'day', text: 'Enter your date of birth' };
  if (!/^\d{1,2}$/.test(day)) return { field: 'day', text: 'Date of birth must include a day' };
  if (!/^\d{1,2}$/.test(month))
    return { field: 'month', text: 'Date of birth must include a month, as a number' };
  if (!/^\d{4}$/.test(year)) return { field: 'year', text: 'Date of birth must include a year, like 1985' };
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const parsed = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(parsed.getTime()) || parsed.toISOString().slice(0, 10) !== date)
    return { field: 'day', text: 'Date of birth must be a real date' };
  if (date > today) return { field: 'year', text: 'Date of birth must be in the past' };
  return date;
}
