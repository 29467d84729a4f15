/** Keeps what the figures are counted from up to date with the record: read as the server itself, kept as ids, times and kinds. */
import type {
  Communication,
  Encounter,
  Location,
  Patient,
  Resource,
  Schedule,
  Slot,
  Task,
} from '@medplum/fhirtypes';
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

interface Taken<T extends Resource> {
  readonly resource: T;
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
  const remove = async (type: Type, ids: readonly string[]): Promise<void> => {
    const [table, key] = keys[type] ?? [];
    if (table !== undefined && key !== undefined && ids.length > 0)
      await pool`delete from ${pool(table)} where ${pool(key)} = any(${[...ids]})`;
  };
  /** One statement for all rows of a page: each would wait for the disk by itself. */
  const put = async (
    table: string,
    key: string,
    rows: readonly Readonly<Record<string, string | number | boolean | null | readonly string[]>>[],
  ): Promise<void> => {
    const [first] = rows;
    if (!first) return;
    const set = Object.keys(first)
      .filter((name) => name !== key)
      .map((name) => `${name} = excluded.${name}`);
    await pool`insert into ${pool(table)} ${pool(rows as never)}
      on conflict (${pool(key)}) do update set ${pool.unsafe(set.join(', '))} where ${pool(table)}.version < excluded.version`;
  };

  const putRequests = (taken: readonly Taken<Task>[]) =>
    put(
      'insight_request',
      'task',
      taken.flatMap(({ resource, version }) => {
        const fact = requestFact(resource);
        if (!fact) return [];
        const { task, practice, kind, asked, stage, urgency, wished, interpreter, unreached } = fact;
        return {
          ...{ task, practice, person: fact.person ?? null, kind, asked, answered: fact.answered ?? null },
          ...{ ended: fact.ended ?? null, stage, urgency, came_by: fact.cameBy, wished: [...wished] },
          ...{
            clinician: fact.clinician ?? null,
            interpreter,
            by_message: fact.byMessage,
            unreached,
            version,
          },
        };
      }),
    );
  const putContacts = (taken: readonly Taken<Encounter>[]) =>
    put(
      'insight_contact',
      'encounter',
      taken.flatMap(({ resource, version }) => {
        const fact = contactFact(resource);
        if (!fact || fact.at < clock.now() - keptDays * day) return [];
        const { encounter, practice, person, at } = fact;
        const [clinician, mode] = [fact.clinician ?? null, fact.mode ?? null];
        return { encounter, practice, person, clinician, mode, at, version };
      }),
    );
  const putSlots = async (taken: readonly Taken<Slot>[]) => {
    const rows = [];
    for (const { resource, version } of taken) {
      const fact = slotFact(resource);
      const practice = fact ? await practiceOf(fact.schedule) : '';
      if (fact && practice !== '')
        rows.push({ slot: fact.slot, practice, at: fact.at, taken: fact.taken, version });
    }
    await put('insight_slot', 'slot', rows);
  };
  const putPeople = (taken: readonly Taken<Patient>[]) =>
    put(
      'insight_person',
      'person',
      taken.flatMap(({ resource, version }) => {
        const fact = personFact(resource);
        if (!fact) return [];
        const { person, practice, reachable, foreignLanguage } = fact;
        const usual = fact.usual ?? null;
        return { person, practice, usual, reachable, foreign_language: foreignLanguage, version };
      }),
    );
  const putUses = async (taken: readonly Taken<Task | Communication>[]) => {
    const rows = taken.flatMap(({ resource }) => {
      const use = useFact(resource);
      return use && use.at > clock.now() - keptDays * day
        ? [{ person: use.person, day: localMoment(use.at).key }]
        : [];
    });
    if (rows.length > 0) await pool`insert into insight_use ${pool(rows)} on conflict do nothing`;
  };

  /** What counts no more, such as a slot that was taken out or someone who left, goes. */
  const uncounted = (taken: readonly Taken<Resource>[]): string[] =>
    taken.flatMap(({ resource }) => {
      const counts =
        resource.resourceType === 'Task'
          ? requestFact(resource)
          : resource.resourceType === 'Encounter'
            ? contactFact(resource)
            : resource.resourceType === 'Slot'
              ? slotFact(resource)
              : resource.resourceType === 'Patient'
                ? personFact(resource)
                : undefined;
      return counts || resource.id === undefined ? [] : [resource.id];
    });

  const pageOf = async (type: Type, query: string) => {
    const page = await record.search(ownActor, type, query);
    const of = <T extends Resource>(): Taken<T>[] =>
      page.matches.flatMap((stored) =>
        stored.body ? [{ resource: resourceOf<T>(stored), version: stored.version }] : [],
      );
    await remove(type, uncounted(of<Resource>()));
    if (type === 'Task') await Promise.all([putRequests(of<Task>()), putUses(of<Task>())]);
    else if (type === 'Encounter') await putContacts(of<Encounter>());
    else if (type === 'Slot') await putSlots(of<Slot>());
    else if (type === 'Patient') await putPeople(of<Patient>());
    else await putUses(of<Communication>());
    return page;
  };
  const step = async (): Promise<boolean> => {
    const [row] = await pool<{ cursor: string }[]>`select cursor from insight_position`;
    if (!row) return false;
    const { events, cursor } = await changesSince(pool, row.cursor, stepSize);
    if (events.length === 0) return false;
    for (const type of types) {
      const ids = new Map(events.flatMap((one) => (one.type === type ? [[one.id, one] as const] : [])));
      const gone = [...ids.values()].filter(({ kind }) => kind === 'deleted').map(({ id }) => id);
      await remove(type, gone);
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
