import { Worker } from 'node:worker_threads';
import { problem } from '../../../platform/problem.ts';
import type { RegionBounds, RegionPlan } from './plan-region.ts';
import type { FromPlannerThread, PlannerThreadData, PlannerWork } from './planner-thread.ts';
import type { RegionChoice, RegionTask } from './region-task.ts';
import type { SteinerBounds, SteinerResult } from './solve-steiner.ts';
import type { SteinerProblem } from './steiner-problem.ts';

export interface ThreadOptions<Bounds> {
  /** Good enough, as a share. 0 unless given. */
  readonly gap?: number;
  readonly progress?: (bounds: Bounds) => void;
  /** Aborted, the run ends soon with its best plan and bound so far. It is no error. */
  readonly signal?: AbortSignal;
  /** Ends the run likewise after so long. */
  readonly seconds?: number;
}

/** `solveSteiner` in a thread of its own, so that pages stay quick meanwhile. */
export function solveInThread(
  task: SteinerProblem,
  options: ThreadOptions<SteinerBounds> & { readonly seed?: string } = {},
): Promise<SteinerResult> {
  const { seed = '', gap = 0 } = options;
  return runThread<SteinerResult, SteinerBounds>({ kind: 'trench', task, seed, gap }, options);
}

/** `planRegion` in a thread of its own. `start`: a plan that is known. */
export function planRegionInThread(
  task: RegionTask,
  options: ThreadOptions<RegionBounds> & { readonly start?: readonly RegionChoice[] } = {},
): Promise<RegionPlan> {
  const { start = [], gap = 0 } = options;
  return runThread<RegionPlan, RegionBounds>({ kind: 'region', task, gap, start }, options);
}

async function runThread<Result, Bounds>(
  work: PlannerWork,
  { progress, signal, seconds }: ThreadOptions<Bounds>,
): Promise<Result> {
  const flag = new SharedArrayBuffer(4);
  const flags = new Int32Array(flag);
  const end = (): void => void Atomics.store(flags, 0, 1);
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end);
  const timer = seconds === undefined ? undefined : setTimeout(end, seconds * 1000);
  const data: PlannerThreadData = { work, flag };
  const worker = new Worker(new URL('./planner-thread.ts', import.meta.url), { workerData: data });
  try {
    return await new Promise<Result>((done, failed) => {
      worker.on('message', (message: FromPlannerThread) => {
        // The thread answers with what the kind of its work gives.
        if ('bounds' in message) progress?.(message.bounds as Bounds);
        else if ('result' in message) done(message.result as Result);
        else failed(problem(message.kind, message.message, message.where ? { where: message.where } : {}));
      });
      worker.on('error', failed);
      worker.on('exit', (code) =>
        failed(problem('exception', `The thread of the planner ended early, with code ${code}.`)),
      );
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    await worker.terminate();
  }
}
