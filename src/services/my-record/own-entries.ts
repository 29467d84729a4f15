/** What people tell of themselves, as resources: each bears the mark of patients, and names who wrote it. */
import type {
  AllergyIntolerance,
  MedicationStatement,
  Observation,
  Patient,
  QuestionnaireResponse,
  Reference,
  RelatedPerson,
} from '@medplum/fhirtypes';
import { type OwnSheet, ownEntrySystem, ownSheetForm, patientReported } from '../../fhir/patient-reported.ts';
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
  /** Of whoever writes: id of their account. */
  readonly account: string;
  /** ms since 1970 UTC. */
  readonly now: number;
}

const loinc = 'http://loinc.org';
const ucum = 'http://unitsofmeasure.org';
const terminology = 'http://terminology.hl7.org/CodeSystem';

/** Which entry is written: a new one, or one that is there. */
export interface Place {
  /** Of the entry that is there. */
  readonly id?: string;
  /** Of its form, or of the one sheet of its kind. */
  readonly key: string;
}

const sourceOf = ({ account }: Pick<Writer, 'account'>): string =>
  `https://throughline.example/account/${account}`;

const marked = ({ id }: Place, writer: Writer) => ({
  ...(id === undefined ? {} : { id }),
  meta: { source: sourceOf(writer), tag: [patientReported] },
});

/** The person may change all that is told of them; who acts for them, what they wrote themself. */
export const mayChange = (entry: OwnEntry, writer: Pick<Writer, 'account' | 'own'>): boolean =>
  writer.own || entry.meta?.source === sourceOf(writer);
const identified = ({ key }: Place) => ({ identifier: [{ system: ownEntrySystem, value: key }] });
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
  place: Place,
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
    ...marked(place, writer),
    ...identified(place),
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
  place: Place,
  { what, reaction, note }: OwnAllergy,
  writer: Writer,
): AllergyIntolerance => ({
  resourceType: 'AllergyIntolerance',
  ...marked(place, writer),
  ...identified(place),
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
  place: Place,
  { what, how, why, taking }: OwnMedicine,
  writer: Writer,
): MedicationStatement => ({
  resourceType: 'MedicationStatement',
  ...marked(place, writer),
  ...identified(place),
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
  place: Place,
  { name, relation, phone }: OwnContact,
  writer: Writer,
): RelatedPerson => ({
  resourceType: 'RelatedPerson',
  ...marked(place, writer),
  ...identified(place),
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

export const sheetEntry = (
  place: Place,
  sheet: OwnSheet,
  { answers }: Answered,
  writer: Writer,
): QuestionnaireResponse => ({
  resourceType: 'QuestionnaireResponse',
  ...marked(place, writer),
  identifier: identified(place).identifier[0]!, // R4: one alone
  questionnaire: ownSheetForm(sheet),
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

/** The key that an entry was made with. */
export const keyOfEntry = ({ identifier }: OwnEntry): string =>
  [identifier].flat().find((one) => one?.system === ownEntrySystem)?.value ?? '';

/** The person that an entry is about. */
export const personOfEntry = (entry: OwnEntry): string | undefined => {
  const { reference } =
    (entry.resourceType === 'AllergyIntolerance' || entry.resourceType === 'RelatedPerson'
      ? entry.patient
      : entry.subject) ?? {};
  return reference?.startsWith('Patient/') ? reference.slice('Patient/'.length) : undefined;
};
