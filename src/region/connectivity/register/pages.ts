/** The pages that show the register: the list, a site with what every part of the programme knows of it, providers. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem } from '../../../platform/problem.ts';
import { formatMoment } from '../../../web/dates.ts';
import { formBody, formText } from '../../../web/form-fields.ts';
import type { RoomNeeds } from '../../../web/room.ts';
import { sendCsv } from '../../../web/tables/csv.ts';
import type { Circuit, LineProvider, LineSite, Revision } from '../model.ts';
import type { Areas } from './areas.ts';
import { cellsOf } from './import/plan-import.ts';
import { overviewRows, overviewTable } from './overview.ts';
import type { SectionOf, SiteSection } from './parts.ts';
import { circuitShown, resilienceOf, siteFields } from './site-words.ts';
import type { RegisterStore } from './store.ts';
import type { Viewer, Who } from './who.ts';

export interface PageParts extends Pick<RoomNeeds, 'shell' | 'log'> {
  readonly store: RegisterStore;
  readonly areas: Areas;
  readonly who: Who;
  readonly sections: readonly { readonly order: number; readonly section: SectionOf }[];
}

type SiteRequest = FastifyRequest<{ Params: { id: string } }>;

const kindWords = { site: 'Site', provider: 'Provider', circuit: 'Line' } as const;
const shownRevisions = 10;

/** Code of a column in words: `list_size` is “list size”. */
export const columnWords = (column: string): string => column.replaceAll('_', ' ');

interface ShownRevision {
  readonly when: string;
  readonly who: string;
  readonly what: string;
  readonly cells: readonly { readonly column: string; readonly before: string; readonly after: string }[];
}

function revisionShown({ at, by, kind, id, before, after }: Revision): ShownRevision {
  const [then, now] = [before === undefined ? {} : cellsOf(kind, before), cellsOf(kind, after)];
  const columns = Object.keys(now).filter((column) => (then[column] ?? '') !== (now[column] ?? ''));
  return {
    when: formatMoment(at),
    who: by.via === 'page' ? by.name : `${by.name} (${by.via})`,
    what: `${kindWords[kind]}${kind === 'site' ? '' : ` ${id}`} ${before === undefined ? 'added' : 'changed'}`,
    cells: columns.map((column) => ({
      ...{ column: columnWords(column), before: then[column] ?? '', after: now[column] ?? '' },
    })),
  };
}

