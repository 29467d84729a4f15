import type { FieldError, FormBody } from '../form-fields.ts';
import type { Field, Parsed } from './fields.ts';

export type Fields = Readonly<Record<string, Field<unknown, unknown>>>;

/** As typed, by field. */
export type TypedOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer Typed, unknown> ? Typed : never;
};

/** Checked, by field. */
export type ValuesOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer _Typed, infer Value> ? Value : never;
};

export interface Form<F extends Fields> {
  /** Names of all its inputs, in the order of the page. */
  readonly inputs: readonly string[];
  readonly typedOf: (body: FormBody) => TypedOf<F>;
  /** Typed values, or all that is wrong in the order of the page. */
  readonly parse: (body: FormBody) => Parsed<ValuesOf<F>>;
}

export interface FormDefinition<F extends Fields> {
  /** In the order of the page. */
  readonly fields: F;
  /** What no field can tell alone; asked when every field is right. */
  readonly check?: (values: ValuesOf<F>) => readonly FieldError[];
}

/** A form: what was sent becomes typed values, or errors as the NHS service manual shows them. */
export function defineForm<F extends Fields>({ fields, check }: FormDefinition<F>): Form<F> {
  const entries = Object.entries(fields);
  return {
    inputs: entries.flatMap(([, { inputs }]) => inputs),
    typedOf: (body) =>
      // Each key is read by its own field, which the type of F says.
      Object.fromEntries(entries.map(([key, field]) => [key, field.read(body)])) as TypedOf<F>,
    parse(body) {
      const values: Record<string, unknown> = {};
      const errors: FieldError[] = [];
      for (const [key, field] of entries) {
        const parsed = field.parse(field.read(body));
        if ('errors' in parsed) errors.push(...parsed.errors);
        else values[key] = parsed.value;
      }
      if (errors.length > 0) return { errors };
      const whole = values as ValuesOf<F>; // as above
      const more = check?.(whole) ?? [];
      return more.length > 0 ? { errors: more } : { value: whole };
    },
  };
}
