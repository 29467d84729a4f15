/** Files that were brought: looked through as a job, shown, then loaded as another, or left. */
import { z } from 'zod';
import type { Clock } from '../../../../platform/clock.ts';
import { type Database, inTransaction } from '../../../../platform/database.ts';
import type { FileStore } from '../../../../platform/files.ts';
import type { JobContext, JobStatus, Jobs } from '../../../../platform/jobs.ts';
import { Problem, problem } from '../../../../platform/problem.ts';
import type { By } from '../../model.ts';
import type { Areas } from '../areas.ts';
import type { RegisterStore } from '../store.ts';
import type { JudgePosition } from '../validate.ts';
import { countsOf, type ImportCounts, type PlannedRow, planImport } from './plan-import.ts';
import type { Source } from './read-csv.ts';
import { readFile } from './read-file.ts';

export interface StagedParts {
  readonly database: Pick<Database, 'pool'>;
  readonly files: FileStore;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly store: RegisterStore;
  readonly areas: Areas;
  readonly judge: () => Promise<JudgePosition>;
}

export interface StagedImport {
  readonly id: string;
  readonly name: string;
  readonly byName: string;
  readonly created: number;
  /** `stopped`: someone stopped it, or it failed; nothing of it was loaded. */
  readonly state: 'reading' | 'ready' | 'refused' | 'applying' | 'done' | 'stopped';
  readonly counts: ImportCounts | undefined;
  readonly reason: string | undefined;
  readonly job: JobStatus | undefined;
  readonly done: number | undefined;
}

export type StagedRow = Pick<PlannedRow, 'number' | 'result' | 'id' | 'name' | 'cells' | 'faults' | 'note'>;

export interface Staged {
  /** Begins to look through a file. The same id twice is one import. */
  readonly begin: (id: string, file: { name: string; hash: string }, by: By) => Promise<void>;
  readonly find: (id: string) => Promise<StagedImport | undefined>;
  /** Newest first. */
  readonly latest: () => Promise<
    readonly Pick<StagedImport, 'id' | 'name' | 'byName' | 'created' | 'state'>[]
  >;
  readonly rows: (
    id: string,
    asked: { readonly result: string; readonly offset: number; readonly limit: number },
  ) => Promise<readonly StagedRow[]>;
  /** Begins to load it. False: it is not ready. */
  readonly apply: (id: string, asked: { readonly leave: boolean }) => Promise<boolean>;
  readonly stop: (id: string) => Promise<void>;
}

const readJob = 'line-import-read';
const applyJob = 'line-import-apply';
const payload = z.object({ id: z.uuid() });
type Context = JobContext<z.infer<typeof payload>>;
const rowsAtOnce = 1_000;
const kept = 30 * 86_400_000;

interface Row {
  readonly id: string;
  readonly form: 'rows' | 'areas' | null;
  readonly name: string;
  readonly hash: string;
  readonly by_id: string;
  readonly by_name: string;
  readonly created: string;
  readonly state: StagedImport['state'];
  readonly job: string | null;
  readonly leave: boolean;
  readonly counts: ImportCounts | null;
  readonly reason: string | null;
  readonly version: string | null;
  readonly done: string | null;
}

