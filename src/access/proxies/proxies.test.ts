import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Consent, Patient, RelatedPerson } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { tester, testRecord } from '../../../test/support/record.ts';
import { validate } from '../../fhir/validate.ts';
import { uuidv7 } from '../../platform/ids.ts';
import { Problem } from '../../platform/problem.ts';
import { resourceOf } from '../../record/care-record.ts';
import { consentRulesOf } from '../../record/consent-rules.ts';
import { recordMigrations } from '../../record/schema.ts';
import type { PersonIdentity, StaffIdentity } from '../identity.ts';
import type { SecurityEvent } from '../security-log.ts';
import { ageRule } from '../sight/age-rules.ts';
import { endOfGrant, openProxies } from './proxies.ts';
import type { Approval, ProxyAsk, ProxyRequest } from './proxy.ts';
import { proxyMigrations } from './schema.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
const year = 365 * 86_400_000;

const ruth: PersonIdentity = {
  kind: 'person',
  account: '11111111-1111-4111-8111-111111111111',
  name: 'Ruth Ashworth',
  session: 's',
  method: 'passkey',
  authenticatedAt: start,
  patient: 'ruth',
  proofing: 'P9',
};
const stranger: PersonIdentity = {
  ...ruth,
  account: '22222222-2222-4222-8222-222222222222',
  name: 'Mallory Grey',
  patient: 'mallory',
};
const asPatient = (patient: string): PersonIdentity => ({
  ...ruth,
  account: `account-${patient}`,
  name: patient,
  patient,
});

const staff = (account: string, practice: string, role = 'practice-manager'): StaffIdentity => ({
  kind: 'staff',
  account,
  name: `Staff ${account}`,
  session: 's',
  method: 'passkey',
  authenticatedAt: start,
  user: `Practitioner/${account}`,
  post: {
    role,
    organisation: `Organization/${practice}`,
    organisationKinds: ['general-practice'],
    parties: [`Organization/${practice}`],
  },
});
const rita = staff('rita', 'practice');
const elsewhere = staff('eve', 'other-practice');

const patient = (id: string, number: string, birthDate: string, practice = 'practice'): Patient => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: number }],
  birthDate,
  generalPractitioner: [{ reference: `Organization/${practice}` }],
});
const people: Readonly<Record<string, Patient>> = {
  ruth: patient('ruth', '9990000018', '1980-03-08'),
  sam: patient('sam', '9990000026', '2018-05-01'),
  teen: patient('teen', '9990000034', '2012-05-01'),
  margaret: patient('margaret', '9000000009', '1950-01-01'),
};

const bare = {
  ...{ id: 'x', askerAccount: 'a', askerName: 'A', personName: 'B', relationship: 'parent' },
  ...{ scopes: [], evidence: '', asked: 0 },
};

async function opened(t: TestContext) {
  const time = { now: start };
  const clock = { now: () => time.now };
  const migrations = [...recordMigrations, ...proxyMigrations];
  const { record, database } = await testRecord(t, { clock, migrations });
  const put = (resource: Patient) =>
    record.commit(tester, [
      { kind: 'update', type: 'Patient', id: resource.id!, text: JSON.stringify(resource) },
    ]);
  for (const one of Object.values(people)) await put(one);
  const events: SecurityEvent[] = [];
  const log = { record: async (event: SecurityEvent) => void events.push(event) };
  const parts = {
    database,
    record,
    clock,
    newId: uuidv7(clock),
    securityLog: log,
  };
  const proxies = openProxies(parts);
  const newForm = uuidv7(clock);
  const askFor = (whom: string, changes: Partial<ProxyAsk> = {}): ProxyAsk => ({
    form: newForm(),
    nhsNumber: people[whom]?.identifier?.[0]?.value ?? '9449304130',
    birthDate: people[whom]?.birthDate ?? '1999-01-01',
    personName: whom,
    relationship: 'parent',
    scopes: ['appointments', 'record'],
    evidence: 'Birth certificate',
    ...changes,
  });
  const yes = (changes: Partial<Approval> = {}): Approval => ({
    scopes: ['appointments', 'record'],
    until: start + 2 * year,
    basis: 'parental-responsibility',
    checked: 'Birth certificate seen',
    ...changes,
  });
  const approved = async (whom: string, changes: Partial<Approval> = {}) => {
    const { id } = await proxies.ask(ruth, askFor(whom), tester);
    return proxies.approve(rita, id, yes(changes), tester);
  };
  return { proxies, parts, record, database, events, time, askFor, yes, approved, put };
}

