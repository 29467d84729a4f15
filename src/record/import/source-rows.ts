import { operationOutcome } from '../../fhir/outcome.ts';
import { type Database, inTransaction, type Transaction } from '../../platform/database.ts';
import type { Fault, Problem } from '../../platform/problem.ts';

/** How far one file has come. Kept in the transactions that store what they count. */
export interface Standing {
  readonly finished: boolean;
  /** Lines finished without a gap; entries of a finished document. */
  readonly done: number;
  readonly changed: number;
}

/** One entry or line that was set aside, ready to be kept. */
export interface RefusalRow {
  /** Line, counted from 1; 0: the file is one document. */
  readonly place: number;
  /** Index in the Bundle; -1: the whole. */
  readonly entry: number;
  readonly outcome: string;
  readonly content: string;
}

/** Longest text that is kept with its refusal; a longer one is read again from the file. */
const longestKept = 16 << 20;

export function refusalRow(
  at: { readonly place: number; readonly entry: number },
  why: Problem,
  sent: string,
  note?: string,
): RefusalRow {
  const faults: Fault[] = why.faults.map((fault) =>
    // Lines of an NDJSON file are counted in the file, not in the resource.
    at.place > 0 && fault.line !== undefined ? { ...fault, line: fault.line + at.place - 1 } : fault,
  );
  if (note !== undefined) faults.push({ kind: 'informational', severity: 'information', message: note });
  return {
    ...at,
    outcome: JSON.stringify(operationOutcome(faults)),
    content: sent.length > longestKept ? '' : sent.toWellFormed().replaceAll('\u0000', '\ufffd'),
  };
}

export async function standingOf(
  database: Pick<Database, 'pool'>,
  source: string,
): Promise<Standing | undefined> {
  const [row] = await database.pool`
    select finished, done, changed from import_source where source = ${source}`;
  return row && { finished: row['finished'], done: Number(row['done']), changed: Number(row['changed']) };
}

/** Holds the source until the transaction ends, so that two imports of one file never both write it. */
export async function holdSource(sql: Transaction, source: string, now: number): Promise<Standing> {
  const [row] = await sql`
    insert into import_source (source, changed) values (${source}, ${now})
    on conflict (source) do update set changed = import_source.changed
    returning finished, done, changed, xmax = 0 as fresh`;
  return {
    finished: row?.['finished'] === true,
    done: Number(row?.['done']),
    changed: row?.['fresh'] ? 0 : Number(row?.['changed']),
  };
}

/** What became of a whole document, in the transaction that stored it. */
export async function finishDocument(
  sql: Transaction,
  source: string,
  counts: { readonly done: number; readonly written: number; readonly refusals: readonly RefusalRow[] },
  now: number,
): Promise<void> {
  await Promise.all([
    sql`delete from import_refusal where source = ${source}`.execute(), // sent first: what an earlier import refused
    keepRefusals(sql, source, counts.refusals),
    sql`update import_source set done = ${counts.done}, written = ${counts.written},
      refused = ${counts.refusals.length}, finished = true, changed = ${now} where source = ${source}`,
  ]);
}

export async function keepRefusals(
  sql: Transaction,
  source: string,
  refusals: readonly RefusalRow[],
): Promise<void> {
  if (refusals.length === 0) return;
  await sql`
    insert into import_refusal (source, place, entry, outcome, content)
    select ${source}, place, entry, outcome, content
    from unnest(${refusals.map((one) => one.place)}::int8[], ${refusals.map((one) => one.entry)}::int4[],
      ${refusals.map((one) => one.outcome)}::text[], ${refusals.map((one) => one.content)}::text[])
      as one(place, entry, outcome, content)
    on conflict (source, place, entry) do update set outcome = excluded.outcome, content = excluded.content`;
}

/** Marks lines as done, in the transaction that stored them. */
export async function keepPart(
  sql: Transaction,
  source: string,
  part: {
    readonly first: number;
    readonly last: number;
    readonly written: number;
    readonly refusals: readonly RefusalRow[];
  },
): Promise<void> {
  await Promise.all([
    keepRefusals(sql, source, part.refusals),
    sql`insert into import_part (source, first, last, written, refused)
      values (${source}, ${part.first}, ${part.last}, ${part.written}, ${part.refusals.length})`,
  ]);
}

/** Lines that are done, as ranges in order. */
export interface DoneLines {
  readonly done: number;
  readonly ranges: readonly (readonly [first: number, last: number])[];
}

/** Begins a file of lines, or goes on where it stood. Undefined: it is finished. `since`: what is older starts afresh. */
export async function beginLines(
  database: Pick<Database, 'pool'>,
  source: string,
  { since, now }: { readonly since: number; readonly now: number },
): Promise<DoneLines | undefined> {
  return inTransaction(database, async (sql) => {
    const standing = await holdSource(sql, source, now);
    if (standing.changed >= since && standing.finished) return undefined;
    if (standing.changed > 0 && standing.changed < since) {
      await sql`delete from import_part where source = ${source}`;
      await sql`delete from import_refusal where source = ${source}`;
      await sql`update import_source set done = 0, written = 0, refused = 0, finished = false, changed = ${now}
        where source = ${source}`;
      return { done: 0, ranges: [] };
    }
    const rows = await sql`select first, last from import_part where source = ${source} order by first`;
    return {
      done: standing.done,
      ranges: rows.map((row) => [Number(row['first']), Number(row['last'])] as const),
    };
  });
}

/** Folds the parts that follow on what is done into the source's own row; with `finished` all of them. */
export async function foldParts(
  database: Pick<Database, 'pool'>,
  source: string,
  { finished, now }: { readonly finished: boolean; readonly now: number },
): Promise<void> {
  await inTransaction(database, async (sql) => {
    const standing = await holdSource(sql, source, now);
    let { done } = standing;
    for (const row of await sql`select first, last from import_part where source = ${source} order by first`) {
      if (!finished && Number(row['first']) !== done + 1) break;
      done = Number(row['last']);
    }
    await sql`
      with gone as (
        delete from import_part where source = ${source} and last <= ${done} returning written, refused
      )
      update import_source set done = ${done}, changed = ${now}, finished = ${finished},
        written = written + (select coalesce(sum(written), 0) from gone),
        refused = refused + (select coalesce(sum(refused), 0) from gone)
      where source = ${source}`;
  });
}

/**
 * Since when a source must have been imported to count as done: 0, or with `again` the time at which the same command first
 * asked for it again, so that one that was stopped goes on. `forget` is called when all is done.
 */
export async function againSince(
  database: Pick<Database, 'pool'>,
  key: string,
  now: number,
): Promise<{ since: number; forget: () => Promise<void> }> {
  const source = `--again ${key}`;
  const [row] = await database.pool`
    insert into import_source (source, changed) values (${source}, ${now})
    on conflict (source) do update set changed = import_source.changed returning changed`;
  return {
    since: Number(row?.['changed']),
    forget: async () => {
      await database.pool`delete from import_source where source = ${source}`;
    },
  };
}
