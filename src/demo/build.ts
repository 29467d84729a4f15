/** The small pieces that the demonstration's resources are put together from. */
import type {
  Annotation,
  CodeableConcept,
  Coding,
  Condition,
  Identifier,
  Meta,
  Observation,
  ObservationComponent,
  ObservationReferenceRange,
  Patient,
  Period,
  Quantity,
  Reference,
  Resource,
} from '@medplum/fhirtypes';

export const dayMs = 86_400_000;

export const systems = {
  snomed: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
  ucum: 'http://unitsofmeasure.org',
  dmd: 'https://dmd.nhs.uk',
  nhsNumber: 'https://fhir.nhs.uk/Id/nhs-number',
  ods: 'https://fhir.nhs.uk/Id/ods-organization-code',
} as const;

/** Address of a profile of UK Core by its last part: `UKCore-Condition`. */
export const ukCore = (name: string): string => `https://fhir.hl7.org.uk/StructureDefinition/${name}`;

/** `meta` that names a profile of UK Core, and labels where some are to be kept from some. */
export const profiled = (name: string, security?: readonly Coding[]): Meta => ({
  profile: [ukCore(name)],
  ...(security === undefined ? {} : { security: [...security] }),
});

const concept = (system: string, code: string, display: string, text = display): CodeableConcept => ({
  coding: [{ system, code, display }],
  text,
});

export const snomed = (code: string, display: string, text?: string): CodeableConcept =>
  concept(systems.snomed, code, display, text);

export const loinc = (code: string, display: string, text?: string): CodeableConcept =>
  concept(systems.loinc, code, display, text);

/** A code of a code system of HL7, by its last part: `hl7('condition-clinical', 'active')`. */
export const hl7 = (system: string, code: string, display?: string): CodeableConcept => ({
  coding: [
    {
      system: `http://terminology.hl7.org/CodeSystem/${system}`,
      code,
      ...(display === undefined ? {} : { display }),
    },
  ],
});

export const said = (text: string): CodeableConcept => ({ text });

/** `reference('Practitioner', 'demo-asha', 'Dr Asha Patel')`. */
export const reference = <T extends Resource = Resource>(
  type: T['resourceType'],
  id: string,
  display?: string,
): Reference<T> => ({ reference: `${type}/${id}`, ...(display === undefined ? {} : { display }) });

export const patientReference = (id: string): Reference<Patient> => ({ reference: `Patient/${id}` });

export const identifier = (system: string, value: string): Identifier => ({ system, value });

export const period = (start: string, end?: string): Period => ({
  start,
  ...(end === undefined ? {} : { end }),
});

/** In a unit of UCUM; `unit` as people read it. */
export const quantity = (value: number, unit: string, code = unit): Quantity => ({
  ...{ value, unit, system: systems.ucum, code },
});

export const range = (
  unit: string,
  { low, high, code = unit }: { readonly low?: number; readonly high?: number; readonly code?: string },
): ObservationReferenceRange => ({
  ...(low === undefined ? {} : { low: quantity(low, unit, code) }),
  ...(high === undefined ? {} : { high: quantity(high, unit, code) }),
});

export const note = (text: string, time?: string): Annotation => ({
  text,
  ...(time === undefined ? {} : { time }),
});

/** Times of a story, counted from the day it is told: minus is past. */
export interface When {
  /** ms since 1970 UTC. */
  readonly now: number;
  /** `2026-11-22`. */
  readonly on: (days: number) => string;
  /** `2026-11-22T09:30:00Z`, by default at nine in the morning. */
  readonly at: (days: number, time?: string) => string;
}

export function when(now: number): When {
  const on = (days: number): string => new Date(now + days * dayMs).toISOString().slice(0, 10);
  return { now, on, at: (days, time = '09:00') => `${on(days)}T${time}:00Z` };
}

export interface ConditionAbout {
  readonly onset?: string;
  readonly recorded: string;
  readonly ended?: string;
  readonly kind?: 'problem-list-item' | 'encounter-diagnosis';
  /** Of whoever recorded it: a Practitioner's id. */
  readonly recorder?: string;
  readonly severity?: CodeableConcept;
  readonly bodySite?: CodeableConcept;
  readonly text?: string;
  readonly security?: readonly Coding[];
}

export function condition(
  id: string,
  patient: string,
  code: CodeableConcept,
  about: ConditionAbout,
): Condition {
  const { onset, recorded, ended, kind = 'problem-list-item', recorder, severity, bodySite, text } = about;
  return {
    ...{ resourceType: 'Condition', id, subject: patientReference(patient), code, recordedDate: recorded },
    meta: profiled('UKCore-Condition', about.security),
    clinicalStatus: hl7('condition-clinical', ended === undefined ? 'active' : 'resolved'),
    verificationStatus: hl7('condition-ver-status', 'confirmed'),
    category: [hl7('condition-category', kind)],
    ...(severity === undefined ? {} : { severity }),
    ...(bodySite === undefined ? {} : { bodySite: [bodySite] }),
    ...(onset === undefined ? {} : { onsetDateTime: onset }),
    ...(ended === undefined ? {} : { abatementDateTime: ended }),
    ...(recorder === undefined ? {} : { recorder: reference('Practitioner', recorder) }),
    ...(text === undefined ? {} : { note: [note(text)] }),
  } as Condition;
}

export interface ObservationAbout {
  readonly when: string;
  readonly category: 'vital-signs' | 'laboratory' | 'survey' | 'social-history' | 'exam';
  /** References: `Practitioner/…`, `Organization/…`, or the person's own `Patient/…`. */
  readonly performer?: string;
  readonly value?: Quantity;
  readonly text?: string;
  readonly coded?: CodeableConcept;
  readonly parts?: readonly ObservationComponent[];
  readonly range?: ObservationReferenceRange;
  /** HL7 v3 ObservationInterpretation: `H`, `L`, `N`, `HH`, `LL`. */
  readonly interpretation?: string;
  readonly comment?: string;
  readonly encounter?: string;
}

export function observation(
  id: string,
  patient: string,
  code: CodeableConcept,
  about: ObservationAbout,
): Observation {
  const { value, text, coded, parts, performer, interpretation, comment, encounter } = about;
  return {
    ...{ resourceType: 'Observation', id, status: 'final', code, subject: patientReference(patient) },
    meta: profiled('UKCore-Observation'),
    category: [hl7('observation-category', about.category)],
    effectiveDateTime: about.when,
    ...(encounter === undefined ? {} : { encounter: reference('Encounter', encounter) }),
    ...(performer === undefined ? {} : { performer: [{ reference: performer }] }),
    ...(value === undefined ? {} : { valueQuantity: value }),
    ...(text === undefined ? {} : { valueString: text }),
    ...(coded === undefined ? {} : { valueCodeableConcept: coded }),
    ...(parts === undefined ? {} : { component: [...parts] }),
    ...(about.range === undefined ? {} : { referenceRange: [about.range] }),
    ...(interpretation === undefined
      ? {}
      : { interpretation: [hl7('v3-ObservationInterpretation', interpretation)] }),
    ...(comment === undefined ? {} : { note: [note(comment)] }),
  } as Observation;
}

/** Millimetres of mercury. */
export const pressureParts = (systolic: number, diastolic: number): ObservationComponent[] => [
  { code: loinc('8480-6', 'Systolic blood pressure'), valueQuantity: quantity(systolic, 'mmHg', 'mm[Hg]') },
  { code: loinc('8462-4', 'Diastolic blood pressure'), valueQuantity: quantity(diastolic, 'mmHg', 'mm[Hg]') },
];
