/** Care plans as the person whom they are for reads them: goals, what will be done, by whom, and when it is looked at again. */
import type { CarePlan, CarePlanActivityDetail, Goal } from '@medplum/fhirtypes';
import { codeOf, conceptText, humanise } from '../../web/coded.ts';
import { formatDate, parseDate } from '../../web/dates.ts';
import { shorten, titleOf } from '../../web/entry.ts';
import { formatQuantity, formatRange } from '../../web/quantities.ts';
import { plainCondition } from './glossary/lookup.ts';
import type { NameOf } from './names-of.ts';
import { clinicianLines, isWrong, type Line, linesOf, notesOf } from './told.ts';

export interface PlanGoal {
  readonly title: string;
  readonly tag: string;
  readonly tagColour: string;
  readonly lines: readonly Line[];
}

export interface PlanAction {
  readonly title: string;
  readonly tag: string;
  readonly tagColour: string;
  readonly lines: readonly Line[];
}

export interface Plan {
  readonly id: string;
  readonly title: string;
  readonly tag: string;
  readonly lines: readonly Line[];
  readonly goals: readonly PlanGoal[];
  readonly actions: readonly PlanAction[];
  readonly clinician: readonly Line[];
}

/** Whose plan it is, and what they are called where they are to do something: “You”, or their name. */
export interface Doer {
  readonly id: string;
  readonly called: string;
}

export interface Plans {
  readonly now: readonly Plan[];
  readonly past: readonly Plan[];
}

const achievements: Record<string, readonly [string, string]> = {
  achieved: ['Reached', 'green'],
  improving: ['Getting better', 'blue'],
  worsening: ['Getting harder', 'orange'],
  'in-progress': ['Going on', 'blue'],
  sustaining: ['Kept up', 'green'],
  'no-change': ['No change yet', 'grey'],
  'not-achieved': ['Not reached', 'orange'],
  'no-progress': ['No change yet', 'grey'],
  'not-attainable': ['Not possible', 'grey'],
};

const goalOf = (goal: Goal, nameOf: NameOf): PlanGoal => {
  const [tag, tagColour] = achievements[codeOf(goal.achievementStatus)] ?? ['', 'grey'];
  const targets = (goal.target ?? []).map((target) =>
    [
      conceptText(target.measure) === titleOf(goal) ? '' : conceptText(target.measure),
      formatQuantity(target.detailQuantity) ||
        formatRange(target.detailRange) ||
        target.detailString ||
        conceptText(target.detailCodeableConcept),
      target.dueDate ? `by ${formatDate(target.dueDate)}` : '',
    ]
      .filter(Boolean)
      .join(' '),
  );
  const said = targets.join('; ');
  return {
    ...{ title: titleOf(goal), tag, tagColour },
    lines: linesOf(
      ['Aim', targets.filter(Boolean).join('; ')],
      ['Set by', nameOf(goal.expressedBy)],
      ['Since', formatDate(goal.startDate)],
      [
        'Notes',
        notesOf(goal, nameOf)
          .filter((note) => !said.includes(note))
          .join('\n'),
      ],
    ),
  };
};

const states: Record<string, readonly [string, string]> = {
  'not-started': ['Not started', 'grey'],
  scheduled: ['Planned', 'blue'],
  'in-progress': ['Going on', 'blue'],
  'on-hold': ['Paused', 'yellow'],
  completed: ['Done', 'green'],
  cancelled: ['Cancelled', 'grey'],
  stopped: ['Stopped', 'grey'],
};

const timingOf = (detail: CarePlanActivityDetail): string =>
  detail.scheduledString ||
  formatDate(detail.scheduledPeriod?.start) ||
  formatDate(detail.scheduledTiming?.event?.[0]) ||
  conceptText(detail.scheduledTiming?.code) ||
  formatDate(detail.scheduledTiming?.repeat?.boundsPeriod?.start);

const actionOf = (detail: CarePlanActivityDetail, person: Doer, nameOf: NameOf): PlanAction => {
  const [tag, tagColour] = states[detail.status ?? ''] ?? ['', 'grey'];
  const doers = (detail.performer ?? []).map((one) =>
    one.reference === `Patient/${person.id}` ? person.called : nameOf(one),
  );
  const named = conceptText(detail.code);
  return {
    ...{ title: shorten(detail.description || named || 'Something to do', 300), tag, tagColour },
    lines: linesOf(
      ['Who', doers.filter(Boolean).join(', ')],
      ['When', timingOf(detail)],
      ['Where', nameOf(detail.location)],
    ),
  };
};

