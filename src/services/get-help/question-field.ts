/** A page of questions as one field of a form: what was typed into it, and its answers or what is wrong. */
import type { QuestionnaireItem } from '@medplum/fhirtypes';
import type { Field } from '../../web/forms/fields.ts';
import type { Answers } from './questionnaire/enable-when.ts';
import { inputNames, parseRaw, type Raw, readRaw } from './questionnaire/read-answers.ts';

export const questionField = (
  page: readonly QuestionnaireItem[] | undefined,
  before: Answers,
): Field<Raw, Answers> => ({
  inputs: inputNames(page),
  read: (body) => readRaw(page, body),
  parse: (raw) => {
    const parsed = parseRaw(page, raw, before);
    return 'errors' in parsed ? parsed : { value: parsed.answers };
  },
});
