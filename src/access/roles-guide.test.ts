import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { days, relationRules } from '../record/relation-table.ts';
import { type GroupName, type ResourceGroup, resourceGroups } from './resource-groups.ts';
import { type Role, type RoleAction, roles } from './roles.ts';
import {
  abuse,
  confidential,
  intimate,
  notForPatients,
  restricted,
  veryRestricted,
} from './security-labels.ts';
import { ageRules } from './sight/age-rules.ts';

const guide = readFileSync(join(import.meta.dirname, '../../docs/access.md'), 'utf8');

const labelSets: readonly (readonly [string, readonly string[]])[] = [
  ['confidential', confidential],
  ['restricted', restricted],
  ['very restricted', veryRestricted],
  ['sexual health, HIV and genetics', intimate],
  ['abuse', abuse],
  ['not for patients', notForPatients],
];
const actionNames: Readonly<Record<RoleAction, string>> = {
  'emergency-access': 'emergency access',
  'review-access': 'reviews accesses',
  'see-audit': 'reads the audit log',
  safeguarding: 'safeguarding',
  'decide-proxies': 'decides about proxies',
  'manage-accounts': 'manages accounts',
  'manage-clients': 'manages API clients',
  'manage-lines': 'keeps the register of lines, plans and orders',
  'see-lines': 'reads the state of every line',
  'see-own-lines': 'sees and tests the lines of its organisation',
  'supply-lines': 'carries out orders for lines',
};

const whole = new Set<GroupName>(roles.gp.sees);
const named = (groups: readonly GroupName[]): string[] =>
  groups
    .map((name): ResourceGroup => resourceGroups[name])
    .filter(({ reach }) => reach !== 'nobody')
    .map(({ name }) => name);
const listed = (names: readonly string[]): string => (names.length === 0 ? 'nothing' : names.join('; '));

function seesOf({ sees, seesOfAll = [] }: Role): string {
  if (seesOfAll.length > 0) return `of everyone: ${listed(named(seesOfAll))}`;
  return sees.length === whole.size && sees.every((name) => whole.has(name))
    ? 'all of care'
    : listed(named(sees));
}

/** The fewest sets of labels that make up what is withheld. */
function withheldOf({ withheld }: Role): string {
  const covered = labelSets.filter(([, labels]) => labels.every((label) => withheld.includes(label)));
  const kept = covered.filter(
    ([, labels]) =>
      !covered.some(
        ([, other]) => other.length > labels.length && labels.every((label) => other.includes(label)),
      ),
  );
  assert.deepEqual(new Set(kept.flatMap(([, labels]) => labels)), new Set(withheld));
  return kept.length === 0 ? '–' : kept.map(([name]) => name).join('; ');
}

const rowOf = (role: Role): string =>
  `| ${[
    role.name,
    seesOf(role),
    listed(named(role.writes)),
    withheldOf(role),
    role.actions.map((action) => actionNames[action]).join(', ') || '–',
    role.why,
  ].join(' | ')} |`;

test('the guide’s table of roles is the table of roles', () => {
  const expected = Object.values<Role>(roles)
    .filter(({ holder }) => holder !== 'system')
    .map(rowOf);
  const section = guide.slice(guide.indexOf('\n## Roles'), guide.indexOf('\n## Relationships'));
  const found = section
    .split('\n')
    .filter((line) => /^\| (?!Role |-|group )/.test(line) && line.split(' | ').length === 6);
  assert.deepEqual(found, expected);
});

test('the guide’s groups are the groups', () => {
  for (const { name, types } of Object.values<ResourceGroup>(resourceGroups))
    assert.ok(guide.includes(`| ${name} | ${types.join(', ')} |`), `${name}: ${types.join(', ')}`);
});

test('the guide names every type that makes a relationship, and every limit of time', () => {
  const section = guide.slice(guide.indexOf('\n## Relationships'), guide.indexOf('\n## Sharing'));
  for (const type of Object.keys(relationRules)) assert.ok(section.includes(`| ${type} |`), type);
  for (const [name, length] of Object.entries(days))
    assert.ok(section.includes(`| ${name} | ${length} |`), name);
});

test('the guide gives each rule of age with its source', () => {
  for (const { text, source } of ageRules) {
    assert.ok(guide.includes(text), text);
    assert.ok(guide.includes(source), source);
  }
});
