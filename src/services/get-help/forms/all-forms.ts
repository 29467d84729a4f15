/** Every form by its key, as a draft and a sent request name it. */
import type { Questionnaire, QuestionnaireItem } from '@medplum/fhirtypes';
import type { TaskKind } from '../../../fhir/primary-care.ts';
import { problemByKey } from '../problems/all-problems.ts';
import type { Problem } from '../problems/problem.ts';
import { type Answers, isEnabled } from '../questionnaire/enable-when.ts';
import { questionsOf } from '../questionnaire/read-answers.ts';
import { adminForms } from './admin-forms.ts';
import { problemForms, wordsForm } from './help-forms.ts';

export interface HelpForm {
  readonly key: string;
  readonly title: string;
  readonly kind: Extract<TaskKind, 'help' | 'admin' | 'registration'>;
  readonly form: Questionnaire;
  readonly problem?: Problem;
}

const forms = new Map<string, HelpForm>([
  ['words', { key: 'words', title: 'Ask in your own words', kind: 'help', form: wordsForm }],
  ...adminForms.map(({ key, title, kind, form }): [string, HelpForm] => [key, { key, title, kind, form }]),
]);
for (const [key, form] of problemForms) {
  const problem = problemByKey(key);
  forms.set(key, { key, title: form.title ?? key, kind: 'help', form, ...(problem ? { problem } : {}) });
}

export const formByKey = (key: string): HelpForm | undefined => forms.get(key);
export const allForms: readonly HelpForm[] = [...forms.values()];

/** The pages that are asked, given the answers so far: groups with a question to show. */
export const pagesOf = ({ form }: HelpForm, answers: Answers): readonly QuestionnaireItem[] =>
  (form.item ?? []).filter((page) => isEnabled(page, answers) && questionsOf([page]).length > 0);
