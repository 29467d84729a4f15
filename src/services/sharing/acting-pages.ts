/** Addresses of acting for others: whom I act for, asking to, and ending it, from either side. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { longestText } from '../../access/proxies/proxies.ts';
import type { OwnRequest } from '../../access/proxies/proxy.ts';
import { proxyRelationship, proxyRelationships, scopeNames } from '../../access/proxies/relationships.ts';
import { proxyScopes } from '../../access/sight/proxy-grant.ts';
import { Problem, problem } from '../../platform/problem.ts';
import { formatMoment, lastDay, localMoment } from '../../web/dates.ts';
import { formBody, formText } from '../../web/form-fields.ts';
import { askForm } from './ask-form.ts';
import { ownerOf, personOf, type SharingNeeds } from './needs.ts';

type Asking = FastifyRequest<{ Params: { id: string } }>;

const done: Readonly<Record<string, string>> = {
  asked: 'Your request is sent. The person’s GP surgery decides.',
  withdrawn: 'You took the request back.',
  ended: 'You no longer act for this person.',
};

/** To the list, which shows how it stands; without a word where it was decided already, such as by this form sent before. */
async function afterwards(reply: FastifyReply, list: string, word: string, work: () => Promise<unknown>) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Problem && error.status === 409)) throw error;
    return reply.redirect(list, 303);
  }
  return reply.redirect(`${list}?done=${word}`, 303);
}

export function actingPages(app: FastifyInstance, needs: SharingNeeds): void {
  const { shell, forms, clock, proxies, identityOf, systemActor, requireFresh } = needs;

  const inWords = (one: OwnRequest) => ({
    id: one.id,
    name: one.personName,
    patient: one.patient,
    relationship: proxyRelationship(one.relationship)?.name ?? '',
    scopes: one.scopes.map((scope) => scopeNames[scope]),
    canSeeRecord: one.scopes.includes('record'),
    asked: formatMoment(one.asked),
    until: one.until === undefined ? '' : lastDay(one.until),
    ended: one.ended === undefined ? '' : formatMoment(one.ended),
    state: one.state,
    reason: one.reason ?? '',
  });

  app.get<{ Querystring: Record<string, unknown> }>('/acting-for', async (request, reply) => {
    const identity = personOf(request, identityOf);
    const all = (await proxies.ofAsker(identity)).map(inWords);
    return shell.renderPage(reply, 'sharing/acting-for.njk', {
      title: 'People I act for',
      done: done[formText(formBody(request.query), 'done')],
      standing: all.filter(({ state }) => state === 'approved'),
      waiting: all.filter(({ state }) => state === 'waiting'),
      past: all.filter(({ state }) => state !== 'approved' && state !== 'waiting'),
      proved: identity.proofing === 'P9',
    });
  });

  const proved = (request: FastifyRequest) => {
    const identity = personOf(request, identityOf);
    if (identity.proofing !== 'P9')
      throw problem('forbidden', 'Prove who you are before you ask to act for someone else.');
    requireFresh(request);
    return identity;
  };

  forms.add(app, '/acting-for/ask', {
    about: proved,
    form: () => askForm(localMoment(clock.now()).key),
    show: (reply, { typed, errorPrefix, ...shown }) =>
      shell.renderPage(reply, 'sharing/ask.njk', {
        ...shown,
        title: `${errorPrefix}Ask to act for someone`,
        typed,
        most: longestText,
        relationships: proxyRelationships.map(({ code, name, evidence }) => ({
          value: code,
          text: name,
          hint: { text: `Your evidence: ${evidence}` },
          checked: code === typed.relationship,
        })),
        scopes: proxyScopes.map((scope) => ({
          value: scope,
          text: scopeNames[scope],
          checked: typed.scopes.includes(scope),
        })),
      }),
    act: async ({ born, ...values }, asker, { key, request }) => {
      await proxies.ask(asker, { ...values, birthDate: born, form: key }, systemActor(request));
      return '/acting-for?done=asked';
    },
  });

  app.post('/acting-for/:id/withdraw', async (request: Asking, reply) => {
    const asker = personOf(request, identityOf);
    return afterwards(reply, '/acting-for', 'withdrawn', () =>
      proxies.withdraw(asker, request.params.id, systemActor(request)),
    );
  });

  app.get('/acting-for/:id/end', async (request: Asking, reply) => {
    const mine = await proxies.ofAsker(personOf(request, identityOf));
    const one = mine.find(({ id, state }) => id === request.params.id && state === 'approved');
    if (!one) throw problem('not-found', 'There is no such person that you act for.');
    return shell.renderPage(reply, 'sharing/end.njk', {
      title: `Stop acting for ${one.personName}?`,
      text: 'You will no longer see or do anything for them. To act for them again you need to ask their GP surgery.',
      action: `/acting-for/${one.id}/end`,
      button: 'Stop acting for them',
      back: { href: '/acting-for', text: 'People I act for' },
    });
  });

  app.post('/acting-for/:id/end', async (request: Asking, reply) => {
    const asker = personOf(request, identityOf);
    return afterwards(reply, '/acting-for', 'ended', () =>
      proxies.end(asker, request.params.id, '', systemActor(request)),
    );
  });

  app.get('/sharing/people/:id/end', async (request: Asking, reply) => {
    const { patient } = ownerOf(request, identityOf);
    requireFresh(request);
    const people = await proxies.ofPatient(patient, clock.now());
    const one = people.find(({ id }) => id === request.params.id);
    if (!one) throw problem('not-found', 'There is no such person who acts for you.');
    return shell.renderPage(reply, 'sharing/end.njk', {
      title: `Stop ${one.askerName} acting for you?`,
      text: 'They will no longer see or do anything for you, from now. To let them act for you again, ask your GP surgery.',
      action: `/sharing/people/${one.id}/end`,
      button: 'Stop them acting for me',
      back: { href: '/sharing', text: 'Who can see my record' },
    });
  });

  app.post('/sharing/people/:id/end', async (request: Asking, reply) => {
    const owner = ownerOf(request, identityOf);
    requireFresh(request);
    return afterwards(reply, '/sharing', 'ended', () =>
      proxies.end(owner, request.params.id, '', systemActor(request)),
    );
  });
}
