/** The load generator of primary care, in a process of its own: journeys step by step together, or each at its own pace. */
import { Agent } from 'node:http';
import {
  type Answer,
  type Journey,
  newJourney,
  type Pages,
  pagesOver,
  steps,
  type Who,
} from './primary-care-journey.ts';

export type LoadJob =
  | { readonly kind: 'begin'; readonly origin: string; readonly who: readonly Who[]; readonly first: number }
  /** All journeys that were begun take this step. */
  | { readonly kind: 'step'; readonly step: number; readonly atOnce: number }
  /** Whole journeys one after the other, so many side by side. */
  | { readonly kind: 'run'; readonly seconds: number; readonly atOnce: number }
  | {
      readonly kind: 'page';
      readonly origin: string;
      readonly path: string;
      readonly cookie: string;
      readonly times: number;
    };

export interface Done {
  readonly task: string;
  readonly appointment: string;
  readonly isFull: boolean;
  /** ms of each step that was taken. */
  readonly took: readonly number[];
}
export interface LoadAnswer {
  readonly error?: string;
  /** Of a step: bytes of its answers. */
  readonly bytes?: number;
  readonly firstBytes?: readonly number[];
  readonly done?: readonly Done[];
  /** Errors of journeys, which ended there. */
  readonly failed?: readonly string[];
  readonly seconds?: number;
  /** CPU of this process, seconds. */
  readonly own?: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });
let pages: Pages | undefined;
let journeys: Journey[] = [];
let who: readonly Who[] = [];
let number = 0;

const ready = (): Pages => {
  if (!pages) throw new Error('the load has not been begun');
  return pages;
};

/** Some at once, in order. */
async function each<T>(all: readonly T[], atOnce: number, work: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    for (let mine = next++; mine < all.length; mine = next++) await work(all[mine]!);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

async function step(index: number, atOnce: number): Promise<LoadAnswer> {
  let bytes = 0;
  const failed: string[] = [];
  await each(journeys, atOnce, async (journey) => {
    try {
      const answer = await steps[index]!.run(ready(), journey);
      bytes += Buffer.byteLength(answer?.text ?? '');
    } catch (error) {
      failed.push(String(error));
    }
  });
  return {
    bytes,
    failed,
    done: journeys.map(({ task, appointment, isFull }) => ({ task, appointment, isFull, took: [] })),
  };
}

async function run(seconds: number, atOnce: number): Promise<LoadAnswer> {
  const begun = performance.now();
  const own = process.cpuUsage();
  const until = begun + seconds * 1000;
  const done: Done[] = [];
  const failed: string[] = [];
  const people = who.slice(0, Math.max(atOnce, who.length - (who.length % atOnce)));
  const worker = async (mine: number): Promise<void> => {
    // Each takes people of their own in turn, so that nobody is in two journeys at once.
    for (let turn = 0; performance.now() < until; turn += 1) {
      const person = people[(mine + turn * atOnce) % people.length]!;
      const journey = newJourney(person, number++);
      const took: number[] = [];
      try {
        for (const one of steps) {
          const answer: Answer | undefined = await one.run(ready(), journey);
          took.push(answer?.took ?? 0);
        }
        done.push({
          ...{ task: journey.task, appointment: journey.appointment, isFull: journey.isFull, took },
        });
      } catch (error) {
        failed.push(String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, mine) => worker(mine)));
  const { user, system } = process.cpuUsage(own);
  return { done, failed, seconds: (performance.now() - begun) / 1000, own: (user + system) / 1e6 };
}

async function answerOf(job: LoadJob): Promise<LoadAnswer> {
  if (job.kind === 'begin') {
    pages = pagesOver(new URL(job.origin), agent);
    ({ who } = job);
    number = job.first;
    journeys = who.map((one) => newJourney(one, number++));
    return {};
  }
  if (job.kind === 'step') return step(job.step, job.atOnce);
  if (job.kind === 'run') return run(job.seconds, job.atOnce);
  const over = pagesOver(new URL(job.origin), agent);
  const firstBytes: number[] = [];
  let bytes = 0;
  for (let n = 0; n < job.times; n += 1) {
    const answer = await over.get(job.path, job.cookie);
    if (answer.status !== 200) throw new Error(`${job.path}: ${answer.status}`);
    firstBytes.push(answer.firstByte);
    bytes = Buffer.byteLength(answer.text);
  }
  return { firstBytes, bytes };
}

process.on('message', async (job: LoadJob) => {
  try {
    process.send?.(await answerOf(job));
  } catch (error) {
    process.send?.({ error: String(error) } satisfies LoadAnswer);
  }
});
process.once('disconnect', () => process.exit());
