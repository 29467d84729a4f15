/** What the page of one request shows, in words: what was asked, how they want to be answered, what came of it. */
import type {
  Communication,
  Organization,
  Practitioner,
  PractitionerRole,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
  QuestionnaireResponseItemAnswer,
  Resource,
  Task,
} from '@medplum/fhirtypes';
import { type ContactMode, contactModeNames, type InputKind, inputsOf } from '../../fhir/primary-care.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import { conceptText } from '../../web/coded.ts';
import { formatDate, formatDateTime } from '../../web/dates.ts';
import { chooseName, plainName } from '../../web/names.ts';
import { type Reading, readNow, searchUpTo } from '../../web/record-reading.ts';
import type { Person } from './deeds.ts';

export interface Line {
  readonly label: string;
  readonly value: string;
  /** Photos and files. */
  readonly href?: string;
}

function answerText(answer: QuestionnaireResponseItemAnswer): string {
  const { valueBoolean, valueCoding, valueDate, valueDateTime, valueQuantity, valueReference } = answer;
  if (valueBoolean !== undefined) return valueBoolean ? 'Yes' : 'No';
  if (valueCoding) return valueCoding.display ?? valueCoding.code ?? '';
  if (valueDate) return formatDate(valueDate);
  if (valueDateTime) return formatDateTime(valueDateTime);
  if (valueQuantity) return `${valueQuantity.value ?? ''} ${valueQuantity.unit ?? ''}`.trim();
  if (valueReference) return valueReference.display ?? valueReference.reference ?? '';
  if (answer.valueAttachment) return answer.valueAttachment.title ?? 'File';
  return String(
    answer.valueString ??
      answer.valueInteger ??
      answer.valueDecimal ??
      answer.valueTime ??
      answer.valueUri ??
      '',
  );
}

/** What was answered, question by question; questions that were not answered are left out. */
export function answerLines(items: readonly QuestionnaireResponseItem[] | undefined): readonly Line[] {
  return (items ?? []).flatMap(({ text = '', answer, item }) => {
    const said = (answer ?? []).map(answerText).filter((words) => words !== '');
    // What has no words was filled in from the record, for the rules.
    const own = said.length > 0 && text !== '' ? [{ label: text, value: said.join(', ') }] : [];
    return [...own, ...answerLines(item), ...(answer ?? []).flatMap(({ item: more }) => answerLines(more))];
  });
}

const first = (task: Task, kind: InputKind) => inputsOf(task, kind)[0];

const languages = new Intl.DisplayNames('en-GB', { type: 'language' });
/** `Polish`; a code that is not known stands as it is. */
export function interpreterOf(task: Task): string | undefined {
  const code = first(task, 'interpreter')?.valueCode;
  if (code === undefined || code === 'bfi') return code && 'British Sign Language';
  try {
    return languages.of(code) ?? code;
  } catch {
    return code; // no language tag (BCP 47)
  }
}

/** How the person would like to be answered, and how to reach them. */
export function wishesOf(task: Task): readonly Line[] {
  const modes = inputsOf(task, 'mode').map(
    ({ valueCode = '' }) => contactModeNames[valueCode as ContactMode] ?? valueCode,
  );
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['How they would like to be answered', modes.join(', then ')],
    ['Times that suit', first(task, 'times')?.valueString],
    ['Would like', first(task, 'clinician')?.valueReference?.display],
    ['Interpreter', interpreterOf(task)],
    ['Chaperone', first(task, 'chaperone')?.valueBoolean === true ? 'Yes' : undefined],
    ['What makes it easier', first(task, 'access')?.valueString],
    ['Safe way to reach them', first(task, 'contact')?.valueString],
  ];
  return lines.flatMap(([label, value]) => (value ? [{ label, value }] : []));
}

/** What someone said of themself who is not matched to a record. */
export const saidOf = (task: Task): readonly Line[] =>
  (
    [
      ['Name, as they wrote it', 'said-name'],
      ['Date of birth', 'said-birth-date'],
      ['NHS number', 'said-nhs-number'],
      ['Telephone', 'said-telephone'],
    ] as const
  ).flatMap(([label, kind]) => {
    const value = first(task, kind)?.valueString ?? '';
    return value === ''
      ? []
      : [{ label, value: kind === 'said-birth-date' ? formatDate(value) || value : value }];
  });

/** `chest pain (version 1)`, of the rule `chest-pain@1`. */
export const redFlagsOf = (task: Task): readonly string[] =>
  inputsOf(task, 'red-flag').flatMap(({ valueString = '' }) => {
    const [rule = '', version] = valueString.split('@');
    const name = rule.replaceAll('-', ' ');
    return name === '' ? [] : [version === undefined ? name : `${name} (version ${version})`];
  });

/** The words of the request: as the role shows them, or as this room may show what was addressed to the team's desk. */
export async function answersOf(
  record: CareRecord,
  actor: Actor,
  task: Task,
): Promise<{
  readonly lines: readonly Line[];
  readonly isHidden: boolean;
  /** The form's matter; empty where they wrote in their own words. */
  readonly about: string;
  /** Their first words. */
  readonly words: string;
}> {
  const id = /^QuestionnaireResponse\/(.+)$/.exec(task.focus?.reference ?? '')?.[1];
  if (id === undefined) return { lines: [], isHidden: false, about: '', words: '' };
  const found = await readNow<QuestionnaireResponse>({ record, actor }, 'QuestionnaireResponse', id);
  return {
    lines: answerLines(found?.item),
    isHidden: found === undefined,
    about: found ? aboutOf(found) : '',
    words: found ? firstWords(found.item) : '',
  };
}

