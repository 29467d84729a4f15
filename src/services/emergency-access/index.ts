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
    about: 'Open a record that you cannot see, for a short time and with a reason.',
    roles: rolesThatMay('emergency-access'),
  });
  const help = 'Ask for emergency access';
  const mayAsk = rolesThatMay('emergency-access');
  needs.shell.addErrorHelp((request, status) => {
    const identity = needs.identityOf(request);
    const isPerson = status === 404 && /^\/people\/[^/?]/.test(request.url);
    return isPerson && identity?.kind === 'staff' && mayAsk.includes(identity.post.role)
      ? { key: 'error.emergency', href: '/emergency-access', text: help }
      : undefined;
  });
  return {
    path: '/emergency-access',
    title: 'Emergency access',
    register: (app) => emergencyAccessPages(app, needs),
  };
}
