import assert from 'node:assert/strict';
import test from 'node:test';
import type { Resource } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { resourceTypes } from '../fhir/resource-types.ts';
import { textKey } from './keys.ts';
import { openHigh, openLow, relationsOf } from './relation-rules.ts';
import { days, relationRules } from './relation-table.ts';

const day = 86_400_000;
const on = (text: string, later = 0): number => Date.parse(text) + later * day;
/** Tests write resources as loosely as the world does. */
const relations = (resource: object) => relationsOf(resource as Resource);

/** The parties found, by name, in order. */
function partiesOf(resource: object, names: readonly string[]): string[] {
  return relations(resource).map(
    ({ party }) => names.find((name) => textKey(name) === party) ?? `unexpected ${party}`,
  );
}

const patient = (more: object = {}) => ({
  resourceType: 'Patient',
  generalPractitioner: [{ reference: 'Organization/practice' }, { reference: 'Practitioner/gp' }],
  managingOrganization: { reference: 'Organization/hospital' },
  ...more,
});
const visit = (more: object = {}) => ({
  resourceType: 'Encounter',
  status: 'finished',
  class: { code: 'AMB' },
  period: { start: '2026-03-01T10:00:00Z', end: '2026-03-01T10:20:00Z' },
  serviceProvider: { reference: 'Organization/hospital' },
  ...more,
});
const referral = (more: object = {}) => ({
  resourceType: 'ServiceRequest',
  status: 'active',
  authoredOn: '2026-01-10',
  requester: { reference: 'PractitionerRole/gp' },
  performer: [{ reference: 'HealthcareService/cardiology' }],
  locationReference: [{ reference: 'Location/clinic-3' }],
  ...more,
});

test('a patient is registered with practice, GP and managing organisation, without end', () => {
  const found = relations(patient());
  assert.deepEqual(
    found,
    ['Organization/practice', 'Practitioner/gp', 'Organization/hospital'].map((name) => ({
      party: textKey(name),
      kind: 'registered',
      low: openLow,
      high: openHigh,
    })),
  );
});

test('a registration ends with active false, and a year after a dated death', () => {
  assert.deepEqual(relations(patient({ active: false })), []);
  assert.equal(relations(patient({ active: true })).length, 3);
  const high = on('2026-02-03', 1 + days.afterDeath); // the whole day of the death counts
  for (const relation of relations(patient({ deceasedDateTime: '2026-02-02' })))
    assert.equal(relation.high, high - day);
  assert.equal(relations(patient({ deceasedBoolean: true }))[0]?.high, openHigh);
});

test('an open episode of care relates organisation, care manager and team until it is closed', () => {
  const episode = {
    resourceType: 'EpisodeOfCare',
    status: 'active',
    managingOrganization: { reference: 'Organization/community' },
    careManager: { reference: 'Practitioner/nurse' },
    team: [{ reference: 'CareTeam/district' }],
    period: { start: '2026-01-10' },
  };
  assert.deepEqual(
    relations(episode).map(({ kind, low, high }) => ({ kind, low, high })),
    Array(3).fill({ kind: 'caseload', low: on('2026-01-10', -days.before), high: openHigh }),
  );
  assert.deepEqual(
    partiesOf(episode, ['Organization/community', 'Practitioner/nurse', 'CareTeam/district']),
    ['Organization/community', 'Practitioner/nurse', 'CareTeam/district'],
  );
  const finished = { ...episode, status: 'finished', period: { start: '2026-01-10', end: '2026-02-10' } };
  assert.equal(relations(finished)[0]?.high, on('2026-02-11', days.afterCare));
  assert.deepEqual(relations({ ...episode, status: 'finished' }), [], 'closed, and nobody says when');
  assert.deepEqual(relations({ ...episode, status: 'cancelled' }), []);
});

