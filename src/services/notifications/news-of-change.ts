/** Which changes of the record are news to the person whom they are about. Plain functions over resources. */
import type {
  Appointment,
  Communication,
  DiagnosticReport,
  DocumentReference,
  MedicationDispense,
  RelatedPerson,
  Resource,
  Task,
} from '@medplum/fhirtypes';
import { emergencyTopic } from '../../access/emergency/emergency-notice.ts';
import type { Kind } from './kinds.ts';
import type { News } from './tell.ts';

export interface Change {
  readonly resource: Resource;
  /** The version before; undefined: there was none. */
  readonly before: Resource | undefined;
  /** Whose record it is in: Patient id. */
  readonly patient: string;
  /** References of the one who is to be told: what they did themselves is no news. */
  readonly self: readonly string[];
  /** ms since 1970 UTC. */
  readonly now: number;
}

export interface NewsOfChange {
  readonly news: readonly News[];
  /** Reminders that still wait about what begins so are wrong now, save the one about `except`. */
  readonly withdraw?: { readonly aboutBegins: string; readonly except: string };
}

/** The types that may hold news. */
export const newsTypes: ReadonlySet<string> = new Set([
  'Appointment',
  'Communication',
  'DiagnosticReport',
  'DocumentReference',
  'MedicationDispense',
  'RelatedPerson',
  'Task',
]);

const day = 86_400_000;
/** What was written long before it came here (an import, a practice’s old letters) is no news. */
const freshFor = 7 * day;
const remindBefore = day;
/** Booked so shortly before, an appointment needs no reminder beside the news that it is booked. */
const shortly = 12 * 3_600_000;

const timeOf = (text: string | undefined): number | undefined => {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
};
const isFresh = (text: string | undefined, now: number): boolean => {
  const ms = timeOf(text);
  return ms === undefined || now - ms < freshFor;
};

/** Whoever reads over someone’s shoulder must not learn even the kind of what is restricted (v3 Confidentiality R and V). */
const isRestricted = ({ meta }: Resource): boolean =>
  meta?.security?.some(({ code }) => code === 'R' || code === 'V') ?? false;

export function newsOfChange(change: Change): NewsOfChange {
  const found = rules(change);
  if (!isRestricted(change.resource)) return found;
  return { ...found, news: found.news.map((one) => ({ ...one, kind: 'news' })) };
}

function rules(change: Change): NewsOfChange {
  const { resource, before } = change;
  switch (resource.resourceType) {
    case 'Appointment':
      return ofAppointment(resource, before as Appointment | undefined, change);
    case 'Communication':
      return only(ofCommunication(resource, before as Communication | undefined, change), resource);
    case 'DiagnosticReport':
      return only(ofReport(resource, before as DiagnosticReport | undefined, change), resource);
    case 'DocumentReference':
      return only(ofDocument(resource, before as DocumentReference | undefined, change), resource);
    case 'MedicationDispense':
      return only(ofDispense(resource, before as MedicationDispense | undefined, change), resource);
    case 'RelatedPerson':
      return only(ofRelated(resource, before as RelatedPerson | undefined), resource);
    case 'Task':
      return only(ofTask(resource, before as Task | undefined, change), resource);
    default:
      return { news: [] };
  }
}

const only = (kind: Kind | undefined, { resourceType, id }: Resource): NewsOfChange => ({
  news: kind === undefined ? [] : [{ kind, about: `${resourceType}/${id}`, urgency: 'soon' }],
});

const arrived = (status: string | undefined): boolean => status === 'completed' || status === 'in-progress';

function ofCommunication(
  one: Communication,
  before: Communication | undefined,
  { patient, self, now }: Change,
): Kind | undefined {
  const toPerson =
    one.recipient === undefined || one.recipient.some(({ reference }) => reference === `Patient/${patient}`);
  const byThemselves = self.includes(one.sender?.reference ?? '');
  if (!arrived(one.status) || arrived(before?.status) || !toPerson || byThemselves) return undefined;
  if (!isFresh(one.sent, now)) return undefined;
  return one.topic?.text === emergencyTopic ? 'emergency-access' : 'message';
}

