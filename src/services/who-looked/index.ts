/** Who looked at my record: what the audit log says to the person whom it is about, with a way to ask. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { type WhoLookedNeeds, whoLookedPages } from './pages.ts';

export interface WhoLooked {
  readonly path: '/who-looked';
  readonly title: string;
  readonly register: (app: FastifyInstance) => void;
}

export function whoLooked(needs: WhoLookedNeeds): WhoLooked {
  const title = 'Who looked at my record';
  needs.shell.addViews('who-looked', fileURLToPath(new URL('./views', import.meta.url)));
  needs.shell.addNavigation({
    href: '/who-looked',
    text: title,
    key: 'menu.whoLooked',
    roles: ['patient', 'proxy'],
  });
  return { path: '/who-looked', title, register: (app) => whoLookedPages(app, needs) };
}
