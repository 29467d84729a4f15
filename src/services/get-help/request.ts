/** A request as the record keeps it: a Task without clinical words, the answers beside it, and photos. Plain functions. */
import type {
  Binary,
  DocumentReference,
  Extension,
  QuestionnaireResponse,
  Reference,
  Resource,
  Task,
} from '@medplum/fhirtypes';
import { atStage, input, taskCode } from '../../fhir/primary-care.ts';
import type { Draft, Stop } from './draft.ts';
import type { HelpForm } from './forms/all-forms.ts';
import { responseItems } from './questionnaire/response.ts';
import { urgencyOf } from './urgency.ts';

const base = 'https://throughline.example/StructureDefinition';
/** On the answers: each stop with its rule, what it told, and what the person said to it. */
export const stopUrl = `${base}/red-flag-stop`;
/** On the Task: the rules that set its priority, by name. */
export const urgencyRuleUrl = `${base}/urgency-rule`;

export interface TakenPhoto {
  /** Of the DocumentReference and its Binary: the same for one upload, however often it is written. */
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly data: Buffer;
}

export interface Asker {
  /** Who wrote it: the patient, who acts for them, or staff on the phone. Undefined: someone who has shown nothing. */
  readonly author?: Reference;
  /** Whom the answer is for, as Task.requester. */
  readonly requester?: Reference;
}

export interface RequestParts {
  readonly draft: Draft;
  readonly form: HelpForm;
  readonly practice: { readonly id: string; readonly name: string };
  readonly person?: { readonly id: string; readonly name: string };
  readonly asker: Asker;
  readonly photos: readonly TakenPhoto[];
  /** ms since 1970 UTC. */
  readonly now: number;
}

const instant = (ms: number): string => new Date(ms).toISOString();

const stopExtension = ({ rule, advice, by, typed, denied, at, answer, answered }: Stop): Extension => ({
  url: stopUrl,
  extension: [
    { url: 'rule', valueString: rule },
    { url: 'advice', valueCode: advice },
    { url: 'by', valueCode: by },
    { url: 'at', valueDateTime: instant(at) },
    ...(typed === undefined ? [] : [{ url: 'typed', valueString: typed }]),
    ...(denied ? [{ url: 'denied', valueBoolean: true }] : []),
    ...(answer === undefined ? [] : [{ url: 'answer', valueCode: answer }]),
    ...(answered === undefined ? [] : [{ url: 'answered', valueDateTime: instant(answered) }]),
  ],
});

/** The answers: `stopped` where someone was told to go elsewhere and has not sent it, `completed` with the request. */
export function answersOf(
  { draft, form, person, asker, now }: Omit<RequestParts, 'practice' | 'photos'>,
  status: 'stopped' | 'completed',
): QuestionnaireResponse {
  const { form: questionnaire } = form;
  const subject: Reference | undefined = person && {
    reference: `Patient/${person.id}`,
    display: person.name,
  };
  return {
    resourceType: 'QuestionnaireResponse',
    id: draft.id,
    ...(draft.stops.length > 0 ? { extension: draft.stops.map(stopExtension) } : {}),
    questionnaire: `${questionnaire.url}|${questionnaire.version}`,
    status,
    ...(subject ? { subject } : {}),
    authored: instant(now),
    ...(asker.author ? { author: asker.author as NonNullable<QuestionnaireResponse['author']> } : {}),
    ...(subject ? { source: subject as NonNullable<QuestionnaireResponse['source']> } : {}),
    item: responseItems(questionnaire.item, draft.answers),
  };
}

/** Without what says why someone comes: a receptionist may read it. */
const titles = { help: 'Help with a health problem', registration: 'To register with the practice' } as const;

