/** What is written to a thread: plain functions from what was asked to resources. Nothing here reads or writes. */
import type {
  Binary,
  Communication,
  DocumentReference,
  Extension,
  Reference,
  Task,
} from '@medplum/fhirtypes';
import {
  atStage,
  communicationOf,
  input,
  type Message,
  outputOf,
  stageOf,
  taskKindOf,
  type Urgency,
  urgencies,
} from '../../fhir/primary-care.ts';
import { idMadeOf } from '../../platform/ids.ts';
import { assignedUrl, closedAfterUrl, type Named, phoned, type Thread, urgentWordsUrl } from './thread.ts';

/** Marks messages among the team alone. Source: HL7 v3 ActCode, NOPAT. */
const notForPatients = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'NOPAT' };

export interface File {
  /** Id of the upload, which the document and its file bear too: written twice they are one. */
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly data: Buffer;
}

export interface Written {
  /** Of the form: the same one sent twice makes the same resources. */
  readonly key: string;
  readonly person: string;
  readonly topic: string;
  readonly text: string;
  /** ms since 1970 UTC. */
  readonly now: number;
  readonly team: Named;
  /** The thread that it goes on with. */
  readonly thread?: Thread;
  readonly files: readonly File[];
}

type Made = readonly (Communication | DocumentReference | Binary)[];

const referenceTo = ({ reference, name }: Named): Reference<never> =>
  ({ reference, display: name }) as Reference<never>; // of a type that the element takes

/** Id of the message that a form makes. */
export const messageIdOf = (key: string): string => idMadeOf(key, 'message');

function message(
  { key, person, topic, text, now, thread, files }: Written,
  more: Pick<Message, 'kind' | 'from' | 'to'> & Partial<Pick<Message, 'urgent' | 'noReply' | 'answers'>>,
): Communication {
  return communicationOf(
    {
      ...{ id: messageIdOf(key), person, topic, text, sent: now },
      ...(thread ? { thread: thread.id } : {}),
      ...(thread && thread.about.length > 0 ? { about: thread.about } : {}),
      attachments: files.map(({ id, title }) => ({ reference: `DocumentReference/${id}`, title })),
      ...more,
    },
    notForPatients,
  );
}

const asDocuments = (
  { files, person, now, key }: Written,
  author: Reference,
  { isPatients, isHidden }: { readonly isPatients: boolean; readonly isHidden: boolean },
): Made =>
  files.flatMap(({ id, type, title, data }): Made => {
    const subject = { reference: `Patient/${person}` };
    const moment = new Date(now).toISOString();
    const meta = isHidden ? { meta: { security: [notForPatients] } } : {};
    return [
      {
        resourceType: 'Binary',
        id,
        ...meta,
        contentType: type,
        securityContext: subject,
        data: data.toString('base64'),
      },
      {
        ...{ resourceType: 'DocumentReference', id, ...meta, status: 'current' },
        // Of a patient: nobody of the team has looked at it. Either way the message is the news, and no letter is.
        ...{
          docStatus: 'preliminary',
          type: { text: isPatients ? 'Sent with a message by the patient' : 'Sent with a message' },
        },
        ...{ subject, date: moment, description: title },
        ...(author.reference ? { author: [author as Reference<never>] } : {}), // of a type that the element takes
        content: [
          {
            attachment: {
              contentType: type,
              url: `Binary/${id}`,
              title,
              size: data.length,
              creation: moment,
            },
          },
        ],
        context: { related: [{ reference: `Communication/${messageIdOf(key)}` }] },
      },
    ];
  });

/** From the patient, or who acts for them, to the team. `rule`: the safety rule whose words it has, where one does. */
export function asked(written: Written, from: Reference, rule: string | undefined): Made {
  const { team, thread } = written;
  const last = thread?.messages.at(-1)?.id;
  const one = message(written, {
    ...{ kind: 'patient', from: from as Reference<never>, to: [referenceTo(team)] }, // of a type that the element takes
    ...(last === undefined ? {} : { answers: last }),
    ...(rule === undefined ? {} : { urgent: true }),
  });
  const marks: Extension[] = rule === undefined ? [] : [{ url: urgentWordsUrl, valueString: rule }];
  return [
    marks.length > 0 ? { ...one, extension: [...(one.extension ?? []), ...marks] } : one,
    ...asDocuments(written, from, { isPatients: true, isHidden: false }),
  ];
}

