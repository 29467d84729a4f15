/** Ways to what one may not see, tried one by one on the record: old page links, conditions, earlier versions, other people's things. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Problem } from '../src/platform/problem.ts';
import type { Actor } from '../src/record/actor.ts';
import type { CareRecord, Page } from '../src/record/care-record.ts';
import type { Grant, Whose } from '../src/record/sight.ts';
import { tester, testRecord } from './support/record.ts';
import { now } from './support/search-tables.ts';
import { put } from './support/searching.ts';

const day = 86_400_000;
const types = [
  'Patient',
  'Observation',
  'Task',
  'Appointment',
  'Organization',
  'Consent',
  'EpisodeOfCare',
  'ValueSet',
];
const grant = (of: Whose, more: Partial<Grant> = {}): Grant => ({
  types,
  writes: types,
  of,
  withheld: [],
  ...more,
});
const actorOf = (...grants: Grant[]): Actor => ({ ...tester, id: 'Practitioner/9', sight: { grants } });
const community = actorOf(grant({ kind: 'related', parties: ['Organization/community'] }));
const asP2 = actorOf(grant({ kind: 'persons', ids: ['2'] }));

const observation = (id: string, patient: string, more: object = {}): object => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text: 'weight' },
  subject: { reference: `Patient/${patient}` },
  ...more,
});
const privacyConsent = {
  resourceType: 'Consent',
  id: 'deny',
  status: 'active',
  scope: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
  },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: 'Patient/1' },
  policyRule: { text: 'as the person says' },
  provision: { type: 'deny' },
};

/** Two people; the first on the caseload of Organization/community until the end of May, which still reads until the end of August. */
async function region(t: test.TestContext): Promise<{ record: CareRecord; later: (ms: number) => void }> {
  let moment = now;
  const { record } = await testRecord(t, { clock: { now: () => moment } });
  await put(
    record,
    { resourceType: 'Patient', id: '1', identifier: [{ system: 'urn:x', value: 'one' }] },
    { resourceType: 'Patient', id: '2', identifier: [{ system: 'urn:x', value: 'two' }] },
    { resourceType: 'Organization', id: 'community', name: 'Community' },
    {
      resourceType: 'EpisodeOfCare',
      id: 'episode',
      status: 'finished',
      patient: { reference: 'Patient/1' },
      managingOrganization: { reference: 'Organization/community' },
      period: { start: '2024-01-01', end: '2024-05-30' },
    },
    ...['a', 'b', 'c', 'd'].map((id) => observation(id, '1')),
    observation('z', '2'),
  );
  return {
    record,
    later: (ms) => {
      moment += ms;
    },
  };
}

const names = (page: Page | undefined): string[] | undefined =>
  page?.matches.map(({ type, id }) => `${type}/${id}`);
const link = (next: string | undefined): string => `_page=${encodeURIComponent(next ?? '')}`;

const refusal = async (work: Promise<unknown>): Promise<Problem> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Problem);
  return error;
};

test('a page link of someone who sees more shows no more', async (t) => {
  const { record } = await region(t);
  const first = await record.search(tester, 'Observation', '_count=2&_sort=_id');
  const page = await record.search(asP2, 'Observation', `_count=2&_sort=_id&${link(first.next)}`);
  assert.deepEqual([names(page), page.next], [['Observation/z'], undefined]);
});

test('a page link ends with the relationship', async (t) => {
  const { record, later } = await region(t);
  const plain = await record.search(community, 'Observation', '_count=2');
  const sorted = await record.search(community, 'Observation', '_count=2&_sort=_id');
  const everything = await record.everything(community, '1', { count: 2 });
  const history = await record.history(community, 'Observation', undefined, { count: 2 });
  assert.equal(plain.matches.length, 2);
  assert.ok(everything?.next && history?.next);
  later(200 * day);
  for (const query of [`_count=2&${link(plain.next)}`, `_count=2&_sort=_id&${link(sorted.next)}`])
    assert.deepEqual(names(await record.search(community, 'Observation', query)), []);
  const rest = await record.everything(community, '1', { count: 2, cursor: everything.next });
  assert.deepEqual(names(rest) ?? [], []);
  const versions = await record.history(community, 'Observation', undefined, { cursor: history.next });
  assert.deepEqual(versions?.versions, []);
});

test('a page link ends with the consent', async (t) => {
  const { record } = await region(t);
  const consenting = actorOf(
    grant(
      { kind: 'related', parties: ['Organization/community'] },
      { consent: { parties: ['Organization/community'], use: 'care' } },
    ),
  );
  const first = await record.search(consenting, 'Observation', '_count=2');
  assert.equal(first.matches.length, 2);
  await put(record, privacyConsent);
  assert.deepEqual(names(await record.search(consenting, 'Observation', `_count=2&${link(first.next)}`)), []);
});

