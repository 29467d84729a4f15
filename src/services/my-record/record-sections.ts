/** The sections of a record in plain words, for what leaves the app: a PDF, and a part that someone shares by a link. */
import type {
  AllergyIntolerance,
  Appointment,
  CarePlan,
  CareTeam,
  Composition,
  Condition,
  DiagnosticReport,
  DocumentReference,
  Encounter,
  Goal,
  ImagingStudy,
  Immunization,
  MedicationRequest,
  MedicationStatement,
  Observation,
  Patient,
  QuestionnaireResponse,
  RelatedPerson,
  Resource,
} from '@medplum/fhirtypes';
import { isPatientReported } from '../../fhir/patient-reported.ts';
import { conceptText, tokenOf } from '../../web/coded.ts';
import { formatDateTime } from '../../web/dates.ts';
import { dateOf, shorten } from '../../web/entry.ts';
import { observationValue, rangeText } from '../../web/observation-value.ts';
import { type Reading, searchUpTo } from '../../web/record-reading.ts';
import { allergiesOf } from './allergies.ts';
import { carePeople } from './care-people.ts';
import { type Plan, plansOf } from './care-plan.ts';
import { conditionsOf } from './conditions.ts';
import { scansOf } from './imaging.ts';
import { lettersOf } from './letters.ts';
import { medicinesOf } from './medicines.ts';
import { readNames } from './names-of.ts';
import { ownTold } from './own-told.ts';
import { inSpan, type Span } from './record-span.ts';
import { plainFlag, reportsOf, testName } from './results.ts';
import { isWrong, type Line, linesOf, type Told } from './told.ts';
import { vaccinationsOf } from './vaccinations.ts';
import { bookingOf, pastBookings, toCome, visitOf } from './visits.ts';

export interface SectionAsked {
  readonly reading: Reading;
  readonly patient: Patient;
  /** As others call the person. */
  readonly name: string;
  readonly now: number;
  readonly span: Span;
  /** Readings of one test that are listed. */
  readonly mostReadings: number;
}

export interface Block {
  readonly heading: string;
  readonly told: readonly Told[];
  /** Said where there is nothing; empty: the block is then left out. */
  readonly empty: string;
}

const sectionKeys = [
  ...(['conditions', 'medicines', 'allergies', 'results', 'vaccinations', 'appointments'] as const),
  ...(['documents', 'imaging', 'care-plan', 'people', 'own'] as const),
];
export type SectionKey = (typeof sectionKeys)[number];

export interface RecordSection {
  readonly key: SectionKey;
  readonly title: string;
  /** Types that fill it. */
  readonly types: readonly string[];
  /** Whether its entries are of a day, so that a span of days bounds it. What goes on is always told. */
  readonly dated: boolean;
  readonly read: (asked: SectionAsked) => Promise<readonly Block[]>;
}

const mostRead = 5000;

const all = async <T extends Resource>(
  { reading, patient }: SectionAsked,
  type: T['resourceType'],
  rest = '',
): Promise<readonly T[]> =>
  (await searchUpTo<T>(reading, type, `patient=Patient/${patient.id}${rest}`, mostRead)).resources;

/** Those by others: what people tell of themselves has a section of its own. */
const byOthers = <T extends Resource>(found: readonly T[]): readonly T[] =>
  found.filter((one) => !isPatientReported(one));

const plain = (title: string, lines: readonly Line[], tag = ''): Told => ({
  ...{ id: '', title, written: '', tag, tagColour: 'grey', lines, clinician: [] },
});

/** Each test once, with its readings, newest first. */
function testsOf(observations: readonly Observation[], most: number): readonly Told[] {
  const right = observations.filter((one) => !isWrong(one) && one.status !== 'cancelled');
  const tests = Map.groupBy(right, (one) => tokenOf(one.code) || conceptText(one.code));
  return [...tests].flatMap(([token, readings]) => {
    const newest = readings[0];
    if (!token || !newest) return [];
    const range = rangeText(newest);
    const lines = readings.slice(0, most).map((one) => {
      const { text, flag } = observationValue(one);
      const said = [shorten(text, 400) || 'See the parts of this test', plainFlag(flag)].filter(Boolean);
      return { label: formatDateTime(dateOf(one)) || 'Date not recorded', text: said.join('. ') };
    });
    return [plain(testName(newest), [...linesOf(['Usual range', range]), ...lines])];
  });
}

const conditions = async (asked: SectionAsked): Promise<readonly Block[]> => {
  const found = byOthers(await all<Condition>(asked, 'Condition'));
  const { now, past } = conditionsOf(found, await readNames(asked.reading, found));
  return [
    { heading: 'Now', told: now, empty: 'No conditions are recorded as going on now.' },
    { heading: 'In the past', told: past, empty: '' },
  ];
};

