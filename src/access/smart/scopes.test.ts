import assert from 'node:assert/strict';
import test from 'node:test';
import { covers, isKnownScope, parseDataScope, parseScopes } from './scopes.ts';

const parsed = (text: string) => {
  const scope = parseDataScope(text);
  return scope && [scope.level, scope.type, scope.letters.join(''), scope.query ?? ''];
};

test('scopes of version 2 and 1 are read', () => {
  assert.deepEqual(parsed('patient/Observation.rs'), ['patient', 'Observation', 'rs', '']);
  assert.deepEqual(parsed('user/*.cruds'), ['user', '*', 'cruds', '']);
  assert.deepEqual(parsed('system/Patient.r'), ['system', 'Patient', 'r', '']);
  assert.deepEqual(parsed('patient/*.read'), ['patient', '*', 'rs', '']);
  assert.deepEqual(parsed('user/Observation.write'), ['user', 'Observation', 'cud', '']);
  assert.deepEqual(parsed('patient/*.*'), ['patient', '*', 'cruds', '']);
  assert.deepEqual(parsed('patient/Observation.rs?category=http://x|laboratory'), [
    'patient',
    'Observation',
    'rs',
    'category=http://x|laboratory',
  ]);
});

test('what is no scope, or one that cannot be kept, is not one', () => {
  for (const text of [
    'patient/Observation',
    'patient/Observation.',
    'patient/Observation.sr',
    'patient/Observation.rr',
    'patient/Observation.x',
    'Patient/Observation.rs',
    'patient/Nothing.rs',
    'patient/observation.rs',
    'patient/*.rs?category=x',
    'patient/Observation.cruds?category=x',
    'patient/Observation.rs?',
    'patient/Observation.rs?category',
    'patient/Observation.rs?nonsense=1',
    'patient/Observation.rs?_include=Observation:subject',
    'patient/Observation.rs?_has:Group:member:_id=1',
    'patient/Observation.rs?patient.name=x',
    'patient/Observation.rs?code:not=x',
    'admin/*.rs',
    '',
  ])
    assert.equal(parseDataScope(text), undefined, text);
  assert.equal(isKnownScope('launch/patient'), true);
  assert.equal(isKnownScope('launch/everything'), false);
  assert.equal(parseScopes('openid patient/Patient.rs nonsense').length, 1);
});

test('what was approved covers what lies within it, and no more', () => {
  const approved = [
    'openid',
    'patient/*.rs',
    'user/Observation.cruds',
    'user/Condition.rs?category=problem-list-item',
  ];
  for (const inside of [
    'openid',
    'patient/Observation.r',
    'patient/*.read',
    'patient/Observation.rs?category=vital-signs',
    'user/Observation.cud',
    'user/Condition.r?category=problem-list-item',
  ])
    assert.equal(covers(approved, inside), true, inside);
  for (const outside of [
    'fhirUser',
    'offline_access',
    'patient/Observation.u',
    'patient/*.cruds',
    'user/*.rs',
    'user/Condition.rs',
    'user/Condition.rs?category=other',
    'system/Observation.rs',
    'nonsense',
  ])
    assert.equal(covers(approved, outside), false, outside);
});
