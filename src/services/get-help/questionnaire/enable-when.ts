/** Which questions are asked, by the answers so far. Source: FHIR R4, Questionnaire.item.enableWhen. */
import type {
  QuestionnaireItem,
  QuestionnaireItemEnableWhen,
  QuestionnaireResponseItemAnswer,
} from '@medplum/fhirtypes';

/** By linkId; a question without an answer is not there, or has none. */
export type Answers = Readonly<Record<string, readonly QuestionnaireResponseItemAnswer[]>>;

type Plain = string | number | boolean;

/** The one value of an answer, or of a condition: a Coding by its code. */
export function plainOf(answer: QuestionnaireResponseItemAnswer): Plain | undefined {
  const { valueBoolean, valueInteger, valueDecimal, valueString, valueDate, valueCoding, valueQuantity } =
    answer;
  return (
    valueBoolean ??
    valueInteger ??
    valueDecimal ??
    valueQuantity?.value ??
    valueDate ??
    valueCoding?.code ??
    valueString
  );
}

const wanted = (when: QuestionnaireItemEnableWhen): Plain | undefined =>
  when.answerBoolean ??
  when.answerInteger ??
  when.answerDecimal ??
  when.answerQuantity?.value ??
  when.answerDate ??
  when.answerCoding?.code ??
  when.answerString;

/** A question with several answers fits where any of them does; `!=` where none is that one (R4: an unanswered one fits no `=`). */
function fits(when: QuestionnaireItemEnableWhen, answers: Answers): boolean {
  const given = (answers[when.question ?? ''] ?? []).flatMap((answer) => plainOf(answer) ?? []);
  const value = wanted(when);
  switch (when.operator) {
    case 'exists':
      return given.length > 0 === (when.answerBoolean ?? true);
    case '=':
      return given.some((one) => one === value);
    case '!=':
      return given.length > 0 && given.every((one) => one !== value);
    case '>':
      return value !== undefined && given.some((one) => one > value);
    case '<':
      return value !== undefined && given.some((one) => one < value);
    case '>=':
      return value !== undefined && given.some((one) => one >= value);
    case '<=':
      return value !== undefined && given.some((one) => one <= value);
    default:
      return true;
  }
}

export function isEnabled(
  { enableWhen = [], enableBehavior = 'all' }: QuestionnaireItem,
  answers: Answers,
): boolean {
  if (enableWhen.length === 0) return true;
  return enableBehavior === 'any'
    ? enableWhen.some((when) => fits(when, answers))
    : enableWhen.every((when) => fits(when, answers));
}

/** All items below, in order, with themselves: groups and questions. */
export const flatItems = (items: readonly QuestionnaireItem[] = []): readonly QuestionnaireItem[] =>
  items.flatMap((item) => [item, ...flatItems(item.item)]);

/** Answers without those of questions that are not asked (any more), in the order of the questions. */
export function askedAnswers(items: readonly QuestionnaireItem[] = [], answers: Answers): Answers {
  const kept: Record<string, readonly QuestionnaireResponseItemAnswer[]> = {};
  const walk = (list: readonly QuestionnaireItem[]): void => {
    for (const item of list) {
      if (!isEnabled(item, kept)) continue;
      const own = answers[item.linkId ?? ''];
      if (own && own.length > 0) kept[item.linkId ?? ''] = own;
      walk(item.item ?? []);
    }
  };
  walk(items);
  return kept;
}
