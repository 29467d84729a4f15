/** Who answers messages for a team, one thread of it, and those who work there. */
import type { Organization, Patient, Practitioner, PractitionerRole, Task } from '@medplum/fhirtypes';
import type { FastifyRequest } from 'fastify';
import type { StaffIdentity } from '../../access/identity.ts';
import { roleOf } from '../../access/roles.ts';
import { stageOf } from '../../fhir/primary-care.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { resourceOf } from '../../record/care-record.ts';
import { idPattern } from '../../web/addresses.ts';
import { conceptText } from '../../web/coded.ts';
import { localMoment } from '../../web/dates.ts';
import { chooseName, plainName } from '../../web/names.ts';
import { type Reading, readNow } from '../../web/record-reading.ts';
import { type MessageRoom, notHere } from './needs.ts';
import type { TeamSettings } from './team-settings.ts';
import { idOf, type Named, type Thread } from './thread.ts';
import { readThread } from './writing.ts';

export interface TeamVisit {
  readonly identity: StaffIdentity;
  /** Sees what the role shows. */
  readonly actor: Actor;
  /** For what this room has checked: that the role writes messages, and is shown the person and the thread. */
  readonly trusted: Actor;
  readonly team: Named;
  readonly by: Named;
  readonly settings: TeamSettings;
  readonly now: number;
  /** Day, `2026-11-22`. */
  readonly today: string;
}

export interface TeamThreadVisit extends TeamVisit {
  readonly thread: Thread;
  readonly patient: Patient;
  readonly name: string;
}

export interface Colleague extends Named {
  readonly job: string;
}

export interface TeamVisits {
  readonly of: (request: FastifyRequest) => Promise<TeamVisit>;
  /** The thread that the address names. 404 where it is another team's, withheld, or not there. */
  readonly ofThread: (request: FastifyRequest) => Promise<TeamThreadVisit>;
  /** A person whose record the role shows. */
  readonly personOf: (visit: TeamVisit, id: string) => Promise<Patient>;
  readonly colleaguesOf: (visit: TeamVisit) => Promise<readonly Colleague[]>;
  /** The request that a thread belongs to, where it is open in the queue. */
  readonly openRequestOf: (visit: TeamVisit, thread: Thread) => Promise<string | undefined>;
}

const mostColleagues = 200;

export const nameOfPatient = (patient: Patient, now: number): string =>
  plainName(chooseName(patient.name, localMoment(now).key));

export function openTeamVisits({
  record,
  clock,
  actorOf,
  identityOf,
  trustedActor,
  ownActor,
  settings,
  inbox,
}: Pick<
  MessageRoom,
  'record' | 'clock' | 'actorOf' | 'identityOf' | 'trustedActor' | 'ownActor' | 'settings' | 'inbox'
>): TeamVisits {
  const own: Reading = { record, actor: ownActor };

  const of = async (request: FastifyRequest): Promise<TeamVisit> => {
    const actor = actorOf(request);
    const identity = identityOf(request);
    if (!identity) throw problem('login', 'Sign in to see the messages of your team.');
    const role = identity.kind === 'staff' ? roleOf(identity.post.role) : undefined;
    if (identity.kind !== 'staff' || !role?.sees.includes('messages') || !role.writes.includes('messages'))
      throw problem('forbidden', 'This is where teams answer messages about health. Your role does not.');
    const { organisation } = identity.post;
    const found = await readNow<Organization>(own, 'Organization', idOf(organisation));
    const now = clock.now();
    return {
      ...{ identity, actor, trusted: trustedActor(request), now, today: localMoment(now).key },
      ...{
        team: { reference: organisation, name: found?.name ?? organisation },
        settings: await settings.of(organisation),
      },
      by: { reference: identity.user, name: identity.name },
    };
  };
  const personOf = async ({ actor }: TeamVisit, id: string): Promise<Patient> => {
    const stored = idPattern.test(id) ? await record.read(actor, 'Patient', id) : undefined;
    if (!stored?.body) throw problem('not-found', 'There is no such person, or your role is not shown them.');
    return resourceOf<Patient>(stored);
  };

  return {
    of,
    personOf,
    async ofThread(request) {
      const visit = await of(request);
      const { thread: id = '' } = request.params as { readonly thread?: string }; // the path names it
      if (!idPattern.test(id)) throw notHere();
      await inbox.catchUp();
      const row = await inbox.row(id);
      // Refused or not there: the try is in the log.
      const thread = await readThread({ record, actor: visit.actor }, id);
      if (!thread || row?.team !== visit.team.reference || thread.team.reference !== row.team)
        throw notHere();
      const patient = await personOf(visit, thread.person);
      return { ...visit, thread, patient, name: nameOfPatient(patient, visit.now) };
    },
    async colleaguesOf({ actor, team }) {
      const page = await record.search(
        actor,
        'PractitionerRole',
        `organization=${team.reference}&_include=PractitionerRole:practitioner&_count=${mostColleagues}`,
      );
      const names = new Map<string, string>(
        page.included.flatMap((one) =>
          one.body && one.type === 'Practitioner'
            ? [
                [
                  `Practitioner/${one.id}`,
                  plainName(chooseName(resourceOf<Practitioner>(one).name, '9999')),
                ] as const,
              ]
            : [],
        ),
      );
      return page.matches
        .flatMap((one) => {
          const role = one.body ? resourceOf<PractitionerRole>(one) : undefined;
          const reference = role?.practitioner?.reference ?? '';
          const name = names.get(reference);
          return name === undefined || role?.active === false
            ? []
            : [{ reference, name, job: conceptText(role?.code?.[0]) }];
        })
        .toSorted((a, b) => a.name.localeCompare(b.name, 'en-GB'));
    },
    async openRequestOf({ trusted }, thread) {
      for (const reference of thread.about) {
        const task = reference.startsWith('Task/')
          ? await readNow<Task>({ record, actor: trusted }, 'Task', idOf(reference))
          : undefined;
        const stage = task && stageOf(task);
        if (stage === 'waiting' || stage === 'opened') return idOf(reference);
      }
      return undefined;
    },
  };
}
