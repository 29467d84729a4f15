import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Fault, Problem } from '../platform/problem.ts';
import { faultsOf, operationOutcome, outcomeOf } from './outcome.ts';
import { validate } from './validate.ts';

const faults: readonly Fault[] = [
  { kind: 'structure', severity: 'fatal', message: 'Not JSON.', where: 'Patient.name', line: 3, column: 7 },
  { kind: 'value', severity: 'warning', message: 'Odd.', where: 'http.query._count' },
  { kind: 'login', severity: 'error', message: 'Sign in.' },
];

test('a Problem becomes an OperationOutcome that is valid FHIR', () => {
  const outcome = outcomeOf(new Problem(faults));
  assert.deepEqual(validate(outcome), []);
  assert.deepEqual(outcome.issue?.[0], {
    extension: [
      { url: 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line', valueInteger: 3 },
      { url: 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col', valueInteger: 7 },
    ],
    severity: 'fatal',
    code: 'structure',
    details: { text: 'Not JSON.' },
    diagnostics: 'Not JSON.',
    expression: ['Patient.name'],
  });
  assert.deepEqual(outcome.issue?.[1]?.location, ['http.query._count']);
});

test('faults come back from the OperationOutcome as they went in', () => {
  assert.deepEqual(faultsOf(operationOutcome(faults)), faults);
});

test('an OperationOutcome of another server is understood, its unknown codes as invalid', () => {
  const issue = { severity: 'error', code: 'security', details: { text: 'No.' } } as const;
  assert.deepEqual(faultsOf({ resourceType: 'OperationOutcome', issue: [issue] }), [
    { kind: 'invalid', severity: 'error', message: 'No.' },
  ]);
});

test('no faults make one issue that says so', () => {
  const outcome = operationOutcome([]);
  assert.equal(outcome.issue?.[0]?.severity, 'information');
  assert.deepEqual(validate(outcome), []);
});
