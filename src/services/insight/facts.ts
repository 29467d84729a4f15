/** What the figures keep of a resource: ids, times and kinds. Plain functions; undefined where it does not count. */
import type { Communication, Encounter, Patient, Slot, Task } from '@medplum/fhirtypes';
import {
  type ContactMode,
  inputsOf,
  modesOf,
  stageOf,
  taskKindOf,
  type Urgency,
  urgencies,
} from '../../fhir/primary-care.ts';

export interface RequestFact {
  readonly task: string;
  readonly practice: string;
  readonly person: string | undefined;
  readonly kind: string;
  readonly asked: number;
  readonly answered: number | undefined;
  readonly ended: number | undefined;
  readonly stage: string;
  readonly urgency: number;
  readonly cameBy: string;
  readonly wished: readonly string[];
  readonly clinician: string | undefined;
  readonly interpreter: boolean;
  readonly byMessage: boolean;
  readonly unreached: boolean;
}
export interface ContactFact {
  readonly encounter: string;
  readonly practice: string;
  readonly person: string;
  readonly clinician: string | undefined;
  readonly mode: ContactMode | undefined;
  readonly at: number;
}
export interface SlotFact {
  readonly slot: string;
  readonly schedule: string;
  readonly at: number;
  readonly taken: boolean;
}
export interface PersonFact {
  readonly person: string;
  readonly practice: string;
  readonly usual: string | undefined;
  readonly reachable: boolean;
  readonly foreignLanguage: boolean;
}

const timeOf = (text: string | undefined): number | undefined => {
  const time = Date.parse(text ?? '');
  return Number.isFinite(time) ? time : undefined;
};
const idIn = (reference: string | undefined, type: string): string | undefined =>
  new RegExp(`^${type}/([A-Za-z0-9.-]{1,64})$`).exec(reference ?? '')?.[1];

/** As triage writes it where nobody could be reached. */
const unreachedText = 'Could not be reached, and was written to';
const kinds = ['help', 'admin', 'registration'];

/** Someone may be seen by the team without having been answered: `executionPeriod` begins with the first deed. */
export function requestFact(task: Task): RequestFact | undefined {
  const kind = taskKindOf(task);
  const practice = task.owner?.reference ?? '';
  const asked = timeOf(task.authoredOn);
  if (task.id === undefined || kind === undefined || !kinds.includes(kind) || asked === undefined)
    return undefined;
  if (!practice.startsWith('Organization/') || task.status === 'entered-in-error') return undefined;
  const stage = stageOf(task) ?? 'waiting';
  const isOver = ['completed', 'cancelled', 'rejected', 'failed'].includes(task.status);
  const came = (task.output ?? []).map(({ valueReference }) => valueReference?.reference ?? '');
  const made = (type: string) => came.some((to) => to.startsWith(`${type}/`));
  const urgency = urgencies.indexOf(task.priority as Urgency);
  return {
    ...{ task: task.id, practice, person: idIn(task.for?.reference, 'Patient'), kind, asked, stage },
    answered: stage === 'withdrawn' ? undefined : timeOf(task.executionPeriod?.start),
    ended: isOver ? (timeOf(task.executionPeriod?.end) ?? timeOf(task.lastModified)) : undefined,
    urgency: urgency < 0 ? urgencies.length - 1 : urgency,
    cameBy: inputsOf(task, 'came-by')[0]?.valueCode ?? 'unknown',
    wished: inputsOf(task, 'mode').flatMap(({ valueCode }) => (valueCode ? [valueCode] : [])),
    clinician: inputsOf(task, 'clinician')[0]?.valueReference?.reference,
    interpreter: inputsOf(task, 'interpreter').length > 0,
    byMessage:
      kind === 'help' &&
      stage === 'closed' &&
      made('Communication') &&
      !made('Encounter') &&
      !made('Appointment') &&
      !came.some((to) => to.startsWith('Task/')),
    unreached: task.statusReason?.text === unreachedText,
  };
}

