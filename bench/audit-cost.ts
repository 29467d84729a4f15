/**
 * What the audit log costs: the CPU time of its rows and of sealing them apart, how fast it is verified, and how long reads take
 * that many connections ask for at once, with the log and without.
 *   node bench/audit-cost.ts [--rows 100000] [--seconds 5]
 * On a database of its own with the product's settings. CPU times need Linux.
 */
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/platform/clock.ts';
import { startCluster, stopCluster } from '../src/platform/cluster.ts';
import { type Database, openDatabase } from '../src/platform/database.ts';
import { uuidv7 } from '../src/platform/ids.ts';
import { jobMigrations } from '../src/platform/jobs.ts';
import { createLog } from '../src/platform/log.ts';
import type { Actor } from '../src/record/actor.ts';
import { signingKey } from '../src/record/audit/heads.ts';
import { keepSealing, sealAll } from '../src/record/audit/seal.ts';
import { verifyAudit } from '../src/record/audit/verify.ts';
import { makeAuditPartitions } from '../src/record/audit-partitions.ts';
import { bringUpToDate } from '../src/record/bring-up-to-date.ts';
import { Group } from '../src/record/group.ts';
import { openRecord } from '../src/record/record.ts';
import { recordMigrations } from '../src/record/schema.ts';
import { type AuditRow, auditStatement } from '../src/record/statement.ts';
import { run } from '../src/record/store.ts';
import { typeNumber } from '../src/record/type-numbers.ts';
import { percentile } from './summary.ts';

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '100000' }, seconds: { type: 'string', default: '5' } },
});
const rows = Number(values.rows);
const seconds = Number(values.seconds);
const connections = 16;

const newId = uuidv7(systemClock);
const actor = (): Actor => ({
  id: 'Practitioner/0193fe2b-aaaa-7bbb-8ccc-0123456789ab',
  name: 'Dr Amelia Oakwood',
  role: 'gp',
  organisation: 'Organization/0193fe2b-aaaa-7bbb-8ccc-0123456789cd',
  purpose: 'TREAT',
  sight: 'everything',
  requestId: newId(),
  via: 'api',
});

/** CPU time of the database's processes, in ms: of those that live, and of those that its first one has seen end. */
function databaseCpu(postmaster: number): number {
  let ticks = 0;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const [, parent] = fields;
      const own = fields[11]! + fields[12]!;
      if (Number(entry) === postmaster) ticks += own + fields[13]! + fields[14]!;
      else if (parent === postmaster) ticks += own;
    } catch {
      // it has ended since
    }
  }
  return ticks * 10;
}

const home = mkdtempSync(join(tmpdir(), 'throughline-audit-cost-'));
chmodSync(home, 0o711);
const cluster = await startCluster(home);
const postmaster = Number(readFileSync(join(home, 'data/postmaster.pid'), 'utf8').split('\n')[0]);
try {
  const owner = await openDatabase({ url: cluster.url, pool: 1 });
  await bringUpToDate({ asOwner: (work) => work(owner, 'throughline_server') }, [
    ...jobMigrations,
    ...recordMigrations,
  ]);
  await owner.close();
  const database = await openDatabase({ url: cluster.serverUrl });
  await makeAuditPartitions(database, systemClock.now());
  await costOfRows(database);
  await timesOfReads(database);
  await database.close();
} finally {
  await stopCluster(home);
  rmSync(home, { recursive: true, force: true });
}

async function measured(what: string, count: number, work: () => Promise<unknown>): Promise<void> {
  const database = databaseCpu(postmaster);
  const own = process.cpuUsage();
  const begun = performance.now();
  await work();
  const took = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(own);
  const each = (microseconds: number): string => (microseconds / count).toFixed(1);
  console.log(
    `${what.padEnd(34)} ${each((databaseCpu(postmaster) - database) * 1000).padStart(7)} µs database, ${each(user + system).padStart(6)} µs server a row; ${Math.round(count / took)}/s`,
  );
}

async function costOfRows(database: Database): Promise<void> {
  const row = (n: number): AuditRow => ({
    ...{
      at: systemClock.now(),
      actor: actor(),
      action: 'R',
      outcome: 200,
      person: String(BigInt(n) * 7919n),
    },
    ...{ type: 5, id: newId(), version: 1 },
  });
  for (const group of [1, 16, 64]) {
    const count = group === 1 ? Math.ceil(rows / 20) : rows;
    await measured(`insert, ${group} to a commit`, count, async () => {
      for (let n = 0; n < count; n += group)
        await run(database.batch, auditStatement(Array.from({ length: group }, (_, i) => row(n + i))));
    });
  }
  const [all] = await database.pool`select count(*) as n from audit`;
  const count = Number(all?.['n']);
  await measured('seal', count, () => sealAll(database, systemClock));
  await measured('verify', count, () => verifyAudit({ database }));
}

/** Reads by id as the record does them, beside the same statement without its audit entry, gathered in the same way. */
async function timesOfReads(database: Database): Promise<void> {
  const record = openRecord({ database, clock: systemClock, newId, baseUrl: 'http://127.0.0.1/fhir' });
  const ids = Array.from({ length: 1000 }, () => newId());
  for (const id of ids)
    await record.commit(actor(), [
      {
        kind: 'update',
        type: 'Patient',
        id,
        text: JSON.stringify({ resourceType: 'Patient', id, gender: 'female' }),
      },
    ]);
  const plain = new Group<string, undefined>(
    async (asked) => {
      await database.batch.unsafe(
        `with asked as materialized (select * from unnest($1::text[]) a(id))
         select coalesce(r.body, '') from asked a left join identity i on i.type = $2 and i.id = a.id
         left join resource r on r.person = i.person and r.pk = i.pk`,
        [[...asked], typeNumber('Patient')],
        { prepare: true },
      );
      return asked.map(() => undefined);
    },
    { largest: 64, slots: 2 },
  );
  const audited = (id: string) => record.read(actor(), 'Patient', id);
  const end = keepSealing({
    ...{ database, clock: systemClock, log: createLog({ level: 'warn' }) },
    key: signingKey(Buffer.alloc(32, 1).toString('base64')),
  });
  for (const rate of [undefined, 5000]) {
    await times('reads without the log', (id) => plain.add(id), ids, rate);
    await times('reads with the log, sealing', audited, ids, rate);
  }
  await end();
}

/** Asks on so many connections, as fast as they answer or at a rate, and prints the times. */
async function times(
  what: string,
  ask: (id: string) => Promise<unknown>,
  ids: readonly string[],
  rate: number | undefined,
): Promise<void> {
  const taken: number[] = [];
  const begun = performance.now();
  const cpu = databaseCpu(postmaster);
  const own = process.cpuUsage();
  let turn = 0;
  const client = async (): Promise<void> => {
    for (;;) {
      const now = performance.now();
      if (now - begun > seconds * 1000) return;
      if (rate !== undefined && turn > ((now - begun) / 1000) * rate) {
        await pause(1);
        continue;
      }
      const id = ids[turn++ % ids.length]!;
      const sent = performance.now();
      await ask(id);
      taken.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  const wall = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(own);
  taken.sort((a, b) => a - b);
  const p = (share: number): string => percentile(taken, share).toFixed(2);
  console.log(
    `${what.padEnd(28)} ${connections} connections: ${Math.round(taken.length / wall)}/s, p50 ${p(0.5)} ms, p99 ${p(0.99)} ms; CPU ${Math.round((databaseCpu(postmaster) - cpu) / wall / 10)} % database, ${Math.round((user + system) / wall / 10_000)} % server`,
  );
}
