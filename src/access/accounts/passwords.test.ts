import assert from 'node:assert/strict';
import test from 'node:test';
import {
  enrolledNurse,
  goodPassword,
  littleWork,
  TestBrowser,
  testAccounts,
  testSecret,
} from '../../../test/support/accounts.ts';
import { networkOf } from './attempts.ts';
import { deviceName } from './device-name.ts';
import { openPasswords, passwordFault } from './passwords.ts';
import { openSealer } from './sealed.ts';

test('long passwords of any characters are taken; short, common and one’s own name are not', () => {
  const own = ['asha.patel@example.org', 'Dr Asha Patel'];
  for (const good of ['rowing under pale lanterns', 'aaaabbbbqzxw', 'ünïcödé wörds', 'patel grows dahlias'])
    assert.equal(passwordFault(good, own), undefined, good);
  const refused: readonly (readonly [string, RegExp])[] = [
    ['elevenchars', /12 characters or more/],
    ['🙂🙂🙂🙂🙂🙂', /12 characters or more/],
    ['x'.repeat(201), /200 characters or fewer/],
    ['password1234', /often tried/],
    ['P@ssw0rd2026!', /often tried/],
    ['Welcome back 2026', /often tried/],
    ['qwertyuiop123', /often tried/],
    ['123456789012', /often tried/],
    ['abcabcabcabc', /often tried/],
    ['aaaaaaaaaaaa', /often tried/],
    ['1qaz2wsx3edc', /often tried/],
    ['manchesterunited1', /often tried/],
    ['asha.patel@example.org', /own name/],
    ['DrAshaPatel12', /own name/],
  ];
  for (const [bad, why] of refused) assert.match(passwordFault(bad, own) ?? '(taken)', why, bad);
});

test('a password is known by its hash alone, however the keyboard composed its accents', async () => {
  const { hash, matches } = openPasswords(littleWork);
  const kept = await hash('cafe\u0301 terrace at noon');
  assert.equal(await matches('caf\u00e9 terrace at noon', kept), true);
  assert.equal(await matches('cafe terrace at noon', kept), false);
  assert.equal(await matches('anything', undefined), false);
  assert.notDeepEqual(await hash('cafe terrace at noon'), await hash('cafe terrace at noon'));
});

test('a guess costs 32 MB and three passes, and what was kept with other work is still known', async () => {
  const { hash, matches } = openPasswords();
  const kept = await hash(goodPassword);
  assert.deepEqual([...kept.subarray(0, 3)], [15, 8, 3]);
  assert.equal(await matches(goodPassword, kept), true);
  assert.equal(await matches(goodPassword, await openPasswords(littleWork).hash(goodPassword)), true);
  assert.equal(await openPasswords(littleWork).matches(goodPassword, kept), true);
});

test('accounts keep passwords with the product’s own work unless told otherwise', async (t) => {
  const held = await testAccounts(t, { usualWork: true });
  await enrolledNurse(held, new TestBrowser());
  const [row] = await held.database.pool`select secret from account_password`;
  assert.deepEqual([...Buffer.from(row?.['secret'] ?? []).subarray(0, 3)], [15, 8, 3]);
});

test('a seal opens with its own context and with a former secret, and with nothing else', () => {
  const old = openSealer([testSecret('old')]);
  const sealed = old.seal(Buffer.from('a secret'), 'account 1');
  const renewed = openSealer([testSecret('new'), testSecret('old')]);
  assert.equal(renewed.open(sealed, 'account 1').toString(), 'a secret');
  assert.throws(() => renewed.open(sealed, 'account 2'));
  assert.throws(() => openSealer([testSecret('new')]).open(sealed, 'account 1'), /no longer configured/);
  const bent = Buffer.from(sealed);
  bent[bent.length - 1]! ^= 1;
  assert.throws(() => old.open(bent, 'account 1'));
  assert.throws(() => openSealer([new Uint8Array(31)]), /shorter than 32/);
  assert.ok(!sealed.includes('a secret'));
});

test('addresses of one subscriber are counted together', () => {
  assert.equal(networkOf('192.0.2.7'), '192.0.2.7');
  assert.equal(networkOf('::ffff:192.0.2.7'), '192.0.2.7');
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2');
  assert.equal(networkOf('2001:0db8:0001:0002::1'), '2001:db8:1:2');
  assert.equal(networkOf('2001:db8::1'), networkOf('2001:db8:0:0:ffff::'));
  assert.equal(networkOf('::1'), '0:0:0:0');
});

test('a browser is named as a person would know it', () => {
  const cases = {
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0':
      'Edge on Windows',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.0 Mobile Safari/604.1':
      'Safari on iPhone',
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0': 'Firefox on Linux',
    'curl/8.0': 'A browser',
  };
  for (const [given, name] of Object.entries(cases)) assert.equal(deviceName(given), name);
  assert.equal(deviceName(undefined), 'A browser');
});
