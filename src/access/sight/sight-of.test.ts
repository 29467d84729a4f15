import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Grant, Limits } from '../../record/sight.ts';
import type { PersonIdentity, StaffIdentity } from '../identity.ts';
import { resourceGroups, typesIn, typesOfNobody } from '../resource-groups.ts';
import { purposes, roles } from '../roles.ts';
import { confidential, notForPatients } from '../security-labels.ts';
import { ageRules, type ProxyBasis } from './age-rules.ts';
import { type ProxyGrant, type ProxyScope, proxyScopes } from './proxy-grant.ts';
import { sightOf } from './sight-of.ts';

const now = Date.parse('2026-11-22T10:00:00Z');
const later = now + 60_000;

const signedIn = {
  account: '0d1b4c1e-6a3b-4f4c-8f53-0a0e9b8c1d2e',
  name: 'Someone',
  session: 's',
  method: 'passkey',
  authenticatedAt: now,
} as const;

const staff = (role: string): StaffIdentity => ({
  ...signedIn,
  kind: 'staff',
  user: 'Practitioner/asha',
  post: {
    role,
    organisation: 'Organization/practice',
    organisationKinds: ['general-practice'],
    parties: ['Organization/practice', 'PractitionerRole/asha', 'Location/room-2'],
  },
});
const person = (proofing: PersonIdentity['proofing'], patient?: string): PersonIdentity => ({
  ...signedIn,
  kind: 'person',
  proofing,
  ...(patient === undefined ? {} : { patient }),
});
const proxy = (more: Partial<ProxyGrant> = {}): ProxyGrant => ({
  patient: 'child',
  birthDate: '2020-01-01',
  basis: 'parental-responsibility',
  scopes: ['appointments', 'medicines', 'record', 'messages'],
  withheld: [],
  until: undefined,
  ...more,
});

const nothing = { now, emergencies: [], proxies: [] };
const grantsOf = (limits: Limits, kind: Grant['of']['kind']): readonly Grant[] =>
  limits.grants.filter(({ of }) => of.kind === kind);
const oneOf = (limits: Limits, kind: Grant['of']['kind']): Grant => {
  const [grant, ...more] = grantsOf(limits, kind);
  assert.ok(grant && more.length === 0, `one grant of ${kind}`);
  return grant;
};

test('staff see what their role sees of those with whom they or their place have a relationship, consent asked', () => {
  const { types, writes, of, withheld, consent } = oneOf(sightOf(staff('nurse'), nothing), 'related');
  assert.deepEqual(types, typesIn(roles.nurse.sees, 'person'));
  assert.deepEqual(writes, typesIn(roles.nurse.writes, 'person'));
  assert.deepEqual(of, {
    kind: 'related',
    parties: ['Practitioner/asha', 'Organization/practice', 'PractitionerRole/asha', 'Location/room-2'],
  });
  assert.equal(withheld, roles.nurse.withheld);
  assert.deepEqual(consent, {
    parties: [
      'Practitioner/asha',
      'Organization/practice',
      'PractitionerRole/asha',
      'Location/room-2',
      'kind:general-practice',
    ],
    use: 'care',
  });
});

test('staff see directory and definitions without a relationship, and change them only as administrators', () => {
  const nurse = oneOf(sightOf(staff('nurse'), nothing), 'nobody');
  assert.ok(nurse.types.includes('Organization') && nurse.types.includes('ValueSet'));
  assert.deepEqual(nurse.writes, []);
  assert.ok(oneOf(sightOf(staff('administrator'), nothing), 'nobody').writes.includes('Organization'));
});

test('a receptionist is shown no clinical type by any grant', () => {
  const { grants } = sightOf(staff('receptionist'), nothing);
  const seen = new Set(grants.flatMap(({ types }) => types));
  // A task says that something is asked, how soon and of whom; what it is about stands in notes.
  for (const group of ['notes', 'results', 'problems', 'documents', 'medicines', 'visits'] as const)
    for (const type of resourceGroups[group].types) assert.ok(!seen.has(type), type);
  assert.ok(seen.has('Appointment') && seen.has('Slot'));
});

