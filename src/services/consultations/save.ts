/** Saves a consultation: one commit, done once however often it is asked, and from wherever a killed process left it. */
import type { CarePlan, Encounter, Location, Task } from '@medplum/fhirtypes';
import type { FastifyRequest } from 'fastify';
import { taskKindOf } from '../../fhir/primary-care.ts';
import { idMadeOf } from '../../platform/ids.ts';
import { Problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, type Change, resourceOf } from '../../record/care-record.ts';
import { addressLines } from '../../web/contacts.ts';
import type { FieldError } from '../../web/form-fields.ts';
import { readNow } from '../../web/record-reading.ts';
import type { RoomNeeds } from '../../web/room.ts';
import type { Concept } from './concepts.ts';
import { resourcesOf } from './consultation.ts';
import { type ConsultationValues, medicineRows } from './consultation-form.ts';
import type { Draft, Drafts } from './drafts.ts';
import { organisationsOf } from './record-beside.ts';
import type { About } from './visit.ts';

export interface SaveNeeds extends Pick<RoomNeeds, 'record' | 'clock' | 'ownActor' | 'trustedActor'> {
  readonly drafts: Drafts;
}

/** Of the draft, not of the page: whichever page of it is sent, and however often, it is one consultation. */
const idsOf =
  ({ id }: Draft) =>
  (what: string): string =>
    idMadeOf(id, what);

async function finish({ drafts }: SaveNeeds, { draft, identity }: Pick<About, 'draft' | 'identity'>) {
  await drafts.finish(draft.id, identity.account);
  return `/consultations?done=saved&person=${draft.person}&encounter=${idsOf(draft)('encounter')}`;
}

/** Where it is to be seen, if it is in the record; also where the process died before the draft was put away. */
export async function savedAs(
  needs: SaveNeeds,
  about: Pick<About, 'draft' | 'identity'>,
): Promise<string | undefined> {
  const { record, ownActor } = needs;
  const id = idsOf(about.draft)('encounter');
  const isSaved =
    about.draft.finished || (await readNow<Encounter>({ record, actor: ownActor }, 'Encounter', id));
  return isSaved ? finish(needs, about) : undefined;
}

/** What the person was asked for the request, and need not do any more when it is closed. */
async function stillAsked(
  record: Pick<CareRecord, 'search'>,
  actor: Actor,
  { id }: Task,
): Promise<readonly Task[]> {
  const asked = await record.search(
    actor,
    'Task',
    `based-on=Task/${id}&status=requested,received,accepted&_count=50`,
  );
  return asked.matches
    .flatMap((one) => (one.body ? [resourceOf<Task>(one)] : []))
    .filter((one) => ['answer', 'book'].includes(taskKindOf(one) ?? ''));
}

export async function saveConsultation(
  needs: SaveNeeds,
  request: FastifyRequest,
  given: unknown,
  about: About,
  chosenConcept: (text: string) => Promise<Concept | undefined> | undefined,
): Promise<string | readonly FieldError[]> {
  const { record, clock, ownActor, trustedActor } = needs;
  const trusted = trustedActor(request);
  const saved = await savedAs(needs, about);
  if (saved !== undefined) return saved;
  const values = given as unknown as ConsultationValues; // the form’s own
  const { patient, name, identity, job, prescribes, certifies, draft, problems, task, appointment, reading } =
    about;
  if (!prescribes && medicineRows.some((row) => values[`medicine${row}`] !== ''))
    return [{ field: 'medicine-1', text: 'Your role does not prescribe. Ask someone who does' }];
  if (!certifies && values.fit !== '')
    return [{ field: 'fit', text: 'Your profession does not issue fit notes. Ask someone who does' }];
  const known = problems.find(({ id }) => id === values.known);
  if (values.known !== '' && !known) return [{ field: 'known', text: 'Select a problem of the list' }];
  const services = values.referTo === '' ? [] : await organisationsOf(reading);
  const referTo = services.find(({ reference }) => reference === values.referTo);
  if (values.referTo !== '' && !referTo) return [{ field: 'refer-to', text: 'Select one of the list' }];
  const organisation = identity.post.organisation;
  const team = await readNow<{ resourceType: 'Organization'; name?: string }>(
    { record, actor: ownActor },
    'Organization',
    organisation.replace(/^Organization\//, ''),
  );
  const place = await record.search(
    reading.actor,
    'Location',
    `organization=${organisation}&_count=1&_sort=_id`,
  );
  const address = place.matches[0]?.body ? resourceOf<Location>(place.matches[0]).address : undefined;
  const plans =
    values.care === ''
      ? []
      : (
          await record.search(
            reading.actor,
            'CarePlan',
            `patient=Patient/${draft.person}&status=active&_sort=-date&_count=1`,
          )
        ).matches;
  const [plan] = plans;
  const concept = await chosenConcept(values.code);
  const written = resourcesOf(values, {
    idOf: idsOf(draft),
    ...{ patient, patientName: name, job, begun: draft.begun, now: clock.now(), concept, known, referTo },
    by: { reference: identity.user, name: identity.name },
    team: { reference: organisation, name: team?.name ?? organisation },
    stillAsked: values.next === 'close' && task ? await stillAsked(record, trusted, task.task) : [],
    address: addressLines(address).join('\n'),
    carePlan: plan?.body ? resourceOf<CarePlan>(plan) : undefined,
    ...{ task: task?.task, appointment: appointment?.appointment },
  });
  const versions = new Map<string, number>([
    ...(task ? [[`Task/${task.task.id}`, task.version] as const] : []),
    ...(appointment ? [[`Appointment/${appointment.appointment.id}`, appointment.version] as const] : []),
    ...(plan ? [[`CarePlan/${plan.id}`, plan.version] as const] : []),
  ]);
  const changes = written.resources.map((resource): Change => {
    const version = versions.get(`${resource.resourceType}/${resource.id}`);
    return {
      ...{
        kind: 'update',
        type: resource.resourceType,
        id: resource.id ?? '',
        text: JSON.stringify(resource),
      },
      ...(version === undefined ? {} : { ifMatch: version }),
    };
  });
  try {
    await record.commit(trusted, changes);
  } catch (error) {
    if (error instanceof Problem && error.status === 412)
      return [
        {
          field: 'history',
          text: 'The request, appointment or care plan was changed meanwhile. Nothing is lost: save again',
        },
      ];
    throw error;
  }
  return finish(needs, about);
}
