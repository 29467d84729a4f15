/** Who works on a queue, whose it is, and one request of it: every page of the room begins here. */
import type { Organization, Patient, Task } from '@medplum/fhirtypes';
import type { FastifyRequest } from 'fastify';
import type { StaffIdentity } from '../../access/identity.ts';
import { roleOf } from '../../access/roles.ts';
import { taskKindOf } from '../../fhir/primary-care.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { resourceOf } from '../../record/care-record.ts';
import { idPattern } from '../../web/addresses.ts';
import { localMoment } from '../../web/dates.ts';
import { chooseName, plainName } from '../../web/names.ts';
import { type Reading, readNow } from '../../web/record-reading.ts';
import type { RoomNeeds } from '../../web/room.ts';
import type { Person } from './deeds.ts';
import type { Queue } from './queue.ts';
import type { TeamSettings, TeamSettingsStore } from './team-settings.ts';

export interface Visit {
  readonly identity: StaffIdentity;
  /** Sees what the role shows. */
  readonly actor: Actor;
  /** For what this room has checked: requests to the team are the team's. */
  readonly trusted: Actor;
  readonly team: Person;
  readonly settings: TeamSettings;
  /** The own team, then those that it answers for. */
  readonly teams: readonly string[];
  /** Answers patients about their health; others answer what is not about health. */
  readonly isClinician: boolean;
  readonly by: Person;
  readonly now: number;
}

export interface RequestVisit extends Visit {
  readonly task: Task;
  readonly version: number;
  /** Undefined: nobody has said whose request it is, or it is not shown to this role. */
  readonly patient: Patient | undefined;
  /** When it is to be answered, ms since 1970 UTC. */
  readonly due: number;
  /** Of another practice that this team answers for. */
  readonly isTheirs: boolean;
  readonly ownTeam: string;
}

export interface Visits {
  readonly of: (request: FastifyRequest) => Promise<Visit>;
  readonly ofRequest: (request: FastifyRequest) => Promise<RequestVisit>;
}

const clinical = 'messages';

export function openVisits(
  needs: Pick<RoomNeeds, 'record' | 'clock' | 'actorOf' | 'identityOf' | 'trustedActor' | 'ownActor'> & {
    readonly queue: Queue;
    readonly settings: TeamSettingsStore;
  },
): Visits {
  const { record, clock, actorOf, identityOf, trustedActor, ownActor, queue, settings } = needs;
  const own: Reading = { record, actor: ownActor };

  const of = async (request: FastifyRequest): Promise<Visit> => {
    const actor = actorOf(request);
    const identity = identityOf(request);
    if (!identity) throw problem('login', 'Sign in to see the requests of your team.');
    const role = identity.kind === 'staff' ? roleOf(identity.post.role) : undefined;
    if (identity.kind !== 'staff' || !role?.sees.includes('tasks'))
      throw problem('forbidden', 'This is where teams answer requests for help. Your role does not.');
    const { organisation } = identity.post;
    const found = await readNow<Organization>(
      own,
      'Organization',
      organisation.replace(/^Organization\//, ''),
    );
    const teamSettings = await settings.of(organisation);
    return {
      ...{ identity, actor, trusted: trustedActor(request), settings: teamSettings, now: clock.now() },
      team: { reference: organisation, name: found?.name ?? organisation },
      teams: [organisation, ...teamSettings.answersFor],
      isClinician: role.writes.includes(clinical),
      by: { reference: identity.user, name: identity.name },
    };
  };

  return {
    of,
    async ofRequest(request) {
      const visit = await of(request);
      const { task: id = '' } = request.params as { readonly task?: string }; // the path names it
      if (!idPattern.test(id)) throw problem('not-found', 'There is no such request.');
      let row = await queue.row(id);
      if (!row || !visit.teams.includes(row.team)) {
        await queue.catchUp();
        row = await queue.row(id);
      }
      if (!row || !visit.teams.includes(row.team)) {
        await record.read(visit.actor, 'Task', id); // refused or not there: the try is in the log
        throw problem('not-found', 'There is no such request in the queue of your team.');
      }
      const stored = await record.read(visit.trusted, 'Task', id);
      if (!stored?.body) throw problem('not-found', 'There is no such request any more.');
      if (stored.version !== row.version) {
        // Changed elsewhere: it may be another team's by now.
        await queue.note(resourceOf<Task>(stored), stored.version);
        row = await queue.row(id);
        if (!row || !visit.teams.includes(row.team))
          throw problem('not-found', 'There is no such request in the queue of your team any more.');
      }
      const task = resourceOf<Task>(stored);
      const reading: Reading = { record, actor: visit.actor };
      return {
        ...visit,
        ...{
          task,
          version: stored.version,
          due: row.due,
          ownTeam: row.team,
          isTheirs: row.team !== visit.team.reference,
        },
        patient:
          row.person === undefined ? undefined : await readNow<Patient>(reading, 'Patient', row.person),
      };
    },
  };
}

/** Whether this person answers this request: what is about health is a clinician's. */
export const mayAnswer = ({ isClinician, task }: Pick<RequestVisit, 'isClinician' | 'task'>): boolean =>
  isClinician || taskKindOf(task) !== 'help';

export const nameOf = (patient: Patient | undefined, now: number): string =>
  patient ? plainName(chooseName(patient.name, localMoment(now).key)) : '';

/** Whole years; undefined where the birth date is not known to the year. */
export function yearsOf(patient: Patient | undefined, now: number): number | undefined {
  const year = Number(/^\d{4}/.exec(patient?.birthDate ?? '')?.[0]);
  if (!Number.isFinite(year)) return undefined;
  const today = localMoment(now);
  const birthday = patient?.birthDate?.slice(4) ?? '';
  return today.year - year - (birthday.length === 6 && today.key.slice(4) < birthday ? 1 : 0);
}
