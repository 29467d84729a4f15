/** The page “Who can see my record”: all choices as they stand, and who acts for the person. */
import type { FastifyInstance } from 'fastify';
import { organisationKinds } from '../../access/consents/organisation-kinds.ts';
import { sensitiveCategories } from '../../access/consents/sensitive-categories.ts';
import { subjectKey } from '../../access/consents/sharing-consent.ts';
import { endOfGrant } from '../../access/proxies/proxies.ts';
import { proxyRelationship, scopeNames } from '../../access/proxies/relationships.ts';
import { lastDay } from '../../web/dates.ts';
import { formBody, formText } from '../../web/form-fields.ts';
import { readChoices } from './choices.ts';
import { ownerOf, type SharingNeeds } from './needs.ts';
import { organisationsOf } from './organisations.ts';

const done: Readonly<Record<string, string>> = {
  choice: 'Your choice is saved. It holds from now.',
  ended: 'They can no longer act for you.',
};

export function overviewPage(app: FastifyInstance, needs: SharingNeeds): void {
  const { shell, record, clock, proxies, actorOf, identityOf, systemActor } = needs;

  app.get<{ Querystring: Record<string, unknown> }>('/sharing', async (request, reply) => {
    const { patient } = ownerOf(request, identityOf);
    const standing = await readChoices(record, systemActor(request), patient);
    const keys = new Map(standing.map((choice) => [subjectKey(choice.subject), choice]));
    const organisations = new Map(
      (await organisationsOf(record, actorOf(request), patient)).map(({ id, name }) => [id, name]),
    );
    for (const { subject } of standing) {
      if (subject.kind !== 'party' || subject.party.kind !== 'organisation') continue;
      const id = subject.party.reference.replace(/^Organization\//, '');
      if (!organisations.has(id)) organisations.set(id, subject.party.name ?? 'Organisation');
    }
    /** “On”, or from whom it is kept. */
    const stateOf = (key: string): 'shared' | 'practice' | 'kept' => {
      const choice = keys.get(key);
      if (!choice) return 'shared';
      return choice.except.length > 0 ? 'practice' : 'kept';
    };
    const actingForMe = (await proxies.ofPatient(patient, clock.now())).map((one) => ({
      id: one.id,
      name: one.askerName,
      relationship: proxyRelationship(one.relationship)?.name ?? '',
      scopes: one.scopes.map((scope) => scopeNames[scope]),
      until: lastDay(endOfGrant(one) ?? clock.now()),
    }));
    return shell.renderPage(reply, 'sharing/overview.njk', {
      title: 'Who can see my record',
      done: done[formText(formBody(request.query), 'done')],
      kinds: organisationKinds.map(({ code, name }) => ({
        href: `/sharing/kinds/${code}`,
        name,
        state: stateOf(`organisation-kind:${code}`),
      })),
      organisations: [...organisations].map(([id, name]) => ({
        href: `/sharing/organisations/${id}`,
        name,
        state: stateOf(`organisation:Organization/${id}`),
      })),
      categories: sensitiveCategories.map(({ code, name }) => ({
        href: `/sharing/categories/${code}`,
        name,
        state: stateOf(`category:${code}`),
      })),
      items: standing.flatMap(({ subject }) =>
        subject.kind === 'item'
          ? [
              {
                href: `/sharing/items/${subject.reference}`,
                name: subject.name ?? 'Entry',
                state: stateOf(subjectKey(subject)),
              },
            ]
          : [],
      ),
      research: stateOf('research'),
      actingForMe,
    });
  });
}
