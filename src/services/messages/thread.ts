/** What a thread of messages comes to: who waits for whom, since when. Plain functions over Communications. */
import type { Communication, Extension, Reference } from '@medplum/fhirtypes';
import { type MessageKind, messageKindOf } from '../../fhir/primary-care.ts';

const base = 'https://throughline.example/StructureDefinition';
/** On the first message: whose work the thread is. */
export const assignedUrl = `${base}/message-assigned`;
/** On the first message of a closed thread: the last message of the patient that whoever closed it had seen. */
export const closedAfterUrl = `${base}/message-closed-after`;
/** On a message: the safety rule whose words it has, `chest-pain@3`. */
export const urgentWordsUrl = `${base}/urgent-words`;
/** Source: src/fhir/primary-care.ts. */
const noReplyUrl = `${base}/no-reply`;
/** A call that was made instead. Source: HL7 v3 ParticipationMode. */
export const phoned = {
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationMode', code: 'PHONE' }],
};

export interface Named {
  readonly reference: string;
  readonly name: string;
}

export interface Thread {
  readonly id: string;
  readonly head: Communication;
  readonly kind: MessageKind;
  readonly team: Named;
  readonly person: string;
  readonly topic: string;
  /** Oldest first; those that were taken back are left out. */
  readonly messages: readonly Communication[];
  /** Id of the last message from the patient's side; empty: there is none. */
  readonly lastAsked: string;
  /** ms since 1970 UTC; undefined: nobody waits for the team. */
  readonly waiting: number | undefined;
  /** Since when the patient has not read what the team wrote. */
  readonly unread: number | undefined;
  readonly latest: number;
  readonly urgent: boolean;
  readonly assigned: Named | undefined;
  readonly closed: boolean;
  /** Why it was closed. */
  readonly why: string;
  /** References that any of its messages is about. */
  readonly about: readonly string[];
  /** What was written last by the team asks for no answer. */
  readonly noReply: boolean;
}

const timeOf = (text: string | undefined): number => {
  const time = Date.parse(text ?? '');
  return Number.isFinite(time) ? time : 0;
};
const ids = /^[A-Z][A-Za-z]+\/([A-Za-z0-9.-]{1,64})$/;
export const idOf = (reference: string | undefined): string => ids.exec(reference ?? '')?.[1] ?? '';
const isTeam = ({ reference = '' }: Reference): boolean => reference.startsWith('Organization/');
export const extensionOf = (
  { extension }: { readonly extension?: readonly Extension[] },
  url: string,
): Extension | undefined => extension?.find((one) => one.url === url);

/** Id of the first message of its thread: its own where it is the first. */
export const headIdOf = ({ id = '', partOf }: Pick<Communication, 'id' | 'partOf'>): string =>
  partOf
    ?.map(({ reference }) => /^Communication\/([A-Za-z0-9.-]{1,64})$/.exec(reference ?? '')?.[1])
    .find((one) => one !== undefined) ?? id;

/** From the patient, or who acts for them, to the team. */
export const isAsked = (one: Communication): boolean =>
  messageKindOf(one) === 'patient' && (one.recipient ?? []).some(isTeam);
/** From the team to the patient. */
export const isAnswer = (one: Communication): boolean =>
  messageKindOf(one) === 'patient' &&
  (one.recipient ?? []).some(({ reference = '' }) => reference.startsWith('Patient/'));

const isUrgent = ({ priority }: Communication): boolean => priority !== undefined && priority !== 'routine';

/** The thread that these messages make; undefined where they are not one of ours. */
export function threadOf(all: readonly Communication[]): Thread | undefined {
  const head = all.find((one) => one.id !== undefined && headIdOf(one) === one.id);
  const kind = head && messageKindOf(head);
  if (!head?.id || kind === undefined) return undefined;
  const messages = all
    .filter(
      // Of one person: what names another's thread is no part of it.
      ({ status, subject, ...one }) =>
        status !== 'entered-in-error' &&
        messageKindOf(one) !== undefined &&
        subject?.reference === head.subject?.reference,
    )
    .toSorted((a, b) => timeOf(a.sent) - timeOf(b.sent) || (a.id ?? '').localeCompare(b.id ?? ''));
  const team = [...(head.sender ? [head.sender] : []), ...(head.recipient ?? [])].find(isTeam);
  const person = idOf(head.subject?.reference);
  if (!team?.reference || person === '' || messages.length === 0) return undefined;
  const asked = messages.filter(isAsked);
  const answers = messages.filter(isAnswer);
  const lastAsked = asked.at(-1)?.id ?? '';
  const why = head.statusReason?.text ?? '';
  const closed =
    why !== '' && (extensionOf(head, closedAfterUrl)?.valueString ?? 'none') === (lastAsked || 'none');
  const open = closed ? [] : stillOpen(asked, answers);
  const call = messages.findLast(({ medium }) => medium?.some(isPhoned));
  const unread = answers.filter(
    ({ received, sent }) => received === undefined && timeOf(sent) > timeOf(call?.sent),
  );
  const assigned = extensionOf(head, assignedUrl)?.valueReference;
  return {
    ...{ id: head.id, head, kind, person, messages, lastAsked, closed, why },
    team: {
      reference: team.reference,
      name: kind === 'team' ? (team.display ?? '') : nameOfTeam(head, team),
    },
    topic: head.topic?.text || 'Message',
    waiting: open[0] && timeOf(open[0].sent),
    unread: unread[0] && timeOf(unread[0].sent),
    latest: timeOf(messages.at(-1)?.sent),
    urgent: open.some(isUrgent) || (kind === 'team' && !closed && isUrgent(head)),
    assigned: assigned?.reference
      ? { reference: assigned.reference, name: assigned.display ?? assigned.reference }
      : undefined,
    about: [
      ...new Set(messages.flatMap(({ about }) => (about ?? []).flatMap(({ reference }) => reference ?? []))),
    ],
    noReply: extensionOf(answers.at(-1) ?? {}, noReplyUrl)?.valueBoolean === true,
  };
}

const isPhoned = ({ coding }: { readonly coding?: readonly { readonly code?: string }[] }): boolean =>
  coding?.some(({ code }) => code === 'PHONE') ?? false;

/** Of what the team sent it stands after who wrote it: “Dr Asha Patel, Harbour Surgery”. */
const nameOfTeam = (head: Communication, team: Reference): string =>
  head.sender === team ? (team.display ?? '').replace(/^[^,]*, /, '') : (team.display ?? '');

/**
 * What of the patient's side nobody has answered. An answer counts for what its writer had seen: up to the message that it names. One
 * that names none of theirs (from a room that does not show the thread) counts for what came before it.
 */
function stillOpen(
  asked: readonly Communication[],
  answers: readonly Communication[],
): readonly Communication[] {
  let answered = 0;
  for (const answer of answers) {
    const named = asked.findIndex(({ id }) =>
      answer.inResponseTo?.some(({ reference }) => reference === `Communication/${id}`),
    );
    const before = asked.filter(({ sent }) => timeOf(sent) <= timeOf(answer.sent)).length;
    answered = Math.max(answered, named >= 0 ? named + 1 : before);
  }
  return asked.slice(answered);
}