test('tasks are shown to those who own or asked for them, and devices that are no one’s', () => {
  const { types, of, only } = oneOf(sightOf(staff('gp'), nothing), 'everyone');
  assert.deepEqual([...types].sort(), ['Device', 'Schedule', 'Slot', 'Task']);
  assert.deepEqual(of, { kind: 'everyone' });
  const names = 'Practitioner/asha,Organization/practice,PractitionerRole/asha';
  assert.deepEqual(only, {
    Task: [`owner=${names}`, `requester=${names}`],
    Device: ['patient:missing=true'],
  });
});

test('administrators, analysts, researchers, connectivity leads and suppliers are shown nothing of anyone', () => {
  for (const role of ['administrator', 'analyst', 'researcher', 'connectivity-lead', 'supplier'])
    for (const purpose of [undefined, ...Object.keys(purposes)])
      for (const { of, types } of sightOf(staff(role), { ...nothing, ...(purpose ? { purpose } : {}) })
        .grants) {
        assert.equal(of.kind, 'nobody', role);
        assert.ok(
          types.every((type) => typesOfNobody.some((one) => one === type)),
          role,
        );
      }
});

test('information governance sees names, choices and the audit log of everyone, and changes nothing', () => {
  const { types, writes } = oneOf(sightOf(staff('information-governance'), nothing), 'everyone');
  assert.deepEqual(types, ['Patient', 'RelatedPerson', 'Person', 'Consent', 'AuditEvent']);
  assert.deepEqual(writes, []);
  assert.deepEqual(grantsOf(sightOf(staff('information-governance'), nothing), 'related'), []);
});

test('a purpose that the role does not have shows no one’s record', () => {
  const { grants } = sightOf(staff('nurse'), { ...nothing, purpose: 'HRESCH' });
  assert.deepEqual(
    grants.map(({ of }) => of.kind),
    ['nobody'],
  );
  assert.deepEqual(
    sightOf(staff('information-governance'), { ...nothing, purpose: 'TREAT' }).grants.map(
      ({ of }) => of.kind,
    ),
    ['nobody'],
  );
});

test('a role that is not of staff, or not of the table, shows staff nothing', () => {
  for (const role of ['patient', 'proxy', 'system', 'demonstration', '', 'constructor', '__proto__'])
    assert.deepEqual(sightOf(staff(role), nothing), { grants: [] }, role);
});

test('emergency access shows what the role sees of that person, nothing kept back and consent not asked', () => {
  const { types, writes, of, withheld, consent } = oneOf(
    sightOf(staff('paramedic'), {
      ...nothing,
      emergencies: [
        { patient: 'found', until: later },
        { patient: 'ended', until: now },
        { patient: 'found', until: later },
      ],
    }),
    'persons',
  );
  assert.deepEqual(types, typesIn(roles.paramedic.sees, 'person'));
  assert.deepEqual(writes, typesIn(roles.paramedic.writes, 'person'));
  assert.deepEqual(of, { kind: 'persons', ids: ['found'] });
  assert.deepEqual(withheld, []);
  assert.equal(consent, undefined);
});

test('emergency access of a role that may not have it opens nothing', () => {
  for (const role of ['receptionist', 'analyst', 'administrator', 'pharmacy-technician']) {
    const emergencies = [{ patient: 'found', until: later }];
    assert.deepEqual(grantsOf(sightOf(staff(role), { ...nothing, emergencies }), 'persons'), [], role);
  }
});

test('for safeguarding, a social worker and a safeguarding lead see flags of those related despite consent', () => {
  for (const role of ['social-worker', 'safeguarding-lead']) {
    const usual = grantsOf(sightOf(staff(role), nothing), 'related');
    assert.equal(usual.length, 1, role);
    const [, exception] = grantsOf(sightOf(staff(role), { ...nothing, purpose: 'THREAT' }), 'related');
    assert.deepEqual(exception?.types, ['Flag', 'Patient', 'RelatedPerson', 'Person'], role);
    assert.deepEqual(exception?.writes, ['Flag']);
    assert.deepEqual(exception?.withheld, []);
    assert.equal(exception?.consent, undefined);
  }
  assert.deepEqual(grantsOf(sightOf(staff('nurse'), { ...nothing, purpose: 'THREAT' }), 'related'), []);
});