export function registerPages(app: FastifyInstance, parts: PageParts): void {
  const { shell, log, store, areas, who, sections } = parts;

  const listed = async (request: FastifyRequest) => {
    const viewer = who.viewer(request);
    const isClosed = formText(formBody(request.query), 'closed') === 'yes';
    const [sites, all, { circuitsOf, providers }] = await Promise.all([
      who.sites(viewer, isClosed),
      areas.all(),
      store.whole(),
    ]);
    const used = [...new Set(sites.flatMap(({ ics }) => (ics === undefined ? [] : [ics])))];
    const providerName = (id: string) => providers.get(id)?.name ?? id;
    const rows = overviewRows(sites, { circuitsOf, providerName, areas: all });
    return { viewer, rows, table: overviewTable(all, used) };
  };

  /** What there is beside the list: the other parts of the programme name their pages in the menus. */
  const linksFor = (request: FastifyRequest, { manages, seesAll }: Viewer) => {
    const others = shell.navigationOf(request).filter(({ href }) => href.startsWith('/lines/'));
    return [
      { href: '/lines/map', text: 'Map' },
      ...new Map(others.map(({ href, text }) => [href, { href, text }])).values(),
      ...(seesAll ? [{ href: '/lines/providers', text: 'Providers' }] : []),
      ...(manages ? [{ href: '/lines/import', text: 'Load or download files' }] : []),
    ];
  };

  app.get('/lines', async (request, reply) => {
    const { viewer, rows, table } = await listed(request);
    const asked = table.asked(request);
    const page = table.pageOf(rows, asked, shell.lowData(request) ? 25 : 50);
    const live = rows.filter(({ main }) => main !== undefined);
    return shell.renderPage(reply, 'line-register/list.njk', {
      ...{
        title: 'Lines',
        manages: viewer.manages,
        links: linksFor(request, viewer),
        table: table.view(asked, page, { csvPath: '/lines.csv' }),
      },
      counts: { sites: rows.length, known: live.length, unknown: rows.length - live.length },
      done: formText(formBody(request.query), 'done'),
    });
  });

  app.get('/lines.csv', async (request, reply) => {
    const { rows, table } = await listed(request);
    const asked = table.asked(request);
    const { rows: kept } = table.pageOf(rows, { ...asked, page: undefined }, Number.MAX_SAFE_INTEGER);
    return sendCsv(reply, { name: 'sites-and-lines', lines: table.csv(kept) });
  });

  /** A part that cannot answer now must not take the whole page with it. */
  const sectionsOf = async (
    site: LineSite,
    circuits: readonly Circuit[],
    request: FastifyRequest,
    manages: boolean,
  ) =>
    Promise.all(
      sections.map(async ({ order, section }) => {
        try {
          const made = await section({ site, circuits, request, manages });
          return made ? [{ order, ...made }] : [];
        } catch (error) {
          log.error({ err: error, site: site.id }, 'a part of the page of a site could not be made');
          const missing: SiteSection = {
            ...{ id: `part-${order}`, title: 'A part that is missing', data: {} },
            template: 'line-register/section-missing.njk',
          };
          return [{ order, ...missing }];
        }
      }),
    ).then((made) => made.flat());

  app.get('/lines/sites/:id', async (request: SiteRequest, reply) => {
    const { viewer, site } = await who.site(request, request.params.id);
    const { circuitsOf, providers } = await store.whole();
    const circuits = circuitsOf.get(site.id) ?? [];
    const [made, history, all] = await Promise.all([
      sectionsOf(site, circuits, request, viewer.manages),
      store.history('site', site.id),
      areas.all(),
    ]);
    const shown = circuits.map((one) => circuitShown(one, providers.get(one.provider)?.name ?? one.provider));
    return shell.renderPage(reply, 'line-register/site.njk', {
      ...{ title: site.name, site, manages: viewer.manages },
      fields: siteFields(site, all.find(({ code }) => code === site.ics)?.name),
      circuits: shown.filter(({ isEnded }) => !isEnded),
      ended: shown.filter(({ isEnded }) => isEnded),
      resilience: resilienceOf(circuits),
      before: made.filter(({ order }) => order < 10),
      after: made.filter(({ order }) => order >= 10),
      history: history.slice(0, shownRevisions).map(revisionShown),
      more: history.length > shownRevisions,
      done: formText(formBody(request.query), 'done'),
    });
  });

  app.get('/lines/sites/:id/history', async (request: SiteRequest, reply) => {
    const { site } = await who.site(request, request.params.id);
    const history = await store.history('site', site.id);
    return shell.renderPage(reply, 'line-register/history.njk', {
      ...{ title: `Changes: ${site.name}`, name: site.name, back: `/lines/sites/${site.id}` },
      history: history.map(revisionShown),
    });
  });

  app.get('/lines/providers', async (request, reply) => {
    const viewer = who.viewer(request);
    if (!viewer.seesAll) throw problem('forbidden', 'The list of providers is for those who see every line.');
    const { providers, circuits } = await store.whole();
    const live = new Map<string, number>();
    for (const { provider, state } of circuits.values())
      if (state === 'live') live.set(provider, (live.get(provider) ?? 0) + 1);
    return shell.renderPage(reply, 'line-register/providers.njk', {
      ...{ title: 'Providers', manages: viewer.manages },
      providers: [...providers.values()].map((one: LineProvider) => ({
        ...one,
        lines: live.get(one.id) ?? 0,
      })),
    });
  });

  app.get('/lines/providers/:id/history', async (request: SiteRequest, reply) => {
    who.manager(request);
    const { providers } = await store.whole();
    const provider = providers.get(request.params.id);
    if (!provider) throw problem('not-found', 'There is no such provider.');
    const history = await store.history('provider', provider.id);
    return shell.renderPage(reply, 'line-register/history.njk', {
      ...{ title: `Changes: ${provider.name}`, name: provider.name, back: '/lines/providers' },
      history: history.map(revisionShown),
    });
  });
}
