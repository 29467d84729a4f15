import assert from 'node:assert/strict';
import test from 'node:test';
import { type Role, roles } from '../roles.ts';
import { roleOfNational, rolesFromNational } from './national-roles.ts';

test('every role that a national one becomes is in the table of roles, held by staff', () => {
  const table: Readonly<Record<string, Role>> = roles;
  for (const role of rolesFromNational) assert.equal(table[role]?.holder, 'staff', role);
});

test('a wide national role is as wide as the kind of its organisation makes it, and nothing where that says nothing', () => {
  const practitioner = 'S8000:G8000:R8000';
  assert.equal(roleOfNational(practitioner, ['general-practice']), 'gp');
  assert.equal(roleOfNational(practitioner, ['hospital']), 'consultant');
  assert.equal(roleOfNational(practitioner, []), undefined);
  assert.equal(roleOfNational('R8001', []), 'nurse');
  for (const unknown of ['', 'S8000:G8000:R9999', 'R8007', 'constructor']) {
    assert.equal(roleOfNational(unknown, ['hospital']), undefined, unknown);
  }
});
