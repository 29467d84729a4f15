/**
 * Children whom a local authority protects or looks after: plan, flag, those who carry it out and their visits. All of it bears
 * the label of abuse, so that those who act for the child do not see it.
 */
import type {
  CarePlan,
  CareTeam,
  Coding,
  Encounter,
  EpisodeOfCare,
  Flag,
  Organization,
  Patient,
  Reference,
  Resource,
} from '@medplum/fhirtypes';
import { type Random, seededRandom } from '../../platform/random.ts';
import { hl7, profiled, reference, said } from '../build.ts';
import type { HistoryPart, Life, Region, Worker } from '../model.ts';
import { ageOn, dateOf, dayMs, dayOf, momentOf, weekday } from './calendar.ts';
import { organisationReference, usualDoctor, workerAt, workerName, workerReference } from './staff.ts';

/** Source: HL7 v3 ActCode, SDV. */
const kept: readonly Coding[] = [
  {
    system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
    code: 'SDV',
    display: 'sexual assault, abuse, or domestic violence information sensitivity',
  },
];

/** Shares of the plans' categories. Source: DfE, Characteristics of children in need 2023 to 2024. */
const categories = [
  ['neglect', 50],
  ['emotional abuse', 37],
  ['physical abuse', 8],
  ['sexual abuse', 5],
] as const;

/**
 * Of households with children. Source of the order of size: 42 in 10,000 children have a plan, 70 in 10,000 are looked after;
 * here more, so that a small region has some.
 */
const shares = { plan: 0.014, lookedAfter: 0.012 };

interface Telling {
  readonly life: Life;
  readonly region: Region;
  readonly random: Random;
  readonly kind: 'plan' | 'lookedAfter';
  /** Days since 1970. */
  readonly from: number;
  readonly today: number;
  readonly worker: Worker;
  readonly council: Reference<Organization>;
  readonly subject: Reference<Patient>;
  readonly words: string;
}

export const protection: HistoryPart = (life, region) => {
  const { person } = life;
  const today = Math.floor(region.now / dayMs);
  const age = ageOn(person.born, today);
  if (age >= 18 || person.died !== undefined) return [];
  // Brothers and sisters of one home are protected together.
  const random = seededRandom(`${region.seed}/${person.household}/protection`);
  const drawn = random.next();
  const kind =
    drawn < shares.plan ? 'plan' : drawn < shares.plan + shares.lookedAfter ? 'lookedAfter' : undefined;
  const category = random.weighted(categories);
  const since = random.whole(40, 420);
  const councils = region.organisations.filter((one) => one.kind === 'local-authority');
  const council = councils[random.whole(0, Math.max(0, councils.length - 1))];
  const worker = council && workerAt(region, council.id, 'social-worker', life, 'children');
  if (!kind || !council || !worker) return [];
  const from = Math.max(weekday(today - since), weekday(dayOf(person.born) + 3));
  if (from >= today - 1) return [];
  return told({
    ...{ life, region, random, kind, from, today, worker, council: organisationReference(council) },
    subject: reference<Patient>('Patient', person.id),
    words: kind === 'plan' ? `Child protection plan: ${category}` : 'Looked-after child',
  });
};

const labelled = (profile: string) => profiled(profile, kept);

function told(telling: Telling): Resource[] {
  return [episode(telling), team(telling), plan(telling), flag(telling), ...visits(telling)];
}

const idOf = ({ life }: Telling, suffix: string): string => `${life.person.id}-protection${suffix}`;

function episode(telling: Telling): EpisodeOfCare {
  const { council, from, subject, worker } = telling;
  return {
    ...{ resourceType: 'EpisodeOfCare', id: idOf(telling, ''), meta: labelled('UKCore-EpisodeOfCare') },
    ...{ status: 'active', type: [said('Children’s social care')], patient: subject },
    ...{
      managingOrganization: council,
      careManager: workerReference(worker),
      period: { start: dateOf(from) },
    },
  };
}

