/** How someone would like to be answered: every way is as good as the others, and none is chosen for them. */
import { z } from 'zod';
import { type ContactMode, contactModeNames, contactModes } from '../../fhir/primary-care.ts';
import { defineForm } from '../../web/forms/define-form.ts';
import { choicesField, textField } from '../../web/forms/fields.ts';

export interface How {
  readonly modes: readonly ContactMode[];
  readonly times: string;
  /** `Practitioner/…`, or empty: anyone. */
  readonly clinician: string;
  /** BCP 47; empty: none is needed. */
  readonly interpreter: string;
  readonly chaperone: boolean;
  readonly access: string;
  readonly contact: string;
}

export const noHow: How = {
  ...{ modes: [], times: '', clinician: '', interpreter: '', chaperone: false, access: '', contact: '' },
};

/** Spoken most in England after English (ONS, Census 2021, main language), and British Sign Language. */
export const interpreters: readonly { readonly value: string; readonly text: string }[] = [
  { value: '', text: 'No interpreter needed' },
  { value: 'bfi', text: 'British Sign Language' },
  { value: 'ar', text: 'Arabic' },
  { value: 'bn', text: 'Bengali' },
  { value: 'yue', text: 'Cantonese' },
  { value: 'fr', text: 'French' },
  { value: 'gu', text: 'Gujarati' },
  { value: 'it', text: 'Italian' },
  { value: 'fa', text: 'Persian or Farsi' },
  { value: 'pl', text: 'Polish' },
  { value: 'pt', text: 'Portuguese' },
  { value: 'pa', text: 'Punjabi' },
  { value: 'ro', text: 'Romanian' },
  { value: 'so', text: 'Somali' },
  { value: 'es', text: 'Spanish' },
  { value: 'tr', text: 'Turkish' },
  { value: 'uk', text: 'Ukrainian' },
  { value: 'ur', text: 'Urdu' },
  { value: 'cy', text: 'Welsh' },
];

/** In the order of the page, which is the alphabet's: no way stands first for being meant to be taken. */
export const modeOptions: readonly { readonly value: ContactMode; readonly text: string }[] = [
  ...contactModes,
]
  .map((value) => ({ value, text: contactModeNames[value] }))
  .sort((a, b) => a.text.localeCompare(b.text, 'en-GB'));

const short = (name: string, what: string, most = 200) =>
  textField(name, z.string().max(most, `${what} must be ${most} characters or fewer`));

export const howForm = (clinicians: readonly string[]) =>
  defineForm({
    fields: {
      modes: choicesField('modes', z.array(z.enum(contactModes, 'Select from the list'))),
      times: short('times', 'Times that suit you'),
      clinician: textField(
        'clinician',
        z.string().refine((value) => value === '' || clinicians.includes(value), 'Select from the list'),
      ),
      interpreter: textField(
        'interpreter',
        z.string().refine((value) => interpreters.some((one) => one.value === value), 'Select from the list'),
      ),
      chaperone: choicesField('chaperone', z.array(z.literal('yes'))),
      access: short('access', 'What makes it easier for you', 500),
      contact: short('contact', 'How to reach you safely', 300),
      remember: choicesField('remember', z.array(z.literal('yes'))),
    },
  });
