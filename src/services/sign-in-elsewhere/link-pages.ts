/** Being linked to one's own record. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PersonIdentity } from '../../access/identity.ts';
import { needsSecondFactor } from '../../access/linking/linking.ts';
import { problem } from '../../platform/problem.ts';
import { errorsForPage, type FieldError, formBody, formText } from '../../web/form-fields.ts';
import { returnAddress, returnQuery } from '../../web/return-address.ts';
import { type LinkageText, linkageText, parseLinkage } from './linkage-form.ts';
import { type ElsewhereNeeds, signInPath } from './page-parts.ts';

/** Where someone goes who has just been connected. */
export const linkedNow = (here: string, returnTo: string): string => {
  const query = returnQuery(returnTo);
  return `${here}${query}${query ? '&' : '?'}now=linked`;
};

export function linkPages(
  app: FastifyInstance,
  { shell, linking, outside, identityOf, clock }: ElsewhereNeeds,
): void {
  const here = '/account/link';

  /** The person who asks; undefined where they were sent to sign in first. */
  const personOf = (request: FastifyRequest, reply: FastifyReply): PersonIdentity | undefined => {
    const identity = identityOf(request);
    if (identity?.kind === 'person') return identity;
    if (identity) throw problem('not-found', 'There is nothing at this address for staff accounts.');
    void reply.redirect(signInPath + returnQuery(here), 303);
    return undefined;
  };

  /** Proving who they are to NHS login, where they use it and have not. */
  const stepUp = (identity: PersonIdentity, returnTo: string): string | undefined =>
    identity.method === 'nhs-login' && identity.proofing !== 'P9' && outside.providers.includes('nhs-login')
      ? `/sign-in/nhs-login?proofing=P9&return=${encodeURIComponent(returnTo)}`
      : undefined;

  const form = (
    reply: FastifyReply,
    identity: PersonIdentity,
    returnTo: string,
    text: LinkageText,
    errors: readonly FieldError[] = [],
  ) =>
    shell.renderPage(reply.code(errors.length > 0 ? 422 : 200), 'sign-in-elsewhere/link.njk', {
      title: errors.length > 0 ? 'Error: Connect to your record' : 'Connect to your record',
      text,
      ...errorsForPage(errors),
      stepUp: stepUp(identity, returnTo),
      secondFactor: needsSecondFactor(identity)
        ? `/sign-in/nhs-login?proofing=P5&return=${encodeURIComponent(here)}`
        : '',
      returnTo,
    });

  app.get(here, async (request, reply) => {
    const identity = personOf(request, reply);
    if (!identity) return reply;
    const returnTo = returnAddress(formText(formBody(request.query), 'return'));
    // Only what has just been done is told as new.
    const isNew = formText(formBody(request.query), 'now') === 'linked';
    if (identity.patient !== undefined)
      return shell.renderPage(reply, 'sign-in-elsewhere/linked.njk', {
        title: isNew ? 'You are connected to your record' : 'Your account is connected to your record',
        isNew,
        returnTo,
      });
    if ((await linking.triesLeft(identity.account)) === 0)
      return reply.redirect(`${here}/no-match?why=tries`, 303);
    return form(reply, identity, returnTo, linkageText({}));
  });

  app.post(here, async (request, reply) => {
    const identity = personOf(request, reply);
    if (!identity) return reply;
    const returnTo = returnAddress(formText(formBody(request.body), 'return'));
    if (identity.patient !== undefined) return reply.redirect(here, 303);
    const text = linkageText(formBody(request.body));
    const { details, errors } = parseLinkage(text, new Date(clock.now()).toISOString().slice(0, 10));
    if (!details) return form(reply, identity, returnTo, text, errors);
    const result = await linking.linkByDetails(identity, details, request.id);
    if (result.outcome === 'linked') return reply.redirect(linkedNow(here, returnTo), 303);
    if (result.outcome === 'exhausted' || (result.outcome === 'wrong' && result.triesLeft === 0))
      return reply.redirect(`${here}/no-match?why=tries`, 303);
    if (result.outcome !== 'wrong') return reply.redirect(`${here}/no-match`, 303);
    const left =
      result.triesLeft === 1
        ? 'You can try once more today'
        : `You can try ${result.triesLeft} more times today`;
    const message = `These details do not match. Check each one, and your date of birth, against your letter. ${left}`;
    return form(reply, identity, returnTo, text, [{ field: 'account-id', text: message }]);
  });

  app.get(`${here}/no-match`, (request, reply) => {
    const identity = personOf(request, reply);
    if (!identity) return reply;
    const tries = formText(formBody(request.query), 'why') === 'tries';
    return shell.renderPage(reply.code(200), 'sign-in-elsewhere/no-match.njk', {
      title: tries ? 'You have tried too many times' : 'We could not match you to a record',
      tries,
      link: here,
    });
  });
}
