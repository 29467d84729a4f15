import assert from 'node:assert/strict';
import test from 'node:test';
import { checkAddress, type OutsideProvider } from './outside-provider.ts';

const provider: OutsideProvider = {
  key: 'nhs-login',
  issuer: 'https://auth.login.nhs.uk',
  clientId: 'throughline',
  privateKeyJwk: {},
};

test('requests go to outside addresses by https alone', () => {
  checkAddress('https://auth.login.nhs.uk/token', provider);
  checkAddress('https://198.41.0.4/token', provider);
  for (const address of [
    'http://auth.login.nhs.uk/token',
    'https://127.0.0.1/token',
    'https://localhost/token',
    'https://[::1]/token',
    'https://10.0.0.1/',
    'https://172.20.0.1/',
    'https://192.168.1.1/',
    'https://100.64.0.1/',
    'https://169.254.169.254/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[::ffff:10.0.0.1]/',
    'file:///etc/passwd',
    'not an address',
  ])
    assert.throws(() => checkAddress(address, provider), /must be reached by https/, address);
});

test('this machine is a provider only where it is allowed and is the issuer itself', () => {
  const here = { ...provider, issuer: 'http://127.0.0.1:4000', allowLoopback: true };
  checkAddress('http://127.0.0.1:4000/token', here);
  assert.throws(() => checkAddress('http://169.254.169.254/', here));
  assert.throws(() => checkAddress('http://127.0.0.1:4000/token', { ...here, allowLoopback: false }));
  assert.throws(() => checkAddress('http://127.0.0.1/', { ...provider, allowLoopback: true }));
});
