/** The map of sites: drawn on the server for any line, and one that moves for whoever asks for it. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem } from '../../../platform/problem.ts';
import { formBody, formText } from '../../../web/form-fields.ts';
import type { RoomNeeds } from '../../../web/room.ts';
import type { Areas } from './areas.ts';
import { drawSites, mapData } from './map.ts';
import { mapPart, mapParts } from './map-parts.ts';
import type { MapLayer } from './parts.ts';
import type { Who } from './who.ts';

export interface MapPageParts extends Pick<RoomNeeds, 'shell'> {
  readonly areas: Areas;
  readonly who: Who;
  /** The first is shown where none is asked for. */
  readonly layers: () => readonly MapLayer[];
}

export function mapPages(app: FastifyInstance, { shell, areas, who, layers }: MapPageParts): void {
  mapParts(app);

  const asked = async (request: FastifyRequest) => {
    const viewer = who.viewer(request);
    const query = formBody(request.query);
    const key = formText(query, 'layer');
    const all = layers();
    const layer = key === '' ? all[0] : all.find((one) => one.key === key);
    if (!layer)
      throw problem(
        'value',
        `The map has no layer “${key.slice(0, 40)}”. It has: ${all.map((one) => one.key).join(', ')}.`,
        {
          ...{ status: 400, where: 'http.query.layer' },
        },
      );
    const area = formText(query, 'area').slice(0, 40);
    const seen = await who.sites(viewer);
    const sites = area === '' ? seen : seen.filter(({ ics }) => ics === area);
    const bounds = await areas.all();
    const used = new Set(seen.flatMap(({ ics }) => (ics === undefined ? [] : [ics])));
    return { layer, all, area, sites, bounds, used };
  };
  const address = (path: string, layer: string, area: string): string => {
    const query = new URLSearchParams({ ...(layer ? { layer } : {}), ...(area ? { area } : {}) });
    return query.size > 0 ? `${path}?${query}` : path;
  };

  app.get('/lines/map', async (request, reply) => {
    const { layer, all, area, sites, bounds, used } = await asked(request);
    const told = await layer.of(sites);
    const grounds =
      area === ''
        ? bounds
        : bounds.filter(({ code, kind }) => code === area || kind === 'roads' || kind === 'place');
    const drawn = drawSites(layer, told, {
      ...{ sites, areas: grounds },
      areaHref: (code) => address('/lines/map', layer.key, code),
    });
    const choose = (value: string, text: string, now: string) => ({ value, text, selected: value === now });
    const places = bounds.filter(({ code }) => used.has(code));
    return shell.renderPage(reply, 'line-register/map.njk', {
      ...{ title: 'Map of lines', drawing: drawn.html, of: drawn.of, left: drawn.left, total: told.size },
      heading: layer.title,
      layers: all.map(({ key, title }) => choose(key, title, layer.key)),
      areas:
        places.length > 1
          ? [choose('', 'All areas', area), ...places.map(({ code, name }) => choose(code, name, area))]
          : [],
      moving: shell.lowData(request)
        ? undefined
        : {
            source: address('/lines/map.json', layer.key, area),
            ...{ code: mapPart('maplibre-gl.mjs'), worker: mapPart('maplibre-gl-worker.mjs') },
            styles: mapPart('maplibre-gl.css'),
          },
    });
  });

  app.get('/lines/map.json', async (request, reply) => {
    const { layer, sites, bounds, area } = await asked(request);
    const grounds =
      area === ''
        ? bounds
        : bounds.filter(({ code, kind }) => code === area || kind === 'roads' || kind === 'place');
    const told = await layer.of(sites);
    return reply
      .type('application/json; charset=utf-8')
      .send(mapData(layer, told, { sites, areas: grounds }));
  });
}