const refused = (status: number) => (error: unknown) => error instanceof Problem && error.status === status;

test('a request waits for the practice, which agrees to a part of it until a day', async (t) => {
  const { proxies, askFor, yes, events, record } = await opened(t);
  const own = await proxies.ask(ruth, askFor('sam'), tester);
  assert.equal(own.state, 'waiting');
  assert.deepEqual(await proxies.proxiesOf(ruth.account, start), []);
  const [waiting, ...more] = await proxies.ofPractice(rita, tester);
  assert.deepEqual([waiting?.id, waiting?.patient, more.length], [own.id, 'sam', 0]);

  await proxies.approve(rita, own.id, yes({ scopes: ['appointments'] }), tester);
  const [grant, ...others] = await proxies.proxiesOf(ruth.account, start);
  assert.equal(others.length, 0);
  assert.deepEqual(
    { ...grant, withheld: [] },
    {
      patient: 'sam',
      birthDate: '2018-05-01',
      basis: 'parental-responsibility',
      scopes: ['appointments'],
      withheld: [],
      until: start + 2 * year,
    },
  );
  assert.ok(grant?.withheld.includes('http://terminology.hl7.org/CodeSystem/v3-Confidentiality|R'));
  assert.deepEqual(await proxies.proxiesOf('ruth', start), [grant]);
  assert.deepEqual(
    events.map(({ kind, outcome, patient, who }) => [kind, outcome, patient, who.id]),
    [
      ['proxy-changed', 'success', 'sam', 'Patient/ruth'],
      ['proxy-changed', 'success', 'sam', 'Practitioner/rita'],
    ],
  );

  const related = resourceOf<RelatedPerson>((await record.read(tester, 'RelatedPerson', own.id))!);
  const consent = resourceOf<Consent>((await record.read(tester, 'Consent', own.id))!);
  assert.deepEqual(validate(related), []);
  assert.deepEqual(validate(consent), []);
  assert.equal(related.active, true);
  assert.equal(related.relationship?.[0]?.coding?.[0]?.code, 'PRN');
  assert.equal(consent.provision?.code?.[0]?.coding?.[0]?.code, 'appointments');
  assert.deepEqual(consentRulesOf(consent), []); // it keeps nothing from anyone
});

test('each scope, ground and relationship makes valid resources, ended ones too', async (t) => {
  const { proxies, askFor, yes, record } = await opened(t);
  for (const [whom, relationship, basis] of [
    ['sam', 'guardian', 'best-interests'],
    ['teen', 'carer', 'young-person-agrees'],
    ['margaret', 'power-of-attorney', 'power-of-attorney'],
    ['margaret', 'carer', 'own-consent'],
    ['margaret', 'power-of-attorney', 'court-deputy'],
  ] as const) {
    const scopes = ['appointments', 'medicines', 'record', 'messages'] as const;
    const { id } = await proxies.ask(ruth, askFor(whom, { relationship, scopes }), tester);
    await proxies.approve(rita, id, yes({ basis, scopes }), tester);
    await proxies.end(rita, id, 'No longer needed', tester);
    for (const type of ['RelatedPerson', 'Consent'])
      for (const version of [1, 2]) {
        const stored = await record.readVersion(tester, type, id, version);
        assert.deepEqual(validate(resourceOf(stored!)), []);
      }
  }
});

test('the asker is not told whether the record knows such a person', async (t) => {
  const { proxies, askFor } = await opened(t);
  const known = await proxies.ask(ruth, askFor('sam', { personName: 'X' }), tester);
  const unknown = await proxies.ask(ruth, askFor('nobody', { personName: 'X' }), tester);
  const wrongDay = await proxies.ask(
    ruth,
    askFor('sam', { personName: 'X', birthDate: '2018-05-02' }),
    tester,
  );
  const bare = ({ id: _, ...rest }: object & { id: string }) => rest;
  assert.deepEqual(bare(known), bare(unknown));
  assert.deepEqual(bare(known), bare(wrongDay));
  assert.equal((await proxies.ofPractice(rita, tester)).length, 1);
});

