/** Replies that teams write often. A field in braces is filled in from the request; what is not known is left to be written. */
import type { Template } from './team-settings.ts';

export const templateFields = ['name', 'practice', 'writer', 'topic', 'telephone'] as const;
export type TemplateField = (typeof templateFields)[number];

export const usualTemplates: readonly Template[] = [
  {
    id: 'self-care',
    name: 'Advice to look after it yourself',
    words:
      'Hello {name}\n\nThank you for telling us about {topic}. From what you wrote, this should get better by itself.\n\nWhat you can do:\n- \n\nContact us again if it is not better in  days. Call 111 if it gets worse when we are closed, and 999 if it is an emergency.\n\n{writer}, {practice}',
  },
  {
    id: 'pharmacist',
    name: 'See a pharmacist',
    words:
      'Hello {name}\n\nA pharmacist can treat {topic} without an appointment, and give medicine where it is needed. Show them this message.\n\nThey will send you back to us if you need to see someone here.\n\n{writer}, {practice}',
  },
  {
    id: 'results-normal',
    name: 'Results are normal',
    words:
      'Hello {name}\n\nYour results are back, and they are normal. You do not need to do anything.\n\nTell us if you still feel unwell.\n\n{writer}, {practice}',
  },
  {
    id: 'could-not-reach',
    name: 'We tried to call you',
    words:
      'Hello {name}\n\nWe tried to call you about {topic} but could not reach you. Call us on {telephone}, or answer this message with a time that suits you.\n\n{writer}, {practice}',
  },
  {
    id: 'fit-note',
    name: 'Your fit note is ready',
    words:
      'Hello {name}\n\nYour fit note is in your record, under letters. You can download it and send it to your employer.\n\n{writer}, {practice}',
  },
];

/** Fills in what is known. A field that is not known becomes a gap that nobody sends by mistake: `[telephone]`. */
export const filledIn = (words: string, known: Readonly<Partial<Record<TemplateField, string>>>): string =>
  words.replaceAll(/\{(\w+)\}/g, (whole, field: string) => {
    const name = templateFields.find((one) => one === field);
    return name === undefined ? whole : known[name] || `[${field}]`;
  });

/** Gaps that were left in words about to be sent. */
export const gapsIn = (words: string): readonly string[] =>
  [...words.matchAll(/\[(\w+)\]|\{(\w+)\}/g)]
    .map(([, gap, field]) => gap ?? field ?? '')
    .filter((name) => templateFields.some((one) => one === name));
