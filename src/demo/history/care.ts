/** How people are cared for over time: care plans with goals and a team, care packages, flags, and messages with the practice. */
import type {
  CarePlan,
  CarePlanActivity,
  CareTeam,
  Communication,
  Condition,
  Flag,
  Goal,
  Patient,
  Practitioner,
  Reference,
  RelatedPerson,
  Resource,
} from '@medplum/fhirtypes';
import type { Random } from '../../platform/random.ts';
import { hl7, loinc, profiled, reference, said, snomed } from '../build.ts';
import { type Aim, messageThreads, type PlanWords, planWords, type Step } from '../codes/care.ts';
import { amount, measure, measureCode } from '../codes/measurements.ts';
import type { HistoryPart, Life, Problem, Region, Worker } from '../model.ts';
import { ageOn, dateOf, dayMs, dayOf, momentOf, weekday, year } from './calendar.ts';
import { carePackage } from './care-package.ts';
import { organisationReference, practiceNurse, usualDoctor, workerAt, workerReference } from './staff.ts';

/** What a person's plan is written with. */
export interface Telling {
  readonly life: Life;
  readonly region: Region;
  readonly random: Random;
  readonly today: number;
  readonly subject: Reference<Patient>;
}

/** How many problems one plan is about at most; the severest. */
const mostProblems = 3;

export const care: HistoryPart = (life, region, random) => {
  const today = Math.floor(region.now / dayMs);
  if (life.person.died !== undefined) return [];
  const subject = reference<Patient>('Patient', life.person.id);
  const telling: Telling = { life, region, random: random.fork('care'), today, subject };
  return [...planned(telling), ...carePackage(telling), ...warnings(telling), ...messages(telling)];
};

function planned(telling: Telling): Resource[] {
  const { life, random, today } = telling;
  const has = (problem: Problem): boolean =>
    problem.key in planWords && problem.ended === undefined && dayOf(problem.onset) < today - 60;
  const problems = life.problems
    .filter(has)
    .toSorted((a, b) => b.severity - a.severity)
    .slice(0, mostProblems);
  const worst = problems[0];
  // Not everyone has agreed a plan: the more ill, the more likely.
  const agreed = random.chance(0.25 + 0.4 * (worst?.severity ?? 0) + 0.15 * (problems.length - 1));
  const ago = random.whole(25, 330);
  if (!worst || !agreed) return [];
  const latest = Math.max(...problems.map(({ onset }) => dayOf(onset)), dayOf(life.from));
  const made = weekday(Math.max(today - ago, latest + 20));
  if (made >= today - 1) return [];
  const pairs = problems.flatMap((problem) => {
    const words = planWords[problem.key];
    return words ? [{ problem, words }] : [];
  });
  const team = teamOf(telling, made, problems);
  const goals = pairs.flatMap(({ words, problem }) => words.aims.map((aim) => ({ aim, problem })));
  const goalOf = ({ aim, problem }: (typeof goals)[number], i: number): Goal =>
    goal(telling, aim, problem, made, i + 1);
  const all = goals.map(goalOf);
  return [team, ...all, plan(telling, pairs, made, all)];
}

