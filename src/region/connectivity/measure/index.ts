/** Measuring lines: the ndt7 server, probes, uptime, readings and what went wrong. */
import { fileURLToPath } from 'node:url';
import { rolesThatMay } from '../../../access/roles.ts';
import type { Room, RoomNeeds } from '../../../web/room.ts';
import type { Incidents, Register } from '../model.ts';
import type { LineRegister } from '../register/index.ts';
import { defineAlerts, type SendMail } from './alerts.ts';
import { lineApi } from './api.ts';
import { incidentLayer } from './incident-layer.ts';
import { incidentPages } from './incident-pages.ts';
import { type IncidentStore, openIncidentStore } from './incident-store.ts';
import { keepRunning } from './keep-running.ts';
import { type LineLife, openLife } from './life.ts';
import type { LifeSpan } from './life-span.ts';
import { openLineAccess } from './line-access.ts';
import { type LossEcho, openLossEcho } from './loss-echo.ts';
import { type Ndt7Limits, openNdt7, usualLimits } from './ndt7-server.ts';
import { openPlansOf } from './plans.ts';
import { readingPages } from './reading-pages.ts';
import { openReadings, type ReadingStore } from './readings.ts';
import { openSettling } from './settle.ts';
import { measureSection } from './site-section.ts';
import { keepSubtest } from './subtest-reading.ts';
import { testPages } from './test-pages.ts';
import { tokenPages } from './token-pages.ts';

export type { LifeSpan } from './life-span.ts';

export interface MeasureNeeds extends RoomNeeds, Pick<LineRegister, 'addSection' | 'addLayer'> {
  readonly register: Register;
  /** Where probes' UDP packets come back from. Undefined: loss is not measured by UDP. */
  readonly lossEcho?: { readonly port: number; readonly host: string } | undefined;
  /** Undefined: nobody is told by email. */
  readonly sendMail?: SendMail | undefined;
  /** For tests: shorter. */
  readonly ndt7?: Partial<Ndt7Limits>;
}

export interface LineMeasures extends Room {
  readonly readings: ReadingStore;
  readonly incidents: Incidents & {
    /**
     * Percentiles of all sites anew, and incidents from a time on, as if every reading and sign of life had just come in. Nobody is
     * told. After `readings.addHistory` and `addLife`.
     */
    readonly rescan: (from: number) => Promise<void>;
  };
  /** Signs of life of the past, for demonstrations and imports. */
  readonly addLife: LineLife['add'];
}

export function openMeasures(needs: MeasureNeeds): LineMeasures {
  const { database, clock, register, shell, secrets, log, newId, record, ownActor } = needs;
  const readings = openReadings({ database, clock, register });
  const life = openLife(database);
  const store: IncidentStore = openIncidentStore(database, newId);
  const settling = openSettling({ database, clock, register, readings, life, incidents: store });
  const accesses = openLineAccess(database, clock, secrets);
  const limits = { ...usualLimits, ...needs.ndt7 };
  const ndt7 = openNdt7({
    ...{ log, newId, limits },
    accessOf: async (token) => {
      const ticket = accesses.open(token);
      if (ticket) return ticket;
      const found = await accesses.find(token);
      if (!found) return undefined;
      const { meter } = await plans.siteOf(found.site);
      return { site: found.site, by: found.id, mostBytes: meter?.each, keep: true };
    },
    finished: (access, result) => keepSubtest({ readings, plans, clock }, access, result),
  });
  const plans = openPlansOf({
    ...{ database, clock, register, readings, accesses, record, ownActor, seconds: limits.seconds },
    hasRoom: () => ndt7.running() < limits.tests,
  });
  const alerts = defineAlerts({ ...needs, incidents: store });
  const running = keepRunning({ settling, alerts, log });
  let echo: LossEcho | undefined;
  let closeTests = () => {};

  shell.addViews('line-measure', fileURLToPath(new URL('./views', import.meta.url)));
  shell.addNavigation({
    href: '/lines/test',
    text: 'Test this line',
    about: 'Measure the line of your site, and see what care it can carry.',
    roles: rolesThatMay('see-own-lines'),
    place: 'more',
  });
  shell.addNavigation({
    href: '/lines/incidents',
    text: 'Line incidents',
    about: 'Lines that are down, or much worse than they were.',
    roles: rolesThatMay('see-lines'),
    place: 'more',
  });
  needs.addSection(40, measureSection({ readings, incidents: store, life, clock }));
  needs.addLayer(incidentLayer(store));
  const pages = { ...needs, readings, life, incidents: store, accesses, plans, alerts, settling };

  return {
    readings,
    incidents: {
      open: (sites) => store.list({ open: true, most: 20_000, ...(sites ? { sites } : {}) }),
      of: (site, from) => store.list({ sites: [site], from, most: 10_000 }),
      rescan: settling.rescan,
    },
    addLife: (spans: readonly LifeSpan[]) => life.add(spans),
    register: (app) => {
      ndt7.attach(app.server);
      void app.register(
        lineApi({
          ...{ accesses, plans, readings, life, clock, echo: () => echo },
          lifeChanged: (site, from) => settling.lookAtLife(site, from, true),
        }),
      );
      const tests = testPages(app, pages);
      closeTests = tests.close;
      tokenPages(app, pages);
      incidentPages(app, pages);
      readingPages(app, pages);
      app.addHook('onReady', async () => {
        if (needs.lossEcho) echo = await openLossEcho(needs.lossEcho, { accesses, clock, log });
        running.start();
      });
    },
    close: async () => {
      await running.close();
      closeTests();
      ndt7.close();
      echo?.close();
    },
  };
}
