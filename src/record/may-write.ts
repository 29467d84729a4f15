import { type Problem, problem } from '../platform/problem.ts';
import { asProblem } from '../platform/sql-error.ts';
import type { Key } from './keys.ts';
import { parameters } from './search/parameters.ts';
import type { Seen } from './seen.ts';
import type { AuditRow } from './statement.ts';
import type { Connection } from './store.ts';

/** A resource to be created or changed: its type, and whose it will be. */
export interface NewState {
  readonly type: number;
  readonly person: Key;
}

/** A resource to be changed or deleted. */
export interface OldState {
  readonly person: Key;
  readonly pk: number;
}

/** Which of the states may be written, by index. */
export async function mayWrite(
  sql: Connection,
  seen: Seen,
  states: readonly NewState[],
): Promise<ReadonlySet<number>> {
  const to = parameters();
  const list = `unnest(${to.list(
    states.map((_, i) => i),
    'int4',
  )}, ${to.list(
    states.map(({ type }) => type),
    'int2',
  )}, ${to.list(
    states.map(({ person }) => person),
    'int8',
  )})`;
  return indexes(
    sql,
    `select w.n from ${list} w(n, type, person) where ${seen.newState('w', to)}`,
    to.values,
  );
}

/** Which of the resources may be changed, by index. */
export async function mayChange(
  sql: Connection,
  seen: Seen,
  states: readonly OldState[],
): Promise<ReadonlySet<number>> {
  const to = parameters();
  const list = `unnest(${to.list(
    states.map((_, i) => i),
    'int4',
  )}, ${to.list(
    states.map(({ person }) => person),
    'int8',
  )}, ${to.list(
    states.map(({ pk }) => pk),
    'int8',
  )})`;
  return indexes(
    sql,
    `select w.n from ${list} w(n, person, pk) join resource r on r.person = w.person and r.pk = w.pk where ${seen.oldState('r', to)}`,
    to.values,
  );
}

async function indexes(
  sql: Connection,
  text: string,
  values: readonly string[],
): Promise<ReadonlySet<number>> {
  try {
    const rows = await sql.unsafe(text, [...values], { prepare: true });
    return new Set(rows.map((row) => Number(row['n'])));
  } catch (error) {
    throw asProblem(error);
  }
}

const entries = new WeakMap<Problem, AuditRow>();

/** The refusal of a write, in the same words whether the resource is hidden or not there. `entry` goes to the audit log. */
export function denied(what: string, entry: AuditRow): Problem {
  const refusal = problem(
    'forbidden',
    `You may not write ${what}. Ask the person who manages access where you work if you need to.`,
  );
  entries.set(refusal, entry);
  return refusal;
}

/** The audit entry of a refused write. */
export const denialOf = (error: unknown): AuditRow | undefined => entries.get(error as Problem);
