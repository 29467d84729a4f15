import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { OperationOutcome } from '@medplum/fhirtypes';
import { type Fault, Problem } from '../platform/problem.ts';
import { parseJson } from './json.ts';
import { faultsOf } from './outcome.ts';
import { validate } from './validate.ts';

/** The HL7 validator's own cases (FHIR/fhir-test-cases, validator/), those of R4 that need no further package. */
const folder = new URL('../../../shared/data/fhir/validator/', import.meta.url);
const absent = existsSync(folder) ? false : "the HL7 validator's cases are not on this machine";

const terminology = 'needs a terminology server (displays, filters, code systems)';
const profile = 'refuses extensions and profiles that it cannot find; R4 does not';
const bundleLinks =
  'follows references between the entries of a Bundle, and displays; validation here stays in the resource';
const conformance = 'checks definitions against other definitions';

/** Where we say otherwise than the HL7 validator, and why. */
const disagreements: Readonly<Record<string, string>> = {
  allergy: 'asks for a code where only an extension says why there is none',
  'bundle-document-versioned-references-bad': bundleLinks,
  capstmt: conformance,
  'qr-bad-ref2': 'knows the resource behind a canonical URL',
  'supplement-2': terminology,
  'target-ref-profile-empty': profile,
  'bundle-id-3': terminology,
  'bundle-id-5': terminology,
  'nested-questionnaire-nested-valueset': profile,
  'json-comments-1-yes': 'allows comments in JSON, when told to; RFC 8259 has none',
  'json-comments-2-yes': 'allows comments in JSON, when told to; RFC 8259 has none',
  'obs-mz': conformance,
  'patient-with-turvakielto': profile,
  'sp-composite': conformance,
  'sp-diff-base': conformance,
  'vs-bad-props': terminology,
  'cs-narrative-status-pub': 'applies the rules of HL7 as a publisher',
  'vs-params-3': terminology,
  'vs-bad-ecl-us': terminology,
  'signatures-example-2': 'verifies digital signatures',
};

const isError = ({ severity }: Fault): boolean => severity === 'error' || severity === 'fatal';

function faultsIn(bytes: Buffer): readonly Fault[] {
  try {
    return validate(parseJson(bytes));
  } catch (error) {
    assert.ok(error instanceof Problem);
    return error.faults;
  }
}

test('the HL7 validator and this one agree on its cases, but for those where it looks further', {
  skip: absent,
}, (t) => {
  const read = (file: string): Buffer => readFileSync(new URL(file, folder));
  const cases = JSON.parse(read('cases.json').toString()) as {
    name: string;
    file: string;
    outcome?: string;
  }[];
  const compared = cases.filter((one) => one.outcome !== null);
  const differing = compared.filter(({ file, outcome }) => {
    const theirs = faultsOf(JSON.parse(read(outcome ?? '').toString()) as OperationOutcome);
    return theirs.some(isError) !== faultsIn(read(file)).some(isError);
  });
  t.diagnostic(`agreement: ${compared.length - differing.length} of ${compared.length}`);
  assert.deepEqual(differing.map(({ name }) => name).sort(), Object.keys(disagreements).sort());
  assert.ok(compared.length - differing.length >= 74);
});
