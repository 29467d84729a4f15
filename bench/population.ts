/**
 * The synthetic population of the benchmark: one person at a time, always the same for the same seed, so that the
 * list of requests is made from the same source as the data. The shape is that of a region's record: most people
 * hardly known, some with a long record; ten codes make six in ten of the measurements; ten years.
 */
import type {
  Condition,
  Encounter,
  Observation,
  Organization,
  Patient,
  Practitioner,
  Reference,
} from '@medplum/fhirtypes';
import { type Random, seeded } from './random.ts';
import {
  commonMeasurements,
  diagnoses,
  familyNames,
  givenNames,
  type Measurement,
  rareMeasurements,
  towns,
} from './vocabulary.ts';

export interface Plan {
  readonly seed: number;
  /** Resources wanted, about. */
  readonly size: number;
  readonly patients: number;
  /** The first so many patients have records of 100 or 200 resources, in turn. */
  readonly known: number;
}

export type BenchResource = Patient | Encounter | Condition | Observation;

export interface Person {
  readonly patient: Patient & { id: string };
  readonly encounters: readonly Encounter[];
  readonly conditions: readonly Condition[];
  /** In order of date. */
  readonly observations: readonly Observation[];
  /** The measurement that this person has most often. */
  readonly favourite: Measurement;
}

export const nhsNumberSystem = 'https://fhir.nhs.uk/Id/nhs-number';
/** The ten years that the data cover. */
export const firstDay = Date.UTC(2016, 0, 1);
export const lastDay = Date.UTC(2026, 0, 1);
const encountersEach = 15;
const conditionsEach = 6;
const practitioners = 100;
const organizations = 20;

/** One patient for 20 resources, as many with long records as the size leaves room for. */
export function planFor(size: number, seed: number): Plan {
  const patients = Math.max(4, Math.round(size / 20));
  const known = Math.max(2, Math.round((size - patients) / 149));
  return { seed, size, patients, known };
}

/**
 * A number of the range kept for tests (9…) with a true check digit (modulus 11), different for each index below
 * 14 million. Source: NHS Data Dictionary, NHS NUMBER.
 */
export function testNhsNumber(index: number): string {
  for (let body = 900_000_000 + index * 7; ; body += 1) {
    const digits = String(body);
    let sum = 0;
    for (let at = 0; at < 9; at += 1) sum += Number(digits[at]) * (10 - at);
    const check = 11 - (sum % 11);
    if (check !== 10) return digits + String(check === 11 ? 0 : check);
  }
}

const uuidOf = (seed: number, kind: number, index: number): string => seeded(seed, kind, index).uuid();
const practitionerOf = (plan: Plan, index: number): Reference<Practitioner> => ({
  reference: `Practitioner/${uuidOf(plan.seed, 2, index % practitioners)}`,
});
const organizationOf = (plan: Plan, index: number): Reference<Organization> => ({
  reference: `Organization/${uuidOf(plan.seed, 3, index % organizations)}`,
});

/** The organisations and practitioners that the records point at. */
export function sharedResources(plan: Plan): readonly (Organization | Practitioner)[] {
  const shared: (Organization | Practitioner)[] = [];
  for (let index = 0; index < organizations; index += 1)
    shared.push({
      resourceType: 'Organization',
      id: uuidOf(plan.seed, 3, index),
      active: true,
      name: `${familyNames[index * 41]} Health Centre`,
    });
  for (let index = 0; index < practitioners; index += 1)
    shared.push({
      resourceType: 'Practitioner',
      id: uuidOf(plan.seed, 2, index),
      active: true,
      name: [
        {
          family: familyNames[(index * 37) % 1000]!,
          given: [givenNames[index % givenNames.length]!],
          prefix: ['Dr'],
        },
      ],
    });
  return shared;
}

const instant = (time: number): string => new Date(time).toISOString();
const day = (time: number): string => instant(time).slice(0, 10);

/** Everything about the person with this index, who has a long record where the index is below `plan.known`. */
export function personAt(plan: Plan, index: number): Person {
  const random = seeded(plan.seed, 1, index);
  const patient = patientOf(plan, index, random);
  const subject: Reference<Patient> = { reference: `Patient/${patient.id}` };
  const favourite = random.pick(commonMeasurements);
  if (index >= plan.known) return { patient, encounters: [], conditions: [], observations: [], favourite };

  const total = index % 2 === 0 ? 100 : 200;
  const visits = times(random, encountersEach);
  const encounters = visits.map((time) => encounterOf(plan, random, subject, index, time));
  const visitAt = (time: number): Encounter =>
    encounters[
      Math.max(
        0,
        visits.findLastIndex((visit) => visit <= time),
      )
    ]!;
  const conditions = times(random, conditionsEach).map((time) =>
    conditionOf(plan, random, subject, visitAt(time), time),
  );
  const observations = times(random, total - 1 - encountersEach - conditionsEach).map((time) =>
    observationOf(random, {
      id: random.uuid(),
      subject,
      encounter: { reference: `Encounter/${visitAt(time).id}` },
      performer: practitionerOf(plan, index),
      time,
      measurement: measurementFor(random, favourite),
    }),
  );
  return { patient, encounters, conditions, observations, favourite };
}

