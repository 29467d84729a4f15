import assert from 'node:assert/strict';
import test from 'node:test';
import type { Resource } from '@medplum/fhirtypes';
import { tester, testRecord } from '../../../test/support/record.ts';
import { Problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import type { CareRecord, Change } from '../../record/care-record.ts';
import type { Identity, StaffIdentity } from '../identity.ts';
import { type SightAsked, sightOf } from './sight-of.ts';

const now = Date.parse('2026-11-22T10:00:00Z');
const nothing: SightAsked = { now, emergencies: [], proxies: [] };
const signedIn = {
  account: '0d1b4c1e-6a3b-4f4c-8f53-0a0e9b8c1d2e',
  name: 'Someone',
  session: 's',
  method: 'passkey',
  authenticatedAt: now,
} as const;

const at = (place: string, role: string, user = role): StaffIdentity => ({
  ...signedIn,
  kind: 'staff',
  user: `Practitioner/${user}`,
  post: {
    role,
    organisation: `Organization/${place}`,
    organisationKinds: [],
    parties: [`Organization/${place}`],
  },
});
const me: Identity = { ...signedIn, kind: 'person', patient: 'alice', proofing: 'P9' };

const seen = (identity: Identity, asked: SightAsked = nothing): Actor => ({
  ...tester,
  sight: sightOf(identity, asked),
});

const label = (system: string, code: string) => ({
  meta: { security: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }] },
});
const alice = { reference: 'Patient/alice' };

const documentOf = (id: string, file: string, more: object = {}) => ({
  ...{ resourceType: 'DocumentReference', id, status: 'current', subject: alice, ...more },
  content: [{ attachment: { contentType: 'text/plain', url: `Binary/${file}` } }],
});

/** Alice is registered with a practice, was referred to a hospital, and is nobody's else. */
const world: readonly object[] = [
  { resourceType: 'Organization', id: 'practice', name: 'Practice' },
  { resourceType: 'Organization', id: 'hospital', name: 'Hospital' },
  { resourceType: 'Patient', id: 'alice', generalPractitioner: [{ reference: 'Organization/practice' }] },
  { resourceType: 'Patient', id: 'bob' },
  { resourceType: 'Condition', id: 'asthma', subject: alice, code: { text: 'Asthma' } },
  {
    resourceType: 'Condition',
    id: 'hiv',
    subject: alice,
    code: { text: 'HIV' },
    ...label('v3-ActCode', 'HIV'),
  },
  {
    ...{ resourceType: 'Condition', id: 'abuse', subject: alice, code: { text: 'Abuse' } },
    ...label('v3-Confidentiality', 'V'),
  },
  { resourceType: 'Condition', id: 'bobs', subject: { reference: 'Patient/bob' }, code: { text: 'Gout' } },
  {
    ...{ resourceType: 'Condition', id: 'untold', subject: alice, code: { text: 'Not yet told' } },
    ...label('v3-ActCode', 'NOPAT'),
  },
  {
    ...{ resourceType: 'ServiceRequest', id: 'referral', subject: alice, status: 'active', intent: 'order' },
    ...{ authoredOn: '2026-11-01', performer: [{ reference: 'Organization/hospital' }] },
  },
  {
    ...{
      resourceType: 'Flag',
      id: 'plan',
      subject: alice,
      status: 'active',
      code: { text: 'Protection plan' },
    },
  },
  {
    ...{ resourceType: 'Task', id: 'call', status: 'requested', intent: 'order', for: alice },
    owner: { reference: 'Organization/practice' },
  },
  {
    ...{
      resourceType: 'Task',
      id: 'asked',
      status: 'requested',
      intent: 'order',
      for: alice,
      requester: alice,
    },
  },
  { resourceType: 'Device', id: 'pacemaker', patient: alice },
  { resourceType: 'Device', id: 'scanner' },
  { resourceType: 'Binary', id: 'loose', contentType: 'text/plain', data: 'aGVsbG8=' },
  ...['letter', 'private', 'twice', 'unheld', 'others'].map((id) => ({
    ...{ resourceType: 'Binary', id, contentType: 'text/plain', data: 'aGVsbG8=' },
    securityContext: id === 'others' ? { reference: 'Patient/bob' } : alice,
  })),
  documentOf('clinic', 'letter'),
  documentOf('trauma', 'private', label('v3-Confidentiality', 'V')),
  documentOf('open-copy', 'twice'),
  documentOf('kept-copy', 'twice', label('v3-Confidentiality', 'V')),
  // Held by a document of someone else alone.
  documentOf('borrowed', 'others'),
];

