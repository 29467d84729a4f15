/** A person's own entries as they, and those who care for them, read them. */
import type {
  AllergyIntolerance,
  MedicationStatement,
  Observation,
  QuestionnaireResponse,
  RelatedPerson,
  Resource,
} from '@medplum/fhirtypes';
import { type OwnSheet, ownSheetForm } from '../../fhir/patient-reported.ts';
import { conceptText } from '../../web/coded.ts';
import { formatDate, formatDateTime } from '../../web/dates.ts';
import { dateOf, dosageText } from '../../web/entry.ts';
import { plainName } from '../../web/names.ts';
import { observationValue } from '../../web/observation-value.ts';
import type { OwnEntry } from './own-entries.ts';
import { measurementKinds } from './own-measurements.ts';
import { inSpan, type Span } from './record-span.ts';
import { isWrong, type Line, linesOf, newestFirst, type Told } from './told.ts';

export interface OwnTold extends Told {
  readonly type: OwnEntry['resourceType'];
  /** Key of the page on which it is changed; empty where there is none for it. */
  readonly page: string;
}

export interface OwnGroup {
  readonly key: string;
  readonly heading: string;
  readonly told: readonly OwnTold[];
}

const writtenBy = (
  reference: { readonly display?: string; readonly reference?: string } | undefined,
): string => (reference?.reference ? '' : (reference?.display ?? ''));

const notes = (one: { readonly note?: readonly { readonly text?: string }[] }): string =>
  (one.note ?? []).map(({ text = '' }) => text).join('. ');

const told = (
  one: OwnEntry,
  page: string,
  title: string,
  lines: readonly Line[],
  by: string,
  on: string | undefined,
): OwnTold => ({
  ...{ type: one.resourceType, page, id: one.id ?? '', title, written: '', tag: '', tagColour: 'grey' },
  lines: [...lines, ...linesOf(['Added by', by], ['Added on', formatDate(on)])],
  clinician: [],
});

const kindOf = (one: Observation) => {
  const codes = (one.code?.coding ?? []).map(({ code }) => code);
  return measurementKinds.find(({ panel, parts }) => codes.includes((panel ?? parts[0]?.loinc)?.[0]));
};

const measurement = (one: Observation): OwnTold => {
  const kind = kindOf(one);
  return told(
    one,
    kind ? `measurements/${kind.key}` : '',
    kind?.name ?? (conceptText(one.code) || 'Measurement'),
    linesOf(
      ['Result', observationValue(one).text],
      ['Measured', formatDateTime(dateOf(one)) || 'Date not recorded'],
      ['Note', notes(one)],
    ),
    writtenBy(one.performer?.[0]),
    undefined,
  );
};

const allergy = (one: AllergyIntolerance): OwnTold =>
  told(
    one,
    'allergies',
    conceptText(one.code) || 'Allergy',
    linesOf(
      ['What happens', one.reaction?.[0]?.manifestation?.map(conceptText).join(', ')],
      ['Note', notes(one)],
    ),
    writtenBy(one.recorder),
    one.recordedDate,
  );

const medicine = (one: MedicationStatement): OwnTold =>
  told(
    one,
    'medicines',
    conceptText(one.medicationCodeableConcept) || 'Medicine',
    linesOf(
      ['How it is taken', dosageText(one.dosage)],
      ['For', one.reasonCode?.map(conceptText).join(', ')],
      ['Taken', one.status === 'active' ? 'Now' : 'In the past'],
    ),
    writtenBy(one.informationSource),
    one.dateAsserted,
  );

const contact = (one: RelatedPerson): OwnTold =>
  told(
    one,
    'contacts',
    plainName(one.name?.[0]) || 'Contact',
    linesOf(
      ['Relation', one.relationship?.[0]?.text],
      ['Phone', one.telecom?.[0]?.value, `tel:${(one.telecom?.[0]?.value ?? '').replaceAll(/[^\d+]/g, '')}`],
    ),
    '',
    undefined,
  );

const isSheet = (one: QuestionnaireResponse, sheet: OwnSheet): boolean =>
  one.questionnaire === ownSheetForm(sheet);

const sheet = (one: QuestionnaireResponse): OwnTold => {
  const about = isSheet(one, 'about-me');
  return told(
    one,
    about ? 'about-me' : 'communication',
    about ? 'What matters to me' : 'How to communicate with me',
    (one.item ?? []).map(({ text = '', answer = [] }) => ({
      label: text,
      text: answer.map(({ valueString = '' }) => valueString).join(', '),
    })),
    writtenBy(one.author),
    one.authored,
  );
};

/** One entry in words. */
export function ownEntryTold(one: OwnEntry): OwnTold {
  switch (one.resourceType) {
    case 'Observation':
      return measurement(one);
    case 'AllergyIntolerance':
      return allergy(one);
    case 'MedicationStatement':
      return medicine(one);
    case 'RelatedPerson':
      return contact(one);
    case 'QuestionnaireResponse':
      return sheet(one);
  }
}

const headings: readonly (readonly [key: string, heading: string, type: OwnEntry['resourceType']])[] = [
  ['sheets', 'About me', 'QuestionnaireResponse'],
  ['contacts', 'Emergency contacts', 'RelatedPerson'],
  ['allergies', 'Allergies', 'AllergyIntolerance'],
  ['medicines', 'Medicines', 'MedicationStatement'],
  ['measurements', 'Measurements', 'Observation'],
];

/** Groups that have something in them, newest first in each; measurements of the days asked for. */
export function ownTold(entries: readonly Resource[], span: Span = {}): readonly OwnGroup[] {
  const inDays = inSpan(span);
  const wanted = (one: Resource): boolean => one.resourceType !== 'Observation' || inDays(one);
  return headings
    .map(([key, heading, type]) => ({
      ...{ key, heading },
      told: entries
        .filter((one): one is OwnEntry => one.resourceType === type && wanted(one) && !isWrong(one))
        .sort((a, b) => moment(b) - moment(a) || newestFirst(a, b))
        .map(ownEntryTold),
    }))
    .filter(({ told: some }) => some.length > 0);
}

const moment = (one: OwnEntry): number => Date.parse(dateOf(one)) || 0;