const times = (random: Random, count: number): readonly number[] =>
  Array.from({ length: count }, () => firstDay + random.below((lastDay - firstDay) / 1000) * 1000).sort(
    (a, b) => a - b,
  );

/** Four in ten the person's own, two in ten another common one, four in ten a rare one. */
export function measurementFor(random: Random, favourite: Measurement): Measurement {
  const chance = random.next();
  if (chance < 0.4) return favourite;
  return chance < 0.6 ? random.pick(commonMeasurements) : random.pick(rareMeasurements);
}

function patientOf(plan: Plan, index: number, random: Random): Patient & { id: string } {
  const family = random.pick(familyNames);
  const given = [random.pick(givenNames), random.pick(givenNames)];
  const postcode = `ZZ${1 + random.below(90)} ${random.below(10)}${random.pick([...'ABDEFGHJLN'])}${random.pick([...'PQRSTUWXYZ'])}`;
  return {
    resourceType: 'Patient',
    id: random.uuid(),
    meta: { profile: ['https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient'] },
    identifier: [
      { use: 'official', system: nhsNumberSystem, value: testNhsNumber(index) },
      {
        use: 'usual',
        system: 'https://throughline.example/bench/local',
        value: `L${String(index).padStart(7, '0')}`,
      },
    ],
    active: true,
    name: [{ use: 'official', family, given, prefix: [random.pick(['Mr', 'Ms', 'Mx', 'Dr'])] }],
    telecom: [{ system: 'phone', value: `01632 ${String(960_000 + random.below(1000))}`, use: 'home' }],
    gender: random.pick(['female', 'male', 'other', 'unknown'] as const),
    birthDate: day(Date.UTC(1930 + random.below(90), random.below(12), 1 + random.below(28))),
    address: [
      {
        use: 'home',
        line: [`${1 + random.below(200)} ${random.pick(familyNames)} Road`],
        city: random.pick(towns),
        postalCode: postcode,
      },
    ],
    generalPractitioner: [practitionerOf(plan, index)],
    managingOrganization: organizationOf(plan, index),
  };
}

function encounterOf(
  plan: Plan,
  random: Random,
  subject: Reference<Patient>,
  index: number,
  time: number,
): Encounter {
  const reason = random.pick(diagnoses);
  return {
    resourceType: 'Encounter',
    id: random.uuid(),
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB', display: 'ambulatory' },
    type: [
      {
        coding: [{ system: 'http://snomed.info/sct', code: '185349003', display: 'Encounter for check up' }],
        text: 'Encounter for check up',
      },
    ],
    subject,
    participant: [{ individual: practitionerOf(plan, index) }],
    period: { start: instant(time), end: instant(time + (5 + random.below(40)) * 60_000) },
    reasonCode: [{ coding: [reason], text: reason.display! }],
    serviceProvider: organizationOf(plan, index),
  };
}

function conditionOf(
  plan: Plan,
  random: Random,
  subject: Reference<Patient>,
  encounter: Encounter,
  time: number,
): Condition {
  const diagnosis = random.pick(diagnoses);
  return {
    resourceType: 'Condition',
    id: random.uuid(),
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
    },
    verificationStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status', code: 'confirmed' }],
    },
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/condition-category',
            code: 'problem-list-item',
            display: 'Problem List Item',
          },
        ],
      },
    ],
    code: { coding: [diagnosis], text: diagnosis.display! },
    subject,
    encounter: { reference: `Encounter/${encounter.id}` },
    onsetDateTime: day(time),
    recordedDate: instant(time),
    asserter: practitionerOf(plan, random.below(practitioners)),
  };
}

/** What an Observation of ours is made from; without an id it is one to be created. */
export interface ObservationSeed {
  readonly id?: string;
  readonly subject: Reference<Patient>;
  readonly encounter: Reference<Encounter>;
  readonly performer?: Reference<Practitioner>;
  readonly time: number;
  readonly measurement: Measurement;
}

/** A measurement of about 1.2 KB as JSON. */
export function observationOf(random: Random, from: ObservationSeed): Observation {
  const { measurement } = from;
  const scale = 10 ** measurement.digits;
  const value =
    Math.round((measurement.low + random.next() * (measurement.high - measurement.low)) * scale) / scale;
  const quantity = { unit: measurement.unit, system: 'http://unitsofmeasure.org', code: measurement.code };
  return {
    resourceType: 'Observation',
    ...(from.id === undefined ? {} : { id: from.id }),
    identifier: [{ system: 'https://throughline.example/bench/report', value: random.uuid() }],
    status: 'final',
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/observation-category',
            code: measurement.category,
            display: measurement.category === 'laboratory' ? 'Laboratory' : 'Vital Signs',
          },
        ],
      },
    ],
    code: { coding: [measurement.coding], text: measurement.coding.display! },
    subject: from.subject,
    encounter: from.encounter,
    effectiveDateTime: instant(from.time),
    issued: instant(from.time + 3_600_000),
    ...(from.performer === undefined ? {} : { performer: [from.performer] }),
    valueQuantity: { value, ...quantity },
    interpretation: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation',
            code: 'N',
            display: 'Normal',
          },
        ],
      },
    ],
    referenceRange: [
      {
        low: { value: measurement.low, ...quantity },
        high: { value: measurement.high, ...quantity },
        text: `${measurement.low} to ${measurement.high} ${measurement.unit}`,
      },
    ],
  };
}