test('a request needs a proved identity, whole answers, and another person than oneself', async (t) => {
  const { proxies, askFor } = await opened(t);
  await assert.rejects(proxies.ask({ ...ruth, proofing: 'P5' }, askFor('sam'), tester), refused(403));
  for (const changes of [
    { form: 'x' },
    { nhsNumber: '99' },
    { birthDate: '2018' },
    { relationship: 'constructor' },
    { scopes: [] },
    { scopes: ['everything' as 'record'] },
    { evidence: '  ' },
    { personName: 'x'.repeat(1001) },
  ])
    await assert.rejects(proxies.ask(ruth, askFor('sam', changes), tester), refused(422));
  await assert.rejects(proxies.ask(ruth, askFor('ruth'), tester), refused(422));
});

test('the same form sent twice asks once, and at most five requests wait', async (t) => {
  const { proxies, askFor } = await opened(t);
  const form = askFor('sam');
  const both = await Promise.all([proxies.ask(ruth, form, tester), proxies.ask(ruth, form, tester)]);
  assert.equal(both[0]?.id, both[1]?.id);
  for (let i = 0; i < 4; i += 1) await proxies.ask(ruth, askFor('nobody'), tester);
  await assert.rejects(proxies.ask(ruth, askFor('sam'), tester), refused(429));
  assert.ok(await proxies.ask(stranger, form, tester)); // another's form is another's request
  assert.equal((await proxies.ofAsker(ruth)).length, 5);
});

test('only the practice where the person is registered sees and decides', async (t) => {
  const { proxies, askFor, yes, events } = await opened(t);
  const { id } = await proxies.ask(ruth, askFor('sam'), tester);
  assert.deepEqual(await proxies.ofPractice(elsewhere, tester), []);
  for (const attempt of [
    () => proxies.read(elsewhere, id, tester),
    () => proxies.approve(elsewhere, id, yes(), tester),
    () => proxies.refuse(elsewhere, id, 'No', tester),
    () => proxies.end(elsewhere, id, 'No', tester),
  ])
    await assert.rejects(attempt(), refused(404));
  assert.equal(events.filter(({ outcome }) => outcome === 'failure').length, 4);
  await assert.rejects(
    proxies.approve(staff('ann', 'practice', 'receptionist'), id, yes(), tester),
    refused(403),
  );
  await assert.rejects(proxies.ofPractice(staff('ann', 'practice', 'receptionist'), tester), refused(403));
  for (const wrong of ['x', '00000000-0000-4000-8000-000000000000'])
    await assert.rejects(proxies.approve(rita, wrong, yes(), tester), refused(404));
});

test('a request for someone who is not known can be decided by nobody', async (t) => {
  const { proxies, askFor, yes } = await opened(t);
  const { id } = await proxies.ask(ruth, askFor('nobody'), tester);
  await assert.rejects(proxies.approve(rita, id, yes(), tester), refused(404));
});

test('when the person moves, the request and the power to end go to the new practice', async (t) => {
  const { proxies, askFor, yes, put } = await opened(t);
  const { id } = await proxies.ask(ruth, askFor('sam'), tester);
  await put(patient('sam', '9990000026', '2018-05-01', 'other-practice'));
  await assert.rejects(proxies.approve(rita, id, yes(), tester), refused(404));
  assert.deepEqual(await proxies.ofPractice(rita, tester), []);
  assert.equal((await proxies.ofPractice(elsewhere, tester)).length, 1);
  assert.equal((await proxies.approve(elsewhere, id, yes(), tester)).state, 'approved');
});

