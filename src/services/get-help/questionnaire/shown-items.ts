/** A page of questions as its template shows it: what was typed, options, units, and which depend on which. */
import type { QuestionnaireItem } from '@medplum/fhirtypes';
import { type Answers, isEnabled } from './enable-when.ts';
import { isAlone, isHidden, unitOf } from './extensions.ts';
import { optionCode, type Raw } from './read-answers.ts';

export type ShownKind =
  | 'group'
  | 'note'
  | 'line'
  | 'lines'
  | 'words'
  | 'yes-no'
  | 'one'
  | 'some'
  | 'open'
  | 'number'
  | 'date';

export interface ShownItem {
  readonly id: string;
  readonly kind: ShownKind;
  readonly label: string;
  readonly hint: string;
  readonly typed: string;
  /** Of a list: what was typed, and one more to fill in. */
  readonly many: readonly string[];
  readonly other: string;
  readonly date: { readonly day: string; readonly month: string; readonly year: string };
  readonly unit: string;
  readonly options: readonly {
    readonly value: string;
    readonly text: string;
    readonly checked: boolean;
    readonly alone: boolean;
  }[];
  /** Of conditions on this very page: JSON for the browser. Without script the question is shown with `onlyIf`. */
  readonly enable: string;
  readonly onlyIf: string;
  readonly items: readonly ShownItem[];
}

const kindOf = ({ type, repeats }: QuestionnaireItem): ShownKind => {
  switch (type) {
    case 'group':
      return 'group';
    case 'display':
      return 'note';
    case 'text':
      return 'words';
    case 'boolean':
      return 'yes-no';
    case 'choice':
      return repeats ? 'some' : 'one';
    case 'open-choice':
      return 'open';
    case 'date':
      return 'date';
    case 'integer':
    case 'decimal':
    case 'quantity':
      return 'number';
    default:
      return repeats ? 'lines' : 'line';
  }
};

const mostLines = 8;

/** `answers`: of the pages before, which decide what this one shows. */
export function shownItems(
  page: readonly QuestionnaireItem[] | undefined,
  answers: Answers,
  raw: Raw,
): readonly ShownItem[] {
  const here = new Map<string, QuestionnaireItem>();
  const note = (items: readonly QuestionnaireItem[] | undefined): void => {
    for (const item of items ?? []) {
      here.set(item.linkId ?? '', item);
      note(item.item);
    }
  };
  note(page);

  const shown = (item: QuestionnaireItem): ShownItem[] => {
    const { linkId: id = '', enableWhen = [] } = item;
    const own = enableWhen.filter(({ question }) => here.has(question ?? ''));
    if (isHidden(item) || (own.length === 0 && !isEnabled(item, answers))) return [];
    const isHelp = (one: QuestionnaireItem) => one.type === 'display' && one.linkId === `${id}-help`;
    const of = (name: string): string => raw[name]?.[0] ?? '';
    const many = raw[id] ?? [];
    const kind = kindOf(item);
    return [
      {
        ...{ id, kind, label: item.text ?? '', unit: unitOf(item) ?? '', typed: of(id) },
        hint: item.item?.find(isHelp)?.text ?? '',
        many: kind === 'lines' ? [...many, ...(many.length < mostLines ? [''] : [])] : many,
        other: of(`${id}-other`),
        date: { day: of(`${id}-day`), month: of(`${id}-month`), year: of(`${id}-year`) },
        options: (item.answerOption ?? []).map((option) => ({
          ...{ value: optionCode(option), alone: isAlone(option) },
          text: option.valueCoding?.display ?? optionCode(option),
          checked: many.includes(optionCode(option)),
        })),
        enable: own.length === 0 ? '' : JSON.stringify(own.map(conditionOf)),
        onlyIf: own.length === 0 ? '' : own.map((when) => wordsOf(when, here)).join(' or '),
        items: (item.item ?? []).filter((one) => !isHelp(one)).flatMap(shown),
      },
    ];
  };
  return (page ?? []).flatMap(shown);
}

type When = NonNullable<QuestionnaireItem['enableWhen']>[number];

const conditionOf = (when: When) => ({
  name: when.question,
  is: when.operator,
  value:
    when.answerBoolean === undefined
      ? String(when.answerCoding?.code ?? when.answerDecimal ?? when.answerInteger ?? when.answerString ?? '')
      : when.answerBoolean
        ? 'yes'
        : 'no',
});

function wordsOf(when: When, here: ReadonlyMap<string, QuestionnaireItem>): string {
  const question = here.get(when.question ?? '');
  const code = when.answerCoding?.code;
  const option = question?.answerOption?.find(({ valueCoding }) => valueCoding?.code === code);
  const answer =
    when.answerBoolean === undefined
      ? (option?.valueCoding?.display ?? code ?? '')
      : when.answerBoolean
        ? 'yes'
        : 'no';
  return `you answered “${answer}” to “${question?.text ?? ''}”`;
}