const isPast = (plan: CarePlan): boolean =>
  ['completed', 'revoked', 'draft', 'unknown'].includes(plan.status ?? '');

/** When a plan is to be looked at again: what it says of a review, else its end. */
export function reviewDate(plan: CarePlan): string {
  const review = (plan.activity ?? []).find(({ detail }) =>
    /\breview\b/i.test(`${conceptText(detail?.code)} ${detail?.description ?? ''}`),
  )?.detail;
  const open = review?.status !== 'completed' && review?.status !== 'cancelled';
  const day = open
    ? (review?.scheduledPeriod?.start ?? review?.scheduledTiming?.event?.[0] ?? review?.scheduledString)
    : undefined;
  return parseDate(day)?.key ?? parseDate(plan.period?.end)?.key ?? '';
}

const planOf = (plan: CarePlan, goals: ReadonlyMap<string, Goal>, person: Doer, nameOf: NameOf): Plan => {
  const own = (plan.goal ?? []).flatMap(({ reference }) => {
    const goal = goals.get(reference ?? '');
    return goal ? [goal] : [];
  });
  const meant = (plan.addresses ?? []).map(nameOf).filter(Boolean).map(plainCondition);
  const details = (plan.activity ?? []).flatMap(({ detail, reference, outcomeCodeableConcept }) => {
    if (detail) return [detail];
    const text = reference?.display ?? conceptText(outcomeCodeableConcept?.[0]);
    return text ? [{ description: text } as CarePlanActivityDetail] : []; // only its words are shown
  });
  return {
    ...{ id: plan.id ?? '', title: titleOf(plan) },
    tag: plan.status === 'on-hold' ? 'Paused' : '',
    lines: linesOf(
      ['About', plan.description],
      ['For', meant.join(', ')],
      ['Since', formatDate(plan.period?.start)],
      ['To be looked at again', isPast(plan) ? '' : formatDate(reviewDate(plan))],
      ['Ended', isPast(plan) ? formatDate(plan.period?.end) : ''],
      ['Written by', nameOf(plan.author)],
      ['Team', (plan.careTeam ?? []).map(nameOf).filter(Boolean).join(', ')],
    ),
    goals: own.map((goal) => goalOf(goal, nameOf)),
    actions: details.map((detail) => actionOf(detail, person, nameOf)),
    clinician: clinicianLines(
      plan,
      plan.category?.[0],
      nameOf,
      ...linesOf(['Intent', humanise(plan.intent ?? '')]),
    ),
  };
};

/** Plans that stand and that are over. Goals that no plan names are a plan of their own. */
export function plansOf(
  person: Doer,
  plans: readonly CarePlan[],
  goals: readonly Goal[],
  nameOf: NameOf,
): Plans {
  const right = plans.filter((one) => !isWrong(one));
  const byReference = new Map(
    goals.filter((one) => loosely(one) !== 'entered-in-error').map((one) => [`Goal/${one.id ?? ''}`, one]),
  );
  const named = new Set(right.flatMap((plan) => (plan.goal ?? []).map(({ reference }) => reference)));
  const alone = [...byReference].filter(([reference, one]) => !named.has(reference) && standing(one));
  const now = right.filter((one) => !isPast(one)).map((one) => planOf(one, byReference, person, nameOf));
  const rest: Plan[] =
    alone.length === 0
      ? []
      : [
          {
            ...{ id: 'goals', title: 'Other goals', tag: '', lines: [], actions: [], clinician: [] },
            goals: alone.map(([, one]) => goalOf(one, nameOf)),
          },
        ];
  return {
    now: [...now, ...rest],
    past: right
      .filter((one) => isPast(one) && one.status !== 'draft')
      .map((one) => planOf(one, byReference, person, nameOf)),
  };
}

const loosely = (goal: Goal): string => goal.lifecycleStatus ?? '';
const standing = (goal: Goal): boolean =>
  ['active', 'accepted', 'planned', 'proposed', 'on-hold'].includes(loosely(goal));
