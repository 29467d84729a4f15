import type { Transaction } from '../platform/database.ts';
import type { Key } from './keys.ts';
import { typeNumber } from './type-numbers.ts';

/** A resource that has a place, current or deleted. */
export interface Known {
  readonly type: string;
  readonly id: string;
  readonly person: Key;
  readonly pk: number;
  readonly version: number;
  readonly updated: number;
  /** Text of the current version; undefined: deleted. */
  readonly current: string | undefined;
}

/** Looks the resources up and holds them until the transaction ends, in one order everywhere. */
export async function hold(
  sql: Transaction,
  wanted: readonly { type: string; id: string }[],
): Promise<Map<string, Known>> {
  const known = new Map<string, Known>();
  if (wanted.length === 0) return known;
  const names = new Map(wanted.map((one) => [typeNumber(one.type), one.type]));
  const types = wanted.map((one) => typeNumber(one.type));
  const ids = wanted.map((one) => one.id);
  // Two statements: only one that begins after the wait sees what those who held the rows before have written.
  const held = await sql`
    select type, id from identity
    where (type, id) in (select * from unnest(${types}::int2[], ${ids}::text[]))
    order by type, id for update`;
  if (held.length === 0) return known;
  const rows = await sql`
    select i.type, i.id, i.person, i.pk, r.version, r.updated, r.body,
      old.version as old_version, old.updated as old_updated
    from unnest(${held.map((row) => row['type'])}::int2[], ${held.map((row) => row['id'])}::text[]) h(type, id)
    join identity i on i.type = h.type and i.id = h.id
    left join resource r on r.person = i.person and r.pk = i.pk
    left join lateral (
      select o.version, o.updated from history o
      where r.pk is null and o.person = i.person and o.pk = i.pk order by o.version desc limit 1
    ) old on true`;
  for (const row of rows) {
    const type = names.get(row['type'] as number)!;
    const current = row['body'] as string | null;
    known.set(`${type}/${row['id']}`, {
      type,
      id: row['id'],
      person: row['person'],
      pk: Number(row['pk']),
      version: Number(current === null ? row['old_version'] : row['version']),
      updated: Number(current === null ? row['old_updated'] : row['updated']),
      current: current ?? undefined,
    });
  }
  return known;
}
