import assert from 'node:assert/strict';
import test from 'node:test';
import {
  codeAt,
  enrolledNurse,
  goodPassword,
  type TestAccounts,
  TestBrowser,
  testAccounts,
} from '../../../test/support/accounts.ts';
import { type Conduct, SoftwareAuthenticator } from '../../../test/support/software-authenticator.ts';
import type { Identity } from '../identity.ts';
import { freshMinutes } from './credentials.ts';
import { isFreshSignInNeeded } from './sessions.ts';

const origin = 'http://localhost:8080';

/** A nurse signed in, with a passkey. */
async function withPasskey(held: TestAccounts) {
  const browser = new TestBrowser();
  const nurse = await enrolledNurse(held, browser);
  const key = new SoftwareAuthenticator('a key', origin);
  const fault = await add(held, browser, key);
  assert.equal(fault, undefined);
  return { nurse, browser, key };
}
async function identified({ accounts }: TestAccounts, browser: TestBrowser): Promise<Identity> {
  const identity = await accounts.identityOf(browser.cookie);
  assert.ok(identity);
  return identity;
}
async function add(held: TestAccounts, browser: TestBrowser, key: SoftwareAuthenticator, conduct?: Conduct) {
  const { credentials } = held.accounts;
  const identity = await identified(held, browser);
  const { options, setCookie } = await credentials.passkeyOptions(identity);
  browser.take([setCookie]);
  const added = await credentials.addPasskey(identity, key.create(options, conduct), browser.visit);
  if (added.fault === undefined) browser.take(added.setCookies);
  return added.fault;
}
async function signInWith(
  { accounts }: TestAccounts,
  key: SoftwareAuthenticator,
  conduct?: Conduct,
  browser = new TestBrowser(),
) {
  const { options, setCookie } = await accounts.signIn.passkeyOptions('/people');
  browser.take([setCookie]);
  const answer = await accounts.signIn.passkey(browser.visit, key.get(options, conduct));
  if (answer.state === 'in') browser.signedIn(answer.signedIn);
  return answer.state;
}

test('a passkey signs in without a name, under a new token, whatever strangers try meanwhile', async (t) => {
  const held = await testAccounts(t);
  const { key } = await withPasskey(held);
  for (let i = 0; i < 12; i += 1)
    await held.accounts.signIn.password(
      new TestBrowser().visit,
      { login: 'nurse@example.org', password: 'x' },
      '/',
    );
  const browser = new TestBrowser();
  assert.equal(await signInWith(held, key, {}, browser), 'in');
  assert.equal((await identified(held, browser)).method, 'passkey');
});

test('a passkey whose counter stands still or goes back is refused and told to the audit', async (t) => {
  const held = await testAccounts(t);
  const { key } = await withPasskey(held);
  assert.equal(await signInWith(held, key, { counter: 10 }), 'in');
  assert.equal(await signInWith(held, key, { counter: 10 }), 'wrong');
  assert.equal(await signInWith(held, key, { counter: 4 }), 'wrong');
  const [row] = await held.database
    .pool`select note from audit where event = 'sign-in-failed' order by seq desc limit 1`;
  assert.match(row?.['note'], /counter went back/);
  assert.equal(await signInWith(held, key, { counter: 11 }), 'in');
});

test('an answer for another site, without the person verified, or for another account is refused', async (t) => {
  const held = await testAccounts(t);
  const { key } = await withPasskey(held);
  const wrong: readonly Conduct[] = [
    { origin: 'https://phish.example' },
    { rpId: 'phish.example' },
    { verified: false },
    { userHandle: Buffer.alloc(16, 7).toString('base64url') },
  ];
  for (const conduct of wrong)
    assert.equal(await signInWith(held, key, conduct), 'wrong', JSON.stringify(conduct));
  const unknown = new SoftwareAuthenticator('another key', origin);
  assert.equal(await signInWith(held, unknown), 'wrong');
  const forged = new SoftwareAuthenticator('a key', origin); // the same id, another private key
  assert.equal(await signInWith(held, forged, { counter: 50, userHandle: '' }), 'wrong');
});

