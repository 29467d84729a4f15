/** Signing in and out, and a person’s own account. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { accountPages } from './account-pages.ts';
import { enrolPages } from './enrol-pages.ts';
import type { SignInPagesNeeds } from './page-parts.ts';
import { signInPages } from './sign-in-pages.ts';

export interface SignInService {
  readonly path: '/sign-in';
  readonly title: string;
  readonly register: (app: FastifyInstance) => void;
}

export function signIn(needs: SignInPagesNeeds): SignInService {
  needs.shell.addViews('sign-in', fileURLToPath(new URL('./views', import.meta.url)));
  return {
    path: '/sign-in',
    title: 'Sign in',
    register: (app) => {
      signInPages(app, needs);
      accountPages(app, needs);
      enrolPages(app, needs);
    },
  };
}
