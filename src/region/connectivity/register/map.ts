/** Where sites are and what is told of them: the layers, drawn on the server, or as GeoJSON for a map that moves. */
import { drawMap, type Geometry, type MapFeature, type Position } from '../../../web/map-svg.ts';
import { type Circuit, isCopper, type LineSite, technologyNames } from '../model.ts';
import type { Area } from './areas.ts';
import type { MapLayer } from './parts.ts';

/** More signs than this make a drawing that no slow line should carry: then areas stand for their sites. */
const mostSigns = 400;

/** The register's own layer. */
export const technologyLayer = (
  circuitsOf: () => Promise<ReadonlyMap<string, readonly Circuit[]>>,
): MapLayer => ({
  key: 'technology',
  title: 'Technology of the line',
  classes: [
    { key: 'fibre', name: 'Full fibre or leased line', style: 3 },
    { key: 'copper', name: 'Copper', style: 5 },
    { key: 'air', name: 'Mobile or satellite', style: 2 },
    { key: 'unknown', name: 'Not known', style: 4 },
  ],
  of: async (sites) => {
    const all = await circuitsOf();
    return new Map(
      sites.map(({ id }) => {
        const main = all.get(id)?.find(({ role, state }) => role === 'main' && state === 'live');
        if (!main) return [id, { class: 'unknown', words: 'Line not known' }];
        const { technology, sold } = main;
        const isAir = technology === 'mobile' || technology === 'satellite';
        return [
          id,
          {
            class: isAir ? 'air' : isCopper(technology) ? 'copper' : 'fibre',
            words: `${technologyNames[technology]}${sold ? `, ${sold.down}/${sold.up} Mbit/s` : ''}`,
          },
        ];
      }),
    );
  },
});

type Told = Awaited<ReturnType<MapLayer['of']>>;
type Placed = LineSite & { readonly at: NonNullable<LineSite['at']> };

export const placedOf = (sites: readonly LineSite[]): readonly Placed[] =>
  sites.filter((site): site is Placed => site.at !== undefined);

/** Degrees to kilometres about a parallel: right enough for a region. */
const projectionOf = (middle: number) => {
  const shrink = Math.cos((middle * Math.PI) / 180);
  return ([x, y]: Position): readonly [number, number] => [x * 111.32 * shrink, y * 111.32];
};

/** Latitude that a drawing is made about. */
const middleOf = (sites: readonly Placed[], areas: readonly Area[]): number => {
  const latitudes = sites.map(({ at }) => at.latitude);
  if (latitudes.length > 0) return latitudes.reduce((sum, one) => sum + one, 0) / latitudes.length;
  return areas.length > 0 ? 53 : 54;
};

const nearby = (geometry: Geometry, sites: readonly Placed[]): boolean => {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
  const look = (one: unknown): void => {
    if (!Array.isArray(one)) return;
    if (typeof one[0] === 'number' && typeof one[1] === 'number') {
      [west, east] = [Math.min(west, one[0]), Math.max(east, one[0])];
      [south, north] = [Math.min(south, one[1]), Math.max(north, one[1])];
    } else for (const part of one) look(part);
  };
  look(geometry.coordinates);
  return sites.some(
    ({ at }) => at.longitude >= west && at.longitude <= east && at.latitude >= south && at.latitude <= north,
  );
};

/** Boundaries that the sites shown lie in, then roads and names: what the signs stand on. */
export const groundOf = (areas: readonly Area[], sites: readonly Placed[]): readonly Area[] =>
  areas
    .filter(({ kind, geometry }) => kind === 'place' || nearby(geometry, sites))
    .toSorted((a, b) => rankOf(a) - rankOf(b));

const rankOf = ({ kind }: Area): number => (kind === 'place' ? 2 : kind === 'roads' ? 1 : 0);

export interface Drawn {
  readonly html: string;
  /** Signs are of sites, or areas stand for theirs. */
  readonly of: 'sites' | 'areas' | 'none';
  /** On the layer, and not drawn: no position, or no area. */
  readonly left: number;
}

