/** Share a part of one’s own record by a link: made, told once with its code, listed with its openings, withdrawn. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OwnShareLink, ShareLinks, ShareOwner } from '../../access/share-links/share-links.ts';
import { problem } from '../../platform/problem.ts';
import { formatMoment } from '../../web/dates.ts';
import type { Forms } from '../../web/forms/forms.ts';
import { shownSections, titleFor } from './download-pages.ts';
import type { MyRecordNeeds, Pages, PersonParams, Visit } from './page-parts.ts';
import { sectionOf } from './record-sections.ts';
import { lifetimes, shareForm } from './share-form.ts';

export interface ShareNeeds extends MyRecordNeeds {
  readonly forms: Forms;
  readonly shareLinks: ShareLinks;
  /** Address that people reach the server by. */
  readonly baseUrl: string;
  /** Throws a Problem (401) where the person showed who they are too long ago. */
  readonly requireFresh: (request: FastifyRequest) => void;
}

type LinkRequest = FastifyRequest<{ Params: PersonParams & { id: string } }>;

interface Sharing {
  readonly visit: Visit;
  readonly owner: ShareOwner;
}

const states: Readonly<Record<OwnShareLink['state'], string>> = {
  open: 'Works until',
  expired: 'Ended',
  withdrawn: 'Withdrawn',
  locked: 'Ended after too many wrong codes',
};

export function sharePages(app: FastifyInstance, needs: ShareNeeds, pages: Pages): void {
  const { forms, shareLinks, identityOf, requireFresh, baseUrl } = needs;

  /** Only of one’s own record: who was let into another’s was not given the right to let others in. */
  const sharingOf = async (request: FastifyRequest): Promise<Sharing> => {
    const visit = await pages.visitOf(request as LinkRequest); // the path names the person
    const identity = identityOf(request);
    if (!visit.own || identity?.kind !== 'person')
      throw problem('forbidden', 'Only the person whose record it is can share it by a link.');
    return { visit, owner: { ...identity, patient: visit.id } };
  };

  app.get('/my-record/:person/share', async (request: LinkRequest, reply) => {
    const { visit, owner } = await sharingOf(request);
    const all = await shareLinks.listOf(owner);
    return pages.show(reply, visit, 'share-list', {
      title: 'Share a part of your record',
      links: all.map((one) => ({
        id: one.id,
        parts: one.sections.map((key) => titleOf(key, visit)).join(', '),
        isOpen: one.state === 'open',
        state: one.state === 'open' ? `${states.open} ${formatMoment(one.expires)}` : states[one.state],
        lines: [
          { label: 'Made', text: formatMoment(one.made) },
          { label: 'Opened', text: times(one.openings) },
          ...one.opened.map((at) => ({ label: 'Opened on', text: formatMoment(at) })),
          ...(one.misses > 0 ? [{ label: 'Wrong codes', text: String(one.misses) }] : []),
        ],
      })),
    });
  });

  forms.add(app, '/my-record/:person/share/new', {
    about: async (request) => {
      const sharing = await sharingOf(request);
      requireFresh(request);
      return sharing;
    },
    form: ({ visit }) => shareForm(shownSections(visit)),
    initial: () => ({ hours: '24' }),
    show: (reply, { errorPrefix, ...shown }, { visit }) => {
      const title = 'Make a link to a part of your record';
      return pages.show(reply, visit, 'share-new', {
        ...shown,
        ...{ title: `${errorPrefix}${title}`, heading: title, lifetimes },
        sections: shownSections(visit).map((one) => ({ key: one.key, title: titleFor(one, visit) })),
      });
    },
    act: async ({ sections, hours }, { visit, owner }, { key, request }) => {
      const id = await shareLinks.make(owner, { form: key, name: visit.name, sections, hours }, request.id);
      return `${visit.base}/share/${id}/made`;
    },
  });

  app.get('/my-record/:person/share/:id/made', async (request: LinkRequest, reply) => {
    const { visit, owner } = await sharingOf(request);
    requireFresh(request);
    const told = await shareLinks.reveal(owner, request.params.id);
    return pages.show(reply.header('cache-control', 'no-store'), visit, 'share-made', {
      title: told ? 'Your link is ready' : 'This link and its code were shown already',
      link: told && `${baseUrl}/shared/${told.token}`,
      code: told && `${told.code.slice(0, 3)} ${told.code.slice(3)}`,
    });
  });

  app.post('/my-record/:person/share/:id/withdraw', async (request: LinkRequest, reply) => {
    const { visit, owner } = await sharingOf(request);
    const done = await shareLinks.withdraw(owner, request.params.id, request.id);
    if (!done) throw problem('not-found', 'There is no such link.');
    return reply.redirect(`${visit.base}/share`, 303);
  });
}

const times = (count: number): string =>
  count === 0 ? 'Never' : count === 1 ? 'Once' : `${count.toLocaleString('en-GB')} times`;

const titleOf = (key: string, visit: Visit): string => {
  const section = sectionOf(key);
  return section ? titleFor(section, visit) : key;
};
