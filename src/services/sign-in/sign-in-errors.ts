import type { FastifyRequest } from 'fastify';
import { isFreshSignInNeeded } from '../../access/accounts/sessions.ts';
import type { ErrorRenderer } from '../../platform/map-errors.ts';
import { returnAddress } from '../../web/return-address.ts';

/**
 * Pages for failed requests, as the shell's, but that a browser which must sign in is sent to sign in, and comes back.
 * Programs, and whoever is asked for a token, get the failure itself.
 */
export function signInErrors(pages: ErrorRenderer): ErrorRenderer {
  return {
    prefix: '/',
    render(problem, request, reply) {
      const isPage = /\btext\/html\b/.test(request.headers.accept ?? '');
      const asksToken = Object.keys(problem.headers).some(
        (name) => name.toLowerCase() === 'www-authenticate',
      );
      if (problem.status !== 401 || !isPage || asksToken) return pages.render(problem, request, reply);
      const again = isFreshSignInNeeded(problem) ? '&again=yes' : '';
      return reply.redirect(`/sign-in?return=${encodeURIComponent(comingBackTo(request))}${again}`, 303);
    },
  };
}

/** The page itself, or the page whose form was sent. */
function comingBackTo(request: FastifyRequest): string {
  if (request.method === 'GET' || request.method === 'HEAD') return returnAddress(request.url);
  const { referer, host } = request.headers;
  if (referer === undefined || !URL.canParse(referer)) return '/';
  const page = new URL(referer);
  return page.host === host ? returnAddress(`${page.pathname}${page.search}`) : '/';
}
