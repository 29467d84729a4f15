// Runs one solve in a thread of its own: see solve-in-thread.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { Problem, type ProblemKind } from '../../../platform/problem.ts';
import { type SteinerBounds, type SteinerResult, solveSteiner } from './solve-steiner.ts';
import type { SteinerProblem } from './steiner-problem.ts';

export interface SteinerThreadData {
  readonly task: SteinerProblem;
  readonly seed: string;
  readonly gap: number;
  /** One number, not 0 once the run should end. */
  readonly flag: SharedArrayBuffer;
}

export type FromSteinerThread =
  | { readonly bounds: SteinerBounds }
  | { readonly result: SteinerResult }
  | { readonly kind: ProblemKind; readonly message: string; readonly where?: string };

const { task, seed, gap, flag } = workerData as SteinerThreadData; // given by solve-in-thread.ts alone
const flags = new Int32Array(flag);
const send = (message: FromSteinerThread): void => parentPort?.postMessage(message);
let shown = '';

try {
  const result = await solveSteiner(task, {
    ...{ seed, gap },
    stop: () => Atomics.load(flags, 0) !== 0,
    progress: (bounds) => {
      // Only what is new: a long search asks to show the same figures many times.
      const figures = `${bounds.lower}/${bounds.upper}`;
      if (figures === shown) return;
      shown = figures;
      send({ bounds });
    },
  });
  send({ result });
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  const [fault] = error.faults;
  send({
    kind: fault?.kind ?? 'exception',
    message: error.message,
    ...(fault?.where ? { where: fault.where } : {}),
  });
}
