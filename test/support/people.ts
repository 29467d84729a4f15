/** A few people of our own making, with records that are long, empty and odd; NHS numbers are of the test range. */
import type { Bundle, Observation, Patient, Resource } from '@medplum/fhirtypes';

const nhsNumber = (value: string) => ({ system: 'https://fhir.nhs.uk/Id/nhs-number', value });
const snomed = (code: string, display: string) => ({
  coding: [{ system: 'http://snomed.info/sct', code, display }],
});
const loinc = (code: string, display: string) => ({
  coding: [{ system: 'http://loinc.org', code, display }],
  text: display,
});
const status = (kind: 'allergyintolerance' | 'condition', code: string) => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${kind}-clinical`, code }],
});

export const margaret: Patient = {
  resourceType: 'Patient',
  id: 'margaret',
  active: true,
  identifier: [
    nhsNumber('9990000018'),
    {
      system: 'https://leeds.example/hospital-number',
      value: 'LTH-204417',
      type: { text: 'Hospital number' },
    },
  ],
  name: [
    { use: 'official', prefix: ['Mrs'], given: ['Margaret', 'Ann'], family: 'Ashworth' },
    { use: 'maiden', given: ['Margaret'], family: 'Holroyd' },
  ],
  gender: 'female',
  birthDate: '1952-03-08',
  telecom: [
    { system: 'phone', value: '0113 496 0123', use: 'home' },
    { system: 'email', value: 'margaret@example.org' },
  ],
  address: [{ use: 'home', line: ['14 Quarry Mount'], city: 'Leeds', postalCode: 'LS6 2JP' }],
  communication: [{ language: { text: 'English' }, preferred: true }],
  contact: [
    {
      relationship: [{ text: 'Daughter' }],
      name: { given: ['Ruth'], family: 'Ashworth' },
      telecom: [{ system: 'phone', value: '07700 900461' }],
    },
  ],
  generalPractitioner: [{ reference: 'Organization/practice', display: 'Hyde Park Surgery' }],
};

const practice: Resource = { resourceType: 'Organization', id: 'practice', name: 'Hyde Park Surgery' };
const subject = { reference: 'Patient/margaret' };

/** Blood pressure every three months for years, falling after treatment. */
const pressures: Observation[] = Array.from({ length: 44 }, (_, i): Observation => {
  const date = new Date(Date.UTC(2016, i * 3, 4 + (i % 20), 9, 20));
  const systolic = 164 - Math.round(26 / (1 + Math.exp((14 - i) / 4))) + ((i * 7) % 11) - 5;
  return {
    resourceType: 'Observation',
    id: `pressure-${i}`,
    status: 'final',
    code: loinc('85354-9', 'Blood pressure'),
    subject,
    effectiveDateTime: date.toISOString(),
    component: [
      {
        code: loinc('8480-6', 'Systolic'),
        valueQuantity: { value: systolic, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
      },
      {
        code: loinc('8462-4', 'Diastolic'),
        valueQuantity: {
          value: 62 + Math.round(systolic / 7) + (i % 4),
          unit: 'mmHg',
          system: 'http://unitsofmeasure.org',
          code: 'mm[Hg]',
        },
      },
    ],
  };
});

/** Kidney function twice a year against its range. */
const kidney: Observation[] = Array.from(
  { length: 18 },
  (_, i): Observation => ({
    resourceType: 'Observation',
    id: `egfr-${i}`,
    status: 'final',
    code: loinc('33914-3', 'Estimated GFR'),
    subject,
    effectiveDateTime: `${2017 + Math.floor(i / 2)}-${i % 2 ? '10' : '04'}-12`,
    valueQuantity: {
      value: 78 - i * 1.5 + ((i * 5) % 7),
      unit: 'mL/min/1.73 m²',
      system: 'http://unitsofmeasure.org',
      code: 'mL/min/{1.73_m2}',
    },
    referenceRange: [
      {
        low: {
          value: 60,
          unit: 'mL/min/1.73 m²',
          system: 'http://unitsofmeasure.org',
          code: 'mL/min/{1.73_m2}',
        },
      },
    ],
  }),
);

const letter = Buffer.from(
  'Dear Dr Whitfield\n\nThank you for referring Mrs Ashworth, whom I saw in the kidney clinic today.\nHer kidney function has fallen slowly over eight years and is now steady.\n\nPlan\n1. Continue ramipril.\n2. Check kidney function again in 6 months.\n\nYours sincerely\nDr A Mehta',
).toString('base64');

const margaretsRecord: Resource[] = [
  margaret,
  practice,
  {
    resourceType: 'AllergyIntolerance',
    id: 'penicillin',
    patient: subject,
    criticality: 'high',
    clinicalStatus: status('allergyintolerance', 'active'),
    code: snomed('91936005', 'Allergy to penicillin'),
    recordedDate: '1979-06',
    reaction: [{ manifestation: [{ text: 'Swelling of the face' }, { text: 'Rash' }] }],
  },
  {
    resourceType: 'AllergyIntolerance',
    id: 'plasters',
    patient: subject,
    clinicalStatus: status('allergyintolerance', 'active'),
    code: { text: 'Adhesive plasters' },
    onsetDateTime: '2004',
  },
  {
    resourceType: 'Condition',
    id: 'hypertension',
    subject,
    clinicalStatus: status('condition', 'active'),
    code: snomed('38341003', 'Hypertension'),
    onsetDateTime: '2016-01-04',
  },
  {
    resourceType: 'Condition',
    id: 'ckd',
    subject,
    clinicalStatus: status('condition', 'active'),
    code: snomed('433144002', 'Chronic kidney disease stage 3'),
    onsetDateTime: '2023-04-12',
    severity: { text: 'Stage 3a' },
  },
  {
    resourceType: 'Condition',
    id: 'fracture',
    subject,
    clinicalStatus: status('condition', 'resolved'),
    code: snomed('263102004', 'Fracture of wrist'),
    onsetDateTime: '1998-02-11',
    abatementDateTime: '1998-05',
  },
  {
    resourceType: 'MedicationRequest',
    id: 'ramipril',
    subject,
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: snomed('386872004', 'Ramipril 5 mg capsules'),
    authoredOn: '2019-07-02',
    dosageInstruction: [{ text: 'One capsule once a day' }],
  },
  {
    resourceType: 'MedicationRequest',
    id: 'amlodipine',
    subject,
    status: 'stopped',
    intent: 'order',
    medicationCodeableConcept: snomed('386864001', 'Amlodipine 5 mg tablets'),
    authoredOn: '2016-02-01',
    dosageInstruction: [{ text: 'One tablet once a day' }],
  },
  ...pressures,
  ...kidney,
  {
    resourceType: 'Encounter',
    id: 'clinic',
    subject,
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    type: [{ text: 'Kidney clinic' }],
    period: { start: '2026-09-15T10:00:00+01:00', end: '2026-09-15T10:25:00+01:00' },
  },
  {
    resourceType: 'DocumentReference',
    id: 'letter',
    subject,
    status: 'current',
    type: { text: 'Clinic letter' },
    description: 'Kidney clinic letter',
    date: '2026-09-15T16:30:00+01:00',
    content: [
      { attachment: { contentType: 'text/plain', title: 'Kidney clinic letter', data: letter } },
      {
        attachment: {
          contentType: 'text/html',
          title: '<script>alert(1)</script>',
          data: Buffer.from('<script>alert(1)</script>').toString('base64'),
        },
      },
      { attachment: { title: 'Kidney clinic letter as PDF', url: 'Binary/letter-file' } },
    ],
  },
  {
    ...{ resourceType: 'Binary', id: 'letter-file', contentType: 'application/pdf' },
    ...{ securityContext: subject, data: Buffer.from('%PDF-1.7\n%%EOF\n').toString('base64') },
  },
  {
    resourceType: 'Appointment',
    id: 'next',
    status: 'booked',
    description: 'Blood pressure check',
    start: '2026-12-03T09:10:00Z',
    end: '2026-12-03T09:20:00Z',
    participant: [{ actor: subject, status: 'accepted' }],
  },
  {
    resourceType: 'CarePlan',
    id: 'plan',
    subject,
    status: 'active',
    intent: 'plan',
    title: 'Blood pressure and kidney care',
    period: { start: '2023-05-01' },
    text: {
      status: 'generated',
      div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>Keep blood pressure under <b>130/80</b>.</p></div>',
    },
    addresses: [{ reference: 'Condition/ckd' }],
  },
  ...[2023, 2024, 2025, 2026].map(
    (year): Resource => ({
      resourceType: 'Immunization',
      id: `flu-${year}`,
      patient: subject,
      status: 'completed',
      vaccineCode: snomed('822851000000102', 'Seasonal influenza vaccination'),
      occurrenceDateTime: `${year}-10-06`,
    }),
  ),
];

/** Nothing but an id. */
export const unknownPerson: Patient = { resourceType: 'Patient', id: 'unknown-person' };

/** Odd but valid: partial and missing dates, right-to-left names, hostile and very long text, no codes, 200 allergies. */
export const oddPerson: Patient = {
  resourceType: 'Patient',
  id: 'odd-person',
  name: [{ use: 'usual', text: 'محمد بن عبد الله' }],
  birthDate: '1961',
  deceasedBoolean: true,
  identifier: [{ value: 'ODD-1' }],
  address: [{ text: '<b>Behind</b> the "old" mill & by the river' }],
};
const odd = { reference: 'Patient/odd-person' };
const longWord = 'Pneumonoultramicroscopicsilicovolcanoconiosis'.repeat(20);

const oddRecord: Resource[] = [
  oddPerson,
  ...Array.from(
    { length: 200 },
    (_, i): Resource => ({
      resourceType: 'AllergyIntolerance',
      id: `odd-allergy-${i}`,
      patient: odd,
      clinicalStatus: status('allergyintolerance', 'active'),
      code: { text: `Allergy number ${i + 1}` },
      recordedDate: `${1990 + (i % 30)}`,
    }),
  ),
  { resourceType: 'Condition', id: 'odd-no-code', subject: odd },
  {
    resourceType: 'Condition',
    id: 'odd-long',
    subject: odd,
    code: { text: longWord },
    onsetDateTime: '1999-12',
  },
  {
    resourceType: 'Condition',
    id: 'odd-hostile',
    subject: odd,
    code: { text: '<img src=x onerror=alert(1)>{{ 7 * 7 }}' },
    onsetString: 'long ago',
    recordedDate: '2001-05-06',
  },
  {
    resourceType: 'Observation',
    id: 'odd-empty',
    subject: odd,
    status: 'final',
    code: { text: 'Test without a value' },
  },
  {
    resourceType: 'Observation',
    id: 'odd-unit',
    subject: odd,
    status: 'final',
    code: loinc('2345-7', 'Glucose'),
    effectiveDateTime: '2020',
    valueQuantity: { value: 99, unit: 'mg/dL' },
  },
  {
    resourceType: 'Observation',
    id: 'odd-absent',
    subject: odd,
    status: 'final',
    code: loinc('2345-7', 'Glucose'),
    effectiveDateTime: '2021-03',
    dataAbsentReason: { text: 'Sample haemolysed' },
  },
  {
    resourceType: 'Observation',
    id: 'odd-wrong',
    subject: odd,
    status: 'entered-in-error',
    code: loinc('2345-7', 'Glucose'),
    effectiveDateTime: '2022-03-01',
    valueQuantity: { value: 9999, unit: 'mg/dL' },
  },
  {
    resourceType: 'DiagnosticReport',
    id: 'odd-report',
    subject: odd,
    status: 'final',
    code: { text: 'Scan' },
    effectiveDateTime: '2022-01-01',
    contained: [
      {
        resourceType: 'Observation',
        id: 'inner',
        status: 'final',
        code: { text: 'Inner finding' },
        valueString: 'Clear',
      },
    ],
    result: [{ reference: '#inner' }],
    presentedForm: [{ contentType: 'application/pdf', url: 'https://elsewhere.example/scan.pdf' }],
    text: {
      status: 'generated',
      div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>${longWord}</p><table><tr><td>a</td></tr></table></div>`,
    },
  },
];

export const people: readonly Resource[] = [...margaretsRecord, unknownPerson, ...oddRecord];

/** All of it as a Bundle that any FHIR server takes. */
export const peopleBundle: Bundle = {
  resourceType: 'Bundle',
  type: 'transaction',
  entry: people.map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  })),
};
