import assert from 'node:assert/strict';
import test from 'node:test';
import {
  codeAt,
  goodPassword,
  nursePost,
  TestBrowser,
  testAccounts,
} from '../../../test/support/accounts.ts';
import { Problem } from '../../platform/problem.ts';
import { enrolAdministrator } from './first-administrator.ts';

const hour = 3_600_000;
const tokenOf = (path: string) => path.split('/').at(-1) ?? '';
const gone = (error: unknown) => error instanceof Problem && error.status === 404;

test('a link sets up one account once, and what it began counts for nothing until it is complete', async (t) => {
  const held = await testAccounts(t);
  const { accounts, clock } = held;
  const account = await accounts.createAccount({ kind: 'staff', name: 'Nurse Oak', login: 'n@example.org' });
  await accounts.addPost(account, nursePost);
  const token = tokenOf((await accounts.enrolment.link(account)).path);
  const [row] = await held.database.pool`select hash::text from account_enrolment`;
  assert.ok(!JSON.stringify(row).includes(token), 'only its hash is kept');
  assert.equal((await accounts.enrolment.find(token))?.account.name, 'Nurse Oak');
  assert.match((await accounts.enrolment.choosePassword(token, 'too short')) ?? '', /12 characters/);
  assert.equal(await accounts.enrolment.choosePassword(token, goodPassword), undefined);
  const typed = { login: 'n@example.org', password: goodPassword };
  assert.equal((await accounts.signIn.password(new TestBrowser().visit, typed, '/')).state, 'wrong');
  const key = (await accounts.enrolment.authenticatorKey(token))!.text;
  const browser = new TestBrowser();
  const wrong = await accounts.enrolment.confirmAuthenticator(token, '12', browser.visit);
  assert.match(wrong.fault ?? '', /6-digit code/);
  const code = codeAt(key, clock.now());
  const both = await Promise.allSettled([
    accounts.enrolment.confirmAuthenticator(token, code, browser.visit),
    accounts.enrolment.confirmAuthenticator(token, code, new TestBrowser().visit),
  ]);
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'], 'used once');
  assert.equal(await accounts.enrolment.find(token), undefined);
  await assert.rejects(accounts.enrolment.confirmAuthenticator(token, code, browser.visit), gone);
  await assert.rejects(accounts.enrolment.choosePassword(token, goodPassword), gone);
  assert.equal((await accounts.signIn.password(new TestBrowser().visit, typed, '/')).state, 'code');
});

test('a link ends with its time, with a newer link, and with the account', async (t) => {
  const held = await testAccounts(t);
  const { accounts } = held;
  const account = await accounts.createAccount({ kind: 'staff', name: 'Nurse Oak', login: 'n@example.org' });
  const first = tokenOf((await accounts.enrolment.link(account)).path);
  const second = tokenOf((await accounts.enrolment.link(account)).path);
  assert.equal(await accounts.enrolment.find(first), undefined);
  assert.ok(await accounts.enrolment.find(second));
  held.pass(72 * hour);
  assert.equal(await accounts.enrolment.find(second), undefined);
  const third = tokenOf((await accounts.enrolment.link(account, 1)).path);
  await accounts.disable(account);
  assert.equal(await accounts.enrolment.find(third), undefined);
  await accounts.enable(account);
  assert.equal(await accounts.enrolment.find(third), undefined);
});

test('a new link in use ends sessions that were open before', async (t) => {
  const held = await testAccounts(t);
  const { accounts, clock } = held;
  const account = await accounts.createAccount({ kind: 'staff', name: 'Nurse Oak', login: 'n@example.org' });
  await accounts.addPost(account, nursePost);
  const before = new TestBrowser();
  before.signedIn(await accounts.startSession(account, 'care-identity', before.visit));
  const token = tokenOf((await accounts.enrolment.link(account)).path);
  await accounts.enrolment.choosePassword(token, goodPassword);
  const { text } = (await accounts.enrolment.authenticatorKey(token))!;
  await accounts.enrolment.confirmAuthenticator(token, codeAt(text, clock.now()), new TestBrowser().visit);
  assert.equal(await accounts.identityOf(before.cookie), undefined);
});

test('the first administrator gets a link, and the same account again when every way in was lost', async (t) => {
  const { accounts } = await testAccounts(t);
  const who = { name: 'Ada Holm', login: 'Ada@example.org', organisation: 'Organization/region' };
  const first = await enrolAdministrator(accounts, who);
  const second = await enrolAdministrator(accounts, { ...who, hours: 1 });
  assert.equal(second.account, first.account);
  assert.deepEqual(
    (await accounts.postsOf(first.account)).map(({ role, organisation }) => [role, organisation]),
    [['administrator', 'Organization/region']],
  );
  assert.equal((await accounts.enrolment.find(tokenOf(second.path)))?.account.login, 'ada@example.org');
});
