// How many readings of lines a second are kept, beside a bare COPY of the same rows into a bare table in the same run on the
// same database (fsync on), and how long what capability asks of all sites takes:
//   throughline bench readings [readings] [sites]
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/platform/clock.ts';
import { startCluster, stopCluster } from '../src/platform/cluster.ts';
import { copyInto, copyLine, openDatabase } from '../src/platform/database.ts';
import { migrate } from '../src/platform/migrations.ts';
import { seededRandom } from '../src/platform/random.ts';
import { openHourTable } from '../src/region/connectivity/measure/hour-table.ts';
import { openReadings } from '../src/region/connectivity/measure/readings.ts';
import { lineReadingMigrations } from '../src/region/connectivity/measure/schema.ts';
import { weekOf } from '../src/region/connectivity/measure/spreads.ts';
import type { LineSite, Reading } from '../src/region/connectivity/model.ts';

const [count, siteCount] = [Number(process.argv[2] ?? 100_000), Number(process.argv[3] ?? 10_000)];
const print = (line: string) => process.stdout.write(`${line}\n`);
const random = seededRandom('readings');
const home = mkdtempSync(join(tmpdir(), 'throughline-readings-'));
chmodSync(home, 0o711);
const cluster = await startCluster(home);
const database = await openDatabase({ url: cluster.url });
const { pool } = database;
const now = systemClock.now();
const sites = Array.from(
  { length: siteCount },
  (_, i): LineSite => ({
    ...{ id: `site-${i}`, name: `Site ${i}`, kind: 'general-practice', open: [], services: [], activity: {} },
    closed: false,
  }),
);
const made = (label: string, total: number): Reading[] =>
  Array.from({ length: total }, (_, i) => {
    const started = now - random.whole(1, 50 * 24 * 3600) * 1000;
    const down = Number(random.between(2, 80).toPrecision(4));
    return {
      ...{ id: `${label}-${i}`, site: `site-${i % siteCount}`, started, received: now, source: 'probe' },
      ...{
        down,
        up: Number((down / 8).toPrecision(4)),
        idle: random.whole(9, 60),
        loaded: random.whole(20, 300),
      },
      ...{
        jitter: random.whole(1, 20),
        loss: 0,
        bytes: random.whole(1e6, 9e7),
        flags: [],
        by: `probe-${i % siteCount}`,
      },
    };
  });
const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
};
const rate = (n: number, took: number) => `${Math.round(n / took).toLocaleString('en-GB')} a second`;

try {
  await migrate(database, lineReadingMigrations);
  await pool`
    create table bare (site text, id text, circuit text, started int8, received int8, source text, down real, up real,
      idle real, loaded real, jitter real, loss real, bytes int8, flags text[], by text)`;
  const store = openReadings({ database, clock: systemClock, register: { sites: async () => sites } });
  const rows = made('one', count);
  const shares: number[] = [];
  // By turns, each three times, so that a busy machine slows both.
  for (const turn of ['first', 'second', 'third']) {
    const own = rows.map((row) => ({ ...row, id: `${turn}-${row.id}` }));
    const bare = await seconds(() =>
      copyInto(
        pool,
        'bare',
        own.map((r) =>
          copyLine([
            ...[r.site, r.id, null, r.started, r.received, r.source, r.down, r.up, r.idle, r.loaded],
            ...[r.jitter, r.loss, r.bytes, '{}', r.by],
          ]),
        ),
      ),
    );
    // As probes send them: many small calls at once.
    const kept = await seconds(async () => {
      for (let at = 0; at < own.length; at += 20_000)
        await Promise.all(
          Array.from({ length: Math.ceil(Math.min(20_000, own.length - at) / 20) }, (_, i) =>
            store.add(own.slice(at + i * 20, at + (i + 1) * 20)),
          ),
        );
    });
    const again = await seconds(() => store.add(own.slice(0, 20_000)));
    shares.push(bare / kept);
    print(
      `${turn.padEnd(7)} kept ${rate(count, kept)}; bare COPY ${rate(count, bare)}; sent again ${rate(20_000, again)}`,
    );
  }
  print(`share of the bare limit: ${(100 * shares.sort()[1]!).toFixed(0)}% (the middle one of three)`);

  const table = openHourTable(pool);
  const week = weekOf('site-0', made('week', 320));
  const filling = await seconds(() =>
    pool.begin(async (sql) => {
      for (let from = 0; from < siteCount; from += 20)
        await table.write(
          sql,
          sites.slice(from, from + 20).map(({ id }) => ({ ...week, site: id })),
          now,
        );
    }),
  );
  print(`percentiles written: ${rate(siteCount, filling)} sites`);
  await pool`analyze line_hour`;
  for (let i = 0; i < 3; i += 1) {
    const took = await seconds(() => store.weeks(now, undefined, { hour: 34 }));
    print(`one hour of the week of ${siteCount} sites: ${took.toFixed(2)} s`);
  }
} finally {
  await database.close();
  await stopCluster(home);
  rmSync(home, { recursive: true, force: true });
}
