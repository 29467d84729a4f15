/**
 * How the services of primary care meet in the record. None imports another: a request for help is a Task that all of them
 * read, what was said is a Communication, what is booked an Appointment. The words of a request are in the
 * QuestionnaireResponse that the Task points at: who may see tasks need not be shown why someone comes.
 */
import type { CodeableConcept, Coding, Communication, Extension, Task } from '@medplum/fhirtypes';

const base = 'https://throughline.example';

/** How patient and team meet. `home-visit` is in person, at the patient's home. */
export type ContactMode = 'message' | 'telephone' | 'video' | 'in-person' | 'home-visit';
export const contactModes: readonly ContactMode[] = [
  'message',
  'telephone',
  'video',
  'in-person',
  'home-visit',
];
export const contactModeNames: Readonly<Record<ContactMode, string>> = {
  message: 'By message',
  telephone: 'By phone',
  video: 'By video',
  'in-person': 'Face to face',
  'home-visit': 'At home',
};

/** Source: UK Core, Extension-UKCore-DeliveryChannel. It knows three; a home visit is in person, a message none. */
export const deliveryChannelUrl =
  'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DeliveryChannel';
/** On Slot (repeated) and Appointment (once): all five modes, ours. */
export const contactModeUrl = `${base}/StructureDefinition/contact-mode`;
export const contactModeExtension = (mode: ContactMode): Extension => ({
  url: contactModeUrl,
  valueCode: mode,
});
export const modesOf = (one: { readonly extension?: readonly Extension[] }): readonly ContactMode[] =>
  (one.extension ?? [])
    .filter(({ url }) => url === contactModeUrl)
    .map(({ valueCode }) => valueCode)
    .filter((code): code is ContactMode => contactModes.some((mode) => mode === code));

/** Codes of a Task: what is asked of whom. */
export const taskSystem = `${base}/CodeSystem/primary-care-task`;
export type TaskKind =
  /** Someone asks their practice for help with a health problem. Owner: the practice. */
  | 'help'
  /** A fit note, letter, result, change of details. Owner: the practice. */
  | 'admin'
  /** To be registered with the practice. Owner: the practice; no `for` until they are. */
  | 'registration'
  /** The practice asks the person to book a time, within limits. Owner: the patient. */
  | 'book'
  /** The practice asks the person for more. Owner: the patient; `basedOn` is the request. */
  | 'answer';
export const taskCode = (kind: TaskKind, text: string): CodeableConcept => ({
  coding: [{ system: taskSystem, code: kind }],
  text,
});
export const taskKindOf = ({ code }: Pick<Task, 'code'>): TaskKind | undefined =>
  code?.coding?.find(({ system }) => system === taskSystem)?.code as TaskKind | undefined; // our own system has no others

/** Where a request stands, as `Task.businessStatus`; `Task.status` follows from it. */
export const stageSystem = `${base}/CodeSystem/request-stage`;
export type Stage =
  /** Nobody has opened it yet. */
  | 'waiting'
  | 'opened'
  /** The patient was asked for more, or to choose a time. */
  | 'with-patient'
  | 'booked'
  /** To another team or service. */
  | 'passed-on'
  | 'closed'
  | 'withdrawn';
export const stages: Readonly<Record<Stage, { readonly status: Task['status']; readonly text: string }>> = {
  waiting: { status: 'requested', text: 'Waiting for the team' },
  opened: { status: 'in-progress', text: 'The team is looking at it' },
  'with-patient': { status: 'on-hold', text: 'Waiting for the patient' },
  booked: { status: 'accepted', text: 'Appointment booked' },
  'passed-on': { status: 'accepted', text: 'Passed on' },
  closed: { status: 'completed', text: 'Closed' },
  withdrawn: { status: 'cancelled', text: 'Withdrawn' },
};
export const stageOf = ({ businessStatus }: Pick<Task, 'businessStatus'>): Stage | undefined =>
  businessStatus?.coding?.find(({ system }) => system === stageSystem)?.code as Stage | undefined; // our own system
/** The two elements that say it, to spread into a Task. */
export const atStage = (stage: Stage): Pick<Task, 'status' | 'businessStatus'> => ({
  status: stages[stage].status,
  businessStatus: { coding: [{ system: stageSystem, code: stage }], text: stages[stage].text },
});

/** How soon, as `Task.priority`. Source: R4 RequestPriority; the times are the practice's to change. */
export type Urgency = 'stat' | 'asap' | 'urgent' | 'routine';
export const urgencies: readonly Urgency[] = ['stat', 'asap', 'urgent', 'routine'];
export const urgencyNames: Readonly<Record<Urgency, string>> = {
  stat: 'Now',
  asap: 'Today',
  urgent: 'Within 2 days',
  routine: 'Routine',
};

