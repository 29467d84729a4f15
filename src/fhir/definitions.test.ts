import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elementsOf, ruleDefinition, ruleKeys, typeDefinition, typeNames } from './definitions.ts';
import { compileInvariant } from './path/compile.ts';
import { isResourceType, resourceTypes } from './resource-types.ts';
import { valueSet } from './value-sets.ts';

test('the resource types are those of R4 and no others', () => {
  const defined = typeNames().filter((name) => {
    const type = typeDefinition(name);
    return type?.kind === 'resource' && !type.abstract;
  });
  assert.deepEqual([...resourceTypes], defined.sort());
  const named = valueSet('http://hl7.org/fhir/ValueSet/resource-types')?.systems?.get(
    'http://hl7.org/fhir/resource-types',
  );
  assert.deepEqual(new Set([...resourceTypes, 'Resource', 'DomainResource']), named);
  assert.ok(isResourceType('Patient'));
  for (const wrong of [
    'patient',
    'DomainResource',
    'Bot',
    'SubscriptionStatus',
    '__proto__',
    '',
    undefined,
    1,
  ])
    assert.equal(isResourceType(wrong), false);
});

test('every type that an element names is defined, and so is every rule', () => {
  for (const type of typeNames())
    for (const [name, element] of elementsOf(type)) {
      for (const elementType of element.types)
        assert.ok(typeDefinition(elementType), `${type}.${name}: ${elementType}`);
      for (const key of element.rules ?? []) assert.ok(ruleDefinition(key).expression);
    }
});

test('every rule of R4 is compiled: none needs the interpreter', () => {
  const beyond = ruleKeys().filter((key) => {
    try {
      compileInvariant(ruleDefinition(key).expression);
      return false;
    } catch {
      return true;
    }
  });
  assert.deepEqual(beyond, []);
  assert.ok(ruleKeys().length > 200);
});

test('every required binding has a value set that is known, but for one of LOINC that R4 never published', () => {
  const unknown = new Set<string>();
  for (const type of typeNames())
    for (const [, { binding }] of elementsOf(type))
      if (binding?.[0] === 'required' && !valueSet(binding[1])) unknown.add(binding[1]);
  assert.deepEqual([...unknown], ['http://loinc.org/vs/LL379-9']);
});

test('a value set tells its codes by system, and grammars by their form', () => {
  const gender = valueSet('http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1');
  assert.deepEqual(
    [...(gender?.systems?.get('http://hl7.org/fhir/administrative-gender') ?? [])],
    ['male', 'female', 'other', 'unknown'],
  );
  assert.ok(gender?.has('http://hl7.org/fhir/administrative-gender', 'female'));
  assert.equal(gender?.has('http://example.org', 'female'), false);
  assert.equal(gender?.hasCode('woman'), false);
  assert.equal(valueSet('http://example.org/none'), undefined);
  assert.equal(valueSet('constructor'), undefined);
  const mime = valueSet('http://hl7.org/fhir/ValueSet/mimetypes');
  for (const good of ['text/plain', 'application/fhir+json', 'text/html; charset=utf-8', 'json'])
    assert.ok(mime?.hasCode(good), good);
  for (const bad of ['text', 'text/', '/plain', 'a b/c', '']) assert.equal(mime?.hasCode(bad), false, bad);
  const language = valueSet('http://hl7.org/fhir/ValueSet/all-languages');
  for (const good of ['en', 'en-GB', 'zh-Hant-TW', 'x-local']) assert.ok(language?.hasCode(good), good);
  for (const bad of ['e', 'en_GB', 'english language', '']) assert.equal(language?.hasCode(bad), false, bad);
  const unit = valueSet('http://hl7.org/fhir/ValueSet/ucum-units');
  assert.ok(unit?.has('http://unitsofmeasure.org', 'mg/dL'));
  assert.equal(unit?.has('http://unitsofmeasure.org', 'bananas'), false);
});
