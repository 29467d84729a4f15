/** What the home page says first: what needs doing now, what comes next, what is new. Plain functions over the record. */
import type {
  Appointment,
  CarePlan,
  Communication,
  CommunicationRequest,
  ImmunizationRecommendation,
  MedicationRequest,
  Reference,
  Task,
} from '@medplum/fhirtypes';
import { messageKindOf } from '../../fhir/primary-care.ts';
import { conceptText } from '../../web/coded.ts';
import { addDays, formatDate, localMoment, parseDate } from '../../web/dates.ts';
import { shorten, titleOf } from '../../web/entry.ts';
import { reviewDate } from './care-plan.ts';
import { repeatOf, repeatsDue } from './medicines.ts';
import type { NameOf } from './names-of.ts';
import { isWrong } from './told.ts';
import { vaccinationsDue } from './vaccinations.ts';
import { appointmentTitle, dayAndTime } from './visits.ts';

export interface ToDo {
  readonly title: string;
  readonly detail: string;
  readonly href: string;
  /** Past the day by which it was to be done. */
  readonly late: boolean;
}

export interface HomeParts {
  readonly person: string;
  readonly tasks: readonly Task[];
  readonly requests: readonly CommunicationRequest[];
  readonly medicines: readonly MedicationRequest[];
  readonly plans: readonly CarePlan[];
  readonly recommendations: readonly ImmunizationRecommendation[];
  readonly appointments: readonly Appointment[];
  /** New messages. */
  readonly unread: number;
  /** ms since 1970 UTC. */
  readonly now: number;
}

const openTasks = new Set(['requested', 'received', 'accepted', 'ready', 'in-progress']);
const inProgress = new Set(['active', 'on-hold']);

/** Days before a review at which someone is told of it. */
const reviewAhead = 14;
/** Days before an authority of a repeat ends at which someone is told of it. */
const authorityAhead = 28;

const byDay = (day: string, today: string): Pick<ToDo, 'detail' | 'late'> => ({
  detail: day ? (day < today ? `Was due by ${formatDate(day)}` : `By ${formatDate(day)}`) : '',
  late: day !== '' && day < today,
});

const tasksToDo = ({ person, tasks }: HomeParts, today: string): ToDo[] =>
  tasks
    .filter((one) => one.owner?.reference === `Patient/${person}` && openTasks.has(one.status ?? ''))
    .map((one) => ({
      title: shorten(titleOf(one), 160),
      href: '',
      ...byDay(parseDate(one.restriction?.period?.end ?? one.executionPeriod?.end)?.key ?? '', today),
    }));

const invitations = ({ person, requests }: HomeParts, today: string): ToDo[] =>
  requests
    .filter((one) => inProgress.has(one.status ?? ''))
    .map((one) => {
      const day = parseDate(one.occurrencePeriod?.end ?? one.occurrenceDateTime)?.key ?? '';
      const text = one.payload?.[0]?.contentString ?? '';
      const title =
        conceptText(one.reasonCode?.[0]) ||
        conceptText(one.category?.[0]) ||
        text ||
        'Message from your care team';
      const due = byDay(day, today);
      return {
        title: shorten(title, 160),
        href: `/my-record/${person}/messages`,
        ...due,
        detail: [text === title ? '' : shorten(text, 200), due.detail].filter(Boolean).join('. '),
      };
    });

const names = (titles: readonly string[]): string =>
  titles.length < 4 ? titles.join(', ') : `${titles.slice(0, 3).join(', ')} and ${titles.length - 3} more`;

const medicinesToDo = ({ person, medicines, now }: HomeParts, today: string): ToDo[] => {
  const due = repeatsDue(medicines, now);
  const href = `/my-record/${person}/medicines`;
  const soon = addDays(today, authorityAhead);
  const ending = medicines.filter((one) => {
    const until = isWrong(one) ? undefined : repeatOf(one)?.until;
    return until !== undefined && until >= today && until <= soon;
  });
  return [
    ...(due.length === 0
      ? []
      : [
          {
            title: due.length === 1 ? 'A repeat medicine is due' : `${due.length} repeat medicines are due`,
            detail: names(due.map(({ title }) => title)),
            ...{ href, late: due.some(({ overdue }) => overdue) },
          },
        ]),
    ...(ending.length === 0
      ? []
      : [
          {
            title: 'Your medicines are due to be looked at',
            detail: `The prescription ends soon for ${names([...new Set(ending.map(titleOf))])}`,
            ...{ href, late: false },
          },
        ]),
  ];
};

const reviewsToDo = ({ person, plans }: HomeParts, today: string): ToDo[] =>
  plans
    .filter((one) => !isWrong(one) && inProgress.has(one.status ?? ''))
    .flatMap((one) => {
      const day = reviewDate(one);
      if (!day || day > addDays(today, reviewAhead)) return [];
      const href = `/my-record/${person}/care-plan`;
      const passed = day < today;
      return [
        {
          title: `${titleOf(one)}: time to look at it again`,
          detail: passed ? `Was to be looked at by ${formatDate(day)}` : `By ${formatDate(day)}`,
          ...{ href, late: passed },
        },
      ];
    });