test('nobody decides their own request, with this account or as staff with their name', async (t) => {
  const { proxies, askFor, yes, events } = await opened(t);
  const { id } = await proxies.ask(ruth, askFor('sam'), tester);
  const same = { ...rita, account: ruth.account };
  const named = { ...rita, name: 'Dr RUTH  Ashworth' };
  for (const self of [same, named]) {
    await assert.rejects(proxies.approve(self, id, yes(), tester), refused(403));
    await assert.rejects(proxies.refuse(self, id, 'No', tester), refused(403));
  }
  assert.equal(events.filter(({ outcome }) => outcome === 'failure').length, 4);
  assert.deepEqual(await proxies.proxiesOf(ruth.account, start), []);
});

test('of two decisions at once one stands, and the other is told', async (t) => {
  const { proxies, askFor, yes, record } = await opened(t);
  const { id } = await proxies.ask(ruth, askFor('sam'), tester);
  const both = await Promise.allSettled([
    proxies.approve(rita, id, yes(), tester),
    proxies.refuse(staff('rob', 'practice'), id, 'Not enough to show it', tester),
  ]);
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  const lost = both.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
  assert.ok(refused(409)(lost.reason));
  const agreed = both[0]?.status === 'fulfilled';
  assert.equal((await proxies.proxiesOf(ruth.account, start)).length, agreed ? 1 : 0);
  assert.equal((await record.read(tester, 'RelatedPerson', id)) !== undefined, agreed);
});

test('a practice agrees to no more than was asked, for a ground of the person’s age, to a day within five years', async (t) => {
  const { proxies, askFor, yes } = await opened(t);
  const { id } = await proxies.ask(ruth, askFor('sam'), tester);
  for (const changes of [
    { scopes: ['messages'] },
    { scopes: ['appointments', 'messages'] },
    { scopes: [] },
    { basis: 'own-consent' },
    { basis: 'young-person-agrees' },
    { until: start },
    { until: start - year },
    { until: start + 6 * year },
    { checked: ' ' },
  ] as const)
    await assert.rejects(
      proxies.approve(rita, id, yes(changes), tester),
      refused(422),
      JSON.stringify(changes),
    );
  const teen = await proxies.ask(ruth, askFor('teen'), tester);
  await assert.rejects(proxies.approve(rita, teen.id, yes(), tester), refused(422));
  assert.ok(await proxies.approve(rita, teen.id, yes({ basis: 'young-person-agrees' }), tester));
  const adult = await proxies.ask(ruth, askFor('margaret'), tester);
  await assert.rejects(proxies.approve(rita, adult.id, yes(), tester), refused(422));
  assert.ok(await proxies.approve(rita, adult.id, yes({ basis: 'own-consent' }), tester));
});

test('what was agreed for a child ends at the 11th and the 16th birthday, whatever its end date', async (t) => {
  const { proxies, approved } = await opened(t);
  await approved('sam', { until: start + 5 * year, basis: 'best-interests' });
  const eleven = Date.parse('2029-05-01T00:00:00Z');
  assert.equal((await proxies.proxiesOf(ruth.account, start))[0]?.until, eleven);
  assert.equal((await proxies.proxiesOf(ruth.account, eleven - 1)).length, 1);
  assert.deepEqual(await proxies.proxiesOf(ruth.account, eleven), []);
  await approved('teen', { until: start + 5 * year, basis: 'young-person-agrees' });
  const sixteen = Date.parse('2028-05-01T00:00:00Z');
  assert.ok((await proxies.proxiesOf(ruth.account, sixteen - 1)).some((one) => one.patient === 'teen'));
  assert.ok(!(await proxies.proxiesOf(ruth.account, sixteen)).some((one) => one.patient === 'teen'));
});

test('no decision reaches over a birthday at which it is to be looked at again', () => {
  const day = 86_400_000;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 30_000 }),
      fc.nat(20_000),
      fc.integer({ min: 1, max: 1826 }),
      (birth, age, length) => {
        const birthDate = new Date(birth * day - 40 * year).toISOString().slice(0, 10);
        const decided = Date.parse(birthDate) + age * day;
        const agreed = { state: 'approved', birthDate, decided, until: decided + length * day };
        const end = endOfGrant({ ...bare, ...agreed } as ProxyRequest) ?? Number.POSITIVE_INFINITY;
        assert.ok(end > decided && end <= agreed.until);
        assert.equal(ageRule(birthDate, end - 1).id, ageRule(birthDate, decided).id);
      },
    ),
  );
});

