/** Faults as FHIR tells them. Source: FHIR R4 OperationOutcome. */
import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';
import type { Fault, Problem } from '../platform/problem.ts';

const lineUrl = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line';
const columnUrl = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col';

/** Faults as an OperationOutcome; without any, one that says all is well. */
export function operationOutcome(faults: readonly Fault[]): OperationOutcome {
  const issues =
    faults.length === 0
      ? [{ kind: 'informational', severity: 'information', message: 'All OK' } as const]
      : faults;
  return { resourceType: 'OperationOutcome', issue: issues.map(issueOf) };
}

/** The OperationOutcome of an error. */
export function outcomeOf(problem: Pick<Problem, 'faults'>): OperationOutcome {
  return operationOutcome(problem.faults);
}

function issueOf(fault: Fault): OperationOutcomeIssue {
  const places = [
    ...(fault.line === undefined ? [] : [{ url: lineUrl, valueInteger: fault.line }]),
    ...(fault.column === undefined ? [] : [{ url: columnUrl, valueInteger: fault.column }]),
  ];
  return {
    ...(places.length === 0 ? {} : { extension: places }),
    severity: fault.severity,
    code: fault.kind,
    diagnostics: fault.message,
    ...(fault.where === undefined ? {} : { expression: [fault.where] }),
  };
}
