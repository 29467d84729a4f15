/** The demonstration’s region as a whole: places, roads, organisations, who works there, and what is near to whom. */
import type { Resource } from '@medplum/fhirtypes';
import { coast, distance, hills, settlements } from './geography.ts';
import type { Organisation, Point, Region, Site, Worker } from './model.ts';
import { organisationResources } from './organisation-resources.ts';
import { organisations, sites } from './organisations.ts';
import { roadGraph } from './road-graph.ts';
import { makeRoads } from './roads.ts';
import { staffResources } from './staff-resources.ts';
import { workersFor } from './workers.ts';

/** How far by road a practice takes people, in km: in the towns, and in the country. */
const catchment = { town: 5, country: 14 } as const;

/** The region of a seed, made for a day (`now`: ms since 1970 UTC). The map is the same for all; its staff are the seed’s. */
export function makeRegion({ seed, now }: { readonly seed: string; readonly now: number }): Region {
  const workers = workersFor(seed);
  const roads = regionRoads();
  const byPost = Map.groupBy(workers, ({ organisation, role }) => `${organisation} ${role}`);
  return {
    ...{ seed, now, settlements, roads, coast, hills, organisations, sites, workers },
    ...nearness(),
    workersOf: (organisation, role, specialty) => {
      const all = byPost.get(`${organisation} ${role}`) ?? [];
      return specialty === undefined ? all : all.filter((one) => one.specialty === specialty);
    },
    organisation: lookup<Organisation>('organisation', organisations),
    site: lookup<Site>('site', sites),
    worker: lookup<Worker>('member of staff', workers),
  };
}

/** Everything about places and staff as resources, those that others point at first. */
export const regionResources = (region: Region): Resource[] => [
  ...organisationResources(region),
  ...staffResources(region),
];

function lookup<T extends { readonly id: string }>(what: string, all: readonly T[]): (id: string) => T {
  const byId = new Map(all.map((one) => [one.id, one]));
  return (id) => {
    const found = byId.get(id);
    if (!found) throw new RangeError(`The region has no ${what} with the id ${id}.`);
    return found;
  };
}

let madeRoads: Region['roads'] | undefined;

function regionRoads(): Region['roads'] {
  const names = new Map([...settlements, ...sites].map(({ id, at }) => [`${at.east} ${at.north}`, id]));
  madeRoads ??= makeRoads(({ east, north }) => names.get(`${east} ${north}`));
  return madeRoads;
}

/** Kilometres by road from the nearest building of an organisation to every node of the roads. */
interface Reach {
  readonly id: string;
  readonly km: Float64Array;
  readonly limit: number;
}

let made: Pick<Region, 'practicesAt' | 'pharmaciesAt'> | undefined;

function nearness(): Pick<Region, 'practicesAt' | 'pharmaciesAt'> {
  if (made) return made;
  const graph = roadGraph({ roads: regionRoads() });
  const rural = new Set(settlements.filter((one) => one.rural).map(({ id }) => id));
  const reachOf = (kind: Organisation['kind']): Reach[] =>
    organisations
      .filter((one) => one.kind === kind)
      .map(({ id }) => {
        const own = sites.filter(({ organisation }) => organisation === id);
        const limit = own.some(({ settlement }) => rural.has(settlement))
          ? catchment.country
          : catchment.town;
        return { id, limit, km: graph.kmFrom(own.map(({ at }) => graph.nearest(at).index)) };
      });
  const [practices, pharmacies] = [reachOf('general-practice'), reachOf('pharmacy')];
  const nearestFirst = (all: readonly Reach[], within: (one: Reach, km: number) => boolean) => {
    const known = new Map<number, readonly string[]>();
    return (at: Point): readonly string[] => {
      const { index } = graph.nearest(at);
      const kept = known.get(index);
      if (kept) return kept;
      const far = ({ km }: Reach) => km[index] ?? Number.POSITIVE_INFINITY;
      const order = all.toSorted((a, b) => far(a) - far(b));
      const ids = order.filter((one, i) => i === 0 || within(one, far(one))).map(({ id }) => id);
      known.set(index, ids);
      return ids;
    };
  };
  made = {
    practicesAt: nearestFirst(practices, ({ limit }, km) => km <= limit),
    pharmaciesAt: nearestFirst(pharmacies, () => true),
  };
  return made;
}

/** Kilometres by road between two points: along the roads, and from each to the nearest of them. */
export function kmByRoad(region: Region, from: Point, to: Point): number {
  const graph = roadGraph(region);
  const [start, end] = [graph.nearest(from), graph.nearest(to)];
  const along = graph.kmFrom([start.index])[end.index] ?? Number.POSITIVE_INFINITY;
  return distance(from, start.at) + along + distance(end.at, to);
}