async function filled(t: Parameters<typeof testRecord>[0]): Promise<CareRecord> {
  const { record } = await testRecord(t, { clock: { now: () => now } });
  await record.commit(
    tester,
    world.map((resource) => {
      const { resourceType: type, id = '' } = resource as Resource;
      return { kind: 'update', type, id, text: JSON.stringify(resource) };
    }),
  );
  return record;
}

test('each sees of a record what role, relationship and label leave', async (t) => {
  const record = await filled(t);
  const ids = async (actor: Actor, type: string, query = ''): Promise<string[]> =>
    (await record.search(actor, type, query)).matches.map(({ id }) => id).sort();
  const conditions = async (identity: Identity, asked?: SightAsked) =>
    ids(seen(identity, asked), 'Condition');

  await t.test('by role and label', async () => {
    assert.deepEqual(await conditions(at('practice', 'gp')), ['abuse', 'asthma', 'hiv', 'untold']);
    assert.deepEqual(await conditions(at('practice', 'nurse')), ['asthma', 'hiv', 'untold']);
    assert.deepEqual(await conditions(at('practice', 'physiotherapist')), ['asthma', 'untold']);
    assert.deepEqual(await conditions(at('practice', 'receptionist')), []);
    assert.deepEqual(await ids(seen(at('practice', 'receptionist')), 'Patient'), ['alice']);
    assert.deepEqual(await conditions(me), ['abuse', 'asthma', 'hiv']);
  });

  await t.test('by relationship', async () => {
    assert.deepEqual(await conditions(at('hospital', 'consultant')), ['asthma', 'hiv', 'untold']);
    assert.deepEqual(await conditions(at('elsewhere', 'gp')), []);
    assert.equal(await record.read(seen(at('elsewhere', 'gp')), 'Patient', 'alice'), undefined);
  });

  await t.test('in an emergency, the person asked for and no one else', async () => {
    const emergencies = [{ patient: 'bob', until: now + 1 }];
    const asked = { ...nothing, emergencies };
    assert.deepEqual(await conditions(at('elsewhere', 'paramedic'), asked), ['bobs']);
    assert.deepEqual(await conditions(at('elsewhere', 'receptionist'), asked), []);
  });

  await t.test('files as the documents that hold them', async () => {
    const files = async (identity: Identity, asked?: SightAsked) => ids(seen(identity, asked), 'Binary');
    assert.deepEqual(
      await files(at('practice', 'nurse')),
      ['letter'],
      'a copy that is kept back keeps the file',
    );
    assert.deepEqual(await files(at('practice', 'gp')), ['letter', 'private', 'twice']);
    assert.deepEqual(await files(at('practice', 'receptionist')), []);
    assert.deepEqual(await files(at('elsewhere', 'gp')), []);
    assert.deepEqual(await files(me), ['letter', 'private', 'twice']);
    assert.equal(await record.read(seen(at('practice', 'nurse')), 'Binary', 'private'), undefined);
    const emergencies = [{ patient: 'bob', until: now + 1 }];
    assert.deepEqual(await files(at('elsewhere', 'paramedic'), { ...nothing, emergencies }), ['others']);
    assert.deepEqual(await ids(tester, 'Binary'), [
      ...['letter', 'loose', 'others', 'private', 'twice', 'unheld'],
    ]);
  });

  await t.test('tasks by whose they are, devices by whose they are not, loose files by no one', async () => {
    assert.deepEqual(await ids(seen(at('practice', 'gp')), 'Task'), ['call']);
    assert.deepEqual(await ids(seen(at('hospital', 'consultant')), 'Task'), []);
    assert.deepEqual(await ids(seen(me), 'Task'), ['asked']);
    assert.deepEqual(await ids(seen(at('practice', 'gp')), 'Device'), ['scanner']);
    assert.deepEqual(await ids(seen(me), 'Device'), ['pacemaker']);
    assert.equal(await record.read(seen(at('practice', 'gp')), 'Binary', 'loose'), undefined);
    assert.equal(await record.read(seen(at('practice', 'gp')), 'Binary', 'unheld'), undefined);
  });

  await t.test('those who run the system, names and places alone', async () => {
    for (const role of ['administrator', 'analyst', 'researcher', 'connectivity-lead']) {
      const actor = seen(at('practice', role));
      assert.deepEqual(await ids(actor, 'Patient'), [], role);
      assert.deepEqual(await conditions(at('practice', role)), [], role);
      assert.deepEqual(await ids(actor, 'Organization'), ['hospital', 'practice'], role);
    }
    const governance = seen(at('practice', 'information-governance'));
    assert.deepEqual(await ids(governance, 'Patient'), ['alice', 'bob']);
    assert.deepEqual(await ids(governance, 'Condition'), []);
  });

  await t.test('a choice to keep one letter back keeps its file back', async () => {
    const consent = {
      ...{ resourceType: 'Consent', id: 'letter-choice', status: 'active', patient: alice },
      scope: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
      },
      category: [{ text: 'Sharing choice' }],
      policyRule: { text: 'The person’s choice' },
      provision: {
        type: 'deny',
        data: [{ meaning: 'instance', reference: { reference: 'DocumentReference/clinic' } }],
      },
    };
    const put: Change = {
      ...{ kind: 'update', type: 'Consent', id: 'letter-choice', text: JSON.stringify(consent) },
    };
    await record.commit(tester, [put]);
    assert.deepEqual(await ids(seen(at('practice', 'gp')), 'Binary'), ['private', 'twice']);
    assert.deepEqual(await ids(seen(me), 'Binary'), ['letter', 'private', 'twice']);
    await record.commit(tester, [{ kind: 'delete', type: 'Consent', id: 'letter-choice' }]);
  });

  await t.test('a choice not to share hides flags as well, save for safeguarding', async () => {
    const consent = {
      ...{ resourceType: 'Consent', id: 'choice', status: 'active', patient: alice },
      scope: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
      },
      category: [{ text: 'Sharing choice' }],
      policyRule: { text: 'The person’s choice' },
      provision: { type: 'deny', period: { start: '2026-01-01' } },
    };
    await record.commit(tester, [
      { kind: 'update', type: 'Consent', id: 'choice', text: JSON.stringify(consent) },
    ]);
    const lead = at('practice', 'safeguarding-lead');
    assert.deepEqual(await ids(seen(lead), 'Flag'), []);
    assert.deepEqual(await ids(seen(lead, { ...nothing, purpose: 'THREAT' }), 'Flag'), ['plan']);
    assert.deepEqual(await ids(seen(lead, { ...nothing, purpose: 'THREAT' }), 'Condition'), []);
    assert.deepEqual(await conditions(me), ['abuse', 'asthma', 'hiv'], 'never from the person themself');
  });
});

