import assert from 'node:assert/strict';
import test from 'node:test';
import { nursePost, type TestAccounts, TestBrowser, testAccounts } from '../../../test/support/accounts.ts';
import { Problem } from '../../platform/problem.ts';
import { hashOf } from './secret-tokens.ts';
import { isFreshSignInNeeded } from './sessions.ts';

const minute = 60_000;
const hour = 60 * minute;

async function nurse({ accounts }: TestAccounts, name = 'Nurse Oak') {
  const account = await accounts.createAccount({ kind: 'staff', name, user: 'Practitioner/n1' });
  const post = await accounts.addPost(account, nursePost);
  return { account, post };
}
async function person({ accounts }: TestAccounts) {
  const account = await accounts.createAccount({ kind: 'person', name: 'Rose Ash' });
  await accounts.linkPatient(account, 'rose', 'P9');
  return account;
}
async function signedIn({ accounts }: TestAccounts, account: string, browser = new TestBrowser()) {
  browser.signedIn(await accounts.startSession(account, 'passkey', browser.visit));
  return browser;
}
const refused = (status: number) => (error: unknown) => error instanceof Problem && error.status === status;

test('a session tells who is signed in, in which post, and only a hash of its token is kept', async (t) => {
  const held = await testAccounts(t);
  const { account } = await nurse(held);
  const browser = await signedIn(held, account);
  const identity = await held.accounts.identityOf(browser.cookie);
  assert.equal(identity?.kind, 'staff');
  assert.deepEqual(
    identity?.kind === 'staff' && { post: identity.post, user: identity.user, name: identity.name },
    {
      post: nursePost,
      user: 'Practitioner/n1',
      name: 'Nurse Oak',
    },
  );
  const [row] = await held.database.pool`select hash from account_session`;
  assert.deepEqual(row?.['hash'], hashOf(browser.value('session') ?? ''));
  const [told] = await held.database.pool`select event, actor, role, organisation from audit`;
  assert.deepEqual(
    { ...told },
    { event: 'sign-in', actor: 'Practitioner/n1', role: 'nurse', organisation: 'Organization/park-view' },
  );
  const other = await signedIn(held, await person(held));
  const rose = await held.accounts.identityOf(other.cookie);
  assert.deepEqual(rose?.kind === 'person' && [rose.patient, rose.proofing], ['rose', 'P9']);
});

test('a person is warned of a device that is new to their account and of new ways in; a warning that fails stops nobody', async (t) => {
  const held = await testAccounts(t);
  const rose = await person(held);
  const warned: string[] = [];
  held.accounts.whenWarned(async (account, warning) => {
    warned.push(`${account.name}: ${warning}`);
    throw new Error('no way out');
  });
  const browser = await signedIn(held, rose);
  assert.deepEqual(warned, [], 'the first device is new to nobody');
  await signedIn(held, rose, browser);
  assert.deepEqual(warned, [], 'it is known again');
  await signedIn(held, rose);
  assert.deepEqual(warned.splice(0), ['Rose Ash: new-device']);
  const visitor = new TestBrowser();
  visitor.signedIn(await held.accounts.startSession(rose, 'demonstration', visitor.visit));
  assert.deepEqual(warned, [], 'becoming someone of the demonstration is no sign-in');
  const identity = await held.accounts.identityOf(browser.cookie);
  assert.ok(identity);
  await held.accounts.credentials.newRecoveryCodes(identity, browser.visit);
  assert.deepEqual(warned, ['Rose Ash: sign-in-changed']);
});

test('a request without our cookie, or with one we never gave, is nobody’s', async (t) => {
  const { accounts } = await testAccounts(t);
  for (const cookie of [undefined, '', 'session=', 'session=short', `session=${'A'.repeat(43)}`, 'a=b; c'])
    assert.equal(await accounts.identityOf(cookie), undefined);
});

test('a token planted before signing in is worth nothing afterwards', async (t) => {
  const held = await testAccounts(t);
  const { account } = await nurse(held);
  const planted = 'f'.repeat(43);
  const victim = new TestBrowser();
  victim.put('session', planted);
  await signedIn(held, account, victim);
  assert.notEqual(victim.value('session'), planted);
  assert.equal(await held.accounts.identityOf(`session=${planted}`), undefined);
  // Nor is a session of the attacker's own that they planted: it ends with the sign-in.
  const attacker = await signedIn(held, await person(held));
  const other = new TestBrowser();
  other.put('session', attacker.value('session') ?? '');
  await signedIn(held, account, other);
  assert.equal(await held.accounts.identityOf(attacker.cookie), undefined);
});

test('a device cookie that we never gave out is not taken over', async (t) => {
  const held = await testAccounts(t);
  const { account } = await nurse(held);
  const victim = new TestBrowser();
  victim.put('device', 'e'.repeat(43));
  await signedIn(held, account, victim);
  assert.notEqual(victim.value('device'), 'e'.repeat(43));
  const known = victim.value('device');
  await signedIn(held, account, victim);
  assert.equal(victim.value('device'), known, 'one of ours stays');
});

