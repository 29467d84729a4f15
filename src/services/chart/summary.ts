/** The summary of a record: what a clinician needs to know first, each part with an honest empty state. */
import type {
  AllergyIntolerance,
  Appointment,
  CarePlan,
  Condition,
  DocumentReference,
  Flag,
  Immunization,
  MedicationRequest,
  MedicationStatement,
  Observation,
  Resource,
  ServiceRequest,
} from '@medplum/fhirtypes';
import { isPatientReported } from '../../fhir/patient-reported.ts';
import { showsType } from '../../record/sight.ts';
import { codeOf, conceptText, humanise, tokenOf } from '../../web/coded.ts';
import { formatShortDate, formatTime, parseDate } from '../../web/dates.ts';
import { dateOf, dosageText, entryOf, shorten, titleOf } from '../../web/entry.ts';
import { observationValue } from '../../web/observation-value.ts';
import { type Reading, searchUpTo } from '../../web/record-reading.ts';
import type { TrendLinks } from '../../web/trend.ts';

/** One line of a section. */
export interface Fact {
  readonly title: string;
  readonly href: string;
  readonly detail: string;
  readonly value: string;
  readonly when: string;
  readonly tag: string;
  readonly tagColour: string;
}

export interface Section {
  readonly id: string;
  readonly heading: string;
  readonly facts: readonly Fact[];
  /** Shown when there are no facts: what is not recorded, never that it is not so. */
  readonly empty: string;
  /** Facts that are over, behind a closed detail. */
  readonly past?: { readonly label: string; readonly facts: readonly Fact[] };
  /** Where all of them are. */
  readonly more?: { readonly href: string; readonly text: string };
  readonly alert?: boolean;
}

export interface Summary {
  readonly main: readonly Section[];
  readonly side: readonly Section[];
}

/** How much of one type the summary reads, and how many facts a section shows. */
const mostRead = 300;
const mostShown = 12;
const allergiesShown = 200;

const itemHref = (person: string, resource: Resource): string =>
  `/people/${person}/items/${resource.resourceType}/${resource.id ?? ''}`;

type Plain = Partial<Omit<Fact, 'title'>>;

/** Beside what people told of themselves, wherever it stands. */
const reported = 'Reported by the patient';

const fact = (person: string, resource: Resource, over: Plain = {}): Fact => ({
  title: shorten(titleOf(resource), 200),
  href: itemHref(person, resource),
  detail: '',
  value: '',
  when: formatShortDate(dateOf(resource)),
  tag: '',
  tagColour: 'grey',
  ...over,
  ...(isPatientReported(resource) ? { tag: [over.tag, reported].filter(Boolean).join('. ') } : {}),
});

const newestFirst = (a: Resource, b: Resource): number =>
  (parseDate(dateOf(b))?.key ?? '').localeCompare(parseDate(dateOf(a))?.key ?? '');

const isWrong = (resource: Resource): boolean => {
  const { status, verificationStatus } = resource as {
    status?: unknown;
    verificationStatus?: Condition['verificationStatus'];
  };
  return status === 'entered-in-error' || codeOf(verificationStatus) === 'entered-in-error';
};

