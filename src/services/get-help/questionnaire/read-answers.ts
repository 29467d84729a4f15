/** What came with a page of questions: as typed, and as answers or what is wrong with them. */
import type {
  QuestionnaireItem,
  QuestionnaireItemAnswerOption,
  QuestionnaireResponseItemAnswer,
} from '@medplum/fhirtypes';
import { type FieldError, type FormBody, formDate, formTexts, wholeDate } from '../../../web/form-fields.ts';
import { type Answers, flatItems, isEnabled, plainOf } from './enable-when.ts';
import { boundsOf, isAlone, isHidden, shortTextOf, unitOf } from './extensions.ts';

/** By the name of the input; several for checkboxes and lists. */
export type Raw = Readonly<Record<string, readonly string[]>>;

const mostValues = 30;
const longest = 5000;

export const questionsOf = (items: readonly QuestionnaireItem[] | undefined): readonly QuestionnaireItem[] =>
  flatItems(items).filter((item) => item.type !== 'display' && item.type !== 'group' && !isHidden(item));

const inputsOf = ({ linkId = '', type }: QuestionnaireItem): readonly string[] => {
  if (type === 'date') return ['day', 'month', 'year'].map((part) => `${linkId}-${part}`);
  return type === 'open-choice' ? [linkId, `${linkId}-other`] : [linkId];
};

export const inputNames = (items: readonly QuestionnaireItem[] | undefined): readonly string[] =>
  questionsOf(items).flatMap(inputsOf);

/** What was typed into the inputs of these questions; nothing else of the body. */
export function readRaw(items: readonly QuestionnaireItem[] | undefined, body: FormBody): Raw {
  return Object.fromEntries(
    inputNames(items).flatMap((name) => {
      const values = formTexts(body, name)
        .slice(0, mostValues)
        .map((value) => value.replaceAll('\r\n', '\n').slice(0, longest).trim());
      return values.some((value) => value !== '') ? [[name, values]] : [];
    }),
  );
}

type Read = { readonly answers: readonly QuestionnaireResponseItemAnswer[] } | { readonly error: FieldError };

const wrong = (field: string, text: string): Read => ({ error: { field, text } });

export const optionCode = (option: QuestionnaireItemAnswerOption): string =>
  option.valueCoding?.code ?? option.valueString ?? String(option.valueInteger ?? '');

function chosen(item: QuestionnaireItem, values: readonly string[]): Read {
  const options = item.answerOption ?? [];
  const picked = options.filter((option) => values.includes(optionCode(option)));
  const { linkId = '' } = item;
  if (values.some((value) => !options.some((option) => optionCode(option) === value)))
    return wrong(linkId, `${shortTextOf(item)}: select from the list`);
  if (picked.length > 1 && picked.some(isAlone)) {
    const alone = picked.find(isAlone)?.valueCoding?.display ?? '';
    return wrong(linkId, `Select what you have, or select “${alone}”, not both`);
  }
  return {
    answers: (item.repeats ? picked : picked.slice(0, 1)).map((option) =>
      option.valueCoding ? { valueCoding: option.valueCoding } : { valueString: optionCode(option) },
    ),
  };
}

function numeric(item: QuestionnaireItem, text: string): Read {
  const { linkId = '', type } = item;
  const what = shortTextOf(item);
  if (!/^[+-]?\d{1,9}([.,]\d{1,4})?$/.test(text)) return wrong(linkId, `${what}: enter a number, like 12`);
  const value = Number(text.replace(',', '.'));
  const { least, most } = boundsOf(item);
  if ((least !== undefined && value < least) || (most !== undefined && value > most))
    return wrong(linkId, `${what}: enter a number from ${least ?? 'any'} to ${most ?? 'any'}`);
  if (type === 'integer')
    return Number.isInteger(value)
      ? { answers: [{ valueInteger: value }] }
      : wrong(linkId, `${what}: enter a whole number`);
  const unit = unitOf(item);
  return {
    answers: [
      type === 'quantity' ? { valueQuantity: { value, ...(unit ? { unit } : {}) } } : { valueDecimal: value },
    ],
  };
}

