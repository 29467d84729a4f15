import assert from 'node:assert/strict';
import test from 'node:test';
import {
  codeAt,
  type Enrolled,
  enrolledNurse,
  goodPassword,
  type TestAccounts,
  TestBrowser,
  testAccounts,
  testSecret,
} from '../../../test/support/accounts.ts';
import type { SignInAnswer } from './sign-in.ts';

const minute = 60_000;

async function password(held: TestAccounts, browser: TestBrowser, login: string, typed = goodPassword) {
  const answer = await held.accounts.signIn.password(browser.visit, { login, password: typed }, '/people');
  if (answer.state === 'code') browser.take(answer.setCookies);
  return answer.state;
}
const finish = (browser: TestBrowser, answer: SignInAnswer) => {
  if (answer.state === 'in') browser.signedIn(answer.signedIn);
  return answer.state;
};
const code = async ({ accounts, clock }: TestAccounts, browser: TestBrowser, { key }: Enrolled) =>
  finish(browser, await accounts.signIn.code(browser.visit, codeAt(key, clock.now())));

test('a password and then the code of the app sign in, and go on to where one wanted to go', async (t) => {
  const held = await testAccounts(t);
  const nurse = await enrolledNurse(held, new TestBrowser());
  held.pass(minute);
  const browser = new TestBrowser();
  assert.equal(await password(held, browser, ' Nurse@Example.org '), 'code');
  assert.equal(await held.accounts.identityOf(browser.cookie), undefined, 'the password alone is not enough');
  const answer = await held.accounts.signIn.code(browser.visit, codeAt(nurse.key, held.clock.now()));
  assert.equal(answer.state === 'in' && answer.signedIn.location, '/people');
  finish(browser, answer);
  assert.equal((await held.accounts.identityOf(browser.cookie))?.method, 'password');
});

test('a code is taken once, in whichever browser, and one of an earlier step never after a later one', async (t) => {
  const held = await testAccounts(t);
  const nurse = await enrolledNurse(held, new TestBrowser());
  held.pass(2 * minute);
  const [first, second, third] = [new TestBrowser(), new TestBrowser(), new TestBrowser()];
  for (const browser of [first, second, third])
    assert.equal(await password(held, browser, nurse.login), 'code');
  assert.equal(await code(held, first, nurse), 'in');
  assert.equal(await code(held, second, nurse), 'wrong');
  const earlier = codeAt(nurse.key, held.clock.now() - 30_000);
  assert.equal((await held.accounts.signIn.code(third.visit, earlier)).state, 'wrong');
  held.pass(30_000);
  assert.equal(await code(held, second, nurse), 'in');
  assert.equal(await code(held, second, nurse), 'over', 'the step itself is used once too');
});

test('signing in seals the app’s secret anew, after which the former key is not needed', async (t) => {
  const held = await testAccounts(t);
  const nurse = await enrolledNurse(held, new TestBrowser());
  const [former, newer] = [testSecret('accounts'), testSecret('newer')];
  const signIn = async (secrets: readonly Uint8Array[]) => {
    held.pass(minute);
    const { signIn: way } = held.another(secrets);
    const browser = new TestBrowser();
    const typed = { login: nurse.login, password: goodPassword };
    const begun = await way.password(browser.visit, typed, '/');
    if (begun.state === 'code') browser.take(begun.setCookies);
    return way.code(browser.visit, codeAt(nurse.key, held.clock.now()));
  };
  await assert.rejects(signIn([newer]), /former secret back/);
  assert.equal((await signIn([newer, former])).state, 'in');
  assert.equal((await signIn([newer])).state, 'in');
});

test('of two browsers that send the same code at the same moment one is let in', async (t) => {
  const held = await testAccounts(t);
  const nurse = await enrolledNurse(held, new TestBrowser());
  held.pass(minute);
  const browsers = [new TestBrowser(), new TestBrowser(), new TestBrowser()];
  for (const browser of browsers) await password(held, browser, nurse.login);
  const states = await Promise.all(browsers.map((browser) => code(held, browser, nurse)));
  assert.deepEqual(states.sort(), ['in', 'wrong', 'wrong']);
});

test('each recovery code stands once for the app’s code, whatever way it is typed', async (t) => {
  const held = await testAccounts(t);
  const nurse = await enrolledNurse(held, new TestBrowser());
  const [given = ''] = nurse.recoveryCodes;
  assert.equal(nurse.recoveryCodes.length, 10);
  const use = async (typed: string) => {
    const browser = new TestBrowser();
    assert.equal(await password(held, browser, nurse.login), 'code');
    const state = finish(browser, await held.accounts.signIn.recoveryCode(browser.visit, typed));
    return { state, identity: await held.accounts.identityOf(browser.cookie) };
  };
  const used = await use(given.toUpperCase().replaceAll('-', ' '));
  assert.deepEqual([used.state, used.identity?.method], ['in', 'recovery-code']);
  assert.equal((await use(given)).state, 'wrong');
  assert.equal((await held.accounts.credentials.ways(nurse.account)).recoveryCodesLeft, 9);
  const kept = await held.database.pool`select hash::text from account_recovery_code`;
  assert.ok(!JSON.stringify(kept).includes(given.replaceAll('-', '')), 'only hashes are kept');
});

