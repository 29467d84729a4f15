/** What every form of a deed is made of, and what each deed is called. */
import { defineForm, type Fields, type Form, type ValuesOf } from '../../../web/forms/define-form.ts';
import type { Deed, DeedKind, Doer, Order } from './order.ts';

interface Choice {
  readonly value: string;
  readonly text: string;
  readonly hint?: { readonly text: string };
}

/** How an input is shown. */
export interface Input {
  readonly type: 'text' | 'number' | 'textarea' | 'date' | 'radios' | 'select' | 'file';
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly choices?: readonly Choice[];
  /** After the input: `Mbit/s`. Before it: `£`. */
  readonly suffix?: string;
  readonly prefix?: string;
}

/** What a deed's form is made from. */
export interface DeedAsked {
  readonly order: Order;
  readonly doer: Doer;
  /** Providers that can be asked, with their names. */
  readonly providers: readonly { readonly id: string; readonly name: string }[];
  /** The UK day. */
  readonly today: string;
}

export interface DeedForm {
  readonly kind: Exclude<DeedKind, 'opened'>;
  readonly title: string;
  /** Sentences above the form. */
  readonly about: readonly string[];
  readonly button: string;
  readonly inputs: readonly Input[];
  readonly form: Form<Fields>;
  readonly initial: Readonly<Record<string, unknown>>;
  /** What the values say, before what only the server can add. */
  readonly deedOf: (values: Readonly<Record<string, unknown>>) => Deed;
  /** A warning button: it ends something. */
  readonly ends?: true;
}

/** The part of the address of each. */
export const deedSlugs = {
  invite: 'invited',
  decline: 'declined',
  survey: 'surveyed',
  quote: 'quoted',
  choose: 'chosen',
  approve: 'approved',
  wayleave: 'wayleave',
  build: 'built',
  install: 'installed',
  accept: 'accepted',
  fail: 'failed',
  'send-back': 'sent-back',
  'propose-date': 'proposed',
  'agree-date': 'agreed',
  delay: 'delayed',
  block: 'blocked',
  unblock: 'unblocked',
  cancel: 'cancelled',
  document: 'document',
  note: 'noted',
  invoice: 'invoiced',
} as const satisfies Readonly<Record<string, Exclude<DeedKind, 'opened' | 'benefit'>>>;
export type DeedSlug = keyof typeof deedSlugs;
export const isDeedSlug = (slug: string): slug is DeedSlug => Object.hasOwn(deedSlugs, slug);

/** As links and buttons say it. */
export const deedActions: Readonly<Record<DeedSlug, string>> = {
  invite: 'Ask another supplier',
  decline: 'Decline to quote',
  survey: 'Record the survey',
  quote: 'Quote',
  choose: 'Choose a quote',
  approve: 'Approve',
  wayleave: 'Record the wayleave',
  build: 'Mark as built',
  install: 'Mark as installed',
  accept: 'Accept the line',
  fail: 'Send back with the figures',
  'send-back': 'Send back to an earlier stage',
  'propose-date': 'Propose a day for a visit',
  'agree-date': 'Agree the day of the visit',
  delay: 'Record a delay',
  block: 'Record a blocker',
  unblock: 'Remove the blocker',
  cancel: 'Cancel the order',
  document: 'Add a document',
  note: 'Write a note',
  invoice: 'Record an invoice',
};

type Rest = Omit<DeedForm, 'form' | 'initial' | 'deedOf' | 'kind' | 'title' | 'button' | 'about'> & {
  readonly about?: readonly string[];
  readonly title?: string;
  readonly button?: string;
  readonly initial?: Readonly<Record<string, unknown>>;
};

/** Ties the values that a form's fields give to the deed they make. */
export function made<F extends Fields>(
  slug: DeedSlug,
  fields: F,
  rest: Rest,
  deedOf: (values: ValuesOf<F>) => Deed,
): DeedForm {
  return {
    ...{ kind: deedSlugs[slug], title: deedActions[slug], button: deedActions[slug], about: [], initial: {} },
    ...rest,
    form: defineForm({ fields }) as unknown as Form<Fields>, // its values come back through deedOf alone
    deedOf: (values) => deedOf(values as ValuesOf<F>), // of the form above
  };
}
