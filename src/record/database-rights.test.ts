import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import '../../test/support/own-server.ts';
import { z } from 'zod';
import { testDatabase } from '../../test/support/database.ts';
import { atEnd } from '../../test/support/ending.ts';
import { tester } from '../../test/support/record.ts';
import { systemClock } from '../platform/clock.ts';
import { type Database, openDatabase } from '../platform/database.ts';
import { uuidv7 } from '../platform/ids.ts';
import { jobMigrations, openJobs } from '../platform/jobs.ts';
import { createLog } from '../platform/log.ts';
import { migrate } from '../platform/migrations.ts';
import { openSigningKey, signHead, signingKey } from './audit/heads.ts';
import { sealAll } from './audit/seal.ts';
import { verifyAudit } from './audit/verify.ts';
import { makeAuditPartitions } from './audit-partitions.ts';
import { bringUpToDate } from './bring-up-to-date.ts';
import { rightsOverAudit } from './database-rights.ts';
import { openRecord } from './record.ts';
import { recordMigrations } from './schema.ts';

const newId = uuidv7(systemClock);
const migrations = [...jobMigrations, ...recordMigrations];

/** A user of its own for the test, which may connect and no more, and a database migrated by its owner. */
async function asServer(t: TestContext): Promise<{ owner: Database; server: Database }> {
  const owner = await testDatabase(t);
  const user = `server_${newId().replaceAll('-', '')}`;
  await owner.pool.unsafe(`create role ${user} login password 'x'`);
  const url = new URL(owner.url);
  url.username = user;
  url.password = 'x';
  const server = await openDatabase({ url: url.href, pool: 3 });
  atEnd(t, async () => {
    await server.close();
    await owner.pool.unsafe(`drop owned by ${user}; drop role ${user}`);
  });
  await bringUpToDate({ asOwner: (work) => work(owner, user) }, migrations);
  return { owner, server };
}

const patient = (id: string) => ({
  kind: 'update' as const,
  type: 'Patient',
  id,
  text: JSON.stringify({ resourceType: 'Patient', id, name: [{ family: 'Oak' }] }),
});

test('the server’s user does all that the server does', async (t) => {
  const { owner, server } = await asServer(t);
  assert.deepEqual(await rightsOverAudit(server.pool), []);
  await makeAuditPartitions(server, Date.now());
  const record = openRecord({
    database: server,
    clock: systemClock,
    newId,
    baseUrl: 'http://127.0.0.1/fhir',
  });
  await record.commit(tester, [patient('a')]);
  await record.commit(tester, [patient('b'), { kind: 'delete', type: 'Patient', id: 'a' }]);
  await sealAll(server, systemClock);
  await signHead(server, systemClock, signingKey(Buffer.alloc(32, 1).toString('base64')));
  assert.deepEqual((await verifyAudit({ database: server })).faults, []);
  const [made] = await owner.pool`select count(*) as n from pg_partition_tree('audit') where isleaf`;
  assert.equal(Number(made?.['n']), 4);

  const log = createLog({ level: 'silent' });
  const jobs = await openJobs({ database: server, clock: systemClock, newId, log, concurrency: 1 });
  atEnd(t, () => jobs.close());
  const worked = new Promise<void>((done) => {
    jobs.define('greet', z.object({}), async () => done());
  });
  await jobs.run();
  await jobs.start('greet', {});
  await worked;
  await jobs.close();
});

/** What a server that was taken over might try. */
const attempts: readonly string[] = [
  `update audit set outcome = 500`,
  `delete from audit`,
  `truncate audit`,
  `update audit_other set outcome = 500`,
  `delete from audit_other`,
  `truncate audit_other`,
  `insert into audit_other (at, person, outcome, action, actor, actor_name, role, purpose, via, request)
     values (1, 0, 200, 'R', 'x', 'x', 'x', 'x', 'x', 'x')`,
  `insert into audit (xid, at, person, outcome, action, actor, actor_name, role, purpose, via, request)
     values ('7', 1, 0, 200, 'R', 'x', 'x', 'x', 'x', 'x', 'x')`,
  `insert into audit (seq, at, person, outcome, action, actor, actor_name, role, purpose, via, request)
     values (7, 1, 0, 200, 'R', 'x', 'x', 'x', 'x', 'x', 'x')`,
  `alter table audit disable trigger all`,
  `alter table audit_seal disable trigger all`,
  `alter table audit owner to current_user`,
  `alter table audit detach partition audit_other`,
  `alter table audit add column more text`,
  `drop table audit`,
  `drop table audit_other`,
  `drop trigger audit_is_final on audit`,
  `create trigger mine before insert on audit for each row execute function audit_is_final()`,
  `create or replace function audit_is_final() returns trigger language plpgsql as 'begin return null; end'`,
  `drop function audit_seal_next`,
  `alter function audit_seal_next(int8, int8) reset all`,
  `insert into audit_seal values (99, '0', '1', 0, 1, '{}', '{}', '{}', '', '')`,
  `update audit_seal set hash = ''`,
  `delete from audit_seal`,
  `truncate audit_seal`,
  `delete from audit_head`,
  `update audit_head set at = 0`,
  `insert into audit_retired values (202001, 1, 1)`,
  `select audit_retire(202611, 1)`,
  `delete from schema_migration`,
  `set session_replication_role = replica`,
  `create table public.audit_2030_01 (a int)`,
  `create rule quiet as on insert to audit do instead nothing`,
  `set role throughline`,
  `alter role current_user superuser`,
  `alter table audit enable row level security`,
  `select lo_import('/etc/passwd')`,
  `copy audit to '/tmp/audit.txt'`,
];

