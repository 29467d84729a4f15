/** Signing in with NHS login or Care Identity, and being linked to one's own record. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import type { Identity } from '../../access/identity.ts';
import type { OutsideKey } from '../../access/outside/outside-provider.ts';
import { linkPages } from './link-pages.ts';
import { linkagePages } from './linkage-pages.ts';
import type { ElsewhereNeeds } from './page-parts.ts';
import { signInPages, signOutPath } from './sign-in-pages.ts';

/** A way to sign in, for the sign-in page: a link, as a form may not lead to another site (form-action). */
export interface ElsewhereButton {
  readonly href: string;
  readonly text: string;
  readonly forWhom: 'person' | 'staff';
}

export interface SignInElsewhere {
  /** One for each provider that is configured; add `?return=` and a path of ours to come back there. */
  readonly buttons: readonly ElsewhereButton[];
  /** Where someone who signed in with a provider signs out at both ends; undefined for others. */
  readonly signOutElsewhere: (identity: Identity) => string | undefined;
  readonly register: (app: FastifyInstance) => void;
}

const buttons: Record<OutsideKey, ElsewhereButton> = {
  'nhs-login': { href: '/sign-in/nhs-login', text: 'Continue to NHS login', forWhom: 'person' },
  'care-identity': { href: '/sign-in/care-identity', text: 'Sign in with Care Identity', forWhom: 'staff' },
};

export function signInElsewhere(needs: ElsewhereNeeds): SignInElsewhere {
  needs.shell.addViews('sign-in-elsewhere', fileURLToPath(new URL('./views', import.meta.url)));
  return {
    buttons: needs.outside.providers.map((key) => buttons[key]),
    signOutElsewhere: ({ method }) =>
      needs.outside.providers.some((key) => key === method) ? signOutPath : undefined,
    register: (app) => {
      signInPages(app, needs);
      linkPages(app, needs);
      linkagePages(app, needs);
    },
  };
}
