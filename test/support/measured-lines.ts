/** A register with sites and what measures them, on a database of its own; served where a test asks. */
import Fastify from 'fastify';
import type { Clock } from '../../src/platform/clock.ts';
import { uuidv7 } from '../../src/platform/ids.ts';
import { createLog } from '../../src/platform/log.ts';
import { recordMigrations } from '../../src/record/schema.ts';
import { lineApi } from '../../src/region/connectivity/measure/api.ts';
import { openIncidentStore } from '../../src/region/connectivity/measure/incident-store.ts';
import { openLife } from '../../src/region/connectivity/measure/life.ts';
import { openLineAccess } from '../../src/region/connectivity/measure/line-access.ts';
import { type LossEcho, openLossEcho } from '../../src/region/connectivity/measure/loss-echo.ts';
import { openNdt7 } from '../../src/region/connectivity/measure/ndt7-server.ts';
import { openPlansOf } from '../../src/region/connectivity/measure/plans.ts';
import { openReadings } from '../../src/region/connectivity/measure/readings.ts';
import { lineReadingMigrations } from '../../src/region/connectivity/measure/schema.ts';
import { openSettling } from '../../src/region/connectivity/measure/settle.ts';
import { keepSubtest } from '../../src/region/connectivity/measure/subtest-reading.ts';
import type { Circuit, LineSite, RegisterChange } from '../../src/region/connectivity/model.ts';
import { lineRegisterMigrations } from '../../src/region/connectivity/register/schema.ts';
import { openStore } from '../../src/region/connectivity/register/store.ts';
import { atEnd, type Ending } from './ending.ts';
import { tester, testRecord } from './record.ts';

export const maker = { id: 'Practitioner/dev', name: 'Dev Malhotra' };

const siteOf = (id: string, exchange: string): LineSite => ({
  ...{ id, name: `Surgery ${id}`, kind: 'general-practice', exchange, closed: false },
  open: [0, 1, 2, 3, 4].map((day) => ({ day, from: 480, until: 1110 })),
  ...{ services: ['video'], activity: {} },
});
const circuitOf = (site: string, more: Partial<Circuit> = {}): Circuit => ({
  ...{ id: `line-${site}`, site, provider: 'fibre', technology: 'adsl', role: 'main', state: 'live' },
  ...{ terminations: [], ...more },
});

export interface TestSite {
  readonly id: string;
  readonly exchange?: string;
  readonly circuit?: Partial<Circuit>;
}

/** Sites `a`, `b` and `c` unless told otherwise; a clock that can be moved. */
export async function measuredLines(
  t: Ending,
  {
    start = Date.parse('2026-11-16T12:00:00Z'),
    sites = [{ id: 'a' }, { id: 'b' }, { id: 'c' }] as readonly TestSite[],
  } = {},
) {
  let now = start;
  const clock: Clock = { now: () => now };
  const { record, database } = await testRecord(t, {
    clock,
    migrations: [...recordMigrations, ...lineRegisterMigrations, ...lineReadingMigrations],
  });
  const register = openStore({ database, record, clock, ownActor: tester });
  const changes: RegisterChange[] = [
    { kind: 'provider', provider: { id: 'fibre', name: 'Brightfen Fibre' } },
    ...sites.flatMap(({ id, exchange = 'Harbour', circuit }): RegisterChange[] => [
      { kind: 'site', site: siteOf(id, exchange) },
      { kind: 'circuit', circuit: circuitOf(id, circuit) },
    ]),
  ];
  await register.save(changes, { ...maker, via: 'page' });
  const newId = uuidv7(clock);
  const log = createLog({ level: 'error' });
  const readings = openReadings({ database, clock, register });
  const life = openLife(database);
  const incidents = openIncidentStore(database, newId);
  const settling = openSettling({ database, clock, register, readings, life, incidents });
  const accesses = openLineAccess(database, clock, [new Uint8Array(32).fill(7)]);
  const plans = openPlansOf({
    ...{ database, clock, register, readings, accesses, record, ownActor: tester, seconds: 1 },
    hasRoom: () => true,
  });
  const token = async (site: string): Promise<{ id: string; secret: string }> => {
    const id = newId();
    await accesses.make({ id, site, name: 'reception', by: maker });
    return { id, secret: (await accesses.reveal(site, id, maker.id)) ?? '' };
  };
  /** What probes speak to, on a port of this machine. */
  const serve = async ({ port = 0, udp = false } = {}) => {
    let echo: LossEcho | undefined;
    const ndt7 = openNdt7({
      ...{ log, newId, limits: { seconds: 1, most: 100 } },
      accessOf: async (given) => {
        const found = accesses.open(given) ?? (await accesses.find(given));
        if (!found) return undefined;
        return 'by' in found ? found : { site: found.site, by: found.id, mostBytes: undefined, keep: true };
      },
      finished: (access, result) => keepSubtest({ readings, plans, clock }, access, result),
    });
    const app = Fastify({ forceCloseConnections: true });
    ndt7.attach(app.server);
    await app.register(
      lineApi({
        ...{ accesses, plans, readings, life, clock, echo: () => echo },
        lifeChanged: (site, from) => settling.lookAtLife(site, from, true),
      }),
    );
    if (udp) echo = await openLossEcho({ port: 0, host: '127.0.0.1' }, { accesses, clock, log });
    await app.listen({ port, host: '127.0.0.1' });
    let closed = false;
    const close = async () => {
      if (closed) return;
      closed = true;
      ndt7.close();
      echo?.close();
      await app.close();
    };
    atEnd(t, close);
    const address = app.server.address();
    const bound = typeof address === 'object' && address ? address.port : 0;
    return { url: `http://127.0.0.1:${bound}`, port: bound, close };
  };
  return {
    ...{
      database,
      clock,
      register,
      readings,
      life,
      incidents,
      settling,
      accesses,
      plans,
      token,
      serve,
      newId,
    },
    pass: (ms: number) => {
      now += ms;
    },
  };
}
