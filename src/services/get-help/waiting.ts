/** Where a request stands in its practice's queue, and how long such requests took: from the queue's own history, or not at all. */
import type { Task } from '@medplum/fhirtypes';
import { taskKindOf, taskSystem, type Urgency, urgencies } from '../../fhir/primary-care.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Reading, searchUpTo } from '../../web/record-reading.ts';

/** Fewer than this say nothing fair about the next. */
export const leastHistory = 20;
const weeks = 8;
const weekMs = 7 * 86_400_000;
const mostRead = 400;
const keptFor = 10 * 60_000;

export interface Expected {
  /** Half were answered within this, ms. */
  readonly half: number;
  /** 9 in 10 were, ms. */
  readonly most: number;
  readonly of: number;
}

export interface Place {
  /** Counted from 1. */
  readonly place: number;
  /** Undefined: too little history. */
  readonly expected?: Expected;
  /** How many like it there were. */
  readonly history: number;
}

/**
 * ms from sending to the first answer: `executionPeriod.start`, when someone of the team first dealt with it; else when it was closed.
 * Undefined where neither is told.
 */
export function answeredAfter({
  authoredOn,
  executionPeriod,
  lastModified,
  status,
}: Task): number | undefined {
  const end =
    executionPeriod?.start ?? executionPeriod?.end ?? (status === 'completed' ? lastModified : undefined);
  const ms = Date.parse(end ?? '') - Date.parse(authoredOn ?? '');
  return Number.isNaN(ms) || ms < 0 ? undefined : ms;
}

/** Nearest rank (Hyndman and Fan 1996, definition 1): a time that some request really took. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
}

export function expectedOf(times: readonly number[]): Expected | undefined {
  if (times.length < leastHistory) return undefined;
  const sorted = [...times].sort((a, b) => a - b);
  return { half: percentile(sorted, 0.5), most: percentile(sorted, 0.9), of: sorted.length };
}

/** “about 3 hours”: rounded up, so that it promises no more than was. */
export function durationWords(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  if (minutes <= 55) {
    const rounded = Math.ceil(minutes / 5) * 5;
    return `${rounded} minutes`;
  }
  const hours = Math.ceil(minutes / 60);
  if (hours < 36) return `${hours} hour${hours === 1 ? '' : 's'}`;
  return `${Math.ceil(hours / 24)} days`;
}

export interface Waiting {
  readonly placeOf: (task: Task) => Promise<Place | undefined>;
}

const stillWaits = 'status=requested,received,in-progress';

/** `reading`: the server's own, since it counts other people's requests and shows none. */
export function openWaiting({ record, actor }: Reading, clock: Clock): Waiting {
  const kept = new Map<string, { readonly at: number; readonly times: readonly number[] }>();
  const count = async (query: string): Promise<number> =>
    (await record.search(actor, 'Task', `${query}&_summary=count`)).total ?? 0;

  const history = async (owner: string, kind: string, priority: Urgency): Promise<readonly number[]> => {
    const key = `${owner} ${kind} ${priority}`;
    const found = kept.get(key);
    if (found && clock.now() - found.at < keptFor) return found.times;
    const since = new Date(clock.now() - weeks * weekMs).toISOString();
    const query = `owner=${owner}&status=completed&code=${taskSystem}|${kind}&priority=${priority}&authored-on=ge${since}&_sort=-authored-on`;
    const { resources } = await searchUpTo<Task>({ record, actor }, 'Task', query, mostRead);
    const times = resources.flatMap((task) => answeredAfter(task) ?? []);
    if (kept.size > 2000) kept.clear();
    kept.set(key, { at: clock.now(), times });
    return times;
  };

  return {
    async placeOf(task) {
      const kind = taskKindOf(task);
      const owner = task.owner?.reference;
      const priority = (task.priority ?? 'routine') as Urgency; // R4 RequestPriority has these four
      if (!kind || !owner || !task.authoredOn) return undefined;
      const sooner = urgencies.slice(0, urgencies.indexOf(priority));
      const ours = `owner=${owner}&code=${taskSystem}|help,${taskSystem}|admin,${taskSystem}|registration&${stillWaits}`;
      const [before, same, times] = await Promise.all([
        sooner.length === 0 ? 0 : count(`${ours}&priority=${sooner.join(',')}`),
        count(`${ours}&priority=${priority}&authored-on=lt${task.authoredOn}`),
        history(owner, kind, priority),
      ]);
      const expected = expectedOf(times);
      return { place: before + same + 1, history: times.length, ...(expected ? { expected } : {}) };
    },
  };
}
