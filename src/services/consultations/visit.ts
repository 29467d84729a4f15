/** Who writes a consultation, about whom, and what it answers: every page of the room begins here. */
import type { AllergyIntolerance, Appointment, Condition, Location, Patient, Task } from '@medplum/fhirtypes';
import type { FastifyRequest } from 'fastify';
import type { StaffIdentity } from '../../access/identity.ts';
import { roleOf, type roles } from '../../access/roles.ts';
import { taskKindOf } from '../../fhir/primary-care.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { resourceOf } from '../../record/care-record.ts';
import { idPattern } from '../../web/addresses.ts';
import { codeOf, conceptText } from '../../web/coded.ts';
import { localMoment } from '../../web/dates.ts';
import { chooseName, plainName } from '../../web/names.ts';
import { type PatientBanner, readPatientBanner } from '../../web/patient-banner.ts';
import { type Reading, readNow, searchUpTo } from '../../web/record-reading.ts';
import type { RoomNeeds } from '../../web/room.ts';
import type { Draft, Drafts } from './drafts.ts';

/**
 * Whose profession may issue a statement of fitness for work: doctors, nurses, occupational therapists, pharmacists and
 * physiotherapists. Source: SI 2022/630, Social Security (Medical Evidence) and Statutory Sick Pay (Medical Evidence)
 * (Amendment) (No. 2) Regulations 2022.
 */
const fitNoteRoles: ReadonlySet<string> = new Set<keyof typeof roles>([
  ...(['gp', 'consultant', 'junior-doctor', 'nurse', 'community-nurse'] as const),
  ...(['pharmacist', 'physiotherapist'] as const),
]);

/** Neither over nor refuted. Source: R4 AllergyIntolerance.clinicalStatus, verificationStatus. */
const counts = ({ clinicalStatus, verificationStatus }: AllergyIntolerance): boolean =>
  !['inactive', 'resolved'].includes(codeOf(clinicalStatus)) &&
  !['refuted', 'entered-in-error'].includes(codeOf(verificationStatus));

export interface Visit {
  readonly identity: StaffIdentity;
  readonly actor: Actor;
  readonly reading: Reading;
  readonly prescribes: boolean;
  /** Their profession may issue fit notes. */
  readonly certifies: boolean;
  readonly job: string;
}

export interface About extends Visit {
  readonly draft: Draft;
  readonly patient: Patient;
  readonly name: string;
  readonly banner: PatientBanner;
  /** Those that count now, in words. */
  readonly allergies: readonly string[];
  readonly problems: readonly Condition[];
  readonly task: { readonly task: Task; readonly version: number } | undefined;
  readonly appointment: { readonly appointment: Appointment; readonly version: number } | undefined;
}

export interface Visits {
  readonly of: (request: FastifyRequest) => Visit;
  readonly about: (request: FastifyRequest) => Promise<About>;
  readonly requestOf: (request: FastifyRequest, visit: Visit, id: string) => Promise<Task | undefined>;
  readonly appointmentOf: (visit: Visit, id: string) => Promise<Appointment | undefined>;
}

