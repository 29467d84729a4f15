import { type Database, inTransaction, type Sql, type Transaction } from '../platform/database.ts';

/** What the server may do to each table that it must not be able to falsify; every other table it reads and writes. */
const guarded: Readonly<Record<string, string>> = {
  audit: 'select',
  audit_other: '', // reached through the whole log, as every month is
  audit_seal: 'select',
  audit_key: 'select, insert',
  audit_head: 'select, insert',
  audit_retired: 'select',
  schema_migration: 'select',
};

/** Which transaction wrote an audit entry, and in which order, is not for its writer to say. */
const ownColumns = ['xid', 'seq'];

const queueSchema = 'graphile_worker';
const lockKey = 7_316_403_204; // any number that nothing else uses

/**
 * Gives the server's user what it needs and takes away all else, in a schema that this owner migrated: it can add audit
 * entries, but neither change nor remove one, nor say that one belongs to an earlier transaction. Can be repeated.
 */
export async function grantServer(owner: Pick<Database, 'pool'>, server: string): Promise<void> {
  await inTransaction(owner, async (sql) => {
    await sql`select pg_advisory_xact_lock(${lockKey})`;
    const to = quoted(server);
    const [about] = await sql`
      select current_schema() as schema, current_setting('server_version_num')::int4 as version`;
    const schema: string = about?.['schema'];
    const all = `select, insert, update, delete${Number(about?.['version']) >= 170_000 ? ', maintain' : ''}`;
    const statements = [
      `revoke create on schema ${quoted(schema)} from public, ${to}`,
      `grant usage on schema ${quoted(schema)}, ${queueSchema} to ${to}`,
    ];
    for (const { name, path, month, columns } of await ownTables(sql, [schema, queueSchema])) {
      const rights = month ? '' : path.startsWith(`${queueSchema}.`) ? all : (guarded[name] ?? all);
      if (rights !== all) statements.push(`revoke all on ${path} from public, ${to}`);
      if (rights !== '') statements.push(`grant ${rights} on ${path} to ${to}`);
      if (name === 'audit')
        statements.push(
          `grant insert (${columns
            .filter((column) => !ownColumns.includes(column))
            .map(quoted)
            .join(', ')}) on ${path} to ${to}`,
        );
    }
    const sequences = await sql`
      select c.oid::regclass::text as path from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in (${schema}, ${queueSchema}) and c.relkind = 'S' and pg_has_role(c.relowner, 'usage')`;
    for (const { path } of sequences) statements.push(`grant usage, select on sequence ${path} to ${to}`);
    // The queue's tables show their rows to their owner alone unless a policy says otherwise.
    const closed = await sql`
      select c.oid::regclass::text as path from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = ${queueSchema} and c.relrowsecurity
        and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = ${server})`;
    for (const { path } of closed)
      statements.push(`create policy ${to} on ${path} to ${to} using (true) with check (true)`);
    for (const statement of statements) await sql.unsafe(statement);
  });
}

interface OwnTable {
  readonly name: string;
  /** As SQL names it. */
  readonly path: string;
  /** True for a part of the audit log. */
  readonly month: boolean;
  readonly columns: readonly string[];
}

async function ownTables(sql: Transaction, schemas: readonly string[]): Promise<readonly OwnTable[]> {
  const rows = await sql`
    select c.relname as name, format('%I.%I', n.nspname, c.relname) as path,
      c.relispartition and c.oid in (select relid from pg_partition_tree('audit')) as month,
      array(select attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ${sql(schemas)} and c.relkind in ('r', 'p') and pg_has_role(c.relowner, 'usage')
    order by c.relname`;
  return rows.map((row) => ({
    name: row['name'],
    path: row['path'],
    month: row['month'] === true,
    columns: row['columns'],
  }));
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** What the user of these connections could do to falsify the audit log, in words; nothing where all is as it should be. */
export async function rightsOverAudit(sql: Sql | Transaction): Promise<readonly string[]> {
  const [found] = await sql`
    with logs as (
      select oid, relowner from pg_class
      where oid in (select relid from pg_partition_tree('audit')) or oid in (to_regclass('audit_seal'), to_regclass('audit_head'))
    )
    select (select rolsuper from pg_roles where rolname = current_user) as superuser,
      (select rolcreaterole from pg_roles where rolname = current_user) as makes_roles,
      exists (select from logs where pg_has_role(relowner, 'member')) as owner,
      exists (select from logs where has_table_privilege(oid, 'update') or has_any_column_privilege(oid, 'update')) as changes,
      exists (select from logs where has_table_privilege(oid, 'delete')) as deletes,
      exists (select from logs where has_table_privilege(oid, 'truncate')) as empties,
      has_table_privilege('audit_seal', 'insert') as seals,
      has_column_privilege('audit', 'xid', 'insert') as dates`;
  const words: readonly (readonly [key: string, what: string])[] = [
    ['superuser', 'is a superuser'],
    ['makes_roles', 'may give itself the rights of other users'],
    ['owner', 'owns the audit log, so that it can drop it and switch its triggers off'],
    ['changes', 'may change audit entries'],
    ['deletes', 'may delete audit entries'],
    ['empties', 'may empty the audit log'],
    ['seals', 'may write seals of its own'],
    ['dates', 'may add audit entries to earlier transactions'],
  ];
  return words.filter(([key]) => found?.[key] === true).map(([, what]) => what);
}

/** How to mend it, for who runs the server. */
export const ownerAdvice =
  'Give DATABASE_URL a user that owns nothing, and the owner’s address as DATABASE_OWNER_URL: docs/operations.md.';