test('staff are signed out after 15 minutes without a request, patients after 30', async (t) => {
  const held = await testAccounts(t);
  const staff = await signedIn(held, (await nurse(held)).account);
  const patient = await signedIn(held, await person(held));
  for (let i = 0; i < 3; i += 1) {
    held.pass(14 * minute);
    assert.ok(await held.accounts.identityOf(staff.cookie), 'each request puts it off');
    assert.ok(await held.accounts.identityOf(patient.cookie));
  }
  held.pass(15 * minute);
  assert.equal(await held.accounts.identityOf(staff.cookie), undefined);
  held.pass(14 * minute);
  assert.ok(await held.accounts.identityOf(patient.cookie));
  held.pass(30 * minute);
  assert.equal(await held.accounts.identityOf(patient.cookie), undefined);
  held.pass(hour);
  await held.accounts.clear();
  assert.equal((await held.database.pool`select 1 from account_session`).length, 0);
});

test('the time of the last request is written at most once a minute', async (t) => {
  const held = await testAccounts(t);
  const browser = await signedIn(held, (await nurse(held)).account);
  const touched = async () =>
    Number((await held.database.pool`select touched from account_session`)[0]?.['touched']);
  const first = await touched();
  held.pass(59_000);
  await held.accounts.identityOf(browser.cookie);
  assert.equal(await touched(), first);
  held.pass(1000);
  await held.accounts.identityOf(browser.cookie);
  assert.equal(await touched(), first + minute);
});

test('a session ends after 12 hours for staff and 24 for patients, however busy', async (t) => {
  const held = await testAccounts(t);
  const staff = await signedIn(held, (await nurse(held)).account);
  const patient = await signedIn(held, await person(held));
  for (let passed = 0; passed < 24 * hour; passed += 10 * minute) {
    assert.equal(
      (await held.accounts.identityOf(staff.cookie)) !== undefined,
      passed < 12 * hour,
      `${passed}`,
    );
    assert.ok(await held.accounts.identityOf(patient.cookie), `${passed}`);
    held.pass(10 * minute);
  }
  assert.equal(await held.accounts.identityOf(patient.cookie), undefined);
});

test('signing out ends the session on the server: its token sent again is refused', async (t) => {
  const held = await testAccounts(t);
  const browser = await signedIn(held, (await nurse(held)).account);
  const stolen = browser.cookie;
  browser.take(await held.accounts.signOut(browser.visit));
  assert.equal(browser.value('session'), undefined);
  assert.equal(await held.accounts.identityOf(stolen), undefined);
  assert.deepEqual(await held.events(), ['sign-in success', 'sign-out success']);
});

test('one session, one device or all can be ended from another; not those of someone else', async (t) => {
  const held = await testAccounts(t);
  const { accounts } = held;
  const { account } = await nurse(held);
  const [here, there, elsewhere] = [
    await signedIn(held, account),
    await signedIn(held, account),
    await signedIn(held, account),
  ];
  const identity = (await accounts.identityOf(here.cookie))!;
  const stranger = (await accounts.identityOf((await signedIn(held, await person(held))).cookie))!;
  const target = (await accounts.identityOf(there.cookie))!.session;
  assert.equal(await accounts.endSession(stranger, target, here.visit), false);
  assert.equal(await accounts.endSession(identity, 'no id at all', here.visit), false);
  assert.ok(await accounts.identityOf(there.cookie));
  assert.equal(await accounts.endSession(identity, target, here.visit), true);
  assert.equal(await accounts.identityOf(there.cookie), undefined);

  const device = (await accounts.sessionsOf(account)).find(({ id }) => id !== identity.session)!.device;
  assert.equal(await accounts.forgetDevice(stranger, device, here.visit), false);
  assert.equal(await accounts.forgetDevice(identity, device, here.visit), true);
  assert.equal(await accounts.identityOf(elsewhere.cookie), undefined);
  assert.equal((await accounts.devicesOf(account)).length, 2);

  const again = await signedIn(held, account);
  assert.equal(await accounts.endAll(account, here.visit), 2);
  for (const browser of [here, again]) assert.equal(await accounts.identityOf(browser.cookie), undefined);
});

test('a disabled account is out at once and cannot come in', async (t) => {
  const held = await testAccounts(t);
  const { account } = await nurse(held);
  const browser = await signedIn(held, account);
  await held.accounts.disable(account);
  assert.equal(await held.accounts.identityOf(browser.cookie), undefined);
  await assert.rejects(held.accounts.startSession(account, 'passkey', browser.visit), refused(403));
});