test('a person whose identity is proved sees their own record, save what someone should first tell them', () => {
  const sight = sightOf(person('P9', 'me'), nothing);
  const own = oneOf(sight, 'persons');
  assert.deepEqual(own.of, { kind: 'persons', ids: ['me'] });
  assert.deepEqual(own.withheld, notForPatients);
  assert.equal(own.consent, undefined);
  assert.ok(
    own.types.includes('Condition') && own.types.includes('AuditEvent') && !own.types.includes('Flag'),
  );
  assert.deepEqual([...own.writes].sort(), [
    ...(['Appointment', 'AppointmentResponse', 'Communication', 'CommunicationRequest', 'Consent'] as const),
  ]);
  assert.deepEqual(oneOf(sight, 'everyone').only, {
    Task: ['requester=Patient/me', 'owner=Patient/me'],
    Device: ['patient=Patient/me'],
  });
  assert.deepEqual(oneOf(sight, 'everyone').writes, []);
});

test('a person whose identity only matched books and writes messages; one not matched sees nothing', () => {
  const matched = oneOf(sightOf(person('P5', 'me'), { ...nothing, proxies: [proxy()] }), 'persons');
  const types = ['Appointment', 'AppointmentResponse', 'Communication', 'CommunicationRequest'];
  assert.deepEqual(matched.types, types);
  assert.deepEqual(matched.writes, types);
  assert.deepEqual(sightOf(person('P0', 'me'), { ...nothing, proxies: [proxy()] }), { grants: [] });
});

test('someone without a record of their own sees no record, unless they act for someone', () => {
  assert.deepEqual(grantsOf(sightOf(person('P9'), nothing), 'persons'), []);
  const { of } = oneOf(sightOf(person('P9'), { ...nothing, proxies: [proxy()] }), 'persons');
  assert.deepEqual(of, { kind: 'persons', ids: ['child'] });
});

test('emergency access counts for nothing with a person', () => {
  const emergencies = [{ patient: 'other', until: later }];
  const { of } = oneOf(sightOf(person('P9', 'me'), { ...nothing, emergencies }), 'persons');
  assert.deepEqual(of, { kind: 'persons', ids: ['me'] });
});

const asProxy = (grant: ProxyGrant): Grant | undefined =>
  grantsOf(sightOf(person('P9', 'parent'), { ...nothing, proxies: [grant] }), 'persons')[1];

test('a proxy sees and writes what each scope opens', () => {
  for (const [scope, types, writes] of [
    ['appointments', ['Patient', 'RelatedPerson', 'Person', 'Appointment', 'AppointmentResponse'], 2],
    ['messages', ['Patient', 'RelatedPerson', 'Person', 'Communication', 'CommunicationRequest'], 2],
  ] as const) {
    const grant = asProxy(proxy({ scopes: [scope] }));
    assert.deepEqual(grant?.types, types);
    assert.equal(grant?.writes.length, writes);
  }
  const medicines = asProxy(proxy({ scopes: ['medicines'] }));
  assert.ok(medicines?.types.includes('MedicationRequest') && !medicines.types.includes('Condition'));
  assert.deepEqual(medicines?.writes, []);
  assert.equal(asProxy(proxy({ scopes: [] })), undefined);
});

test('no proxy sees flags, sharing choices, or who looked', () => {
  const types = asProxy(proxy())?.types ?? [];
  for (const type of ['Flag', 'Consent', 'AuditEvent', 'ResearchSubject'])
    assert.ok(!types.includes(type), type);
});

