/** A person answers an app that asks for access, sees which apps have it, and ends it. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { type AppConsentNeeds, appConsentPages } from './pages.ts';

export interface AppConsent {
  readonly path: '/app-consent';
  readonly title: string;
  readonly register: (app: FastifyInstance) => void;
}

export function appConsent(needs: AppConsentNeeds): AppConsent {
  needs.shell.addViews('app-consent', fileURLToPath(new URL('./views', import.meta.url)));
  needs.shell.addNavigation({
    href: '/app-consent',
    text: 'Apps with access',
    key: 'menu.apps',
    roles: ['patient'],
  });
  return {
    path: '/app-consent',
    title: 'Apps with access',
    register: (app) => appConsentPages(app, needs),
  };
}
