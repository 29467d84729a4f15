/** What a named person's story is told with: each answers one resource of theirs. Days count from the day it is told; minus is past. */
import type {
  CodeableConcept,
  Coding,
  MedicationRequest,
  Observation,
  ObservationComponent,
  Organization,
  Practitioner,
  Quantity,
  Resource,
} from '@medplum/fhirtypes';
import {
  condition,
  dayMs,
  hl7,
  loinc,
  observation,
  patientReference,
  period,
  pressureParts,
  profiled,
  quantity,
  range,
  reference,
  said,
  snomed,
  type When,
  when,
} from '../build.ts';
import { conditionKind } from '../codes/conditions.ts';
import { demoMedicineSystem, dmdSystem, medicine } from '../codes/medicines.ts';
import type { Region } from '../model.ts';
import { staff } from '../people.ts';

/** Whose story it is, and when it is told. Its days are working days: clinics, surgeries and laboratories close. */
export interface Teller extends When {
  /** Days as they fall, for what happens at home and for messages. */
  readonly anyDay: When;
  readonly patient: string;
  readonly region: Region;
  /** `id('bp-1')` is `demo-iris-bp-1`. */
  readonly id: (suffix: string) => string;
}

export function tellerOf(patient: string, region: Region): Teller {
  const anyDay = when(region.now);
  return {
    now: region.now,
    on: (days) => anyDay.on(workingDay(region.now, days)),
    at: (days, time) => anyDay.at(workingDay(region.now, days), time),
    ...{ anyDay, patient, region, id: (suffix) => `${patient}-${suffix}` },
  };
}

/** The day itself or the nearest working day beyond it: before it in the past, after it in the future. */
export function workingDay(now: number, days: number): number {
  const closed = (day: number): boolean => {
    const date = new Date(now + day * dayMs);
    return [0, 6].includes(date.getUTCDay()) || closedOn.has(date.toISOString().slice(5, 10));
  };
  let day = days;
  while (closed(day)) day += days > 0 ? 1 : -1;
  return day;
}
const closedOn: ReadonlySet<string> = new Set(['01-01', '12-25', '12-26', '12-28']);

/** The name of one of the named staff: `Dr Asha Patel`. */
function staffName(id: string): string {
  const one = staff.find((other) => other.id === id);
  if (!one) throw new RangeError(`No one of the named staff has the id ${id}.`);
  return [one.prefix, one.given, one.family].filter(Boolean).join(' ');
}

export const by = (id: string) => reference<Practitioner>('Practitioner', id, staffName(id));
export const at = (t: Teller, id: string) =>
  reference<Organization>('Organization', id, t.region.organisation(id).name);

export interface ProblemAbout {
  /** Day it began. */
  readonly since: number;
  readonly ended?: number;
  readonly recorder?: string;
  readonly note?: string;
  readonly security?: readonly Coding[];
  readonly site?: CodeableConcept;
}

/** A problem by its key in the table of conditions, or by a code of its own. */
export function problem(
  t: Teller,
  suffix: string,
  what: string | CodeableConcept,
  about: ProblemAbout,
): Resource {
  const kind = typeof what === 'string' ? conditionKind(what) : undefined;
  const code = kind === undefined ? what : kind.code ? snomed(kind.code, kind.term) : said(kind.term);
  const { since, ended, recorder, security, site } = about;
  return condition(t.id(suffix), t.patient, code as CodeableConcept, {
    ...{ onset: t.on(since), recorded: t.on(since) },
    ...(ended === undefined ? {} : { ended: t.on(ended) }),
    ...(recorder === undefined ? {} : { recorder }),
    ...(about.note === undefined ? {} : { text: about.note }),
    ...(security === undefined ? {} : { security }),
    ...(site === undefined ? {} : { bodySite: site }),
  });
}

