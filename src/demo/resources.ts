/** The demonstration's small record: enough to see what each role sees. Dates count back from the day it is made. */
import type { CodeableConcept, Observation, Resource } from '@medplum/fhirtypes';
import { odsCodeSystem } from '../access/linking/linkage-key.ts';
import { nhsNumberSystem } from '../fhir/nhs-number.ts';
import { bornOf, type DemoPatient, patients, places, staff } from './people.ts';

const day = 86_400_000;
const snomed = (code: string, display: string): CodeableConcept => ({
  coding: [{ system: 'http://snomed.info/sct', code, display }],
  text: display,
});
const loinc = (code: string, display: string): CodeableConcept => ({
  coding: [{ system: 'http://loinc.org', code, display }],
  text: display,
});
const coded = (system: string, code: string): CodeableConcept => ({
  coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }],
});
const to = (type: string, id: string) => ({ reference: `${type}/${id}` });

/** All resources, those that others point at first. `now`: ms since 1970 UTC. */
export function demoResources(now: number): readonly Resource[] {
  const at = (days: number): string => new Date(now + days * day).toISOString();
  const on = (days: number): string => at(days).slice(0, 10);
  return [
    ...Object.values(places).map(
      ({ id, name, ods }): Resource => ({
        ...{ resourceType: 'Organization', id, active: true, name },
        identifier: [{ system: odsCodeSystem, value: ods }],
      }),
    ),
    ...staff.flatMap(({ id, prefix, given, family, job, place }): Resource[] => [
      {
        ...{ resourceType: 'Practitioner', id, active: true },
        name: [{ family, given: [given], ...(prefix ? { prefix: [prefix] } : {}) }],
      },
      {
        ...{ resourceType: 'PractitionerRole', id, active: true, practitioner: to('Practitioner', id) },
        ...{ organization: to('Organization', place.id), code: [{ text: job }] },
      },
    ]),
    ...patients.map((one) => patientOf(one, now)),
    ...irisRecord(at, on),
    ...restOfRecords(at, on),
  ];
}

function patientOf(patient: DemoPatient, now: number): Resource {
  const { id, prefix, given, family, gender, nhsNumber, line, city, postcode, practice } = patient;
  return {
    ...{ resourceType: 'Patient', id, active: true, gender, birthDate: bornOf(patient, now) },
    identifier: [{ system: nhsNumberSystem, value: nhsNumber }],
    name: [{ use: 'official', family, given: [given], ...(prefix ? { prefix: [prefix] } : {}) }],
    address: [{ use: 'home', line: [line], city, postalCode: postcode }],
    generalPractitioner: [{ ...to('Organization', practice.id), display: practice.name }],
  };
}

type When = (days: number) => string;

function condition(id: string, patient: string, code: CodeableConcept, recorded: string): Resource {
  return {
    ...{ resourceType: 'Condition', id, subject: to('Patient', patient), code, recordedDate: recorded },
    clinicalStatus: coded('condition-clinical', 'active'),
    verificationStatus: coded('condition-ver-status', 'confirmed'),
    category: [coded('condition-category', 'problem-list-item')],
  };
}

function pressure(
  id: string,
  patient: string,
  systolic: number,
  diastolic: number,
  when: string,
): Observation {
  const millimetres = (value: number) => ({
    value,
    unit: 'mmHg',
    system: 'http://unitsofmeasure.org',
    code: 'mm[Hg]',
  });
  return {
    ...{
      resourceType: 'Observation',
      id,
      status: 'final',
      category: [coded('observation-category', 'vital-signs')],
    },
    ...{ code: loinc('85354-9', 'Blood pressure'), subject: to('Patient', patient), effectiveDateTime: when },
    performer: [to('Practitioner', 'demo-noor')],
    component: [
      { code: loinc('8480-6', 'Systolic blood pressure'), valueQuantity: millimetres(systolic) },
      { code: loinc('8462-4', 'Diastolic blood pressure'), valueQuantity: millimetres(diastolic) },
    ],
  };
}