/** From the team to the patient. `seen`: the last message of theirs that its writer had read. */
export function answered(written: Written, by: Named, seen: string, noReply = false): Made {
  const { team, person } = written;
  // The team answers, by whoever wrote it: what comes back comes to the team.
  const from = { reference: team.reference, display: `${by.name}, ${team.name}` } as Reference<never>; // an Organization
  const one = message(written, {
    ...{ kind: 'patient', from, to: [{ reference: `Patient/${person}` }] },
    ...(seen === '' ? {} : { answers: seen }),
    ...(noReply ? { noReply } : {}),
  });
  return [one, ...asDocuments(written, from, { isPatients: false, isHidden: false })];
}

/** Among the team: a thread of its own, or a note in one with the patient, who is not shown it. */
export function noted(
  written: Written,
  by: Named,
  { urgent = false, byPhone = false }: { readonly urgent?: boolean; readonly byPhone?: boolean } = {},
): Made {
  const from = referenceTo(by);
  const one = message(written, { kind: 'team', from, to: [referenceTo(written.team)], urgent });
  return [
    byPhone ? { ...one, medium: [phoned] } : one,
    ...asDocuments(written, from, { isPatients: false, isHidden: true }),
  ];
}

const withExtension = (
  head: Communication,
  url: string,
  value: Omit<Extension, 'url'> | undefined,
): Communication => ({
  ...head,
  extension: [
    ...(head.extension ?? []).filter((one) => one.url !== url),
    ...(value ? [{ url, ...value }] : []),
  ],
});
const withoutEmpty = (head: Communication): Communication => {
  if (head.extension?.length !== 0) return head;
  const { extension: _, ...rest } = head;
  return rest;
};

/** Whose work it is now; undefined: the team's. */
export const assigned = (head: Communication, to: Named | undefined): Communication =>
  withoutEmpty(
    withExtension(head, assignedUrl, to && { valueReference: { reference: to.reference, display: to.name } }),
  );

/** Why a thread is closed. */
export const closings = {
  answered: 'Answered',
  booked: 'An appointment was made',
  phoned: 'Answered by phone or in person',
  elsewhere: 'Dealt with elsewhere',
  'no-answer': 'No answer is needed',
  mistake: 'Sent by mistake',
} as const;
export type Closing = keyof typeof closings;
/** What the room itself closes. */
const ownClosings = { sent: 'They sent the message after all' } as const;

/** Closed as far as whoever closes it has read: what the patient writes later opens it by itself. */
export const closed = (
  head: Communication,
  reason: Closing | keyof typeof ownClosings,
  seen: string,
): Communication => ({
  ...withExtension(head, closedAfterUrl, { valueString: seen || 'none' }),
  statusReason: { text: { ...closings, ...ownClosings }[reason] },
});

export function reopened(head: Communication): Communication {
  const { statusReason: _, ...rest } = withExtension(head, closedAfterUrl, undefined);
  return withoutEmpty(rest);
}

/** How urgent what was found in words makes a request: never less than it was. */
const urgencyOf = (advice: string | undefined): Urgency | undefined =>
  advice === undefined ? undefined : advice === 'emergency' || advice === 'department' ? 'stat' : 'asap';

/**
 * What an answer of the patient does to the request that it is about: one that waited for them is the team's to look at again, as
 * urgent as before or more, and what they were asked to answer is done.
 */
export function requestAnswered(
  task: Task,
  of: { readonly message: string; readonly now: number; readonly rule?: string; readonly advice?: string },
): Task {
  const found = urgencyOf(of.advice);
  const before = (task.priority ?? 'routine') as Urgency; // R4 has these four
  const isMore = found !== undefined && urgencies.indexOf(found) < urgencies.indexOf(before);
  const isOver = ['completed', 'cancelled', 'rejected', 'failed', 'entered-in-error'].includes(task.status);
  const isKnown = task.output?.some(
    ({ valueReference }) => valueReference?.reference === `Communication/${of.message}`,
  );
  return {
    ...task,
    ...(stageOf(task) === 'with-patient' ? atStage('waiting') : {}),
    ...(isMore && !isOver ? { priority: found } : {}),
    lastModified: new Date(of.now).toISOString(),
    ...(isKnown
      ? {}
      : {
          output: [...(task.output ?? []), outputOf(`Communication/${of.message}`, 'Answer of the patient')],
        }),
    ...(of.rule === undefined || isOver
      ? {}
      : {
          input: [...(task.input ?? []), input('red-flag', { valueString: of.rule })],
        }),
  };
}

/** What they were asked to answer, done. */
export const askDone = (task: Task): Task | undefined =>
  taskKindOf(task) === 'answer' && task.status !== 'completed'
    ? { ...task, ...atStage('closed') }
    : undefined;
