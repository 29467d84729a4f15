/** Going to another provider and coming back, and signing out at both ends. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type OutsideKey, providerNames } from '../../access/outside/outside-provider.ts';
import type { Wish } from '../../access/outside/outside-sign-in.ts';
import { Refusal } from '../../access/outside/refusal.ts';
import type { Proofing } from '../../access/outside/vectors-of-trust.ts';
import { formBody, formText } from '../../web/form-fields.ts';
import { returnAddress, returnQuery } from '../../web/return-address.ts';
import { type ElsewhereNeeds, signInPath, visitOf } from './page-parts.ts';
import { refusalWords } from './refusal-words.ts';

const proofings: readonly Proofing[] = ['P0', 'P5', 'P9'];

/** Signs out here, and tells where to sign out there. */
export const signOutPath = '/sign-in/elsewhere/sign-out';

export function signInPages(
  app: FastifyInstance,
  { shell, outside, accounts, identityOf }: ElsewhereNeeds,
): void {
  /** Sends a browser on with cookies; 303, so that whatever led here becomes a plain visit. */
  const goOn = (reply: FastifyReply, setCookies: readonly string[], location: string) => {
    if (setCookies.length > 0) reply.header('set-cookie', [...setCookies]);
    return reply.redirect(location, 303);
  };

  const refused = (key: OutsideKey, reply: FastifyReply, error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
    if (error.reason === 'unavailable' && error.cause !== undefined)
      reply.log.warn({ provider: key, cause: String(error.cause) }, 'a sign-in provider does not answer');
    const { status, ...words } = refusalWords(error.reason, key);
    return shell.renderPage(reply.code(status), 'sign-in-elsewhere/refused.njk', {
      ...words,
      again: `/sign-in/${key}`,
      provider: providerNames[key],
      otherWays: signInPath,
    });
  };

  const begin = async (key: OutsideKey, request: FastifyRequest, reply: FastifyReply, wish: Wish) => {
    try {
      const { url, setCookies } = await outside.begin(key, visitOf(request), wish);
      return goOn(reply, setCookies, url.href);
    } catch (error) {
      return refused(key, reply, error);
    }
  };

  for (const key of outside.providers) {
    app.get(`/sign-in/${key}`, (request, reply) => {
      const proofing = proofings.find((one) => one === formText(formBody(request.query), 'proofing'));
      const returnTo = returnAddress(formText(formBody(request.query), 'return'));
      const again = identityOf(request) !== undefined && proofing === undefined;
      return begin(key, request, reply, {
        ...{ returnTo, again },
        ...(proofing === undefined ? {} : { proofing }),
      });
    });

    app.get(`/sign-in/${key}/callback`, async (request, reply) => {
      const query = request.url.slice(request.url.indexOf('?') >>> 0);
      try {
        const done = await outside.finish(key, visitOf(request), query);
        if (done.again !== undefined)
          return begin(key, request, reply, { returnTo: done.location, proofing: done.again });
        if (!done.notLinked) return goOn(reply, done.setCookies, done.location);
        const next = done.linkFailed === undefined ? '/account/link' : '/account/link/no-match';
        return goOn(reply, done.setCookies, next + returnQuery(done.location));
      } catch (error) {
        return refused(key, reply, error);
      }
    });

    // From the provider's server, not from a browser: it has no cookie, and the token is its own proof.
    app.post(`/sign-in/${key}/back-channel-logout`, async (request, reply) => {
      await outside.logOut(key, formText(formBody(request.body), 'logout_token'), visitOf(request));
      return reply.code(200).header('cache-control', 'no-store').send();
    });
  }

  // A form may not lead to another site, so the provider's own sign-out is a link on the page that follows.
  app.post(signOutPath, async (request, reply) => {
    const identity = identityOf(request);
    const elsewhere = identity && (await outside.endElsewhere(identity));
    const setCookies = await accounts.signOut(visitOf(request));
    if (setCookies.length > 0) reply.header('set-cookie', [...setCookies]);
    if (!elsewhere || !identity) return goOn(reply, [], signInPath);
    const provider = identity.method === 'care-identity' ? 'care-identity' : 'nhs-login';
    return shell.renderPage(reply, 'sign-in-elsewhere/signed-out.njk', {
      title: 'You have signed out of Throughline',
      elsewhere: elsewhere.href,
      provider: providerNames[provider],
    });
  });
}