export function openVisits(
  needs: Pick<RoomNeeds, 'record' | 'clock' | 'actorOf' | 'identityOf' | 'trustedActor'> & {
    readonly drafts: Drafts;
  },
): Visits {
  const { record, clock, actorOf, identityOf, trustedActor, drafts } = needs;

  /** A clinician: someone whose role writes down visits. */
  const visitOf = (request: FastifyRequest): Visit => {
    const actor = actorOf(request);
    const identity = identityOf(request);
    if (!identity) throw problem('login', 'Sign in to write down a consultation.');
    const role = identity.kind === 'staff' ? roleOf(identity.post.role) : undefined;
    if (identity.kind !== 'staff' || !role?.writes.includes('visits') || !role.writes.includes('notes'))
      throw problem('forbidden', 'Consultations are written down by clinicians.');
    const prescribes = role.writes.includes('medicines');
    const certifies = fitNoteRoles.has(identity.post.role);
    return { identity, actor, reading: { record, actor }, prescribes, certifies, job: role.name };
  };

  const versioned = async <T>(actor: Actor, type: string, id: string) => {
    const stored =
      id !== '' && idPattern.test(id) ? await record.read(actor, type, id).catch(() => undefined) : undefined;
    return stored?.body
      ? { resource: resourceOf(stored) as unknown as T, version: stored.version }
      : undefined;
  };

  const aboutOf = async (request: FastifyRequest): Promise<About> => {
    const visit = visitOf(request);
    const { id = '' } = request.params as { readonly id?: string }; // the path names it
    const draft = /^[0-9a-f-]{36}$/.test(id) ? await drafts.find(id, visit.identity.account) : undefined;
    if (!draft)
      throw problem('not-found', 'There is no such consultation of yours. It may be saved already.');
    const { reading, actor } = visit;
    // The read of whoever is not theirs is refused, and is in the audit log.
    const patient = await readNow<Patient>(reading, 'Patient', draft.person);
    if (!patient) throw problem('not-found', 'There is no person with this web address in the record.');
    const who = `patient=Patient/${draft.person}`;
    const [banner, allergies, problems, task, appointment] = await Promise.all([
      readPatientBanner(reading, patient, clock.now()),
      searchUpTo<AllergyIntolerance>(reading, 'AllergyIntolerance', who, 100),
      searchUpTo<Condition>(
        reading,
        'Condition',
        `${who}&clinical-status=active,recurrence,relapse&_sort=-recorded-date`,
        100,
      ),
      versioned<Task>(trustedActor(request), 'Task', draft.request),
      versioned<Appointment>(actor, 'Appointment', draft.appointment),
    ]);
    return {
      ...{ ...visit, draft, patient, banner, problems: problems.resources },
      name: plainName(chooseName(patient.name, localMoment(clock.now()).key)),
      allergies: allergies.resources
        .filter(counts)
        .map(({ code }) => conceptText(code))
        .filter(Boolean),
      task: task ? { task: task.resource, version: task.version } : undefined,
      appointment: appointment
        ? { appointment: appointment.resource, version: appointment.version }
        : undefined,
    };
  };

  /** The team’s queue holds requests to it: others’ are not theirs to close. */
  const requestOf = async (request: FastifyRequest, visit: Visit, id: string): Promise<Task | undefined> => {
    if (id === '') return undefined;
    const found = await versioned<Task>(trustedActor(request), 'Task', id);
    const owner = found?.resource.owner?.reference;
    if (
      !found ||
      taskKindOf(found.resource) === undefined ||
      !visit.identity.post.parties.includes(owner ?? '')
    ) {
      await record.read(visit.actor, 'Task', id).catch(() => undefined); // the try is in the log
      throw problem('not-found', 'There is no such request in the queue of your team.');
    }
    return found.resource;
  };

  /** Of this clinician, or at a place of theirs: others’ are not theirs to say that they took place. */
  const appointmentOf = async (visit: Visit, id: string): Promise<Appointment | undefined> => {
    if (id === '') return undefined;
    const found = (await versioned<Appointment>(visit.actor, 'Appointment', id))?.resource;
    const there = found?.participant.map(({ actor }) => actor?.reference ?? '') ?? [];
    const places = await Promise.all(
      there
        .filter((reference) => reference.startsWith('Location/'))
        .map((reference) =>
          readNow<Location>(visit.reading, 'Location', reference.slice('Location/'.length)),
        ),
    );
    const { user, post } = visit.identity;
    const isOurs =
      there.includes(user) ||
      places.some((place) => place?.managingOrganization?.reference === post.organisation);
    if (!found || !isOurs) throw problem('not-found', 'There is no such appointment of yours.');
    return found;
  };

  return { of: visitOf, about: aboutOf, requestOf, appointmentOf };
}
