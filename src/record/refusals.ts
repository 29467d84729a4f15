import { Problem, problem } from '../platform/problem.ts';
import { codeOf } from '../platform/sql-error.ts';

/** Told of a change that is refused, by its index, why, and the place `Type/id` that links to it have been given. */
export type SetAside = (index: number, why: Problem, place?: string) => void;

/** What the work gives; undefined where it was refused, which is told. */
export async function orRefused<T>(
  index: number,
  refuse: SetAside,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    // After an error of the database itself the transaction is spent, and nothing more can be set aside in it.
    if (!(error instanceof Problem) || error.status >= 500 || codeOf(error.cause)) throw error;
    refuse(index, error);
    return undefined;
  }
}

export const throwIt: SetAside = (_index, why) => {
  throw why;
};

/** An error about the data alone becomes a refusal; all others stay what they are. */
export function throwRefusal(error: unknown): never {
  if (!isRefusedData(error)) throw error;
  throw problem('not-supported', `The database cannot hold this resource (${codeOf(error)}).`, {
    status: 422,
  });
}

/** Data exceptions, and limits of the database such as the size of an index entry (PostgreSQL Appendix A). */
export const isRefusedData = (error: unknown): boolean => /^(?:22|54)/.test(codeOf(causeOf(error)) ?? '');

/** What lies behind a Problem. */
export function causeOf(error: unknown): unknown {
  return error instanceof Problem && error.cause !== undefined ? error.cause : error;
}
