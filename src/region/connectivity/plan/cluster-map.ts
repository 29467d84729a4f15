/** Cuts the ground between the sites of a group and the network out of a map of roads, as small as the planner can use. */
import { shortestPaths } from '../planner/shortest-paths.ts';
import { type Graph, type GraphEdge, graphOf, otherEnd } from '../planner/steiner-problem.ts';
import { metresBetween, type Spot, straightGraph } from '../planner/trench-graph.ts';
import type { Ground } from './price-book.ts';
import { type Degrees, middleMeridian, projectionAbout } from './projection.ts';
import { grounds, type RoadMap } from './road-map.ts';

/** A place where a trench ends in a building. */
export interface Entry {
  readonly at: Degrees;
  /** Pounds: into the building, connection and rental. */
  readonly entry: number;
}

/** The ground of a group: nodes 0 to n-1 are its sites, in order. */
export interface ClusterMap {
  readonly graph: Graph;
  readonly root: number;
  /** Where an edge runs, and how long it is; undefined for what is not dug. */
  readonly course: (
    edge: number,
  ) => { readonly line: readonly Degrees[]; readonly metres: number } | undefined;
}

export interface TrenchGround {
  readonly cluster: (sites: readonly Entry[], rural: boolean) => ClusterMap;
  /** Metres from a place to the network by the way that a line would go. */
  readonly metresToNetwork: (at: Degrees) => number;
}

export interface GroundNeeds {
  /** Pounds a metre. */
  readonly prices: Readonly<Record<Ground, number>>;
  /** Where fibre can be reached beside the map's own network. */
  readonly network: readonly Degrees[];
  readonly detour: number;
}

/** Where no roads are known: as the crow flies, times the detour. */
export function straightGround({ prices, network, detour }: GroundNeeds): TrenchGround {
  const project = projectionAbout(middleMeridian(network));
  const spots = network.map(project);
  const nearestOf = (at: Spot): { index: number; metres: number } => {
    let [index, metres] = [-1, Number.POSITIVE_INFINITY];
    for (let i = 0; i < spots.length; i++) {
      const far = metresBetween(at, spots[i]!);
      if (far < metres) [index, metres] = [i, far];
    }
    return { index, metres };
  };
  return {
    metresToNetwork: (at) => nearestOf(project(at)).metres * detour,
    cluster(sites, rural) {
      const own = sites.map(({ at, entry }) => ({ ...project(at), entry, near: nearestOf(project(at)) }));
      const perMetre = rural ? prices.verge : prices.footway;
      const near = own.flatMap(({ near: { index } }) => (index < 0 ? [] : [spots[index]!]));
      const { graph, root } = straightGraph(own, near, { detour, perMetre });
      const n = sites.length;
      return {
        ...{ graph, root },
        course(edge) {
          const [a, b] = [graph.a[edge]!, graph.b[edge]!];
          if (a < n) return undefined;
          const from = sites[a - n]!.at;
          const reach = nearestTo(own[a - n]!, near);
          const to = b === root ? network[spots.indexOf(reach!)] : sites[b - n]!.at;
          if (!to) return undefined;
          return { line: [from, to], metres: metresBetween(project(from), project(to)) * detour };
        },
      };
    },
  };
}

function nearestTo(at: Spot, spots: readonly Spot[]): Spot | undefined {
  return spots.reduce<Spot | undefined>(
    (best, spot) => (!best || metresBetween(at, spot) < metresBetween(at, best) ? spot : best),
    undefined,
  );
}

/** Nearest of many points: a grid of squares, looked through in rings. */
function gridOf(spots: readonly Spot[], size: number): (at: Spot) => number {
  const cells = new Map<string, number[]>();
  const cellOf = ({ east, north }: Spot) => [Math.floor(east / size), Math.floor(north / size)] as const;
  for (const [i, spot] of spots.entries()) {
    const key = cellOf(spot).join();
    const cell = cells.get(key);
    if (cell) cell.push(i);
    else cells.set(key, [i]);
  }
  return (at) => {
    const [x, y] = cellOf(at);
    let [best, metres] = [-1, Number.POSITIVE_INFINITY];
    const look = (cx: number, cy: number): void => {
      for (const i of cells.get(`${cx},${cy}`) ?? []) {
        const far = metresBetween(at, spots[i]!);
        if (far < metres) [best, metres] = [i, far];
      }
    };
    for (let ring = 0; ring < 2_000 && metres > (ring - 1) * size; ring++) {
      if (ring === 0) look(x, y);
      for (let k = -ring; k < ring; k++) {
        look(x + k, y - ring);
        look(x + ring, y + k);
        look(x - k, y + ring);
        look(x - ring, y - k);
      }
    }
    return best;
  };
}

