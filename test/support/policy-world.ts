/**
 * Small worlds for property tests of who may see what: people whose record is joined to posts and organisations by
 * relations of every kind, current, lapsed and still to come; consents; labelled resources; resources of two people.
 * They are the worlds of arbitrary-resources.ts, with what policy looks at added, so that the same searches find them.
 */
import type { Resource } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { arbitraryResource, ids, likelyCode, likelySystem } from './arbitrary-resources.ts';
import { testBaseUrl } from './record.ts';

const privacy = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const sensitive = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
export const kindSystem = 'https://throughline.example/organisation-kind';
const consentScope = 'http://terminology.hl7.org/CodeSystem/consentscope';

/** Two share their code, so that a label is not known by its code alone. */
export const labels: readonly { readonly system: string; readonly code: string }[] = [
  { system: privacy, code: 'R' },
  { system: privacy, code: 'V' },
  { system: sensitive, code: 'SEX' },
  { system: 'urn:local', code: 'R' },
];
export const labelText = ({ system, code }: { system: string; code: string }): string => `${system}|${code}`;

export const organisationKinds = ['pharmacy', 'social-care'];

/** Whom a relation, a grant or a consent may name: few, so that they often meet. */
const partyTypes = [
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Location',
  'HealthcareService',
  'CareTeam',
];
const partyIds = ids.slice(0, 2);
export const parties: readonly string[] = partyTypes.flatMap((type) => partyIds.map((id) => `${type}/${id}`));

/** Before, around and after the moment of the tests (1 June 2024), which also moves on by 45 days. */
const current = [
  { start: '2024-05-01' },
  { start: '2023', end: '2025' },
  { start: '2024-05-31T23:59:59Z' },
  { start: '2024-05-01', end: '2024-06-01' },
  { start: '2024-02-01T00:00:00Z', end: '2024-06-20T12:00:00Z' },
];
const others = [
  { start: '2023-01', end: '2023-06' },
  { start: '2024-01-01', end: '2024-05-31' },
  { start: '2024-06-02' },
  { start: '2024-06-10', end: '2024-12' },
  { start: '2025' },
];
const some = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 3 });
const few = <T>(value: fc.Arbitrary<T>, maxLength = 2): fc.Arbitrary<T[]> =>
  fc.array(value, { minLength: 1, maxLength });

const period = fc.oneof({ weight: 3, arbitrary: some(current) }, { weight: 2, arbitrary: some(others) });
const moment = some([
  '2024-05-20T09:00:00Z',
  '2024-05-31T10:00:00Z',
  '2024-06-03T09:00:00Z',
  '2023-03-01T09:00:00Z',
]);
const person = some(ids).map((id) => ({ reference: `Patient/${id}` }));
const otherPerson = fc.oneof(
  { weight: 8, arbitrary: person },
  { weight: 1, arbitrary: fc.constant({ reference: 'http://elsewhere.example/fhir/Patient/1' }) },
  { weight: 1, arbitrary: some(ids).map((id) => ({ reference: `Patient/${id}/_history/1` })) },
);
const party = (...types: string[]): fc.Arbitrary<{ reference: string }> =>
  fc.tuple(some(types), some(partyIds)).map(([type, id]) => ({ reference: `${type}/${id}` }));
const coding = fc.record({ system: likelySystem, code: likelyCode });
const concept = coding.map((one) => ({ coding: [one] }));

const security = fc.oneof(
  { weight: 6, arbitrary: fc.constant(undefined) },
  { weight: 3, arbitrary: some(labels).map((label) => [label]) },
  { weight: 1, arbitrary: fc.subarray([...labels], { minLength: 2, maxLength: 2 }) },
);

interface Provision {
  readonly [element: string]: unknown;
}

function provision(nested: boolean): fc.Arbitrary<Provision> {
  const organisation = fc.oneof(
    some(parties.filter((one) => !one.startsWith('Location') && !one.startsWith('HealthcareService'))).map(
      (reference) => ({ reference }),
    ),
    some(organisationKinds).map((value) => ({ identifier: { system: kindSystem, value } })),
    some(organisationKinds).map((value) => ({ identifier: { system: 'urn:other', value } })),
  );
  const actor = organisation.map((reference) => ({
    role: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'PRCP' }],
    },
    reference,
  }));
  const rarely = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
    fc.option(value, { nil: undefined, freq: 1 });
  return fc
    .record({
      period: rarely(fc.oneof(period, some([{ end: '2024-05-31' }, { end: '2024-07' }]))),
      actor: maybe(few(actor)),
      securityLabel: rarely(few(some(labels))),
      class: rarely(
        few(some(clinicalTypes).map((code) => ({ system: 'http://hl7.org/fhir/resource-types', code }))),
      ),
      data: rarely(
        few(
          fc
            .tuple(some(clinicalTypes), some(ids))
            .map(([type, id]) => ({ meaning: 'instance', reference: { reference: `${type}/${id}` } })),
        ),
      ),
      provision: nested ? rarely(few(provision(false))) : fc.constant(undefined),
    })
    .chain((one) =>
      some(nested ? ['deny', 'deny', 'deny', 'permit'] : ['permit', 'permit', 'deny']).map((type) => ({
        type,
        ...one,
      })),
    );
}

