/** What of a record goes out of the app, and what its person puts in: downloads, links that share, own entries. */
import type { FastifyInstance } from 'fastify';
import { type DownloadNeeds, downloadPages } from './download-pages.ts';
import { type OwnNeeds, ownPages } from './own-pages.ts';
import { pageParts } from './page-parts.ts';
import { type ShareNeeds, sharePages } from './share-pages.ts';
import { sharedPages } from './shared-pages.ts';

export type TakingAndAddingNeeds = DownloadNeeds & OwnNeeds & ShareNeeds;

/** Addresses without a person, for menus: they lead to one’s own record. */
const shortcuts = [
  {
    path: '/add-what-i-know',
    to: 'add',
    key: 'my-record.add',
    text: 'Add what I know',
    about: 'Measurements, allergies, what matters to me.',
  },
  {
    path: '/download-my-record',
    to: 'download',
    key: 'my-record.takeOut',
    text: 'Download my record',
    about: 'As a PDF or for other apps.',
  },
  {
    path: '/share-my-record',
    to: 'share',
    key: 'my-record.share',
    text: 'Share a part of my record',
    about: 'By a link that ends.',
  },
] as const;

/** Pages beside those of `myRecord`, whose views they use. */
export function takingAndAdding(needs: TakingAndAddingNeeds): {
  readonly register: (app: FastifyInstance) => void;
} {
  for (const { path, text, key, about } of shortcuts)
    needs.shell.addNavigation({ href: path, text, key, about, roles: ['patient', 'proxy'], place: 'more' });
  return {
    register: (app) => {
      for (const { path, to } of shortcuts)
        app.get(path, (request, reply) => {
          needs.actorOf(request); // who has not signed in is sent to
          const identity = needs.identityOf(request);
          const own = identity?.kind === 'person' ? identity.patient : undefined;
          return reply.redirect(own === undefined ? '/my-record' : `/my-record/${own}/${to}`, 303);
        });
      const pages = pageParts(needs);
      downloadPages(app, needs, pages);
      ownPages(app, needs, pages);
      sharePages(app, needs, pages);
      sharedPages(app, needs);
    },
  };
}
