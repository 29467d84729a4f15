import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Communication, Patient } from '@medplum/fhirtypes';
import { tester, testRecord } from '../../../test/support/record.ts';
import { validate } from '../../fhir/validate.ts';
import { uuidv7 } from '../../platform/ids.ts';
import { Problem } from '../../platform/problem.ts';
import { resourceOf } from '../../record/care-record.ts';
import { recordMigrations } from '../../record/schema.ts';
import type { StaffIdentity } from '../identity.ts';
import type { SecurityEvent } from '../security-log.ts';
import { type EmergencyAsk, emergencyMinutes, openEmergencies } from './emergencies.ts';
import { emergencyNotice } from './emergency-notice.ts';
import { emergencyReasons } from './reasons.ts';
import { emergencyMigrations } from './schema.ts';

const start = Date.parse('2026-11-22T12:00:00Z');
const minute = 60_000;

const staff = (account: string, role: string): StaffIdentity => ({
  kind: 'staff',
  account,
  name: `Dr ${account}`,
  session: 's',
  method: 'passkey',
  authenticatedAt: start,
  user: `Practitioner/${account}`,
  post: {
    role,
    organisation: 'Organization/hospital',
    organisationKinds: ['hospital'],
    parties: ['Organization/hospital'],
  },
});
const asha = staff('asha', 'consultant');
const governance = staff('gwen', 'information-governance');

const person = (id: string, number: string, birthDate: string): Patient => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: number }],
  birthDate,
});

async function opened(t: TestContext) {
  const time = { now: start };
  const clock = { now: () => time.now };
  const migrations = [...recordMigrations, ...emergencyMigrations];
  const { record, database } = await testRecord(t, { clock, migrations });
  for (const patient of [
    person('margaret', '9990000018', '1952-03-08'),
    person('other', '9990000026', '1990-01-01'),
    person('twin-a', '9990000034', '2000-02-02'),
    person('twin-b', '9990000034', '2000-02-02'),
  ])
    await record.commit(tester, [
      { kind: 'update', type: 'Patient', id: patient.id!, text: JSON.stringify(patient) },
    ]);
  const events: SecurityEvent[] = [];
  const emergencies = openEmergencies({
    database,
    record,
    clock,
    newId: uuidv7(clock),
    securityLog: { record: async (event) => void events.push(event) },
  });
  const newForm = uuidv7(clock);
  const ask = (changes: Partial<EmergencyAsk> = {}): EmergencyAsk => ({
    form: newForm(),
    nhsNumber: '9990000018',
    birthDate: '1952-03-08',
    reason: 'cannot-say',
    words: 'Unconscious in the emergency department',
    ...changes,
  });
  const notices = async (patient: string) =>
    (await record.search(tester, 'Communication', `subject=Patient/${patient}`)).matches.map((stored) =>
      resourceOf<Communication>(stored),
    );
  return { emergencies, record, database, events, time, ask, notices };
}

const refused = (status: number) => (error: unknown) => error instanceof Problem && error.status === status;

test('an emergency opens one record for its time, and the audit log and the patient are told', async (t) => {
  const { emergencies, events, ask, notices } = await opened(t);
  const access = await emergencies.begin(asha, ask(), tester);
  assert.equal(access?.patient, 'margaret');
  assert.equal(access?.until, start + emergencyMinutes * minute);
  const grant = { id: access!.id, patient: 'margaret', until: access!.until };
  assert.deepEqual(await emergencies.emergenciesOf('asha', start), [grant]);
  assert.deepEqual(await emergencies.emergenciesOf('asha', access!.until - 1), [grant]);
  assert.deepEqual(await emergencies.emergenciesOf('asha', access!.until), []);
  assert.deepEqual(await emergencies.emergenciesOf('someone-else', start), []);
  assert.deepEqual(
    events.map(({ kind, outcome, patient, who }) => [kind, outcome, patient, who.id]),
    [['emergency-access', 'success', 'margaret', 'Practitioner/asha']],
  );
  const [notice, ...more] = await notices('margaret');
  assert.equal(more.length, 0);
  assert.match(notice?.payload?.[0]?.contentString ?? '', /Dr asha opened your record in an emergency/);
  assert.doesNotMatch(JSON.stringify(notice), /Unconscious/);
});

test('the notice of every reason is a valid Communication', async (t) => {
  const { emergencies, ask } = await opened(t);
  const access = await emergencies.begin(asha, ask(), tester);
  for (const { code } of emergencyReasons)
    assert.deepEqual(validate(emergencyNotice({ ...access!, reason: code })), []);
  const labels = (reason: string) =>
    emergencyNotice({ ...access!, reason }).meta?.security?.map(({ code }) => code);
  assert.deepEqual(labels('safeguarding'), ['R']); // not for whoever acts for the person
  assert.equal(labels('cannot-say'), undefined);
});

test('the same form sent twice, at once too, asks once', async (t) => {
  const { emergencies, ask, notices } = await opened(t);
  const form = ask();
  const both = await Promise.all([
    emergencies.begin(asha, form, tester),
    emergencies.begin(asha, form, tester),
  ]);
  assert.equal(both[0]?.id, both[1]?.id);
  assert.equal((await emergencies.emergenciesOf('asha', start)).length, 1);
  assert.equal((await notices('margaret')).length, 1);
});

