import assert from 'node:assert/strict';
import test from 'node:test';
import { Problem } from '../../platform/problem.ts';
import { acceptedType, fhirJson, formatType, isJson, refuseOtherType } from './media-types.ts';

const status = (run: () => unknown): number => {
  try {
    run();
    return 200;
  } catch (error) {
    if (error instanceof Problem) return error.status;
    throw error;
  }
};

test('JSON is answered under the name that was asked for', () => {
  const cases: [string | undefined, string][] = [
    [undefined, fhirJson],
    ['*/*', fhirJson],
    ['application/fhir+json', fhirJson],
    ['application/fhir+json; fhirVersion=4.0', fhirJson],
    ['application/fhir+xml;q=1, application/fhir+json;q=0.5', fhirJson],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', fhirJson],
    ['application/json', 'application/json; charset=utf-8'],
    ['text/json', 'text/json; charset=utf-8'],
    ['application/json;q=0.4, application/fhir+json', fhirJson],
  ];
  for (const [accept, type] of cases) assert.equal(acceptedType(accept), type, String(accept));
});

test('other forms and other versions of FHIR are not acceptable', () => {
  for (const accept of [
    'application/xml',
    'application/fhir+xml',
    'text/turtle',
    'application/fhir+json;fhirVersion=3.0',
    'application/fhir+json;q=0',
    'nonsense',
  ])
    assert.equal(
      status(() => acceptedType(accept)),
      406,
      accept,
    );
});

test('_format takes short and long names of JSON, also where + came as a blank', () => {
  assert.equal(formatType('json'), fhirJson);
  assert.equal(formatType('application/fhir json'), fhirJson);
  assert.equal(formatType('application/fhir+json'), fhirJson);
  assert.equal(formatType('application/json'), 'application/json; charset=utf-8');
  for (const format of ['xml', 'ttl', 'application/fhir+xml', 'text/turtle', 'html'])
    assert.equal(
      status(() => formatType(format)),
      406,
      format,
    );
  assert.equal(
    status(() => formatType('jsno')),
    400,
  );
  assert.equal(
    status(() => formatType('constructor')),
    400,
  );
});

test('bodies are JSON in UTF-8, of FHIR 4.0', () => {
  for (const type of [
    'application/fhir+json',
    'application/fhir+json; charset=UTF-8',
    'application/json',
    'text/json',
    'application/fhir+json; fhirVersion=4.0',
  ]) {
    assert.equal(
      status(() => refuseOtherType(type)),
      200,
      type,
    );
    assert.equal(isJson(type), true, type);
  }
  for (const type of [
    undefined,
    '',
    'text/plain',
    'application/fhir+xml',
    'application/x-www-form-urlencoded',
    'application/json; charset=iso-8859-1',
    'application/fhir+json; fhirVersion=5.0',
  ])
    assert.equal(
      status(() => refuseOtherType(type)),
      415,
      String(type),
    );
});
