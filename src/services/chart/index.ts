/** The chart: a clinician's view of one person's whole record. */
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { type Role, roles } from '../../access/roles.ts';
import type { ChartNeeds } from './page-parts.ts';
import { chartPages } from './pages.ts';

export interface Chart {
  readonly path: '/people';
  readonly title: string;
  /** Adds the pages. */
  readonly register: (app: FastifyInstance) => void;
}

/** Whoever may have a person to find: patients have their own pages, and some staff see nobody. */
const staffRoles = Object.entries(roles as Readonly<Record<string, Role>>)
  .filter(([, { holder }]) => holder !== 'person')
  .filter(
    ([, { holder, sees, seesOfAll = [] }]) =>
      [...sees, ...seesOfAll].includes('demographics') || holder === 'system',
  )
  .map(([key]) => key);

export function chart(needs: ChartNeeds): Chart {
  needs.shell.addViews('chart', fileURLToPath(new URL('./views', import.meta.url)));
  needs.shell.addNavigation({
    href: '/people',
    text: 'Find a person',
    key: 'menu.people',
    about: 'By name, NHS number, date of birth or postcode. Then open their record.',
    roles: staffRoles,
  });
  return { path: '/people', title: 'Find a person', register: (app) => chartPages(app, needs) };
}
