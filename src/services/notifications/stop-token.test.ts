import assert from 'node:assert/strict';
import test from 'node:test';
import { openStopTokens } from './stop-token.ts';

const key = new Uint8Array(32).fill(1);
const nia = '0190a0b0-0000-7000-8000-00000000000a';
const bob = '0190a0b0-0000-7000-8000-00000000000b';
const addresses: Readonly<Record<string, string>> = { [nia]: 'nia@example.org', [bob]: 'bob@example.org' };
const addressOf = async (account: string) => addresses[account];

test('a link stops the emails of the account and address that it was made for', async () => {
  const tokens = openStopTokens([key]);
  assert.equal(await tokens.accountOf(tokens.tokenFor(nia, 'nia@example.org'), addressOf), nia);
});

test('a link made up, changed, for another account or a former address stops nothing', async () => {
  const tokens = openStopTokens([key]);
  const good = Buffer.from(tokens.tokenFor(nia, 'nia@example.org'), 'base64url');
  const bobs = Buffer.from(tokens.tokenFor(bob, 'bob@example.org'), 'base64url');
  const moved = Buffer.concat([bobs.subarray(0, 16), good.subarray(16)]);
  const tries = [moved.toString('base64url'), '', 'x', '../..', `${good.toString('base64url')}AAAA`];
  for (let i = 0; i < good.length; i += 1) {
    const bent = Buffer.from(good);
    bent[i] = (bent[i] ?? 0) ^ 1;
    tries.push(bent.toString('base64url'));
  }
  tries.push(tokens.tokenFor(nia, 'old@example.org'));
  tries.push(openStopTokens([new Uint8Array(32).fill(2)]).tokenFor(nia, 'nia@example.org'));
  tries.push(tokens.tokenFor('0190a0b0-0000-7000-8000-00000000000c', ''));
  for (const token of tries) assert.equal(await tokens.accountOf(token, addressOf), undefined, token);
});

test('links in old emails hold when a new key is put in front', async () => {
  const old = openStopTokens([key]).tokenFor(nia, 'nia@example.org');
  const tokens = openStopTokens([new Uint8Array(32).fill(9), key]);
  assert.equal(await tokens.accountOf(old, addressOf), nia);
});

test('a link says nothing of the address', () => {
  const token = openStopTokens([key]).tokenFor(nia, 'nia@example.org');
  assert.doesNotMatch(Buffer.from(token, 'base64url').toString('latin1'), /nia|example/);
});
