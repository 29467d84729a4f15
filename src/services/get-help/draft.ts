/** A request before it is sent: what was answered, what stopped, and how its writer would like to be answered. */
import type { QuestionnaireItem } from '@medplum/fhirtypes';
import type { HelpForm } from './forms/all-forms.ts';
import { pagesOf } from './forms/all-forms.ts';
import type { How } from './how.ts';
import type { Answers } from './questionnaire/enable-when.ts';
import type { Raw } from './questionnaire/read-answers.ts';
import { freeText, meaningOf } from './questionnaire/response.ts';
import { assess, type Finding } from './safety/assess.ts';
import { pharmacistMay, pharmacyPathway, pharmacyRule } from './safety/pharmacy-first.ts';
import { type Advice, nameOfRule } from './safety/rule.ts';

/** `go`: they do as they were told. `not-this`: it was not meant so. `on`: they have it and go on all the same. */
export type StopAnswer = 'go' | 'not-this' | 'on';

export interface Stop {
  /** `chest-pain@3`. */
  readonly rule: string;
  readonly id: string;
  readonly advice: Advice;
  readonly by: 'answer' | 'words';
  readonly typed?: string;
  readonly denied: boolean;
  /** ms since 1970 UTC. */
  readonly at: number;
  readonly answer?: StopAnswer;
  readonly answered?: number;
}

/** Who someone says they are, where no record is matched to them. */
export interface Said {
  readonly name: string;
  /** `1985-03-15` */
  readonly born: string;
  readonly nhsNumber: string;
  readonly telephone: string;
}

export interface Photo {
  /** Of the upload. */
  readonly id: string;
  readonly name: string;
}

export interface Draft {
  readonly id: string;
  /** Key of the form. */
  readonly form: string;
  /** Patient id. */
  readonly person?: string;
  /** Organization id. */
  readonly practice?: string;
  readonly cameBy: 'page' | 'telephone';
  readonly answers: Answers;
  /** Typed on a page and not sent with it yet, by the page's linkId. */
  readonly typed: Readonly<Record<string, Raw>>;
  readonly photos: readonly Photo[];
  readonly how?: How;
  readonly said?: Said;
  readonly stops: readonly Stop[];
  /** ms since 1970 UTC. */
  readonly begun: number;
}

/** Pages after those of questions. `who`: who someone is, where no record is theirs. */
export type Step = 'how' | 'who' | 'practice' | 'check';

/** Everything that a draft still leads through, in order. */
export function stepsOf(draft: Draft, form: HelpForm): readonly string[] {
  const pages = pagesOf(form, draft.answers).map(({ linkId = '' }) => linkId);
  const more: Step[] =
    form.kind === 'registration'
      ? ['practice', 'check']
      : draft.person === undefined
        ? ['how', 'who', 'check']
        : ['how', 'check'];
  return [...pages, ...more];
}

export const pageOf = (form: HelpForm, draft: Draft, linkId: string): QuestionnaireItem | undefined =>
  pagesOf(form, draft.answers).find((one) => one.linkId === linkId);

/** What fires now: ticked answers, all free words, and a pharmacist who may treat it once that can be told. */
export function findingsOf(draft: Draft, form: HelpForm, pagesDone: readonly string[]): readonly Finding[] {
  const { answers } = draft;
  const items = form.form.item;
  const { redFlags } = meaningOf(items, answers);
  // A registration asks for no help; its lists of conditions would fire for what is long known.
  const found = form.kind === 'registration' ? [] : assess(redFlags, freeText(withoutKnown(items), answers));
  const pathway = pharmacyPathway(form.problem?.pharmacy);
  if (!pathway || !pagesDone.includes('about')) return found;
  const ticked = (answers['pharmacy'] ?? []).flatMap(({ valueCoding }) => valueCoding?.code ?? []);
  const years = answers['known-years']?.[0]?.valueInteger;
  const sex = answers['known-sex']?.[0]?.valueString;
  const who = { ...(years === undefined ? {} : { years }), ...(sex === undefined ? {} : { sex }) };
  const worried = meaningOf(items, answers).worry;
  if (worried || !pharmacistMay(pathway, who, ticked)) return found;
  return [...found, { rule: pharmacyRule(pathway), by: 'answer', denied: false }];
}

/** The medicines of the record are no words of a person who is unwell. */
const withoutKnown = (items: readonly QuestionnaireItem[] | undefined): readonly QuestionnaireItem[] =>
  (items ?? []).map((page) => ({
    ...page,
    item: (page.item ?? []).filter(({ linkId }) => linkId !== 'medicines'),
  }));

/**
 * The draft with what stops it now. What fired once is kept: where its answer was taken back before anyone answered the stop, it
 * counts as not meant, and still goes with the request.
 */
export function withStops(draft: Draft, findings: readonly Finding[], now: number): Draft {
  const kept = draft.stops.map((stop): Stop => {
    const still = findings.some(({ rule }) => rule.id === stop.id);
    return stop.answer !== undefined || still ? stop : { ...stop, answer: 'not-this', answered: now };
  });
  const added = findings
    .filter(({ rule }) => !draft.stops.some(({ id }) => id === rule.id))
    .map(
      ({ rule, by, typed, denied }): Stop => ({
        ...{ rule: nameOfRule(rule), id: rule.id, advice: rule.advice, by, denied, at: now },
        ...(typed === undefined ? {} : { typed }),
      }),
    );
  return { ...draft, stops: [...kept, ...added] };
}

export const openStops = ({ stops }: Pick<Draft, 'stops'>): readonly Stop[] =>
  stops.filter(({ answer }) => answer === undefined || answer === 'go');
