import { asProblem } from '../../platform/sql-error.ts';
import type { Key } from '../keys.ts';
import type { Connection } from '../store.ts';
import { typeNumber } from '../type-numbers.ts';

/** Patient ids by shard key, of those that are or were in the record. Other keys (of a practitioner) are left out. */
export async function patientIds(sql: Connection, keys: readonly Key[]): Promise<ReadonlyMap<Key, string>> {
  if (keys.length === 0) return new Map();
  const patient = typeNumber('Patient');
  try {
    const rows = await sql.unsafe(
      `select person, id from resource where person = any($1::int8[]) and type = ${patient}
       union select person, id from history where person = any($1::int8[]) and type = ${patient}`,
      [[...new Set(keys)]],
      { prepare: true },
    );
    return new Map(rows.map((row) => [row['person'] as Key, row['id'] as string])); // int8 and text come as strings
  } catch (error) {
    throw asProblem(error);
  }
}

/** Names of organisations by reference, as recorded now; those without one are left out. */
export async function organisationNames(
  sql: Connection,
  references: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(references)]
    .filter((reference) => reference.startsWith('Organization/'))
    .map((reference) => reference.slice('Organization/'.length));
  if (ids.length === 0) return new Map();
  try {
    const rows = await sql.unsafe(
      `select i.id, r.body::json->>'name' as name
       from identity i join resource r on r.person = i.person and r.pk = i.pk
       where i.type = ${typeNumber('Organization')} and i.id = any($1::text[])`,
      [ids],
      { prepare: true },
    );
    return new Map(rows.flatMap(({ id, name }) => (name ? [[`Organization/${id}`, String(name)]] : [])));
  } catch (error) {
    throw asProblem(error);
  }
}