test('a reference by condition, and a value set, that are hidden are as if they were not there', async (t) => {
  const { record } = await region(t);
  const include = [{ system: 'urn:s', concept: [{ code: 'k' }] }];
  await put(record, { resourceType: 'ValueSet', id: 'v', status: 'active', compose: { include } });
  const pointing = (value: string): string => {
    const { id: _, ...rest } = observation('', '2') as { id: string };
    const resource = { ...rest, performer: [{ reference: `Patient?identifier=urn:x|${value}` }] };
    const entry = [{ request: { method: 'POST', url: 'Observation' }, resource }];
    return JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
  };
  const hidden = await refusal(record.bundle(asP2, pointing('one')));
  const absent = await refusal(record.bundle(asP2, pointing('none')));
  assert.equal(hidden.status, absent.status);
  assert.equal(hidden.message.replace('|one', ''), absent.message.replace('|none', ''));
  await record.bundle(asP2, pointing('two'));
  const hiddenSet = await refusal(record.search(asP2, 'Observation', 'code:in=ValueSet/v'));
  const absentSet = await refusal(record.search(asP2, 'Observation', 'code:in=ValueSet/w'));
  assert.equal(hiddenSet.message.replace('ValueSet/v', ''), absentSet.message.replace('ValueSet/w', ''));
});

test('nobody makes the relationship by which they would see, nor with the write that needs it', async (t) => {
  const { record } = await region(t);
  const managingOrganization = { reference: 'Organization/community' };
  const episode = {
    resourceType: 'EpisodeOfCare',
    status: 'active',
    patient: { reference: 'Patient/2' },
    managingOrganization,
  };
  const made = { kind: 'create', text: JSON.stringify(episode) } as const;
  const seen = { kind: 'create', text: JSON.stringify({ ...observation('x', '2'), id: undefined }) } as const;
  const taken = { resourceType: 'Patient', id: '2', managingOrganization };
  const take = { kind: 'update', type: 'Patient', id: '2', text: JSON.stringify(taken) } as const;
  for (const changes of [[made], [made, seen], [take]])
    assert.equal((await refusal(record.commit(community, changes))).status, 403);
});

test('a task about someone is not nobody’s', async (t) => {
  const { record } = await region(t);
  const task = { resourceType: 'Task', id: 't', status: 'requested', intent: 'order' };
  await put(record, { ...task, for: { reference: 'Patient/1' } });
  const nobodys = actorOf(grant({ kind: 'nobody' }));
  assert.deepEqual(names(await record.search(nobodys, 'Task', '')), []);
  assert.equal(await record.read(nobodys, 'Task', 't'), undefined);
});

test('what names no person is not seen by a relationship with a person', async (t) => {
  const { record } = await region(t);
  const owner = { reference: 'Organization/community' };
  const authoredOn = '2024-05-30';
  await put(record, {
    resourceType: 'Task',
    id: 't',
    status: 'requested',
    intent: 'order',
    authoredOn,
    owner,
  });
  assert.equal(await record.read(community, 'Task', 't'), undefined);
});

test('an appointment of two people is a relationship with the one whose record it lives in', async (t) => {
  const { record } = await region(t);
  const who = ['Patient/1', 'Patient/2', 'Practitioner/midwife'];
  await put(record, {
    resourceType: 'Appointment',
    id: 'of-two',
    status: 'booked',
    start: '2024-06-02T09:00:00Z',
    end: '2024-06-02T09:10:00Z',
    participant: who.map((reference) => ({ actor: { reference }, status: 'accepted' })),
  });
  const midwife = actorOf(grant({ kind: 'related', parties: ['Practitioner/midwife'] }));
  const page = await record.search(midwife, 'Patient', '_sort=_id');
  assert.deepEqual(names(page), ['Patient/1']);
});

test('an earlier version that was another person’s, or bore a label withheld, is not shown', async (t) => {
  const { record } = await region(t);
  const meta = { security: [{ system: 'urn:label', code: 'R' }] };
  await put(record, observation('misfiled', '1', { valueString: 'of the first' }));
  await put(record, observation('misfiled', '2', { valueString: 'of the second' }));
  await put(record, observation('labelled', '2', { valueString: 'confidential', meta }));
  await put(record, observation('labelled', '2', { valueString: 'open' }));
  const withheld = actorOf(grant({ kind: 'persons', ids: ['2'] }, { withheld: ['urn:label|R'] }));
  for (const id of ['misfiled', 'labelled']) {
    assert.ok(await record.readVersion(withheld, 'Observation', id, 2));
    assert.equal(await record.readVersion(withheld, 'Observation', id, 1), undefined, id);
    const history = await record.history(withheld, 'Observation', id);
    assert.deepEqual(
      history?.versions.map(({ version }) => version),
      [2],
    );
  }
});
