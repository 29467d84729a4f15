/** Conditions as the person who has them reads them. */
import type { Condition } from '@medplum/fhirtypes';
import { codeOf, conceptText, humanise } from '../../web/coded.ts';
import { formatDate } from '../../web/dates.ts';
import { dateOf, titleOf } from '../../web/entry.ts';
import { meaningOf } from './glossary/lookup.ts';
import type { NameOf } from './names-of.ts';
import { clinicianLines, explainedBy, isWrong, linesOf, newestFirst, onceEach, type Told } from './told.ts';

export interface Conditions {
  readonly now: readonly Told[];
  readonly past: readonly Told[];
}

const over = new Set(['inactive', 'remission', 'resolved']);

/** Over, ruled out, or with an end and no status. */
export const isPast = (one: Condition): boolean =>
  over.has(codeOf(one.clinicalStatus)) ||
  codeOf(one.verificationStatus) === 'refuted' ||
  (!one.clinicalStatus && Object.keys(one).some((key) => key.startsWith('abatement')));

const certainties: Record<string, string> = {
  unconfirmed: 'Not certain yet',
  provisional: 'Not certain yet',
  differential: 'One possibility',
  refuted: 'Ruled out',
};

/** Since when, from what the record says of its beginning. */
const began = (one: Condition): string => {
  if (dateOf(one)) return formatDate(dateOf(one));
  if (one.onsetAge?.value !== undefined) return `Age ${one.onsetAge.value}`;
  return typeof one.onsetString === 'string' ? one.onsetString : '';
};

const ended = (one: Condition): string =>
  formatDate(one.abatementDateTime ?? one.abatementPeriod?.end) ||
  (typeof one.abatementString === 'string' ? one.abatementString : '');

const told = (one: Condition, times: number, nameOf: NameOf): Told => {
  const meaning = meaningOf(one.code, ['condition', 'term']);
  const written = titleOf(one);
  const title = meaning?.exact ? meaning.entry.name : written;
  const certainty = certainties[codeOf(one.verificationStatus)] ?? '';
  const remission = codeOf(one.clinicalStatus) === 'remission' ? 'In remission' : '';
  const explained = explainedBy(meaning);
  return {
    ...{ id: one.id ?? '', title, written: written === title ? '' : written },
    ...{ tag: certainty || remission, tagColour: 'grey' },
    lines: linesOf(
      [isPast(one) ? 'Began' : 'Since', began(one)],
      ['Ended', ended(one)],
      ['How bad', conceptText(one.severity)],
      ['Where in the body', one.bodySite?.map(conceptText).filter(Boolean).join(', ')],
      ['Recorded', times > 1 ? `${times} times` : ''],
    ),
    ...(explained ? { explained } : {}),
    clinician: clinicianLines(
      one,
      one.code,
      nameOf,
      ...linesOf(['Clinical status', humanise(codeOf(one.clinicalStatus))]),
    ),
  };
};

/** Conditions that stand and that are over, newest first, each once. */
export function conditionsOf(all: readonly Condition[], nameOf: NameOf): Conditions {
  const right = all.filter((one) => !isWrong(one)).sort(newestFirst);
  const make = (some: readonly Condition[]): Told[] =>
    onceEach(some, (one) => titleOf(one)).map(({ one, all: same }) => told(one, same.length, nameOf));
  return { now: make(right.filter((one) => !isPast(one))), past: make(right.filter(isPast)) };
}
