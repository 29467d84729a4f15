/**
 * Wakes whoever watches people's records, in every server process, when something in them has changed. A process tells the
 * others by NOTIFY after its commits, gathered so that a rush costs a few messages a second; what gets lost on the way (a
 * process that dies, an import) is found in the log of changes within half a minute.
 */
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import type { Key } from '../../record/keys.ts';
import type { Store } from '../../record/store.ts';

export interface RecordChanges {
  /** Calls `wake` after something of these people (their shard keys) has changed. Answers what ends it. */
  readonly watch: (people: readonly Key[], wake: () => void) => Promise<() => void>;
  readonly close: () => Promise<void>;
}

const channel = 'throughline_record';
const gatherMs = 50;
/** PostgreSQL takes less than 8,000 bytes in one message. */
const longest = 7_000;
const lookAgainMs = 25_000;
/** Clocks of several machines differ by a little, and a commit ends after its time was taken. */
const margin = 5_000;

export interface RecordChangesParts {
  readonly database: Pick<Database, 'pool' | 'lane'>;
  readonly store: Pick<Store, 'whenChanged'>;
  readonly clock: Clock;
  readonly log: Log;
}

export function openRecordChanges({ database, store, clock, log }: RecordChangesParts): RecordChanges {
  const watchers = new Map<Key, Set<() => void>>();
  const waiting = new Set<Key>();
  let gathering: NodeJS.Timeout | undefined;
  let listening: Promise<unknown> | undefined;
  let lookedAt = clock.now();
  let heard = false;
  let closed = false;

  const wake = (people: Iterable<Key>) => {
    const all = new Set<() => void>();
    for (const key of people) for (const one of watchers.get(key) ?? []) all.add(one);
    for (const one of all) one();
  };
  const wakeAll = () => wake(watchers.keys());
  const lost = (error: unknown) =>
    log.warn({ err: error }, 'changes of the record were not told to waiting pages: they find them later');

  const tell = () => {
    gathering = undefined;
    let message = '';
    for (const key of waiting) {
      if (message.length + key.length >= longest) {
        message = '*'; // so many at once that everyone looks
        break;
      }
      message += message === '' ? key : ` ${key}`;
    }
    waiting.clear();
    if (!closed) database.lane`select pg_notify(${channel}, ${message})`.catch(lost);
  };
  store.whenChanged((people) => {
    for (const key of people) waiting.add(key);
    if (gathering || closed) return;
    gathering = setTimeout(tell, gatherMs);
    gathering.unref();
  });

  const changedAmong = async (people: readonly Key[], since: number): Promise<Key[]> => {
    const rows = await database.pool<{ person: Key }[]>`
      select distinct person from audit where at > ${since - margin} and person = any(${people}::int8[])
        and action in ('C', 'U', 'D') and outcome < 300`;
    return rows.map(({ person }) => person);
  };
  const lookAgain = setInterval(() => {
    const since = lookedAt;
    lookedAt = clock.now();
    if (watchers.size > 0) changedAmong([...watchers.keys()], since).then(wake, lost);
  }, lookAgainMs);
  lookAgain.unref();

  /** One connection for the process, from when the first page waits; opened anew by the driver where it breaks. */
  const listen = (): Promise<unknown> => {
    listening ??= database.pool
      .listen(
        channel,
        (message) => (message === '*' ? wakeAll() : wake(message.split(' '))),
        () => {
          if (heard) wakeAll(); // what was told while the connection was gone is not known
          heard = true;
        },
      )
      .catch((error: unknown) => {
        listening = undefined;
        lost(error);
      });
    return listening;
  };

  return {
    async watch(people, woken) {
      for (const key of people) {
        const known = watchers.get(key) ?? new Set();
        watchers.set(key, known.add(woken));
      }
      const end = () => {
        for (const key of people) {
          const known = watchers.get(key);
          known?.delete(woken);
          if (known?.size === 0) watchers.delete(key);
        }
      };
      await listen();
      return end;
    },
    async close() {
      closed = true;
      clearInterval(lookAgain);
      clearTimeout(gathering);
      watchers.clear();
      const open = await listening;
      if (open) await (open as { unlisten: () => Promise<void> }).unlisten().catch(() => {});
    },
  };
}
