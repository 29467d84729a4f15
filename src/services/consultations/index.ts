/** Consultations: the record, the request and what is written side by side; saved in one step, seen by the patient at once. */
import { fileURLToPath } from 'node:url';
import type { Room, RoomNeeds } from '../../web/room.ts';
import { openConcepts } from './concepts.ts';
import { openDrafts } from './drafts.ts';
import { consultationPages, type HoldRequest } from './pages.ts';

/** How often code systems that were loaded meanwhile are looked for. */
const everyMs = 10 * 60_000;

export interface ConsultationsNeeds extends RoomNeeds {
  readonly holdRequest: HoldRequest;
}

export function consultations(needs: ConsultationsNeeds): Room {
  const { shell, database, record, ownActor, log } = needs;
  shell.addViews('consultations', fileURLToPath(new URL('./views', import.meta.url)));
  shell.addNavigation({
    ...{ href: '/consultations', text: 'Consultations', place: 'more' },
    roles: ['gp', 'nurse', 'consultant', 'junior-doctor', 'midwife', 'physiotherapist', 'community-nurse'],
    about: 'Go on with consultations that you have not saved.',
  });
  const drafts = openDrafts(needs);
  const concepts = openConcepts({ database, record, actor: ownActor });
  let work: Promise<unknown> = Promise.resolve();
  const refresh = () => {
    work = Promise.all([concepts.refresh(), drafts.clear()]).catch((error: unknown) =>
      log.warn({ err: error }, 'codes to type ahead from were not read: they are read again in some minutes'),
    );
  };
  const timer = setInterval(refresh, everyMs);
  timer.unref();
  refresh();
  return {
    register: (app) => consultationPages(app, { ...needs, drafts, concepts }),
    close: async () => {
      clearInterval(timer);
      await work;
    },
  };
}
