/** Any resource as one line: what it is, when it was, and the one thing that most readers want to know of it. */
import type {
  Annotation,
  CodeableConcept,
  Dosage,
  Observation,
  Period,
  Reference,
  Resource,
} from '@medplum/fhirtypes';
import { codeOf, conceptsText, conceptText, humanise } from './coded.ts';
import { formatDate, formatDateTime, formatPeriod, parseDate } from './dates.ts';
import { plainName } from './names.ts';
import { observationValue } from './observation-value.ts';
import { typeName } from './type-names.ts';

/**
 * Resources are read here across types and may be of any vintage: each element is looked at before it is used, so a loose
 * shape with the elements that one-line views need serves better than 146 exact ones.
 */
export interface Loose {
  readonly resourceType: string;
  readonly id?: string;
  readonly status?: unknown;
  readonly code?: CodeableConcept | string;
  readonly category?: unknown;
  readonly type?: unknown;
  readonly period?: Period;
  readonly note?: readonly Annotation[];
  readonly [element: string]: unknown;
}

export const loose = (resource: Resource | Loose): Loose => resource as unknown as Loose; // see Loose

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);

/** The words of a CodeableConcept, a list of them, or a Reference's display. */
const words = (value: unknown): string => {
  const one = first(value);
  if (typeof one === 'string') return humanise(one);
  if (!isObject(one)) return '';
  return conceptText(one as CodeableConcept) || text((one as Reference).display); // R4: one or the other
};

const start = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return isObject(value) ? text(value['start']) : '';
};

/** Elements that date each type, the first that is there; agrees with the date parameters of kinds.ts. */
const dates: Record<string, string> = {
  AllergyIntolerance: 'onsetDateTime onsetPeriod recordedDate',
  AdverseEvent: 'date',
  Appointment: 'start',
  CarePlan: 'period',
  Claim: 'created',
  ClinicalImpression: 'date',
  Communication: 'sent',
  CommunicationRequest: 'authoredOn',
  Composition: 'date',
  Condition: 'onsetDateTime onsetPeriod recordedDate',
  Consent: 'dateTime',
  DetectedIssue: 'identifiedDateTime identifiedPeriod',
  DiagnosticReport: 'effectiveDateTime effectivePeriod',
  DocumentReference: 'date',
  Encounter: 'period',
  EpisodeOfCare: 'period',
  ExplanationOfBenefit: 'created',
  FamilyMemberHistory: 'date',
  Flag: 'period',
  Goal: 'startDate',
  ImagingStudy: 'started',
  Immunization: 'occurrenceDateTime',
  MedicationAdministration: 'effectiveDateTime effectivePeriod',
  MedicationDispense: 'whenHandedOver whenPrepared',
  MedicationRequest: 'authoredOn',
  MedicationStatement: 'effectiveDateTime effectivePeriod',
  Media: 'createdDateTime createdPeriod',
  Observation: 'effectiveDateTime effectiveInstant effectivePeriod effectiveTiming',
  Procedure: 'performedDateTime performedPeriod',
  QuestionnaireResponse: 'authored',
  RiskAssessment: 'occurrenceDateTime occurrencePeriod',
  ServiceRequest: 'authoredOn',
  Task: 'authoredOn',
};

/** When it was or began, as FHIR writes it; empty when the resource does not say. */
export function dateOf(resource: Resource | Loose): string {
  const one = loose(resource);
  const element = (dates[one.resourceType] ?? 'date created authoredOn')
    .split(' ')
    .find((name) => one[name] !== undefined);
  const value = element === undefined ? undefined : one[element];
  const events = isObject(value) && Array.isArray(value['event']) ? value['event'] : undefined; // Timing
  const found = start(events ? [...events].sort().at(-1) : value);
  return parseDate(found) ? found : '';
}

const medicine = (one: Loose): string =>
  conceptText(one['medicationCodeableConcept'] as CodeableConcept | undefined) ||
  text((one['medicationReference'] as Reference | undefined)?.display);

