/** Writes the slots of the days ahead, from the templates: again and again, with the same end, and never over a booking. */
import type { Appointment, Schedule, Slot } from '@medplum/fhirtypes';
import type { Clock } from '../../platform/clock.ts';
import { type Database, inTransaction } from '../../platform/database.ts';
import type { Actor } from '../../record/actor.ts';
import type { CareRecord, Change } from '../../record/care-record.ts';
import { addDays, localMoment, startOfDay } from '../../web/dates.ts';
import { scheduleOf, slotOf, templateOf } from './diary-resources.ts';
import type { Span } from './holds.ts';
import type { Kind } from './kinds.ts';
import { planSlots, type SessionException, type SessionTemplate, scheduleId } from './session-template.ts';
import type { Settings } from './settings.ts';
import { isConflict, put, readVersioned, searchVersioned, type Versioned } from './stored-search.ts';

export interface GenerateNeeds {
  readonly database: Pick<Database, 'pool'>;
  readonly record: Pick<CareRecord, 'read' | 'search' | 'commit'>;
  readonly clock: Clock;
  readonly settings: Settings;
}

export interface Generated {
  readonly created: number;
  /** Taken out, put back, or with other ways or kinds. */
  readonly changed: number;
}

/** Days ahead that have slots. */
export const daysAhead = 42;
const atOnce = 200;
/** Every generation takes it, so that two never write beside each other. Any number that no other part of the product uses. */
const lock = 7_214_001;

/** What a slot means, whatever its version: compared to see whether it must be written. */
const meaning = ({ meta: _meta, ...slot }: Slot): string => JSON.stringify(slot);

/**
 * What must be written so that a diary holds what its templates say from `now` on. A slot that is booked or held stays as it is, and
 * nothing is planned over it, nor over `unslotted` appointments, which came without a slot; a free one that is no longer wanted is unavailable, never gone, since bookings may point at it.
 */
export function changesOfDiary(
  templates: readonly SessionTemplate[],
  exceptions: readonly SessionException[],
  existing: readonly Versioned<Slot>[],
  days: readonly string[],
  now: number,
  unslotted: readonly Span[] = [],
): readonly { readonly slot: Slot; readonly version: number | undefined }[] {
  const held = existing.filter(
    ({ resource: { status } }) => status === 'busy' || status === 'busy-tentative',
  );
  const byId = new Map(existing.map((one) => [one.resource.id ?? '', one]));
  const spans = held.map(({ resource }) => ({
    id: resource.id ?? '',
    template: templateOf(resource),
    ...{ start: Date.parse(resource.start ?? ''), end: Date.parse(resource.end ?? '') },
  }));
  const wanted = new Map<string, Slot>();
  for (const template of templates)
    for (const day of days)
      for (const planned of planSlots(template, day, exceptions)) {
        const meets = unslotted.some(({ start, end }) => start < planned.end && end > planned.start);
        // Places of one group share their time.
        const over =
          meets ||
          spans.some(
            ({ id, template: its, start, end }) =>
              id !== planned.id &&
              start < planned.end &&
              end > planned.start &&
              !(its === template.id && start === planned.start && end === planned.end && template.places > 1),
          );
        if (planned.start > now && !over) wanted.set(planned.id, slotOf(template, planned, 'free'));
      }
  const changes: { slot: Slot; version: number | undefined }[] = [];
  for (const [id, slot] of wanted) {
    const there = byId.get(id);
    if (!there) changes.push({ slot, version: undefined });
    else if (!held.includes(there) && meaning(there.resource) !== meaning(slot))
      changes.push({ slot, version: there.version });
  }
  for (const { resource, version } of existing)
    if (
      resource.status === 'free' &&
      Date.parse(resource.start ?? '') > now &&
      !wanted.has(resource.id ?? '')
    )
      changes.push({ slot: { ...resource, status: 'busy-unavailable' }, version });
  return changes;
}

