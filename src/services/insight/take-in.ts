/** Keeps what the figures are counted from up to date with the record: read as the server itself, kept as ids, times and kinds. */
import type { Communication, Location, Resource, Schedule, Task } from '@medplum/fhirtypes';
import type { Clock } from '../../platform/clock.ts';
import type { Sql } from '../../platform/database.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../record/care-record.ts';
import { changesSince, feedEnd } from '../../record/feed.ts';
import { localMoment } from '../../web/dates.ts';
import { readNow } from '../../web/record-reading.ts';
import { contactFact, personFact, requestFact, slotFact, useFact } from './facts.ts';

export interface TakeInNeeds {
  readonly pool: Sql;
  readonly record: CareRecord;
  readonly ownActor: Actor;
  readonly clock: Clock;
}

export interface TakeIn {
  /** Counts all that there is, once. Harmless twice. */
  readonly begin: (stopped: () => boolean) => Promise<void>;
  readonly hasBegun: () => Promise<boolean>;
  /** Takes in what was written since; at most so many steps. */
  readonly catchUp: (steps?: number) => Promise<void>;
  /** When the newest of what was taken in was written; undefined: nothing yet. */
  readonly ended: () => number | undefined;
}

const types = ['Patient', 'Task', 'Encounter', 'Slot', 'Communication'] as const;
type Type = (typeof types)[number];
const keys: Readonly<Record<Type, readonly [table: string, key: string] | undefined>> = {
  Patient: ['insight_person', 'person'],
  Task: ['insight_request', 'task'],
  Encounter: ['insight_contact', 'encounter'],
  Slot: ['insight_slot', 'slot'],
  Communication: undefined,
};
const stepSize = 2000;
const day = 86_400_000;
/** Older contacts and requests are not counted. */
export const keptDays = 400;

interface Taken {
  readonly resource: Resource;
  readonly version: number;
}

