/** Every case that is measured: what is asked of the product and of the bare server, and what is to be reached. */
import type { Bundle, BundleEntry, Patient } from '@medplum/fhirtypes';
import type { LoadRequest } from './load-request.ts';
import {
  firstDay,
  lastDay,
  measurementFor,
  nhsNumberSystem,
  observationOf,
  type Person,
  type Plan,
  personAt,
  planFor,
  testNhsNumber,
} from './population.ts';
import { seeded } from './random.ts';
import { commonMeasurements, type Measurement, rareMeasurements } from './vocabulary.ts';

/** A share of the bare limit's throughput, or a median in milliseconds. */
export type Target = { readonly share: number } | { readonly p50: number };

export interface Case {
  readonly name: string;
  readonly title: string;
  readonly connections: number;
  readonly target: Target;
  /** Resources in each request, where it is more than one. */
  readonly resources?: number;
  /** True where both sides must answer with the same resources in the same order. */
  readonly same: boolean;
  readonly product: readonly LoadRequest[];
  readonly bare: readonly LoadRequest[];
}

/** Both sides' form of one request. */
interface Pair {
  readonly product: LoadRequest;
  readonly bare: LoadRequest;
}

const get = (path: string, expect: Omit<LoadRequest['expect'], 'status'>): LoadRequest => ({
  method: 'GET',
  path,
  expect: { status: 200, ...expect },
});

const query = (parameters: Readonly<Record<string, string | number>>): string =>
  Object.entries(parameters)
    .map(
      ([name, value]) => `${name}=${encodeURIComponent(value).replaceAll('%2F', '/').replaceAll('%3A', ':')}`,
    )
    .join('&');

const tokenOf = ({ coding }: Measurement): string => `${coding.system}|${coding.code}`;
const codeOf = ({ coding }: Measurement): string => String(coding.code);

/** Known persons spread evenly over all of them; both lengths of record. */
function sampled(plan: Plan, wanted: number): readonly Person[] {
  const count = Math.min(wanted, plan.known);
  return Array.from({ length: count }, (_, n) => personAt(plan, Math.floor((n * plan.known) / count)));
}

function readOne(persons: readonly Person[]): readonly Pair[] {
  const random = seeded(11);
  const pairs = persons.flatMap((person) =>
    Array.from({ length: 10 }, () => {
      const { resourceType, id } = random.pick([
        person.patient,
        ...person.encounters,
        ...person.observations,
      ]);
      const contains = String(id);
      return {
        product: get(`/fhir/${resourceType}/${id}`, { contains }),
        bare: get(`/read?id=${id}`, { contains }),
      };
    }),
  );
  return shuffled(pairs);
}