test('a session in a post ends with the post, at its time or when it is ended', async (t) => {
  const held = await testAccounts(t);
  const { accounts, clock } = held;
  const account = await accounts.createAccount({ kind: 'staff', name: 'Locum Elm' });
  await assert.rejects(accounts.startSession(account, 'passkey', new TestBrowser().visit), refused(403));
  await accounts.addPost(account, { ...nursePost, ends: clock.now() + 10 * minute });
  const browser = await signedIn(held, account);
  held.pass(10 * minute);
  assert.equal(await accounts.identityOf(browser.cookie), undefined);
  const post = await accounts.addPost(account, nursePost);
  await signedIn(held, account, browser);
  await accounts.endPost(post);
  assert.equal(await accounts.identityOf(browser.cookie), undefined);
});

test('staff with several posts choose one, change it under a new token, and never take one they do not hold', async (t) => {
  const held = await testAccounts(t);
  const { accounts } = held;
  const { account } = await nurse(held);
  const other = await accounts.addPost(account, { ...nursePost, organisation: 'Organization/hospital' });
  const foreign = (await nurse(held, 'Nurse Yew')).post;
  const browser = new TestBrowser();
  const begun = await accounts.startSession(account, 'passkey', browser.visit, { returnTo: '/people' });
  browser.signedIn(begun);
  assert.equal(begun.location, '/sign-in/post');
  assert.equal(await accounts.identityOf(browser.cookie), undefined, 'not signed in before the choice');
  assert.equal(await accounts.choosing(browser.visit), account);
  await assert.rejects(accounts.choosePost(browser.visit, foreign), refused(403));
  const replayed = browser.visit;
  const chosen = await accounts.choosePost(browser.visit, other);
  assert.equal(chosen?.location, '/people');
  browser.signedIn(chosen!);
  assert.equal(await accounts.choosePost(replayed, other), undefined, 'a choice is made once');

  const identity = (await accounts.identityOf(browser.cookie))!;
  assert.equal(identity.kind === 'staff' && identity.post.organisation, 'Organization/hospital');
  const before = browser.cookie;
  const first = (await accounts.postsOf(account)).find(({ id }) => id !== other)!.id;
  await assert.rejects(accounts.switchPost(identity, foreign, browser.visit), refused(403));
  browser.signedIn(await accounts.switchPost(identity, first, browser.visit));
  assert.equal(await accounts.identityOf(before), undefined, 'the old token is refused');
  const after = (await accounts.identityOf(browser.cookie))!;
  assert.equal(after.kind === 'staff' && after.post.organisation, 'Organization/park-view');
  assert.equal(
    (await accounts.startSession(account, 'passkey', browser.visit)).location,
    '/',
    'again, in the same post',
  );
});

test('an act that needs a fresh sign-in is refused after its minutes, in a way that pages know', async (t) => {
  const held = await testAccounts(t);
  const browser = await signedIn(held, await person(held));
  held.pass(10 * minute);
  const identity = (await held.accounts.identityOf(browser.cookie))!;
  held.accounts.requireFresh(identity, 10);
  held.pass(1);
  assert.throws(() => held.accounts.requireFresh(identity, 10), isFreshSignInNeeded);
});

test('over https the cookies are host-bound and secure; on loopback http they are plain; both hidden from scripts', async (t) => {
  for (const [baseUrl, start] of [
    ['https://record.example.org', '__Host-session='],
    ['http://localhost:8080', 'session='],
  ] as const) {
    const held = await testAccounts(t, { baseUrl });
    const { setCookies } = await held.accounts.startSession(
      await person(held),
      'nhs-login',
      new TestBrowser().visit,
    );
    const session = setCookies.find((header) => header.includes('session='))!;
    assert.ok(session.startsWith(start), session);
    assert.match(session, /; Path=\/; HttpOnly; SameSite=Lax/);
    assert.equal(session.endsWith('; Secure'), baseUrl.startsWith('https'));
  }
});

test('an outside subject belongs to one account, and a Patient to one person', async (t) => {
  const held = await testAccounts(t);
  const { accounts } = held;
  const rose = await person(held);
  const other = await accounts.createAccount({ kind: 'person', name: 'Other' });
  await accounts.addOutside(rose, 'https://id.example', 's1');
  await accounts.addOutside(rose, 'https://id.example', 's1');
  assert.equal((await accounts.findAccountByOutside('https://id.example', 's1'))?.id, rose);
  assert.equal(await accounts.findAccountByOutside('https://other.example', 's1'), undefined);
  await assert.rejects(accounts.addOutside(other, 'https://id.example', 's1'), refused(409));
  await assert.rejects(accounts.linkPatient(other, 'rose', 'P9'), refused(409));
  await accounts.linkPatient(rose, 'rose', 'P5');
  assert.equal((await accounts.findAccount(rose))?.proofing, 'P9', 'proofing is not lowered');
  await assert.rejects(
    accounts
      .createAccount({ kind: 'staff', name: 'A', login: 'a@b.c' })
      .then(() => accounts.createAccount({ kind: 'staff', name: 'B', login: ' A@B.C' })),
    refused(409),
  );
});