export function allergy(
  t: Teller,
  suffix: string,
  code: CodeableConcept,
  about: { readonly since: number; readonly high?: boolean; readonly reaction?: string },
): Resource {
  return {
    ...{ resourceType: 'AllergyIntolerance', id: t.id(suffix), patient: patientReference(t.patient), code },
    meta: profiled('UKCore-AllergyIntolerance'),
    clinicalStatus: hl7('allergyintolerance-clinical', 'active'),
    verificationStatus: hl7('allergyintolerance-verification', 'confirmed'),
    ...{ type: 'allergy', recordedDate: t.on(about.since) },
    ...(about.high ? { criticality: 'high' as const } : {}),
    ...(about.reaction === undefined ? {} : { reaction: [{ manifestation: [said(about.reaction)] }] }),
  };
}

export interface MedicineAbout {
  readonly since: number;
  readonly until?: number;
  readonly prescriber: string;
  /** Organization id of the pharmacy it goes to. */
  readonly pharmacy?: string;
  readonly reason?: string;
  /** Where the table's usual dose is not theirs. */
  readonly dose?: string;
  readonly repeat?: boolean;
}

/** A medicine by its key in the table of medicines, or in words. */
export function prescription(
  t: Teller,
  suffix: string,
  what: string | { readonly text: string },
  about: MedicineAbout,
): Resource {
  const kind = typeof what === 'string' ? medicine(what) : undefined;
  const text = kind?.name ?? (what as { readonly text: string }).text; // one of the two is given
  const { since, until, prescriber, pharmacy, reason, dose, repeat = true } = about;
  const coding = kind && {
    system: kind.dmd ? dmdSystem : demoMedicineSystem,
    code: kind.dmd ?? kind.key,
    display: text,
  };
  const resource: MedicationRequest = {
    ...{ resourceType: 'MedicationRequest', id: t.id(suffix), intent: 'order' },
    meta: profiled('UKCore-MedicationRequest'),
    status: until === undefined ? 'active' : until <= 0 ? 'stopped' : 'active',
    subject: patientReference(t.patient),
    medicationCodeableConcept: { ...(coding ? { coding: [coding] } : {}), text },
    ...{ authoredOn: t.on(since), requester: by(prescriber) },
    ...(reason === undefined ? {} : { reasonReference: [reference('Condition', t.id(reason))] }),
    courseOfTherapyType: hl7('medicationrequest-course-of-therapy', repeat ? 'continuous' : 'acute'),
    dosageInstruction: [{ text: dose ?? kind?.dose ?? 'As directed' }],
    substitution: { allowedBoolean: false },
    ...(pharmacy === undefined
      ? {}
      : {
          dispenseRequest: {
            performer: at(t, pharmacy),
            validityPeriod: period(t.on(Math.max(since, -28)), t.on(until ?? 150)),
          },
        }),
  };
  return resource;
}

/** Blood pressures, oldest first: `[day, systolic, diastolic]`. */
export function pressures(
  t: Teller,
  suffix: string,
  readings: readonly (readonly [day: number, systolic: number, diastolic: number])[],
  about: { readonly performer?: string; readonly comment?: string; readonly first?: number } = {},
): Resource[] {
  const { performer, comment, first = 1 } = about;
  return readings.map(([day, systolic, diastolic], i) =>
    observation(t.id(`${suffix}-${first + i}`), t.patient, loinc('85354-9', 'Blood pressure'), {
      ...{
        when:
          performer === undefined
            ? t.anyDay.at(day, day % 2 === 0 ? '06:50' : '18:40')
            : t.at(day, `${String(8 + (i % 9)).padStart(2, '0')}:20`),
        category: 'vital-signs',
      },
      parts: pressureParts(systolic, diastolic),
      performer: performer === undefined ? `Patient/${t.patient}` : `Practitioner/${performer}`,
      interpretation: systolic >= 140 || diastolic >= 90 ? 'H' : 'N',
      ...(performer === undefined ? { comment: comment ?? 'Measured at home by the patient' } : {}),
      ...(performer !== undefined && comment !== undefined ? { comment } : {}),
    }),
  );
}