const titles: Record<string, (one: Loose) => string> = {
  Appointment: (one) =>
    text(one['description']) || words(one['serviceType']) || words(one['appointmentType']),
  CarePlan: (one) => text(one['title']) || words(one.category),
  CareTeam: (one) => text(one['name']) || words(one.category),
  Claim: (one) => words(one.type) && `Claim: ${words(one.type)}`,
  Communication: (one) => words(one['topic']) || words(one.category),
  Composition: (one) => text(one['title']) || words(one.type),
  Consent: (one) => words(one['scope']) || words(one.category),
  DocumentReference: (one) => text(one['description']) || words(one.type),
  Encounter: (one) => words(one.type) || words(one['serviceType']) || encounterClass(one),
  ExplanationOfBenefit: (one) => words(one.type) && `Claim outcome: ${words(one.type)}`,
  FamilyMemberHistory: (one) => [words(one['relationship']), text(one['name'])].filter(Boolean).join(': '),
  Goal: (one) => words(one['description']),
  ImagingStudy: (one) => text(one['description']) || words(one['procedureCode']) || imaging(one),
  Immunization: (one) => words(one['vaccineCode']),
  Location: (one) => text(one['name']),
  Media: (one) => words(one.type) || words(one['modality']),
  MedicationAdministration: medicine,
  MedicationDispense: medicine,
  MedicationRequest: medicine,
  MedicationStatement: medicine,
  Organization: (one) => text(one['name']),
  Patient: (one) => named(one),
  Practitioner: (one) => named(one),
  PractitionerRole: (one) => [words(one['practitioner']), words(one.code)].filter(Boolean).join(', '),
  QuestionnaireResponse: (one) => text(answered(one)[0]?.['text']),
  RelatedPerson: (one) => named(one),
  Task: (one) => text(one['description']) || words(one.code),
};

/** Questions of a form at its top. */
const answered = (one: Loose): Readonly<Record<string, unknown>>[] =>
  (Array.isArray(one['item']) ? one['item'] : []).filter(isObject);

const named = (one: Loose): string => {
  const name = first(one['name']);
  return isObject(name) ? plainName(name) : '';
};

const encounterClass = (one: Loose): string => {
  const coding = one['class'];
  if (!isObject(coding)) return '';
  const known: Record<string, string> = {
    AMB: 'Outpatient visit',
    EMER: 'Emergency visit',
    IMP: 'Inpatient stay',
    HH: 'Home visit',
    VR: 'Remote visit',
  };
  return text(coding['display']) || (known[text(coding['code'])] ?? text(coding['code']));
};

const imaging = (one: Loose): string => {
  const series = first(one['series']);
  if (!isObject(series)) return '';
  const part = (value: unknown): string =>
    isObject(value) ? text(value['display']) || text(value['code']) : '';
  return [part(series['modality']), part(series['bodySite'])].filter(Boolean).join(', ');
};

/** What the resource is about, in a few words; the name of its type when it does not say. */
export function titleOf(resource: Resource | Loose): string {
  const one = loose(resource);
  const own = titles[one.resourceType]?.(one);
  const code = isObject(one.code) ? conceptText(one.code as CodeableConcept) : '';
  return (
    own ||
    code ||
    text(one['title']) ||
    text(one['description']) ||
    named(one) ||
    text(one['name']) ||
    typeName(one.resourceType)
  );
}

/** Dosage as it was written, or its first readable part. */
export function dosageText(dosages: readonly Dosage[] | undefined): string {
  return (Array.isArray(dosages) ? dosages : [])
    .map((dosage) => {
      const written = text(dosage?.text) || text(dosage?.patientInstruction);
      const timing = conceptText(dosage?.timing?.code);
      const needed = dosage?.asNeededBoolean || dosage?.asNeededCodeableConcept ? 'as needed' : '';
      return written || [conceptText(dosage?.route), timing, needed].filter(Boolean).join(', ');
    })
    .filter(Boolean)
    .join('; ');
}

