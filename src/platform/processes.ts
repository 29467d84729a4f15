import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry, type Registry, type RegistryContentType } from 'prom-client';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** The server processes of one machine, kept running by the one that started them. */
export interface Processes {
  /** Keeps when every process listens; breaks when one ends before it ever did. */
  readonly ready: Promise<void>;
  /** Asks every process to stop and waits; those that take longer than the time are ended. */
  readonly stop: () => Promise<void>;
}

export interface ProcessesOptions {
  readonly count: number;
  /** Added to the environment of each. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: Log;
  readonly clock: Clock;
  /** How long a process may take to stop. */
  readonly stopSeconds: number;
  /** Told when a process keeps ending: it will not mend itself. */
  readonly onHopeless: () => void;
}

/** Marks a process of a server; the first process has read its configuration and runs its database. */
export const workerMark = 'THROUGHLINE_WORKER';

/** True in a process that `runProcesses` started. */
export const isServerProcess = (): boolean => cluster.isWorker && process.env[workerMark] === '1';

interface MetricsRequest {
  readonly kind: 'throughline-metrics';
  readonly id: number;
  readonly text?: string;
}

const isMetricsMessage = (message: unknown): message is MetricsRequest =>
  typeof message === 'object' &&
  message !== null &&
  'kind' in message &&
  message.kind === 'throughline-metrics';

/** How soon an ended process is started again, by how many ended in a row within `settled` of their start. */
const backOff = (failures: number): number => Math.min(100 * 2 ** failures, 30_000);
const settled = 60_000;
/** With the back-off: about a minute of trying. */
const hopeless = 9;

/**
 * Runs this program several times on one port. A process that ends is started again, later each time when it
 * ends at once. Nothing else is shared: they meet in the database.
 */
export function runProcesses(options: ProcessesOptions): Processes {
  const { count, env, log, clock, stopSeconds } = options;
  const metrics = new AggregatorRegistry();
  const timers = new Set<NodeJS.Timeout>();
  let stopping = false;
  let failures = 0;
  let listening = 0;
  let settle: { done: () => void; fail: (error: Error) => void };
  const ready = new Promise<void>((done, fail) => {
    settle = { done, fail };
  });

  const begin = () => {
    const began = clock.now();
    let served = false;
    const worker = cluster.fork({ ...env, [workerMark]: '1' });
    worker.once('listening', () => {
      served = true;
      listening += 1;
      if (listening === count) settle.done();
    });
    worker.on('message', (message: unknown) => {
      if (isMetricsMessage(message)) void answerMetrics(worker, message.id, metrics);
    });
    worker.once('exit', (code, signal) => {
      if (stopping) return;
      if (!served && listening < count)
        settle.fail(new Error(`A server process ended before it served (${signal ?? code})`));
      failures = clock.now() - began > settled ? 0 : failures + 1;
      log.error(
        { worker: worker.process.pid, code, signal, failures },
        'a server process ended; starting another',
      );
      if (failures > hopeless) {
        options.onHopeless();
        return;
      }
      const timer = setTimeout(() => {
        timers.delete(timer);
        if (!stopping) begin();
      }, backOff(failures));
      timers.add(timer);
    });
  };
  for (let i = 0; i < count; i += 1) begin();

  const stop = async () => {
    stopping = true;
    for (const timer of timers) clearTimeout(timer);
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
    await Promise.all(workers.map((worker) => end(worker, stopSeconds)));
  };
  return { ready, stop };
}

function end(worker: Worker, seconds: number): Promise<void> {
  return new Promise((done) => {
    if (worker.isDead()) {
      done();
      return;
    }
    const cut = setTimeout(() => worker.process.kill('SIGKILL'), seconds * 1000);
    worker.once('exit', () => {
      clearTimeout(cut);
      done();
    });
    worker.process.kill('SIGTERM');
  });
}

async function answerMetrics(
  worker: Worker,
  id: number,
  metrics: Pick<AggregatorRegistry<RegistryContentType>, 'clusterMetrics'>,
): Promise<void> {
  try {
    worker.send({ kind: 'throughline-metrics', id, text: await metrics.clusterMetrics() });
  } catch {
    // The process ended meanwhile, or one did not answer in time: the asker's own time limit tells.
  }
}

let asked = 0;

/**
 * The metrics of all processes together, asked from one of them; those of this process alone where it has no
 * others beside it. A scrape reaches any process, so each must be able to speak for all.
 */
export function metricsOfAll(own: Registry): () => Promise<string> {
  if (!isServerProcess()) return () => own.metrics();
  AggregatorRegistry.setRegistries(own);
  new AggregatorRegistry(); // listens for the first process's questions
  return () =>
    new Promise((done) => {
      asked += 1;
      const id = asked;
      const finish = (text: string | Promise<string>) => {
        clearTimeout(timer);
        process.off('message', hear);
        done(text);
      };
      const hear = (message: unknown) => {
        if (isMetricsMessage(message) && message.id === id && message.text !== undefined)
          finish(message.text);
      };
      const timer = setTimeout(() => finish(own.metrics()), 6000);
      process.on('message', hear);
      process.send?.({ kind: 'throughline-metrics', id });
    });
}
