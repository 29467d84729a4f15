/**
 * Small worlds of linked resources, for property tests of search. Values are few and collide on purpose: the same code in
 * several systems, names that differ by an accent, dates of every precision, periods open at either end.
 */
import type { Resource } from '@medplum/fhirtypes';
import fc from 'fast-check';

/** Few enough that references often meet. The same ids are used by every type. */
export const ids = ['1', '2', '3', 'a', 'b-2'] as const;
export const families = [
  'Smith',
  'SMITH',
  'Smyth',
  'Müller',
  'Muller',
  "O'Brien",
  'O’Brien',
  'Łukasz',
  'de la Cruz',
  'Ng',
];
export const givens = ['Ann', 'Anne', 'Ánn', 'José', 'Jose', 'Zoë', 'Peter  James'];
export const cities = ['Leeds', 'leeds', 'Stoke-on-Trent', 'Ynys Môn'];
export const organisationNames = ['Leeds General', 'LEEDS GÉNERAL', 'North Trust'];
export const systems = ['http://loinc.org', 'http://snomed.info/sct', 'urn:oid:1.2.3'];
export const codes = ['8480-6', '29463-7', 'A1', 'a1', 'B,2', 'C|3', 'D$4', 'E\\5'];
export const texts = ['Body weight', 'Poids café', 'Blood pressure', 'weight'];
export const identifierSystems = ['urn:hospital', 'urn:local'];
export const identifierValues = ['12345', '1234', 'AbC', 'abc'];
export const dates = [
  '2023',
  '2024',
  '2024-02',
  '2024-02-29',
  '2024-03-01',
  '2024-02-29T10:30:00Z',
  '2024-02-29T23:59:59.999Z',
  '2024-03-01T00:30:00+01:00',
  '2024-12-31T23:59:59Z',
  '1950-06-15',
];
export const days = dates.filter((date) => date.length <= 10);
const instants = dates.filter((date) => date.includes('T'));
export const amounts = [0, 5, 5.4, 5.44, 5.45, 100, 185, 0.005, 5000, -1];
export const units: readonly { unit?: string; system?: string; code?: string }[] = [
  { unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' },
  { unit: 'g', system: 'http://unitsofmeasure.org', code: 'g' },
  { unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
  { unit: 'lbs', system: 'http://unitsofmeasure.org', code: '[lb_av]' },
  { unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
  { unit: 'mg' },
  { unit: 'tablet', system: 'urn:local', code: 'TAB' },
  {},
];

/** An element that is often absent. */
function maybe<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined, freq: 3 });
}

function some<T>(values: readonly T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...values);
}

function few<T>(value: fc.Arbitrary<T>, maxLength = 2): fc.Arbitrary<T[] | undefined> {
  return maybe(fc.array(value, { minLength: 1, maxLength }));
}