test('a member of a care team is related within their own time in it', () => {
  const team = {
    resourceType: 'CareTeam',
    participant: [
      { member: { reference: 'Practitioner/stays' } },
      { member: { reference: 'Practitioner/left' }, period: { start: '2026-02-01', end: '2026-03-31' } },
      { member: { reference: 'Practitioner/reversed' }, period: { start: '2026-03-01', end: '2026-02-01' } },
      { member: { reference: 'Patient/themself' } },
      { member: { reference: 'RelatedPerson/daughter' } },
    ],
    managingOrganization: [{ reference: 'Organization/trust' }],
    period: { start: '2026-01-01' },
  };
  for (const status of ['active', undefined])
    assert.deepEqual(relations(status ? { ...team, status } : team), [
      { party: textKey('Practitioner/stays'), kind: 'caseload', low: on('2026-01-01'), high: openHigh },
      {
        party: textKey('Practitioner/left'),
        kind: 'caseload',
        low: on('2026-02-01'),
        high: on('2026-04-01', days.handover),
      },
      { party: textKey('Organization/trust'), kind: 'caseload', low: on('2026-01-01'), high: openHigh },
    ]);
  assert.deepEqual(relations({ ...team, status: 'inactive' }), [], 'ended, and nobody says when');
  assert.deepEqual(relations({ ...team, status: 'proposed' }), []);
});

test('a finished visit relates place and clinician until a quarter after it', () => {
  const found = relations(visit({ participant: [{ individual: { reference: 'Practitioner/doctor' } }] }));
  const end = on('2026-03-01T10:20:01Z', days.afterCare);
  assert.deepEqual(found, [
    {
      party: textKey('Organization/hospital'),
      kind: 'in-care',
      low: on('2026-03-01T10:00:00Z', -days.before),
      high: end,
    },
    {
      party: textKey('Practitioner/doctor'),
      kind: 'in-care',
      low: on('2026-03-01T10:00:00Z', -days.before),
      high: end,
    },
  ]);
});

test('a stay goes on for as long as it is open; a visit that nobody closed ends', () => {
  const open = { status: 'in-progress', period: { start: '2026-03-01T10:00:00Z' } };
  assert.equal(relations(visit({ ...open, class: { code: 'IMP' } }))[0]?.high, openHigh);
  assert.equal(relations(visit({ ...open, class: { code: 'a-local-class' } }))[0]?.high, openHigh);
  assert.equal(relations(visit(open))[0]?.high, on('2026-03-01T10:00:01Z', days.unclosedVisit));
});

test('a ward keeps its relationship for its own part of a stay and a month to hand over', () => {
  const stay = visit({
    status: 'in-progress',
    class: { code: 'IMP' },
    period: { start: '2026-03-01T10:00:00Z' },
    location: [
      { location: { reference: 'Location/emergency' }, period: { end: '2026-03-02T08:00:00Z' } },
      { location: { reference: 'Location/ward-4' }, period: { start: '2026-03-02T08:00:00Z' } },
    ],
  });
  const [, emergency, ward] = relations(stay);
  assert.equal(emergency?.high, on('2026-03-02T08:00:01Z', days.handover));
  assert.equal(ward?.low, on('2026-03-02T08:00:00Z'));
  assert.equal(ward?.high, openHigh);
});

test('a visit without any time, a cancelled one, and one that ends before it starts make no relationship', () => {
  assert.deepEqual(relations(visit({ period: undefined })), []);
  assert.deepEqual(relations(visit({ status: 'cancelled' })), []);
  assert.deepEqual(
    relations(visit({ period: { start: '2026-03-02T10:00:00Z', end: '2026-03-01T10:00:00Z' } })),
    [],
  );
  assert.deepEqual(relations(visit({ period: { start: '2026-02-30' } })), [], 'no such day');
});

