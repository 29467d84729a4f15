import type { Sql } from '../src/platform/database.ts';
import type { DiskUse, TableSize } from './results.ts';

/** What the database of this connection takes on disk, table by table, beside the bytes of JSON that it keeps. */
export async function diskUse(sql: Sql, stored: number): Promise<DiskUse> {
  const [whole] = await sql<{ bytes: string }[]>`select pg_database_size(current_database())::text as bytes`;
  const tables = await sql<{ oid: number; name: string; rows: number; heap: string; toast: string }[]>`
    select c.oid::int as oid, n.nspname || '.' || c.relname as name, c.reltuples::float8 as rows,
      pg_relation_size(c.oid)::text as heap,
      coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0)::text as toast
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')
    order by pg_total_relation_size(c.oid) desc`;
  const indexes = await sql<{ oid: number; name: string; bytes: string }[]>`
    select i.indrelid::int as oid, c.relname as name, pg_relation_size(c.oid)::text as bytes
    from pg_index i join pg_class c on c.oid = i.indexrelid
    order by pg_relation_size(c.oid) desc`;
  const byTable = Map.groupBy(indexes, (index) => index.oid);
  const database = Number(whole?.bytes);
  return {
    stored,
    database,
    perStoredByte: database / stored,
    tables: tables.map(
      (table): TableSize => ({
        table: table.name,
        rows: Math.max(0, table.rows),
        heap: Number(table.heap),
        toast: Number(table.toast),
        indexes: (byTable.get(table.oid) ?? []).map(({ name, bytes }) => ({ name, bytes: Number(bytes) })),
      }),
    ),
  };
}
