/** Fields of forms for amounts: whole pounds, speeds, hours; with or without £, commas and a unit's sign. */
import { z } from 'zod';
import { type Field, judgedField, textField } from '../../../web/forms/fields.ts';

interface Bounds {
  /** Begins a sentence: “The price”. */
  readonly what: string;
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
}

export const numberField = (
  name: string,
  { what, least, most, whole = false }: Bounds,
): Field<string, number> =>
  judgedField<number>(name, (typed) => {
    const bare = typed.replaceAll(/[£,%\s]/g, '');
    if (bare === '') return { field: name, text: `Enter ${what.charAt(0).toLowerCase()}${what.slice(1)}` };
    const value = /^\d+(\.\d+)?$/.test(bare) ? Number(bare) : Number.NaN;
    if (Number.isFinite(value) && value >= least && value <= most && (!whole || Number.isInteger(value)))
      return value;
    const kind = whole ? 'a whole number' : 'a number';
    return {
      field: name,
      text: `${what} must be ${kind} from ${least.toLocaleString('en-GB')} to ${most.toLocaleString('en-GB')}`,
    };
  });

/** Text that may be left out. */
export const noteField = (name: string, most = 1000): Field<string, string> =>
  textField(name, z.string().max(most, `Write ${most.toLocaleString('en-GB')} characters or fewer`));

/** Why something is done: it must be said. */
export const reasonField = (name: string, missing: string, most = 1000): Field<string, string> =>
  textField(
    name,
    z
      .string()
      .min(1, missing)
      .max(most, `Write ${most.toLocaleString('en-GB')} characters or fewer`),
  );

/** One of these values. */
export const oneOf = <T extends string>(
  name: string,
  values: readonly T[],
  missing: string,
): Field<string, T> =>
  textField(
    name,
    z.string().transform((value, context) => {
      const found = values.find((one) => one === value);
      if (found !== undefined) return found;
      context.addIssue({ code: 'custom', message: missing });
      return z.NEVER;
    }),
  );