function readOne(item: QuestionnaireItem, raw: Raw): Read {
  const { linkId = '', type, maxLength = longest } = item;
  const values = (raw[linkId] ?? []).filter((value) => value !== '');
  const first = values[0];
  if (type === 'date') {
    const typed = formDate(
      Object.fromEntries(Object.entries(raw).map(([name, [value]]) => [name, value])),
      linkId,
    );
    if (typed.day === '' && typed.month === '' && typed.year === '') return { answers: [] };
    const whole = wholeDate(linkId, typed, shortTextOf(item));
    return typeof whole === 'string' ? { answers: [{ valueDate: whole }] } : { error: whole };
  }
  if (type === 'open-choice') {
    const other = raw[`${linkId}-other`]?.[0];
    if (other) return { answers: [{ valueString: other.slice(0, maxLength) }] };
  }
  if (first === undefined) return { answers: [] };
  if (type === 'choice' || type === 'open-choice') return chosen(item, values);
  if (type === 'boolean')
    return first === 'yes' || first === 'no'
      ? { answers: [{ valueBoolean: first === 'yes' }] }
      : wrong(linkId, `${shortTextOf(item)}: select yes or no`);
  if (type === 'integer' || type === 'decimal' || type === 'quantity') return numeric(item, first);
  const long = values.find((value) => value.length > maxLength);
  if (long !== undefined)
    return wrong(linkId, `${shortTextOf(item)} must be ${maxLength} characters or fewer`);
  return { answers: (item.repeats ? values : values.slice(0, 1)).map((valueString) => ({ valueString })) };
}

const missing = (item: QuestionnaireItem): string => {
  const what = shortTextOf(item);
  const small = `${what.charAt(0).toLowerCase()}${what.slice(1)}`;
  if (item.type === 'boolean') return `Select yes or no: ${small}`;
  if (item.type === 'choice' || item.type === 'open-choice') return `Select an answer: ${small}`;
  return `Enter an answer: ${small}`;
};

/** Answers of one page added to the others, or all that is wrong in the order of the page. */
export function parseRaw(
  items: readonly QuestionnaireItem[] | undefined,
  raw: Raw,
  before: Answers,
): { readonly answers: Answers } | { readonly errors: readonly FieldError[] } {
  const answers: Record<string, readonly QuestionnaireResponseItemAnswer[]> = { ...before };
  const errors: FieldError[] = [];
  const walk = (list: readonly QuestionnaireItem[] | undefined): void => {
    for (const item of list ?? []) {
      const { linkId = '' } = item;
      if (!isEnabled(item, answers)) {
        for (const one of flatItems([item])) if (!isHidden(one)) delete answers[one.linkId ?? ''];
        continue;
      }
      if (item.type !== 'display' && item.type !== 'group' && !isHidden(item)) {
        const read = readOne(item, raw);
        if ('error' in read) errors.push(read.error);
        else {
          delete answers[linkId];
          if (read.answers.length > 0) answers[linkId] = read.answers;
          else if (item.required)
            errors.push({ field: item.type === 'date' ? `${linkId}-day` : linkId, text: missing(item) });
        }
      }
      walk(item.item);
    }
  };
  walk(items);
  return errors.length > 0 ? { errors } : { answers };
}

/** Answers as they would be typed. */
export function rawOf(items: readonly QuestionnaireItem[] | undefined, answers: Answers): Raw {
  return Object.fromEntries(
    questionsOf(items).flatMap((item): [string, readonly string[]][] => {
      const { linkId = '', type } = item;
      const given = answers[linkId] ?? [];
      const values = given.flatMap((answer) => plainOf(answer) ?? []).map(String);
      if (values.length === 0) return [];
      if (type === 'boolean') return [[linkId, values.map((value) => (value === 'true' ? 'yes' : 'no'))]];
      if (type === 'date') {
        const [year = '', month = '', day = ''] = values[0]?.split('-') ?? [];
        return [
          [`${linkId}-day`, [day.replace(/^0/, '')]],
          [`${linkId}-month`, [month.replace(/^0/, '')]],
          [`${linkId}-year`, [year]],
        ];
      }
      if (type === 'open-choice' && given[0]?.valueString !== undefined) return [[`${linkId}-other`, values]];
      return [[linkId, values]];
    }),
  );
}