/** FHIR knows no undefined and nothing empty (R4 §2.6.2): such elements are left out, and what is empty without them too. */
function pruned(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(pruned).filter((item) => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    const kept = pruned(inner);
    return kept === undefined ? [] : [[key, kept] as const];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** Two of the codes far more often than the others, so that searches find something. */
export const likelyCode = fc.oneof(
  { weight: 3, arbitrary: some(codes.slice(0, 2)) },
  { weight: 2, arbitrary: some(codes) },
);
export const likelySystem = fc.oneof(
  { weight: 2, arbitrary: fc.constant('http://loinc.org') },
  { weight: 1, arbitrary: some(systems) },
);
const coding = fc.record({ system: maybe(likelySystem), code: likelyCode, display: maybe(some(texts)) });
const concept = fc.oneof(
  fc.record({ coding: fc.array(coding, { minLength: 1, maxLength: 2 }), text: maybe(some(texts)) }),
  fc.record({ text: some(texts) }),
);
const identifier = fc.record({
  system: maybe(some(identifierSystems)),
  value: some(identifierValues),
  type: maybe(
    fc.record({
      coding: fc.constant([{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }]),
      text: maybe(some(texts)),
    }),
  ),
});
const quantity = fc.tuple(some(amounts), some(units)).map(([value, unit]) => ({ value, ...unit }));
/** Beginning before end, as R4 asks (per-1), in one precision each, or open. */
const period = some<{ start?: string; end?: string }>([
  { start: '2023', end: '2024' },
  { start: '2024-02-01', end: '2024-02-29' },
  { start: '2024-02-29T10:30:00Z', end: '2024-02-29T10:45:00Z' },
  { start: '2024-02', end: '2024-03' },
  { start: '2024-02-29' },
  { start: '2023' },
  { end: '2024-02-29' },
  { end: '2024-03-01T00:30:00+01:00' },
]);
const humanName = fc.record({
  family: maybe(some(families)),
  given: few(some(givens)),
  text: maybe(some(families)),
});
const address = fc.record({
  city: maybe(some(cities)),
  postalCode: maybe(some(['LS1 3EX', 'ls1 3ex', 'ST4'])),
});

function referenceTo(...types: string[]): fc.Arbitrary<Record<string, unknown>> {
  return fc.oneof(
    {
      weight: 10,
      arbitrary: fc.tuple(some(types), some(ids)).map(([type, id]) => ({ reference: `${type}/${id}` })),
    },
    { weight: 1, arbitrary: fc.constant({ reference: `http://elsewhere.example/fhir/${types[0]}/1` }) },
    { weight: 1, arbitrary: identifier.map((it) => ({ identifier: it })) },
    { weight: 1, arbitrary: some(ids).map((id) => ({ reference: `${types[0]}/${id}/_history/2` })) },
  );
}

/** `meta` with distinct moments, so that `_lastUpdated` orders. */
const meta = fc.record({
  lastUpdated: some(
    instants.map((instant) =>
      instant.includes('.') ? instant : instant.replace(/(:\d\d)(Z|\+)/, '$1.000$2'),
    ),
  ),
  profile: few(some(['http://example.org/profile/a', 'http://example.org/profile/b'])),
  tag: few(coding),
});

const shapes: Record<string, fc.Arbitrary<Record<string, unknown>>> = {
  Patient: fc.record({
    active: maybe(fc.boolean()),
    identifier: few(identifier),
    name: few(humanName),
    gender: maybe(some(['male', 'female', 'unknown'])),
    birthDate: maybe(some(days)),
    address: few(address),
    generalPractitioner: few(referenceTo('Practitioner', 'Organization')),
    managingOrganization: maybe(referenceTo('Organization')),
  }),
  Practitioner: fc.record({ identifier: few(identifier), name: few(humanName), active: maybe(fc.boolean()) }),
  Organization: fc
    .record({
      identifier: few(identifier),
      name: maybe(some(organisationNames)),
      partOf: maybe(referenceTo('Organization')),
    })
    // org-1: a name or an identifier
    .map((it) =>
      it.name === undefined && it.identifier === undefined ? { ...it, name: 'North Trust' } : it,
    ),
  Encounter: fc.record({
    status: some(['planned', 'finished']),
    class: coding,
    subject: maybe(referenceTo('Patient')),
    period: maybe(period),
    participant: few(fc.record({ individual: maybe(referenceTo('Practitioner')) })),
    serviceProvider: maybe(referenceTo('Organization')),
  }),
  Observation: fc
    .record({
      status: some(['final', 'amended', 'preliminary']),
      category: few(concept),
      code: concept,
      subject: maybe(referenceTo('Patient')),
      encounter: maybe(referenceTo('Encounter')),
      performer: few(referenceTo('Practitioner', 'Organization', 'Patient')),
      effective: maybe(
        fc.oneof(
          some(dates).map((effectiveDateTime) => ({ effectiveDateTime })),
          period.map((effectivePeriod) => ({ effectivePeriod })),
        ),
      ),
      value: maybe(
        fc.oneof(
          { weight: 4, arbitrary: quantity.map((valueQuantity) => ({ valueQuantity })) },
          { weight: 2, arbitrary: concept.map((valueCodeableConcept) => ({ valueCodeableConcept })) },
          { weight: 1, arbitrary: some(texts).map((valueString) => ({ valueString })) },
          { weight: 1, arbitrary: some(dates).map((valueDateTime) => ({ valueDateTime })) },
        ),
      ),
      component: few(fc.record({ code: concept, valueQuantity: maybe(quantity) })),
    })
    .map(({ effective, value, ...rest }) => {
      // obs-7: no value beside a component with the same code
      const own = new Set(codingsOf(rest.code));
      const clash = rest.component?.some(({ code }) => codingsOf(code).some((it) => own.has(it)));
      return { ...rest, ...effective, ...(clash ? {} : value) };
    }),
  Condition: fc
    .record({
      clinicalStatus: maybe(
        some(['active', 'resolved']).map((code) => ({
          coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code }],
        })),
      ),
      code: maybe(concept),
      subject: referenceTo('Patient'),
      recordedDate: maybe(some(dates)),
      onset: maybe(
        fc.oneof(
          some(dates).map((onsetDateTime) => ({ onsetDateTime })),
          period.map((onsetPeriod) => ({ onsetPeriod })),
          some(amounts.filter((amount) => amount > 0)).map((value) => ({
            onsetAge: { value, unit: 'a', system: 'http://unitsofmeasure.org', code: 'a' },
          })),
        ),
      ),
    })
    .map(({ onset, ...rest }) => ({ ...rest, ...onset })),
  MedicationRequest: fc.record({
    status: some(['active', 'stopped']),
    intent: some(['order', 'plan']),
    medicationCodeableConcept: concept,
    subject: referenceTo('Patient'),
    requester: maybe(referenceTo('Practitioner', 'Organization')),
    authoredOn: maybe(some(dates)),
  }),
  Task: fc.record({
    status: some(['requested', 'completed']),
    intent: fc.constant('order'),
    code: maybe(concept),
    focus: maybe(referenceTo('MedicationRequest', 'Observation', 'Encounter')),
    for: maybe(referenceTo('Patient')),
    owner: maybe(referenceTo('Practitioner', 'Organization')),
    authoredOn: maybe(some(dates)),
  }),
  Appointment: fc
    .record({
      start: maybe(some(instants)),
      participant: fc.array(
        fc.record({ actor: referenceTo('Patient', 'Practitioner'), status: some(['accepted', 'declined']) }),
        { minLength: 1, maxLength: 3 },
      ),
    })
    // app-2, app-3: both a start and an end, or neither and then not booked
    .map((it) =>
      it.start === undefined
        ? { ...it, status: 'cancelled' }
        : { ...it, status: 'booked', end: '2025-01-01T00:00:00Z' },
    ),
};

function codingsOf(concept: unknown): string[] {
  const { coding } = concept as { coding?: unknown[] }; // made above
  return (coding ?? []).map((it) => JSON.stringify(it));
}

export const worldTypes: readonly string[] = Object.keys(shapes);

/** One resource of a type, with an id out of the few. */
export function arbitraryResource(type: string): fc.Arbitrary<Resource> {
  const shape = shapes[type];
  if (!shape) throw new Error(`No arbitrary ${type}; there are ${worldTypes.join(', ')}`);
  return fc
    .tuple(some(ids), meta, shape)
    .map(([id, m, rest]) => pruned({ resourceType: type, id, meta: m, ...rest }) as Resource); // built to the type's shape
}

/** A world: some resources of every type, no two with the same type and id. */
export function arbitraryWorld(): fc.Arbitrary<Resource[]> {
  const ofType = (type: string): fc.Arbitrary<Resource[]> =>
    fc.uniqueArray(arbitraryResource(type), {
      minLength: type === 'Observation' || type === 'Patient' ? 3 : 1,
      maxLength: ids.length,
      selector: (resource) => resource.id,
      size: 'max',
    });
  return fc.tuple(...worldTypes.map(ofType)).map((parts) => parts.flat());
}