const clinicalTypes = [
  'Observation',
  'Condition',
  'Encounter',
  'MedicationRequest',
  'Patient',
  'Appointment',
  'DocumentReference',
  'Binary',
];

type Shape = fc.Arbitrary<Record<string, unknown>>;

/** Types that the worlds of search do not have. */
const ownShapes: Readonly<Record<string, Shape>> = {
  PractitionerRole: fc.record({
    active: maybe(fc.boolean()),
    practitioner: maybe(party('Practitioner')),
    organization: maybe(party('Organization')),
  }),
  Location: fc.record({
    name: some(['Ward 1', 'Clinic']),
    managingOrganization: maybe(party('Organization')),
  }),
  HealthcareService: fc.record({ name: some(['Eyes', 'Feet']), providedBy: maybe(party('Organization')) }),
  EpisodeOfCare: fc.record({
    status: some(['active', 'active', 'finished', 'planned', 'entered-in-error']),
    patient: person,
    period: maybe(period),
    managingOrganization: maybe(party('Organization')),
    careManager: maybe(party('Practitioner', 'PractitionerRole')),
    team: maybe(few(party('CareTeam'), 1)),
  }),
  CareTeam: fc.record({
    status: maybe(some(['active', 'active', 'inactive', 'proposed', 'entered-in-error'])),
    subject: maybe(otherPerson),
    period: maybe(period),
    participant: maybe(
      few(
        fc.record({
          member: fc.oneof(party('Practitioner', 'PractitionerRole', 'Organization', 'CareTeam'), person),
          period: maybe(period),
        }),
      ),
    ),
    managingOrganization: maybe(few(party('Organization'), 1)),
  }),
  ServiceRequest: fc.record({
    status: some(['active', 'active', 'completed', 'revoked', 'draft', 'entered-in-error']),
    intent: some(['order', 'plan']),
    code: maybe(concept),
    subject: otherPerson,
    authoredOn: maybe(moment),
    occurrencePeriod: maybe(period),
    requester: maybe(party('Practitioner', 'Organization')),
    performer: maybe(
      few(party('Organization', 'Practitioner', 'PractitionerRole', 'HealthcareService', 'CareTeam')),
    ),
    locationReference: maybe(few(party('Location'), 1)),
  }),
  Consent: fc.record({
    status: some(['active', 'active', 'active', 'inactive', 'proposed']),
    scope: some(['patient-privacy', 'patient-privacy', 'patient-privacy', 'research', 'treatment']).map(
      (code) => ({
        coding: [{ system: consentScope, code }],
      }),
    ),
    category: fc.constant([{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }]),
    patient: otherPerson,
    dateTime: maybe(moment),
    policyRule: fc.constant({ coding: [{ system: sensitive, code: 'OPTOUT' }] }),
    provision: fc.option(provision(true), { nil: undefined, freq: 9 }),
  }),
  DocumentReference: fc.record({
    status: some(['current', 'superseded']),
    subject: otherPerson,
    content: few(
      fc
        .tuple(some(['', '', '', `${testBaseUrl}/`]), some(ids), some(['', '', '', '/_history/1']))
        .map(([base, id, version]) => ({ attachment: { url: `${base}Binary/${id}${version}` } })),
    ),
  }),
  Binary: fc.record({
    contentType: fc.constant('text/plain'),
    securityContext: maybe(otherPerson),
  }),
  List: fc.record({
    status: fc.constant('current'),
    mode: fc.constant('working'),
    subject: maybe(person),
    entry: few(
      fc
        .tuple(some(['Observation', 'Condition', 'Patient', 'Organization', 'Appointment']), some(ids))
        .map(([type, id]) => ({ item: { reference: `${type}/${id}` } })),
      4,
    ),
  }),
  Communication: fc.record({
    status: fc.constant('completed'),
    subject: maybe(person),
    sender: maybe(fc.oneof(person, party('Practitioner', 'Organization'))),
    recipient: maybe(few(fc.oneof(person, party('Practitioner', 'Organization')))),
    sent: maybe(moment),
  }),
  Provenance: fc.record({
    target: few(
      fc.oneof(
        person,
        fc.tuple(some(clinicalTypes), some(ids)).map(([t, id]) => ({ reference: `${t}/${id}` })),
      ),
    ),
    recorded: moment,
    agent: few(fc.record({ who: party('Practitioner', 'Organization') }), 1),
  }),
};

