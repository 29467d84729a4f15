/**
 * What a team does with a request: each deed is a plain function from the request as it is to what is written, told in
 * words, and how it is taken back. Nothing here reads or writes.
 */
import type {
  Binary,
  Communication,
  DocumentReference,
  QuestionnaireResponse,
  Reference,
  Resource,
  ServiceRequest,
  Task,
} from '@medplum/fhirtypes';
import {
  atStage,
  type ContactMode,
  communicationOf,
  input,
  inputSystem,
  type Message,
  outputOf,
  type Stage,
  taskCode,
  type Urgency,
  urgencyNames,
} from '../../fhir/primary-care.ts';
import { idMadeOf } from '../../platform/ids.ts';

export interface Person {
  /** `Practitioner/…` */
  readonly reference: string;
  readonly name: string;
}

export interface Doing {
  readonly task: Task;
  readonly by: Person;
  /** The team: `Organization/…` and its name. */
  readonly team: Person;
  /** ms since 1970 UTC. */
  readonly now: number;
  /** Of the form: the same one sent twice makes the same resources. */
  readonly key: string;
}

export interface Deed {
  /** The request as it becomes. */
  readonly task: Task;
  /** What is written besides. */
  readonly made: readonly Resource[];
  /** “Dr Asha Patel replied and closed it” without the name. */
  readonly told: string;
}

const personOf = ({ for: person }: Task): string => (person?.reference ?? '').replace(/^Patient\//, '');

/** The request at another stage, with a note of what was done where there is one. */
function at(
  { task, by, now }: Doing,
  stage: Stage,
  {
    note,
    output = [],
    ...more
  }: Partial<Task> & { readonly note?: never } & { readonly output?: Task['output'] } & {
    readonly says?: string;
  } = {},
): Task {
  const { says, ...rest } = more;
  const moment = new Date(now).toISOString();
  const isOver = stage === 'closed' || stage === 'withdrawn';
  // When someone of the team first dealt with it: what people are told of waiting rests on it.
  const { start = moment } = task.executionPeriod ?? {};
  return {
    ...task,
    ...rest,
    ...atStage(stage),
    lastModified: moment,
    executionPeriod: { start, ...(isOver ? { end: moment } : {}) },
    ...(output.length === 0 ? {} : { output: [...(task.output ?? []), ...output] }),
    ...(says === undefined
      ? {}
      : {
          note: [
            ...(task.note ?? []),
            {
              authorReference: reference(by) as Reference<never>, // a Practitioner, whom the element takes
              time: moment,
              text: says,
            },
          ],
        }),
  };
}

const reference = ({ reference: to, name }: Person): Reference => ({ reference: to, display: name });
/** Where it goes on to be, unless it is further on already. */
const stageNow = ({ task }: Doing): Stage =>
  (task.businessStatus?.coding?.[0]?.code as Stage | undefined) ?? 'opened'; // our own codes

/** Marks messages among the team alone. Source: HL7 v3 ActCode, NOPAT. */
const notForPatients = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'NOPAT' };

/** The first message about the request: later ones belong to its thread. */
const threadOf = ({ output }: Task): string | undefined =>
  output
    ?.map(({ valueReference }) => valueReference?.reference ?? '')
    .find((to) => to.startsWith('Communication/'))
    ?.slice('Communication/'.length);

function messageTo(
  doing: Doing,
  text: string,
  more: Partial<Pick<Message, 'urgent' | 'noReply'>> = {},
): Communication {
  const { task, team, by, now, key } = doing;
  const thread = threadOf(task);
  return communicationOf(
    {
      ...{ id: idMadeOf(key, 'message'), kind: 'patient', person: personOf(task) },
      ...(thread === undefined ? {} : { thread, answers: thread }),
      ...{ topic: task.code?.text ?? 'Your request', text },
      // The team answers, by whoever wrote it: answers come back to the team.
      from: { reference: team.reference, display: `${by.name}, ${team.name}` },
      to: [{ reference: `Patient/${personOf(task)}` }],
      ...{ sent: now, about: [`Task/${task.id ?? ''}`] },
      ...more,
    },
    notForPatients,
  );
}

const messageOutput = ({ id }: Communication) => outputOf(`Communication/${id ?? ''}`, 'Message');

