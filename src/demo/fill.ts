/** Fills the record with people of the demonstration: on all cores, and from where it stood when it was stopped. */
import { availableParallelism } from 'node:os';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { problem } from '../platform/problem.ts';
import { beginLines, type DoneLines, foldParts } from '../record/import/source-rows.ts';
import { openWorkers } from '../record/import/worker-pool.ts';
import { type Demonstration, seeder } from './demonstration-note.ts';
import type { FillData, PeopleTask } from './fill-worker.ts';

export interface FillOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** Public address of the FHIR API. */
  readonly baseUrl: string;
  readonly demonstration: Demonstration;
  /** How many people there shall be, those counted who are there. */
  readonly people: number;
  /** Threads. Default: one for each core. */
  readonly threads?: number;
  /** Aborted: what has begun is finished, nothing new is begun. */
  readonly signal: AbortSignal;
  readonly watch?: (state: FillState) => void;
}

export interface FillState {
  /** People who are there. */
  readonly people: number;
  /** Resources of this run. */
  readonly resources: number;
}

export interface FillResult extends FillState {
  readonly stopped: boolean;
  /** People who were there before. */
  readonly before: number;
}

/** People in one transaction: some hundred resources. */
const together = 8;
const slice = 400;
const tasksPerThread = 2;
/** What is done is folded into one row after so many transactions. */
const foldEvery = 100;

/** By this name the progress is kept, in the transactions that store the people. */
const sourceOf = ({ seed, now }: Demonstration): string =>
  `demonstration ${seed} ${new Date(now).toISOString().slice(0, 10)}`;

const countDone = ({ done, ranges }: DoneLines): number =>
  ranges.reduce((sum, [first, last]) => sum + Math.max(0, last - Math.max(first, done + 1) + 1), done);

/** Throws where a resource was refused, which is a fault of the demonstration, or a thread cannot go on. */
export async function fillPeople(options: FillOptions): Promise<FillResult> {
  const { database, clock, baseUrl, demonstration, people, signal, watch = () => {} } = options;
  const source = sourceOf(demonstration);
  const begun = await beginLines(database, source, { since: 0, now: clock.now() });
  if (!begun) throw new Error('The progress of a demonstration is never finished: more people may follow');
  const before = countDone(begun);
  const tasks = [...missing(begun, people)];
  if (tasks.length === 0) return { stopped: false, before, people: before, resources: 0 };

  const count = Math.min(options.threads ?? availableParallelism(), tasks.length);
  const data: FillData = {
    ...{ url: database.url, baseUrl, actor: seeder, slice, tasks: tasksPerThread, demonstration, people },
  };
  const workers = openWorkers<PeopleTask>(count, data, new URL('./fill-worker.ts', import.meta.url));
  const state = { people: before, resources: 0 };
  const running = new Set<Promise<void>>();
  let failure: unknown;
  let folded = 0;
  let folding: Promise<void> = Promise.resolve();
  const fold = () => foldParts(database, source, { finished: false, now: clock.now() });
  try {
    for (const [first, last] of tasks) {
      if (signal.aborted || failure !== undefined) break;
      const { outcome } = await workers.start({ source, first, last });
      const work = outcome
        .then((answer) => {
          if (!('kind' in answer)) throw problem('exception', `The demonstration stopped: ${answer.failure}`);
          if (answer.kind !== 'done' || answer.refused > 0)
            throw new Error(`The demonstration made what the record refuses: ${JSON.stringify(answer)}`);
          state.people += last - first + 1;
          state.resources += answer.entries;
          watch({ ...state });
          folded += 1;
          if (folded % foldEvery === 0) folding = folding.then(fold);
        })
        .catch((error: unknown) => {
          failure ??= error;
        })
        .finally(() => running.delete(work));
      running.add(work);
    }
    await Promise.all(running);
    await folding;
    if (failure !== undefined) throw failure;
    await fold();
  } finally {
    await workers.close();
  }
  return { ...state, before, stopped: state.people < people };
}

/** The numbers that are not there yet, a few at a time. */
function* missing(
  { done, ranges }: DoneLines,
  people: number,
): Generator<readonly [first: number, last: number]> {
  let next = done + 1;
  for (const [first, last] of [...ranges, [people + 1, people + 1] as const]) {
    const until = Math.min(first - 1, people);
    while (next <= until) {
      const end = Math.min(next + together - 1, until);
      yield [next, end];
      next = end + 1;
    }
    next = Math.max(next, last + 1);
  }
}
