/** Accounts of staff: made, given posts and links to sign in, and stopped, by an administrator. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { rolesThatMay } from '../../access/roles.ts';
import { type AccountAdministrationNeeds, accountPages } from './pages.ts';

export interface AccountsRoom {
  readonly path: '/accounts';
  readonly title: string;
  readonly register: (app: FastifyInstance) => void;
}

export function accountAdministration(needs: AccountAdministrationNeeds): AccountsRoom {
  needs.shell.addViews('accounts', fileURLToPath(new URL('./views', import.meta.url)));
  needs.shell.addNavigation({
    href: '/accounts',
    text: 'Accounts of staff',
    about: 'Add people, give them posts, and stop accounts.',
    roles: rolesThatMay('manage-accounts'),
  });
  return {
    path: '/accounts',
    title: 'Accounts of staff',
    register: (app) => accountPages(app, needs),
  };
}
