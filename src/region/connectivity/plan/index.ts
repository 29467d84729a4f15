/** Which sites to bring onto full fibre, when and how: scenarios, their runs and what they show. */
import { fileURLToPath } from 'node:url';
import { rolesThatMay } from '../../../access/roles.ts';
import type { Region } from '../../../demo/model.ts';
import type { Room, RoomNeeds } from '../../../web/room.ts';
import type { Capability, Incidents, Readings, Register, Technology } from '../model.ts';
import type { MapLayer, SectionOf } from '../register/parts.ts';
import { demonstratePlans } from './demonstrate.ts';
import { planLayer, planSection } from './on-the-register.ts';
import { planPages } from './pages.ts';
import { roadStore } from './road-store.ts';
import { defineRuns } from './runs.ts';
import { scenarioStore } from './scenario-store.ts';

export interface PlanNeeds extends RoomNeeds {
  readonly register: Register;
  readonly readings: Readings;
  readonly incidents: Incidents;
  readonly capability: Capability;
  readonly addSection: (order: number, section: SectionOf) => void;
  readonly addLayer: (layer: MapLayer) => void;
}

/** One site of the plan that was agreed: what is to be ordered, when. */
export interface PlannedSite {
  readonly site: string;
  readonly technology: Technology;
  /** Calendar year: 2027. */
  readonly year: number;
  /** Its part of the cost, in pounds. */
  readonly cost: number;
  /** Sites on one shared trench have one route. */
  readonly route: string | undefined;
  readonly reason: string;
}

export interface LinePlans extends Room {
  /** The scenario that the board agreed to, where there is one. */
  readonly agreed: () => Promise<
    | {
        readonly id: string;
        readonly name: string;
        readonly sites: readonly PlannedSite[];
        readonly budgets: readonly { readonly year: number; readonly pounds: number }[];
      }
    | undefined
  >;
  /** Makes the demonstration's scenarios, one agreed two years ago among them, once its sites and lines are in the register. */
  readonly demonstrate: (region: Region, signal: AbortSignal) => Promise<void>;
}

/** Among the sections of a site: after what its line carries. */
const sectionOrder = 60;

export function openPlans(needs: PlanNeeds): LinePlans {
  const { shell, database } = needs;
  const store = scenarioStore(database);
  const runs = { ...needs, store, roads: roadStore(database) };
  defineRuns(runs);
  shell.addViews('line-plan', fileURLToPath(new URL('./views', import.meta.url)));
  shell.addNavigation({
    ...{ href: '/lines/plans', text: 'Plans to full fibre', place: 'more' },
    about: 'Plan which sites get a better line, when and how, and compare plans.',
    roles: rolesThatMay('see-lines'),
  });
  needs.addLayer(planLayer(store));
  needs.addSection(sectionOrder, planSection(store));
  return {
    async agreed() {
      const scenario = await store.agreed();
      if (!scenario) return undefined;
      const { id, name, parameters } = scenario;
      const sites = await store.sites(id, { planned: true });
      return {
        ...{ id, name },
        sites: sites.flatMap(({ site, plan, reason }) =>
          plan
            ? [
                {
                  ...{ site, technology: plan.technology, year: plan.year, cost: Math.round(plan.cost) },
                  ...{ route: plan.route, reason },
                },
              ]
            : [],
        ),
        budgets: parameters.budgets.map((money, t) => ({ year: parameters.firstYear + t, pounds: money })),
      };
    },
    demonstrate: (region, signal) => demonstratePlans({ ...runs, newId: needs.newId }, region, signal),
    register: (app) => planPages(app, runs),
  };
}
