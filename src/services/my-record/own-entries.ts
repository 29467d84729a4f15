/** What people tell of themselves, as resources: each bears the mark of patients, and names who wrote it. */
import { hash } from 'node:crypto';
import type {
  AllergyIntolerance,
  MedicationStatement,
  Observation,
  Patient,
  QuestionnaireResponse,
  Reference,
  RelatedPerson,
} from '@medplum/fhirtypes';
import type { OwnFactType } from '../../access/sight/own-facts-sight.ts';
import { patientReported } from '../../fhir/patient-reported.ts';
import type { MeasurementKind } from './own-measurements.ts';

export type OwnEntry =
  | Observation
  | AllergyIntolerance
  | MedicationStatement
  | QuestionnaireResponse
  | RelatedPerson;

export interface Writer {
  /** Whose record: Patient id. */
  readonly person: string;
  /** Of whoever writes. */
  readonly name: string;
  /** Whoever writes is this person. */
  readonly own: boolean;
  /** ms since 1970 UTC. */
  readonly now: number;
}

const loinc = 'http://loinc.org';
const ucum = 'http://unitsofmeasure.org';
const terminology = 'http://terminology.hl7.org/CodeSystem';

const marked = (id: string) => ({ id, meta: { tag: [patientReported] } });
const subjectOf = ({ person }: Writer) => ({ reference: `Patient/${person}` });
/** Someone who acts for the person is named, not referred to: the entry belongs to one record alone. */
const authorOf = ({ person, name, own }: Writer): Reference<Patient> =>
  own ? { reference: `Patient/${person}`, display: name } : { display: `${name}, who acts for them` };
const noted = (text: string) => (text === '' ? {} : { note: [{ text }] });
const moment = ({ now }: Writer): string => new Date(now).toISOString();

export interface Measured {
  readonly kind: MeasurementKind;
  readonly values: Readonly<Record<string, number>>;
  /** FHIR dateTime. */
  readonly taken: string;
  readonly note: string;
}

export function measurementEntry(
  id: string,
  { kind, values, taken, note }: Measured,
  writer: Writer,
): Observation {
  const quantities = kind.parts.map((part) => ({
    code: { coding: [{ system: loinc, code: part.loinc[0], display: part.loinc[1] }] },
    valueQuantity: { value: values[part.name] ?? 0, unit: part.unit, system: ucum, code: part.ucum },
  }));
  const [only] = quantities;
  const [code = '', display = ''] = kind.panel ?? kind.parts[0]?.loinc ?? [];
  return {
    resourceType: 'Observation',
    ...marked(id),
    status: 'final',
    category: [
      { coding: [{ system: `${terminology}/observation-category`, code: kind.category }] },
      { text: 'Reported by the patient' },
    ],
    code: { coding: [{ system: loinc, code, display }], text: kind.name },
    subject: subjectOf(writer),
    effectiveDateTime: taken,
    issued: moment(writer),
    performer: [authorOf(writer)],
    ...(kind.panel ? { component: quantities } : only ? { valueQuantity: only.valueQuantity } : {}),
    ...noted(note),
  };
}

export interface OwnAllergy {
  readonly what: string;
  readonly reaction: string;
  readonly note: string;
}

export const allergyEntry = (
  id: string,
  { what, reaction, note }: OwnAllergy,
  writer: Writer,
): AllergyIntolerance => ({
  resourceType: 'AllergyIntolerance',
  ...marked(id),
  clinicalStatus: { coding: [{ system: `${terminology}/allergyintolerance-clinical`, code: 'active' }] },
  // No clinician has looked into it.
  verificationStatus: {
    coding: [{ system: `${terminology}/allergyintolerance-verification`, code: 'unconfirmed' }],
  },
  code: { text: what },
  patient: subjectOf(writer),
  recordedDate: moment(writer),
  recorder: authorOf(writer),
  asserter: authorOf(writer),
  ...(reaction === '' ? {} : { reaction: [{ manifestation: [{ text: reaction }] }] }),
  ...noted(note),
});

export interface OwnMedicine {
  readonly what: string;
  readonly how: string;
  readonly why: string;
  readonly taking: 'now' | 'before';
}

export const medicineEntry = (
  id: string,
  { what, how, why, taking }: OwnMedicine,
  writer: Writer,
): MedicationStatement => ({
  resourceType: 'MedicationStatement',
  ...marked(id),
  status: taking === 'now' ? 'active' : 'completed',
  category: {
    coding: [{ system: `${terminology}/medication-statement-category`, code: 'patientspecified' }],
  },
  medicationCodeableConcept: { text: what },
  subject: subjectOf(writer),
  dateAsserted: moment(writer),
  informationSource: authorOf(writer),
  ...(why === '' ? {} : { reasonCode: [{ text: why }] }),
  ...(how === '' ? {} : { dosage: [{ text: how }] }),
});

export interface OwnContact {
  readonly name: string;
  readonly relation: string;
  readonly phone: string;
}

export const contactEntry = (
  id: string,
  { name, relation, phone }: OwnContact,
  writer: Writer,
): RelatedPerson => ({
  resourceType: 'RelatedPerson',
  ...marked(id),
  active: true,
  patient: subjectOf(writer),
  relationship: [
    {
      coding: [{ system: `${terminology}/v2-0131`, code: 'C', display: 'Emergency Contact' }],
      text: relation,
    },
  ],
  name: [{ text: name }],
  telecom: [{ system: 'phone', value: phone }],
});

export interface Answered {
  /** Sections as they are asked, with what was written; what is empty is left out. */
  readonly answers: readonly {
    readonly key: string;
    readonly text: string;
    readonly values: readonly string[];
  }[];
}

const canonical = 'https://throughline.example/Questionnaire';
export type Sheet = 'about-me' | 'communication';
export const questionnaireOf = (sheet: Sheet): string => `${canonical}/${sheet}`;

export const sheetEntry = (
  id: string,
  sheet: Sheet,
  { answers }: Answered,
  writer: Writer,
): QuestionnaireResponse => ({
  resourceType: 'QuestionnaireResponse',
  ...marked(id),
  questionnaire: questionnaireOf(sheet),
  status: 'completed',
  subject: subjectOf(writer),
  authored: moment(writer),
  ...(writer.own ? { author: authorOf(writer), source: subjectOf(writer) } : { author: authorOf(writer) }),
  item: answers
    .filter(({ values }) => values.length > 0)
    .map(({ key, text, values }) => ({
      ...{ linkId: key, text },
      answer: values.map((valueString) => ({ valueString })),
    })),
});

/** A person has one sheet of each kind: its id is theirs, whoever writes it and however often. */
export const sheetId = (person: string, sheet: Sheet): string =>
  hash('sha256', `${sheet} of ${person}`).slice(0, 32);

/** The person that an entry is about. */
export const personOfEntry = (entry: OwnEntry): string | undefined => {
  const { reference } =
    (entry.resourceType === 'AllergyIntolerance' || entry.resourceType === 'RelatedPerson'
      ? entry.patient
      : entry.subject) ?? {};
  return reference?.startsWith('Patient/') ? reference.slice('Patient/'.length) : undefined;
};

export const isOwnType = (entry: { readonly resourceType: string }, types: readonly OwnFactType[]): boolean =>
  types.some((type) => type === entry.resourceType);
