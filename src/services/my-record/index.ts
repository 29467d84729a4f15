/** My record: the patient’s own app, where they, and those who act for them, read their record in plain words. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { documentPages } from './document-pages.ts';
import { homePages } from './home-pages.ts';
import { type MyRecordNeeds, pageParts } from './page-parts.ts';
import { partPages } from './part-pages.ts';
import { resultPages } from './result-pages.ts';
import { visitPages } from './visit-pages.ts';
import { myRecordWords } from './words.ts';

export interface MyRecord {
  readonly path: '/my-record';
  readonly title: string;
  readonly register: (app: FastifyInstance) => void;
}

export function myRecord(needs: MyRecordNeeds): MyRecord {
  const title = 'My record';
  const { shell } = needs;
  shell.addViews('my-record', fileURLToPath(new URL('./views', import.meta.url)));
  shell.addWords(myRecordWords);
  shell.addNavigation({
    ...{ href: '/my-record', text: title, key: 'menu.myRecord', roles: ['patient', 'proxy'] },
    about: 'Read your health record in plain words, and the records of those you act for.',
  });
  return {
    path: '/my-record',
    title,
    register: (app) => {
      const pages = pageParts(needs);
      homePages(app, needs, pages);
      partPages(app, needs, pages);
      resultPages(app, needs, pages);
      visitPages(app, needs, pages);
      documentPages(app, needs, pages);
    },
  };
}