export type AfterReply = 'close' | 'wait' | 'keep';

export function reply(doing: Doing, text: string, after: AfterReply): Deed {
  const message = messageTo(doing, text);
  const stage: Stage = after === 'close' ? 'closed' : after === 'wait' ? 'with-patient' : stageNow(doing);
  return {
    task: at(doing, stage, { output: [messageOutput(message)] }),
    made: [message],
    told: after === 'close' ? 'replied and closed it' : 'replied',
  };
}

/** Asks the person for more: it is among what they have to do, and their answer brings the request back. */
export function askForMore(doing: Doing, question: string): Deed {
  const { task, team, now, key } = doing;
  const message = messageTo(doing, question);
  const asked: Task = {
    resourceType: 'Task',
    id: idMadeOf(key, 'answer'),
    status: 'requested',
    intent: 'order',
    priority: task.priority ?? 'routine',
    code: taskCode('answer', 'Tell your practice more'),
    description: 'Tell your practice more about your request',
    basedOn: [{ reference: `Task/${task.id ?? ''}` }],
    focus: { reference: `Communication/${message.id ?? ''}` },
    ...(task.for ? { for: task.for } : {}),
    authoredOn: new Date(now).toISOString(),
    requester: { reference: team.reference, display: team.name },
    owner: { reference: `Patient/${personOf(task)}` },
  };
  return {
    task: at(doing, 'with-patient', {
      output: [messageOutput(message), outputOf(`Task/${asked.id ?? ''}`, 'Asked')],
    }),
    made: [message, asked],
    told: 'asked for more',
  };
}

export interface Permit {
  readonly modes: readonly ContactMode[];
  readonly minutes: number;
  /** Day until which a time can be chosen: `2026-12-01`. */
  readonly until: string;
  readonly clinician?: Person;
  readonly words: string;
}

/** Lets the person choose a time themself, within what is agreed here. */
export function letBook(doing: Doing, { modes, minutes, until, clinician, words }: Permit): Deed {
  const { task, team, now, key } = doing;
  const message = messageTo(doing, words);
  const permit: Task = {
    resourceType: 'Task',
    id: idMadeOf(key, 'book'),
    status: 'requested',
    intent: 'order',
    priority: task.priority ?? 'routine',
    code: taskCode('book', 'Book an appointment'),
    description: 'Choose a time for your appointment',
    basedOn: [{ reference: `Task/${task.id ?? ''}` }],
    ...(task.for ? { for: task.for } : {}),
    authoredOn: new Date(now).toISOString(),
    requester: { reference: team.reference, display: team.name },
    owner: { reference: `Patient/${personOf(task)}` },
    restriction: { period: { end: `${until}T23:59:59Z` } },
    input: [
      ...modes.map((mode) => input('mode', { valueCode: mode })),
      input('minutes', { valueInteger: minutes }),
      ...(clinician
        ? [
            input('clinician', {
              valueReference: { reference: clinician.reference, display: clinician.name },
            }),
          ]
        : []),
    ],
  };
  return {
    task: at(doing, 'with-patient', {
      output: [messageOutput(message), outputOf(`Task/${permit.id ?? ''}`, 'Asked to book')],
    }),
    made: [message, permit],
    told: 'asked the patient to choose a time',
  };
}

/** Whose work it is now; undefined: nobody's in particular. */
export function assign(doing: Doing, to: Person | undefined, note = ''): Deed {
  const others = (doing.task.input ?? []).filter(
    ({ type }) => !type?.coding?.some(({ system, code }) => system === inputSystem && code === 'assigned'),
  );
  const stage = stageNow(doing);
  return {
    task: at(doing, stage === 'waiting' ? 'opened' : stage, {
      input: [
        ...others,
        ...(to ? [input('assigned', { valueReference: { reference: to.reference, display: to.name } })] : []),
      ],
      ...(note === '' ? {} : { says: note }),
    }),
    made: [],
    told: to ? `gave it to ${to.name}` : 'gave it back to the team',
  };
}

export interface Onward {
  /** `Organization/…` */
  readonly to: Person;
  readonly service: string;
  readonly reason: string;
  readonly urgency: Urgency;
  /** A draft is finished where referrals are written; what is sent is theirs at once. */
  readonly isDraft: boolean;
}

