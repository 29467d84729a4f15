/** What kind of thing went wrong. The words are those of FHIR's issue types, so that one table maps them everywhere. */
export type ProblemKind =
  | 'invalid'
  | 'structure'
  | 'required'
  | 'value'
  | 'invariant'
  | 'code-invalid'
  | 'login'
  | 'forbidden'
  | 'not-supported'
  | 'not-found'
  | 'deleted'
  | 'duplicate'
  | 'multiple-matches'
  | 'conflict'
  | 'business-rule'
  | 'too-long'
  | 'too-costly'
  | 'throttled'
  | 'lock-error'
  | 'no-store'
  | 'timeout'
  | 'transient'
  | 'exception'
  | 'informational';

/** One thing that is wrong or worth knowing: what, where, and how to mend it. */
export interface Fault {
  readonly kind: ProblemKind;
  readonly severity: 'fatal' | 'error' | 'warning' | 'information';
  /** Plain English for the person who must mend it. Never holds data about a patient other than what the caller sent. */
  readonly message: string;
  /** Where in the input, as a FHIRPath-like path (`Patient.birthDate`) or `http.query.name`. */
  readonly where?: string;
  /** Line and column of the text that was sent, counted from 1. */
  readonly line?: number;
  readonly column?: number;
}

/** HTTP status of each kind, unless the thrower knows better. */
const statusOf: Record<ProblemKind, number> = {
  invalid: 400,
  structure: 400,
  required: 422,
  value: 422,
  invariant: 422,
  'code-invalid': 422,
  login: 401,
  forbidden: 403,
  'not-supported': 400,
  'not-found': 404,
  deleted: 410,
  duplicate: 409,
  'multiple-matches': 412,
  conflict: 409,
  'business-rule': 422,
  'too-long': 413,
  'too-costly': 403,
  throttled: 429,
  'lock-error': 409,
  'no-store': 507,
  timeout: 503,
  transient: 503,
  exception: 500,
  informational: 200,
};

/**
 * The one error that the product throws on purpose. It says what was wrong, where, and what to do;
 * the HTTP server maps it to an answer in one place, as an OperationOutcome or as a page.
 */
export class Problem extends Error {
  readonly status: number;
  readonly faults: readonly Fault[];
  /** Extra response headers, such as `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    faults: readonly Fault[],
    options: { status?: number; cause?: unknown; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(faults[0]?.message ?? 'Something went wrong', { cause: options.cause });
    this.name = 'Problem';
    this.faults = faults;
    const worst = faults.find((f) => f.severity === 'fatal' || f.severity === 'error') ?? faults[0];
    this.status = options.status ?? statusOf[worst?.kind ?? 'exception'];
    this.headers = options.headers ?? {};
  }
}

/** A Problem with one error. */
export function problem(
  kind: ProblemKind,
  message: string,
  options: { where?: string; status?: number; cause?: unknown; headers?: Record<string, string> } = {},
): Problem {
  const { where, ...rest } = options;
  return new Problem([{ kind, severity: 'error', message, ...(where === undefined ? {} : { where }) }], rest);
}
