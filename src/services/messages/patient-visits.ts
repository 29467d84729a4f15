/** Who writes as a patient, or for one: whose messages they may read and write, and to which practice. */
import type { Organization, Patient, Reference, RelatedPerson } from '@medplum/fhirtypes';
import type { FastifyRequest } from 'fastify';
import type { PersonIdentity } from '../../access/identity.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { idPattern } from '../../web/addresses.ts';
import { localMoment } from '../../web/dates.ts';
import { chooseName, plainName } from '../../web/names.ts';
import { type Reading, readNow, searchPage } from '../../web/record-reading.ts';
import type { RoomNeeds } from '../../web/room.ts';
import { notHere } from './needs.ts';
import { isAnswer, isAsked, type Named, type Thread } from './thread.ts';
import { readThread } from './writing.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly own: boolean;
  /** Undefined: the record names none. */
  readonly practice: Named | undefined;
}

export interface PatientVisit {
  readonly identity: PersonIdentity;
  readonly actor: Actor;
  readonly trusted: Actor;
  /** Those for whom they may write, themself first. */
  readonly people: readonly Person[];
  readonly now: number;
}

export interface ThreadVisit extends PatientVisit {
  readonly thread: Thread;
  readonly person: Person;
}

export interface PatientVisits {
  readonly of: (request: FastifyRequest) => Promise<PatientVisit>;
  /** The thread that the address names. 404 where it is not theirs, among the team alone, or not there. */
  readonly ofThread: (request: FastifyRequest) => Promise<ThreadVisit>;
  /** As whom they write for someone. */
  readonly authorOf: (visit: PatientVisit, person: Person) => Promise<Reference>;
}

export function openPatientVisits({
  record,
  clock,
  actorOf,
  identityOf,
  trustedActor,
  ownActor,
  patientsOf,
}: Pick<
  RoomNeeds,
  'record' | 'clock' | 'actorOf' | 'identityOf' | 'trustedActor' | 'ownActor' | 'patientsOf'
>): PatientVisits {
  const own: Reading = { record, actor: ownActor };

  const mayWriteFor = ({ sight }: Actor, id: string): boolean =>
    sight !== 'everything' &&
    sight.grants.some(
      ({ writes, of }) => of.kind === 'persons' && of.ids.includes(id) && writes.includes('Communication'),
    );

  const personOf = async (
    identity: PersonIdentity,
    actor: Actor,
    id: string,
  ): Promise<Person | undefined> => {
    const patient = await readNow<Patient>({ record, actor }, 'Patient', id);
    if (!patient) return undefined;
    const reference = patient.generalPractitioner?.find((one) =>
      one.reference?.startsWith('Organization/'),
    )?.reference;
    const found = reference
      ? await readNow<Organization>(own, 'Organization', reference.slice('Organization/'.length))
      : undefined;
    return {
      ...{ id, name: plainName(chooseName(patient.name, localMoment(clock.now()).key)) },
      own: identity.patient === id,
      practice: reference && found ? { reference, name: found.name ?? 'Your practice' } : undefined,
    };
  };

  const of = async (request: FastifyRequest): Promise<PatientVisit> => {
    const actor = actorOf(request);
    const identity = identityOf(request);
    if (!identity) throw problem('login', 'Sign in to read and write messages.');
    if (identity.kind !== 'person')
      throw problem(
        'forbidden',
        'This is where patients write to their practice. Staff have “Messages of the team”.',
      );
    const ids = (await patientsOf(identity)).filter((id) => mayWriteFor(actor, id));
    const people = (await Promise.all(ids.map((id) => personOf(identity, actor, id)))).filter(
      (one) => one !== undefined,
    );
    return { identity, actor, trusted: trustedActor(request), people, now: clock.now() };
  };

  return {
    of,
    async ofThread(request) {
      const visit = await of(request);
      const { thread: id = '' } = request.params as { readonly thread?: string }; // the path names it
      if (!idPattern.test(id)) throw notHere();
      // The read of what is not theirs is refused, and is in the audit log.
      const thread = await readThread({ record, actor: visit.actor }, id);
      const person = visit.people.find((one) => one.id === thread?.person);
      if (!thread || !person || thread.kind !== 'patient') throw notHere();
      const messages = thread.messages.filter((one) => isAsked(one) || isAnswer(one));
      if (messages.length === 0) throw notHere();
      return { ...visit, person, thread: { ...thread, messages } };
    },
    async authorOf({ identity }, person) {
      if (person.own) return { reference: `Patient/${person.id}`, display: person.name };
      const query = `patient=Patient/${person.id}&identifier=https://throughline.example/account|${identity.account}&active=true`;
      const [related] = (await searchPage<RelatedPerson>(own, 'RelatedPerson', query)).resources;
      return {
        ...(related?.id === undefined ? {} : { reference: `RelatedPerson/${related.id}` }),
        display: `${identity.name}, for ${person.name}`,
      };
    },
  };
}
