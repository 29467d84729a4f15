/** The days of which a copy of a record is wanted. */
import type { Resource } from '@medplum/fhirtypes';
import { parseDate } from '../../web/dates.ts';
import { dateOf } from '../../web/entry.ts';

/** Days as keys (`2026-11-22`); both belong to it. */
export interface Span {
  readonly from?: string;
  readonly to?: string;
}

/** Within the days; what has no date always is. */
export const inSpan =
  ({ from, to }: Span) =>
  (resource: Resource): boolean => {
    const key = parseDate(dateOf(resource))?.key;
    return key === undefined || ((from === undefined || key >= from) && (to === undefined || key <= to));
  };
