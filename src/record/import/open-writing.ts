import { systemClock } from '../../platform/clock.ts';
import { openDatabase } from '../../platform/database.ts';
import { uuidv7 } from '../../platform/ids.ts';
import type { Actor } from '../actor.ts';
import { Committer } from '../commit.ts';
import { type GuideSources, openGuides } from '../guides.ts';
import { Searcher } from '../search/searcher.ts';
import { Store } from '../store.ts';
import type { Writing } from './write-plans.ts';

/** What a thread is told of where and as whom it writes. */
export interface WorkerData {
  readonly url: string;
  readonly baseUrl: string;
  readonly actor: Actor;
  readonly slice: number;
  /** Tasks that one thread works on at once: while the database stores one, the next is read. */
  readonly tasks: number;
  /** Given where what breaks a profile is set aside. */
  readonly guides?: GuideSources;
}

/** Connections of its own, and what writes over them. */
export async function openWriting({
  url,
  baseUrl,
  actor,
  slice,
  tasks,
  guides,
}: WorkerData): Promise<{ readonly writing: Writing; readonly close: () => Promise<void> }> {
  const database = await openDatabase({ url, pool: tasks, lane: 1, name: 'throughline import' });
  const store = new Store(database);
  const searcher = new Searcher({ store, clock: systemClock, baseUrl });
  const committer = new Committer({
    seenBy: async () => undefined, // imports are the system's own work
    store,
    clock: systemClock,
    newId: uuidv7(systemClock),
    baseUrl,
    guides: guides && openGuides(guides),
    findMatches: (sql, who, type, query) => searcher.matchIds(sql, who, type, query),
  });
  return { writing: { committer, searcher, database, baseUrl, actor, slice }, close: database.close };
}
