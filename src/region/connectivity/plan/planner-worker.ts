// Runs one scenario in a thread of its own: see run-in-thread.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { Problem } from '../../../platform/problem.ts';
import { budgetCurve, planProgramme } from './plan-programme.ts';
import type { FromPlanThread, PlanThreadData } from './run-in-thread.ts';
import { sensitivityOf } from './sensitivity.ts';

const { work, flag } = workerData as PlanThreadData; // given by run-in-thread.ts alone
const flags = new Int32Array(flag);
const stop = (): boolean => Atomics.load(flags, 0) !== 0;
const send = (message: FromPlanThread): void => parentPort?.postMessage(message);

try {
  if (work.kind === 'plan')
    send({
      result: await planProgramme(work.input, {
        stop,
        start: work.start,
        progress: (progress) => send({ progress }),
      }),
    });
  else if (work.kind === 'curve')
    send({
      result: await budgetCurve(work.input, work.shares, { stop, progress: (done) => send({ done }) }),
    });
  else send({ result: await sensitivityOf(work.input, { stop, progress: (done) => send({ done }) }) });
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  const [fault] = error.faults;
  send({ kind: fault?.kind ?? 'exception', message: error.message });
}