function teamOf(telling: Telling, made: number, problems: readonly Problem[]): CareTeam {
  const { life, region, subject } = telling;
  const community = region.organisations.find(({ kind }) => kind === 'community-trust');
  const needsHome = problems.some(({ key }) =>
    ['frailty', 'dementia', 'heart-failure', 'stroke', 'copd'].includes(key),
  );
  const seen = life.contacts.findLast(
    ({ kind, problem, start }) =>
      kind === 'outpatient' && dayOf(start) < made && problems.some(({ key }) => key === problem),
  )?.worker;
  const staff: readonly (readonly [Worker | undefined, string])[] = [
    [usualDoctor(life, region), 'GP'],
    [practiceNurse(life, region), 'Practice nurse'],
    [seen, seen?.job ?? ''],
    [
      needsHome && community ? workerAt(region, community.id, 'community-nurse', life) : undefined,
      'Community nurse',
    ],
  ];
  const family = life.person.relatives.flatMap(({ relation, name }, i) =>
    relation === 'carer' || relation === 'partner'
      ? [
          {
            role: [said(relation === 'carer' ? 'Carer' : 'Partner')],
            member: reference<RelatedPerson>('RelatedPerson', `${life.person.id}-relative-${i + 1}`, name),
          },
        ]
      : [],
  );
  const named = new Set<string>();
  return {
    ...{ resourceType: 'CareTeam', id: `${life.person.id}-care-team`, meta: profiled('UKCore-CareTeam') },
    ...{ status: 'active', name: 'Care team', subject, period: { start: dateOf(made) } },
    participant: [
      ...staff.flatMap(([who, role]) => {
        if (!who || named.has(who.id)) return [];
        named.add(who.id);
        return [{ role: [said(role)], member: workerReference(who), period: { start: dateOf(made) } }];
      }),
      ...family,
    ],
    managingOrganization: [organisationReference(region.organisation(life.person.practice))],
  };
}

function goal({ life, subject, today }: Telling, aim: Aim, problem: Problem, made: number, n: number): Goal {
  const { target } = aim;
  const due = dateOf(Math.max(made + 180, today + 30));
  const isPressure = target?.measure === 'systolic';
  const limit = target?.most ?? target?.least;
  const measured =
    target === undefined || target.measure === 'systolic' ? undefined : measure(target.measure);
  const unit = isPressure ? { unit: 'mmHg', ucum: 'mm[Hg]' } : (measured ?? { unit: '', ucum: '1' });
  const bound = limit === undefined ? undefined : amount(unit, limit);
  return {
    ...{ resourceType: 'Goal', id: `${life.person.id}-goal-${n}`, lifecycleStatus: 'active' },
    achievementStatus: hl7('goal-achievement', 'in-progress', 'In Progress'),
    ...{ description: { text: aim.text }, subject, startDate: dateOf(made), expressedBy: subject },
    addresses: [reference<Condition>('Condition', problem.id)],
    target: [
      {
        ...(target && bound
          ? {
              measure: measured ? measureCode(measured) : loinc('8480-6', 'Systolic blood pressure'),
              detailRange: target.most === undefined ? { low: bound } : { high: bound },
            }
          : {}),
        dueDate: due,
      },
    ],
  };
}

