/** Who may: persons who book for themselves or for someone, and the staff of a practice. */
import type { Patient } from '@medplum/fhirtypes';
import type { FastifyRequest } from 'fastify';
import type { Identity, StaffIdentity } from '../../access/identity.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import type { Sight } from '../../record/sight.ts';
import { idPattern } from '../../web/addresses.ts';
import { type AppFrame, appFrame } from '../../web/app-frame.ts';
import { localMoment } from '../../web/dates.ts';
import { chooseName, plainName } from '../../web/names.ts';
import type { Parts } from './needs.ts';
import { readVersioned } from './stored-search.ts';

type Who = Pick<Parts, 'identityOf' | 'actorOf' | 'trustedActor' | 'patientsOf' | 'record' | 'clock'>;

/** Whether a sight lets someone book for a person: theirs to write, not only to read. */
export const mayBookFor = (sight: Sight, person: string): boolean =>
  sight === 'everything' ||
  sight.grants.some(
    ({ writes, of }) => writes.includes('Appointment') && of.kind === 'persons' && of.ids.includes(person),
  );

export interface PersonVisit {
  readonly patient: Patient;
  readonly id: string;
  readonly name: string;
  readonly own: boolean;
  /** As whoever asks, seeing what they see. */
  readonly actor: Actor;
  /** As whoever asks, for what this page has checked. */
  readonly trusted: Actor;
  /** Id of the Organization where the person is registered. */
  readonly practice: string | undefined;
  readonly frame: AppFrame;
}

/** Ids of those for whom someone may book, their own first. Throws where nobody, or staff, asks. */
export async function bookablePeople(who: Who, request: FastifyRequest): Promise<readonly string[]> {
  const { sight } = who.actorOf(request);
  const identity: Identity | undefined = who.identityOf(request);
  if (!identity) throw problem('login', 'Sign in to see and book appointments.');
  if (identity.kind === 'staff')
    throw problem('forbidden', 'This is where patients book. Staff book from the day’s appointments.');
  return (await who.patientsOf(identity)).filter((id) => mayBookFor(sight, id));
}

export async function personVisit(who: Who, request: FastifyRequest, id: string): Promise<PersonVisit> {
  const people = await bookablePeople(who, request);
  if (!idPattern.test(id) || !people.includes(id))
    throw problem('not-found', 'There are no appointments here that you may see or book.');
  const trusted = who.trustedActor(request);
  const found = await readVersioned<Patient>(who.record, trusted, 'Patient', id);
  if (!found) throw problem('not-found', 'There are no appointments here that you may see or book.');
  const identity = who.identityOf(request);
  const own = identity?.kind === 'person' && identity.patient === id;
  const name = plainName(chooseName(found.resource.name, localMoment(who.clock.now()).key));
  return {
    ...{ patient: found.resource, id, name, own, trusted, actor: who.actorOf(request) },
    practice: practiceOf(found.resource),
    frame: appFrame({ person: { id, name, own }, tab: 'appointments', others: people.length > 1 }),
  };
}

/** Where someone is registered, as their record says. */
export function practiceOf({ generalPractitioner, managingOrganization }: Patient): string | undefined {
  const all = [...(generalPractitioner ?? []), ...(managingOrganization ? [managingOrganization] : [])];
  return all
    .map(({ reference = '' }) => /^Organization\/([A-Za-z0-9.-]{1,64})$/.exec(reference)?.[1])
    .find((found) => found !== undefined);
}

const staffRoles: ReadonlySet<string> = new Set([
  'receptionist',
  'practice-manager',
  'gp',
  'nurse',
  'healthcare-assistant',
]);
export const diaryRoles: readonly string[] = [...staffRoles];

export interface StaffVisit {
  readonly identity: StaffIdentity;
  /** Id of the Organization that they work for now. */
  readonly organisation: string;
  readonly actor: Actor;
  readonly trusted: Actor;
}

/** Staff who keep a practice's diaries: of their own practice alone. */
export function staffVisit(who: Who, request: FastifyRequest): StaffVisit {
  const actor = who.actorOf(request);
  const identity = who.identityOf(request);
  if (!identity) throw problem('login', 'Sign in to see the appointments of your practice.');
  if (identity.kind !== 'staff' || !staffRoles.has(identity.post.role))
    throw problem('forbidden', 'These are the diaries of a GP practice: its own staff see and change them.');
  const organisation = identity.post.organisation.replace(/^Organization\//, '');
  return { identity, organisation, actor, trusted: who.trustedActor(request) };
}

/** Those who make sessions and leave. */
export function managerVisit(who: Who, request: FastifyRequest): StaffVisit {
  const visit = staffVisit(who, request);
  if (!['practice-manager', 'receptionist', 'gp'].includes(visit.identity.post.role))
    throw problem('forbidden', 'Sessions and leave are made by practice managers, receptionists and GPs.');
  return visit;
}
