/** Does deeds: writes them to the record at once, keeps how to take them back, and takes them back. */
import type { Resource, Task } from '@medplum/fhirtypes';
import type { Database } from '../../platform/database.ts';
import { idMadeOf } from '../../platform/ids.ts';
import { Problem, problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, type Change, resourceOf } from '../../record/care-record.ts';
import { formatMoment } from '../../web/dates.ts';
import { type Deed, takenBack } from './deeds.ts';
import type { Queue } from './queue.ts';

export interface DoneDeed {
  readonly id: string;
  readonly at: number;
  readonly name: string;
  readonly told: string;
  /** It was the last, and nothing came after. */
  readonly canUndo: boolean;
  readonly isUndone: boolean;
}

export interface DeedStore {
  /** Whether this deed is in the record, also where the process died before it was noted. */
  readonly isDone: (actor: Actor, key: string) => Promise<boolean>;
  /** Throws 409 where the request was changed since `version`, and does nothing where the deed was done before (same key). */
  readonly perform: (
    actor: Actor,
    deed: Deed,
    about: {
      readonly key: string;
      readonly version: number;
      readonly account: string;
      readonly name: string;
    },
  ) => Promise<void>;
  readonly of: (task: string, version: number) => Promise<readonly DoneDeed[]>;
  /** Throws a problem where something came after, or where the patient has read what was sent. */
  readonly undo: (actor: Actor, task: string, deed: string) => Promise<void>;
}

const update = (resource: Resource, ifMatch?: number): Change => ({
  kind: 'update',
  type: resource.resourceType,
  id: resource.id ?? '',
  text: JSON.stringify(resource),
  ...(ifMatch === undefined ? {} : { ifMatch }),
});

/**
 * On the Task, by which deed it came to be as it is. The note of a deed is written before and after the commit: whoever dies
 * between is told apart by this, so that nobody is told that nothing was sent, and nothing is sent twice.
 */
const deedUrl = 'https://throughline.example/StructureDefinition/triage-deed';
const marked = (task: Task, deed: string): Task => ({
  ...task,
  extension: [
    ...(task.extension ?? []).filter(({ url }) => url !== deedUrl),
    { url: deedUrl, valueId: deed },
  ],
});
const markOf = ({ extension }: Task): string | undefined =>
  extension?.find(({ url }) => url === deedUrl)?.valueId;
/** Noted, and not known to be done. */
const begun = 0;

const changedMeanwhile = () =>
  problem(
    'conflict',
    'Someone changed this request while you had it open. Nothing was sent. Look at it again.',
  );

export function openDeeds({
  database,
  record,
  queue,
  clock,
}: {
  readonly database: Pick<Database, 'pool'>;
  readonly record: CareRecord;
  readonly queue: Queue;
  readonly clock: { readonly now: () => number };
}): DeedStore {
  const { pool } = database;
  const mostShown = 20;

  /** Whether that version of the request came of this deed. */
  const cameOf = async (actor: Actor, task: string, version: number, deed: string): Promise<boolean> => {
    const stored = await record.readVersion(actor, 'Task', task, version);
    return stored?.body !== undefined && markOf(resourceOf<Task>(stored)) === deed;
  };

  const isDone = async (actor: Actor, key: string): Promise<boolean> => {
    const [row] = await pool`select task, before, after from triage_deed where id = ${key}`;
    if (!row || Number(row['after']) !== begun) return row !== undefined;
    const after = Number(row['before']) + 1;
    if (!(await cameOf(actor, String(row['task']), after, key))) return false;
    await pool`update triage_deed set after = ${after} where id = ${key}`;
    return true;
  };

  return {
    isDone,
    async perform(actor, { task, made, told }, { key, version, account, name }) {
      if (await isDone(actor, key)) return;
      const written = made.map(({ resourceType: type, id }) => ({ type, id }));
      await pool`
        insert into triage_deed (id, task, at, account, name, told, before, after, made)
        values (${key}, ${task.id ?? ''}, ${clock.now()}, ${account}, ${name}, ${told}, ${version}, ${begun}, ${JSON.stringify(written)}::text::jsonb)
        on conflict (id) do update set before = excluded.before, told = excluded.told, made = excluded.made`;
      const changes = [update(marked(task, key), version), ...made.map((one) => update(one))];
      const { results } = await record.commit(actor, changes).catch((error: unknown) => {
        if (error instanceof Problem && error.status === 412) throw changedMeanwhile();
        throw error;
      });
      const after = results[0]?.stored?.version ?? version + 1;
      await pool`update triage_deed set after = ${after} where id = ${key}`;
      await queue.note(task, after);
    },
    async of(task, version) {
      const rows = await pool`
        select id, at, name, told, after, undone from triage_deed where task = ${task} and after <> ${begun} order by at desc limit ${mostShown}`;
      return rows.map((row) => ({
        ...{
          id: String(row['id']),
          at: Number(row['at']),
          name: String(row['name']),
          told: String(row['told']),
        },
        canUndo: row['undone'] === null && Number(row['after']) === version,
        isUndone: row['undone'] !== null,
      }));
    },
    async undo(actor, task, deed) {
      const [row] =
        await pool`select before, after, made, undone from triage_deed where id = ${deed} and task = ${task}`;
      if (!row) throw problem('not-found', 'There is nothing like that to take back.');
      if (row['undone'] !== null) return;
      const now = await record.read(actor, 'Task', task);
      const back = idMadeOf(deed, 'taken back');
      const noted = () => pool`update triage_deed set undone = ${clock.now()} where id = ${deed}`;
      if (!now || now.version !== Number(row['after'])) {
        // The process died after it was taken back, before that was noted.
        if (await cameOf(actor, task, Number(row['after']) + 1, back)) return void (await noted());
        throw problem(
          'conflict',
          'Something was done to this request since. It cannot be taken back any more.',
        );
      }
      const before = await record.readVersion(actor, 'Task', task, Number(row['before']));
      if (!before?.body) throw problem('not-found', 'The request as it was is not there.');
      const changes: Change[] = [];
      for (const { type, id } of row['made'] as readonly { readonly type: string; readonly id: string }[]) {
        const stored = await record.read(actor, type, id);
        if (!stored?.body) continue;
        const made = resourceOf<Resource>(stored);
        if (made.resourceType === 'Communication' && made.received !== undefined)
          throw problem(
            'business-rule',
            `The patient read the message on ${formatMoment(Date.parse(made.received))}. It cannot be taken back: write to them again.`,
          );
        // What was asked before, and ended with it, is asked again.
        const earlier =
          type === 'Task' && stored.version > 1
            ? await record.readVersion(actor, type, id, stored.version - 1)
            : undefined;
        const was = earlier?.body ? resourceOf<Resource>(earlier) : takenBack(made);
        if (was) changes.push(update(was, stored.version));
      }
      const restored = marked(
        { ...resourceOf<Task>(before), lastModified: new Date(clock.now()).toISOString() },
        back,
      );
      const { results } = await record
        .commit(actor, [update(restored, now.version), ...changes])
        .catch((error: unknown) => {
          if (error instanceof Problem && error.status === 412) throw changedMeanwhile();
          throw error;
        });
      await noted();
      await queue.note(restored, results[0]?.stored?.version ?? now.version + 1);
    },
  };
}
