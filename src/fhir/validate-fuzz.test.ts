import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { wrongResources } from '../../test/support/wrong-resources.ts';
import { parseJson } from './json.ts';
import { validate } from './validate.ts';

// biome-ignore format: one list
const examples = [
  'Patient-example', 'Observation-blood-pressure', 'Bundle-father', 'MedicationRequest-medrx0301', 'Questionnaire-3141',
  'Encounter-f001', 'CarePlan-example', 'ValueSet-example-extensional', 'Claim-100150', 'Composition-example', 'StructureDefinition-Patient',
];
const folder = new URL('../../node_modules/hl7.fhir.r4.examples/', import.meta.url);
const read = (name: string): unknown => parseJson(readFileSync(new URL(`${name}.json`, folder)));
const resources: readonly unknown[] = [...examples.map(read), ...wrongResources.map(([what]) => what)];

/** Whatever is sent, the answer is a list of faults, each with words and a place. */
function answers(value: unknown): void {
  const faults = validate(value, { bestPractice: true });
  assert.ok(faults.length <= 202);
  for (const fault of faults) {
    assert.ok(fault.message.length > 0 && fault.message.length < 2000, fault.message);
    assert.ok(fault.message.isWellFormed());
    assert.ok(fault.severity === 'information' || (fault.where ?? '').length > 0);
  }
}

test('arbitrary JSON is answered with faults, never with an exception', () => {
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => answers(value)));
  const types = fc.constantFrom(
    'Patient',
    'Observation',
    'Bundle',
    'Parameters',
    'ValueSet',
    'Questionnaire',
  );
  fc.assert(
    fc.property(types, fc.dictionary(fc.string(), fc.jsonValue()), (resourceType, members) =>
      answers({ ...members, resourceType }),
    ),
  );
});

/** Every place in a value that holds another, as the object or array and the key. */
function places(value: unknown, out: [holder: Record<string, unknown>, key: string][] = []): typeof out {
  if (typeof value !== 'object' || value === null) return out;
  const holder = value as Record<string, unknown>; // arrays too are read by key
  for (const key of Object.keys(holder)) {
    out.push([holder, key]);
    places(holder[key], out);
  }
  return out;
}

// biome-ignore format: one list
const junk: readonly unknown[] = [
  null, true, 0, -1, 1.5, '', ' ', 'x', '#', '#x', '2020-02-30', 'Patient/1', [], {}, [null], [[]], [{}], { id: 'x' },
  { resourceType: 'Patient' }, { resourceType: 'Nothing' }, [{ url: 'a' }], { extension: [] }, '\ud800', Number.NaN,
];

test('a resource with any of its parts exchanged, dropped or renamed is answered with faults, never with an exception', () => {
  const change = fc.record({
    at: fc.nat(),
    how: fc.nat({ max: 2 }),
    value: fc.nat({ max: junk.length - 1 }),
  });
  fc.assert(
    fc.property(
      fc.nat({ max: resources.length - 1 }),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      (which, changes) => {
        const copy: unknown = structuredClone(resources[which]);
        for (const { at, how, value } of changes) {
          const all = places(copy);
          const [holder, key] = all[at % Math.max(all.length, 1)] ?? [{}, ''];
          if (how === 0) holder[key] = structuredClone(junk[value]);
          else if (how === 1) delete holder[key];
          else holder[`_${key}`] = holder[key];
        }
        answers(copy);
      },
    ),
    { numRuns: 4000 },
  );
});

test('every single part of a resource can be junk of every kind', () => {
  for (const resource of resources.slice(0, 3))
    for (let at = 0; at < places(resource).length; at += 1)
      for (const value of junk) {
        const copy: unknown = structuredClone(resource);
        const [holder, key] = places(copy)[at] ?? [{}, ''];
        holder[key] = structuredClone(value);
        answers(copy);
      }
});

test('values that are too deep, or hold themselves, are answered too', () => {
  let deep: Record<string, unknown> = { url: 'http://a', valueString: 'x' };
  for (let i = 0; i < 50_000; i += 1) deep = { url: 'http://a', extension: [deep] };
  answers({ resourceType: 'Patient', extension: [deep] });
  const loop: Record<string, unknown> = { resourceType: 'Patient' };
  loop['contained'] = [loop];
  answers(loop);
  const extension: Record<string, unknown> = { url: 'http://a' };
  extension['extension'] = [extension];
  answers({ resourceType: 'Patient', extension: [extension] });
});
