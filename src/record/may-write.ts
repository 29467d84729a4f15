import { type Problem, problem } from '../platform/problem.ts';
import { asProblem } from '../platform/sql-error.ts';
import type { Key } from './keys.ts';
import { type Parameters, parameters } from './search/parameters.ts';
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
export const mayWrite = (
  sql: Connection,
  seen: Seen,
  states: readonly NewState[],
): Promise<ReadonlySet<number>> =>
  allowed(sql, states, { type: 'int2', person: 'int8' }, (to) => `where ${seen.newState('w', to)}`);

/** Which of the resources may be changed, by index. */
export const mayChange = (
  sql: Connection,
  seen: Seen,
  states: readonly OldState[],
): Promise<ReadonlySet<number>> =>
  allowed(
    sql,
    states,
    { person: 'int8', pk: 'int8' },
    (to) => `join resource r on r.person = w.person and r.pk = w.pk where ${seen.oldState('r', to)}`,
  );

/** Indexes of the states that the rest of the statement keeps; it has them under the alias `w`. */
async function allowed<Column extends string>(
  sql: Connection,
  states: readonly Readonly<Record<Column, string | number>>[],
  columns: Readonly<Record<Column, string>>,
  rest: (to: Parameters) => string,
): Promise<ReadonlySet<number>> {
  const to = parameters();
  const names = Object.keys(columns) as Column[];
  const lists = [
    to.list([...states.keys()], 'int4'),
    ...names.map((name) =>
      to.list(
        states.map((state) => state[name]),
        columns[name],
      ),
    ),
  ];
  const text = `select w.n from unnest(${lists.join(', ')}) w(n, ${names.join(', ')}) ${rest(to)}`;
  try {
    const rows = await sql.unsafe(text, [...to.values], { prepare: true });
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