const medicines = async (asked: SectionAsked): Promise<readonly Block[]> => {
  const [requests, statements] = await Promise.all([
    all<MedicationRequest>(asked, 'MedicationRequest', '&_sort=-authoredon'),
    all<MedicationStatement>(asked, 'MedicationStatement', '&_sort=-effective'),
  ]);
  const found = [...requests, ...byOthers(statements)];
  const { now, past } = medicinesOf(found, await readNames(asked.reading, found));
  return [
    { heading: 'Taken now', told: now, empty: 'No medicines are recorded as taken now.' },
    { heading: 'In the past', told: past, empty: '' },
  ];
};

const allergies = async (asked: SectionAsked): Promise<readonly Block[]> => {
  const found = byOthers(await all<AllergyIntolerance>(asked, 'AllergyIntolerance'));
  const { now, past, knownNone } = allergiesOf(found, await readNames(asked.reading, found));
  const empty = knownNone
    ? 'Someone asked, and recorded that there are no known allergies.'
    : 'No allergies are recorded. This does not mean that there are none.';
  return [
    { heading: 'Now', told: now, empty },
    { heading: 'Over or ruled out', told: past, empty: '' },
  ];
};

const results = async (asked: SectionAsked): Promise<readonly Block[]> => {
  const [observations, reports] = await Promise.all([
    all<Observation>(asked, 'Observation', '&_sort=-date'),
    all<DiagnosticReport>(asked, 'DiagnosticReport', '&_sort=-date'),
  ]);
  const wanted = inSpan(asked.span);
  const some = reports.filter(wanted);
  return [
    {
      heading: 'Tests and measurements',
      told: testsOf(byOthers(observations).filter(wanted), asked.mostReadings),
      empty: 'No test results are recorded.',
    },
    { heading: 'Reports', told: reportsOf(some, await readNames(asked.reading, some)), empty: '' },
  ];
};

const vaccinations = async (asked: SectionAsked): Promise<readonly Block[]> => {
  const found = (await all<Immunization>(asked, 'Immunization', '&_sort=-date')).filter(inSpan(asked.span));
  const told = vaccinationsOf(found, await readNames(asked.reading, found));
  return [{ heading: 'Given', told, empty: 'No vaccinations are recorded.' }];
};

const appointments = async (asked: SectionAsked): Promise<readonly Block[]> => {
  const wanted = inSpan(asked.span);
  const [booked, encounters] = await Promise.all([
    all<Appointment>(asked, 'Appointment', '&_sort=-date'),
    all<Encounter>(asked, 'Encounter', '&_sort=-date'),
  ]);
  const [bookings, visits] = [
    booked.filter(wanted),
    encounters.filter((one) => wanted(one) && !isWrong(one)),
  ];
  const names = await readNames(asked.reading, [...bookings, ...visits]);
  const told = (one: Appointment): Told => bookingOf(asked.patient.id ?? '', one, names);
  return [
    { heading: 'To come', told: toCome(bookings, asked.now).map(told), empty: 'None is recorded.' },
    { heading: 'Missed and cancelled', told: pastBookings(bookings, asked.now).map(told), empty: '' },
    { heading: 'Visits', told: visits.map((one) => visitOf(one, names)), empty: 'No visits are recorded.' },
  ];
};

const documents = async (asked: SectionAsked): Promise<readonly Block[]> => {
  const [references, compositions] = await Promise.all([
    all<DocumentReference>(asked, 'DocumentReference', '&_sort=-date'),
    all<Composition>(asked, 'Composition', '&_sort=-date'),
  ]);
  const found = [...references, ...compositions].filter(inSpan(asked.span));
  const told = lettersOf(asked.patient.id ?? '', found, await readNames(asked.reading, found)).map((one) =>
    plain(
      one.title,
      linesOf(['Date', one.when], ['From', one.from], ['Kind', one.kind === one.title ? '' : one.kind]),
      one.tag,
    ),
  );
  return [{ heading: 'Letters and documents', told, empty: 'No letters are recorded.' }];
};

const imaging = async (asked: SectionAsked): Promise<readonly Block[]> => {
  const wanted = inSpan(asked.span);
  const [studies, reports] = await Promise.all([
    all<ImagingStudy>(asked, 'ImagingStudy', '&_sort=-started'),
    all<DiagnosticReport>(asked, 'DiagnosticReport', '&_sort=-date'),
  ]);
  const some = studies.filter(wanted);
  const named = [...some, ...reports.filter(({ imagingStudy, category }) => imagingStudy || category)];
  const scans = scansOf(
    asked.patient.id ?? '',
    some,
    reports.filter(wanted),
    await readNames(asked.reading, named),
  );
  const told = scans.map((one) => ({ ...one, lines: [...one.lines, ...linesOf(['Report', one.report])] }));
  return [{ heading: 'Scans and X-rays', told, empty: 'No scans are recorded.' }];
};

