import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { problem } from '../../platform/problem.ts';
import type { Outcome } from './import-units.ts';
import type { WorkerData } from './open-writing.ts';
import type { Failure, FromWorker, ToWorker } from './run-thread.ts';

/** Threads that write what they are handed. */
export interface WorkerPool<Task> {
  /** Waits until a thread is free. The promise within tells what became of the task. */
  readonly start: (task: Task) => Promise<{ readonly outcome: Promise<Outcome | Failure> }>;
  readonly close: () => Promise<void>;
}

/** `script`: a file that calls `runThread`. `given`: buffers of a task that go over to the thread. */
export function openWorkers<Task>(
  count: number,
  data: WorkerData,
  script: URL,
  given: (task: Task) => readonly ArrayBuffer[] = () => [],
): WorkerPool<Task> {
  const waiting: (() => void)[] = [];
  const answers = new Map<
    number,
    { done: (answer: Outcome | Failure) => void; failed: (error: unknown) => void }
  >();
  let broken: unknown;
  let next = 0;

  const threads = Array.from({ length: count }, () => {
    const worker = new Worker(script, {
      workerData: data,
      resourceLimits: { maxYoungGenerationSizeMb: 96 },
    });
    const thread = { worker, busy: 0 };
    worker.on('message', (message: FromWorker) => {
      thread.busy -= 1;
      const asked = answers.get(message.id);
      answers.delete(message.id);
      asked?.done(message.outcome);
      waiting.shift()?.();
    });
    worker.on('error', (cause) => {
      broken = problem('exception', `A thread of the import ended: ${(cause as Error).message}`, { cause });
      for (const { failed } of answers.values()) failed(broken);
      answers.clear();
      for (const go of waiting.splice(0)) go();
    });
    return thread;
  });

  return {
    async start(task) {
      for (;;) {
        if (broken !== undefined) throw broken;
        const free = threads.reduce((a, b) => (b.busy < a.busy ? b : a));
        if (free.busy < data.tasks) {
          free.busy += 1;
          next += 1;
          const id = next;
          const outcome = new Promise<Outcome | Failure>((done, failed) => {
            answers.set(id, { done, failed });
          });
          outcome.catch(() => {}); // whoever waits for it is told
          const message: ToWorker<Task> = { id, task };
          free.worker.postMessage(message, given(task));
          return { outcome };
        }
        await new Promise<void>((go) => {
          waiting.push(go);
        });
      }
    },
    async close() {
      await Promise.all(
        threads.map(async ({ worker }) => {
          if (broken !== undefined) {
            await worker.terminate();
            return;
          }
          const gone = once(worker, 'exit');
          worker.postMessage('close' satisfies ToWorker<Task>);
          await gone;
        }),
      );
    },
  };
}
