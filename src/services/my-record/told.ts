/** One thing of a record as its patient reads it: plain words first, the clinician’s words one tap away. */
import type { Annotation, CodeableConcept, Reference, Resource } from '@medplum/fhirtypes';
import { codeOf, conceptText, humanise, systemName } from '../../web/coded.ts';
import { formatDate, parseDate } from '../../web/dates.ts';
import { dateOf, type Loose, loose, statusOf } from '../../web/entry.ts';
import type { Meaning } from './glossary/lookup.ts';
import type { NameOf } from './names-of.ts';

export interface Line {
  readonly label: string;
  readonly text: string;
  readonly href?: string;
}

/** What something means, for a “what does this mean”. */
export interface Explained {
  readonly name: string;
  readonly says: string;
  /** Address of the page of nhs.uk with more. */
  readonly href: string;
}

export interface Told {
  readonly id: string;
  readonly title: string;
  readonly href?: string;
  /** As the record has it, where the title is plainer; empty where they are one. */
  readonly written: string;
  readonly tag: string;
  readonly tagColour: string;
  readonly lines: readonly Line[];
  readonly explained?: Explained;
  /** The clinician’s words. */
  readonly clinician: readonly Line[];
}

export const explainedBy = (meaning: Meaning | undefined): Explained | undefined =>
  meaning && {
    name: meaning.entry.name,
    says: meaning.entry.says,
    href: `https://www.nhs.uk/${meaning.entry.page}`,
  };

/** Lines that say something. */
export const linesOf = (
  ...lines: readonly (readonly [label: string, text: string | undefined, href?: string])[]
): Line[] =>
  lines.flatMap(([label, text, href]) =>
    text ? [{ label, text, ...(href === undefined || href === '' ? {} : { href }) }] : [],
  );

export const isWrong = (resource: Resource): boolean => {
  const one = loose(resource);
  return (
    one.status === 'entered-in-error' ||
    codeOf(one['verificationStatus'] as CodeableConcept | undefined) === 'entered-in-error'
  );
};

/** Newest first; what has no date last. */
export const newestFirst = (a: Resource, b: Resource): number =>
  (parseDate(dateOf(b))?.key ?? '').localeCompare(parseDate(dateOf(a))?.key ?? '');

/** A date in words, or that there is none. */
export const whenOf = (date: unknown): string => formatDate(date) || 'Date not recorded';

const list = <T>(value: unknown): readonly T[] =>
  Array.isArray(value) ? (value as T[]).filter(Boolean) : []; // elements are looked at where they are used

/** The notes of a resource, each with who wrote it and when, where it says so. */
export function notesOf(resource: Resource | Loose, nameOf: NameOf): string[] {
  return list<Annotation>(loose(resource).note).flatMap(({ text, time, authorString, authorReference }) => {
    if (typeof text !== 'string' || text.trim() === '') return [];
    const about = [authorString || nameOf(authorReference), formatDate(time)].filter(Boolean).join(', ');
    return [about ? `${text.trim()} (${about})` : text.trim()];
  });
}

const codesText = (concept: CodeableConcept | undefined): string =>
  list<{ system?: string; code?: string; display?: string }>(concept?.coding)
    .filter((coding) => coding.code)
    .map(({ system, code, display }) =>
      [`${systemName(system)} ${code}`.trim(), display].filter(Boolean).join(': '),
    )
    .join('; ');

const mostReferences = 5;

/** Who wrote it: the first of the elements that name someone. */
export const writerOf = (resource: Resource | Loose, nameOf: NameOf): string => {
  const one = loose(resource);
  for (const element of ['recorder', 'asserter', 'requester', 'author', 'performer', 'informationSource']) {
    const references = (Array.isArray(one[element]) ? one[element] : [one[element]]).flatMap(
      (value) =>
        typeof value === 'object' && value !== null
          ? [((value as { actor?: Reference }).actor ?? value) as Reference]
          : [], // performer.actor of Immunization and Procedure
    );
    const names = references.slice(0, mostReferences).map(nameOf).filter(Boolean);
    if (names.length > 0) return names.join(', ');
  }
  return '';
};

/** The words and codes of an entry as it was written, for those who want them. */
export function clinicianLines(
  resource: Resource | Loose,
  concept: CodeableConcept | undefined,
  nameOf: NameOf,
  ...more: readonly Line[]
): Line[] {
  const one = loose(resource);
  const status = statusOf(one) || (typeof one.status === 'string' ? humanise(one.status) : '');
  const recorded = formatDate(one['recordedDate'] ?? one['authoredOn'] ?? one['issued']);
  return [
    ...linesOf(['Written as', conceptText(concept)], ['Codes', codesText(concept)], ['Status', status]),
    ...more,
    ...linesOf(
      ['Notes', notesOf(one, nameOf).join('\n')],
      ['Recorded', recorded],
      ['Recorded by', writerOf(one, nameOf)],
    ),
  ];
}

/** One for each name: things that were recorded several times stand once, the first of them, with how many there are. */
export function onceEach<T>(
  all: readonly T[],
  nameOf: (one: T) => string,
): { readonly one: T; readonly all: readonly T[] }[] {
  const groups = Map.groupBy(all, (one) => nameOf(one).toLowerCase());
  return [...groups.values()].flatMap((group) =>
    group[0] === undefined ? [] : [{ one: group[0], all: group }],
  );
}
