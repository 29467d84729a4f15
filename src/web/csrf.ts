/** Refuses what another site makes a browser send: sign-ins, changes and sign-outs that the person did not ask for. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Problem, problem } from '../platform/problem.ts';

export interface CsrfOptions {
  /** Address that people reach the server by; its origin is ours beside the one that a request names in Host. */
  readonly baseUrl: string;
  /**
   * Paths (and all below) that other sites' pages may post to, because nothing there trusts what a browser adds by itself:
   * OAuth's token endpoint, an outside provider's `form_post`.
   */
  readonly openPaths?: readonly string[];
  /**
   * Answers only under its own name: that of `baseUrl`, or one of this machine. For a server that trusts whoever reaches it:
   * another site may let its own name lead to this machine (DNS rebinding), and would then pass for us.
   */
  readonly ownNameAlone?: boolean;
}

const thisMachine = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

const safe = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * One hook for all routes, beside SameSite=Lax cookies: an unsafe request from a browser must come from our own pages.
 * Browsers say where it comes from in Sec-Fetch-Site (W3C Fetch Metadata), older ones in Origin; programs send neither and
 * hold no cookies of others. A bearer token is added by nobody but the one who knows it, so it is believed from anywhere.
 */
export function refuseOtherSites(
  app: FastifyInstance,
  { baseUrl, openPaths = [], ownNameAlone = false }: CsrfOptions,
): void {
  const { origin: ours, host: ourHost } = new URL(baseUrl);
  const isOurName = (host = '') => thisMachine.test(host) || host.toLowerCase() === ourHost;
  const isOpen = (path: string) => openPaths.some((open) => path === open || path.startsWith(`${open}/`));
  const faultOf = (request: FastifyRequest): Problem | undefined => {
    if (ownNameAlone && !isOurName(request.headers.host))
      return problem(
        'forbidden',
        `This demonstration answers at ${ours} alone. Open it there, or set BASE_URL.`,
        { status: 421 },
      );
    if (safe.has(request.method) || isFromHere(request, ours)) return undefined;
    if (/^Bearer +\S/i.test(request.headers.authorization ?? '')) return undefined;
    if (isOpen(request.url.split('?')[0] ?? '')) return undefined;
    return problem(
      'forbidden',
      'This was sent by another website, so it was not done. Open this site itself and try again.',
    );
  };
  app.addHook('onRequest', (request, _reply, done) => done(faultOf(request)));
}

function isFromHere(request: FastifyRequest, ours: string): boolean {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (origin === undefined) return true;
  if (origin === ours) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}