/** What gives the types of the worlds of search their relations. */
const added: Readonly<Record<string, Shape>> = {
  Patient: fc.record({
    generalPractitioner: maybe(few(party('Organization', 'Practitioner', 'PractitionerRole'))),
    managingOrganization: maybe(party('Organization')),
  }),
  Encounter: fc.record({
    status: some([
      'in-progress',
      'in-progress',
      'arrived',
      'planned',
      'finished',
      'cancelled',
      'entered-in-error',
    ]),
    subject: maybe(otherPerson),
    period: maybe(period),
    participant: maybe(
      few(fc.record({ individual: party('Practitioner', 'PractitionerRole'), period: maybe(period) })),
    ),
    location: maybe(
      few(
        fc.record({
          location: party('Location'),
          status: maybe(some(['active', 'active', 'completed', 'planned'])),
          period: maybe(period),
        }),
      ),
    ),
    serviceProvider: maybe(party('Organization')),
  }),
  MedicationRequest: fc.record({
    status: some(['active', 'active', 'active', 'stopped', 'completed', 'cancelled', 'entered-in-error']),
    authoredOn: maybe(moment),
    dispenseRequest: maybe(
      fc.record({ performer: maybe(party('Organization')), validityPeriod: maybe(period) }),
    ),
    performer: maybe(party('Organization', 'Practitioner', 'PractitionerRole')),
  }),
  Task: fc.record({
    status: some([
      'requested',
      'requested',
      'accepted',
      'in-progress',
      'completed',
      'cancelled',
      'rejected',
      'entered-in-error',
    ]),
    owner: maybe(party('Practitioner', 'Organization', 'PractitionerRole', 'CareTeam', 'HealthcareService')),
    authoredOn: maybe(moment),
    restriction: maybe(fc.record({ period })),
  }),
  Appointment: fc
    .record({
      booking: fc.record({
        status: some(['booked', 'booked', 'arrived', 'fulfilled', 'noshow', 'entered-in-error']),
        start: moment,
      }),
      participant: few(
        fc.record({
          actor: fc.oneof(
            { weight: 3, arbitrary: person },
            {
              weight: 2,
              arbitrary: party('Practitioner', 'PractitionerRole', 'Location', 'HealthcareService'),
            },
          ),
          status: some(['accepted', 'accepted', 'needs-action', 'declined']),
        }),
        4,
      ),
    })
    .map(({ booking, participant }) => ({
      ...booking,
      end: booking.start.replace(/T\d\d/, 'T12'),
      participant,
    })),
};

const searchTypes = [
  'Patient',
  'Practitioner',
  'Organization',
  'Encounter',
  'Observation',
  'Condition',
  'MedicationRequest',
  'Task',
  'Appointment',
];

/** Every type of the worlds. */
export const policyTypes: readonly string[] = [...searchTypes, ...Object.keys(ownShapes)];

/** FHIR knows no undefined and nothing empty (R4 §2.6.2). */
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

/** One resource of a type, with an id out of the few. */
export function arbitraryPolicyResource(type: string): fc.Arbitrary<Resource> {
  const own = ownShapes[type];
  const base: fc.Arbitrary<Resource> = own
    ? fc
        .tuple(some(ids), own)
        .map(([id, rest]) => ({ resourceType: type, id, ...rest }) as unknown as Resource) // built to the type's shape
    : arbitraryResource(type);
  return fc
    .tuple(base, added[type] ?? fc.constant({}), security, fc.nat(4))
    .map(([resource, more, label, plain]) => {
      // Some stay as the worlds of search have them, with what those alone know.
      const both = plain === 0 && !own ? resource : { ...resource, ...more };
      return pruned({ ...both, meta: { ...resource.meta, security: label } }) as Resource; // built to the type's shape
    });
}

/** A world: some resources of every type, no two with the same type and id; people and their care are many. */
export function arbitraryPolicyWorld(): fc.Arbitrary<Resource[]> {
  const many = new Set(['Patient', 'Observation', 'Encounter', 'Appointment', 'EpisodeOfCare', 'Consent']);
  const ofType = (type: string): fc.Arbitrary<Resource[]> =>
    fc.uniqueArray(arbitraryPolicyResource(type), {
      minLength: many.has(type) ? 5 : 3,
      maxLength: ids.length,
      selector: (resource) => resource.id,
      size: 'max',
    });
  return fc.tuple(...policyTypes.map(ofType)).map((parts) => parts.flat());
}
