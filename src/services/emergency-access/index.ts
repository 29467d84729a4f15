/** Emergency access: a clinician opens the record of someone they have no relationship with, and says why. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { rolesThatMay } from '../../access/roles.ts';
import { type EmergencyAccessNeeds, emergencyAccessPages } from './pages.ts';

export interface EmergencyAccessPages {
  readonly path: '/emergency-access';
  readonly title: string;
  readonly register: (app: FastifyInstance) => void;
}

export function emergencyAccess(needs: EmergencyAccessNeeds): EmergencyAccessPages {
  needs.shell.addViews('emergency-access', fileURLToPath(new URL('./views', import.meta.url)));
  needs.shell.addNavigation({
    href: '/emergency-access',
    text: 'Emergency access',
    roles: rolesThatMay('emergency-access'),
  });
  return {
    path: '/emergency-access',
    title: 'Emergency access',
    register: (app) => emergencyAccessPages(app, needs),
  };
}