/** To another organisation: a pharmacy, a social prescriber, a hospital. */
export function passOn(doing: Doing, { to, service, reason, urgency, isDraft }: Onward): Deed {
  const { task, by, now, key } = doing;
  const request: ServiceRequest = {
    resourceType: 'ServiceRequest',
    id: idMadeOf(key, 'request'),
    status: isDraft ? 'draft' : 'active',
    intent: 'order',
    priority: urgency,
    code: { text: service },
    subject: { reference: `Patient/${personOf(task)}` },
    authoredOn: new Date(now).toISOString(),
    requester: reference(by) as Reference<never>, // a Practitioner, whom the element takes
    performer: [reference(to) as Reference<never>], // an Organization, which the element takes
    reasonCode: [{ text: reason }],
    ...(task.focus ? { supportingInfo: [task.focus] } : {}),
  };
  const output = [outputOf(`ServiceRequest/${request.id ?? ''}`, isDraft ? 'Referral, draft' : 'Passed on')];
  return {
    task: at(doing, isDraft ? stageNow(doing) : 'passed-on', { output }),
    made: [request],
    told: isDraft ? `began a referral to ${to.name}` : `passed it on to ${to.name}`,
  };
}

/** Never lowers what rules or people before thought urgent without saying so: the note keeps both. */
export function setUrgency(doing: Doing, urgency: Urgency, due: string, why: string): Deed {
  const before = doing.task.priority;
  return {
    task: at(doing, stageNow(doing) === 'waiting' ? 'opened' : stageNow(doing), {
      priority: urgency,
      restriction: { ...doing.task.restriction, period: { ...doing.task.restriction?.period, end: due } },
      says: `Urgency: ${before ? urgencyNames[before] : 'none'} to ${urgencyNames[urgency]}. ${why}`.trim(),
    }),
    made: [],
    told: `made it “${urgencyNames[urgency]}”`,
  };
}

/** Why a request is closed without a message. */
export const closings = {
  answered: 'Answered by phone or in person',
  'self-care': 'Self-care advice given',
  duplicate: 'The same as another request',
  unreached: 'Could not be reached, and was written to',
  elsewhere: 'Seen elsewhere meanwhile',
  done: 'Done: nothing to answer',
} as const;
export type Closing = keyof typeof closings;

export function close(doing: Doing, reason: Closing, note: string): Deed {
  return {
    task: at(doing, 'closed', {
      statusReason: { text: closings[reason] },
      ...(note === '' ? {} : { says: note }),
    }),
    made: [],
    told: `closed it: ${closings[reason].toLowerCase()}`,
  };
}

/** Something asked of the person that ends with the request. */
export const ended = (asked: Task): Task => ({
  ...asked,
  status: 'cancelled',
  statusReason: { text: 'The request was closed' },
});

export function reopen(doing: Doing, why: string): Deed {
  const { statusReason: _, ...task } = at(doing, 'opened', { says: why });
  return { task, made: [], told: 'opened it again' };
}

/** Says whose request it is, once someone has made sure of it; what they wrote goes with it into their record. */
export function match(
  doing: Doing,
  person: string,
  how: string,
  theirs: readonly (QuestionnaireResponse | DocumentReference | Binary)[],
): Deed {
  return {
    task: {
      ...at(doing, stageNow(doing), { says: `Matched to a record: ${how}` }),
      for: { reference: person },
    },
    made: theirs.map((one) =>
      one.resourceType === 'Binary'
        ? { ...one, securityContext: { reference: person } as Reference<never> } // R4: any resource
        : { ...one, subject: { reference: person } },
    ),
    told: 'matched it to a record',
  };
}

/** What is written instead when a deed is taken back: as if it had not been, and kept in the history. */
export function takenBack(made: Resource): Resource | undefined {
  if (made.resourceType === 'Communication' || made.resourceType === 'ServiceRequest')
    return { ...made, status: 'entered-in-error' };
  if (made.resourceType === 'QuestionnaireResponse' || made.resourceType === 'DocumentReference') {
    const { subject: _, ...nobodys } = made;
    return nobodys;
  }
  if (made.resourceType === 'Binary') {
    const { securityContext: _, ...nobodys } = made;
    return nobodys;
  }
  if (made.resourceType === 'Task') return { ...made, status: 'cancelled' };
  return undefined;
}