/** What it is about in some words, for those who may read the answers: the form and what was written. */
export const gistOf = (answers: QuestionnaireResponse): string =>
  [aboutOf(answers), firstWords(answers.item)].filter((text) => text !== '').join(': ');

/** `Back pain`, of `…/Questionnaire/help-back-pain|1`; empty where the form says nothing of it and their words do. */
function aboutOf({ questionnaire = '' }: QuestionnaireResponse): string {
  const slug = /\/(?:help-|admin-)?([a-z0-9-]+)(?:\||$)/.exec(questionnaire)?.[1] ?? '';
  if (slug === 'words') return '';
  return slug.replaceAll('-', ' ').replace(/^./, (c) => c.toUpperCase());
}

function firstWords(items: readonly QuestionnaireResponseItem[] | undefined): string {
  for (const { text, answer, item } of items ?? []) {
    const said = text ? answer?.find(({ valueString }) => valueString)?.valueString : undefined;
    const found = said ?? firstWords(item);
    if (found !== '') return found.length > 90 ? `${found.slice(0, 90).trimEnd()}…` : found;
  }
  return '';
}

export interface Came {
  readonly when: string;
  readonly what: string;
  readonly words: string;
  readonly who: string;
  readonly state: string;
  readonly href: string | undefined;
}

const cameWords: Readonly<Record<string, string>> = {
  Communication: 'Message',
  Appointment: 'Appointment',
  ServiceRequest: 'Referral',
  Encounter: 'Consultation',
  Task: 'Asked of the patient',
};

function cameOf(resource: Resource): Pick<Came, 'words' | 'who' | 'state' | 'when'> {
  switch (resource.resourceType) {
    case 'Communication':
      return {
        when: formatDateTime(resource.sent),
        words:
          (resource as Communication).payload?.map(({ contentString = '' }) => contentString).join('\n') ??
          '',
        who: resource.sender?.display ?? '',
        state:
          resource.status === 'entered-in-error'
            ? 'Taken back'
            : resource.received
              ? `Read ${formatDateTime(resource.received)}`
              : 'Not read yet',
      };
    case 'Appointment':
      return {
        when: formatDateTime(resource.start),
        words: resource.description ?? '',
        who: '',
        state: resource.status,
      };
    case 'ServiceRequest':
      return {
        when: formatDateTime(resource.authoredOn),
        words: [conceptText(resource.code), resource.performer?.[0]?.display ?? '']
          .filter(Boolean)
          .join(', '),
        ...{ who: resource.requester?.display ?? '', state: resource.status },
      };
    case 'Encounter':
      return {
        when: formatDateTime(resource.period?.start),
        words: conceptText(resource.type?.[0]),
        who: '',
        state: resource.status,
      };
    case 'Task':
      return {
        when: formatDateTime(resource.authoredOn),
        words: resource.description ?? '',
        who: '',
        state: resource.status,
      };
    default:
      return { when: '', words: '', who: '', state: '' };
  }
}

/** What came of it so far, as the role shows it. */
export async function outcomesOf(record: CareRecord, actor: Actor, task: Task): Promise<readonly Came[]> {
  const references = (task.output ?? []).flatMap(({ valueReference }) => valueReference?.reference ?? []);
  const all = await Promise.all(
    references.map(async (reference): Promise<Came | undefined> => {
      const [, type, id] = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})$/.exec(reference) ?? [];
      if (type === undefined || id === undefined) return undefined;
      const found = await readNow({ record, actor }, type, id);
      if (!found) return undefined;
      return { what: cameWords[type] ?? type, href: undefined, ...cameOf(found) };
    }),
  );
  return all.filter((one) => one !== undefined);
}

/** What the team wrote down about the request. */
export const notesOf = ({ note }: Task) =>
  (note ?? []).map(({ text = '', time, authorReference }) => ({
    ...{ text, when: formatDateTime(time), who: authorReference?.display ?? '' },
  }));

export interface Colleague extends Person {
  readonly job: string;
}

const mostColleagues = 200;

/** Who works in a team, by name. */
export async function colleaguesOf(
  record: CareRecord,
  actor: Actor,
  team: string,
): Promise<readonly Colleague[]> {
  const page = await record.search(
    actor,
    'PractitionerRole',
    `organization=${team}&_include=PractitionerRole:practitioner&_count=${mostColleagues}`,
  );
  const names = new Map<string, string>(
    page.included.flatMap((one) => {
      if (!one.body || one.type !== 'Practitioner') return [];
      const { name } = resourceOf<Practitioner>(one);
      return [[`Practitioner/${one.id}`, plainName(chooseName(name, '9999'))] as const];
    }),
  );
  return page.matches
    .flatMap((one) => {
      if (!one.body) return [];
      const role = resourceOf<PractitionerRole>(one);
      const reference = role.practitioner?.reference ?? '';
      const name = names.get(reference);
      if (name === undefined || role.active === false) return [];
      return [{ reference, name, job: conceptText(role.code?.[0]) }];
    })
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en-GB'));
}

/** Organisations of a kind, as consents name it, by name. */
export async function organisationsOf(
  reading: Reading,
  system: string,
  kind: string,
): Promise<readonly Person[]> {
  const { resources } = await searchUpTo<Organization>(
    reading,
    'Organization',
    `type=${encodeURIComponent(`${system}|${kind}`)}`,
    500,
  );
  return resources
    .map(({ id = '', name = '' }) => ({ reference: `Organization/${id}`, name }))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en-GB'));
}

/** Id of the building of a team whose line its calls go over: the first that it runs. */
export async function siteOf(record: CareRecord, actor: Actor, team: string): Promise<string> {
  const page = await record.search(actor, 'Location', `organization=${team}&_count=1&_sort=_id`);
  return page.matches[0]?.id ?? team.replace(/^Organization\//, '');
}