const reactions = (one: Loose): string =>
  (Array.isArray(one['reaction']) ? one['reaction'] : [])
    .map((reaction) => conceptsText((reaction as { manifestation?: CodeableConcept[] }).manifestation))
    .filter(Boolean)
    .join(', ');

const details: Record<string, (one: Loose) => string> = {
  AllergyIntolerance: reactions,
  Appointment: (one) => words(one['reasonCode']),
  CarePlan: (one) => formatPeriod(one.period),
  Condition: (one) => {
    const ended = text(one['abatementDateTime']);
    return ended ? `Ended ${formatDate(ended)}` : '';
  },
  DiagnosticReport: (one) => text(one['conclusion']),
  Encounter: (one) => {
    const ends = [one.period?.start, one.period?.end].map((date) => parseDate(date)?.key);
    const stay = ends[1] && ends[0] !== ends[1] ? `Until ${formatDate(one.period?.end)}` : '';
    return [words(one['reasonCode']), stay].filter(Boolean).join('. ');
  },
  Goal: (one) => {
    const reached = words(one['achievementStatus']);
    return /^[a-z-]+$/.test(reached) ? humanise(reached) : reached; // a code without words
  },
  MedicationRequest: (one) => dosageText(one['dosageInstruction'] as Dosage[] | undefined),
  MedicationStatement: (one) => dosageText(one['dosage'] as Dosage[] | undefined),
  MedicationDispense: (one) => dosageText(one['dosageInstruction'] as Dosage[] | undefined),
  Observation: (one) => observationValue(one as unknown as Observation).text,
  QuestionnaireResponse: (one) => {
    const answer = first(answered(one)[0]?.['answer']);
    return isObject(answer) ? text(answer['valueString']) : '';
  },
  Procedure: (one) => words(one['reasonCode']) || words(one['bodySite']),
  ServiceRequest: (one) => words(one['reasonCode']),
};

/** Statuses that a reader must not miss, wherever the entry is shown. */
const telling = new Set(
  'entered-in-error cancelled not-done stopped revoked rejected noshow proposed draft preliminary on-hold planned refuted registered partial suspended'.split(
    ' ',
  ),
);

/** The status to show beside an entry; empty when it is the one that a reader expects. */
export function statusOf(resource: Resource | Loose): string {
  const one = loose(resource);
  const verification = codeOf(one['verificationStatus'] as CodeableConcept | undefined);
  const status = [verification, text(one.status), text(one['lifecycleStatus'])].find((code) =>
    telling.has(code),
  );
  return status ? humanise(status === 'noshow' ? 'did-not-attend' : status) : '';
}

export interface Entry {
  readonly type: string;
  readonly id: string;
  /** `Medicine prescribed`. */
  readonly kind: string;
  readonly title: string;
  readonly detail: string;
  /** Empty, or a word that changes the meaning of the entry: `Entered in error`. */
  readonly status: string;
  /** FHIR date; empty when the resource has none. */
  readonly date: string;
  /** Reported as outside its range. */
  readonly abnormal: string;
}

/** Longest detail that a line shows; the rest is on the entry's own page. */
const mostDetail = 240;

export const shorten = (long: string, most: number): string =>
  long.length > most ? `${long.slice(0, most).trimEnd()}…` : long;

export function entryOf(resource: Resource | Loose): Entry {
  const one = loose(resource);
  const detail = details[one.resourceType]?.(one) || text(one.note?.[0]?.text);
  return {
    type: one.resourceType,
    id: text(one.id),
    kind: typeName(one.resourceType),
    title: shorten(titleOf(one), mostDetail),
    detail: shorten(detail, mostDetail),
    status: statusOf(one),
    date: dateOf(one),
    abnormal: one.resourceType === 'Observation' ? observationValue(one as unknown as Observation).flag : '',
  };
}

/** `5 January 2024, 2:30pm`, or that there is none. */
export const whenText = (date: string): string => (date ? formatDateTime(date) : 'Date not recorded');