test('an answer is good for one challenge, once, in the browser that was asked, for some minutes', async (t) => {
  const held = await testAccounts(t);
  const { accounts } = held;
  const { key } = await withPasskey(held);
  const browser = new TestBrowser();
  const asked = await accounts.signIn.passkeyOptions('/');
  browser.take([asked.setCookie]);
  const { visit } = browser;
  const answer = key.get(asked.options);
  assert.equal(
    (await accounts.signIn.passkey(new TestBrowser().visit, answer)).state,
    'over',
    'another browser',
  );
  const other = new TestBrowser();
  other.take([(await accounts.signIn.passkeyOptions('/')).setCookie]);
  assert.equal((await accounts.signIn.passkey(other.visit, answer)).state, 'wrong', 'another challenge');
  assert.equal((await accounts.signIn.passkey(visit, answer)).state, 'in');
  assert.equal((await accounts.signIn.passkey(visit, answer)).state, 'over', 'again');
  const late = await accounts.signIn.passkeyOptions('/');
  browser.take([late.setCookie]);
  held.pass(600_000);
  assert.equal((await accounts.signIn.passkey(browser.visit, key.get(late.options))).state, 'over');
});

test('nonsense in place of an answer is refused as any wrong one', async (t) => {
  const held = await testAccounts(t);
  for (const nonsense of [
    undefined,
    null,
    7,
    'x',
    [],
    {},
    { id: 1 },
    { id: 'a', rawId: 'a', type: 'public-key', response: {} },
  ]) {
    const browser = new TestBrowser();
    browser.take([(await held.accounts.signIn.passkeyOptions('/')).setCookie]);
    assert.equal((await held.accounts.signIn.passkey(browser.visit, nonsense)).state, 'wrong');
  }
});

test('a passkey is added once, and only with the person verified for this site', async (t) => {
  const held = await testAccounts(t);
  const { browser, key, nurse } = await withPasskey(held);
  assert.match((await add(held, browser, key)) ?? '', /could not be added/);
  for (const conduct of [{ verified: false }, { origin: 'https://phish.example' }, { rpId: 'phish.example' }])
    assert.match(
      (await add(held, browser, new SoftwareAuthenticator('new', origin), conduct)) ?? '',
      /could not be added/,
    );
  assert.equal((await held.accounts.credentials.ways(nurse.account)).passkeys.length, 1);
});

test('ways to sign in are changed only soon after signing in', async (t) => {
  const held = await testAccounts(t);
  const { browser, key } = await withPasskey(held);
  const { credentials } = held.accounts;
  held.pass(freshMinutes * 60_000 + 1);
  const identity = await identified(held, browser);
  const { visit } = browser;
  const acts = [
    () => credentials.setPassword(identity, 'another quite good one', visit),
    () => credentials.beginAuthenticator(identity),
    () => credentials.confirmAuthenticator(identity, '123456', visit),
    () => credentials.newRecoveryCodes(identity, visit),
    () => credentials.passkeyOptions(identity),
    () => credentials.addPasskey(identity, {}, visit),
    () => credentials.removePasskey(identity, key.id, visit),
  ];
  for (const act of acts) await assert.rejects(act(), isFreshSignInNeeded, act.toString());
  assert.equal(await signInWith(held, key, {}, browser), 'in');
  assert.equal((await credentials.newRecoveryCodes(await identified(held, browser), visit)).length, 10);
});

