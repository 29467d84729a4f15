import { Problem, problem } from './problem.ts';

/** Codes of the driver and of the system that mean: the database is away for now. */
const away = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  '53300', // too_many_connections
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P04', // database_dropped
]);

/** SQLSTATE (PostgreSQL Appendix A) or the driver's or system's code. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** True for a transaction that the database gave up for another's sake: the same work may succeed at once. */
export function isRetriable(error: unknown): boolean {
  const code = codeOf(error);
  return code === '40001' || code === '40P01'; // serialization_failure, deadlock_detected
}

/** True when the database could not be reached or went away in the middle. */
export function isAway(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && (away.has(code) || /^08.{3}$/.test(code));
}

/**
 * What a database error means to the caller. Errors that mean a fault of ours come back as they are, and
 * end as a 500 that tells nothing; so do Problems.
 */
export function asProblem(error: unknown): unknown {
  if (error instanceof Problem) return error;
  const code = codeOf(error);
  if (code === '53100' || code === 'ENOSPC')
    return problem(
      'no-store',
      'The disk of the database is full: nothing was stored. Free some space and send it again.',
      {
        cause: error,
      },
    );
  if (isAway(error))
    return problem('transient', 'The database cannot be reached at the moment. Try again shortly.', {
      cause: error,
      headers: { 'Retry-After': '2' },
    });
  if (code === '57014')
    return problem(
      'timeout',
      'This took longer than the server allows, so it was stopped. Narrow the request: add a patient, a date or a code, or ask for fewer results.',
      { cause: error },
    );
  if (code === '53200' || code === '53400' || code === '54000' || code === '54001')
    return problem(
      'too-costly',
      'This request is more than the database can work out. Narrow it or split it.',
      {
        cause: error,
      },
    );
  if (isRetriable(error) || code === '55P03')
    return problem('transient', 'Others were changing the same data at the same time. Send it again.', {
      cause: error,
      headers: { 'Retry-After': '1' },
    });
  return error;
}
