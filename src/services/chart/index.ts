/** The chart: a clinician's view of one person's whole record. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import type { ChartNeeds } from './page-parts.ts';
import { chartPages } from './pages.ts';

export interface Chart {
  readonly path: '/people';
  readonly title: string;
  /** Adds the pages, the start page among them. */
  readonly register: (app: FastifyInstance) => void;
}

export function chart(needs: ChartNeeds): Chart {
  needs.shell.addViews('chart', fileURLToPath(new URL('./views', import.meta.url)));
  needs.shell.addNavigation({ href: '/people', text: 'Find a person' });
  return { path: '/people', title: 'Find a person', register: (app) => chartPages(app, needs) };
}