export function drawSites(
  layer: MapLayer,
  told: Told,
  {
    sites,
    areas,
    areaHref,
  }: {
    readonly sites: readonly LineSite[];
    readonly areas: readonly Area[];
    readonly areaHref: (code: string) => string;
  },
): Drawn {
  const shown = sites.filter(({ id }) => told.has(id));
  const placed = placedOf(shown);
  const project = projectionOf(middleOf(placed, areas));
  const names = new Map(layer.classes.map(({ key, name }) => [key, name]));
  const frame = { id: 'sites-map', title: layer.title, classes: layer.classes, project };
  if (placed.length === 0) return { html: '', of: 'none', left: shown.length };
  if (placed.length <= mostSigns) {
    const around = groundOf(areas, placed);
    const hasNames = around.some(({ kind }) => kind === 'place');
    const ground = around.map(
      ({ name, kind, geometry }): MapFeature => ({
        ...{ name, geometry },
        // Without towns, what boards are called says where one is.
        ...(kind === 'place' || (kind === 'ics' && !hasNames) ? { label: true } : {}),
      }),
    );
    const signs = placed.map(
      ({ id, name, at }): MapFeature => ({
        ...{
          name,
          href: `/lines/sites/${id}`,
          geometry: { type: 'Point', coordinates: [at.longitude, at.latitude] },
        },
        ...{ of: told.get(id)?.class ?? '', note: told.get(id)?.words ?? '' },
      }),
    );
    const html = drawMap({
      ...{ ...frame, features: [...ground, ...signs], heads: ['Site', layer.title, 'What is known'] },
      description: `${placed.length} sites. ${inWords(placed, told, names)}`,
    });
    return { html, of: 'sites', left: shown.length - placed.length };
  }
  const byArea = new Map<string, LineSite[]>();
  for (const site of shown)
    if (site.ics !== undefined) byArea.set(site.ics, [...(byArea.get(site.ics) ?? []), site]);
  const features = areas.flatMap((area): MapFeature[] => {
    const own = byArea.get(area.code) ?? [];
    if (own.length === 0) return [];
    const most = commonest(own, told);
    return [
      {
        ...{ name: area.name, geometry: area.geometry, of: most, href: areaHref(area.code) },
        note: `${own.length} sites. ${inWords(own, told, names)}`,
      },
    ];
  });
  const inAreas = areas.reduce((sum, { code }) => sum + (byArea.get(code)?.length ?? 0), 0);
  if (features.length === 0) return { html: '', of: 'none', left: shown.length };
  const html = drawMap({
    ...{ ...frame, features, heads: ['Area', 'Most of its sites', 'All of them'] as const, tolerance: 1.2 },
    description: `${shown.length} sites in ${features.length} areas, each by what most of its sites have. ${inWords(shown, told, names)}`,
  });
  return { html, of: 'areas', left: shown.length - inAreas };
}

const countsOf = (sites: readonly LineSite[], told: Told): readonly (readonly [string, number])[] => {
  const counts = new Map<string, number>();
  for (const { id } of sites) {
    const key = told.get(id)?.class ?? '';
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
};

const commonest = (sites: readonly LineSite[], told: Told): string => countsOf(sites, told)[0]?.[0] ?? '';

const inWords = (sites: readonly LineSite[], told: Told, names: ReadonlyMap<string, string>): string =>
  countsOf(sites, told)
    .map(([key, count]) => `${names.get(key) ?? key}: ${count}`)
    .join(', ');

/** What a map that moves is made from: sites by class, and the ground beneath. RFC 7946. */
export function mapData(
  layer: MapLayer,
  told: Told,
  { sites, areas }: { readonly sites: readonly LineSite[]; readonly areas: readonly Area[] },
) {
  const placed = placedOf(sites).filter(({ id }) => told.has(id));
  const styles = new Map(layer.classes.map(({ key, style }) => [key, style]));
  const collection = (features: readonly unknown[]) => ({ type: 'FeatureCollection', features });
  return {
    sites: collection(
      placed.map(({ id, name, at }) => ({
        ...{ type: 'Feature', geometry: { type: 'Point', coordinates: [at.longitude, at.latitude] } },
        properties: {
          id,
          name,
          style: styles.get(told.get(id)?.class ?? '') ?? 1,
          words: told.get(id)?.words ?? '',
        },
      })),
    ),
    ground: collection(
      groundOf(areas, placed).map(({ name, kind, geometry }) => ({
        ...{ type: 'Feature', geometry, properties: { name, kind } },
      })),
    ),
  };
}
