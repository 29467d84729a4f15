/** What is known already stands in a form before anyone types. Source: SDC, Form Population, expression-based. */
import type { Questionnaire, QuestionnaireItem, QuestionnaireResponseItemAnswer } from '@medplum/fhirtypes';
import { compilePath } from '../../../fhir/path/compile.ts';
import { type Answers, flatItems } from './enable-when.ts';
import { initialExpressionOf } from './extensions.ts';

/** What questions may be filled from, by name: `%patient`. Only what whoever asks may see is put there. */
export type LaunchContext = Readonly<Record<string, unknown>>;

const expression = /^%([a-z]+)(?:\.(.+))?$/s;
const compiled = new Map<string, ReturnType<typeof compilePath>>();

function valuesOf(text: string, context: LaunchContext): readonly unknown[] {
  const [, name = '', path] = expression.exec(text) ?? [];
  const from = Object.hasOwn(context, name) ? context[name] : undefined;
  if (from === undefined) return [];
  const nodes = Array.isArray(from) ? from : [from];
  if (path === undefined) return nodes;
  const run = compiled.get(path) ?? compilePath(path);
  compiled.set(path, run);
  return nodes.flatMap((node) => run(node));
}

function answerOf({ type }: QuestionnaireItem, value: unknown): QuestionnaireResponseItemAnswer | undefined {
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? { valueInteger: value } : undefined;
    case 'decimal':
      return typeof value === 'number' ? { valueDecimal: value } : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? { valueBoolean: value } : undefined;
    case 'date':
      return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)
        ? { valueDate: value }
        : undefined;
    default:
      return typeof value === 'string' && value !== '' ? { valueString: value.slice(0, 500) } : undefined;
  }
}

/** Answers that stand at first: those of `initial`, and of expressions on what is known. */
export function prefilled({ item }: Questionnaire, context: LaunchContext): Answers {
  return Object.fromEntries(
    flatItems(item).flatMap((one): [string, readonly QuestionnaireResponseItemAnswer[]][] => {
      const fixed = (one.initial ?? []) as readonly QuestionnaireResponseItemAnswer[]; // the same values (R4: value[x])
      const text = initialExpressionOf(one);
      const found =
        text === undefined ? [] : valuesOf(text, context).flatMap((value) => answerOf(one, value) ?? []);
      const answers = found.length > 0 ? found : fixed;
      if (answers.length === 0) return [];
      return [[one.linkId ?? '', one.repeats ? answers : answers.slice(0, 1)]];
    }),
  );
}
