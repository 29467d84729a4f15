/** Does deeds: writes them to the record at once, keeps how to take them back, and takes them back. */
import type { Resource, Task } from '@medplum/fhirtypes';
import type { Database } from '../../platform/database.ts';
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
  /**
   * Throws 412 where the request was changed since `version`, and does nothing where the deed was done before (same key).
   */
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

  return {
    async perform(actor, { task, made, told }, { key, version, account, name }) {
      const [done] = await pool`select 1 from triage_deed where id = ${key}`;
      if (done) return;
      const changes = [update(task, version), ...made.map((one) => update(one))];
      const { results } = await record.commit(actor, changes).catch((error: unknown) => {
        if (error instanceof Problem && error.status === 412) throw changedMeanwhile();
        throw error;
      });
      const after = results[0]?.stored?.version ?? version + 1;
      const written = made.map(({ resourceType: type, id }) => ({ type, id }));
      await pool`
        insert into triage_deed (id, task, at, account, name, told, before, after, made)
        values (${key}, ${task.id ?? ''}, ${clock.now()}, ${account}, ${name}, ${told}, ${version}, ${after}, ${JSON.stringify(written)}::text::jsonb)
        on conflict do nothing`;
      await queue.note(task, after);
    },
    async of(task, version) {
      const rows = await pool`
        select id, at, name, told, after, undone from triage_deed where task = ${task} order by at desc limit ${mostShown}`;
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
      if (!now || now.version !== Number(row['after']))
        throw problem(
          'conflict',
          'Something was done to this request since. It cannot be taken back any more.',
        );
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
        const back = takenBack(made);
        if (back) changes.push(update(back, stored.version));
      }
      const restored = { ...resourceOf<Task>(before), lastModified: new Date(clock.now()).toISOString() };
      const { results } = await record
        .commit(actor, [update(restored, now.version), ...changes])
        .catch((error: unknown) => {
          if (error instanceof Problem && error.status === 412) throw changedMeanwhile();
          throw error;
        });
      await pool`update triage_deed set undone = ${clock.now()} where id = ${deed}`;
      await queue.note(restored, results[0]?.stored?.version ?? now.version + 1);
    },
  };
}
