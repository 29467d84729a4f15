/** What of a record goes out of the app, and what its person puts in: downloads, links that share, own entries. */
import type { FastifyInstance } from 'fastify';
import { type DownloadNeeds, downloadPages } from './download-pages.ts';
import { type OwnNeeds, ownPages } from './own-pages.ts';
import { pageParts } from './page-parts.ts';
import { type ShareNeeds, sharePages } from './share-pages.ts';
import { sharedPages } from './shared-pages.ts';

export type TakingAndAddingNeeds = DownloadNeeds & OwnNeeds & ShareNeeds;

/** Pages beside those of `myRecord`, whose views they use. */
export function takingAndAdding(needs: TakingAndAddingNeeds): {
  readonly register: (app: FastifyInstance) => void;
} {
  return {
    register: (app) => {
      const pages = pageParts(needs);
      downloadPages(app, needs, pages);
      ownPages(app, needs, pages);
      sharePages(app, needs, pages);
      sharedPages(app, needs);
    },
  };
}
