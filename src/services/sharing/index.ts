/** A person's choices: who sees their record, what is kept back, who acts for them, and for whom they act. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { actingPages } from './acting-pages.ts';
import { choicePages } from './choice-pages.ts';
import type { SharingNeeds } from './needs.ts';
import { overviewPage } from './overview.ts';

export interface Sharing {
  readonly path: '/sharing';
  readonly title: string;
  readonly register: (app: FastifyInstance) => void;
}

export function sharing(needs: SharingNeeds): Sharing {
  needs.shell.addViews('sharing', fileURLToPath(new URL('./views', import.meta.url)));
  needs.shell.addNavigation({
    href: '/sharing',
    text: 'Who can see my record',
    key: 'menu.sharing',
    roles: ['patient'],
  });
  needs.shell.addNavigation({
    href: '/acting-for',
    text: 'People I act for',
    key: 'menu.actingFor',
    roles: ['patient', 'proxy'],
  });
  return {
    path: '/sharing',
    title: 'Who can see my record',
    register: (app) => {
      overviewPage(app, needs);
      choicePages(app, needs);
      actingPages(app, needs);
    },
  };
}
