/** Pages of what lines carry: the rules, a site’s week, what lines hold back. */
import type { FastifyInstance } from 'fastify';
import { problem } from '../../../platform/problem.ts';
import { formatMoment } from '../../../web/dates.ts';
import type { RoomNeeds } from '../../../web/room.ts';
import { sendCsv } from '../../../web/tables/csv.ts';
import type { CareService, Incidents, Readings, Register } from '../model.ts';
import { basisWords, careRows } from './care-words.ts';
import { type HeldRow, heldBackTable } from './held-back-table.ts';
import type { Judgement } from './judge-sites.ts';
import { publishedExpected, publishedRules, publishedSources } from './published-rules.ts';
import { careServices, careShare, consultationMinutes, rules, rulesVersion } from './rule-table.ts';
import { weekTable } from './week-table.ts';
import { requireSite, sitesSeenBy } from './who-sees.ts';

export interface CapabilityPagesNeeds extends RoomNeeds {
  readonly register: Register;
  readonly readings: Readings;
  readonly incidents: Incidents;
  readonly judgement: Judgement;
}

type Query = Readonly<Record<string, unknown>>;
interface ById {
  readonly Params: { readonly id: string };
  readonly Querystring: Query;
}

export function capabilityPages(app: FastifyInstance, needs: CapabilityPagesNeeds): void {
  const { shell, register, judgement, clock } = needs;

  app.get('/lines/rules', async (_request, reply) =>
    shell.renderPage(reply, 'line-care/rules.njk', {
      title: 'What care needs of a line',
      ...{ rules: publishedRules, expected: publishedExpected, sources: publishedSources },
      ...{
        version: rulesVersion,
        share: Math.round(careShare.value * 100),
        minutes: consultationMinutes.value,
      },
    }),
  );
  app.get<ById>('/lines/sites/:id/care', async (request, reply) => {
    const { id } = request.params;
    await requireSite(needs, request, id);
    const site = await register.site(id);
    if (!site) throw problem('not-found', 'There is no such site in the register of lines.');
    const service = serviceOf(request.query['service']);
    const [week, now] = await Promise.all([
      judgement.siteWeek(site),
      judgement.siteCapability(id, clock.now()),
    ]);
    return shell.renderPage(reply, 'line-care/site-week.njk', {
      ...{ title: `What the line carries: ${site.name}`, site, service, basis: basisWords[now.basis] },
      table: weekTable(week, service, true),
      row: careRows(now).find((one) => one.service === service),
      services: careServices.map((value) => ({
        value,
        text: rules[value].name,
        selected: value === service,
      })),
      measured: week.last === undefined ? undefined : formatMoment(week.last),
    });
  });

  const rowsFor = async (seen: readonly string[] | undefined): Promise<readonly HeldRow[]> => {
    const sites = await register.sites(seen ? { ids: seen } : {});
    const ids = sites.map(({ id }) => id);
    const [held, circuits] = await Promise.all([judgement.heldBack(ids), register.circuits(ids)]);
    const main = new Map(
      circuits.filter(({ role, state }) => role === 'main' && state === 'live').map((one) => [one.site, one]),
    );
    return sites.flatMap((site) => {
      const own = held.get(site.id);
      return own ? [{ site, circuit: main.get(site.id), held: own }] : [];
    });
  };

  app.get('/lines/held-back', async (request, reply) => {
    const seen = await sitesSeenBy(needs, request);
    const rows = await rowsFor(seen);
    const asked = heldBackTable.asked(request);
    const known = rows.filter(({ held }) => held.consultations !== undefined);
    const total = known.reduce((sum, { held }) => sum + (held.consultations ?? 0), 0);
    return shell.renderPage(reply, 'line-care/held-back.njk', {
      ...{ title: 'Care held back by lines', own: seen !== undefined, total: Math.round(total) },
      ...{ known: known.length, sites: rows.length },
      table: heldBackTable.view(asked, heldBackTable.pageOf(rows, asked, shell.lowData(request) ? 20 : 50), {
        csvPath: '/lines/held-back.csv',
      }),
    });
  });

  app.get('/lines/held-back.csv', async (request, reply) => {
    const rows = await rowsFor(await sitesSeenBy(needs, request));
    const all = heldBackTable.pageOf(
      rows,
      { ...heldBackTable.asked(request), page: undefined },
      rows.length + 1,
    );
    return sendCsv(reply, { name: 'care-held-back-by-lines', lines: heldBackTable.csv(all.rows) });
  });
}

function serviceOf(text: unknown): CareService {
  const found = careServices.find((service) => service === text);
  if (found || text === undefined || text === '') return found ?? 'video';
  throw problem('value', `There is no such service. Possible: ${careServices.join(', ')}.`, {
    ...{ status: 400, where: 'http.query.service' },
  });
}
