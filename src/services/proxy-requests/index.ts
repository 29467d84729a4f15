/** Who acts for whom: a practice's staff decide about its patients. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { type ProxyRequestsNeeds, proxyRequestsPages } from './pages.ts';

export interface ProxyRequestsPages {
  readonly path: '/proxy-requests';
  readonly title: string;
  readonly register: (app: FastifyInstance) => void;
}

export function proxyRequests(needs: ProxyRequestsNeeds): ProxyRequestsPages {
  needs.shell.addViews('proxy-requests', fileURLToPath(new URL('./views', import.meta.url)));
  return {
    path: '/proxy-requests',
    title: 'People who act for others',
    register: (app) => proxyRequestsPages(app, needs),
  };
}