test('a form that was used for one person opens no other', async (t) => {
  const { emergencies, ask } = await opened(t);
  const form = ask();
  await emergencies.begin(asha, form, tester);
  const other = { ...form, nhsNumber: '9990000026', birthDate: '1990-01-01' };
  await assert.rejects(emergencies.begin(asha, other, tester), refused(409));
  assert.equal((await emergencies.emergenciesOf('asha', start)).length, 1);
});

test('another account that sends the same form gets an access of its own, not that of the first', async (t) => {
  const { emergencies, ask } = await opened(t);
  const form = ask();
  const mine = await emergencies.begin(asha, form, tester);
  const theirs = await emergencies.begin(staff('ben', 'gp'), form, tester);
  assert.notEqual(mine?.id, theirs?.id);
  assert.equal(theirs?.account, 'ben');
});

test('a form used again after its time opens nothing', async (t) => {
  const { emergencies, ask, time } = await opened(t);
  const form = ask();
  await emergencies.begin(asha, form, tester);
  time.now += (emergencyMinutes + 1) * minute;
  const again = await emergencies.begin(asha, form, tester);
  assert.ok(again!.until < time.now);
  assert.deepEqual(await emergencies.emergenciesOf('asha', time.now), []);
});

test('roles that may not are refused, and that is logged', async (t) => {
  const { emergencies, events, ask } = await opened(t);
  await assert.rejects(emergencies.begin(staff('rita', 'receptionist'), ask(), tester), refused(403));
  assert.deepEqual(
    events.map(({ outcome, patient }) => [outcome, patient]),
    [['failure', undefined]],
  );
});

test('no reason, too few words or a number that is none are refused, and nothing is opened', async (t) => {
  const { emergencies, ask } = await opened(t);
  const wrong: Partial<EmergencyAsk>[] = [
    { reason: '' },
    { reason: 'constructor' },
    { words: '  short   ' },
    { words: 'x'.repeat(1001) },
    { nhsNumber: '999' },
    { birthDate: '1952' },
    { form: 'x' },
  ];
  for (const changes of wrong)
    await assert.rejects(emergencies.begin(asha, ask(changes), tester), refused(422));
  assert.deepEqual(await emergencies.emergenciesOf('asha', start), []);
});

test('a wrong birth date, and a number that two people have, find nobody; ten such within an hour end the trying', async (t) => {
  const { emergencies, ask, time } = await opened(t);
  assert.equal(await emergencies.begin(asha, ask({ birthDate: '1952-03-09' }), tester), undefined);
  const twin = { nhsNumber: '9990000034', birthDate: '2000-02-02' };
  for (let i = 0; i < 9; i += 1) assert.equal(await emergencies.begin(asha, ask(twin), tester), undefined);
  await assert.rejects(emergencies.begin(asha, ask(), tester), refused(429));
  assert.ok(await emergencies.begin(staff('ben', 'gp'), ask(), tester));
  time.now += 61 * minute;
  assert.ok(await emergencies.begin(asha, ask(), tester));
});

test('nothing is shown before the audit log and the patient have been told', async (t) => {
  const { emergencies, record, database, ask, time, events } = await opened(t);
  const failing = openEmergencies({
    database,
    record,
    clock: { now: () => time.now },
    newId: uuidv7({ now: () => time.now }),
    securityLog: { record: async () => Promise.reject(new Error('the log is away')) },
  });
  const form = ask();
  await assert.rejects(failing.begin(asha, form, tester), /the log is away/);
  assert.deepEqual(await failing.emergenciesOf('asha', start), []);
  assert.ok(await emergencies.begin(asha, form, tester)); // sent again, it goes on where it stopped
  assert.equal((await emergencies.emergenciesOf('asha', start)).length, 1);
  assert.equal(events.length, 1);
});

test('governance reviews each once; nobody reviews their own', async (t) => {
  const { emergencies, ask } = await opened(t);
  const access = (await emergencies.begin(asha, ask(), tester))!;
  assert.deepEqual(
    (await emergencies.toReview()).map(({ id }) => id),
    [access.id],
  );
  const review = { outcome: 'appropriate', note: 'Seen in the department that day' } as const;
  await assert.rejects(emergencies.review(staff('ben', 'gp'), access.id, review, tester), refused(403));
  const herself = { ...governance, account: 'other-account', user: asha.user };
  await assert.rejects(emergencies.review(herself, access.id, review, tester), refused(403));
  await assert.rejects(emergencies.review(governance, 'x', review, tester), refused(404));
  await assert.rejects(
    emergencies.review(governance, access.id, { ...review, note: ' ' }, tester),
    refused(422),
  );
  const both = await Promise.allSettled([
    emergencies.review(governance, access.id, review, tester),
    emergencies.review(staff('gil', 'information-governance'), access.id, review, tester),
  ]);
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  assert.deepEqual(await emergencies.toReview(), []);
  const [reviewed] = await emergencies.latest();
  assert.equal(reviewed?.review?.outcome, 'appropriate');
});