export interface Measure {
  readonly code: CodeableConcept;
  readonly unit: string;
  readonly ucum: string;
  readonly low?: number;
  readonly high?: number;
  readonly category?: 'vital-signs' | 'laboratory';
}

const lab = (
  code: string,
  display: string,
  unit: string,
  ucum: string,
  low?: number,
  high?: number,
): Measure => ({
  ...{ code: loinc(code, display), unit, ucum },
  ...(low === undefined ? {} : { low }),
  ...(high === undefined ? {} : { high }),
});

/** Codes: LOINC. Ranges: those that laboratories in England usually print for adults. */
export const measures = {
  hba1c: lab('59261-8', 'Haemoglobin A1c', 'mmol/mol', 'mmol/mol', undefined, 48),
  egfr: lab('62238-1', 'Glomerular filtration rate, estimated', 'mL/min/1.73m²', 'mL/min/{1.73_m2}', 60),
  creatinine: lab('14682-9', 'Creatinine', 'µmol/L', 'umol/L', 49, 104),
  potassium: lab('2823-3', 'Potassium', 'mmol/L', 'mmol/L', 3.5, 5.3),
  haemoglobin: lab('718-7', 'Haemoglobin', 'g/L', 'g/L', 115, 165),
  /** Men’s range. */
  haemoglobinOfMen: lab('718-7', 'Haemoglobin', 'g/L', 'g/L', 130, 180),
  thyrotropin: lab('3016-3', 'Thyroid stimulating hormone', 'mU/L', 'm[IU]/L', 0.4, 4),
  whiteCells: lab('6690-2', 'White cell count', '10⁹/L', '10*9/L', 4, 11),
  neutrophils: lab('751-8', 'Neutrophils', '10⁹/L', '10*9/L', 1.8, 7.5),
  platelets: lab('777-3', 'Platelets', '10⁹/L', '10*9/L', 150, 400),
  crp: lab('1988-5', 'C-reactive protein', 'mg/L', 'mg/L', undefined, 5),
  cholesterol: lab('14647-2', 'Cholesterol', 'mmol/L', 'mmol/L', undefined, 5),
  alt: lab('1742-6', 'Alanine aminotransferase', 'U/L', 'U/L', 7, 40),
  uricAcid: lab('14933-6', 'Urate', 'µmol/L', 'umol/L', 140, 360),
  urineAcr: lab('14959-1', 'Urine albumin to creatinine ratio', 'mg/mmol', 'mg/mmol', undefined, 3),
  urinePcr: lab('34366-5', 'Urine protein to creatinine ratio', 'mg/mmol', 'mg/mmol', undefined, 30),
  bnp: lab('33762-6', 'NT-proBNP', 'ng/L', 'ng/L', undefined, 400),
  weight: { ...lab('29463-7', 'Body weight', 'kg', 'kg'), category: 'vital-signs' },
  temperature: { ...lab('8310-5', 'Body temperature', '°C', 'Cel', 36, 38), category: 'vital-signs' },
  peakFlow: { ...lab('33452-4', 'Peak expiratory flow', 'L/min', 'L/min'), category: 'vital-signs' },
  height: { ...lab('8302-2', 'Body height', 'cm', 'cm'), category: 'vital-signs' },
} satisfies Record<string, Measure>;

/** One measure over time, oldest first: `[day, value]`, with a comment where there is one. People measure on any day. */
export function series(
  t: Teller,
  suffix: string,
  measure: Measure,
  readings: readonly (readonly [day: number, value: number, comment?: string])[],
  performer: string,
): Observation[] {
  const { code, unit, ucum, low, high, category = 'laboratory' } = measure;
  const limits = low === undefined && high === undefined ? undefined : { low, high };
  return readings.map(([day, value, comment], i) =>
    observation(t.id(`${suffix}-${i + 1}`), t.patient, code, {
      ...{
        when: (performer.startsWith('Patient/') ? t.anyDay : t).at(day, '10:40'),
        ...{ category, performer, value: quantity(value, unit, ucum) },
      },
      ...(limits
        ? {
            range: range(unit, {
              code: ucum,
              ...(low === undefined ? {} : { low }),
              ...(high === undefined ? {} : { high }),
            }),
            interpretation: outside(value, low, high),
          }
        : {}),
      ...(comment === undefined ? {} : { comment }),
    }),
  );
}

