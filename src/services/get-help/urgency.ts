/** How soon a request should be looked at: readable rules, the most urgent counts. None lowers what another says. */
import type { Urgency } from '../../fhir/primary-care.ts';
import { urgencies } from '../../fhir/primary-care.ts';
import type { Draft } from './draft.ts';
import type { HelpForm } from './forms/all-forms.ts';
import { meaningOf } from './questionnaire/response.ts';

export interface UrgencyRule {
  /** `infant@1`: goes with the request. */
  readonly name: string;
  readonly urgency: Urgency;
  /** For who triages, in a sentence. */
  readonly words: string;
  readonly source: string;
  readonly fits: (draft: Draft, form: HelpForm) => boolean;
}

const emergencies: readonly string[] = ['emergency', 'department'];
const went = (draft: Draft, answer: 'on' | 'not-this', ...advice: readonly string[]): boolean =>
  draft.stops.some((stop) => advice.includes(stop.advice) && (stop.answer ?? 'on') === answer);
const isWorse = (draft: Draft, code: string): boolean =>
  draft.answers['worse']?.some(({ valueCoding }) => valueCoding?.code === code) ?? false;
const years = (draft: Draft): number | undefined => draft.answers['known-years']?.[0]?.valueInteger;
const own = 'Throughline, docs/get-help.md; to be agreed with the practice’s clinical safety officer';

export const urgencyRules: readonly UrgencyRule[] = [
  {
    ...{ name: 'emergency-overridden@1', urgency: 'stat', source: own },
    words: 'They were told to call 999 or go to A&E, said that they have the sign, and went on.',
    fits: (draft) =>
      went(draft, 'on', ...emergencies) ||
      draft.stops.some(({ answer, advice }) => answer === 'go' && emergencies.includes(advice)),
  },
  {
    ...{ name: 'emergency-not-meant@1', urgency: 'asap', source: own },
    words: 'Their words fitted an emergency, and they said that they do not have it.',
    fits: (draft) => went(draft, 'not-this', ...emergencies),
  },
  {
    ...{ name: '111-overridden@1', urgency: 'asap', source: own },
    words: 'They were told to call 111, said that they have the sign, and went on.',
    fits: (draft) =>
      went(draft, 'on', '111') ||
      draft.stops.some(({ answer, advice }) => answer === 'go' && advice === '111'),
  },
  {
    ...{ name: '111-not-meant@1', urgency: 'urgent', source: own },
    words: 'Their words fitted advice to call 111, and they said that they do not have it.',
    fits: (draft) => went(draft, 'not-this', '111'),
  },
  {
    ...{
      name: 'infant@1',
      urgency: 'asap',
      source: 'NICE NG143: fever in under 5s, assessment of young children',
    },
    words: 'A child under 1 year is unwell.',
    fits: (draft, { kind }) => kind === 'help' && years(draft) === 0,
  },
  {
    ...{ name: 'worse-fast@1', urgency: 'asap', source: 'NHS website: When to use NHS 111' },
    words: 'It is getting worse fast.',
    fits: (draft) => isWorse(draft, 'fast'),
  },
  {
    ...{ name: 'young-child@1', urgency: 'urgent', source: 'NICE NG143: fever in under 5s' },
    words: 'A child under 5 years is unwell.',
    fits: (draft, { kind }) => kind === 'help' && (years(draft) ?? 99) < 5,
  },
  {
    ...{
      name: 'worrying-sign@1',
      urgency: 'urgent',
      source: 'NICE NG12: suspected cancer; and the sources of each problem',
    },
    words: 'They ticked a sign that someone should look at within days.',
    fits: (draft, { form }) => meaningOf(form.item, draft.answers).worry,
  },
  {
    ...{ name: 'worse-slowly@1', urgency: 'urgent', source: own },
    words: 'It is getting worse.',
    fits: (draft) => isWorse(draft, 'worse'),
  },
];

export interface Judged {
  readonly urgency: Urgency;
  readonly rules: readonly UrgencyRule[];
}

export function urgencyOf(draft: Draft, form: HelpForm): Judged {
  const rules = urgencyRules.filter(({ fits }) => fits(draft, form));
  const urgency = urgencies.find((one) => rules.some((rule) => rule.urgency === one)) ?? 'routine';
  return { urgency, rules };
}
