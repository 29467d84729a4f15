/** Test results as the person they are about reads them: the latest of each test, and one test over time. */
import type { DiagnosticReport, Observation } from '@medplum/fhirtypes';
import { conceptText, tokenOf } from '../../web/coded.ts';
import { formatDate } from '../../web/dates.ts';
import { dateOf, shorten, titleOf } from '../../web/entry.ts';
import { observationValue, rangeText } from '../../web/observation-value.ts';
import { meaningOf, meaningOfWords } from './glossary/lookup.ts';
import type { NameOf } from './names-of.ts';
import { clinicianLines, explainedBy, isWrong, linesOf, type Told, whenOf } from './told.ts';

export interface ResultRow {
  readonly token: string;
  readonly id: string;
  readonly title: string;
  readonly href: string;
  readonly value: string;
  /** In plain words; empty within the usual range. */
  readonly flag: string;
  readonly range: string;
  readonly when: string;
  readonly group: string;
}

const flags: Record<string, string> = {
  High: 'Above the usual range',
  'Very high': 'Well above the usual range',
  Low: 'Below the usual range',
  'Very low': 'Well below the usual range',
  Abnormal: 'Not the usual result',
  'Critically abnormal': 'Not the usual result',
};

/** `High` as a patient reads it. */
export const plainFlag = (flag: string): string =>
  [...new Set(flag.split(', ').map((part) => flags[part] ?? part))].filter(Boolean).join(', ');

const groups: Record<string, string> = {
  laboratory: 'Blood and other lab tests',
  'vital-signs': 'Measurements',
  survey: 'Questions about how you are',
  'social-history': 'How you live',
  exam: 'What was found on examining you',
};
const groupOrder = [...Object.values(groups), 'Other results'];

const groupOf = (one: Observation): string => {
  const codes = (one.category ?? [])
    .flatMap((category) => category?.coding ?? [])
    .map(({ code }) => code ?? '');
  return groups[codes.find((code) => code in groups) ?? ''] ?? 'Other results';
};

/** The plain name of a test. */
export const testName = (one: Observation): string => {
  const meaning = meaningOf(one.code, ['test']);
  return meaning?.exact ? meaning.entry.name : titleOf(one);
};

export const resultHref = (person: string, token: string): string =>
  `/my-record/${person}/results/${encodeURIComponent(token)}`;

/** The newest of each test, from observations that come newest first. */
export function latestOf(person: string, observations: readonly Observation[]): ResultRow[] {
  const seen = new Set<string>();
  return observations.flatMap((one): ResultRow[] => {
    const token = tokenOf(one.code) || conceptText(one.code);
    if (!token || seen.has(token) || isWrong(one) || one.status === 'cancelled') return [];
    seen.add(token);
    const { text, flag } = observationValue(one);
    return [
      {
        ...{ token, id: one.id ?? '', title: testName(one), href: resultHref(person, token) },
        ...{
          value: shorten(text, 160) || 'See the parts of this test',
          flag: plainFlag(flag),
          range: rangeText(one),
        },
        ...{ when: whenOf(dateOf(one)), group: groupOf(one) },
      },
    ];
  });
}

export interface ResultGroup {
  readonly heading: string;
  readonly rows: readonly ResultRow[];
}

export const inGroups = (rows: readonly ResultRow[]): readonly ResultGroup[] =>
  groupOrder
    .map((heading) => ({ heading, rows: rows.filter(({ group }) => group === heading) }))
    .filter(({ rows: some }) => some.length > 0);

/** R4 diagnostic-service-sections and LOINC part of imaging: reports of pictures have a page of their own. */
const imagingCodes = new Set([
  'RAD',
  'RX',
  'CT',
  'MR',
  'NMR',
  'NMS',
  'RUS',
  'CUS',
  'VUS',
  'OUS',
  'XRC',
  'imaging',
  'LP29684-5',
  '363679005',
]);

export const isImaging = (one: DiagnosticReport): boolean =>
  (one.imagingStudy?.length ?? 0) > 0 ||
  (one.category ?? []).some((category) => category?.coding?.some(({ code }) => imagingCodes.has(code ?? '')));

/** Reports of tests with what the clinician wrote of them. Those of pictures are elsewhere. */
export function reportsOf(reports: readonly DiagnosticReport[], nameOf: NameOf): readonly Told[] {
  return reports
    .filter((one) => !isWrong(one) && !isImaging(one))
    .map((one) => {
      const explained = explainedBy(meaningOf(one.code, ['test', 'term']));
      return {
        ...{ id: one.id ?? '', title: titleOf(one), written: '' },
        ...{
          tag: one.status === 'preliminary' || one.status === 'partial' ? 'Not final yet' : '',
          tagColour: 'yellow',
        },
        lines: linesOf(
          ['Date', whenOf(dateOf(one) || one.issued)],
          ['What the clinician says', one.conclusion],
          ['From', (one.performer ?? []).map(nameOf).filter(Boolean).join(', ')],
        ),
        ...(explained ? { explained } : {}),
        clinician: clinicianLines(
          one,
          one.code,
          nameOf,
          ...linesOf(['Conclusion codes', (one.conclusionCode ?? []).map(conceptText).join(', ')]),
        ),
      };
    });
}

export interface Comment {
  readonly text: string;
  readonly about: string;
}

/** What clinicians said of these results: conclusions of reports that hold them. Newest first. */
export function commentsOf(
  reports: readonly DiagnosticReport[],
  observations: ReadonlySet<string>,
  nameOf: NameOf,
): readonly Comment[] {
  return reports
    .filter((one) => !isWrong(one) && typeof one.conclusion === 'string' && one.conclusion.trim() !== '')
    .filter((one) => (one.result ?? []).some(({ reference }) => observations.has(reference ?? '')))
    .map((one) => ({
      text: one.conclusion!.trim(),
      about: [
        (one.resultsInterpreter ?? one.performer ?? []).map(nameOf).filter(Boolean).join(', '),
        formatDate(dateOf(one) || one.issued),
      ]
        .filter(Boolean)
        .join(', '),
    }));
}

/** What a test means, by its code or its words. */
export const explainedTest = (token: string, title: string) => {
  const [system = '', code = ''] = [
    token.slice(0, token.lastIndexOf('|')),
    token.slice(token.lastIndexOf('|') + 1),
  ];
  return explainedBy(
    meaningOf({ coding: [{ system, code }], text: title }, ['test']) ??
      meaningOfWords(title, ['test', 'term']),
  );
};
