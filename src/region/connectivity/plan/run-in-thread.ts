/** Runs a scenario in a thread of its own, so that pages stay quick meanwhile. */
import { Worker } from 'node:worker_threads';
import { type ProblemKind, problem } from '../../../platform/problem.ts';
import type { PlanInput } from './build-task.ts';
import type { KeptChoice, PlanOutcome } from './outcome.ts';
import type { CurvePoint, PlanProgress } from './plan-programme.ts';
import type { Sensitivity } from './sensitivity.ts';

export type PlanWork =
  | { readonly kind: 'plan'; readonly input: PlanInput; readonly start: readonly KeptChoice[] }
  | { readonly kind: 'curve'; readonly input: PlanInput; readonly shares: readonly number[] }
  | { readonly kind: 'sensitivity'; readonly input: PlanInput };

export interface PlanThreadData {
  readonly work: PlanWork;
  /** One number, not 0 once the run should end. */
  readonly flag: SharedArrayBuffer;
}

export type FromPlanThread =
  | { readonly progress: PlanProgress }
  | { readonly done: number }
  | { readonly result: PlanOutcome | readonly CurvePoint[] | readonly Sensitivity[] }
  | { readonly kind: ProblemKind; readonly message: string };

export interface ThreadOptions {
  /** Aborted, the run ends soon with its best so far. */
  readonly signal?: AbortSignal;
  readonly progress?: (progress: PlanProgress) => void;
  readonly done?: (share: number) => void;
}

export const planInThread = (
  input: PlanInput,
  options: ThreadOptions & { readonly start?: readonly KeptChoice[] } = {},
): Promise<PlanOutcome> => run<PlanOutcome>({ kind: 'plan', input, start: options.start ?? [] }, options);

export const curveInThread = (
  input: PlanInput,
  shares: readonly number[],
  options: ThreadOptions = {},
): Promise<readonly CurvePoint[]> => run({ kind: 'curve', input, shares }, options);

export const sensitivityInThread = (
  input: PlanInput,
  options: ThreadOptions = {},
): Promise<readonly Sensitivity[]> => run({ kind: 'sensitivity', input }, options);

async function run<Result>(work: PlanWork, { signal, progress, done }: ThreadOptions): Promise<Result> {
  const flag = new SharedArrayBuffer(4);
  const flags = new Int32Array(flag);
  const end = (): void => void Atomics.store(flags, 0, 1);
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end);
  const data: PlanThreadData = { work, flag };
  const worker = new Worker(new URL('./planner-worker.ts', import.meta.url), { workerData: data });
  try {
    return await new Promise<Result>((settled, failed) => {
      worker.on('message', (message: FromPlanThread) => {
        // The thread answers with what the kind of its work gives.
        if ('result' in message) settled(message.result as Result);
        else if ('progress' in message) progress?.(message.progress);
        else if ('done' in message) done?.(message.done);
        else failed(problem(message.kind, message.message));
      });
      worker.on('error', failed);
      worker.on('exit', (code) =>
        failed(problem('exception', `The thread of the planner ended early, with code ${code}.`)),
      );
    });
  } finally {
    signal?.removeEventListener('abort', end);
    await worker.terminate();
  }
}
