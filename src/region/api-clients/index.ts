/** Apps and systems that may use the API: registered, changed and switched off by an administrator. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { rolesThatMay } from '../../access/roles.ts';
import { type ApiClientNeeds, apiClientPages } from './pages.ts';

export interface ApiClientsRoom {
  readonly path: '/api-clients';
  readonly title: string;
  readonly register: (app: FastifyInstance) => void;
}

export function apiClients(needs: ApiClientNeeds): ApiClientsRoom {
  needs.shell.addViews('api-clients', fileURLToPath(new URL('./views', import.meta.url)));
  const title = 'Apps and systems';
  needs.shell.addNavigation({
    href: '/api-clients',
    text: title,
    about: 'Say which apps and systems may use the record, and for what.',
    roles: rolesThatMay('manage-clients'),
  });
  return {
    path: '/api-clients',
    title,
    register: (app) => apiClientPages(app, needs),
  };
}