const carePlan = async (asked: SectionAsked): Promise<readonly Block[]> => {
  const [plans, goals] = await Promise.all([
    all<CarePlan>(asked, 'CarePlan', '&_sort=-date'),
    all<Goal>(asked, 'Goal'),
  ]);
  const names = await readNames(asked.reading, [...plans, ...goals]);
  const called = { id: asked.patient.id ?? '', called: asked.name };
  const { now, past } = plansOf(called, plans, goals, names);
  const told = (some: readonly Plan[]): readonly Told[] =>
    some.map((plan) =>
      plain(
        plan.title,
        [
          ...plan.lines,
          ...plan.goals.map(({ title, lines }) => ({ label: 'Goal', text: sentence(title, lines) })),
          ...plan.actions.map(({ title, lines }) => ({
            label: 'What will be done',
            text: sentence(title, lines),
          })),
        ],
        plan.tag,
      ),
    );
  return [
    { heading: 'Now', told: told(now), empty: 'No care plan is recorded.' },
    { heading: 'In the past', told: told(past), empty: '' },
  ];
};

const sentence = (title: string, lines: readonly Line[]): string =>
  [title, ...lines.map(({ label, text }) => `${label}: ${text}`)].filter(Boolean).join('. ');

const people = async (asked: SectionAsked): Promise<readonly Block[]> => {
  const [teams, encounters, relatives] = await Promise.all([
    all<CareTeam>(asked, 'CareTeam'),
    all<Encounter>(asked, 'Encounter', '&_sort=-date'),
    all<RelatedPerson>(asked, 'RelatedPerson'),
  ]);
  const named = [asked.patient, ...teams, ...encounters.slice(0, 200)];
  const names = await readNames(asked.reading, named, { always: true });
  const groups = carePeople(
    {
      ...{ person: asked.patient, teams, encounters: encounters.slice(0, 200) },
      ...{ relatives: byOthers(relatives), roles: [] },
    },
    names,
  );
  return groups.map(({ heading, people: some }) => ({
    ...{ heading, empty: '' },
    told: some.map(({ name, lines }) => plain(name, lines)),
  }));
};

const own = async (asked: SectionAsked): Promise<readonly Block[]> => {
  const lists: readonly (readonly Resource[])[] = await Promise.all([
    all<Observation>(asked, 'Observation', '&_sort=-date'),
    all<AllergyIntolerance>(asked, 'AllergyIntolerance'),
    all<MedicationStatement>(asked, 'MedicationStatement'),
    all<QuestionnaireResponse>(asked, 'QuestionnaireResponse'),
    all<RelatedPerson>(asked, 'RelatedPerson'),
  ]);
  const found = lists.flat().filter(isPatientReported);
  return ownTold(found, asked.span).map(({ heading, told }) => ({ heading, told, empty: '' }));
};

/** In the order in which they are read. */
export const recordSections: readonly RecordSection[] = [
  { key: 'conditions', title: 'Conditions', types: ['Condition'], dated: false, read: conditions },
  {
    ...{ key: 'medicines', title: 'Medicines', dated: false, read: medicines },
    types: ['MedicationRequest', 'MedicationStatement'],
  },
  { key: 'allergies', title: 'Allergies', types: ['AllergyIntolerance'], dated: false, read: allergies },
  {
    ...{ key: 'results', title: 'Test results', dated: true, read: results },
    types: ['Observation', 'DiagnosticReport'],
  },
  { key: 'vaccinations', title: 'Vaccinations', types: ['Immunization'], dated: true, read: vaccinations },
  {
    ...{ key: 'appointments', title: 'Appointments and visits', dated: true, read: appointments },
    types: ['Appointment', 'Encounter'],
  },
  {
    ...{ key: 'documents', title: 'Letters and documents', dated: true, read: documents },
    types: ['DocumentReference', 'Composition'],
  },
  {
    ...{ key: 'imaging', title: 'Scans and X-rays', dated: true, read: imaging },
    types: ['ImagingStudy', 'DiagnosticReport'],
  },
  { key: 'care-plan', title: 'Care plan', types: ['CarePlan', 'Goal'], dated: false, read: carePlan },
  {
    ...{ key: 'people', title: 'People involved in care', dated: false, read: people },
    types: ['CareTeam', 'RelatedPerson', 'Encounter'],
  },
  {
    ...{ key: 'own', title: 'Added by the person themself', dated: true, read: own },
    types: [
      'Observation',
      'AllergyIntolerance',
      'MedicationStatement',
      'QuestionnaireResponse',
      'RelatedPerson',
    ],
  },
];

export const sectionOf = (key: string): RecordSection | undefined =>
  recordSections.find((one) => one.key === key);

/** The sections of these keys, in the order of a record. */
export const sectionsOf = (keys: readonly string[]): readonly RecordSection[] =>
  recordSections.filter(({ key }) => keys.includes(key));
