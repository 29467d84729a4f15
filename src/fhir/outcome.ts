/** Problems as OperationOutcome, and back. Source: FHIR R4 OperationOutcome. */
import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';
import type { Fault, Problem, ProblemKind } from '../platform/problem.ts';

// As the HL7 validator writes them.
const lineUrl = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line';
const columnUrl = 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col';

/** What a Problem says, for the wire. */
export function outcomeOf(problem: Pick<Problem, 'faults'>): OperationOutcome {
  return operationOutcome(problem.faults);
}

/** Faults as an OperationOutcome; without any, the one issue that says all is well. */
export function operationOutcome(faults: readonly Fault[]): OperationOutcome {
  const issues = faults.map(issueOf);
  const allWell: Fault = {
    kind: 'informational',
    severity: 'information',
    message: 'All OK',
  };
  return { resourceType: 'OperationOutcome', issue: issues.length > 0 ? issues : [issueOf(allWell)] };
}

/** What others sent may stand in a message, but not what FHIR's strings may not hold. */
const clean = (text: string): string => text.toWellFormed().replace(/[^\t\n\r\x20-\uffff]/g, '\ufffd');

function issueOf({ kind, severity, message: said, where, line, column }: Fault): OperationOutcomeIssue {
  const message = clean(said);
  const extension = [
    ...(line === undefined ? [] : [{ url: lineUrl, valueInteger: line }]),
    ...(column === undefined ? [] : [{ url: columnUrl, valueInteger: column }]),
  ];
  return {
    ...(extension.length > 0 ? { extension } : {}),
    severity,
    code: kind,
    // Some clients show one, some the other.
    details: { text: message },
    diagnostics: message,
    ...placeOf(where),
  };
}

/** R4: a place in HTTP (`http.query.name`) is a location, a place in a resource an expression. */
function placeOf(where: string | undefined): Pick<OperationOutcomeIssue, 'expression' | 'location'> {
  if (where === undefined || where === '') return {};
  const place = clean(where);
  return place.startsWith('http.') ? { location: [place] } : { expression: [place] };
}

/** What an OperationOutcome says. Codes that this product has no word for become `invalid`. */
export function faultsOf(outcome: OperationOutcome): Fault[] {
  return (outcome.issue ?? []).map((issue) => {
    const number = (url: string): number | undefined =>
      issue.extension?.find((extension) => extension.url === url)?.valueInteger;
    const where = issue.expression?.[0] ?? issue.location?.[0];
    const line = number(lineUrl);
    const column = number(columnUrl);
    return {
      kind: isKind(issue.code) ? issue.code : 'invalid',
      severity: issue.severity,
      message: issue.diagnostics ?? issue.details?.text ?? issue.details?.coding?.[0]?.display ?? issue.code,
      ...(where === undefined ? {} : { where }),
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
    };
  });
}

const kinds: Readonly<Record<ProblemKind, true>> = {
  invalid: true,
  structure: true,
  required: true,
  value: true,
  invariant: true,
  'code-invalid': true,
  login: true,
  forbidden: true,
  'not-supported': true,
  'not-found': true,
  deleted: true,
  duplicate: true,
  'multiple-matches': true,
  conflict: true,
  'business-rule': true,
  'too-long': true,
  'too-costly': true,
  throttled: true,
  'lock-error': true,
  'no-store': true,
  timeout: true,
  transient: true,
  exception: true,
  informational: true,
};
function isKind(code: string): code is ProblemKind {
  return Object.hasOwn(kinds, code);
}
