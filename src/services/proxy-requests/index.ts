/** Who acts for whom: a practice's staff decide about its patients. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { rolesThatMay } from '../../access/roles.ts';
import { type ProxyRequestsNeeds, proxyRequestsPages } from './pages.ts';

export interface ProxyRequestsPages {
  readonly path: '/proxy-requests';
  readonly title: string;
  readonly register: (app: FastifyInstance) => void;
}

export function proxyRequests(needs: ProxyRequestsNeeds): ProxyRequestsPages {
  needs.shell.addViews('proxy-requests', fileURLToPath(new URL('./views', import.meta.url)));
  needs.shell.addNavigation({
    href: '/proxy-requests',
    text: 'People who act for others',
    about: 'Agree to or refuse requests to act for a patient, and end what was agreed.',
    roles: rolesThatMay('decide-proxies'),
  });
  return {
    path: '/proxy-requests',
    title: 'People who act for others',
    register: (app) => proxyRequestsPages(app, needs),
  };
}
