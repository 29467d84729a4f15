/** What the plan that was agreed says on the register's pages: a section of each site, a layer of the map. */
import { technologyNames } from '../model.ts';
import type { MapLayer, SectionOf } from '../register/parts.ts';
import { pounds } from './page-parts.ts';
import type { ScenarioStore } from './scenario-store.ts';

export const planSection =
  (store: ScenarioStore): SectionOf =>
  async ({ site, manages }) => {
    const scenario = await store.agreed();
    const row = scenario && (await store.siteOf(scenario.id, site.id));
    if (!scenario || !row) return undefined;
    const { plan } = row;
    return {
      ...{ id: 'plan', title: 'In the plan to full fibre', template: 'line-plan/site-section.njk' },
      data: {
        scenario: { name: scenario.name, href: `/lines/plans/${scenario.id}` },
        ...{ reason: row.reason, link: manages },
        ...(plan
          ? {
              plan: {
                ...{ year: plan.year, technology: technologyNames[plan.technology], cost: pounds(plan.cost) },
                ...{ route: plan.route, supplier: plan.supplier },
              },
            }
          : {}),
      },
    };
  };

const classes: MapLayer['classes'] = [
  { key: 'first', name: 'First year of the plan', style: 1 },
  { key: 'second', name: 'Second year', style: 2 },
  { key: 'later', name: 'Third year or later', style: 3 },
  { key: 'there', name: 'On full fibre when it was planned', style: 4 },
  { key: 'out', name: 'Not in the plan', style: 6 },
];

export const planLayer = (store: ScenarioStore): MapLayer => ({
  ...{ key: 'plan', title: 'Year in the plan', classes },
  async of(sites) {
    const scenario = await store.agreed();
    if (!scenario) return new Map();
    const wanted = new Set(sites.map(({ id }) => id));
    const rows = (await store.sites(scenario.id)).filter(({ site }) => wanted.has(site));
    return new Map(
      rows.map(({ site, plan, leftOut, reason }) => {
        if (plan) {
          const order = plan.year - scenario.parameters.firstYear;
          const words = `${plan.year}: ${technologyNames[plan.technology]}${plan.route ? `, ${plan.route}` : ''}`;
          return [site, { class: order === 0 ? 'first' : order === 1 ? 'second' : 'later', words }];
        }
        return [site, { class: leftOut === 'full fibre already' ? 'there' : 'out', words: reason }];
      }),
    );
  },
});
