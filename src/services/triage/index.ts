/** The practice’s one queue of requests for help: who asked, how soon, who answers, and how. */
import { fileURLToPath } from 'node:url';
import type { roles } from '../../access/roles.ts';
import type { Room, RoomNeeds } from '../../web/room.ts';
import type { LineCarriesAt } from '../../web/site-line.ts';
import { deedPages } from './deed-pages.ts';
import { openDeeds } from './deed-store.ts';
import { openLocks } from './locks.ts';
import { photoRoute } from './photos.ts';
import { openQueue } from './queue.ts';
import { queuePages } from './queue-pages.ts';
import { requestPages } from './request-pages.ts';
import { settingsPages } from './settings-pages.ts';
import { openTeamSettings, sessionAt } from './team-settings.ts';
import { openVisits } from './visit.ts';

export interface TriageNeeds extends RoomNeeds {
  readonly lineCarries: LineCarriesAt;
}

/** How often what was written elsewhere is taken in, so that the first look of a morning need not wait. */
const everyMs = 15_000;

const rolesHere = [
  'receptionist',
  'practice-manager',
  'gp',
  'nurse',
  'pharmacist',
  'physiotherapist',
  'healthcare-assistant',
] as const satisfies readonly (keyof typeof roles)[];

export interface Triage extends Room {
  /** Whether more requests came to a team (`Organization/…`) in this session than it can answer. */
  readonly isFull: (team: string) => Promise<boolean>;
  /** Takes a request, or holds on to it, for someone who answers it elsewhere. Answers who else has it open, by name. */
  readonly hold: (
    task: string,
    who: { readonly account: string; readonly name: string },
  ) => Promise<string | undefined>;
}

export function triage(needs: TriageNeeds): Triage {
  const { shell, database, clock, record, ownActor, log } = needs;
  shell.addViews('triage', fileURLToPath(new URL('./views', import.meta.url)));
  shell.addNavigation({
    ...{ href: '/triage', text: 'Requests', roles: rolesHere },
    about: 'Answer requests for help: one queue for the team.',
  });
  const locks = openLocks({ database, clock });
  const settings = openTeamSettings({ database, clock });
  const queue = openQueue({ database, record, ownActor, settings });
  const deeds = openDeeds({ database, record, queue, clock });
  const visits = openVisits({ ...needs, queue, settings });
  const room = { ...needs, queue, locks, settings, deeds, visits };
  let taking: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    taking = queue
      .catchUp()
      .catch((error: unknown) =>
        log.warn({ err: error }, 'the queue of requests was not brought up to date'),
      );
  }, everyMs);
  timer.unref();
  return {
    async hold(task, who) {
      const holder = await locks.take(task, { ...who, page: needs.newId() });
      return holder.account === who.account ? undefined : holder.name;
    },
    async isFull(team) {
      const now = clock.now();
      const session = sessionAt(now);
      const capacity = (await settings.of(team)).capacity?.[session.index];
      if (capacity === undefined) return false;
      await queue.catchUp();
      return (await queue.cameIn(team, session.from, session.until)) >= capacity;
    },
    register: (app) => {
      queuePages(app, room);
      settingsPages(app, room);
      deedPages(app, room);
      requestPages(app, room);
      photoRoute(app, room);
    },
    close: async () => {
      clearInterval(timer);
      await taking;
    },
  };
}
