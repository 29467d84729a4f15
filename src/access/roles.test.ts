import assert from 'node:assert/strict';
import test from 'node:test';
import { rolesFromNational } from './outside/national-roles.ts';
import { type GroupName, type ResourceGroup, resourceGroups, typesIn } from './resource-groups.ts';
import { mayDo, purposes, type Role, roleOf, roles, rolesThatMay, usualPurpose } from './roles.ts';

const all: readonly (readonly [string, Role])[] = Object.entries(roles);
const named = (names: readonly GroupName[]): readonly ResourceGroup[] =>
  names.map((name) => resourceGroups[name]);

/** Groups that tell of someone’s health. */
const clinical: readonly GroupName[] = [
  ...(['visits', 'alerts', 'problems', 'medicines', 'vaccinations', 'results', 'imaging', 'notes'] as const),
  ...(['documents', 'plans', 'requests', 'aids', 'messages', 'safeguarding', 'studies', 'cohorts'] as const),
];

test('every role says in a sentence why it sees what it sees', () => {
  for (const [key, { name, why }] of all) {
    assert.match(why, /^[A-Z].{20,}\.$/, key);
    assert.match(name, /^[A-Z]/, key);
  }
});

test('a role writes only what it sees, and names a group once', () => {
  for (const [key, { sees, writes }] of all) {
    assert.deepEqual(
      writes.filter((group) => !sees.includes(group)),
      [],
      key,
    );
    assert.equal(new Set(sees).size, sees.length, key);
    assert.equal(new Set(writes).size, writes.length, key);
  }
});

test('no role is shown files and bundles, of which nothing says whose they are', () => {
  for (const [key, { sees, seesOfAll = [] }] of all)
    assert.deepEqual(
      named([...sees, ...seesOfAll]).filter(({ reach }) => reach === 'none'),
      [],
      key,
    );
});

test('a receptionist sees appointments, demographics and contact details, and nothing clinical', () => {
  assert.deepEqual(typesIn(roles.receptionist.sees, 'person'), [
    ...(['Patient', 'RelatedPerson', 'Person', 'Appointment', 'AppointmentResponse'] as const),
  ]);
});

test('those who do not care for people see nothing of anyone’s health', () => {
  for (const key of [
    ...(['receptionist', 'practice-manager', 'administrator', 'information-governance'] as const),
    ...(['connectivity-lead', 'supplier', 'analyst', 'researcher'] as const),
  ]) {
    const { sees, seesOfAll = [] }: Role = roles[key];
    assert.deepEqual(
      [...sees, ...seesOfAll].filter((group) => clinical.includes(group)),
      [],
      key,
    );
  }
});

test('administrators, analysts, researchers, connectivity leads and suppliers see no one’s record at all', () => {
  for (const key of ['administrator', 'analyst', 'researcher', 'connectivity-lead', 'supplier'] as const) {
    const { sees, seesOfAll }: Role = roles[key];
    assert.deepEqual(
      named(sees).filter(({ reach }) => reach !== 'nobody'),
      [],
      key,
    );
    assert.equal(seesOfAll, undefined, key);
  }
});

test('only information governance sees something of everyone: names, choices and who looked', () => {
  for (const [key, { seesOfAll }] of all)
    assert.deepEqual(
      seesOfAll,
      key === 'information-governance' ? ['demographics', 'choices', 'audit'] : undefined,
      key,
    );
});

test('no one who treats a person sees their sharing choices: a choice tells that something is kept back', () => {
  for (const [key, { sees, holder }] of all)
    if (holder === 'staff') assert.ok(!sees.includes('choices') && !sees.includes('audit'), key);
});

test('only a person writes their sharing choices, and no one writes the audit log', () => {
  assert.deepEqual(
    all.filter(([, { writes }]) => writes.includes('choices')).map(([key]) => key),
    ['patient'],
  );
  assert.deepEqual(
    all.filter(([, { writes }]) => writes.includes('audit')),
    [],
  );
});

test('medicines are written only by those who prescribe or dispense', () => {
  assert.deepEqual(
    all
      .filter(([, { writes }]) => writes.includes('medicines'))
      .map(([key]) => key)
      .sort(),
    ['consultant', 'gp', 'junior-doctor', 'pharmacist'],
  );
});

test('emergency access is for those who treat people themselves, and reviewed by those who cannot use it', () => {
  const users = rolesThatMay('emergency-access');
  assert.ok(users.includes('paramedic') && users.includes('gp'));
  for (const key of users) assert.ok(roleOf(key)?.sees.includes('alerts'), key);
  for (const key of [
    'receptionist',
    'social-worker',
    'administrator',
    'analyst',
    'patient',
    'pharmacy-technician',
  ])
    assert.ok(!mayDo(key, 'emergency-access'), key);
  assert.deepEqual(rolesThatMay('review-access'), ['information-governance']);
  assert.ok(!users.includes('information-governance'));
});

test('purposes are known, and each role has one that is usual', () => {
  for (const [key, role] of all) {
    assert.ok(role.purposes.length > 0, key);
    assert.ok(
      role.purposes.every((purpose) => purpose in purposes),
      key,
    );
    assert.equal(usualPurpose(key), role.purposes[0]);
  }
});

test('staff sign in again after a quarter of an hour', () => {
  for (const [key, { holder, idleMinutes }] of all)
    if (holder === 'staff') assert.equal(idleMinutes, 15, key);
});

test('an unknown role is none, whatever it is called', () => {
  for (const key of ['', 'king', 'constructor', '__proto__', 'GP']) {
    assert.equal(roleOf(key), undefined, key);
    assert.equal(mayDo(key, 'see-audit'), false, key);
    assert.equal(usualPurpose(key), undefined, key);
  }
});

test('every national role is known here', () => {
  for (const key of rolesFromNational) assert.equal(roleOf(key)?.holder, 'staff', key);
});