export function taskOf({ draft, form, practice, person, asker, now }: RequestParts): Task {
  const { urgency, rules } = urgencyOf(draft, form);
  const { how, said } = draft;
  const flags = draft.stops.filter(({ advice }) => advice !== 'pharmacist');
  const text = form.kind === 'admin' ? form.title : titles[form.kind];
  return {
    resourceType: 'Task',
    id: draft.id,
    ...(rules.length > 0
      ? { extension: rules.map(({ name }) => ({ url: urgencyRuleUrl, valueString: name })) }
      : {}),
    intent: 'order',
    ...atStage('waiting'),
    priority: urgency,
    code: taskCode(form.kind, text),
    focus: { reference: `QuestionnaireResponse/${draft.id}` },
    ...(person ? { for: { reference: `Patient/${person.id}`, display: person.name } } : {}),
    authoredOn: instant(now),
    lastModified: instant(now),
    ...(asker.requester ? { requester: asker.requester as NonNullable<Task['requester']> } : {}),
    owner: { reference: `Organization/${practice.id}`, display: practice.name },
    input: [
      input('came-by', { valueCode: draft.cameBy }),
      ...flags.map(({ rule }) => input('red-flag', { valueString: rule })),
      ...(flags.length > 0 ? [input('overridden', { valueBoolean: true })] : []),
      ...(how?.modes ?? []).map((mode) => input('mode', { valueCode: mode })),
      ...(how?.times ? [input('times', { valueString: how.times })] : []),
      ...(how?.clinician ? [input('clinician', { valueReference: { reference: how.clinician } })] : []),
      ...(how?.interpreter ? [input('interpreter', { valueCode: how.interpreter })] : []),
      ...(how?.chaperone ? [input('chaperone', { valueBoolean: true })] : []),
      ...(how?.access ? [input('access', { valueString: how.access })] : []),
      ...(how?.contact ? [input('contact', { valueString: how.contact })] : []),
      ...(person || !said
        ? []
        : [
            input('said-name', { valueString: said.name }),
            input('said-birth-date', { valueString: said.born }),
            ...(said.nhsNumber ? [input('said-nhs-number', { valueString: said.nhsNumber })] : []),
            ...(said.telephone ? [input('said-telephone', { valueString: said.telephone })] : []),
          ]),
    ],
  };
}

export function photoResources(
  photo: TakenPhoto,
  {
    task,
    person,
    author,
    now,
  }: { readonly task: string; readonly person?: string; readonly author?: Reference; readonly now: number },
): readonly [Binary, DocumentReference] {
  const subject = person === undefined ? undefined : { reference: `Patient/${person}` };
  return [
    {
      resourceType: 'Binary',
      id: photo.id,
      contentType: photo.type,
      ...(subject ? { securityContext: subject } : {}),
      data: photo.data.toString('base64'),
    },
    {
      resourceType: 'DocumentReference',
      id: photo.id,
      status: 'current',
      // Not looked at by anyone of the team yet; and no letter to be told of.
      docStatus: 'preliminary',
      type: { text: 'Photo sent with a request' },
      ...(subject ? { subject: subject as NonNullable<DocumentReference['subject']> } : {}),
      date: instant(now),
      ...(author ? { author: [author as NonNullable<DocumentReference['author']>[number]] } : {}),
      description: photo.title,
      content: [
        {
          attachment: {
            ...{
              contentType: photo.type,
              url: `Binary/${photo.id}`,
              title: photo.title,
              size: photo.data.length,
            },
            creation: instant(now),
          },
        },
      ],
      context: { related: [{ reference: `Task/${task}` }] },
    },
  ];
}

/** All that a request writes, in one commit. */
export function requestResources(parts: RequestParts): readonly Resource[] {
  const { draft, person, asker, photos, now } = parts;
  return [
    answersOf(parts, 'completed'),
    ...photos.flatMap((photo) =>
      photoResources(photo, {
        ...{ task: draft.id, now },
        ...(person ? { person: person.id } : {}),
        ...(asker.author ? { author: asker.author } : {}),
      }),
    ),
    taskOf(parts),
  ];
}
