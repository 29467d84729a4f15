import { type DateRange, dateRange } from '../../fhir/dates.ts';
import { quoted } from '../../fhir/message-text.ts';
import { problem } from '../../platform/problem.ts';

/** The time that a parameter names; throws 400 where it is no FHIR date. A `+` of a time zone may have come as a blank. */
export function timeOf(value: string, name: string): DateRange {
  const range = dateRange(value.replace(/ (?=\d\d:\d\d$)/, '+'));
  if (range) return range;
  throw problem(
    'invalid',
    `${quoted(value)} is not a date. Write one such as 2024, 2024-02-29 or 2024-02-29T10:30:00Z.`,
    { where: `http.query.${name}` },
  );
}