function shuffled<T>(values: readonly T[]): readonly T[] {
  const random = seeded(12);
  return values
    .map((value) => ({ value, order: random.next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
}

function patientCode(persons: readonly Person[]): readonly Pair[] {
  return persons.flatMap(({ patient, favourite, observations }) => {
    const held = observations.filter(
      (observation) => observation.code.coding?.[0] === favourite.coding,
    ).length;
    if (held < 20) return [];
    const search = query({ patient: patient.id, code: tokenOf(favourite), _sort: '-date', _count: 20 });
    return {
      product: get(`/fhir/Observation?${search}`, { entries: 20 }),
      bare: get(`/patient-code?${query({ patient: patient.id, code: codeOf(favourite) })}`, { entries: 20 }),
    };
  });
}

function identifier(persons: readonly Person[]): readonly Pair[] {
  return persons.map(({ patient }) => {
    const nhs = String(patient.identifier?.[0]?.value);
    const expect = { entries: 1, contains: patient.id };
    return {
      product: get(`/fhir/Patient?${query({ identifier: `${nhsNumberSystem}|${nhs}` })}`, expect),
      bare: get(`/identifier?${query({ nhs })}`, expect),
    };
  });
}

function namePrefix(persons: readonly Person[]): readonly Pair[] {
  return persons.map(({ patient }) => {
    const name = String(patient.name?.[0]?.family).slice(0, 4).toLowerCase();
    return {
      product: get(`/fhir/Patient?${query({ name, _count: 20 })}`, { entries: 1 }),
      bare: get(`/name?${query({ name })}`, { entries: 1 }),
    };
  });
}

function population(
  measurements: readonly Measurement[],
  firstYear: number,
  entries: number,
): readonly Pair[] {
  const random = seeded(13);
  return Array.from({ length: 200 }, (_, n) => {
    const measurement = measurements[n % measurements.length]!;
    const from = new Date(Date.UTC(firstYear, random.below(6), 1 + random.below(28)))
      .toISOString()
      .slice(0, 10);
    const search = query({ code: tokenOf(measurement), date: `ge${from}`, _count: 20 });
    return {
      product: get(`/fhir/Observation?${search}`, { entries }),
      bare: get(`/population?${query({ code: codeOf(measurement), date: from })}`, { entries }),
    };
  });
}

function chain(persons: readonly Person[]): readonly Pair[] {
  return persons.map(({ patient, favourite }) => {
    const name = String(patient.name?.[0]?.family).toLowerCase();
    const search = query({ 'patient.name': name, code: tokenOf(favourite), _count: 20 });
    return {
      product: get(`/fhir/Observation?${search}`, { entries: 1 }),
      bare: get(`/chain?${query({ name, code: codeOf(favourite) })}`, { entries: 1 }),
    };
  });
}

function has(measurements: readonly Measurement[], route: string, entries: number): readonly Pair[] {
  return measurements.map((measurement) => ({
    product: get(
      `/fhir/Patient?${query({ '_has:Observation:patient:code': tokenOf(measurement), _count: 20 })}`,
      { entries },
    ),
    bare: get(`${route}?${query({ code: codeOf(measurement) })}`, { entries }),
  }));
}

function everything(persons: readonly Person[]): readonly Pair[] {
  return persons.flatMap(({ patient, observations }) => {
    if (observations.length > 100) return [];
    return {
      product: get(`/fhir/Patient/${patient.id}/$everything?_count=200`, {
        entries: 100,
        contains: patient.id,
      }),
      bare: get(`/everything?patient=${patient.id}`, { entries: 100, contains: patient.id }),
    };
  });
}

const post = (path: string, status: number, body: string, entries?: number): LoadRequest => ({
  method: 'POST',
  path,
  body,
  expect: { status, ...(entries === undefined ? {} : { entries }) },
});

function create(persons: readonly Person[]): readonly Pair[] {
  return persons.map(({ patient, encounters, favourite }, n) => {
    const random = seeded(14, n);
    const body = JSON.stringify(
      observationOf(random, {
        subject: { reference: `Patient/${patient.id}` },
        encounter: { reference: `Encounter/${encounters[0]?.id}` },
        time: firstDay + random.below((lastDay - firstDay) / 1000) * 1000,
        measurement: measurementFor(random, favourite),
      }),
    );
    return { product: post('/fhir/Observation', 201, body), bare: post('/create', 201, body) };
  });
}

/** Bundles of a new person, an encounter and 48 measurements that point at them by their places in the Bundle. */
function transaction(plan: Plan, count: number): readonly Pair[] {
  return Array.from({ length: count }, (_, n) => {
    const random = seeded(15, n);
    const model = personAt(plan, n % plan.known);
    const [patientUrl, encounterUrl] = [`urn:uuid:${random.uuid()}`, `urn:uuid:${random.uuid()}`];
    const subject = { reference: patientUrl };
    const { id: _patientId, ...person } = model.patient;
    const patient: Patient = {
      ...person,
      identifier: [{ system: nhsNumberSystem, value: testNhsNumber(plan.patients + n) }],
      name: [{ family: 'Zygote', given: ['Test'] }],
    };
    const { id: _encounterId, ...visit } = model.encounters[0]!; // every known person has encounters
    const entries: BundleEntry[] = [
      { fullUrl: patientUrl, resource: patient, request: { method: 'POST', url: 'Patient' } },
      {
        fullUrl: encounterUrl,
        resource: { ...visit, subject },
        request: { method: 'POST', url: 'Encounter' },
      },
    ];
    while (entries.length < 50)
      entries.push({
        fullUrl: `urn:uuid:${random.uuid()}`,
        resource: observationOf(random, {
          subject,
          encounter: { reference: encounterUrl },
          time: firstDay + random.below((lastDay - firstDay) / 1000) * 1000,
          measurement: measurementFor(random, model.favourite),
        }),
        request: { method: 'POST', url: 'Observation' },
      });
    const bundle: Bundle = { resourceType: 'Bundle', type: 'transaction', entry: entries };
    const body = JSON.stringify(bundle);
    return { product: post('/fhir', 200, body, 50), bare: post('/transaction', 200, body, 50) };
  });
}

/** All cases for the data of this size and seed: those that read first, so that the data are as they were loaded. */
export function casesFor(size: number, seed: number): readonly Case[] {
  const plan = planFor(size, seed);
  const persons = sampled(plan, 400);
  const reads = readOne(persons);
  const of = (
    pairs: readonly Pair[],
    about: Omit<Case, 'product' | 'bare' | 'connections' | 'same'> & { connections?: number; same?: boolean },
  ): Case => ({
    connections: 16,
    same: false,
    ...about,
    product: pairs.map((pair) => pair.product),
    bare: pairs.map((pair) => pair.bare),
  });
  return [
    of(reads, { name: 'read', title: 'GET one resource', target: { share: 0.6 } }),
    of(reads, { name: 'read-64', title: 'GET one resource', target: { share: 0.8 }, connections: 64 }),
    of(patientCode(persons), {
      name: 'patient-code',
      title: 'Observation?patient=&code=&_sort=-date&_count=20',
      target: { share: 0.45 },
      same: true,
    }),
    of(identifier(persons), {
      name: 'identifier',
      title: 'Patient?identifier=',
      target: { share: 0.65 },
      same: true,
    }),
    of(namePrefix(persons), { name: 'name', title: 'Patient?name= (4 letters)', target: { share: 0.45 } }),
    of(population(commonMeasurements, 2025, 20), {
      name: 'population-common',
      title: 'Observation?code=&date=ge… (common code)',
      target: { p50: 5 },
    }),
    of(population(rareMeasurements, 2021, 1), {
      name: 'population-rare',
      title: 'Observation?code=&date=ge… (rare code)',
      target: { p50: 5 },
    }),
    of(chain(persons), { name: 'chain', title: 'Observation?patient.name=&code=', target: { p50: 5 } }),
    of(has(commonMeasurements, '/has', 20), {
      name: 'has-common',
      title: 'Patient?_has:Observation:patient:code= (common code)',
      target: { p50: 5 },
    }),
    of(has(rareMeasurements, '/has-rare', 10), {
      name: 'has-rare',
      title: 'Patient?_has:Observation:patient:code= (rare code)',
      target: { p50: 5 },
    }),
    of(everything(persons), {
      name: 'everything',
      title: 'Patient/$everything of 100',
      target: { share: 0.5 },
      resources: 100,
    }),
    of(create(persons), { name: 'create', title: 'POST Observation', target: { share: 0.6 } }),
    of(transaction(plan, 60), {
      name: 'transaction',
      title: 'transaction of 50 creates',
      target: { share: 0.2 },
      resources: 50,
    }),
  ];
}
