/** Get help: ask the practice in plain words, be kept safe, choose how to be answered. */
import { fileURLToPath } from 'node:url';
import type { Room } from '../../web/room.ts';
import { openAsking } from './asking.ts';
import { defineDemonstration } from './demonstration.ts';
import { draftPages } from './draft-pages.ts';
import { openDrafts } from './drafts.ts';
import type { GetHelpNeeds, HelpNeeds } from './needs.ts';
import { helpPages } from './page-parts.ts';
import { requestPages } from './request-pages.ts';
import { urgentWords } from './safety/assess.ts';
import type { UrgentWords } from './safety/urgent-words.ts';
import { staffPages } from './staff-pages.ts';
import { startPages } from './start-pages.ts';
import { stopPages } from './stop-pages.ts';
import { openVisitors } from './visitors.ts';

export type { UrgentWords } from './safety/urgent-words.ts';

export interface GetHelp extends Room {
  /** The most urgent that fits what was typed, or undefined. */
  readonly urgentWords: (text: string) => UrgentWords | undefined;
}

const hour = 3_600_000;

export function getHelp(room: GetHelpNeeds): GetHelp {
  const { shell, log } = room;
  const needs: HelpNeeds = { ...room, drafts: openDrafts(room), visitors: openVisitors(room) };
  shell.addViews('get-help', fileURLToPath(new URL('./views', import.meta.url)));
  shell.addNavigation({
    href: '/get-help',
    text: 'Get help from your practice',
    about: 'Ask about a health problem, a fit note, a letter or results. Any time of day.',
    roles: ['patient', 'proxy'],
    place: 'more',
  });
  const asking = openAsking(needs);
  const show = helpPages(needs);
  const tidy = setInterval(() => {
    needs.drafts
      .clear()
      .catch((err: unknown) =>
        log.warn({ err }, 'old requests that were not sent could not be dropped: tried again in an hour'),
      );
  }, hour);
  tidy.unref();
  defineDemonstration(needs);
  return {
    urgentWords,
    register(app) {
      // After the queue, the diary and the search for people, which open the day. Who answers the phone has it in the header.
      const forSomeone = {
        ...{ href: '/get-help/for-someone', text: 'Ask for someone' },
        about: 'Write down what a caller needs: it joins the same queue.',
      };
      shell.addNavigation({ ...forSomeone, roles: ['receptionist', 'practice-manager'] });
      shell.addNavigation({ ...forSomeone, roles: ['gp', 'nurse', 'healthcare-assistant'], place: 'more' });
      startPages(app, needs, asking, show);
      stopPages(app, needs, asking, show);
      draftPages(app, needs, asking, show);
      requestPages(app, needs, show);
      staffPages(app, needs, show);
    },
    close: async () => clearInterval(tidy),
  };
}
