/** What a form for a person’s own entries is: what it asks, and what it writes. */
import { z } from 'zod';
import type { OwnFactType } from '../../access/sight/own-facts-sight.ts';
import type { OwnSheet } from '../../fhir/patient-reported.ts';
import type { Fields, Form } from '../../web/forms/define-form.ts';
import { type Field, textField } from '../../web/forms/fields.ts';
import type { OwnEntry, Place, Writer } from './own-entries.ts';

/** One input of a form as the template shows it. */
export interface Asked {
  readonly kind: 'line' | 'number' | 'words' | 'date' | 'one-of' | 'some-of' | 'phone';
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly unit?: string;
  readonly options?: readonly { readonly value: string; readonly text: string }[];
  /** Key of what was typed, where it is not its name. */
  readonly key?: string;
}

/** What fields hold, all of them by their name. */
export type OwnValues = Readonly<Record<string, unknown>>;

export interface OwnForm {
  /** Part of its address. */
  readonly page: string;
  readonly type: OwnFactType;
  readonly title: string;
  readonly changeTitle: string;
  readonly about: string;
  readonly asked: readonly Asked[];
  /** A person has one alone: adding it again changes it. */
  readonly sheet?: OwnSheet;
  readonly form: (now: number) => Form<Fields>;
  readonly entry: (place: Place, values: OwnValues, writer: Writer) => OwnEntry;
  /** What an entry holds, as it would be typed. */
  readonly typed: (entry: OwnEntry) => OwnValues;
  readonly empty: (now: number) => OwnValues;
}

/** The text of a value. */
export const text = (values: OwnValues, name: string): string => String(values[name] ?? '');

/** A line of text; without `missing` it may be empty. */
export const line = (
  name: string,
  what: string,
  missing: string | undefined,
  most = 200,
): Field<string, string> =>
  textField(
    name,
    (missing === undefined ? z.string() : z.string().min(1, missing)).max(
      most,
      `${what} must be ${most} characters or fewer`,
    ),
  );
