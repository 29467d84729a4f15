/** What came with a form: its fields as typed, and what is wrong with them, as the NHS service manual shows errors. */

export type FormBody = Readonly<Record<string, unknown>>;

export interface FieldError {
  /** Id of the input to mend. */
  readonly field: string;
  /** What to do, as it stands in the summary and beside the input. */
  readonly text: string;
}

/** The parsed body of a form; empty where there is none. */
export const formBody = (body: unknown): FormBody =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : {};

/** What no keyboard types and no database stores: control characters but line breaks and tabs. */
const unseen = /(?![\n\t])\p{Cc}/gu;

/** A field's text without spaces around it; the first where it was sent several times; empty where it is missing. */
export function formText(body: FormBody, name: string): string {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first.replaceAll('\r\n', '\n').replaceAll(unseen, '').trim() : '';
}

/** All values of a field that may be sent several times, such as checkboxes. */
export function formTexts(body: FormBody, name: string): string[] {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  return (Array.isArray(value) ? value : [value])
    .filter((one) => typeof one === 'string')
    .map((one) => one.replaceAll(unseen, ''));
}

/** A date as it was typed into three fields. */
export interface TypedDate {
  readonly day: string;
  readonly month: string;
  readonly year: string;
}

/** The fields `<name>-day`, `<name>-month` and `<name>-year`. */
export const formDate = (body: FormBody, name: string): TypedDate => ({
  day: formText(body, `${name}-day`),
  month: formText(body, `${name}-month`),
  year: formText(body, `${name}-year`),
});

/** The day as `2018-03-15`, or what is wrong. `what` begins the sentence: “Date of birth”. */
export function wholeDate(name: string, { day, month, year }: TypedDate, what: string): string | FieldError {
  if (day === '' && month === '' && year === '')
    return { field: `${name}-day`, text: `Enter a ${what.charAt(0).toLowerCase()}${what.slice(1)}` };
  if (!/^\d{1,2}$/.test(day) || Number(day) < 1 || Number(day) > 31)
    return { field: `${name}-day`, text: `${what} must include a day from 1 to 31` };
  if (!/^(0?[1-9]|1[0-2])$/.test(month))
    return { field: `${name}-month`, text: `${what} must include a month from 1 to 12` };
  if (!/^\d{4}$/.test(year)) return { field: `${name}-year`, text: `${what} must include a year, like 1985` };
  if (Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate())
    return { field: `${name}-day`, text: `${what} must be a real date: that month has fewer days` };
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** For the template: the list of the summary, and the text beside each input by its id; the first counts. */
export const errorsForPage = (
  errors: readonly FieldError[],
): { errors: readonly FieldError[]; error: Readonly<Record<string, string>> } => ({
  errors,
  error: Object.fromEntries([...errors].reverse().map(({ field, text }) => [field, text])),
});