test('a referral relates who asked and who was asked, until it is done or two years have gone', () => {
  const found = relations(referral());
  assert.deepEqual(
    partiesOf(referral(), ['PractitionerRole/gp', 'HealthcareService/cardiology', 'Location/clinic-3']),
    ['HealthcareService/cardiology', 'PractitionerRole/gp', 'Location/clinic-3'],
  );
  for (const { kind, low, high } of found)
    assert.deepEqual(
      { kind, low, high },
      { kind: 'referred', low: on('2026-01-10'), high: on('2026-01-11', days.openReferral) },
    );
  assert.equal(relations(referral({ status: 'completed' }))[0]?.high, on('2026-01-11', days.afterCare));
  assert.equal(relations(referral({ status: 'revoked' }))[0]?.high, on('2026-01-11', days.handover));
  assert.deepEqual(relations(referral({ status: 'draft' })), []);
  assert.deepEqual(relations(referral({ authoredOn: undefined })), []);
});

test('an appointment relates those booked from the booking until a month after', () => {
  const appointment = {
    resourceType: 'Appointment',
    status: 'booked',
    created: '2026-01-01',
    start: '2026-02-01T10:00:00Z',
    end: '2026-02-01T10:15:00Z',
    participant: [
      { actor: { reference: 'Patient/1' }, status: 'accepted' },
      {
        actor: { reference: 'Practitioner/nurse' },
        status: 'accepted',
        period: { start: '2026-02-01T10:00:00Z', end: '2026-02-01T10:15:00Z' },
      },
      { actor: { reference: 'HealthcareService/clinic' }, status: 'needs-action' },
      { actor: { reference: 'Practitioner/busy' }, status: 'declined' },
    ],
  };
  const span = { low: on('2026-01-01'), high: on('2026-02-01T10:15:01Z', days.handover) };
  assert.deepEqual(relations(appointment), [
    { party: textKey('Practitioner/nurse'), kind: 'booked', ...span },
    { party: textKey('HealthcareService/clinic'), kind: 'booked', ...span },
  ]);
  assert.equal(
    relations({ ...appointment, created: undefined })[0]?.low,
    on('2026-02-01T10:00:00Z', -days.before),
  );
  assert.equal(
    relations({ ...appointment, status: 'cancelled' })[0]?.high,
    on('2026-02-01T10:15:01Z', days.calledOff),
  );
  assert.equal(relations({ ...appointment, status: 'noshow' })[0]?.high, span.high);
});

test('a prescription relates the pharmacy that it was sent to while it may be dispensed', () => {
  const prescription = {
    resourceType: 'MedicationRequest',
    status: 'active',
    intent: 'order',
    authoredOn: '2026-01-10',
    requester: { reference: 'Practitioner/gp' },
    dispenseRequest: { performer: { reference: 'Organization/pharmacy' } },
  };
  const [pharmacy, requester] = relations(prescription);
  assert.equal(pharmacy?.party, textKey('Organization/pharmacy'));
  assert.equal(pharmacy?.kind, 'prescribed');
  assert.equal(pharmacy?.high, on('2026-01-11', days.prescription + days.handover));
  assert.equal(requester?.party, textKey('Practitioner/gp'));
  const dated = {
    ...prescription,
    dispenseRequest: { ...prescription.dispenseRequest, validityPeriod: { end: '2026-02-09' } },
  };
  assert.equal(relations(dated)[0]?.high, on('2026-02-10', days.handover));
  assert.equal(relations({ ...dated, status: 'cancelled' })[0]?.high, on('2026-01-11', days.handover));
  assert.deepEqual(relations({ ...prescription, intent: 'plan' }), [], 'a plan has been sent to nobody');
});

test('an observation relates its performer only where no visit does', () => {
  const observation = {
    resourceType: 'Observation',
    status: 'final',
    effectiveDateTime: '2026-01-10',
    performer: [{ reference: 'Organization/laboratory' }],
  };
  assert.equal(relations(observation)[0]?.high, on('2026-01-11', days.handover));
  assert.deepEqual(relations({ ...observation, encounter: { reference: 'Encounter/1' } }), []);
});