test('a proxy is kept from confidential items, all of a young person’s, and what the practice keeps back', () => {
  const child = asProxy(proxy({ withheld: ['http://practice.example|private'] }));
  for (const label of [...roles.proxy.withheld, 'http://practice.example|private'])
    assert.ok(child?.withheld.includes(label), label);
  const young = asProxy(proxy({ birthDate: '2012-01-01', basis: 'young-person-agrees' }));
  for (const label of confidential) assert.ok(young?.withheld.includes(label), label);
});

test('consent is asked of a proxy: what someone keeps from all they keep from those who act for them', () => {
  assert.deepEqual(asProxy(proxy())?.consent, { parties: ['kind:proxy', 'Patient/parent'], use: 'care' });
});

test('a proxy’s grant ends at its time, and on the birthday from which its ground does not hold', () => {
  assert.ok(asProxy(proxy({ until: later })));
  assert.equal(asProxy(proxy({ until: now })), undefined);
  assert.equal(asProxy(proxy({ birthDate: '2015-11-22' })), undefined, '11 today');
  assert.ok(asProxy(proxy({ birthDate: '2015-11-23' })), '11 tomorrow');
  assert.equal(asProxy(proxy({ birthDate: undefined })), undefined, 'perhaps an adult');
  assert.ok(asProxy(proxy({ birthDate: '1940-01-01', basis: 'power-of-attorney' })));
});

test('a grant to act for oneself adds nothing to one’s own record', () => {
  const sight = sightOf(person('P9', 'me'), { ...nothing, proxies: [proxy({ patient: 'me' })] });
  assert.equal(grantsOf(sight, 'persons').length, 1);
});

const anyProxy: fc.Arbitrary<ProxyGrant> = fc.record({
  patient: fc.constantFrom('a', 'b', 'c'),
  birthDate: fc.constantFrom(undefined, '1950-01-01', '2012-01-01', '2020-01-01'),
  basis: fc.constantFrom<ProxyBasis[]>(...new Set(ageRules.flatMap(({ bases }) => bases))),
  scopes: fc.subarray<ProxyScope>([...proxyScopes]),
  withheld: fc.subarray(['http://practice.example|private']),
  until: fc.constantFrom(undefined, now, later),
});
const anyIdentity = fc.oneof(
  fc.constantFrom(...Object.keys(roles), 'unknown').map(staff),
  fc
    .tuple(fc.constantFrom('P0' as const, 'P5' as const, 'P9' as const), fc.constantFrom(undefined, 'a', 'd'))
    .map(([proofing, patient]) => person(proofing, patient)),
);

test('whoever asks, a grant shows something, writes only what it shows, and of persons only those it was given', () => {
  const asked = fc.record({
    now: fc.constant(now),
    purpose: fc.constantFrom('TREAT', 'THREAT', 'HRESCH', 'HOPERAT', 'nonsense'),
    emergencies: fc.array(
      fc.record({ patient: fc.constantFrom('e', 'f'), until: fc.constantFrom(now, later) }),
      { maxLength: 3 },
    ),
    proxies: fc.array(anyProxy, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(anyIdentity, asked, (identity, given) => {
      const living = given.emergencies.filter(({ until }) => until > now).map(({ patient }) => patient);
      const mayOpen =
        identity.kind === 'staff'
          ? living
          : [identity.patient, ...given.proxies.map(({ patient }) => patient)];
      for (const { types, writes, of, only = {} } of sightOf(identity, given).grants) {
        assert.ok(types.length > 0);
        assert.equal(new Set(types).size, types.length);
        assert.deepEqual(
          writes.filter((type) => !types.includes(type)),
          [],
        );
        assert.deepEqual(
          Object.keys(only).filter((type) => !types.includes(type)),
          [],
        );
        if (of.kind === 'persons') for (const id of of.ids) assert.ok(mayOpen.includes(id), id);
        if (identity.kind === 'person') assert.notEqual(of.kind, 'related');
        for (const type of typesIn(['apart'], 'none')) assert.ok(!types.includes(type), type);
      }
    }),
    { numRuns: 1000 },
  );
});
