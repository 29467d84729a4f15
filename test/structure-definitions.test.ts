import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { errata } from '../scripts/definitions/errata.ts';
import { makeStructures, makeValueSets } from '../scripts/definitions/structures.ts';
import { ruleDefinition } from '../src/fhir/definitions.ts';

const committed = (name: string): string =>
  readFileSync(new URL(`../src/fhir/r4/${name}`, import.meta.url), 'utf8');

test('the committed structures and value sets are what the published definitions make', () => {
  // Not assert.equal: its message would be a difference of 600 KB.
  assert.ok(committed('structures.json') === makeStructures(), 'structures.json: run npm run definitions');
  assert.ok(committed('value-sets.json') === makeValueSets(), 'value-sets.json: run npm run definitions');
});

test('every correction of a published rule is in force', () => {
  for (const [key, { expression }] of Object.entries(errata))
    assert.equal(ruleDefinition(key).expression, expression);
});
