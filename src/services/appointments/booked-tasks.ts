/** What a booking does to the tasks that it answers: the invitation is used, the request is booked. */
import type { Task } from '@medplum/fhirtypes';
import { atStage, outputOf, stageOf } from '../../fhir/primary-care.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Actor } from '../../record/actor.ts';
import type { CareRecord, Change } from '../../record/care-record.ts';
import type { Asked } from './booking.ts';
import { put, readVersioned } from './stored-search.ts';

/** The changes to commit with the appointment; undefined: the invitation does not stand any more. */
export async function taskChanges(
  { record, clock }: { readonly record: Pick<CareRecord, 'read'>; readonly clock: Clock },
  actor: Actor,
  { request, invitation, id }: Pick<Asked, 'request' | 'invitation' | 'id'>,
): Promise<readonly Change[] | undefined> {
  const changes: Change[] = [];
  const out = outputOf(`Appointment/${id}`, 'Appointment');
  const lastModified = new Date(clock.now()).toISOString();
  if (invitation !== undefined) {
    const found = await readVersioned<Task>(record, actor, 'Task', invitation);
    if (!found || !isOpenInvitation(found.resource, clock.now())) return undefined;
    const { resource, version } = found;
    changes.push(
      put<Task>(
        { ...resource, status: 'completed', lastModified, output: [...(resource.output ?? []), out] },
        version,
      ),
    );
  }
  if (request !== undefined) {
    const found = await readVersioned<Task>(record, actor, 'Task', request);
    const stage = found && stageOf(found.resource);
    if (found && stage !== 'withdrawn') {
      const { resource, version } = found;
      changes.push(
        put<Task>(
          {
            ...resource,
            // What the team has closed stays closed; the appointment is its outcome all the same.
            ...(stage === 'closed' ? {} : atStage('booked')),
            lastModified,
            output: [...(resource.output ?? []), out],
          },
          version,
        ),
      );
    }
  }
  return changes;
}

/** An invitation to book stands until it is used, called off, or its last day is over. Source: R4 Task.restriction.period. */
export function isOpenInvitation(task: Task, now: number): boolean {
  const until = task.restriction?.period?.end;
  const open = ['requested', 'received', 'accepted', 'ready', 'in-progress', 'on-hold'].includes(
    task.status ?? '',
  );
  return open && (until === undefined || endOf(until) > now);
}

/** A date lasts to the end of its day; a moment is itself. */
const endOf = (text: string): number =>
  /T/.test(text) ? Date.parse(text) : Date.parse(`${text}T00:00:00Z`) + 86_400_000;
