// What the lines of many sites carry at a moment, beside the bare reading of the rows it rests on:
//   npm run bench capability [sites] [database address]
// Without an address it starts a database of its own and throws it away. Never ends with an error because something was slow.
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/platform/clock.ts';
import { startCluster } from '../src/platform/cluster.ts';
import { openDatabase } from '../src/platform/database.ts';
import { migrate } from '../src/platform/migrations.ts';
import { seededRandom } from '../src/platform/random.ts';
import type { Actor } from '../src/record/actor.ts';
import type { CareRecord } from '../src/record/care-record.ts';
import { openJudgement } from '../src/region/connectivity/capability/judge-sites.ts';
import { openHourTable } from '../src/region/connectivity/measure/hour-table.ts';
import { openReadings } from '../src/region/connectivity/measure/readings.ts';
import { lineReadingMigrations } from '../src/region/connectivity/measure/schema.ts';
import { weekOf } from '../src/region/connectivity/measure/spreads.ts';
import { lineRegisterMigrations } from '../src/region/connectivity/register/schema.ts';
import { openStore } from '../src/region/connectivity/register/store.ts';

const count = Number(process.argv[2] ?? 10_000);
const given = process.argv[3];
const say = (text: string): void => console.log(text);

const folder = given === undefined ? await mkdtemp(join(tmpdir(), 'throughline-capability-')) : undefined;
const cluster = folder === undefined ? undefined : await startCluster(folder);
const database = await openDatabase({ url: given ?? cluster?.url ?? '' });
await migrate(database, [...lineRegisterMigrations, ...lineReadingMigrations]);
const { pool } = database;

/** One pattern of a week for every hundred sites: what is measured here is reading and judging, not making. */
async function fill(): Promise<void> {
  const random = seededRandom('capability');
  await pool`insert into line_provider (id, name) values ('provider', 'Provider') on conflict do nothing`;
  await pool`
    insert into line_site (id, name, kind, users, list_size, open, services, activity, closed)
    select 'site-' || n, 'Site ' || n, 'general-practice', 4 + n % 20, 2000 + n % 9000,
      '[{"day":0,"from":480,"until":1110},{"day":1,"from":480,"until":1110},{"day":2,"from":480,"until":1110},{"day":3,"from":480,"until":1110},{"day":4,"from":480,"until":1110}]',
      array['video', 'record'], '{"consultations":900,"videoWanted":90,"images":{"CR":12,"CT":2}}', false
    from generate_series(1, ${count}::int) n on conflict do nothing`;
  await pool`
    insert into line_circuit (id, site, provider, technology, role, state, sold_down, sold_up, terminations)
    select 'line-' || n, 'site-' || n, 'provider', (array['adsl', 'fttc', 'fttp', 'leased'])[1 + n % 4], 'main', 'live', 80, 20, '[]'
    from generate_series(1, ${count}::int) n on conflict do nothing`;
  const now = systemClock.now();
  const table = openHourTable(pool);
  for (let pattern = 0; pattern < 100; pattern += 1) {
    const speed = 2 ** random.between(0, 8);
    const readings = Array.from({ length: 56 * 14 }, (_, i) => ({
      ...{ started: now - i * 6_171_000, flags: [], down: speed * random.between(0.6, 1) },
      ...{ up: (speed / 5) * random.between(0.5, 1), idle: random.between(10, 50) },
      ...{ loaded: random.between(30, 400), jitter: random.between(1, 40), loss: random.between(0, 0.02) },
    }));
    await table.write(pool, [weekOf(`site-${pattern + 1}`, readings)], now);
  }
  await pool`
    insert into line_hour (site, hour, figures)
    select 'site-' || n, hour, figures from generate_series(101, ${count}::int) n
    join line_hour on line_hour.site = 'site-' || (1 + n % 100) on conflict do nothing`;
  await pool`
    insert into line_week (site, until, last, packed) select 'site-' || n, ${now}, ${now}, packed
    from generate_series(101, ${count}::int) n
    join line_week on line_week.site = 'site-' || (1 + n % 100) on conflict do nothing`;
  await pool`update line_register set version = version + 1`;
  for (const name of ['line_hour', 'line_week', 'line_site', 'line_circuit'])
    await pool.unsafe(`vacuum (analyze) ${name}`);
}

async function timed(name: string, work: () => Promise<number>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const from = performance.now();
    await work();
    times.push(performance.now() - from);
  }
  const [first = 0, ...rest] = times;
  const sorted = rest.toSorted((a, b) => a - b);
  say(
    `${name.padEnd(58)} first ${first.toFixed(0).padStart(6)} ms, then ${(sorted[1] ?? 0).toFixed(0).padStart(6)} ms`,
  );
}

try {
  say(`${count} sites, each measured 784 times in eight weeks`);
  await fill();
  const record = {} as CareRecord; // the register reads its own tables alone
  const actor: Actor = {
    ...{ id: 'Device/bench', name: 'Bench', role: 'system', purpose: 'HOPERAT', requestId: 'bench' },
    ...{ sight: 'everything', via: 'job' },
  };
  const register = openStore({ database, record, clock: systemClock, ownActor: actor });
  const readings = openReadings({ database, clock: systemClock, register });
  const judgement = openJudgement({
    ...{ register, readings, clock: systemClock },
    incidents: { open: async () => [] },
  });
  const ids = Array.from({ length: count }, (_, i) => `site-${i + 1}`);
  const at = systemClock.now();
  await timed('Bare limit: the rows of that hour, read and dropped', async () => {
    const rows = await pool`select site, hour, figures from line_hour where hour in (-1, 9)`;
    return rows.length;
  });
  await timed('capabilities(all sites, now)', async () => (await judgement.capabilities(ids, at)).size);
  await timed('siteCapability(one site, now)', async () => {
    await judgement.siteCapability('site-42', at);
    return 1;
  });
  await timed(
    'heldBack(all sites): every hour of the week; kept after',
    async () => (await judgement.heldBack(ids)).size,
  );
  say(`${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB resident at the end`);
} finally {
  await database.close();
  await cluster?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}