export function openTakeIn({ pool, record, ownActor, clock }: TakeInNeeds): TakeIn {
  const reading = { record, actor: ownActor };
  let taken: number | undefined;
  const practices = new Map<string, { readonly practice: string; readonly until: number }>();
  /** Whose diary it is: the organisation that manages its place. */
  const practiceOf = async (schedule: string): Promise<string> => {
    const known = practices.get(schedule);
    if (known && known.until > clock.now()) return known.practice;
    const diary = await readNow<Schedule>(reading, 'Schedule', schedule);
    const place = diary?.actor?.find(({ reference }) => reference?.startsWith('Location/'))?.reference;
    const found = place
      ? await readNow<Location>(reading, 'Location', place.slice('Location/'.length))
      : undefined;
    const practice = found?.managingOrganization?.reference ?? '';
    practices.set(schedule, { practice, until: clock.now() + day / 24 });
    return practice;
  };
  const remove = async (type: Type, id: string): Promise<void> => {
    const [table, key] = keys[type] ?? [];
    if (table !== undefined && key !== undefined)
      await pool`delete from ${pool(table)} where ${pool(key)} = ${id}`;
  };
  const used = async (one: Task | Communication): Promise<void> => {
    const use = useFact(one);
    if (use && use.at > clock.now() - keptDays * day)
      await pool`insert into insight_use (person, day) values (${use.person}, ${localMoment(use.at).key}) on conflict do nothing`;
  };

  const put = async ({ resource, version }: Taken): Promise<void> => {
    const id = resource.id ?? '';
    if (resource.resourceType === 'Task') {
      const fact = requestFact(resource);
      if (!fact) return;
      await pool`
        insert into insight_request (task, practice, person, kind, asked, answered, ended, stage, urgency, came_by, wished,
          clinician, interpreter, by_message, unreached, version)
        values (${fact.task}, ${fact.practice}, ${fact.person ?? null}, ${fact.kind}, ${fact.asked}, ${fact.answered ?? null},
          ${fact.ended ?? null}, ${fact.stage}, ${fact.urgency}, ${fact.cameBy}, ${[...fact.wished]}, ${fact.clinician ?? null},
          ${fact.interpreter}, ${fact.byMessage}, ${fact.unreached}, ${version})
        on conflict (task) do update set practice = excluded.practice, person = excluded.person, kind = excluded.kind,
          asked = excluded.asked, answered = excluded.answered, ended = excluded.ended, stage = excluded.stage,
          urgency = excluded.urgency, came_by = excluded.came_by, wished = excluded.wished, clinician = excluded.clinician,
          interpreter = excluded.interpreter, by_message = excluded.by_message, unreached = excluded.unreached,
          version = excluded.version
        where insight_request.version < excluded.version`;
      await used(resource);
    } else if (resource.resourceType === 'Encounter') {
      const fact = contactFact(resource);
      if (!fact) return remove('Encounter', id);
      if (fact.at < clock.now() - keptDays * day) return;
      await pool`
        insert into insight_contact (encounter, practice, person, clinician, mode, at, version)
        values (${fact.encounter}, ${fact.practice}, ${fact.person}, ${fact.clinician ?? null}, ${fact.mode ?? null}, ${fact.at}, ${version})
        on conflict (encounter) do update set practice = excluded.practice, person = excluded.person,
          clinician = excluded.clinician, mode = excluded.mode, at = excluded.at, version = excluded.version
        where insight_contact.version < excluded.version`;
    } else if (resource.resourceType === 'Slot') {
      const fact = slotFact(resource);
      const practice = fact ? await practiceOf(fact.schedule) : '';
      if (!fact || practice === '') return remove('Slot', id);
      await pool`
        insert into insight_slot (slot, practice, at, taken, version)
        values (${fact.slot}, ${practice}, ${fact.at}, ${fact.taken}, ${version})
        on conflict (slot) do update set practice = excluded.practice, at = excluded.at, taken = excluded.taken,
          version = excluded.version
        where insight_slot.version < excluded.version`;
    } else if (resource.resourceType === 'Patient') {
      const fact = personFact(resource);
      if (!fact) return remove('Patient', id);
      await pool`
        insert into insight_person (person, practice, usual, reachable, foreign_language, version)
        values (${fact.person}, ${fact.practice}, ${fact.usual ?? null}, ${fact.reachable}, ${fact.foreignLanguage}, ${version})
        on conflict (person) do update set practice = excluded.practice, usual = excluded.usual,
          reachable = excluded.reachable, foreign_language = excluded.foreign_language, version = excluded.version
        where insight_person.version < excluded.version`;
    } else if (resource.resourceType === 'Communication') await used(resource);
  };

  const pageOf = async (type: Type, query: string) => {
    const page = await record.search(ownActor, type, query);
    for (const stored of page.matches)
      if (stored.body) await put({ resource: resourceOf<Resource>(stored), version: stored.version });
    return page;
  };
  const step = async (): Promise<boolean> => {
    const [row] = await pool<{ cursor: string }[]>`select cursor from insight_position`;
    if (!row) return false;
    const { events, cursor } = await changesSince(pool, row.cursor, stepSize);
    if (events.length === 0) return false;
    for (const type of types) {
      const ids = new Map(events.flatMap((one) => (one.type === type ? [[one.id, one] as const] : [])));
      for (const { id, kind } of ids.values()) if (kind === 'deleted') await remove(type, id);
      const kept = [...ids.values()].filter(({ kind }) => kind !== 'deleted').map(({ id }) => id);
      for (let i = 0; i < kept.length; i += 100) {
        const some = kept.slice(i, i + 100);
        await pageOf(type, `_id=${some.join(',')}&_count=${some.length}`);
      }
    }
    // Another process may have gone further: what it took in twice is the same.
    await pool`update insight_position set cursor = ${cursor} where cursor = ${row.cursor}`;
    taken = events.at(-1)?.at ?? taken;
    return events.length === stepSize;
  };

  return {
    async begin(stopped) {
      const cursor = await feedEnd(pool);
      const since = new Date(clock.now() - keptDays * day).toISOString().slice(0, 10);
      const wanted: readonly (readonly [Type, string])[] = [
        ['Patient', ''],
        ['Task', `authored-on=ge${since}&`],
        ['Slot', `start=ge${since}&`],
        ['Encounter', `date=ge${since}&`],
        ['Communication', `sent=ge${since}&`],
      ];
      for (const [type, query] of wanted) {
        let next: string | undefined;
        do {
          if (stopped()) return;
          const cursorText = next === undefined ? '' : `&_page=${encodeURIComponent(next)}`;
          next = (await pageOf(type, `${query}_count=200${cursorText}`)).next;
        } while (next !== undefined);
      }
      await pool`insert into insight_position (cursor) values (${cursor}) on conflict do nothing`;
    },
    hasBegun: async () => (await pool`select 1 from insight_position`).length > 0,
    async catchUp(steps = 20) {
      for (let i = 0; i < steps; i += 1) if (!(await step())) return;
    },
    ended: () => taken,
  };
}
