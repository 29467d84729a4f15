/** The form of a quote: what the line does, costs and when it comes. */
import { formatDate } from '../../../web/dates.ts';
import { type DeedAsked, type DeedForm, type Input, made } from './deed-form.ts';
import { speedsText } from './deed-words.ts';
import { noteField, numberField, oneOf } from './number-fields.ts';
import { quoteOf } from './order.ts';

export function quoteForm(
  { order, doer, today }: DeedAsked,
  choice: Input | undefined,
  asking: readonly string[],
): DeedForm {
  const own = doer.provider;
  const before = quoteOf(order, own);
  const amount = (name: string, label: string, more: Partial<Input>): Input => ({
    ...{ type: 'number', name, label },
    ...more,
  });
  return made(
    'quote',
    {
      ...(own ? {} : { provider: oneOf('provider', asking, 'Select a supplier') }),
      down: numberField('down', { what: 'The download speed', least: 0.1, most: 100_000 }),
      up: numberField('up', { what: 'The upload speed', least: 0.1, most: 100_000 }),
      install: numberField('install', { what: 'The one-off price', least: 0, most: 10_000_000, whole: true }),
      monthly: numberField('monthly', { what: 'The monthly price', least: 0, most: 1_000_000, whole: true }),
      termMonths: numberField('termMonths', { what: 'The term', least: 1, most: 240, whole: true }),
      days: numberField('days', { what: 'The number of days', least: 1, most: 1500, whole: true }),
      fixHours: numberField('fixHours', {
        what: 'The hours until a fault is mended',
        least: 1,
        most: 720,
        whole: true,
      }),
      availability: numberField('availability', { what: 'The share of time up', least: 50, most: 100 }),
      note: noteField('note'),
    },
    {
      title: before ? 'Change your quote' : 'Quote',
      button: 'Send the quote',
      about: [
        `Asked for: ${speedsText(order.ordered)}, delay at most ${order.ordered.idle} ms. The line is measured before it goes live.`,
        ...(own ? [`Today is ${formatDate(today)}. The region alone sees your quote.`] : []),
      ],
      initial: before
        ? {
            ...{
              down: String(before.speeds.down),
              up: String(before.speeds.up),
              install: String(before.install),
            },
            ...{
              monthly: String(before.monthly),
              termMonths: String(before.termMonths),
              days: String(before.days),
            },
            ...{
              fixHours: String(before.fixHours),
              availability: String(before.availability * 100),
              note: before.note,
            },
          }
        : { down: String(order.ordered.down), up: String(order.ordered.up) },
      inputs: [
        ...(choice ? [choice] : []),
        amount('down', 'Download speed', { suffix: 'Mbit/s' }),
        amount('up', 'Upload speed', { suffix: 'Mbit/s' }),
        amount('install', 'One-off price: construction and installation', {
          prefix: '£',
          hint: 'In whole pounds, without VAT',
        }),
        amount('monthly', 'Price a month', { prefix: '£' }),
        amount('termMonths', 'Shortest term', { suffix: 'months' }),
        amount('days', 'Days from approval until the line can be measured', { suffix: 'days' }),
        amount('fixHours', 'A fault is mended within', { suffix: 'hours' }),
        amount('availability', 'Share of the time that the line is up', { suffix: '%', hint: 'Like 99.9' }),
        { type: 'textarea', name: 'note', label: 'Conditions and notes (optional)' },
      ],
    },
    (values) => ({
      kind: 'quoted',
      quote: {
        provider: own ?? String(values['provider']),
        speeds: { down: values.down, up: values.up },
        ...{ install: values.install, monthly: values.monthly, termMonths: values.termMonths },
        ...{
          days: values.days,
          fixHours: values.fixHours,
          availability: values.availability / 100,
          note: values.note,
        },
      },
    }),
  );
}
