/** Where people begin: the start page for each kind of person, all pages on one, and settings of this browser. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { type StartNeeds, startPages } from './pages.ts';
import { settingsPages } from './settings-pages.ts';

export interface Start {
  readonly path: '/';
  readonly title: string;
  readonly register: (app: FastifyInstance) => void;
}

export function start(needs: StartNeeds): Start {
  const { shell } = needs;
  shell.addViews('start', fileURLToPath(new URL('./views', import.meta.url)));
  shell.addNavigation({ href: '/commands', text: 'All pages', key: 'menu.commands', place: 'more' });
  shell.addFooterLink({ href: '/settings', key: 'footer.settings' });
  return {
    path: '/',
    title: 'Start',
    register: (app) => {
      startPages(app, needs);
      settingsPages(app, needs);
    },
  };
}
