import assert from 'node:assert/strict';
import test from 'node:test';
import { nearestName } from './nearest-name.ts';

const names = ['name', 'given', 'birthdate', 'general-practitioner', '_sort'];

test('a slip of the keys finds the name that was meant', () => {
  assert.equal(nearestName('nmae', names), 'name');
  assert.equal(nearestName('birthDate', names), 'birthdate');
  assert.equal(nearestName('generalPractitioner', names), 'general-practitioner');
  assert.equal(nearestName('_srot', names), '_sort');
});

test('a name that is like none finds none', () => {
  assert.equal(nearestName('xyz', names), undefined);
  assert.equal(nearestName('n'.repeat(10_000), names), undefined);
});
