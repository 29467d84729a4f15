import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import test from 'node:test';
import { elsewhereRecord } from '../../../test/support/elsewhere-people.ts';
import type { Ending } from '../../../test/support/ending.ts';
import { putAll } from '../../../test/support/pages-app.ts';
import { tester, testRecord } from '../../../test/support/record.ts';
import { uuidv7 } from '../../platform/ids.ts';
import { createLog } from '../../platform/log.ts';
import { recordMigrations } from '../../record/schema.ts';
import { openAccounts } from '../accounts/accounts.ts';
import { accountMigrations } from '../accounts/schema.ts';
import type { PersonIdentity } from '../identity.ts';
import { openSecurityLog } from '../security-log.ts';
import { parseLinkageKey } from './linkage-key.ts';
import { linkageDays } from './linkage-keys.ts';
import { openLinking } from './linking.ts';
import { linkingMigrations } from './schema.ts';

async function opened(t: Ending) {
  let now = Date.parse('2026-11-22T09:00:00Z');
  const clock = { now: () => now };
  const migrations = [...recordMigrations, ...accountMigrations, ...linkingMigrations];
  const { record, database } = await testRecord(t, { clock, migrations });
  await putAll(record, elsewhereRecord);
  const newId = uuidv7(clock);
  const securityLog = openSecurityLog(database, clock);
  const accounts = openAccounts({
    ...{ database, clock, newId, securityLog, log: createLog({ level: 'silent' }) },
    ...{ secrets: [randomBytes(32)], baseUrl: 'http://127.0.0.1' },
  });
  const linking = openLinking({ database, clock, newId, record, accounts, log: securityLog });
  /** Someone who signed in with a passkey of their own, of whom nothing is known. */
  const person = async (name: string): Promise<PersonIdentity> => ({
    ...{ kind: 'person', account: await accounts.createAccount({ kind: 'person', name }), name },
    ...{ session: newId(), method: 'passkey', authenticatedAt: now, proofing: 'P0' },
  });
  const actor = { ...tester, organisation: 'Organization/practice' };
  const letter = async (patient: string) => {
    const { accountId, key, odsCode } = await linking.issue(actor, patient);
    return { accountId, odsCode, key: parseLinkageKey(key) ?? '' };
  };
  const pass = (days: number) => {
    now += days * 86_400_000;
  };
  return { record, accounts, linking, person, letter, pass, actor };
}

const stefan = { birthDate: '1990-01-31' };

test('of two who use a letter at the same moment one is linked', async (t) => {
  const { accounts, linking, person, letter } = await opened(t);
  const [one, two] = [await person('One'), await person('Two')];
  const details = { ...(await letter('stefan')), ...stefan };
  const results = await Promise.all([one, two].map((who) => linking.linkByDetails(who, details, 'r')));
  assert.equal(results.filter((result) => result.outcome === 'linked').length, 1);
  const found = await Promise.all([one, two].map(({ account }) => accounts.findAccount(account)));
  assert.equal(found.filter((account) => account?.patient === 'stefan').length, 1);
});

test('the birth date must be that of the record, and tries are not counted against those who were right', async (t) => {
  const { linking, person, letter } = await opened(t);
  const who = await person('One');
  const details = await letter('stefan');
  const wrong = await linking.linkByDetails(who, { ...details, birthDate: '1990-01-30' }, 'r');
  assert.deepEqual(wrong, { outcome: 'wrong', triesLeft: 4 });
  assert.deepEqual(await linking.linkByDetails(who, { ...details, ...stefan }, 'r'), {
    ...{ outcome: 'linked', patient: 'stefan' },
  });
  assert.equal(await linking.triesLeft(who.account), 5);
});

test('a letter is of no more use once its days are over', async (t) => {
  const { linking, person, letter, pass } = await opened(t);
  const details = { ...(await letter('stefan')), ...stefan };
  pass(linkageDays);
  const late = await linking.linkByDetails(await person('One'), details, 'r');
  assert.equal(late.outcome, 'wrong');
});

test('a Patient and an account are linked to one another alone', async (t) => {
  const { linking, person, letter } = await opened(t);
  const [one, two] = [await person('One'), await person('Two')];
  const rosa = { nhsNumber: '9990000018', familyName: 'O’BRIEN', birthDate: '1962-07-03' };
  assert.deepEqual(await linking.linkByNumber(one.account, rosa, 'r'), {
    outcome: 'linked',
    patient: 'rosa',
  });
  assert.deepEqual(await linking.linkByNumber(two.account, rosa, 'r'), { outcome: 'taken' });
  const another = { ...(await letter('stefan')), ...stefan };
  assert.deepEqual(await linking.linkByDetails(one, another, 'r'), { outcome: 'taken' });
  assert.equal((await linking.linkByDetails(two, another, 'r')).outcome, 'linked');
});

test('a letter is refused for those who are not the practice’s, are out of use, or have no birth date', async (t) => {
  const { record, linking, actor } = await opened(t);
  const practice = [{ reference: 'Organization/practice' }];
  await putAll(record, [
    { ...{ resourceType: 'Patient', id: 'gone', active: false }, generalPractitioner: practice },
    { ...{ resourceType: 'Patient', id: 'undated' }, generalPractitioner: practice },
  ]);
  for (const [id, words] of [
    ['elsewhere', /registered/],
    ['gone', /not in use/],
    ['undated', /date of birth/],
    ['nobody', /no person/],
    ['../x', /no person/],
  ] as const)
    await assert.rejects(linking.issue(actor, id), words, id);
  await assert.rejects(linking.issue({ ...actor, organisation: 'Organization/none' }, 'stefan'), /ODS code/);
});
