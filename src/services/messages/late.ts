/** What waits longer than was promised is given to a person: the duty person, or who stands in for them. */
import type { Actor } from '../../record/actor.ts';
import { localMoment } from '../../web/dates.ts';
import { assigned } from './deeds.ts';
import type { MessageRoom } from './needs.ts';
import { standsIn } from './promise.ts';

/**
 * Gives every late thread to somebody, once for each wait: who hands it on afterwards is not overruled. Killed between the two writes
 * it gives it to the same person again.
 */
export async function giveOutLate({
  inbox,
  settings,
  writing,
  clock,
  ownActor,
}: Pick<MessageRoom, 'inbox' | 'settings' | 'writing' | 'clock'> & {
  readonly ownActor: Actor;
}): Promise<void> {
  const now = clock.now();
  const today = localMoment(now).key;
  for (const { thread, team, waiting } of await inbox.late(now)) {
    const { duty } = await settings.of(team);
    const who = duty && standsIn(duty, await settings.absences(team, today), today).who;
    if (!who) continue; // the team: it stands first among theirs
    await writing.change(ownActor, thread, (head) => assigned(head, who));
    await inbox.escalated(thread, waiting);
  }
}

/** What someone who is away would have answered goes to who stands in for them, or to the team. */
export async function giveToDeputies({
  inbox,
  settings,
  writing,
  clock,
  ownActor,
}: Pick<MessageRoom, 'inbox' | 'settings' | 'writing' | 'clock'> & {
  readonly ownActor: Actor;
}): Promise<void> {
  const today = localMoment(clock.now()).key;
  for (const { team, member } of await settings.awayOn(today)) {
    const threads = await inbox.waitingFor(team, member.reference);
    if (threads.length === 0) continue;
    const { who } = standsIn(member, await settings.absences(team, today), today);
    for (const thread of threads) await writing.change(ownActor, thread, (head) => assigned(head, who));
  }
}
