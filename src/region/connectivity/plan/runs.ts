/** Runs of scenarios as jobs: with progress, stopped with the best so far, gone on with after a crash. */
import { z } from 'zod';
import { makeRegion } from '../../../demo/region.ts';
import { Problem, problem } from '../../../platform/problem.ts';
import { localMoment } from '../../../web/dates.ts';
import type { RoomNeeds } from '../../../web/room.ts';
import type { Capability, Register } from '../model.ts';
import type { PlanInput } from './build-task.ts';
import type { KeptChoice } from './outcome.ts';
import { planSites } from './plan-sites.ts';
import { demonstrationRoads, type RoadMap } from './road-map.ts';
import type { RoadStore } from './road-store.ts';
import { curveInThread, planInThread, sensitivityInThread } from './run-in-thread.ts';
import type { ScenarioParameters } from './scenario.ts';
import type { ScenarioStore } from './scenario-store.ts';

export interface RunNeeds extends Pick<RoomNeeds, 'jobs' | 'clock' | 'database' | 'isDemonstration'> {
  readonly register: Register;
  readonly capability: Capability;
  readonly store: ScenarioStore;
  readonly roads: RoadStore;
}

export const planJob = 'line-plan';
export const studyJob = 'line-plan-study';
/** Of the scenario's budgets. */
const shares = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2];
const payload = z.strictObject({ scenario: z.uuid() });
const keptState = z.object({
  choices: z.array(z.object({ cluster: z.string(), year: z.number(), sites: z.array(z.string()) })),
});

/** Sites, lines and ground of a scenario, as they are now. */
export async function inputOf(needs: RunNeeds, parameters: ScenarioParameters): Promise<PlanInput> {
  const { register, capability, clock } = needs;
  const today = localMoment(clock.now()).key;
  const linesOn = parameters.linesOn ?? today;
  const kinds = new Set(parameters.kinds);
  const sites = (await register.sites())
    .filter(
      ({ kind, ics }) => (kinds.size === 0 || kinds.has(kind)) && (!parameters.ics || parameters.ics === ics),
    )
    .toSorted((x, y) => (x.id < y.id ? -1 : 1));
  const ids = sites.map(({ id }) => id);
  const [circuits, heldBack, roads] = await Promise.all([
    register.circuits(),
    linesOn < today ? new Map() : capability.heldBack(ids),
    roadsOf(needs, parameters.roads),
  ]);
  const bySite = Map.groupBy(circuits, ({ site }) => site);
  return {
    parameters,
    sites: planSites(
      sites,
      { circuits: bySite, heldBack },
      { linesOn, assumeLines: parameters.assumeLines, past: linesOn < today },
    ),
    ...(roads ? { roads } : {}),
    network: [],
  };
}

async function roadsOf(
  { roads, isDemonstration, clock }: RunNeeds,
  key: string,
): Promise<RoadMap | undefined> {
  if (key === 'none') return undefined;
  if (key === 'demonstration') {
    if (!isDemonstration)
      throw problem('not-found', 'There is no demonstration region here. Choose other roads.');
    return demonstrationRoads(makeRegion({ seed: 'roads', now: clock.now() }));
  }
  const found = await roads.find(key);
  if (!found)
    throw problem('not-found', 'The road map of this scenario is not there any more. Choose another one.');
  return found;
}

/** Keeps a scenario and queues its run, both or neither; harmless twice. */
export async function startScenario(
  { jobs, store, database }: RunNeeds,
  scenario: Parameters<ScenarioStore['add']>[0],
  delaySeconds = 0,
): Promise<void> {
  await database.pool.begin(async (sql) => {
    if (!(await store.add(scenario, sql))) return;
    await store.setJob(
      scenario.id,
      await jobs.start(planJob, { scenario: scenario.id }, sql, delaySeconds),
      sql,
    );
  });
}

export function defineRuns(needs: RunNeeds): void {
  const { jobs, store, clock } = needs;

  jobs.define(
    planJob,
    payload,
    async ({ payload: { scenario: id }, state, cancelled, progress, checkpoint }) => {
      const scenario = await store.find(id);
      if (!scenario) return undefined;
      if (scenario.state === 'done' || scenario.state === 'stopped') return undefined;
      await store.setState(id, 'running');
      try {
        const input = await inputOf(needs, scenario.parameters);
        const kept = keptState.safeParse(state);
        const start: readonly KeptChoice[] = kept.success
          ? kept.data.choices
          : scenario.base === undefined
            ? []
            : await store.choices(scenario.base);
        let saving: Promise<void> = Promise.resolve();
        const outcome = await planInThread(input, {
          start,
          signal: cancelled,
          progress: ({ stage, done, benefit, bound, choices }) => {
            const gap = bound > 0 ? (100 * (bound - benefit)) / bound : 100;
            progress(
              stage === 'groups' ? Math.round(90 * done) : 95,
              100,
              stage === 'groups'
                ? 'Looking at every way to serve each group of sites'
                : `Choosing: at most ${gap.toFixed(1)} % from the best there can be`,
            );
            if (choices && choices.length > 0)
              saving = saving.then(() => checkpoint({ choices })).catch(() => {}); // taken over: the end tells
          },
        });
        await saving;
        if (cancelled.aborted && cancelled.reason !== 'cancelled') {
          // The server stops, not the person: it goes on from here later.
          await checkpoint({ choices: outcome.choices });
          throw problem('transient', 'The server stopped. The run goes on when it is back.');
        }
        await store.keep(id, outcome, cancelled.aborted ? 'stopped' : 'done', clock.now());
        return { benefit: outcome.summary.benefit };
      } catch (error) {
        if (error instanceof Problem && error.status !== 503 && error.status < 500) {
          await store.setState(id, 'failed', error.message);
          return undefined;
        }
        if (!(error instanceof Problem && error.status === 503) && !cancelled.aborted)
          await store.setState(id, 'failed', 'Something went wrong on our side; the log tells where.');
        throw error;
      }
    },
  );

  jobs.define(studyJob, payload, async ({ payload: { scenario: id }, cancelled, progress }) => {
    const scenario = await store.find(id);
    if (!scenario) return undefined;
    const input = await inputOf(needs, scenario.parameters);
    if (!scenario.curve) {
      progress(0, 100, 'Benefit at other budgets');
      const curve = await curveInThread(input, shares, { signal: cancelled });
      cancelled.throwIfAborted();
      await store.keepStudy(id, { curve });
    }
    progress(30, 100, 'Prices and weights a fifth up and down');
    const sensitivity = await sensitivityInThread(input, {
      signal: cancelled,
      done: (share) => progress(Math.round(30 + 70 * share), 100),
    });
    cancelled.throwIfAborted();
    await store.keepStudy(id, { sensitivity });
    return undefined;
  });
}
