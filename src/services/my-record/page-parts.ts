/** What the pages of the patient's app share: whose record a page is about, who may open it, and its frame. */
import type { Patient } from '@medplum/fhirtypes';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Identity } from '../../access/identity.ts';
import type { Clock } from '../../platform/clock.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import type { Sight } from '../../record/sight.ts';
import { idPattern } from '../../web/addresses.ts';
import { type AppTab, appFrame } from '../../web/app-frame.ts';
import { localMoment } from '../../web/dates.ts';
import type { Live } from '../../web/live/live.ts';
import { chooseName, plainName } from '../../web/names.ts';
import type { Reading } from '../../web/record-reading.ts';
import type { Shell } from '../../web/shell.ts';

export interface MyRecordNeeds {
  readonly live: Pick<Live, 'add'>;
  readonly shell: Shell;
  readonly record: CareRecord;
  readonly clock: Clock;
  readonly actorOf: (request: FastifyRequest) => Actor;
  readonly identityOf: (request: FastifyRequest) => Identity | undefined;
  /** Ids of the Patients whose record someone may open as a person: their own first, then those they act for. */
  readonly patientsOf: (identity: Identity) => Promise<readonly string[]>;
}

export interface PersonParams {
  person: string;
}
export type Query = Readonly<Record<string, unknown>>;

/** Whether a sight shows any resource of a type of this person. */
export const showsOf = (sight: Sight, person: string, type: string): boolean =>
  sight === 'everything' ||
  sight.grants.some(
    ({ types, of }) =>
      types.includes(type) && (of.kind === 'everyone' || (of.kind === 'persons' && of.ids.includes(person))),
  );

export const nameOfPatient = (patient: Patient, now: number): string =>
  plainName(chooseName(patient.name, localMoment(now).key));

/** One visit to a page about one person. */
export interface Visit {
  readonly reading: Reading;
  readonly patient: Patient;
  readonly id: string;
  readonly name: string;
  /** Whoever looks is this person; otherwise they act for them. */
  readonly own: boolean;
  /** `/my-record/<id>`. */
  readonly base: string;
  readonly now: number;
  /** Whether they may open other people's records too. */
  readonly others: boolean;
  readonly shows: (...types: readonly string[]) => boolean;
}

/** The parts of a record, in the order of the menu: the words of each, its page, and the types that fill it. */
export const parts = [
  { key: 'conditions', page: 'conditions', types: ['Condition'] },
  { key: 'medicines', page: 'medicines', types: ['MedicationRequest', 'MedicationStatement'] },
  { key: 'allergies', page: 'allergies', types: ['AllergyIntolerance'] },
  { key: 'results', page: 'results', types: ['Observation'] },
  { key: 'vaccinations', page: 'vaccinations', types: ['Immunization'] },
  { key: 'appointments', page: 'appointments', types: ['Appointment', 'Encounter'] },
  { key: 'documents', page: 'documents', types: ['DocumentReference', 'Composition'] },
  { key: 'imaging', page: 'imaging', types: ['ImagingStudy'] },
  { key: 'carePlan', page: 'care-plan', types: ['CarePlan', 'Goal'] },
  { key: 'people', page: 'people', types: ['Patient'] },
] as const;

export interface Pages {
  /** Who may open what, and whose record the address names. Throws 404 for any that is not theirs, and logs the try. */
  readonly visitOf: (request: FastifyRequest<{ Params: PersonParams }>) => Promise<Visit>;
  /** The ids of the records that whoever asks may open. */
  readonly recordsOf: (request: FastifyRequest) => Promise<readonly string[]>;
  readonly show: (
    reply: FastifyReply,
    visit: Visit,
    template: string,
    page: { readonly title: string; readonly tab?: AppTab; readonly [name: string]: unknown },
  ) => FastifyReply;
  /** The page for a part of the record that a proxy was not given. */
  readonly notGiven: (reply: FastifyReply, visit: Visit, title: string) => FastifyReply;
}

export function pageParts(needs: MyRecordNeeds): Pages {
  const { shell, record, clock, actorOf, identityOf } = needs;
  const recordsOf = async (request: FastifyRequest): Promise<readonly string[]> => {
    actorOf(request); // who has not signed in is sent to
    const identity = identityOf(request);
    if (!identity) throw problem('login', 'Sign in to open your record.');
    if (identity.kind === 'staff')
      throw problem('forbidden', 'This is where patients read their own record. Staff find people by name.');
    return needs.patientsOf(identity);
  };
  const show: Pages['show'] = (reply, visit, template, { title, tab = 'record', ...page }) =>
    shell.renderPage(reply, `my-record/${template}.njk`, {
      ...{ title, titleOf: visit.own ? undefined : visit.name, visit, base: visit.base, ...page },
      app: appFrame({
        ...{ person: { id: visit.id, name: visit.name, own: visit.own }, tab, others: visit.others },
        ...(typeof page['unread'] === 'number' ? { unread: page['unread'] } : {}),
      }),
    });
  return {
    recordsOf,
    show,
    async visitOf(request) {
      const allowed = await recordsOf(request);
      const id = request.params.person;
      const actor = actorOf(request);
      // The read of what is not theirs is refused, and is in the audit log.
      const stored = idPattern.test(id) ? await record.read(actor, 'Patient', id) : undefined;
      if (!stored?.body || !allowed.includes(id)) throw problem('not-found', 'There is no such record.');
      const patient = resourceOf<Patient>(stored);
      const now = clock.now();
      const identity = identityOf(request);
      return {
        ...{ reading: { record, actor }, patient, id, name: nameOfPatient(patient, now), now },
        own: identity?.kind === 'person' && identity.patient === id,
        ...{ base: `/my-record/${id}`, others: allowed.length > 1 },
        shows: (...types) => types.some((type) => showsOf(actor.sight, id, type)),
      };
    },
    notGiven: (reply, visit, title) => show(reply, visit, 'not-given', { title }),
  };
}

export interface Paged<T> {
  readonly rows: readonly T[];
  /** Number of the next page, where there is one. */
  readonly next: number | undefined;
  readonly page: number;
}

/** A page of a long list; the last for a number that is too high. */
export function paged<T>(all: readonly T[], asked: string, size: number): Paged<T> {
  const pages = Math.max(1, Math.ceil(all.length / size));
  const page = Math.min(pages, /^[1-9]\d{0,5}$/.test(asked) ? Number(asked) : 1);
  return { rows: all.slice((page - 1) * size, page * size), next: page < pages ? page + 1 : undefined, page };
}
