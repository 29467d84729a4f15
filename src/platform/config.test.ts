import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { describeConfig, loadConfig } from './config.ts';
import { checkout } from './database-account.ts';
import { Problem } from './problem.ts';

const token = 'q8Zr0vWn3LkT5yXb7JmC2dHf6PsA9eGu';
const served = {
  SECRETS_KEY: Buffer.alloc(32, 'k').toString('base64'),
  AUDIT_SIGNING_KEY: Buffer.alloc(32, 's').toString('base64'),
  BASE_URL: 'https://record.example.org/',
  DATABASE_URL: 'postgres://app:hunter2@db/record',
  ACCESS_TOKEN: token,
};

function faultsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof Problem);
    return error.faults.map((fault) => fault.message);
  }
  return [];
}

function fileWith(t: { after(work: () => void): void }, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'throughline.json'), content);
  return join(folder, 'throughline.json');
}

test('nothing given is enough to start', () => {
  const config = loadConfig({ env: {}, mode: 'start' });
  assert.equal(config.host, '127.0.0.1');
  assert.equal(config.databaseUrl, undefined);
  assert.equal(config.origins.PORT, 'default');
});

test('the environment wins over the file', (t) => {
  const file = fileWith(t, '{ "PORT": 9000, "LOG_LEVEL": "warn" }');
  const config = loadConfig({ env: { PORT: '9001' }, file, mode: 'start' });
  assert.equal(config.port, 9001);
  assert.equal(config.logLevel, 'warn');
  assert.equal(config.baseUrl, 'http://localhost:9001');
  assert.deepEqual([config.origins.PORT, config.origins.LOG_LEVEL], ['environment', file]);
});

test('everything that is wrong is told at once, and how to mend it', (t) => {
  const file = fileWith(t, '{ "PROT": 9000 }');
  const env = { PORT: 'http', BASE_URL: 'record', DATABASE_URL: 'mysql://x', BODY_LIMIT_MB: '0' };
  const faults = faultsOf(() => loadConfig({ env, file, mode: 'start' }));
  assert.equal(faults.length, 5);
  assert.match(faults.join('\n'), /PROT is not a setting/);
  assert.match(faults.join('\n'), /PORT must be a number; it is "http"/);
  assert.match(faults.join('\n'), /BODY_LIMIT_MB must be at least 1/);
  assert.doesNotMatch(faults.join('\n'), /mysql:/);
});

test('a file that is no JSON object is refused', (t) => {
  assert.match(
    faultsOf(() => loadConfig({ env: {}, file: fileWith(t, '[1]'), mode: 'start' }))[0] ?? '',
    /one JSON object/,
  );
  assert.match(
    faultsOf(() => loadConfig({ env: {}, file: fileWith(t, '{'), mode: 'start' }))[0] ?? '',
    /cannot be read/,
  );
});

test('production needs its address, database and token given', () => {
  assert.equal(faultsOf(() => loadConfig({ env: {}, mode: 'serve' })).length, 5);
  assert.equal(loadConfig({ env: served, mode: 'serve' }).baseUrl, 'https://record.example.org');
});

for (const guessable of [
  'abc123',
  'change-me-change-me-change-me-change-me',
  'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
])
  test(`production refuses the token ${guessable}`, () => {
    const faults = faultsOf(() => loadConfig({ env: { ...served, ACCESS_TOKEN: guessable }, mode: 'serve' }));
    assert.match(faults[0] ?? '', /openssl rand/);
    assert.ok(!faults.join().includes(guessable));
  });

test('people to try are for a demonstration alone', () => {
  assert.equal(loadConfig({ env: {}, mode: 'start' }).demoPeople, 600);
  assert.equal(loadConfig({ env: { DEMO_PEOPLE: 'no' }, mode: 'start' }).demoPeople, undefined);
  assert.equal(loadConfig({ env: { DEMO_PEOPLE: 'yes' }, mode: 'start' }).demoPeople, 600);
  assert.equal(loadConfig({ env: { DEMO_PEOPLE: '0' }, mode: 'start' }).demoPeople, 0);
  assert.throws(
    () => loadConfig({ env: { DEMO_PEOPLE: 'many' }, mode: 'start' }),
    /yes, no or a whole number/,
  );
  assert.equal(loadConfig({ env: { ...served, DEMO_PEOPLE: 'yes' }, mode: 'serve' }).demoPeople, undefined);
});

test('providers of sign-in are JSON, in the environment as text', () => {
  const providers = [{ key: 'nhs-login' }];
  const env = { SIGN_IN_PROVIDERS: JSON.stringify(providers) };
  assert.deepEqual(loadConfig({ env, mode: 'start' }).signInProviders, providers);
  assert.equal(faultsOf(() => loadConfig({ env: { SIGN_IN_PROVIDERS: '{' }, mode: 'start' })).length, 1);
});

test('a demonstration that others can reach needs a token', () => {
  assert.match(
    faultsOf(() => loadConfig({ env: { HOST: '0.0.0.0' }, mode: 'start' }))[0] ?? '',
    /ACCESS_TOKEN/,
  );
  assert.equal(loadConfig({ env: { HOST: '0.0.0.0', ACCESS_TOKEN: token }, mode: 'start' }).host, '0.0.0.0');
});

test('the description names every origin and hides every secret', () => {
  const text = describeConfig(loadConfig({ env: served, mode: 'serve' }));
  assert.match(text, /BASE_URL +https:\/\/record\.example\.org +environment/);
  assert.match(text, /DATABASE_URL +postgres:\/\/app:\*\*\*@db\/record/);
  assert.ok(!text.includes(token) && !text.includes('hunter2'));
});

test('profiles are folders and packages, from the checkout on, and are shown with how they are used', () => {
  const config = loadConfig({ env: { PROFILES: 'guides/uk-core, /srv/own.tgz,' }, mode: 'start' });
  assert.deepEqual(
    config.profiles.map((path) => path.replace(checkout, '.')),
    ['./guides/uk-core', '/srv/own.tgz'],
  );
  assert.equal(config.profileCheck, 'warn');
  assert.match(describeConfig(config), /PROFILES +.*own\.tgz/);
  const faults = faultsOf(() => loadConfig({ env: { PROFILE_CHECK: 'strict' }, mode: 'start' }));
  assert.match(faults.join(), /PROFILE_CHECK must be off, warn or refuse; it is "strict"/);
});