/** On roads. Throws nothing: a site that no road leads to has no trench. */
export function roadGround(roads: RoadMap, { prices, network }: GroundNeeds): TrenchGround {
  const count = roads.longitude.length;
  const places = Array.from({ length: count }, (_, i) => ({
    longitude: roads.longitude[i]!,
    latitude: roads.latitude[i]!,
  }));
  const project = projectionAbout(middleMeridian(places));
  const spots = places.map(project);
  const nearest = gridOf(spots, 1_000);
  const perMetre = Array.from(roads.ground, (g) => prices[grounds[g]!]);
  const edges = Array.from(
    roads.from,
    (a, e): GraphEdge => ({ a, b: roads.to[e]!, cost: roads.metres[e]! * perMetre[e]! }),
  );
  const whole = graphOf(Math.max(1, count), edges);
  const reached = [...new Set([...roads.network, ...network.map((at) => nearest(project(at)))])].filter(
    (node) => node >= 0,
  );
  const isNetwork = new Set(reached);
  const toNetwork = shortestPaths(whole, reached);
  const byMetres = shortestPaths(whole, reached, { cost: roads.metres });

  return {
    metresToNetwork(at) {
      const node = nearest(project(at));
      return node < 0
        ? Number.POSITIVE_INFINITY
        : byMetres.distance[node]! + metresBetween(project(at), spots[node]!);
    },
    cluster(sites) {
      const streets = sites.map(({ at }) => nearest(project(at)));
      const inside = new Set<number>(streets.filter((node) => node >= 0));
      for (const street of streets)
        for (let v = street; v >= 0 && !isNetwork.has(v); ) {
          inside.add(v);
          const e = toNetwork.by[v]!;
          if (e < 0) break;
          v = otherEnd(whole, e, v);
          inside.add(v);
        }
      // All roads about the sites, and the ways to the network: more can only make a trench dearer.
      const box = boxOf([...inside].map((v) => spots[v]!));
      const across = Math.max(box.east - box.west, box.north - box.south);
      const pad = Math.min(3_000, 300 + 0.15 * across);
      for (let v = 0; v < count; v++) {
        const { east, north } = spots[v]!;
        if (
          east >= box.west - pad &&
          east <= box.east + pad &&
          north >= box.south - pad &&
          north <= box.north + pad
        )
          inside.add(v);
      }
      return contracted(sites, streets, inside);
    },
  };

  function contracted(
    sites: readonly Entry[],
    streets: readonly number[],
    inside: ReadonlySet<number>,
  ): ClusterMap {
    const kept = new Set(streets);
    interface Way {
      readonly a: number;
      readonly b: number;
      readonly cost: number;
      readonly metres: number;
      /** Nodes of the map from a to b. */
      readonly line: readonly number[];
    }
    const ways = new Map<number, Set<Way>>();
    const at = (v: number): Set<Way> => {
      const found = ways.get(v) ?? new Set<Way>();
      ways.set(v, found);
      return found;
    };
    const root = -1;
    const join = (way: Way): void => {
      if (way.a === way.b) return;
      for (const other of at(way.a))
        if (other.b === way.b || other.a === way.b) {
          if (other.cost <= way.cost) return;
          at(other.a).delete(other);
          at(other.b).delete(other);
        }
      at(way.a).add(way);
      at(way.b).add(way);
    };
    for (const v of inside) {
      for (let i = whole.first[v]!; i < whole.first[v + 1]!; i++) {
        const e = whole.at[i]!;
        const u = otherEnd(whole, e, v);
        if (u < v || !inside.has(u)) continue;
        join({ a: v, b: u, cost: whole.cost[e]!, metres: roads.metres[e]!, line: [v, u] });
      }
      if (isNetwork.has(v)) join({ a: v, b: root, cost: 0, metres: 0, line: [v] });
    }
    // Ends and bends that serve nobody go.
    const open = [...inside];
    for (let v = open.pop(); v !== undefined; v = open.pop()) {
      if (v === root || kept.has(v)) continue;
      const own = [...at(v)];
      if (own.length > 2) continue;
      ways.delete(v);
      const ends = own.map((way) => {
        const far = way.a === v ? way.b : way.a;
        at(far).delete(way);
        return {
          far,
          cost: way.cost,
          metres: way.metres,
          line: way.a === v ? way.line : way.line.toReversed(),
        };
      });
      const [one, two] = ends;
      if (one && two)
        join({
          ...{ a: one.far, b: two.far, cost: one.cost + two.cost, metres: one.metres + two.metres },
          line: [...one.line.toReversed(), ...two.line.slice(1)],
        });
      for (const { far } of ends) open.push(far);
    }
    const n = sites.length;
    const numbers = new Map<number, number>();
    for (const v of ways.keys()) if (v !== root) numbers.set(v, n + numbers.size);
    for (const v of kept) if (v >= 0 && !numbers.has(v)) numbers.set(v, n + numbers.size);
    const rootNode = n + numbers.size;
    const list = [...new Set([...ways.values()].flatMap((own) => [...own]))];
    const number = (v: number): number => (v === root ? rootNode : numbers.get(v)!);
    const lead = sites.map(({ at: place }, i) => {
      const street = streets[i]!;
      return street < 0 ? 0 : metresBetween(project(place), spots[street]!);
    });
    const graph = graphOf(rootNode + 1, [
      ...sites.flatMap(({ entry }, i): GraphEdge[] =>
        streets[i]! < 0 ? [] : [{ a: i, b: number(streets[i]!), cost: entry + lead[i]! * prices.footway }],
      ),
      ...list.map(({ a, b, cost }) => ({ a: number(a), b: number(b), cost })),
    ]);
    const entries = streets.flatMap((street, i) => (street < 0 ? [] : [i]));
    return {
      ...{ graph, root: rootNode },
      course(edge) {
        if (edge < entries.length) {
          const i = entries[edge]!;
          return { line: [sites[i]!.at, places[streets[i]!]!], metres: lead[i]! };
        }
        const way = list[edge - entries.length]!;
        return way.line.length < 2
          ? undefined
          : { line: way.line.map((v) => places[v]!), metres: way.metres };
      },
    };
  }
}

function boxOf(spots: readonly Spot[]) {
  const box = { west: Infinity, east: -Infinity, south: Infinity, north: -Infinity };
  for (const { east, north } of spots) {
    box.west = Math.min(box.west, east);
    box.east = Math.max(box.east, east);
    box.south = Math.min(box.south, north);
    box.north = Math.max(box.north, north);
  }
  return box;
}
