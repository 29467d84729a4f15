/** Allergies as the person who has them reads them. */
import type { AllergyIntolerance } from '@medplum/fhirtypes';
import { codeOf, conceptsText, conceptText } from '../../web/coded.ts';
import { formatDate } from '../../web/dates.ts';
import { dateOf, titleOf } from '../../web/entry.ts';
import type { NameOf } from './names-of.ts';
import { clinicianLines, isWrong, linesOf, newestFirst, onceEach, type Told, writerOf } from './told.ts';

export interface Allergies {
  readonly now: readonly Told[];
  readonly past: readonly Told[];
  /** Someone asked, and there are none. */
  readonly knownNone: boolean;
}

/** SNOMED CT: no known allergy, and its kinds. */
const none = new Set(['716186003', '409137002', '428607008', '429625007']);

const isNone = (one: AllergyIntolerance): boolean =>
  (one.code?.coding ?? []).some(({ code }) => none.has(code ?? ''));

const isPast = (one: AllergyIntolerance): boolean =>
  ['inactive', 'resolved'].includes(codeOf(one.clinicalStatus)) ||
  codeOf(one.verificationStatus) === 'refuted';

/** `Allergy to penicillin (finding)` → `Penicillin`. */
export function allergen(one: AllergyIntolerance): string {
  const bare = titleOf(one)
    .replace(/\s*\((?:finding|disorder|substance)\)$/i, '')
    .replace(/^(?:allergy|intolerance|hypersensitivity) (?:to|of) /i, '')
    .replace(/ (?:allergy|intolerance)$/i, '')
    .trim();
  return bare.charAt(0).toUpperCase() + bare.slice(1);
}

const tagOf = (one: AllergyIntolerance): readonly [string, string] => {
  if (one.criticality === 'high') return ['Could be serious', 'red'];
  const status = codeOf(one.verificationStatus);
  if (status === 'refuted') return ['Ruled out', 'grey'];
  return status === 'unconfirmed' ? ['Not certain', 'grey'] : ['', 'grey'];
};

const told = (one: AllergyIntolerance, nameOf: NameOf): Told => {
  const title = allergen(one);
  const written = titleOf(one);
  const [tag, tagColour] = tagOf(one);
  const reactions = (one.reaction ?? []).map((reaction) => conceptsText(reaction?.manifestation));
  const severe = (one.reaction ?? []).some((reaction) => reaction?.severity === 'severe');
  return {
    ...{ id: one.id ?? '', title, written: written === title ? '' : written, tag, tagColour },
    lines: linesOf(
      ['What happens', reactions.filter(Boolean).join(', ') || 'Not recorded'],
      ['How bad', severe ? 'Severe' : ''],
      ['Kind', one.type === 'intolerance' ? 'Intolerance: unpleasant, not an allergy' : ''],
      ['Since', formatDate(dateOf(one))],
      ['Recorded by', writerOf(one, nameOf)],
    ),
    clinician: clinicianLines(
      one,
      one.code,
      nameOf,
      ...linesOf(
        [
          'Substance',
          [...new Set((one.reaction ?? []).map(({ substance }) => conceptText(substance)))].join(', '),
        ],
        ['Criticality', one.criticality ?? ''],
      ),
    ),
  };
};

/** Allergies that stand, the most dangerous first, and those that are over or ruled out. */
export function allergiesOf(all: readonly AllergyIntolerance[], nameOf: NameOf): Allergies {
  const right = all.filter((one) => !isWrong(one)).sort(newestFirst);
  const make = (some: readonly AllergyIntolerance[]): Told[] =>
    onceEach(some, allergen).map(({ one }) => told(one, nameOf));
  const standing = right
    .filter((one) => !isNone(one) && !isPast(one))
    .sort((a, b) => Number(b.criticality === 'high') - Number(a.criticality === 'high'));
  return {
    now: make(standing),
    past: make(right.filter((one) => !isNone(one) && isPast(one))),
    knownNone: standing.length === 0 && right.some((one) => isNone(one) && !isPast(one)),
  };
}