test('a role changes what it writes and nothing else', async (t) => {
  const record = await filled(t);
  const write = async (identity: Identity, resource: object): Promise<string> => {
    const { resourceType: type, id } = resource as Resource;
    const text = JSON.stringify(resource);
    const change: Change = id === undefined ? { kind: 'create', text } : { kind: 'update', type, id, text };
    try {
      const { results } = await record.commit(seen(identity), [change]);
      return results[0]?.outcome ?? 'nothing';
    } catch (error) {
      return error instanceof Problem ? String(error.status) : String(error);
    }
  };
  const prescription = {
    ...{ resourceType: 'MedicationRequest', subject: alice, status: 'active', intent: 'order' },
    medicationCodeableConcept: { text: 'Salbutamol' },
  };
  assert.equal(await write(at('practice', 'nurse'), prescription), '403');
  assert.equal(await write(at('practice', 'gp'), prescription), 'created');
  assert.equal(await write(at('elsewhere', 'gp'), prescription), '403');
  assert.equal(await write(me, prescription), '403');
  const message = {
    ...{ resourceType: 'Communication', subject: alice, sender: alice, status: 'completed' },
    payload: [{ contentString: 'Thank you' }],
  };
  assert.equal(await write(me, message), 'created');
  assert.equal(
    await write(me, { ...message, subject: { reference: 'Patient/bob' }, sender: undefined }),
    '403',
  );

  const diagnosis = { resourceType: 'Condition', id: 'asthma', subject: alice, code: { text: 'Cured' } };
  assert.equal(await write(at('practice', 'receptionist'), diagnosis), '403');
  assert.equal(await write(at('elsewhere', 'gp'), diagnosis), '403');
  assert.equal(await write(me, diagnosis), '403');
  assert.equal(
    await write(at('practice', 'gp'), { ...diagnosis, subject: { reference: 'Patient/bob' } }),
    '403',
    'into the record of someone without a relationship',
  );
  assert.equal(await write(at('practice', 'nurse'), diagnosis), 'updated');
});
