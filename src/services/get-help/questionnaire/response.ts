/** Answers as a QuestionnaireResponse, and as lines to read. */
import type {
  QuestionnaireItem,
  QuestionnaireResponseItem,
  QuestionnaireResponseItemAnswer,
} from '@medplum/fhirtypes';
import { formatDate } from '../../../web/dates.ts';
import { type Answers, askedAnswers, flatItems } from './enable-when.ts';
import { isHidden, isWorry, redFlagOf, shortTextOf } from './extensions.ts';
import { optionCode } from './read-answers.ts';

/** Nested as the questions are; groups without an answer are left out. */
export function responseItems(
  items: readonly QuestionnaireItem[] | undefined,
  answers: Answers,
): QuestionnaireResponseItem[] {
  const asked = askedAnswers(items, answers);
  const build = (list: readonly QuestionnaireItem[] | undefined): QuestionnaireResponseItem[] =>
    (list ?? []).flatMap((item): QuestionnaireResponseItem[] => {
      const { linkId = '', type, text } = item;
      const below = build(item.item);
      if (type === 'display') return [];
      if (type === 'group')
        return below.length === 0 ? [] : [{ linkId, ...(text ? { text } : {}), item: below }];
      const answer = asked[linkId];
      if (!answer) return below;
      return [{ linkId, ...(text ? { text } : {}), answer: [...answer] }, ...below];
    });
  return build(items);
}

export const answerText = (answer: QuestionnaireResponseItemAnswer): string => {
  const { valueBoolean, valueCoding, valueString, valueQuantity, valueDate, valueInteger, valueDecimal } =
    answer;
  if (valueBoolean !== undefined) return valueBoolean ? 'Yes' : 'No';
  if (valueQuantity)
    return [valueQuantity.value, valueQuantity.unit].filter((part) => part !== undefined).join(' ');
  if (valueDate !== undefined) return formatDate(valueDate);
  return valueCoding?.display ?? valueString ?? String(valueInteger ?? valueDecimal ?? '');
};

export interface AnswerLine {
  readonly question: string;
  readonly answers: readonly string[];
  /** linkId of the page that asks it. */
  readonly page: string;
}

/** What was answered, page after page, in the order asked. */
export function answerLines(
  items: readonly QuestionnaireItem[] | undefined,
  answers: Answers,
): readonly AnswerLine[] {
  const asked = askedAnswers(items, answers);
  return (items ?? []).flatMap((page) =>
    flatItems([page]).flatMap((item) => {
      const given = asked[item.linkId ?? ''];
      if (!given || isHidden(item)) return [];
      const text = shortTextOf(item);
      const question = text.charAt(0).toUpperCase() + text.slice(1);
      return [{ question, answers: given.map(answerText), page: page.linkId ?? '' }];
    }),
  );
}

/** Ids of the red-flag rules that answers fire, and whether any asks for a look within days. */
export function meaningOf(
  items: readonly QuestionnaireItem[] | undefined,
  answers: Answers,
): { readonly redFlags: readonly string[]; readonly worry: boolean } {
  const asked = askedAnswers(items, answers);
  const ticked = flatItems(items).flatMap((item) => {
    const codes = (asked[item.linkId ?? ''] ?? []).map(({ valueCoding }) => valueCoding?.code);
    return (item.answerOption ?? []).filter((option) => codes.includes(optionCode(option)));
  });
  return {
    redFlags: [...new Set(ticked.flatMap((option) => redFlagOf(option) ?? []))],
    worry: ticked.some(isWorry),
  };
}

/** All that was written in free words. */
export function freeText(items: readonly QuestionnaireItem[] | undefined, answers: Answers): string {
  const asked = askedAnswers(items, answers);
  return flatItems(items)
    .filter((item) => !isHidden(item))
    .flatMap(({ linkId = '' }) => (asked[linkId] ?? []).flatMap(({ valueString }) => valueString ?? []))
    .join('\n');
}