/** What a person asked for besides the request itself, and what the safety rules found: `Task.input`, by these codes. */
export const inputSystem = `${base}/CodeSystem/request-input`;
export type InputKind =
  /** valueCode: a ContactMode they would like; repeated in their order. */
  | 'mode'
  /** valueString: times that suit. */
  | 'times'
  /** valueReference: Practitioner they would like to see. */
  | 'clinician'
  /** valueCode: BCP 47, where an interpreter is needed. */
  | 'interpreter'
  /** valueBoolean */
  | 'chaperone'
  /** valueString: what makes it easier, and how to reach them safely. */
  | 'access'
  | 'contact'
  /** valueString: id of a red-flag rule that fired, `chest-pain@3`; repeated. */
  | 'red-flag'
  /** valueBoolean: the person went on after being told to call or go elsewhere. */
  | 'overridden'
  /** valueReference: whose work it is now (Practitioner). */
  | 'assigned'
  /** valueInteger: minutes of a booking; valueReference: Schedule, of a `book` Task (repeated). */
  | 'minutes'
  | 'schedule'
  /** valueString: name, date of birth, NHS number and telephone of someone who is not matched to a record. */
  | 'said-name'
  | 'said-birth-date'
  | 'said-nhs-number'
  | 'said-telephone'
  /** valueCode: `page`, `telephone` (typed by staff), `kiosk`, `api`. */
  | 'came-by';
export type TaskInput = NonNullable<Task['input']>[number];
export const input = (kind: InputKind, value: Omit<TaskInput, 'type'>): TaskInput => ({
  type: { coding: [{ system: inputSystem, code: kind }] },
  ...value,
});
export const inputsOf = ({ input: all }: Pick<Task, 'input'>, kind: InputKind): readonly TaskInput[] =>
  (all ?? []).filter(({ type }) =>
    type?.coding?.some(({ system, code }) => system === inputSystem && code === kind),
  );

/** What came of a request: `Task.output`, each pointing at an Appointment, Communication, Encounter, ServiceRequest … */
export const outputOf = (reference: string, text: string): NonNullable<Task['output']>[number] => ({
  type: { text },
  valueReference: { reference },
});

/** Categories of a Communication of ours. */
export const messageSystem = `${base}/CodeSystem/message`;
export type MessageKind =
  /** Between a patient, or who acts for them, and a team. */
  | 'patient'
  /** Among the team about a patient: labelled so that the patient is not shown it. */
  | 'team';
export interface Message {
  readonly id: string;
  readonly kind: MessageKind;
  /** Of the first message of its thread; undefined: it is the first. */
  readonly thread?: string;
  /** Of the message that it answers. */
  readonly answers?: string;
  /** Id of the Patient. */
  readonly person: string;
  readonly topic: string;
  readonly text: string;
  readonly from: NonNullable<Communication['sender']>;
  readonly to: NonNullable<Communication['recipient']>;
  /** ms since 1970 UTC. */
  readonly sent: number;
  /** What it is about: `Task/9`. */
  readonly about?: readonly string[];
  readonly urgent?: boolean;
  /** DocumentReferences, Binaries or Media that go with it. */
  readonly attachments?: readonly { readonly reference: string; readonly title: string }[];
  /** Where an answer may not be written: for what is only to be read. */
  readonly noReply?: boolean;
}

export const messageKind = (kind: MessageKind): Coding => ({ system: messageSystem, code: kind });
export const messageKindOf = ({ category }: Pick<Communication, 'category'>): MessageKind | undefined =>
  category?.flatMap(({ coding }) => coding ?? []).find(({ system }) => system === messageSystem)?.code as
    | MessageKind
    | undefined; // our own system has no others

/** Read when `received` is there; a thread is closed when its first message is `completed` with a statusReason. */
export function communicationOf(message: Message, notForPatients: Coding): Communication {
  const { id, kind, thread, answers, person, topic, text, from, to, sent, about, urgent, attachments } =
    message;
  return {
    resourceType: 'Communication',
    id,
    ...(kind === 'team' ? { meta: { security: [notForPatients] } } : {}),
    status: 'completed',
    category: [
      { coding: [messageKind(kind)] },
      {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/communication-category', code: 'notification' },
        ],
      },
    ],
    priority: urgent ? 'urgent' : 'routine',
    subject: { reference: `Patient/${person}` },
    topic: { text: topic },
    ...(about ? { about: about.map((reference) => ({ reference })) } : {}),
    ...(thread === undefined ? {} : { partOf: [{ reference: `Communication/${thread}` }] }),
    ...(answers === undefined ? {} : { inResponseTo: [{ reference: `Communication/${answers}` }] }),
    sent: new Date(sent).toISOString(),
    sender: from,
    recipient: to,
    payload: [
      { contentString: text },
      ...(attachments ?? []).map(({ reference, title }) => ({
        contentReference: { reference, display: title },
      })),
    ],
    ...(message.noReply
      ? { extension: [{ url: `${base}/StructureDefinition/no-reply`, valueBoolean: true }] }
      : {}),
  };
}