const outside = (value: number, low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY): string => {
  if (value > high) return 'H';
  return value < low ? 'L' : 'N';
};

/** Something seen or said, in words. */
export const finding = (
  t: Teller,
  suffix: string,
  code: CodeableConcept,
  about: {
    readonly day: number;
    readonly text?: string;
    readonly value?: Quantity;
    readonly parts?: readonly ObservationComponent[];
    readonly performer: string;
    readonly category?: 'exam' | 'survey' | 'social-history';
  },
): Observation =>
  observation(t.id(suffix), t.patient, code, {
    ...{ when: t.at(about.day), category: about.category ?? 'exam', performer: about.performer },
    ...(about.text === undefined ? {} : { text: about.text }),
    ...(about.value === undefined ? {} : { value: about.value }),
    ...(about.parts === undefined ? {} : { parts: about.parts }),
  });

/** What was told or agreed at a laboratory or scan, in a clinician's words. */
export function report(
  t: Teller,
  suffix: string,
  code: CodeableConcept,
  about: {
    readonly day: number;
    readonly kind: 'LAB' | 'RAD';
    readonly conclusion: string;
    readonly performer: string;
    readonly results?: readonly Resource[];
    readonly study?: string;
  },
): Resource {
  return {
    ...{ resourceType: 'DiagnosticReport', id: t.id(suffix), status: 'final', code },
    meta: profiled('UKCore-DiagnosticReport'),
    category: [hl7('v2-0074', about.kind, about.kind === 'LAB' ? 'Laboratory' : 'Radiology')],
    subject: patientReference(t.patient),
    ...{ effectiveDateTime: t.at(about.day, '11:00'), issued: t.at(about.day, '16:30') },
    performer: [{ reference: about.performer }],
    ...(about.results === undefined
      ? {}
      : { result: about.results.map(({ id = '' }) => reference('Observation', id)) }),
    ...(about.study === undefined ? {} : { imagingStudy: [reference('ImagingStudy', t.id(about.study))] }),
    conclusion: about.conclusion,
  } as Resource;
}

/** Images by reference: what was taken, where and why. `modality`: DICOM. */
export function study(
  t: Teller,
  suffix: string,
  about: {
    readonly day: number;
    readonly modality: string;
    readonly description: string;
    readonly images: number;
    readonly reason: string;
    readonly site?: CodeableConcept;
  },
): Resource {
  const modality = { system: 'http://dicom.nema.org/resources/ontology/DCM', code: about.modality };
  const uid = uidOf(t.id(suffix));
  return {
    ...{ resourceType: 'ImagingStudy', id: t.id(suffix), status: 'available' },
    meta: profiled('UKCore-ImagingStudy'),
    identifier: [{ system: 'urn:dicom:uid', value: `urn:oid:${uid}` }],
    ...{ modality: [modality], subject: patientReference(t.patient), started: t.at(about.day, '10:10') },
    ...{ numberOfSeries: 1, numberOfInstances: about.images, description: about.description },
    reasonCode: [said(about.reason)],
    series: [
      {
        ...{ uid: `${uid}.1`, number: 1, modality, numberOfInstances: about.images },
        ...(about.site?.coding?.[0] ? { bodySite: about.site.coding[0] } : {}),
      },
    ],
  };
}

/** A DICOM UID that follows from a name: under 2.25, which needs no registration. Source: DICOM PS3.5 §B.2. */
function uidOf(name: string): string {
  let number = 7n;
  for (const letter of name) number = (number * 131n + BigInt(letter.codePointAt(0) ?? 0)) % (1n << 120n);
  return `2.25.${number}`;
}
