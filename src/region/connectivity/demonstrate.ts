/**
 * Gives the demonstration region its lines: a job after the server listens, since two years of tests take some seconds. Cut short
 * anywhere, it goes on; what is there already stays as it is. Its probes are heard as long as a server runs.
 */
import { z } from 'zod';
import { readDemonstration } from '../../demo/demonstration-note.ts';
import { demoLines } from '../../demo/lines/demo-lines.ts';
import type { Region } from '../../demo/model.ts';
import { makeRegion } from '../../demo/region.ts';
import { inTransaction } from '../../platform/database.ts';
import type { JobContext } from '../../platform/jobs.ts';
import type { Room, RoomNeeds } from '../../web/room.ts';
import type { LineMeasures } from './measure/index.ts';
import type { By, Register, RegisterChange } from './model.ts';

/**
 * A part that has something of its own to show. By then the sites and lines of the demonstration stand in the register, with their
 * readings. Aborted, it ends soon. It is called again after it was cut short: what is there stays.
 */
export interface DemonstratingRoom extends Room {
  readonly demonstrate?: (region: Region, signal: AbortSignal) => Promise<unknown>;
}

export interface DemonstrationParts
  extends Pick<RoomNeeds, 'record' | 'database' | 'jobs' | 'clock' | 'log' | 'shell'> {
  readonly register: Register;
  readonly measures: Pick<LineMeasures, 'readings' | 'incidents' | 'addLife'>;
  /** In their order: the agreed plan first, its delivery after. */
  readonly parts: readonly DemonstratingRoom[];
}

export interface LineDemonstration extends Room {
  /**
   * Begins, unless it was done or the register holds other sites. `few`: with a few tests in place of many, and only when a
   * page of lines is first asked for: a region made quickly is often made for something else.
   */
  readonly begin: (asked: { readonly few: boolean }) => Promise<void>;
  readonly close: () => Promise<void>;
}

const kind = 'line-demonstration';
const by: By = { id: 'Device/demonstration', name: 'Demonstration', via: 'demonstration' };
const payload = z.object({ few: z.boolean() });
const stepShape = z.object({ step: z.int() }).catch({ step: 0 });
const lookEvery = 1_500;
const beatEvery = 60_000;
/** How far back incidents are looked for. */
const rescanned = 730 * 86_400_000;

export function openDemonstration(needs: DemonstrationParts): LineDemonstration {
  const { record, database, jobs, clock, log, shell, register, measures, parts } = needs;
  const { pool } = database;
  let isMaking = false;
  /** Nobody has asked for a page of lines yet. */
  let isWaiting = false;
  const timers = new Set<NodeJS.Timeout>();

  shell.addNotice((request) =>
    isMaking && isOfLines(request.url)
      ? 'The lines of the demonstration are being made. Some are not here yet: open this page again in a minute.'
      : undefined,
  );

  const linesOf = async (few: boolean) => {
    const demonstration = await readDemonstration(record);
    if (!demonstration) return undefined;
    const region = makeRegion(demonstration);
    const lines = demoLines(region, { until: clock.now(), few });
    return { lines, region };
  };

  const work = async ({
    payload: { few },
    state,
    cancelled,
    progress,
    checkpoint,
  }: JobContext<z.infer<typeof payload>>) => {
    const found = await linesOf(few);
    if (!found) return { made: false };
    const { lines, region } = found;
    const steps: readonly (() => Promise<unknown>)[] = [
      () => register.save(changesOf(lines), by),
      () => measures.readings.addHistory(lines.readings()),
      () => measures.addLife(lines.life),
      () => measures.incidents.rescan(region.now - rescanned),
      ...parts.map((part) => () => part.demonstrate?.(region, cancelled) ?? Promise.resolve()),
    ];
    const from = stepShape.parse(state ?? {}).step;
    for (const [step, run] of steps.entries()) {
      if (step < from) continue;
      cancelled.throwIfAborted();
      progress(step, steps.length);
      await run();
      await checkpoint({ step: step + 1 });
    }
    await pool`update line_demonstration set done = ${clock.now()}`;
    return { made: true };
  };
  jobs.define(kind, payload, work);

  /** The job that makes it: the one that is under way, or a new one where none is. Undefined: it is done, or there is none. */
  const started = (few: boolean): Promise<string | undefined> =>
    inTransaction(database, async (sql) => {
      await sql`lock table line_demonstration in exclusive mode`;
      const [row] = await sql<
        { job: string | null; done: string | null }[]
      >`select job, done from line_demonstration`;
      if (row?.done) return undefined;
      if (!row && (await register.sites({ closed: true })).length > 0) return undefined;
      const status = row?.job ? await jobs.status(row.job) : undefined;
      if (row?.job && (status?.state === 'waiting' || status?.state === 'running')) return row.job;
      const job = await jobs.start(kind, { few }, sql);
      await sql`
        insert into line_demonstration (begun, job) values (${clock.now()}, ${job})
        on conflict (one) do update set job = excluded.job`;
      return job;
    });

  const again = (work: () => Promise<void>, every: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work().catch((error: unknown) =>
        log.warn({ err: error }, 'the demonstration of lines could not be looked at'),
      );
    }, every);
    timer.unref();
    timers.add(timer);
  };

  /** Until the job has ended, pages say that it has not. */
  const follow = async (job: string): Promise<void> => {
    const status = await jobs.status(job);
    isMaking = status?.state === 'waiting' || status?.state === 'running';
    if (isMaking) again(() => follow(job), lookEvery);
    else await keepBeating();
  };

  /** The last sign of life of each probe goes on to now, so that no line falls silent because nobody measures it. */
  const keepBeating = async (): Promise<void> => {
    const [row] = await pool`select begun from line_demonstration`;
    const found = row && (await linesOf(true));
    if (!found) return;
    const last = new Map(found.lines.life.map((span) => [span.site, span]));
    const alive = [...last.values()].filter(({ kind: what }) => what === 'up');
    const beat = async (): Promise<void> => {
      const ended = clock.now();
      await measures.addLife(alive.map((span) => ({ ...span, ended })));
      again(beat, beatEvery);
    };
    await beat();
  };

  const make = async (few: boolean): Promise<void> => {
    const job = await started(few);
    if (job === undefined) {
      isMaking = false;
      await keepBeating();
    } else await follow(job);
  };

  return {
    async begin({ few }) {
      const [row] = await pool`select begun from line_demonstration`;
      isWaiting = few && row === undefined;
      if (!isWaiting) await make(few);
    },
    register: (app) => {
      app.addHook('onRequest', async (request) => {
        if (!isWaiting || !isOfLines(request.url)) return;
        isWaiting = false;
        isMaking = true;
        const failed = (error: unknown) => {
          isMaking = false;
          throw error;
        };
        again(() => make(true).catch(failed), 0);
      });
    },
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

const isOfLines = (url: string): boolean => /^\/lines(\/|\?|$)/.test(url);

function changesOf({ sites, providers, circuits }: ReturnType<typeof demoLines>): RegisterChange[] {
  return [
    ...providers.map((provider): RegisterChange => ({ kind: 'provider', provider })),
    ...sites.map((site): RegisterChange => ({ kind: 'site', site })),
    ...circuits.map((circuit): RegisterChange => ({ kind: 'circuit', circuit })),
  ];
}