test('a new password ends all other sessions and replaces this one’s token', async (t) => {
  const held = await testAccounts(t);
  const { browser, key, nurse } = await withPasskey(held);
  const thief = new TestBrowser();
  assert.equal(await signInWith(held, key, {}, thief), 'in');
  const before = browser.cookie;
  const changed = await held.accounts.credentials.setPassword(
    await identified(held, browser),
    'four calm herons wading',
    browser.visit,
  );
  browser.take(changed.fault === undefined ? changed.setCookies : []);
  assert.equal(await held.accounts.identityOf(thief.cookie), undefined);
  assert.equal(await held.accounts.identityOf(before), undefined);
  await identified(held, browser);
  const { signIn } = held.accounts;
  const { login } = nurse;
  assert.equal((await signIn.password(browser.visit, { login, password: goodPassword }, '/')).state, 'wrong');
  assert.equal(
    (await signIn.password(browser.visit, { login, password: 'four calm herons wading' }, '/')).state,
    'code',
  );
});

test('the last way in cannot be removed, another’s passkey not at all', async (t) => {
  const held = await testAccounts(t);
  const { accounts } = held;
  const account = await accounts.createAccount({ kind: 'person', name: 'Rose Ash' });
  const token = (await accounts.enrolment.link(account)).path.split('/').at(-1)!;
  const browser = new TestBrowser();
  const asked = (await accounts.enrolment.passkeyOptions(token))!;
  browser.take([asked.setCookie]);
  const key = new SoftwareAuthenticator('rose', origin);
  const done = await accounts.enrolment.addPasskey(token, key.create(asked.options), browser.visit);
  assert.ok(done.fault === undefined);
  browser.signedIn(done.signedIn);
  const only = await accounts.credentials.removePasskey(
    await identified(held, browser),
    key.id,
    browser.visit,
  );
  assert.match(only.fault ?? '', /only way/);
  assert.equal(await accounts.enrolment.find(token), undefined, 'the link is used');
  const { key: foreign } = await withPasskey(held);
  assert.equal(await add(held, browser, new SoftwareAuthenticator('second', origin)), undefined);
  const refused = await accounts.credentials.removePasskey(
    await identified(held, browser),
    foreign.id,
    browser.visit,
  );
  assert.match(refused.fault ?? '', /removed already/);
  const removed = await accounts.credentials.removePasskey(
    await identified(held, browser),
    key.id,
    browser.visit,
  );
  assert.equal(removed.fault, undefined);
});

test('a new authenticator app takes over with its first right code, and new recovery codes with it', async (t) => {
  const held = await testAccounts(t);
  const browser = new TestBrowser();
  const nurse = await enrolledNurse(held, browser);
  const { credentials, signIn } = held.accounts;
  const identity = await identified(held, browser);
  browser.take([await credentials.beginAuthenticator(identity)]);
  const { text, address } = (await credentials.authenticatorKey(identity, browser.visit))!;
  assert.match(address, /^otpauth:\/\/totp\/Throughline:nurse%40example\.org\?.*secret=/);
  const stolen = new TestBrowser();
  stolen.put('step', browser.value('step')!);
  const other = await accountOf(held);
  assert.equal(await credentials.authenticatorKey(other, stolen.visit), undefined, 'not to another account');
  assert.match(
    (await credentials.confirmAuthenticator(identity, '000000', browser.visit)).fault ?? '',
    /6-digit/,
  );
  held.pass(60_000);
  const done = await credentials.confirmAuthenticator(
    identity,
    codeAt(text, held.clock.now()),
    browser.visit,
  );
  assert.ok(done.fault === undefined);
  held.pass(60_000);
  const fresh = new TestBrowser('203.0.113.1');
  const first = await signIn.password(fresh.visit, { login: nurse.login, password: goodPassword }, '/');
  fresh.take(first.state === 'code' ? first.setCookies : []);
  assert.equal((await signIn.code(fresh.visit, codeAt(nurse.key, held.clock.now()))).state, 'wrong');
  assert.equal((await signIn.recoveryCode(fresh.visit, nurse.recoveryCodes[0]!)).state, 'wrong');
  assert.equal((await signIn.code(fresh.visit, codeAt(text, held.clock.now()))).state, 'in');
});

async function accountOf(held: TestAccounts): Promise<Identity> {
  const browser = new TestBrowser();
  await enrolledNurse(held, browser, 'second@example.org');
  return identified(held, browser);
}