const reported = new Set(['final', 'amended', 'corrected', 'appended']);

function ofReport(
  one: DiagnosticReport,
  before: DiagnosticReport | undefined,
  { now }: Change,
): Kind | undefined {
  if (!reported.has(one.status ?? '') || reported.has(before?.status ?? '')) return undefined;
  return isFresh(one.issued, now) ? 'result' : undefined;
}

function ofDocument(
  one: DocumentReference,
  before: DocumentReference | undefined,
  { self, now }: Change,
): Kind | undefined {
  const ready = (document: DocumentReference | undefined) =>
    document?.status === 'current' && document.docStatus !== 'preliminary';
  const byThemselves = one.author?.some(({ reference }) => self.includes(reference ?? '')) ?? false;
  if (!ready(one) || ready(before) || byThemselves) return undefined;
  return isFresh(one.date, now) ? 'letter' : undefined;
}

/** Made up and not yet handed over. */
function ofDispense(
  one: MedicationDispense,
  before: MedicationDispense | undefined,
  { now }: Change,
): Kind | undefined {
  const ready = (dispense: MedicationDispense | undefined) =>
    dispense?.status === 'in-progress' &&
    dispense.whenPrepared !== undefined &&
    dispense.whenHandedOver === undefined;
  return ready(one) && !ready(before) && isFresh(one.whenPrepared, now) ? 'medicine-ready' : undefined;
}

/** Those whom the platform lets act carry its account; others are kin that a practice wrote down. */
function ofRelated(one: RelatedPerson, before: RelatedPerson | undefined): Kind | undefined {
  const acts = (person: RelatedPerson | undefined) =>
    person?.active === true &&
    (person.identifier?.some(({ system }) => system === 'https://throughline.example/account') ?? false);
  return acts(one) && !acts(before) ? 'acting-agreed' : undefined;
}

const asked = new Set(['requested', 'received', 'ready']);

function ofTask(one: Task, before: Task | undefined, { patient, self, now }: Change): Kind | undefined {
  const waits = (task: Task | undefined) =>
    task?.owner?.reference === `Patient/${patient}` && asked.has(task.status ?? '');
  if (!waits(one) || waits(before) || self.includes(one.requester?.reference ?? '')) return undefined;
  return isFresh(one.authoredOn, now) ? 'form' : undefined;
}

function ofAppointment(
  one: Appointment,
  before: Appointment | undefined,
  { patient, now }: Change,
): NewsOfChange {
  const starts = timeOf(one.start);
  const isTheirs = one.participant?.some(({ actor }) => actor?.reference === `Patient/${patient}`) ?? false;
  const reference = `Appointment/${one.id}`;
  const about = `${reference}@${one.start ?? ''}`;
  const wasBooked = before?.status === 'booked' && (timeOf(before.start) ?? 0) > now;
  const withdraw = { aboutBegins: `${reference}@`, except: '' };
  if (!isTheirs) return { news: [], ...(before ? { withdraw } : {}) };
  if (one.status !== 'booked') {
    const isOff = one.status === 'cancelled';
    const kind = 'appointment-cancelled';
    return { news: wasBooked && isOff ? [{ kind, about, urgency: 'soon' }] : [], withdraw };
  }
  if (starts === undefined || starts <= now) return { news: [], withdraw };
  const moved = before?.status === 'booked' && timeOf(before.start) !== starts;
  const first: News[] =
    before?.status !== 'booked'
      ? [{ kind: 'appointment-booked', about, urgency: 'soon' }]
      : moved
        ? [{ kind: 'appointment-changed', about, urgency: 'soon' }]
        : [];
  const due = starts - remindBefore;
  const reminder: News[] =
    due > now + shortly ? [{ kind: 'appointment-reminder', about, urgency: 'soon', due }] : [];
  return { news: [...first, ...reminder], withdraw: { ...withdraw, except: about } };
}