const answers = ({ person, appointments }: HomeParts): ToDo[] =>
  appointments
    .filter(
      (one) =>
        (one.status === 'proposed' || one.status === 'pending') &&
        (one.participant ?? []).some(
          ({ actor, status }) => actor?.reference === `Patient/${person}` && status === 'needs-action',
        ),
    )
    .map((one) => ({
      title: `Answer: ${appointmentTitle(one)}`,
      detail: dayAndTime(one.start) || 'No date yet',
      ...{ href: `/my-record/${person}/appointments`, late: false },
    }));

const vaccinesToDo = ({ person, recommendations, now }: HomeParts): ToDo[] =>
  vaccinationsDue(recommendations, addDays(localMoment(now).key, reviewAhead)).map(({ title, when }) => ({
    title: `Vaccination due: ${title}`,
    detail: when,
    ...{ href: `/my-record/${person}/vaccinations`, late: false },
  }));

const messagesToDo = ({ person, unread }: HomeParts): ToDo[] =>
  unread === 0
    ? []
    : [
        {
          title: unread === 1 ? 'Read 1 new message' : `Read ${unread} new messages`,
          detail: '',
          ...{ href: `/my-record/${person}/messages`, late: false },
        },
      ];

/** What needs doing now, the late first. */
export function toDo(parts: HomeParts): readonly ToDo[] {
  const today = localMoment(parts.now).key;
  const all = [
    ...tasksToDo(parts, today),
    ...messagesToDo(parts),
    ...answers(parts),
    ...invitations(parts, today),
    ...medicinesToDo(parts, today),
    ...vaccinesToDo(parts),
    ...reviewsToDo(parts, today),
  ];
  return [...all].sort((a, b) => Number(b.late) - Number(a.late));
}

export interface Message {
  readonly id: string;
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly when: string;
  readonly text: string;
  readonly mine: boolean;
  readonly isNew: boolean;
  /** Where its thread is read and answered; empty where it is none of patients and teams. */
  readonly href: string;
}

/** Page of the thread that a message belongs to. */
function threadHref(one: Communication): string {
  if (messageKindOf(one) !== 'patient') return '';
  const first = one.partOf?.map(
    ({ reference = '' }) => /^Communication\/([A-Za-z0-9.-]{1,64})$/.exec(reference)?.[1],
  );
  return `/messages/${first?.find((id) => id !== undefined) ?? one.id ?? ''}`;
}

/** Days for which a message that nobody marked as received counts as new. */
const newFor = 30;

/** Messages newest first; `reader`: reference of whoever reads them, who is “You”. New: to the person, not received, not answered, and of the last month. */
export function messagesOf(
  person: string,
  all: readonly Communication[],
  nameOf: NameOf,
  now: number,
  reader: string,
): readonly Message[] {
  const self = `Patient/${person}`;
  const who = (reference: Reference | undefined): string => {
    const target = reference?.reference ?? '';
    if (target === reader) return 'You';
    const name = nameOf(reference);
    if (name) return name;
    if (target === self) return 'The person themself';
    return /^(?:Patient|RelatedPerson)\//.test(target) ? 'Family or carer' : '';
  };
  const answered = new Set(
    all.flatMap(({ inResponseTo }) => (inResponseTo ?? []).map(({ reference }) => reference)),
  );
  const from = addDays(localMoment(now).key, -newFor);
  const right = all.filter(
    (one) => !isWrong(one) && one.status !== 'preparation' && one.status !== 'not-done',
  );
  return [...right]
    .sort((a, b) => (b.sent ?? '').localeCompare(a.sent ?? ''))
    .map((one) => {
      const mine = one.sender?.reference === self || one.sender?.reference === reader;
      const toSelf = (one.recipient ?? []).some(({ reference }) => reference === self);
      const sent = parseDate(one.sent)?.key ?? '';
      const to = (one.recipient ?? []).map(who);
      const text = (one.payload ?? []).map(({ contentString }) => contentString ?? '').filter(Boolean);
      return {
        ...{
          id: one.id ?? '',
          title: conceptText(one.topic) || conceptText(one.reasonCode?.[0]) || 'Message',
        },
        ...{ from: who(one.sender) || 'The care team', to: to.filter(Boolean).join(', ') },
        ...{ when: dayAndTime(one.sent) || 'Date not recorded', text: text.join('\n\n'), mine },
        href: threadHref(one),
        isNew:
          !mine && toSelf && !one.received && sent >= from && !answered.has(`Communication/${one.id ?? ''}`),
      };
    });
}
