/** What someone shares by a link: which parts of their record, and for how long. */
import { z } from 'zod';
import { defineForm } from '../../web/forms/define-form.ts';
import { requiredText, textField } from '../../web/forms/fields.ts';
import { chosenSections } from './download-form.ts';
import type { RecordSection } from './record-sections.ts';

/** Hours, with their words. */
export const lifetimes = [
  { value: '1', text: '1 hour' },
  { value: '24', text: '1 day' },
  { value: '72', text: '3 days' },
  { value: '168', text: '7 days' },
  { value: '720', text: '30 days' },
] as const;

export const shareForm = (sections: readonly RecordSection[]) =>
  defineForm({
    fields: {
      sections: chosenSections(sections, 'Select one or more parts to share'),
      hours: textField(
        'hours',
        z
          .string()
          .refine(
            (value) => lifetimes.some((one) => one.value === value),
            'Select how long the link should work',
          )
          .transform(Number),
      ),
    },
  });

export const codeForm = defineForm({
  fields: { code: requiredText('code', { missing: 'Enter the code', what: 'Code', most: 20 }) },
});
