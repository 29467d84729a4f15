import { Worker } from 'node:worker_threads';
import { problem } from '../../../platform/problem.ts';
import type { SteinerBounds, SteinerResult } from './solve-steiner.ts';
import type { SteinerProblem } from './steiner-problem.ts';
import type { FromSteinerThread, SteinerThreadData } from './steiner-thread.ts';

export interface ThreadOptions {
  readonly seed?: string;
  readonly gap?: number;
  readonly progress?: (bounds: SteinerBounds) => void;
  /** Aborted, the run ends soon with its best tree and bound so far. It is no error. */
  readonly signal?: AbortSignal;
  /** Ends the run likewise after so long. */
  readonly seconds?: number;
}

/** `solveSteiner` in a thread of its own, so that pages stay quick meanwhile. */
export async function solveInThread(
  task: SteinerProblem,
  options: ThreadOptions = {},
): Promise<SteinerResult> {
  const { seed = '', gap = 0, progress, signal, seconds } = options;
  const flag = new SharedArrayBuffer(4);
  const flags = new Int32Array(flag);
  const end = (): void => void Atomics.store(flags, 0, 1);
  if (signal?.aborted) end();
  signal?.addEventListener('abort', end);
  const timer = seconds === undefined ? undefined : setTimeout(end, seconds * 1000);
  const data: SteinerThreadData = { task, seed, gap, flag };
  const worker = new Worker(new URL('./steiner-thread.ts', import.meta.url), { workerData: data });
  try {
    return await new Promise<SteinerResult>((done, failed) => {
      worker.on('message', (message: FromSteinerThread) => {
        if ('bounds' in message) progress?.(message.bounds);
        else if ('result' in message) done(message.result);
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
