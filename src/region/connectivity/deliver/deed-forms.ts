/** A form for each deed: what is asked, how it is checked, and the deed that it makes. */
import { addDays, formatDate } from '../../../web/dates.ts';
import { dateField } from '../../../web/forms/fields.ts';
import { fileField } from '../../../web/uploads/file-fields.ts';
import { comparedMonths, compareQuotes } from './compare-quotes.ts';
import { earlier } from './decide.ts';
import { type DeedAsked, type DeedForm, type DeedSlug, type Input, made } from './deed-form.ts';
import { pounds, speedsText } from './deed-words.ts';
import { noteField, numberField, oneOf, reasonField } from './number-fields.ts';
import { causeNames, causes, documentKindNames, documentKinds, quoteOf, stateNames } from './order.ts';
import { quoteForm } from './quote-form.ts';

const dayInput = (label: string, hint?: string): Input => ({
  ...{ type: 'date', name: 'day', label },
  ...(hint === undefined ? {} : { hint }),
});
const noteInput = (label = 'Notes (optional)', hint?: string): Input => ({
  ...{ type: 'textarea', name: 'note', label },
  ...(hint === undefined ? {} : { hint }),
});
const whyInput = (label: string): Input => ({ type: 'textarea', name: 'why', label });
const causeInput: Input = {
  ...{ type: 'radios', name: 'cause', label: 'What does it wait for?' },
  choices: causes.map((value) => ({ value, text: causeNames[value] })),
};
const typedDay = (day: string): Readonly<Record<'day' | 'month' | 'year', string>> => {
  const [year = '', month = '', date = ''] = day.split('-');
  return { day: String(Number(date)), month: String(Number(month)), year };
};