test('the server’s user can neither change nor remove an entry, nor what guards them', async (t) => {
  const { owner, server } = await asServer(t);
  const record = openRecord({
    database: server,
    clock: systemClock,
    newId,
    baseUrl: 'http://127.0.0.1/fhir',
  });
  await record.commit(tester, [patient('a')]);
  await sealAll(server, systemClock);
  for (const attempt of attempts)
    await assert.rejects(
      server.pool.unsafe(attempt),
      (error: { code?: string }) => error.code === '42501' || assert.fail(`${attempt}: ${error}`),
      attempt,
    );
  assert.deepEqual((await verifyAudit({ database: owner })).faults, []);
});

test('a table of the session’s own does not mislead what runs with the owner’s rights', async (t) => {
  const { owner, server } = await asServer(t);
  const record = openRecord({
    database: server,
    clock: systemClock,
    newId,
    baseUrl: 'http://127.0.0.1/fhir',
  });
  await record.commit(tester, [patient('a')]);
  await server.pool.begin(async (sql) => {
    await sql.unsafe(`create temp table audit (like public.audit including defaults) on commit drop;
      create temp table audit_seal (like public.audit_seal) on commit drop`);
    await sql`select audit_seal_next(1, 100)`;
  });
  const { faults, rows } = await verifyAudit({ database: owner });
  assert.deepEqual([faults, rows], [[], 1]);
});

test('whoever owns the log is told so', async (t) => {
  const { owner } = await asServer(t);
  const held = await rightsOverAudit(owner.pool);
  assert.ok(held.includes('is a superuser') && held.includes('may delete audit entries'));
});

test('a database without an owner apart from the server is migrated by the server, and needs nothing more', async (t) => {
  const database = await testDatabase(t);
  const store = {
    asOwner: <T>(work: (owner: Database, server: string | undefined) => Promise<T>) =>
      work(database, undefined),
  };
  assert.equal((await bringUpToDate(store, migrations)).length, migrations.length);
  assert.deepEqual(await bringUpToDate(store, migrations), []);
});

test('a server that may not migrate says what to set', async (t) => {
  const { server } = await asServer(t);
  const store = {
    asOwner: <T>(work: (owner: Database, user: string | undefined) => Promise<T>) => work(server, undefined),
  };
  assert.deepEqual(await bringUpToDate(store, migrations), [], 'nothing is missing');
  const next = { room: 'more', number: 1, title: 'more', sql: 'create table more (a int)' };
  await assert.rejects(bringUpToDate(store, [...migrations, next]), /DATABASE_OWNER_URL/);
});

test('a database that an earlier release filled goes on under the server’s user', async (t) => {
  const owner = await testDatabase(t);
  await migrate(
    owner,
    migrations.filter(({ room }) => room !== 'audit'),
  );
  await makeOldEntry(owner);
  const user = `server_${newId().replaceAll('-', '')}`;
  await owner.pool.unsafe(`create role ${user} login password 'x'`);
  atEnd(t, async () => {
    await owner.pool.unsafe(`drop owned by ${user}; drop role ${user}`);
  });
  await bringUpToDate({ asOwner: (work) => work(owner, user) }, migrations);
  assert.equal(await sealAll(owner, systemClock), 1);
  assert.deepEqual((await verifyAudit({ database: owner })).faults, []);
});

const makeOldEntry = (owner: Database) => owner.pool`
  insert into audit (at, person, outcome, action, actor, actor_name, role, purpose, via, request)
  values (1, 0, 200, 'R', 'x', 'x', 'x', 'x', 'x', 'x')`;

test('the key in the data folder is made once and is for its account alone', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-key-'));
  atEnd(t, async () => rmSync(folder, { recursive: true }));
  const first = openSigningKey(undefined, folder);
  assert.equal(openSigningKey(undefined, folder).id, first.id);
  if (process.platform !== 'win32') assert.equal(statSync(join(folder, 'audit-signing-key')).mode & 0o077, 0);
  assert.notEqual(openSigningKey(Buffer.alloc(32, 1).toString('base64'), folder).id, first.id);
  assert.throws(() => signingKey('c2hvcnQ='), /openssl rand/);
});