/** Brings the diaries up to date, of one practice or all. Undefined: another process is at it. */
export async function generateSlots(
  needs: GenerateNeeds,
  actor: Actor,
  { organisation, days = daysAhead }: { readonly organisation?: string; readonly days?: number } = {},
): Promise<Generated | undefined> {
  const { database, clock, settings } = needs;
  return inTransaction(database, async (sql) => {
    const [row] = await sql<{ mine: boolean }[]>`select pg_try_advisory_xact_lock(${lock}) as mine`;
    if (!row?.mine) return undefined;
    const templates = await settings.templates(organisation);
    const exceptions = await settings.exceptions(organisation);
    const today = localMoment(clock.now()).key;
    const span = Array.from({ length: days + 1 }, (_, n) => addDays(today, n));
    const diaries = new Map<string, SessionTemplate[]>();
    for (const template of templates) {
      const id = scheduleId(template.practitioner, template.site);
      diaries.set(id, [...(diaries.get(id) ?? []), template]);
    }
    let [created, changed] = [0, 0];
    for (const [id, own] of diaries) {
      // The lock is held as long as this connection is: without it another may have begun.
      await sql`select 1`;
      const done = await bringUp(needs, actor, id, own, exceptions, span);
      created += done.created;
      changed += done.changed;
    }
    return { created, changed };
  });
}

async function bringUp(
  { record, clock }: GenerateNeeds,
  actor: Actor,
  id: string,
  templates: readonly SessionTemplate[],
  exceptions: readonly SessionException[],
  days: readonly string[],
): Promise<Generated> {
  const first = startOfDay(days[0]!);
  const end = startOfDay(addDays(days.at(-1)!, 1));
  await keepSchedule({ record }, actor, id, templates, { start: first, end });
  const unslotted = await bookedWithoutSlot({ record }, actor, templates[0]!.practitioner, {
    ...{ start: first, end },
  });
  const written = { created: 0, changed: 0 };
  // What was booked between the look and the write is looked at again.
  for (let tries = 0; tries < 5; tries += 1) {
    const range = `start=ge${new Date(first).toISOString()}&start=lt${new Date(end).toISOString()}`;
    const existing = await searchVersioned<Slot>(
      record,
      actor,
      'Slot',
      `schedule=Schedule/${id}&${range}`,
      20_000,
    );
    const changes = changesOfDiary(templates, exceptions, existing, days, clock.now(), unslotted);
    try {
      for (let n = 0; n < changes.length; n += atOnce) {
        const slice = changes.slice(n, n + atOnce);
        await record.commit(
          actor,
          slice.map(({ slot, version }): Change => put(slot, version)),
        );
        for (const { version } of slice) written[version === undefined ? 'created' : 'changed'] += 1;
      }
      return written;
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }
  return written;
}

/** Appointments of a clinician that other systems wrote, without a slot of ours. */
async function bookedWithoutSlot(
  { record }: Pick<GenerateNeeds, 'record'>,
  actor: Actor,
  practitioner: string,
  { start, end }: Span,
): Promise<readonly Span[]> {
  const found = await searchVersioned<Appointment>(
    record,
    actor,
    'Appointment',
    `practitioner=Practitioner/${practitioner}&status=booked,arrived,checked-in&date=ge${new Date(start).toISOString()}&date=lt${new Date(end).toISOString()}`,
  );
  return found
    .filter(({ resource }) => !resource.slot?.length)
    .map(({ resource }) => ({
      start: Date.parse(resource.start ?? ''),
      end: Date.parse(resource.end ?? ''),
    }));
}

async function keepSchedule(
  { record }: Pick<GenerateNeeds, 'record'>,
  actor: Actor,
  id: string,
  templates: readonly SessionTemplate[],
  horizon: { readonly start: number; readonly end: number },
): Promise<void> {
  const template = templates[0]!; // a diary has one at least
  const there = await readVersioned<Schedule>(record, actor, 'Schedule', id);
  const known = there?.resource.actor.find(({ reference }) => reference?.startsWith('HealthcareService/'));
  const service =
    known?.reference?.slice('HealthcareService/'.length) ??
    (
      await searchVersioned(
        record,
        actor,
        'HealthcareService',
        `organization=Organization/${template.organisation}&location=Location/${template.site}`,
        1,
      )
    )[0]?.resource.id;
  const kinds = [...new Set(templates.flatMap((one): readonly Kind[] => one.kinds))];
  await record.commit(actor, [put(scheduleOf(template, kinds, service, horizon))]);
}