export function deedForm(slug: DeedSlug, asked: DeedAsked): DeedForm {
  const { order, doer, providers, today } = asked;
  const nameOf = (id: string) => providers.find((one) => one.id === id)?.name ?? id;
  const ids = providers.map(({ id }) => id);
  const day = dateField('day', 'Day');
  const note = noteField('note');
  const done = { initial: { day: typedDay(today) } };
  const supplierChoice = (label: string, of: readonly string[]): Input => ({
    ...{ type: 'radios', name: 'provider', label },
    choices: of.map((value) => ({ value, text: nameOf(value) })),
  });
  const asking = order.invited.filter((id) => !order.declined.some(({ provider }) => provider === id));
  /** A supplier answers for itself; the region says for whom. */
  const forWhom = (of: readonly string[], label: string) =>
    doer.provider === undefined
      ? { ids: of, inputs: [supplierChoice(label, of)], initial: of.length === 1 ? { provider: of[0] } : {} }
      : { ids: [doer.provider], inputs: [], initial: { provider: doer.provider } };
  const whose = (of: readonly string[]) => oneOf('provider', of, 'Select a supplier');
  const own = doer.provider;

  switch (slug) {
    case 'invite': {
      const others = ids.filter((id) => !asking.includes(id));
      return made(
        slug,
        { provider: whose(others) },
        { inputs: [supplierChoice('Whom do you ask?', others)] },
        ({ provider }) => ({ kind: 'invited', provider }),
      );
    }
    case 'decline': {
      const { ids: of, ...shown } = forWhom(asking, 'Who will not quote?');
      return made(
        slug,
        {
          ...(own ? {} : { provider: whose(of) }),
          why: reasonField('why', 'Enter why there will be no quote'),
        },
        { ...shown, inputs: [...shown.inputs, whyInput('Why?')] },
        (values) => ({ kind: 'declined', provider: own ?? String(values['provider']), why: values.why }),
      );
    }
    case 'survey':
      return made(
        slug,
        { day, note },
        {
          ...done,
          inputs: [
            dayInput('When was it?'),
            noteInput('What was found', 'Ducts, cable routes, power, asbestos, access'),
          ],
          about: own ? [] : ['Where no visit was needed, say what the order relies on instead.'],
        },
        (values) => ({
          ...{ kind: 'surveyed', day: values.day, note: values.note },
          ...(own === undefined ? {} : { provider: own }),
        }),
      );
    case 'quote':
      return quoteForm(
        asked,
        own === undefined ? supplierChoice('Whose quote is it?', asking) : undefined,
        asking,
      );
    case 'choose':
      return made(
        slug,
        {
          provider: whose(order.quotes.map(({ provider }) => provider)),
          why: reasonField('why', 'Enter why you choose it: it stays in the history'),
        },
        {
          inputs: [
            {
              ...{ type: 'radios', name: 'provider', label: 'Which quote?' },
              choices: compareQuotes(order).map(({ quote, total, isEnough }) => ({
                value: quote.provider,
                text: nameOf(quote.provider),
                hint: {
                  text: `${pounds(total)} over ${comparedMonths / 12} years, in ${quote.days} days, ${speedsText(quote.speeds)}${isEnough ? '' : ': slower than was asked for'}`,
                },
              })),
            },
            whyInput('Why this one?'),
          ],
        },
        ({ provider, why }) => ({ kind: 'chosen', provider, why }),
      );
    case 'approve': {
      const quote = quoteOf(order, order.chosen);
      return made(
        slug,
        { due: dateField('due', 'Day it is to be live'), note },
        {
          inputs: [
            {
              type: 'date',
              name: 'due',
              label: 'When is the line to be live?',
              hint: `As quoted: ${quote?.days ?? 0} days from today`,
            },
            noteInput(),
          ],
          initial: { due: typedDay(addDays(today, quote?.days ?? 90)) },
        },
        ({ due, note: said }) => ({ kind: 'approved', due, note: said }),
      );
    }
    case 'wayleave':
      return made(
        slug,
        { needed: oneOf('needed', ['yes', 'no'], 'Select whether a wayleave was needed'), day, note },
        {
          ...done,
          about: ['A wayleave is the permission of a landowner to lay a line across their land.'],
          inputs: [
            {
              ...{ type: 'radios', name: 'needed', label: 'Was a wayleave needed?' },
              choices: [
                { value: 'yes', text: 'Yes, and it is granted' },
                { value: 'no', text: 'No' },
              ],
            },
            dayInput('Granted, or found not to be needed, on'),
            noteInput(),
          ],
        },
        (values) => ({
          kind: 'wayleave',
          day: values.day,
          needed: values.needed === 'yes',
          note: values.note,
        }),
      );
    case 'build':
      return made(
        slug,
        { day, note },
        { ...done, inputs: [dayInput('When did the line reach the building?'), noteInput()] },
        (values) => ({ kind: 'built', day: values.day, note: values.note }),
      );
    case 'install':
      return made(
        slug,
        { day, reference: noteField('reference', 100), note },
        {
          ...done,
          about: ['From now on, tests of the site’s line count towards its acceptance.'],
          inputs: [
            dayInput('When was it installed?'),
            { type: 'text', name: 'reference', label: 'Your number for the line (optional)' },
            noteInput(),
          ],
        },
        (values) => ({ kind: 'installed', day: values.day, reference: values.reference, note: values.note }),
      );
    case 'accept':
      return made(
        slug,
        {},
        {
          inputs: [],
          about: [
            'The line goes live, and the line it replaces ends in the register. This cannot be undone.',
          ],
        },
        () => {
          throw new TypeError('The figures are the server’s to add.');
        },
      );
    case 'fail':
      return made(
        slug,
        { why: reasonField('why', 'Enter what the supplier must put right') },
        {
          inputs: [whyInput('What must be put right?')],
          about: ['The order goes back to installation, with the figures that were measured.'],
        },
        () => {
          throw new TypeError('The figures are the server’s to add.');
        },
      );
    case 'send-back': {
      const stages = earlier(order.state);
      return made(
        slug,
        { to: oneOf('to', stages, 'Select a stage'), why: reasonField('why', 'Enter why it goes back') },
        {
          inputs: [
            {
              ...{ type: 'radios', name: 'to', label: 'To which stage?' },
              choices: stages.map((value) => ({ value, text: stateNames[value] })),
            },
            whyInput('Why?'),
          ],
          about: ['Sent back to quotes or before, the choice of supplier and the approval fall.'],
        },
        ({ to, why }) => ({ kind: 'sent-back', to, why }),
      );
    }
    case 'propose-date':
      return made(
        slug,
        { day, note },
        {
          inputs: [
            dayInput('Which day?'),
            noteInput('What happens, and who must be there (optional)', 'The site reads this'),
          ],
          about: own ? ['The region agrees the day with the site.'] : [],
        },
        (values) => ({ kind: 'proposed', day: values.day, note: values.note }),
      );
    case 'agree-date': {
      const open = order.visits.filter(({ agreed }) => !agreed);
      const keyOf = (visit: (typeof open)[number]) => `${visit.day} ${visit.provider ?? ''}`;
      return made(
        slug,
        { visit: oneOf('visit', open.map(keyOf), 'Select a visit') },
        {
          inputs: [
            {
              ...{ type: 'radios', name: 'visit', label: 'Which visit?' },
              choices: open.map((visit) => ({
                value: keyOf(visit),
                text: `${formatDate(visit.day)}${visit.provider === undefined ? '' : `, ${nameOf(visit.provider)}`}`,
                hint: { text: visit.note },
              })),
            },
          ],
          ...(open[0] && open.length === 1 ? { initial: { visit: keyOf(open[0]) } } : {}),
        },
        ({ visit }) => {
          const [agreed = '', provider = ''] = visit.split(' ');
          return { kind: 'agreed', day: agreed, ...(provider === '' ? {} : { provider }) };
        },
      );
    }
    case 'delay':
      return made(
        slug,
        {
          due: dateField('due', 'New day to be live'),
          cause: oneOf('cause', causes, 'Select what it waits for'),
          why: reasonField('why', 'Enter why it is delayed'),
        },
        {
          inputs: [
            { type: 'date', name: 'due', label: 'When is the line to be live now?' },
            causeInput,
            whyInput('Why, and what is done about it?'),
          ],
        },
        ({ due, cause, why }) => ({ kind: 'delayed', due, cause, why }),
      );
    case 'block':
      return made(
        slug,
        {
          cause: oneOf('cause', causes, 'Select what it waits for'),
          why: reasonField('why', 'Enter what blocks it'),
        },
        {
          inputs: [causeInput, whyInput('What blocks it, and who can remove it?')],
          about: ['A blocked order does not move on until the blocker is removed.'],
        },
        ({ cause, why }) => ({ kind: 'blocked', cause, why }),
      );
    case 'unblock':
      return made(
        slug,
        { note },
        {
          inputs: [noteInput('What removed it? (optional)')],
          about: order.blocked ? [order.blocked.why] : [],
        },
        (values) => ({ kind: 'unblocked', note: values.note }),
      );
    case 'cancel':
      return made(
        slug,
        { why: reasonField('why', 'Enter why the order is cancelled') },
        { inputs: [whyInput('Why?')], ends: true, about: ['The history of the order stays.'] },
        ({ why }) => ({ kind: 'cancelled', why }),
      );
    case 'document':
      return made(
        slug,
        {
          about: oneOf('about', documentKinds, 'Select what the document is'),
          file: fileField('file', { missing: 'Choose a file' }),
        },
        {
          inputs: [
            {
              ...{ type: 'radios', name: 'about', label: 'What is it?' },
              choices: documentKinds.map((value) => ({ value, text: documentKindNames[value] })),
            },
            { type: 'file', name: 'file', label: 'File', hint: 'A PDF or a photo (JPEG, PNG), up to 20 MB' },
          ],
        },
        () => {
          throw new TypeError('The file is the server’s to add.');
        },
      );
    case 'note':
      return made(
        slug,
        {
          text: reasonField('text', 'Enter the note', 4000),
          ...(own ? {} : { shared: oneOf('shared', ['no', 'yes'], 'Select who reads it') }),
        },
        {
          inputs: [
            { type: 'textarea', name: 'text', label: 'Note' },
            ...(own
              ? []
              : [
                  {
                    ...{ type: 'radios' as const, name: 'shared', label: 'Who reads it?' },
                    choices: [
                      { value: 'no', text: 'The region alone' },
                      { value: 'yes', text: 'The site and those who supply it too' },
                    ],
                  },
                ]),
          ],
        },
        (values) => ({
          kind: 'noted',
          text: values.text,
          shared: own !== undefined || values['shared'] === 'yes',
        }),
      );
    case 'invoice':
      return made(
        slug,
        {
          day,
          pounds: numberField('pounds', { what: 'The amount', least: 1, most: 10_000_000, whole: true }),
          what: reasonField('what', 'Enter what it is for', 200),
        },
        {
          ...done,
          inputs: [
            dayInput('Date of the invoice'),
            {
              type: 'number',
              name: 'pounds',
              label: 'Amount',
              prefix: '£',
              hint: 'In whole pounds, without VAT',
            },
            { type: 'text', name: 'what', label: 'What is it for?' },
          ],
        },
        (values) => ({ kind: 'invoiced', day: values.day, pounds: values.pounds, what: values.what }),
      );
  }
}
