/** Information governance: unusual access to review, questions of patients, emergency access, and the audit log itself. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { rolesThatMay } from '../../access/roles.ts';
import { logPages } from './log-pages.ts';
import type { GovernanceNeeds } from './page-parts.ts';
import { reviewPages } from './review-pages.ts';

export interface Governance {
  readonly path: '/governance';
  readonly title: string;
  readonly register: (app: FastifyInstance) => void;
}

export function governance(needs: GovernanceNeeds): Governance {
  needs.shell.addViews('governance', fileURLToPath(new URL('./views', import.meta.url)));
  needs.shell.addNavigation({
    href: '/governance',
    text: 'Governance',
    about: 'Review emergency access and unusual looks, and search the audit log.',
    roles: rolesThatMay('review-access'),
  });
  return {
    path: '/governance',
    title: 'Information governance',
    register: (app) => {
      reviewPages(app, needs);
      logPages(app, needs);
    },
  };
}
