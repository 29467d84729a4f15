/** Search across one record: by the words of the record, and by the plain words that the glossary has for them. */
import type { Observation, Resource } from '@medplum/fhirtypes';
import { ownFactTypes } from '../../access/sight/own-facts-sight.ts';
import { isPatientReported, patientReportedSearch } from '../../fhir/patient-reported.ts';
import { formatDate } from '../../web/dates.ts';
import { dateOf, entryOf, loose, shorten } from '../../web/entry.ts';
import { type Reading, searchPage, searchValue } from '../../web/record-reading.ts';
import { allergen } from './allergies.ts';
import type { GlossaryEntry } from './glossary/entry.ts';
import { entriesNamed, meaningOf, normalWords } from './glossary/lookup.ts';
import { letterHref } from './letters.ts';
import { latestOf } from './results.ts';
import { type Explained, explainedBy, isWrong, newestFirst, onceEach } from './told.ts';

export interface Hit {
  readonly title: string;
  readonly detail: string;
  readonly when: string;
  readonly href: string;
}

export interface HitGroup {
  readonly heading: string;
  readonly hits: readonly Hit[];
  /** There are more than are shown. */
  readonly more: boolean;
}

export interface SearchResult {
  readonly groups: readonly HitGroup[];
  readonly explained: readonly Explained[];
}

/** Longest query that is searched for; the rest is left out. */
export const longestQuery = 100;
const mostWords = 8;
const mostRead = 300;
const mostShown = 20;

/** The words of a query. */
export const queryWords = (query: string): readonly string[] =>
  normalWords(query.slice(0, longestQuery))
    .split(' ')
    .filter((word) => word !== '' && word !== '-' && word !== '+')
    .slice(0, mostWords);

interface Kind {
  readonly heading: string;
  readonly types: readonly Resource['resourceType'][];
  readonly page: string;
  /** What the person added themself, which no other kind holds. */
  readonly own?: true;
}

/** Types small enough in one record to be read whole and looked through. */
const kinds: readonly Kind[] = [
  { heading: 'Conditions', types: ['Condition'], page: 'conditions' },
  { heading: 'Medicines', types: ['MedicationRequest', 'MedicationStatement'], page: 'medicines' },
  { heading: 'Allergies', types: ['AllergyIntolerance'], page: 'allergies' },
  { heading: 'Vaccinations', types: ['Immunization'], page: 'vaccinations' },
  { heading: 'Appointments and visits', types: ['Appointment', 'Encounter'], page: 'appointments' },
  { heading: 'Letters and documents', types: ['DocumentReference'], page: 'documents' },
  { heading: 'Scans and X-rays', types: ['ImagingStudy'], page: 'imaging' },
  { heading: 'Reports', types: ['DiagnosticReport'], page: 'results' },
  { heading: 'Care plan', types: ['CarePlan', 'Goal'], page: 'care-plan' },
  { heading: 'Messages', types: ['Communication'], page: 'messages' },
  {
    ...{ heading: 'Added by the person, or for them', page: 'added', own: true },
    types: [...ownFactTypes],
  },
];

/** Types whose search says `sort newest` by this parameter. */
const sorts: Record<string, string> = {
  MedicationRequest: 'authoredon',
  Appointment: 'date',
  Encounter: 'date',
  DocumentReference: 'date',
  Immunization: 'date',
  DiagnosticReport: 'date',
  Communication: 'sent',
  ImagingStudy: 'started',
};

const codesOf = (resource: Resource): string[] => {
  const one = loose(resource);
  const concepts = [one.code, one['medicationCodeableConcept'], one['vaccineCode'], one.type];
  return concepts.flat().flatMap((concept) => {
    const codings =
      typeof concept === 'object' && concept !== null ? (concept as { coding?: unknown }).coding : [];
    return Array.isArray(codings) ? codings.map(({ system, code }) => `${system ?? ''}|${code ?? ''}`) : [];
  });
};

/** Elements whose text is not for finding by. */
const silent = new Set([
  'resourceType',
  'id',
  'meta',
  'reference',
  'system',
  'url',
  'data',
  'contentType',
  'status',
  'div',
  'identifier',
]);

const textOf = (value: unknown, depth = 0): string => {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || depth > 8) return '';
  if (Array.isArray(value)) return value.map((one) => textOf(one, depth + 1)).join(' ');
  return Object.entries(value)
    .filter(([key]) => !silent.has(key) && !/date|time|start|end/i.test(key))
    .map(([, one]) => textOf(one, depth + 1))
    .join(' ');
};

