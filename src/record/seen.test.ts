import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { tester, testRecord } from '../../test/support/record.ts';
import { Problem } from '../platform/problem.ts';
import type { Actor } from './actor.ts';
import type { CareRecord } from './care-record.ts';
import type { Grant } from './sight.ts';

const put = (resource: { resourceType: string; id: string; [name: string]: unknown }) =>
  ({ kind: 'update', type: resource.resourceType, id: resource.id, text: JSON.stringify(resource) }) as const;

const observation = (id: string, patient: string, more: object = {}) => ({
  ...{
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] },
  },
  ...{ subject: { reference: `Patient/${patient}` }, effectiveDateTime: '2024-05-01', ...more },
});

const psychiatry = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSY' };

/** Two people: a is registered at the harbour practice, b at another. */
async function world(t: TestContext): Promise<CareRecord> {
  const { record } = await testRecord(t);
  const all = [
    { resourceType: 'Organization', id: 'harbour', name: 'Harbour Surgery' },
    {
      resourceType: 'Patient',
      id: 'a',
      active: true,
      name: [{ family: 'Ames' }],
      generalPractitioner: [{ reference: 'Organization/harbour' }],
    },
    {
      resourceType: 'Patient',
      id: 'b',
      active: true,
      name: [{ family: 'Ames' }],
      generalPractitioner: [{ reference: 'Organization/hill' }],
    },
    observation('a1', 'a'),
    observation('a2', 'a', { meta: { security: [psychiatry] } }),
    observation('b1', 'b'),
  ];
  await record.commit(tester, all.map(put));
  return record;
}

const sees = (...grants: Partial<Grant>[]): Actor => ({
  ...tester,
  sight: {
    grants: grants.map((grant) => ({
      types: ['Patient', 'Observation', 'Consent', 'Encounter'],
      writes: [],
      of: { kind: 'everyone' },
      withheld: [],
      ...grant,
    })),
  },
});
const harbour = { of: { kind: 'related', parties: ['Organization/harbour'] } } as const;
const idsOf = async (record: CareRecord, actor: Actor, type: string, query: string): Promise<string[]> =>
  (await record.search(actor, type, query)).matches.map(({ id }) => id).sort();

test('a relationship shows a person, and nobody else, by every way in', async (t) => {
  const record = await world(t);
  const gp = sees(harbour);
  assert.deepEqual(await idsOf(record, gp, 'Patient', 'name=ames'), ['a']);
  assert.deepEqual(await idsOf(record, gp, 'Observation', 'code=8480-6'), ['a1', 'a2']);
  assert.deepEqual(await idsOf(record, gp, 'Observation', 'patient=b'), []);
  assert.deepEqual(await idsOf(record, gp, 'Observation', 'subject:Patient.name=ames'), ['a1', 'a2']);
  assert.deepEqual(await idsOf(record, gp, 'Patient', '_has:Observation:patient:code=8480-6'), ['a']);
  assert.equal((await record.search(gp, 'Observation', '_total=accurate&_count=1')).total, 2);
  assert.equal((await record.read(gp, 'Observation', 'a1'))?.id, 'a1');
  assert.equal(await record.read(gp, 'Observation', 'b1'), undefined);
  assert.equal(await record.read(gp, 'Organization', 'harbour'), undefined, 'a type that no grant shows');
  assert.equal(await record.history(gp, 'Observation', 'b1'), undefined);
  assert.equal((await record.history(gp, 'Observation', 'a1'))?.total, 1);
  assert.equal(await record.readVersion(gp, 'Observation', 'b1', 1), undefined);
  assert.deepEqual(
    (await record.history(gp, 'Observation', undefined))?.versions.map(({ id }) => id).sort(),
    ['a1', 'a2'],
  );
  assert.equal(await record.everything(gp, 'b'), undefined);
  assert.equal((await record.everything(gp, 'a'))?.matches.length, 3);
});

test('a withheld label hides the resource from results, counts and links', async (t) => {
  const record = await world(t);
  const actor = sees({ ...harbour, withheld: [`${psychiatry.system}|PSY`] });
  assert.deepEqual(await idsOf(record, actor, 'Observation', 'patient=a'), ['a1']);
  assert.equal((await record.search(actor, 'Observation', 'patient=a&_summary=count')).total, 1);
  assert.equal((await record.everything(actor, 'a'))?.matches.length, 2);
});

