/** The kinds of field that forms are made of: how each is read from what was sent, and checked, with zod, at the door. */
import { z } from 'zod';
import {
  type FieldError,
  type FormBody,
  formDate,
  formText,
  formTexts,
  type TypedDate,
  wholeDate,
} from '../form-fields.ts';

export interface Field<Typed, Value> {
  /** Names of its inputs, which are also their ids; an error leads to the first unless it says otherwise. */
  readonly inputs: readonly string[];
  /** As it was typed, to be shown again; never throws. */
  read(body: FormBody): Typed;
  /** Its value, or what is wrong with it. */
  parse(typed: Typed): Parsed<Value>;
}

export type Parsed<Value> = { readonly value: Value } | { readonly errors: readonly FieldError[] };

/** Checks with a zod schema. An issue's path of one name leads to that input; the first issue of each input counts. */
function checked<Typed, Value>(schema: z.ZodType<Value>, typed: Typed, first: string): Parsed<Value> {
  const parsed = schema.safeParse(typed);
  if (parsed.success) return { value: parsed.data };
  const errors = new Map<string, string>();
  for (const { path, message } of parsed.error.issues) {
    const field = typeof path[0] === 'string' ? path[0] : first;
    if (!errors.has(field)) errors.set(field, message);
  }
  return { errors: [...errors].map(([field, text]) => ({ field, text })) };
}

/** One line or several of text, spaces around it taken off; radios and selects too. The schema gets a string. */
export const textField = <Value>(name: string, schema: z.ZodType<Value>): Field<string, Value> => ({
  inputs: [name],
  read: (body) => formText(body, name),
  parse: (typed) => checked(schema, typed, name),
});

/** Text that must be there and not too long, with the words for either. `what` begins a sentence: “Full name”. */
export const requiredText = (
  name: string,
  { missing, what, most }: { readonly missing: string; readonly what: string; readonly most: number },
): Field<string, string> =>
  textField(name, z.string().min(1, missing).max(most, `${what} must be ${most} characters or fewer`));

/** Text checked by a plain function: its value, or what is wrong. */
export const judgedField = <Value extends string | number>(
  name: string,
  judge: (typed: string) => Value | FieldError,
): Field<string, Value> => ({
  inputs: [name],
  read: (body) => formText(body, name),
  parse: (typed) => judged(judge(typed)),
});

/** Checkboxes. The schema gets the values sent, each once. */
export const choicesField = <Value>(
  name: string,
  schema: z.ZodType<Value>,
): Field<readonly string[], Value> => ({
  inputs: [name],
  read: (body) => [...new Set(formTexts(body, name))],
  parse: (typed) => checked(schema, typed, name),
});

/** Three inputs for a day, as `2026-11-22`. `what` begins a sentence: “Last day”. `also` checks the whole day further. */
export const dateField = (
  name: string,
  what: string,
  also: (day: string) => FieldError | undefined = () => undefined,
): Field<TypedDate, string> => ({
  inputs: ['day', 'month', 'year'].map((part) => `${name}-${part}`),
  read: (body) => formDate(body, name),
  parse: (typed) => {
    const day = wholeDate(name, typed, what);
    return judged(typeof day === 'string' ? (also(day) ?? day) : day);
  },
});

const judged = <Value extends string | number>(found: Value | FieldError): Parsed<Value> =>
  typeof found === 'object' ? { errors: [found] } : { value: found };