/** Whether a resource holds every word, each at the start of a word; or its code is one that the glossary has for them. */
export function matches(
  resource: Resource,
  words: readonly string[],
  entries: readonly GlossaryEntry[],
): boolean {
  if (codesOf(resource).some((code) => entries.some(({ codes }) => codes.includes(code)))) return true;
  const text = ` ${normalWords(textOf(resource))}`;
  if (words.every((word) => text.includes(` ${word}`))) return true;
  return entries.some(({ also, name }) =>
    [...also, name].some((phrase) => phrase.length > 3 && text.includes(` ${normalWords(phrase)}`)),
  );
}

const hitOf = (person: string, page: string, resource: Resource): Hit => {
  const { title, detail } = entryOf(resource);
  const meaning = resource.resourceType === 'Condition' ? meaningOf(resource.code, ['condition']) : undefined;
  const plain = meaning?.exact ? meaning.entry.name : '';
  const href =
    resource.resourceType === 'DocumentReference'
      ? letterHref(person, resource)
      : `/my-record/${person}/${page}`;
  const shown =
    resource.resourceType === 'AllergyIntolerance'
      ? allergen(resource)
      : plain && plain !== title
        ? plain
        : title;
  return {
    title: shown,
    detail: shorten([shown === title ? '' : title, detail].filter(Boolean).join('. '), 160),
    when: formatDate(dateOf(resource)),
    href,
  };
};

async function found(
  reading: Reading,
  person: string,
  kind: Kind,
  words: readonly string[],
  entries: readonly GlossaryEntry[],
): Promise<HitGroup> {
  const pages = await Promise.all(
    kind.types.map((type) => {
      const sort = sorts[type];
      return searchPage<Resource>(
        reading,
        type,
        `patient=Patient/${person}${sort ? `&_sort=-${sort}` : ''}${kind.own ? `&${patientReportedSearch}` : ''}&_count=${mostRead}`,
      );
    }),
  );
  const right = pages
    .flatMap(({ resources }) => resources)
    .filter((one) => isPatientReported(one) === (kind.own ?? false))
    .filter((one) => !isWrong(one) && matches(one, words, entries))
    .sort(newestFirst);
  const once = onceEach(
    right,
    (one) =>
      `${entryOf(one).title} ${kind.page === 'medicines' || kind.page === 'conditions' ? '' : dateOf(one)}`,
  );
  return {
    heading: kind.heading,
    hits: once.slice(0, mostShown).map(({ one }) => hitOf(person, kind.page, one)),
    more: once.length > mostShown,
  };
}

/** Results are too many to read whole: the record itself looks for the words, and for the glossary’s codes. */
async function foundResults(
  reading: Reading,
  person: string,
  words: readonly string[],
  entries: readonly GlossaryEntry[],
): Promise<HitGroup> {
  const by = `patient=Patient/${person}&_sort=-date&_count=100`;
  const codes = entries.filter(({ kind }) => kind === 'test').flatMap((entry) => entry.codes);
  const listed = [...new Set(codes)].slice(0, 60).map((code) => {
    const bar = code.lastIndexOf('|');
    return `${searchValue(code.slice(0, bar))}|${searchValue(code.slice(bar + 1))}`;
  });
  const pages = await Promise.all([
    searchPage<Observation>(reading, 'Observation', `${by}&_content=${encodeURIComponent(words.join(' '))}`),
    ...(listed.length > 0
      ? [
          searchPage<Observation>(
            reading,
            'Observation',
            `${by}&combo-code=${encodeURIComponent(listed.join(','))}`,
          ),
        ]
      : []),
  ]);
  const all = pages.flatMap(({ resources }) => resources).sort(newestFirst);
  const rows = latestOf(
    person,
    all.filter((one) => !isPatientReported(one)),
  );
  return {
    heading: 'Test results',
    hits: rows
      .slice(0, mostShown)
      .map(({ title, value, when, href }) => ({ title, detail: value, when, href })),
    more: rows.length > mostShown,
  };
}

/** What of a record holds the words of a query. `shows`: whether the one who searches may see a type of this person. */
export async function searchRecord(
  reading: Reading,
  person: string,
  query: string,
  shows: (type: string) => boolean,
): Promise<SearchResult> {
  const words = queryWords(query);
  const entries = entriesNamed(words.join(' '));
  const groups = await Promise.all([
    ...(shows('Observation') ? [foundResults(reading, person, words, entries)] : []),
    ...kinds
      .map((kind) => ({ ...kind, types: kind.types.filter(shows) }))
      .filter(({ types }) => types.length > 0)
      .map((kind) => found(reading, person, kind, words, entries)),
  ]);
  const exact = entries.filter((entry) =>
    [entry.name, ...entry.also].some((name) => normalWords(name) === words.join(' ')),
  );
  return {
    groups: groups.filter(({ hits }) => hits.length > 0),
    explained: exact.slice(0, 2).map((entry) => explainedBy({ entry, exact: true })!),
  };
}
