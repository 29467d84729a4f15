import type { Resource } from '@medplum/fhirtypes';
import { type Database, inTransaction, type Transaction } from '../../platform/database.ts';
import { type Coding, indexRows } from '../index-rows.ts';
import type { Key } from '../keys.ts';
import { type NewVersion, storeStatement } from '../statement.ts';
import { run } from '../store.ts';
import type { Owner } from './owned-rows.ts';

/** A current version whose rows are wrong, and the token rows it was found with. */
export interface Damaged extends Owner {
  readonly type: number;
  readonly id: string;
  readonly version: number;
  readonly tokens: readonly (readonly [hash: Key, low: string])[];
}

const owned = [
  ...['search_exact', 'search_string', 'search_date', 'search_number', 'search_composite'],
  ...['search_words', 'search_long', 'relation', 'consent_rule'],
];

/**
 * Writes the search rows of a current version anew from its body, and its place with them, all in one transaction. False: it
 * was changed meanwhile, and so was indexed by the change.
 */
export async function reindex(database: Pick<Database, 'pool'>, damaged: Damaged): Promise<boolean> {
  return inTransaction(database, async (sql) => {
    const { type, id, person, pk } = damaged;
    await sql`select 1 from identity where type = ${type} and id = ${id} for update`;
    const [row] = await sql`
      select version, updated, body from resource where person = ${person} and pk = ${pk} for update`;
    if (Number(row?.['version']) !== damaged.version) return false;
    await removeRows(sql, damaged, damaged.tokens);
    await sql`delete from resource where person = ${person} and pk = ${pk}`;
    const body = row?.['body'] as string; // a text column
    const rows = indexRows(JSON.parse(body) as Resource, id); // stored, so valid
    const [claimed] = await sql`
      update identity set person = ${rows.person}, pk = ${pk} where type = ${type} and id = ${id} returning 1`;
    if (rows.person !== person)
      await sql`
        with old as (delete from history where person = ${person} and pk = ${pk} returning *)
        insert into history (person, pk, updated, version, type, id, body, lived, labels)
        select ${rows.person}, pk, updated, version, type, id, body, lived, labels from old`;
    const version: NewVersion = {
      ...{ type, id, pk, version: damaged.version, updated: Number(row?.['updated']), body, rows },
      claim: claimed === undefined,
    };
    await run(sql, storeStatement([version], distinctCodings(rows.codings), []));
    return true;
  });
}

/** Takes away the rows of a resource that is not there. */
export async function removeOrphans(
  database: Pick<Database, 'pool'>,
  owner: Owner,
  tokens: Damaged['tokens'],
): Promise<boolean> {
  return inTransaction(database, async (sql) => {
    const [there] = await sql`
      select 1 from resource where person = ${owner.person} and pk = ${owner.pk} for update`;
    if (there) return false;
    await removeRows(sql, owner, tokens);
    return true;
  });
}

async function removeRows(sql: Transaction, { person, pk }: Owner, tokens: Damaged['tokens']): Promise<void> {
  for (const table of owned)
    await sql.unsafe(`delete from ${table} where person = $1 and pk = $2`, [person, String(pk)]);
  await sql`
    delete from search_token where (hash, low, person, pk) in (
      select hash, low, ${person}::int8, ${pk}::int8
      from unnest(${tokens.map(([hash]) => hash)}::int8[], ${tokens.map(([, low]) => low)}::int8[]) as old(hash, low))`;
}

function distinctCodings(codings: readonly Coding[]): Coding[] {
  return [
    ...new Map(codings.map((one) => [`${one.path} ${one.hash} ${one.code} ${one.display}`, one])).values(),
  ];
}