test('performers of an imaging study are named once, however many series they took', () => {
  const series = Array(50).fill({ performer: [{ actor: { reference: 'Practitioner/radiographer' } }] });
  const study = { resourceType: 'ImagingStudy', status: 'available', started: '2026-01-10', series };
  assert.equal(relations(study).length, 1);
});

test('what was entered in error makes no relationship', () => {
  for (const resource of [visit(), referral()]) {
    assert.notDeepEqual(relations(resource), []);
    assert.deepEqual(relations({ ...resource, status: 'entered-in-error' }), []);
  }
});

test('only references to this server count, with or without a version', () => {
  const by = (reference: unknown) =>
    relations(visit({ serviceProvider: { reference, display: 'A hospital' } })).map(({ party }) => party);
  assert.deepEqual(by('Organization/hospital/_history/3'), [textKey('Organization/hospital')]);
  for (const elsewhere of [
    'https://elsewhere.example/fhir/Organization/hospital',
    'urn:uuid:0d1b4c1e-6a3b-4f4c-8f53-0a0e9b8c1d2e',
    'Organization?identifier=RJ1',
    'Organization/',
    'Organization/../Organization/hospital',
    'Patient/1',
    '#missing',
    '#',
    '',
    undefined,
    7,
  ])
    assert.deepEqual(by(elsewhere), [], String(elsewhere));
  assert.deepEqual(
    relations(visit({ serviceProvider: { identifier: { system: 'ods', value: 'RJ1' } } })),
    [],
    'an identifier alone names nobody here',
  );
});

test('a contained role or team stands for those it names, and no deeper', () => {
  const contained = [
    {
      resourceType: 'PractitionerRole',
      id: 'role',
      practitioner: { reference: 'Practitioner/doctor' },
      organization: { reference: 'Organization/hospital' },
      healthcareService: [{ reference: '#role' }],
    },
    { resourceType: 'Practitioner', id: 'nobody', name: [{ text: 'Unknown' }] },
  ];
  const names = ['Practitioner/doctor', 'Organization/hospital'];
  assert.deepEqual(
    partiesOf(referral({ contained, performer: [{ reference: '#role' }] }), names).slice(0, 2),
    ['Practitioner/doctor', 'Organization/hospital'],
  );
  assert.equal(relations(referral({ contained, performer: [{ reference: '#nobody' }] })).length, 2);
});

test('every rule names elements of its type in words and has a reason', () => {
  for (const [type, rules] of Object.entries(relationRules)) {
    assert.ok((resourceTypes as readonly string[]).includes(type), type);
    for (const { why, parties, from, until } of rules) {
      assert.match(why, /^[A-Z].+\.$/, type);
      assert.ok(parties.length > 0 && from.length > 0 && until.length > 0, type);
    }
  }
});

const text = fc.constantFrom(
  'Organization/a',
  'Practitioner/b',
  '#c',
  'https://e.example/Organization/a',
  'active',
  'finished',
  'booked',
  'declined',
  'order',
  'IMP',
  '2026-01-01',
  '2025',
  '2026-01-01T00:00:00Z',
  'not a date',
);
const names = [
  ...['status', 'period', 'start', 'end', 'reference', 'participant', 'member', 'actor', 'individual'],
  ...['location', 'performer', 'requester', 'authoredOn', 'class', 'code', 'contained', 'author', 'date'],
  ...['serviceProvider', 'generalPractitioner', 'managingOrganization', 'team', 'intent', 'dispenseRequest'],
];
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    text,
    fc.constantFrom(null, true, 3),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 5 }),
  ),
}));
const anything = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 8 });

test('whatever a resource holds, each relationship has a party and a time in which it holds', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(relationRules)), anything, (resourceType, rest) => {
      const found = relations({ ...rest, resourceType });
      for (const { party, low, high } of found) {
        assert.ok(low < high);
        assert.ok(Number.isSafeInteger(low) && Number.isSafeInteger(high));
        assert.ok([textKey('Organization/a'), textKey('Practitioner/b')].includes(party));
      }
    }),
    { numRuns: 2000 },
  );
});