test('an unknown name, a wrong password, a disabled account and one without a password get the same answer', async (t) => {
  const held = await testAccounts(t);
  const { accounts } = held;
  const nurse = await enrolledNurse(held, new TestBrowser());
  await accounts.createAccount({ kind: 'staff', name: 'No Password', login: 'none@example.org' });
  const disabled = await enrolledNurse(held, new TestBrowser(), 'gone@example.org');
  await accounts.disable(disabled.account);
  const tries = [
    ['nobody@example.org', goodPassword],
    [nurse.login, 'wrong password here'],
    ['none@example.org', goodPassword],
    [disabled.login, goodPassword],
  ] as const;
  for (const [login, typed] of tries)
    assert.deepEqual(
      await accounts.signIn.password(new TestBrowser().visit, { login, password: typed }, '/'),
      { state: 'wrong' },
      login,
    );
  assert.equal((await held.events()).filter((event) => event === 'sign-in-failed failure').length, 4);
});

test('unknown names wait as known ones do, so that waiting tells nothing', async (t) => {
  const held = await testAccounts(t);
  const nurse = await enrolledNurse(held, new TestBrowser());
  const states = async (login: string, network: string) => {
    const seen: string[] = [];
    for (let i = 0; i < 8; i += 1)
      seen.push(await password(held, new TestBrowser(network), login, 'wrong password here'));
    return seen;
  };
  const known = await states(nurse.login, '192.0.2.7');
  assert.deepEqual(known, await states('nobody@example.org', '192.0.2.8'));
  assert.equal(known.at(-1), 'wait');
});

test('a stranger’s failures delay strangers, in every server process, and never the owner’s own devices', async (t) => {
  const held = await testAccounts(t);
  const own = new TestBrowser('198.51.100.4');
  const nurse = await enrolledNurse(held, own);
  held.pass(minute);
  const processes = [held.accounts, held.another()];
  let waited = 0;
  for (let i = 0; i < 60; i += 1) {
    const stranger = new TestBrowser(`203.0.113.${i}`);
    const typed = { login: nurse.login, password: `guess number ${i}` };
    const answer = await processes[i % 2]!.signIn.password(stranger.visit, typed, '/');
    if (answer.state === 'wait') waited += 1;
  }
  assert.ok(waited >= 50, `${waited} were made to wait`);
  assert.equal(
    await password(held, new TestBrowser('203.0.113.99'), nurse.login),
    'wait',
    'even with the right one',
  );
  assert.equal(await password(held, own, nurse.login), 'code');
  assert.equal(await code(held, own, nurse), 'in');
});

test('each further failure makes strangers wait longer, up to 15 minutes', async (t) => {
  const held = await testAccounts(t);
  const nurse = await enrolledNurse(held, new TestBrowser());
  const waits: number[] = [];
  for (let i = 0; waits.length < 14; i += 1) {
    const stranger = new TestBrowser(`203.0.113.${i}`);
    const typed = { login: nurse.login, password: 'wrong password here' };
    const answer = await held.accounts.signIn.password(stranger.visit, typed, '/');
    if (answer.state !== 'wait') continue;
    waits.push(answer.seconds);
    held.pass(answer.seconds * 1000);
  }
  assert.deepEqual(waits.slice(0, 5), [1, 2, 4, 8, 16]);
  assert.equal(waits.at(-1), 900);
  held.pass(25 * 60 * minute);
  assert.equal(
    await password(held, new TestBrowser('203.0.113.200'), nurse.login),
    'code',
    'a quiet day ends it',
  );
});

test('many guesses at the same moment are counted as they begin', async (t) => {
  const held = await testAccounts(t);
  const nurse = await enrolledNurse(held, new TestBrowser());
  const guesses = Array.from({ length: 20 }, (_, i) =>
    password(held, new TestBrowser(`203.0.113.${i}`), nurse.login, 'wrong password here'),
  );
  const states = await Promise.all(guesses);
  assert.ok(states.filter((state) => state === 'wrong').length <= 6, states.join());
});

test('one address that tries many names is made to wait; a known device behind it is not', async (t) => {
  const held = await testAccounts(t);
  const shared = '198.51.100.4';
  const own = new TestBrowser(shared);
  const nurse = await enrolledNurse(held, own);
  held.pass(minute);
  const states = [];
  for (let i = 0; i < 33; i += 1)
    states.push(await password(held, new TestBrowser(shared), `name${i}@example.org`, 'wrong password here'));
  assert.equal(states.at(-1), 'wait');
  assert.equal(await password(held, own, nurse.login), 'code');
});

test('a known device that guesses is delayed by itself', async (t) => {
  const held = await testAccounts(t);
  const own = new TestBrowser('198.51.100.4');
  const nurse = await enrolledNurse(held, own);
  held.pass(minute);
  for (let i = 0; i < 6; i += 1) await password(held, own, nurse.login, 'wrong password here');
  assert.equal(await password(held, own, nurse.login), 'wait');
  assert.equal(await password(held, new TestBrowser('203.0.113.5'), nurse.login), 'code');
});

test('who knows the password still gets few tries at the code, and a right password gives none back', async (t) => {
  const held = await testAccounts(t);
  const nurse = await enrolledNurse(held, new TestBrowser());
  let tried = 0;
  for (let round = 0; round < 10; round += 1) {
    const thief = new TestBrowser(`203.0.113.${round}`);
    if ((await password(held, thief, nurse.login)) !== 'code') continue;
    for (let i = 0; i < 10; i += 1)
      if ((await held.accounts.signIn.code(thief.visit, String(100_000 + round * 10 + i))).state === 'wrong')
        tried += 1;
  }
  assert.ok(tried <= 6, `${tried} tries`);
});

test('a step is worth nothing in another browser or after ten minutes', async (t) => {
  const held = await testAccounts(t);
  const nurse = await enrolledNurse(held, new TestBrowser());
  const browser = new TestBrowser();
  await password(held, browser, nurse.login);
  assert.equal(await code(held, new TestBrowser(), nurse), 'over');
  held.pass(10 * minute);
  assert.equal(await code(held, browser, nurse), 'over');
});