function team(telling: Telling): CareTeam {
  const { life, region, council, from, subject, worker, today } = telling;
  const young = ageOn(life.person.born, today) < 5;
  const community = region.organisations.find(({ kind }) => kind === 'community-trust');
  const nurse =
    community && workerAt(region, community.id, young ? 'health-visitor' : 'community-nurse', life);
  const members: readonly (readonly [Worker | undefined, string])[] = [
    [worker, 'Social worker, lead'],
    [nurse, young ? 'Health visitor' : 'School nurse'],
    [usualDoctor(life, region), 'GP'],
  ];
  return {
    ...{ resourceType: 'CareTeam', id: idOf(telling, '-team'), meta: labelled('UKCore-CareTeam') },
    ...{ status: 'active', name: 'Core group', subject, period: { start: dateOf(from) } },
    participant: members.flatMap(([who, role]) =>
      who ? [{ role: [said(role)], member: workerReference(who), period: { start: dateOf(from) } }] : [],
    ),
    managingOrganization: [council],
  };
}

function plan(telling: Telling): CarePlan {
  const { council, from, kind, subject, today, worker, words } = telling;
  const done = worker ? [workerReference(worker)] : [];
  // Source: Working together to safeguard children 2023: a review after three months, then at least every six.
  const half = 182;
  const review = from + 91 > today ? from + 91 : from + 91 + Math.ceil((today - from - 91) / half) * half;
  const isPlan = kind === 'plan';
  const steps: readonly (readonly [string, string])[] = isPlan
    ? [
        ['See the child at home, alone, every ten working days', 'scheduled'],
        ['Meeting of the core group every six weeks', 'scheduled'],
        ['Parents go to the parenting course', 'in-progress'],
      ]
    : [
        ['See the child every six weeks where they live', 'scheduled'],
        ['Health assessment each year, twice a year under five', 'scheduled'],
        ['Personal education plan each term', 'in-progress'],
      ];
  return {
    ...{ resourceType: 'CarePlan', id: idOf(telling, '-plan'), meta: labelled('UKCore-CarePlan') },
    ...{ status: 'active', intent: 'plan', category: [said('Safeguarding')] },
    ...{
      title: isPlan ? 'Child protection plan' : 'Care plan of a looked-after child',
      description: words,
      subject,
    },
    ...{ period: { start: dateOf(from), end: dateOf(weekday(review)) }, created: dateOf(from) },
    ...{ author: workerReference(worker), contributor: [council] },
    careTeam: [reference<CareTeam>('CareTeam', idOf(telling, '-team'))],
    activity: [
      ...steps.map(([description, status]) => ({
        detail: { status: status as 'scheduled' | 'in-progress', description, performer: done }, // as the rows above say
      })),
      {
        detail: {
          ...({
            status: 'scheduled',
            description: isPlan ? 'Review conference' : 'Looked-after review',
          } as const),
          scheduledPeriod: { start: dateOf(weekday(review)) },
          performer: done,
        },
      },
    ],
  };
}

function flag(telling: Telling): Flag {
  const { from, subject, worker, words } = telling;
  return {
    ...{ resourceType: 'Flag', id: idOf(telling, '-flag'), meta: labelled('UKCore-Flag'), status: 'active' },
    category: [hl7('flag-category', 'safety', 'Safety')],
    code: said(`${words}. Ring ${workerName(worker)}, social worker, about any worry.`),
    ...{ subject, period: { start: dateOf(from) }, author: workerReference(worker) },
  };
}

/** The last few months' visits. */
function visits(telling: Telling): Encounter[] {
  const { council, from, kind, random, subject, today, worker } = telling;
  const found: Encounter[] = [];
  const every = kind === 'plan' ? 14 : 42;
  for (let day = Math.max(from + 3, today - every * 8); day < today - 2; day += every) {
    const minutes = 14 * 60 + random.whole(0, 10) * 15;
    const on = weekday(day);
    if (on >= today) break;
    found.push({
      ...{
        resourceType: 'Encounter',
        id: idOf(telling, `-visit-${String(found.length + 1).padStart(2, '0')}`),
      },
      ...{ meta: labelled('UKCore-Encounter'), status: 'finished' },
      class: {
        system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
        code: 'HH',
        display: 'home health',
      },
      ...{ type: [said('Visit by the social worker')], subject },
      episodeOfCare: [reference<EpisodeOfCare>('EpisodeOfCare', idOf(telling, ''))],
      participant: [{ individual: workerReference(worker) }],
      period: { start: momentOf(on, minutes), end: momentOf(on, minutes + 45) },
      ...{ reasonCode: [said(kind === 'plan' ? 'Child protection visit' : 'Visit to a looked-after child')] },
      serviceProvider: council,
    });
  }
  return found;
}
