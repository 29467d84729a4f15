/** Messages between patients and teams, and among a team about a patient. */
import { fileURLToPath } from 'node:url';
import { roles } from '../../access/roles.ts';
import type { Room } from '../../web/room.ts';
import { openBatches } from './batch.ts';
import { batchPages, listFiles } from './batch-pages.ts';
import { defineSending } from './batch-sending.ts';
import { messageFiles } from './files.ts';
import { openInbox } from './inbox.ts';
import { giveOutLate, giveToDeputies } from './late.ts';
import type { MessagingNeeds } from './needs.ts';
import { patientPages } from './patient-pages.ts';
import { openPatientVisits } from './patient-visits.ts';
import { settingsPages } from './settings-pages.ts';
import { teamDeeds } from './team-deeds.ts';
import { teamPages } from './team-pages.ts';
import { openTeamSettings } from './team-settings.ts';
import { openTeamVisits } from './team-visits.ts';
import { openWriting } from './writing.ts';

/** How often what was written elsewhere is taken in, and what became late is given to someone. */
const everyMs = 15_000;

type RoleName = keyof typeof roles;
const rolesHere = (Object.keys(roles) as RoleName[]).filter((key) => {
  const { holder, writes } = roles[key];
  return holder === 'staff' && (writes as readonly string[]).includes('messages');
});

export function messaging(needs: MessagingNeeds): Room {
  const { shell, database, clock, record, ownActor, log, uploads, jobs, isHoliday } = needs;
  shell.addViews('messages', fileURLToPath(new URL('./views', import.meta.url)));
  shell.addNavigation({
    ...{ href: '/messages/team', text: 'Messages', roles: rolesHere },
    about: 'Read and answer messages from patients and colleagues.',
  });
  uploads.define(messageFiles);
  uploads.define(listFiles);
  const settings = openTeamSettings({ database, clock });
  const inbox = openInbox({ database, record, ownActor, settings, isHoliday });
  const writing = openWriting({ record, ownActor, inbox, clock });
  const batches = openBatches({ database, jobs });
  const room = { ...needs, settings, inbox, writing };
  defineSending(room, batches);
  const patientVisits = openPatientVisits(needs);
  const teamVisits = openTeamVisits(room);

  const tend = async (): Promise<void> => {
    await inbox.catchUp();
    await giveToDeputies(room);
    await giveOutLate(room);
  };
  let tending: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    tending ??= tend()
      .catch((error: unknown) =>
        log.warn({ err: error }, 'the inboxes of messages were not brought up to date'),
      )
      .finally(() => {
        tending = undefined;
      });
  }, everyMs);
  timer.unref();
  return {
    register: (app) => {
      patientPages(app, room, patientVisits);
      teamPages(app, room, teamVisits);
      teamDeeds(app, room, teamVisits);
      settingsPages(app, room, teamVisits);
      batchPages(app, room, teamVisits, batches);
    },
    close: async () => {
      clearInterval(timer);
      await tending;
    },
  };
}
