/** What comes of asking for help: demand against capacity, how soon, by which way, and who could not be served online. */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Room, RoomNeeds } from '../../web/room.ts';
import { inPractice, inRegion, insightPages } from './pages.ts';
import { openTakeIn } from './take-in.ts';

export type InsightNeeds = RoomNeeds;

const everyMs = 60_000;
const kind = 'insight-begin';

export function insight(needs: InsightNeeds): Room {
  const { shell, database, record, ownActor, clock, jobs, log } = needs;
  shell.addViews('insight', fileURLToPath(new URL('./views', import.meta.url)));
  shell.addNavigation({
    ...{ href: '/insight', text: 'Demand and waiting', roles: [...inPractice, ...inRegion] },
    ...{ about: 'Demand against capacity, how soon people are answered, and by which way.', place: 'more' },
  });
  const takeIn = openTakeIn({ pool: database.pool, record, ownActor, clock });
  jobs.define(kind, z.object({}), async ({ cancelled }) => {
    if (!(await takeIn.hasBegun())) await takeIn.begin(() => cancelled.aborted);
    return {};
  });
  const warn = (err: unknown) => log.warn({ err }, 'figures of practices were not brought up to date');
  let working: Promise<unknown> = takeIn
    .hasBegun()
    .then((has) => (has ? undefined : jobs.start(kind, {})))
    .catch(warn);
  const timer = setInterval(() => {
    working = working.then(() => takeIn.catchUp()).catch(warn);
  }, everyMs);
  timer.unref();
  return {
    register: (app) => insightPages(app, { ...needs, takeIn }),
    close: async () => {
      clearInterval(timer);
      await working;
    },
  };
}
