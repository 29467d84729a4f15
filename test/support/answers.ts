/** What tests of the API ask of answers. */
import assert from 'node:assert/strict';
import type { Bundle, OperationOutcome, Patient } from '@medplum/fhirtypes';
import { validate } from '../../src/fhir/validate.ts';

/** What R4 forbids in a resource. */
export const errors = (resource: unknown) => validate(resource).filter((fault) => fault.severity === 'error');

/** The address under a relation of a bundle. */
export const link = (bundle: Bundle, relation: string) =>
  bundle.link?.find((one) => one.relation === relation)?.url;

export const idsOf = (bundle: Bundle) => (bundle.entry ?? []).flatMap((entry) => entry.resource?.id ?? []);

let serial = 0;
/** A family name that no other test of this file has. */
export function freshName(): string {
  serial += 1;
  return `Family${String(serial).padStart(4, '0')}`;
}

export const person = (family: string, more: object = {}): Patient => ({
  resourceType: 'Patient',
  name: [{ family }],
  ...more,
});

/** The outcome of an answer that refuses with one of these statuses, checked to be a valid one that says what is wrong. */
export function refusal(
  { statusCode, body }: { readonly statusCode: number; readonly body: string },
  status: number | readonly number[],
): OperationOutcome {
  assert.ok([status].flat().includes(statusCode), `${statusCode}: ${body.slice(0, 300)}`);
  const outcome = JSON.parse(body) as OperationOutcome;
  assert.equal(outcome.resourceType, 'OperationOutcome', body.slice(0, 300));
  assert.deepEqual(errors(outcome), []);
  assert.ok((outcome.issue?.[0]?.diagnostics ?? '').length > 10, body);
  return outcome;
}

/** The places that the first issue of an outcome names: of a resource, of the request, or line:column. */
export function placesOf({ issue }: OperationOutcome): string {
  const [first] = issue ?? [];
  const text = first?.extension?.map((one) => `${one.valueInteger}`).join(':');
  return [
    ...(first?.expression ?? []),
    ...(first?.location ?? []),
    ...(text === undefined ? [] : [text]),
  ].join(' ');
}