test('an expired one is shown to its asker as ended, without whose it was', async (t) => {
  const { proxies, approved, time } = await opened(t);
  await approved('sam', { until: start + year });
  assert.equal((await proxies.ofAsker(ruth))[0]?.patient, 'sam');
  assert.equal((await proxies.ofPatient('sam', start)).length, 1);
  time.now = start + year;
  const [own] = await proxies.ofAsker(ruth);
  assert.deepEqual([own?.state, own?.patient], ['ended', undefined]);
  assert.deepEqual(await proxies.proxiesOf(ruth.account, time.now), []);
  assert.deepEqual(await proxies.ofPatient('sam', time.now), []);
});

test('the person, the proxy and the practice can each end it at once; nobody else can', async (t) => {
  const { proxies, approved, record, events } = await opened(t);
  for (const by of [asPatient('sam'), ruth, rita]) {
    const { id } = await approved('sam');
    for (const other of [stranger, asPatient('teen'), { ...stranger, patient: 'nobody' }])
      await assert.rejects(proxies.end(other, id, '', tester), refused(404));
    const ended = await proxies.end(by, id, 'No longer needed', tester);
    assert.equal(ended.state, 'ended');
    assert.deepEqual(await proxies.proxiesOf(ruth.account, start), []);
    const related = resourceOf<RelatedPerson>((await record.read(tester, 'RelatedPerson', id))!);
    assert.deepEqual([related.active, related.period?.end], [false, new Date(start).toISOString()]);
    await assert.rejects(proxies.end(by, id, 'Again', tester), refused(409));
    await assert.rejects(
      proxies.approve(
        rita,
        id,
        { ...ended, until: start + year, basis: 'best-interests', checked: 'x' },
        tester,
      ),
      refused(409),
    );
    assert.equal(events.at(-1)?.note, 'Ended that Ruth Ashworth acts for this person');
  }
});

test('someone without a record of their own ends nothing by that', async (t) => {
  const { proxies, approved } = await opened(t);
  const { id } = await approved('sam');
  const { patient: _, ...nobody } = stranger;
  await assert.rejects(proxies.end(nobody, id, '', tester), refused(404));
});

test('a request can be taken back by the one who made it, until it is decided', async (t) => {
  const { proxies, askFor, yes } = await opened(t);
  const { id } = await proxies.ask(ruth, askFor('sam'), tester);
  await assert.rejects(proxies.withdraw(stranger, id, tester), refused(404));
  assert.equal((await proxies.withdraw(ruth, id, tester)).state, 'withdrawn');
  await assert.rejects(proxies.approve(rita, id, yes(), tester), refused(409));
  await assert.rejects(proxies.withdraw(ruth, id, tester), refused(409));
});

test('a decision that was cut short shows nothing until the record and the audit log have it', async (t) => {
  const { proxies, parts, askFor, yes, record, events } = await opened(t);
  const { id } = await proxies.ask(ruth, askFor('sam'), tester);
  const away = { record: async () => Promise.reject(new Error('the log is away')) };
  const failing = openProxies({ ...parts, securityLog: away });
  await assert.rejects(failing.approve(rita, id, yes(), tester), /the log is away/);
  assert.deepEqual(await proxies.proxiesOf(ruth.account, start), []);
  await proxies.tellUntold(tester);
  assert.equal((await proxies.proxiesOf(ruth.account, start)).length, 1);
  assert.equal((await record.history(tester, 'RelatedPerson', id))?.total, 1);
  assert.equal(events.at(-1)?.who.id, 'Practitioner/rita');
});

test('nobody acts for someone who has died', async (t) => {
  const { proxies, approved, put } = await opened(t);
  await approved('margaret', { basis: 'power-of-attorney' });
  await put({ ...people['margaret']!, deceasedDateTime: '2026-11-22' });
  await proxies.ofPractice(rita, tester);
  assert.deepEqual(await proxies.proxiesOf(ruth.account, start), []);
});