/** SNOMED CT concepts that say how a consultation was held, where no extension of ours does. Source: UK edition. */
const modeOfConcept: Readonly<Record<string, ContactMode>> = {
  '185317003': 'telephone',
  '448337001': 'video',
  '11429006': 'in-person',
  '439708006': 'home-visit',
};
const modeOfClass: Readonly<Record<string, ContactMode>> = { AMB: 'in-person', HH: 'home-visit' };

export function modeOfEncounter(encounter: Encounter): ContactMode | undefined {
  const [said] = modesOf(encounter);
  if (said) return said;
  for (const { coding = [], text = '' } of encounter.type ?? []) {
    for (const { code = '' } of coding) if (modeOfConcept[code]) return modeOfConcept[code];
    if (/\bonline\b|\bmessage\b/i.test(text)) return 'message';
    if (/\bphone\b|\btelephone\b/i.test(text)) return 'telephone';
    if (/\bvideo\b/i.test(text)) return 'video';
  }
  return modeOfClass[encounter.class?.code ?? ''];
}

export function contactFact(encounter: Encounter): ContactFact | undefined {
  const practice = encounter.serviceProvider?.reference ?? '';
  const person = idIn(encounter.subject?.reference, 'Patient');
  const at = timeOf(encounter.period?.start);
  if (encounter.id === undefined || person === undefined || at === undefined) return undefined;
  if (encounter.status !== 'finished' || !practice.startsWith('Organization/')) return undefined;
  return {
    ...{ encounter: encounter.id, practice, person, at, mode: modeOfEncounter(encounter) },
    clinician: encounter.participant?.find(({ individual }) =>
      individual?.reference?.startsWith('Practitioner/'),
    )?.individual?.reference,
  };
}

export function slotFact(slot: Slot): SlotFact | undefined {
  const schedule = idIn(slot.schedule?.reference, 'Schedule');
  const at = timeOf(slot.start);
  if (slot.id === undefined || schedule === undefined || at === undefined) return undefined;
  // What is taken out of the diary is no capacity.
  if (slot.status !== 'free' && slot.status !== 'busy' && slot.status !== 'busy-tentative') return undefined;
  return { slot: slot.id, schedule, at, taken: slot.status !== 'free' };
}

export function personFact(patient: Patient): PersonFact | undefined {
  const doctors = (patient.generalPractitioner ?? []).map(({ reference }) => reference ?? '');
  const practice = doctors.find((to) => to.startsWith('Organization/'));
  if (patient.id === undefined || practice === undefined || patient.active === false) return undefined;
  if (patient.deceasedBoolean === true || patient.deceasedDateTime !== undefined) return undefined;
  return {
    ...{ person: patient.id, practice, usual: doctors.find((to) => to.startsWith('Practitioner/')) },
    reachable: (patient.telecom ?? []).some(
      ({ system, use, value }) =>
        value !== undefined && use !== 'old' && ['phone', 'email', 'sms'].includes(system ?? ''),
    ),
    foreignLanguage: (patient.extension ?? [])
      .concat((patient.communication ?? []).flatMap(({ extension = [] }) => extension))
      .some(({ url, valueBoolean }) => /interpreter/i.test(url) && valueBoolean !== false),
  };
}

/** Whose own online deed it is, and when: a request by page, a message that they wrote. */
export function useFact(one: Task | Communication): { person: string; at: number } | undefined {
  if (one.resourceType === 'Task') {
    const fact = requestFact(one);
    return fact?.person !== undefined && fact.cameBy === 'page'
      ? { person: fact.person, at: fact.asked }
      : undefined;
  }
  const person = idIn(one.subject?.reference, 'Patient');
  const at = timeOf(one.sent);
  const isTheirs = /^(Patient|RelatedPerson)\//.test(one.sender?.reference ?? '');
  return person !== undefined && at !== undefined && isTheirs ? { person, at } : undefined;
}