export function openStaged({ database, files, jobs, clock, store, areas, judge }: StagedParts): Staged {
  const { pool } = database;
  const find = async (id: string): Promise<Row | undefined> => {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return undefined;
    const [row] = await pool<Row[]>`select * from line_import where id = ${id}`;
    return row;
  };
  const sourceOf =
    ({ hash }: Row): Source =>
    () =>
      files.open(hash);

  /** All rows of the file, against the register as it stands. */
  const planned = async (row: Row, { cancelled, progress }: Context) => {
    const content = await readFile(sourceOf(row));
    const whole = await store.whole();
    if (content.form === 'areas') {
      const known = new Map((await areas.all()).map((area) => [area.code, area.name]));
      const rows = content.areas.map(({ number, area: { code, name } }): PlannedRow => {
        const before = known.get(code);
        const result = before === undefined ? 'added' : 'changed';
        const cells =
          before === undefined || before === name ? [] : [{ column: 'name', before, after: name }];
        return { number, kind: 'area', result, id: code, name, cells, faults: [] };
      });
      return { form: 'areas' as const, rows, version: whole.version, areas: content.areas };
    }
    const context = { whole, judge: await judge(), shapes: await areas.shapes() };
    const rows = await planImport(content.rows, context, (read) => {
      if (read % 200 === 0) progress(read);
      cancelled.throwIfAborted();
    });
    return { form: 'rows' as const, rows, version: whole.version, areas: [] };
  };

  const refuse = async ({ id }: Row, error: unknown): Promise<void> => {
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    await pool`update line_import set state = 'refused', reason = ${error.message} where id = ${id}`;
  };

  /** Harmless twice: the rows of a run that was cut short are made anew. */
  const look = async (row: Row, context: Context, reason: string | null): Promise<void> => {
    const { form, rows, version } = await planned(row, context);
    const { id } = row;
    await inTransaction(database, async (sql) => {
      await sql`delete from line_import_row where import = ${id}`;
      for (let from = 0; from < rows.length; from += rowsAtOnce) {
        context.cancelled.throwIfAborted();
        const some = rows.slice(from, from + rowsAtOnce).map((one) => ({
          ...{ import: id, number: one.number, result: one.result, id: one.id, name: one.name },
          ...{ cells: one.cells, faults: one.faults, note: one.note ?? null },
        }));
        await sql`
          insert into line_import_row
          select * from json_populate_recordset(null::line_import_row, ${JSON.stringify(some)}::text::json)`;
        context.progress(rows.length, rows.length, 'kept to be looked at');
      }
      await sql`
        update line_import set state = 'ready', form = ${form}, version = ${version}, reason = ${reason},
          counts = ${JSON.stringify(countsOf(rows))}::text::jsonb where id = ${id}`;
    });
  };

  jobs.define(readJob, payload, async (context) => {
    const row = await find(context.payload.id);
    if (row?.state !== 'reading') return;
    await look(row, context, null).catch((error: unknown) => refuse(row, error));
  });

  jobs.define(applyJob, payload, async (context) => {
    const row = await find(context.payload.id);
    if (row?.state !== 'applying') return;
    const { cancelled, progress } = context;
    const changedSince =
      'The register was changed after the file was looked through. This is what it would change now.';
    const { form, rows, version, areas: read } = await planned(row, context);
    if (form === 'rows' && version !== row.version) return look(row, context, changedSince);
    const counts = countsOf(rows);
    if (counts.refused > 0 && !row.leave) return look(row, context, 'Some rows are refused now.');
    if (form === 'areas') await areas.save(read.map(({ area }) => area));
    else {
      const changes = rows.flatMap(({ change }) => (change ? [change] : []));
      progress(0, changes.length, 'being stored');
      const by: By = { id: row.by_id, name: row.by_name, via: `import ${row.name}` };
      try {
        await store.saveWatched(changes, by, {
          ...{
            version,
            signal: cancelled,
            progress: (done: number) => progress(Math.round(done), changes.length),
          },
        });
      } catch (error) {
        if (error instanceof Problem && error.status === 409) return look(row, context, changedSince);
        return refuse(row, error);
      }
    }
    await pool`
      update line_import set state = 'done', done = ${clock.now()}, counts = ${JSON.stringify(counts)}::text::jsonb
      where id = ${row.id}`;
  });

  return {
    begin: async (id, { name, hash }, by) => {
      // What nobody needs any more: the rows of old imports. What they changed stands in the history.
      await pool`
        delete from line_import_row using line_import i
        where i.id = line_import_row.import and i.created < ${clock.now() - kept}`;
      await inTransaction(database, async (sql) => {
        const made = await sql`
          insert into line_import (id, name, hash, by_id, by_name, created, state)
          values (${id}, ${name}, ${hash}, ${by.id}, ${by.name}, ${clock.now()}, 'reading')
          on conflict (id) do nothing returning 1`;
        if (made.length === 0) return;
        const job = await jobs.start(readJob, { id }, sql);
        await sql`update line_import set job = ${job} where id = ${id}`;
      });
    },
    find: async (id) => {
      const row = await find(id);
      if (!row) return undefined;
      const job = row.job === null ? undefined : await jobs.status(row.job);
      const isOver = job?.state === 'cancelled' || job?.state === 'failed';
      const isWaiting = row.state === 'reading' || row.state === 'applying';
      return {
        ...{ id: row.id, name: row.name, byName: row.by_name, created: Number(row.created), job },
        state: isWaiting && isOver ? 'stopped' : row.state,
        counts: row.counts ?? undefined,
        reason: row.reason ?? (isWaiting ? job?.reason : undefined),
        done: row.done === null ? undefined : Number(row.done),
      };
    },
    latest: async () => {
      const rows = await pool<Row[]>`select * from line_import order by created desc limit 20`;
      return rows.map(({ id, name, by_name, created, state }) => ({
        ...{ id, name, byName: by_name, created: Number(created), state },
      }));
    },
    rows: async (id, { result, offset, limit }) => {
      const rows = await pool<(StagedRow & { note: string | null })[]>`
        select number, result, id, name, cells, faults, note from line_import_row
        where import = ${id} and (${result} = '' or result = ${result})
        order by number limit ${limit} offset ${offset}`;
      return rows.map(({ note, ...row }) => ({ ...row, ...(note === null ? {} : { note }) }));
    },
    apply: async (id, { leave }) =>
      inTransaction(database, async (sql) => {
        const taken = await sql`
          update line_import set state = 'applying', leave = ${leave}, reason = null
          where id = ${id} and state = 'ready' returning 1`;
        if (taken.length === 0) return false;
        const job = await jobs.start(applyJob, { id }, sql);
        await sql`update line_import set job = ${job} where id = ${id}`;
        return true;
      }),
    stop: async (id) => {
      const row = await find(id);
      if (!row?.job) throw problem('not-found', 'There is no such import.');
      await jobs.cancel(row.job);
    },
  };
}