/** One fact for each thing that was recorded several times, newest first, saying how often. */
function onceEach<T extends Resource>(
  resources: readonly T[],
  words: (one: T) => string,
  make: (one: T) => Fact,
): Fact[] {
  const groups = new Map<string, T[]>();
  for (const one of resources) {
    // What clinicians recorded is not one with what the person told.
    const name = `${words(one).toLowerCase() || (one.id ?? '')}${isPatientReported(one) ? ` ${reported}` : ''}`;
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return [...groups.values()].map((group) => {
    const shown = make(group[0]!);
    return group.length === 1
      ? shown
      : { ...shown, detail: [shown.detail, `Recorded ${group.length} times`].filter(Boolean).join('. ') };
  });
}

const capped = (facts: readonly Fact[], most = mostShown): readonly Fact[] => facts.slice(0, most);

/** Allergies first of all: the ones that are active, the most dangerous first. */
export function allergySection(person: string, allergies: readonly AllergyIntolerance[]): Section {
  const over = new Set(['inactive', 'resolved']);
  const rank = (one: AllergyIntolerance): number => (one.criticality === 'high' ? 0 : 1);
  const right = allergies.filter((one) => !isWrong(one)).sort(newestFirst);
  const make = (one: AllergyIntolerance): Fact => {
    const high = one.criticality === 'high';
    const status = codeOf(one.verificationStatus);
    const doubt = status === 'refuted' || status === 'unconfirmed' ? humanise(status) : '';
    return fact(person, one, {
      detail: entryOf(one).detail,
      tag: high ? 'High risk' : doubt,
      tagColour: high ? 'red' : 'grey',
    });
  };
  const current = right
    .filter((one) => !over.has(codeOf(one.clinicalStatus)) && codeOf(one.verificationStatus) !== 'refuted')
    .sort((a, b) => rank(a) - rank(b));
  const past = right.filter((one) => !current.includes(one));
  return {
    id: 'allergies',
    heading: 'Allergies and intolerances',
    facts: capped(onceEach(current, titleOf, make), allergiesShown),
    empty: 'No allergies recorded. This does not mean the person has none: ask them.',
    past: { label: 'Resolved or ruled out', facts: past.map(make) },
    alert: current.length > 0,
  };
}

export function problemSection(person: string, conditions: readonly Condition[]): Section {
  const over = new Set(['inactive', 'remission', 'resolved']);
  const right = conditions.filter((one) => !isWrong(one)).sort(newestFirst);
  const isPast = (one: Condition): boolean =>
    over.has(codeOf(one.clinicalStatus)) ||
    codeOf(one.verificationStatus) === 'refuted' ||
    (!one.clinicalStatus && Object.keys(one).some((key) => key.startsWith('abatement')));
  const make = (one: Condition): Fact => {
    const certainty = codeOf(one.verificationStatus);
    return fact(person, one, {
      detail: [conceptText(one.severity), conceptText(one.bodySite?.[0])].filter(Boolean).join(', '),
      tag: ['unconfirmed', 'provisional', 'differential', 'refuted'].includes(certainty)
        ? humanise(certainty)
        : '',
    });
  };
  return {
    id: 'problems',
    heading: 'Problems',
    facts: onceEach(
      right.filter((one) => !isPast(one)),
      titleOf,
      make,
    ),
    empty: 'No current problems recorded.',
    past: { label: 'Past problems', facts: onceEach(right.filter(isPast), titleOf, make) },
    more: { href: `/people/${person}/history?kind=problems`, text: 'Problems over time' },
  };
}

function medicineSection(
  person: string,
  medicines: readonly (MedicationRequest | MedicationStatement)[],
): Section {
  const current = new Set(['active', 'on-hold', 'draft', 'intended', 'unknown', 'recorded']);
  const right = medicines.filter((one) => !isWrong(one)).sort(newestFirst);
  const make = (one: MedicationRequest | MedicationStatement): Fact =>
    fact(person, one, {
      detail: dosageText(one.resourceType === 'MedicationRequest' ? one.dosageInstruction : one.dosage),
      tag: one.status === 'active' ? '' : humanise(one.status ?? ''),
      tagColour: one.status === 'on-hold' ? 'yellow' : 'grey',
    });
  return {
    id: 'medicines',
    heading: 'Current medicines',
    facts: onceEach(
      right.filter((one) => current.has(one.status ?? 'unknown')),
      titleOf,
      make,
    ),
    empty: 'No current medicines recorded.',
    past: {
      label: 'Past medicines',
      facts: onceEach(
        right.filter((one) => !current.has(one.status ?? 'unknown')),
        titleOf,
        make,
      ),
    },
    more: { href: `/people/${person}/history?kind=medicines`, text: 'Medicines over time' },
  };
}

/** The newest of each test or measurement, newest first; `observations` come newest first. */
export function latestResults(person: string, observations: readonly Observation[]): Fact[] {
  const seen = new Set<string>();
  const facts: Fact[] = [];
  for (const one of observations) {
    const token = tokenOf(one.code);
    const name = `${token || titleOf(one).toLowerCase()}${isPatientReported(one) ? ` ${reported}` : ''}`;
    if (seen.has(name) || isWrong(one)) continue;
    seen.add(name);
    const { text, flag } = observationValue(one);
    facts.push(
      fact(person, one, {
        href: token ? trendHref(person, token) : itemHref(person, one),
        value: shorten(text, 120),
        tag: flag,
        tagColour: 'orange',
      }),
    );
  }
  return facts;
}

export const trendLinks = (person: string): TrendLinks => ({
  item: (id) => `/people/${person}/items/Observation/${id}`,
  trend: (token) => trendHref(person, token),
});

export const trendHref = (person: string, token: string): string =>
  `/people/${person}/results/${encodeURIComponent(token)}`;

const upcoming = (
  person: string,
  appointments: readonly Appointment[],
  requests: readonly ServiceRequest[],
): Section => {
  const over = new Set(['cancelled', 'noshow', 'fulfilled']);
  const coming = appointments
    .filter((one) => !isWrong(one) && !over.has(one.status ?? ''))
    .map((one) =>
      fact(person, one, {
        when: [formatShortDate(one.start), formatTime(one.start)].filter(Boolean).join(', '),
        tag: one.status === 'booked' ? '' : humanise(one.status ?? ''),
      }),
    );
  const waiting = requests
    .filter((one) => one.status === 'active' || one.status === 'on-hold')
    .map((one) => fact(person, one, { detail: 'Requested', tag: one.status === 'on-hold' ? 'On hold' : '' }));
  return {
    id: 'upcoming',
    heading: 'Upcoming',
    facts: capped([...coming, ...waiting]),
    empty: 'No appointments or open requests recorded.',
  };
};

/** Never looks as if nothing were recorded. */
const notForRole = ({ id, heading }: Section): Section => ({
  id,
  heading,
  facts: [],
  empty: 'Your role does not show this part of the record.',
});

const simple = (
  id: string,
  heading: string,
  empty: string,
  person: string,
  resources: readonly Resource[],
  kind: string,
  most = mostShown,
): Section => {
  const right = resources.filter((one) => !isWrong(one));
  const make = (one: Resource): Fact => {
    const { detail, status } = entryOf(one);
    return fact(person, one, {
      detail: one.resourceType === 'CarePlan' ? '' : shorten(detail, 120),
      tag: status,
    });
  };
  const facts = kind === 'immunisations' ? onceEach(right, titleOf, make) : right.map(make);
  const rest =
    facts.length > most
      ? { more: { href: `/people/${person}/history?kind=${kind}`, text: `All ${heading.toLowerCase()}` } }
      : {};
  return { id, heading, empty, facts: facts.slice(0, most), ...rest };
};

/** Reads and arranges the summary of one person's record. */
export async function summaryOf(reading: Reading, person: string, now: number): Promise<Summary> {
  const by = `patient=Patient/${person}`;
  const all = async <T extends Resource>(
    type: T['resourceType'],
    rest = '',
    most = mostRead,
  ): Promise<readonly T[]> => (await searchUpTo<T>(reading, type, by + rest, most)).resources;
  const forRole = (section: Section, ...types: readonly string[]): Section =>
    types.some((type) => showsType(reading.actor.sight, type)) ? section : notForRole(section);
  const [allergies, flags, conditions, requests, statements, observations] = await Promise.all([
    all<AllergyIntolerance>('AllergyIntolerance', '', 1000),
    all<Flag>('Flag'),
    all<Condition>('Condition', '', 1000),
    all<MedicationRequest>('MedicationRequest', '&_sort=-authoredon'),
    all<MedicationStatement>('MedicationStatement', '&_sort=-effective'),
    all<Observation>('Observation', '&_sort=-date', 200),
  ]);
  const [appointments, referrals, plans, immunisations, documents] = await Promise.all([
    all<Appointment>('Appointment', `&date=ge${new Date(now).toISOString()}&_sort=date`, 20),
    all<ServiceRequest>('ServiceRequest', '&status=active,on-hold&_sort=-authored', 20),
    all<CarePlan>('CarePlan', '&status=active,on-hold,draft&_sort=-date', 20),
    all<Immunization>('Immunization', '&_sort=-date', 100),
    all<DocumentReference>('DocumentReference', '&_sort=-date', 20),
  ]);
  // R4 has no search parameter for the status of a Flag.
  const active = flags.filter((one) => one.status === 'active');
  const alerts: Section = {
    id: 'alerts',
    heading: 'Alerts',
    facts: active.map((one) => fact(person, one)),
    empty: '',
    alert: true,
  };
  const results: Section = {
    id: 'results',
    heading: 'Recent results and measurements',
    facts: capped(latestResults(person, observations)),
    empty: 'No results or measurements recorded.',
    ...(observations.length > 0
      ? { more: { href: `/people/${person}/results`, text: 'All results and measurements' } }
      : {}),
  };
  return {
    main: [
      ...(active.length > 0 ? [alerts] : []),
      forRole(allergySection(person, allergies), 'AllergyIntolerance'),
      forRole(problemSection(person, conditions), 'Condition'),
      forRole(
        medicineSection(person, [...requests, ...statements]),
        'MedicationRequest',
        'MedicationStatement',
      ),
      forRole(results, 'Observation'),
    ],
    side: [
      forRole(upcoming(person, appointments, referrals), 'Appointment', 'ServiceRequest'),
      forRole(
        simple('plans', 'Care plans', 'No current care plans recorded.', person, plans, 'plans'),
        'CarePlan',
      ),
      forRole(
        simple(
          'immunisations',
          'Immunisations',
          'No immunisations recorded.',
          person,
          immunisations,
          'immunisations',
          8,
        ),
        'Immunization',
      ),
      forRole(
        simple('documents', 'Documents', 'No documents recorded.', person, documents, 'documents'),
        'DocumentReference',
      ),
    ],
  };
}
