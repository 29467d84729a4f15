import type { Database } from '../../platform/database.ts';
import { asProblem } from '../../platform/sql-error.ts';
import type { Actor } from '../actor.ts';
import { shardKey } from '../keys.ts';
import { typeNumber } from '../type-numbers.ts';

/** One row of the audit log that tells of something other than a resource read or written. */
export interface EventRow {
  /** Ms since 1970 UTC. */
  readonly at: number;
  readonly actor: Omit<Actor, 'sight'>;
  /** What happened: `sign-in`, `denied`. */
  readonly event: string;
  /** HTTP status that says how it ended. */
  readonly outcome: number;
  /** Id of the Patient concerned. */
  readonly patient?: string;
  readonly note?: string;
}

/** Stores the rows in one commit. */
export async function appendEvents(
  database: Pick<Database, 'batch'>,
  rows: readonly EventRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const columns: (string | number | null)[][] = Array.from({ length: 14 }, () => []);
  for (const { at, actor, event, outcome, patient, note } of rows)
    [
      ...[at, patient === undefined ? '0' : shardKey('Patient', patient)],
      ...[patient === undefined ? null : typeNumber('Patient'), patient ?? null, outcome],
      ...[actor.id, actor.name, actor.role, actor.organisation ?? null, actor.purpose, actor.via],
      ...[actor.requestId, event, note ?? null],
    ].forEach((value, i) => {
      columns[i]!.push(value);
    });
  try {
    await database.batch.unsafe(insert, columns, { prepare: true });
  } catch (error) {
    throw asProblem(error);
  }
}

const insert = `
insert into audit (at,person,type,id,outcome,actor,actor_name,role,organisation,purpose,via,request,event,note,action)
select *, 'X' from unnest($1::int8[],$2::int8[],$3::int2[],$4::text[],$5::int2[],$6::text[],$7::text[],$8::text[],
  $9::text[],$10::text[],$11::text[],$12::text[],$13::text[],$14::text[])`;
