/** Writes to threads: in one commit, done once however often it is asked, and on top of what others wrote meanwhile. */
import type { Communication, Resource, Task } from '@medplum/fhirtypes';
import { taskKindOf } from '../../fhir/primary-care.ts';
import { Problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import { type CareRecord, type Change, resourceOf } from '../../record/care-record.ts';
import { type Reading, readNow, searchUpTo } from '../../web/record-reading.ts';
import { askDone, messageIdOf, requestAnswered } from './deeds.ts';
import type { Inbox } from './inbox.ts';
import { idOf, type Thread, threadOf } from './thread.ts';

const mostMessages = 1000;
const mostTries = 4;

const update = (resource: Resource, ifMatch?: number): Change => ({
  ...{ kind: 'update', type: resource.resourceType, id: resource.id ?? '', text: JSON.stringify(resource) },
  ...(ifMatch === undefined ? {} : { ifMatch }),
});
const isOvertaken = (error: unknown): boolean => error instanceof Problem && error.status === 412;

/** The thread as a reader sees it; undefined where they see none of it, or not its first message. */
export async function readThread(reading: Reading, id: string): Promise<Thread | undefined> {
  const head = await readNow<Communication>(reading, 'Communication', id);
  if (!head) return undefined;
  const { resources } = await searchUpTo<Communication>(
    reading,
    'Communication',
    `part-of=Communication/${id}`,
    mostMessages,
  );
  return threadOf([head, ...resources]);
}

export interface Writing {
  /** Writes what a form made. `also`: what else becomes of the first message, made anew where someone else changed it meanwhile. */
  readonly write: (
    actor: Actor,
    made: readonly Resource[],
    thread: string,
    also?: (head: Communication) => Communication,
  ) => Promise<void>;
  /** The same for what the patient wrote: the requests that the thread is about become the team's again. */
  readonly writeAsked: (
    actor: Actor,
    made: readonly Resource[],
    thread: Thread | undefined,
    found: { readonly key: string; readonly now: number; readonly rule?: string; readonly advice?: string },
  ) => Promise<void>;
  /** Changes the first message of a thread. */
  readonly change: (
    actor: Actor,
    thread: string,
    change: (head: Communication) => Communication,
  ) => Promise<void>;
  /** Marks these as read. What fails is marked at the next look. */
  readonly markRead: (actor: Actor, messages: readonly Communication[], thread: string) => Promise<void>;
  /** Whether what a form makes is there: written by a process that died before it could say so. */
  readonly isWritten: (key: string) => Promise<boolean>;
}

export function openWriting({
  record,
  ownActor,
  inbox,
  clock,
}: {
  readonly record: CareRecord;
  readonly ownActor: Actor;
  readonly inbox: Pick<Inbox, 'note'>;
  readonly clock: { readonly now: () => number };
}): Writing {
  const own: Reading = { record, actor: ownActor };

  /** Tries again where someone wrote between reading and writing. */
  const overAgain = async (work: () => Promise<void>): Promise<void> => {
    for (let tries = 1; ; tries += 1)
      try {
        return await work();
      } catch (error) {
        if (!isOvertaken(error) || tries >= mostTries) throw error;
      }
  };
  const headOf = async (thread: string) => {
    const stored = await record.read(ownActor, 'Communication', thread);
    return stored?.body ? { head: resourceOf<Communication>(stored), version: stored.version } : undefined;
  };
  const isWritten = async (key: string): Promise<boolean> =>
    (await readNow(own, 'Communication', messageIdOf(key))) !== undefined;

  return {
    isWritten,
    write: async (actor, made, thread, also) => {
      await overAgain(async () => {
        const found = also ? await headOf(thread) : undefined;
        const changes = made.map((one) => update(one));
        if (also && found) changes.push(update(also(found.head), found.version));
        await record.commit(actor, changes);
      });
      await inbox.note(thread);
    },
    writeAsked: async (actor, made, thread, { key, ...found }) => {
      const message = messageIdOf(key);
      await overAgain(async () => {
        const changes = made.map((one) => update(one));
        const tasks = thread?.about.filter((to) => to.startsWith('Task/')) ?? [];
        for (const reference of tasks) {
          const stored = await record.read(ownActor, 'Task', idOf(reference)).catch(() => undefined);
          if (!stored?.body) continue;
          const task = resourceOf<Task>(stored);
          if (taskKindOf(task) === undefined || task.for?.reference !== `Patient/${thread?.person}`) continue;
          changes.push(update(requestAnswered(task, { message, ...found }), stored.version));
          const asks = await record.search(
            ownActor,
            'Task',
            `based-on=${reference}&status=requested,received,accepted,ready,in-progress&_count=50`,
          );
          for (const ask of asks.matches) {
            const done = ask.body ? askDone(resourceOf<Task>(ask)) : undefined;
            if (done) changes.push(update(done, ask.version));
          }
        }
        await record.commit(actor, changes);
      });
      await inbox.note(thread?.id ?? message);
    },
    change: async (actor, thread, change) => {
      await overAgain(async () => {
        const found = await headOf(thread);
        if (found) await record.commit(actor, [update(change(found.head), found.version)]);
      });
      await inbox.note(thread);
    },
    markRead: async (actor, messages, thread) => {
      const changes: Change[] = [];
      for (const { id = '' } of messages) {
        const stored = await record.read(ownActor, 'Communication', id).catch(() => undefined);
        if (!stored?.body) continue;
        const one = resourceOf<Communication>(stored);
        if (one.received === undefined)
          changes.push(update({ ...one, received: new Date(clock.now()).toISOString() }, stored.version));
      }
      if (changes.length === 0) return;
      try {
        await record.commit(actor, changes);
      } catch (error) {
        if (!isOvertaken(error)) throw error;
        return;
      }
      await inbox.note(thread);
    },
  };
}