function irisRecord(at: When, on: When): Resource[] {
  const subject = to('Patient', 'demo-iris');
  return [
    condition('demo-iris-diabetes', 'demo-iris', snomed('44054006', 'Type 2 diabetes mellitus'), on(-2900)),
    condition('demo-iris-pressure', 'demo-iris', snomed('38341003', 'Hypertension'), on(-1800)),
    ...[158, 162, 151, 155, 147, 149].map((systolic, i) =>
      pressure(`demo-iris-bp-${i + 1}`, 'demo-iris', systolic, 94 - i, at(-560 + i * 100)),
    ),
    ...[71, 66, 62, 64].map(
      (value, i): Resource => ({
        ...{ resourceType: 'Observation', id: `demo-iris-hba1c-${i + 1}`, status: 'final', subject },
        category: [coded('observation-category', 'laboratory')],
        code: loinc('59261-8', 'Haemoglobin A1c'),
        effectiveDateTime: at(-500 + i * 150),
        valueQuantity: { value, unit: 'mmol/mol', system: 'http://unitsofmeasure.org', code: 'mmol/mol' },
        referenceRange: [{ high: { value: 48, unit: 'mmol/mol' } }],
      }),
    ),
    {
      ...{
        resourceType: 'AllergyIntolerance',
        id: 'demo-iris-penicillin',
        patient: subject,
        recordedDate: on(-4000),
      },
      clinicalStatus: coded('allergyintolerance-clinical', 'active'),
      ...{ criticality: 'high', code: snomed('91936005', 'Allergy to penicillin') },
    },
    {
      ...{
        resourceType: 'MedicationRequest',
        id: 'demo-iris-metformin',
        status: 'active',
        intent: 'order',
        subject,
      },
      medicationCodeableConcept: { text: 'Metformin 500 mg tablets' },
      ...{ authoredOn: on(-20), requester: to('Practitioner', 'demo-asha') },
      dosageInstruction: [{ text: 'One tablet twice a day with food' }],
      dispenseRequest: {
        performer: to('Organization', places.pharmacy.id),
        validityPeriod: { start: on(-20), end: on(70) },
      },
    },
    {
      ...{
        resourceType: 'ServiceRequest',
        id: 'demo-iris-referral',
        status: 'active',
        intent: 'order',
        subject,
      },
      ...{
        code: { text: 'Diabetes clinic' },
        authoredOn: on(-15),
        requester: to('Practitioner', 'demo-asha'),
      },
      performer: [to('Organization', places.infirmary.id), to('Practitioner', 'demo-lena')],
    },
    {
      ...{
        resourceType: 'Appointment',
        id: 'demo-iris-review',
        status: 'booked',
        description: 'Blood pressure review',
      },
      ...{ start: at(6), end: at(6 + 1 / 96), created: at(-3) },
      participant: [
        { actor: subject, status: 'accepted' },
        { actor: to('Practitioner', 'demo-noor'), status: 'accepted' },
      ],
    },
  ];
}

function restOfRecords(at: When, on: When): Resource[] {
  const sensitive = {
    security: [
      {
        system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
        code: 'PSY',
        display: 'psychiatry disorder information sensitivity',
      },
    ],
  };
  return [
    condition('demo-jo-asthma', 'demo-jo', snomed('195967001', 'Asthma'), on(-3300)),
    condition('demo-maya-eczema', 'demo-maya', snomed('43116000', 'Eczema'), on(-900)),
    {
      ...{
        resourceType: 'Immunization',
        id: 'demo-maya-mmr',
        status: 'completed',
        patient: to('Patient', 'demo-maya'),
      },
      ...{ vaccineCode: { text: 'Measles, mumps and rubella' }, occurrenceDateTime: on(-2100) },
    },
    {
      ...condition('demo-sam-depression', 'demo-sam', snomed('35489007', 'Depression'), on(-200)),
      meta: sensitive,
    },
    condition('demo-sam-hayfever', 'demo-sam', snomed('21719001', 'Hay fever'), on(-1500)),
    condition('demo-walter-heart', 'demo-walter', snomed('84114007', 'Heart failure'), on(-700)),
    condition('demo-walter-frailty', 'demo-walter', snomed('404904002', 'Frailty'), on(-400)),
    pressure('demo-walter-bp-1', 'demo-walter', 118, 64, at(-30)),
    {
      ...{ resourceType: 'Task', id: 'demo-walter-package', status: 'in-progress', intent: 'order' },
      ...{ description: 'Review the care package', for: to('Patient', 'demo-walter'), authoredOn: at(-12) },
      ...{ requester: to('Organization', places.hilltop.id), owner: to('Practitioner', 'demo-grace') },
    },
  ];
}