test('a consent takes effect at once, spares whom it excepts, and ends when it is withdrawn', async (t) => {
  const record = await world(t);
  const asked = {
    ...harbour,
    consent: { parties: ['Organization/harbour', 'kind:general-practice'], use: 'care' },
  } as const;
  const gp = () => sees(asked);
  const consent = (provision: object, status = 'active') => ({
    ...{
      resourceType: 'Consent',
      id: 'c',
      status,
      patient: { reference: 'Patient/a' },
      dateTime: '2024-01-01',
    },
    scope: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
    },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    ...{ policyRule: { text: 'sharing' }, provision },
  });
  const role = { coding: [{ code: 'IRCP' }] };
  const actorOf = (reference: object) => ({ role, reference });
  const shown = async () => idsOf(record, gp(), 'Observation', 'patient=a');
  const store = (provision: object, status?: string) =>
    record.commit(tester, [put(consent(provision, status))]);

  await store({ type: 'deny', actor: [actorOf({ reference: 'Organization/harbour' })] });
  assert.deepEqual(await shown(), []);
  await store({ type: 'deny', actor: [actorOf({ reference: 'Organization/hill' })] });
  assert.deepEqual(await shown(), ['a1', 'a2']);
  await store({ type: 'deny', securityLabel: [psychiatry] });
  assert.deepEqual(await shown(), ['a1']);
  await store({ type: 'deny', data: [{ meaning: 'instance', reference: { reference: 'Observation/a1' } }] });
  assert.deepEqual(await shown(), ['a2']);
  await store({
    type: 'deny',
    class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Observation' }],
  });
  assert.deepEqual(await shown(), []);
  assert.deepEqual(await idsOf(record, gp(), 'Patient', 'name=ames'), ['a']);
  const kind = {
    identifier: { system: 'https://throughline.example/organisation-kind', value: 'general-practice' },
  };
  await store({ type: 'deny', provision: [{ type: 'permit', actor: [actorOf(kind)] }] });
  assert.deepEqual(await shown(), ['a1', 'a2'], 'all are denied, this kind is not');
  await store({ type: 'deny', period: { end: '2020' } });
  assert.deepEqual(await shown(), ['a1', 'a2'], 'it has lapsed');
  await store({ type: 'deny' });
  assert.deepEqual(await shown(), []);
  await store({ type: 'deny' }, 'inactive');
  assert.deepEqual(await shown(), ['a1', 'a2']);
});

test('a scope bounded by a search shows only what the search finds', async (t) => {
  const record = await world(t);
  const actor = sees({ only: { Observation: ['_security=PSY', 'date=lt2000'] } });
  assert.deepEqual(await idsOf(record, actor, 'Observation', ''), ['a2']);
  assert.deepEqual(await idsOf(record, actor, 'Patient', ''), ['a', 'b']);
});

test('what may not be written is refused alike, there or not, and the refusal is in the audit log', async (t) => {
  const record = await world(t);
  const nurse = sees({ ...harbour, writes: ['Observation'] });
  const refused = async (work: Promise<unknown>): Promise<string> => {
    const error = await work.then(
      () => assert.fail('it was written'),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof Problem && error.status === 403);
    return error.message;
  };
  const { id: _id, ...fresh } = observation('', 'b');
  await refused(record.commit(nurse, [{ kind: 'create', text: JSON.stringify(fresh) }]));
  const hidden = await refused(record.commit(nurse, [put(observation('b1', 'b', { status: 'amended' }))]));
  const absent = await refused(record.commit(nurse, [put(observation('zz', 'a'))]));
  assert.equal(hidden.replace('b1', 'x'), absent.replace('zz', 'x'));
  await refused(record.commit(nurse, [{ kind: 'delete', type: 'Observation', id: 'b1' }]));
  await refused(record.commit(nurse, [put(observation('a1', 'b'))]));
  const own = { ...fresh, subject: { reference: 'Patient/a' } };
  const made = await record.commit(nurse, [{ kind: 'create', text: JSON.stringify(own) }]);
  assert.equal(made.results[0]?.outcome, 'created');
  const changed = await record.commit(nurse, [put(observation('a1', 'a', { status: 'amended' }))]);
  assert.equal(changed.results[0]?.outcome, 'updated');
});

test('what was deleted is as if it had not been, save to those who see it whatever it held', async (t) => {
  const record = await world(t);
  await record.commit(tester, [{ kind: 'delete', type: 'Observation', id: 'a1' }]);
  const asked = { parties: ['Organization/harbour'], use: 'care' } as const;
  assert.equal(await record.read(sees({ ...harbour, consent: asked }), 'Observation', 'a1'), undefined);
  await assert.rejects(record.read(sees(harbour), 'Observation', 'a1'), { status: 410 });
});