function plan(
  { life, region, subject, today }: Telling,
  pairs: readonly { readonly problem: Problem; readonly words: PlanWords }[],
  made: number,
  goals: readonly Goal[],
): CarePlan {
  const { person } = life;
  const doctor = usualDoctor(life, region);
  const community = region.organisations.find(({ kind }) => kind === 'community-trust');
  const trust = region.organisations.find(({ kind }) => kind === 'acute-trust');
  const doers: Readonly<Record<Step['who'], Reference>> = {
    patient: subject,
    nurse: workerReference(practiceNurse(life, region)),
    doctor: workerReference(doctor),
    community: organisationReference(community ?? region.organisation(person.practice)),
    hospital: organisationReference(trust ?? region.organisation(person.practice)),
  };
  // A plan is looked at again after a year; one that was due already has been put off.
  const review = weekday(Math.max(made + Math.round(year), today + 14));
  const activities = pairs
    .flatMap(({ words }) => words.steps)
    .map(
      ({ text, who }): CarePlanActivity => ({
        detail: {
          ...({ status: 'in-progress', description: text } as const),
          performer: [doers[who] as Reference<Practitioner>], // each is one that may do it
        },
      }),
    );
  const names = pairs.map(({ words }) => words.name);
  return {
    ...{ resourceType: 'CarePlan', id: `${person.id}-care-plan`, meta: profiled('UKCore-CarePlan') },
    ...{ status: 'active', intent: 'plan', category: [said('Long-term condition')], subject },
    title: `Care plan for ${names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`}`,
    ...{ period: { start: dateOf(made), end: dateOf(review) }, created: dateOf(made) },
    ...{ author: workerReference(doctor), contributor: [subject] },
    careTeam: [reference<CareTeam>('CareTeam', `${person.id}-care-team`)],
    addresses: pairs.map(({ problem }) => reference<Condition>('Condition', problem.id)),
    goal: goals.map(({ id = '' }) => reference<Goal>('Goal', id)),
    activity: [
      ...activities,
      {
        detail: {
          ...({ status: 'scheduled', description: 'Review of this plan' } as const),
          scheduledPeriod: { start: dateOf(review) },
          performer: [workerReference(practiceNurse(life, region))],
        },
      },
    ],
  };
}

/** What whoever meets the person should know at once. */
function warnings({ life, region, subject, today }: Telling): Flag[] {
  const has = (key: string): Problem | undefined =>
    life.problems.find((one) => one.key === key && one.ended === undefined && dayOf(one.onset) < today - 1);
  const clot = life.treatments.find(({ key, end }) => key.startsWith('apixaban') && end === undefined);
  const [falls, fits] = [has('frailty'), has('epilepsy')];
  const author = workerReference(usualDoctor(life, region));
  const flag = (suffix: string, category: string, code: Flag['code'], since: string): Flag => ({
    ...{ resourceType: 'Flag', id: `${life.person.id}-flag-${suffix}`, meta: profiled('UKCore-Flag') },
    ...{ status: 'active', category: [hl7('flag-category', category)], code, subject },
    ...{ period: { start: since }, author },
  });
  return [
    ...(falls
      ? [
          flag(
            'falls',
            'safety',
            snomed('129839007', 'At increased risk for falls', 'Risk of falls'),
            falls.onset,
          ),
        ]
      : []),
    ...(clot && dayOf(clot.start) < today
      ? [flag('bleeding', 'drug', said('Takes an anticoagulant: risk of bleeding'), clot.start)]
      : []),
    ...(fits ? [flag('seizures', 'clinical', said('Has seizures'), fits.onset)] : []),
  ];
}

/** Questions to the practice and its answers, over the last year. */
function messages({ life, region, random, subject, today }: Telling): Communication[] {
  const { person } = life;
  const count = random.weighted([
    [0, 62],
    [1, 22],
    [2, 11],
    [3, 5],
  ]);
  const practice = organisationReference(region.organisation(person.practice));
  if (person.email === undefined || ageOn(person.born, today) < 17) return [];
  const offered = messageThreads.filter(
    ({ topic }) =>
      (topic !== 'Blood pressure readings' || life.problems.some(({ key }) => key === 'hypertension')) &&
      (!/prescription|Side effect/.test(topic) || life.treatments.some(({ end }) => end === undefined)) &&
      (topic !== 'Fit note' || ageOn(person.born, today) < 66),
  );
  const first = Math.max(today - 330, dayOf(person.registered) + 1);
  return Array.from({ length: count }).flatMap((_, i): Communication[] => {
    const thread = random.pick(offered);
    const day = weekday(random.whole(Math.min(first, today - 8), today - 5));
    const minutes = random.whole(8 * 60, 20 * 60);
    const answered = weekday(day + 1);
    const isRead = today - answered > 6 || random.chance(0.5);
    const about = {
      ...({
        resourceType: 'Communication',
        meta: profiled('UKCore-Communication'),
        status: 'completed',
      } as const),
      ...{ topic: said(thread.topic), subject },
    };
    const id = `${person.id}-message-${i + 1}`;
    return [
      {
        ...{ ...about, id, sender: subject, recipient: [practice] },
        ...{ sent: momentOf(day, minutes), received: momentOf(answered, 9 * 60) },
        payload: [{ contentString: thread.asked }],
      },
      {
        ...{ ...about, id: `${id}-answer`, sender: practice, recipient: [subject] },
        inResponseTo: [reference<Communication>('Communication', id)],
        sent: momentOf(answered, 11 * 60 + i),
        ...(isRead ? { received: momentOf(answered, 18 * 60) } : {}),
        payload: [{ contentString: thread.answered }],
      },
    ];
  });
}
