// Runs one plan in a thread of its own: see solve-in-thread.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { Problem, type ProblemKind } from '../../../platform/problem.ts';
import { planRegion, type RegionBounds, type RegionPlan } from './plan-region.ts';
import type { RegionChoice, RegionTask } from './region-task.ts';
import { type SteinerBounds, type SteinerResult, solveSteiner } from './solve-steiner.ts';
import type { SteinerProblem } from './steiner-problem.ts';

export type PlannerWork =
  | { readonly kind: 'trench'; readonly task: SteinerProblem; readonly seed: string; readonly gap: number }
  | {
      readonly kind: 'region';
      readonly task: RegionTask;
      readonly gap: number;
      readonly start: readonly RegionChoice[];
    };

export interface PlannerThreadData {
  readonly work: PlannerWork;
  /** One number, not 0 once the run should end. */
  readonly flag: SharedArrayBuffer;
}

export type FromPlannerThread =
  | { readonly bounds: SteinerBounds | RegionBounds }
  | { readonly result: SteinerResult | RegionPlan }
  | { readonly kind: ProblemKind; readonly message: string; readonly where?: string };

const { work, flag } = workerData as PlannerThreadData; // given by solve-in-thread.ts alone
const flags = new Int32Array(flag);
const send = (message: FromPlannerThread): void => parentPort?.postMessage(message);
const stop = (): boolean => Atomics.load(flags, 0) !== 0;

/** Only what is new: a long search asks to show the same figures many times. */
function onlyNew<T extends SteinerBounds | RegionBounds>(
  figures: (bounds: T) => string,
): (bounds: T) => void {
  let shown = '';
  return (bounds) => {
    const now = figures(bounds);
    if (now === shown) return;
    shown = now;
    send({ bounds });
  };
}

try {
  if (work.kind === 'trench') {
    const progress = onlyNew<SteinerBounds>(({ lower, upper }) => `${lower}/${upper}`);
    const { task, seed, gap } = work;
    send({ result: await solveSteiner(task, { seed, gap, stop, progress }) });
  } else {
    const progress = onlyNew<RegionBounds>(({ benefit, bound }) => `${benefit}/${bound}`);
    const { task, gap, start } = work;
    send({ result: await planRegion(task, { gap, start, stop, progress }) });
  }
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  const [fault] = error.faults;
  send({
    kind: fault?.kind ?? 'exception',
    message: error.message,
    ...(fault?.where ? { where: fault.where } : {}),
  });
}
