import { problem } from '../../../platform/problem.ts';
import { type Graph, type GraphEdge, graphOf } from './steiner-problem.ts';

/** A place where trenches meet or end, in metres east and north (of any origin). */
export interface TrenchNode {
  readonly id: string;
  readonly east: number;
  readonly north: number;
}

/** A stretch of road, verge or duct that can be dug or used. */
export interface TrenchStretch {
  readonly from: string;
  readonly to: string;
  readonly metres: number;
  /** What it runs through, as the prices name it: carriageway, footway, verge, duct … */
  readonly ground: string;
}

export interface TrenchMap {
  readonly nodes: readonly TrenchNode[];
  readonly stretches: readonly TrenchStretch[];
  /** Nodes where the network is today. */
  readonly network: readonly string[];
  /** Sites at their nodes, each with what its entry into the building costs, in pounds. */
  readonly sites: readonly { readonly id: string; readonly at: string; readonly entry: number }[];
}

/** Pounds a metre by ground. */
export type GroundPrices = Readonly<Record<string, number>>;

export interface PricedMap {
  readonly graph: Graph;
  /** Stands for the whole network as it is; undefined where the map has none. */
  readonly root?: number;
  /** By site. */
  readonly site: ReadonlyMap<string, number>;
  /** The stretch that an edge is, or undefined for an entry into a building and for the network itself. */
  readonly stretch: (edge: number) => TrenchStretch | undefined;
}

/** A map as a graph of costs in pounds, the network as one node. */
export function priceMap({ nodes, stretches, network, sites }: TrenchMap, prices: GroundPrices): PricedMap {
  const place = new Map(nodes.map(({ id }, i) => [id, i]));
  const find = (id: string, where: string): number => {
    const at = place.get(id);
    if (at === undefined) throw problem('value', `There is no node "${id}".`, { where });
    return at;
  };
  const edges: GraphEdge[] = stretches.map(({ from, to, metres, ground }, i) => {
    const where = `stretches[${i}]`;
    const price = Object.hasOwn(prices, ground) ? prices[ground]! : Number.NaN;
    if (!(Number.isFinite(price) && price >= 0))
      throw problem('value', `There is no price of at least 0 for the ground "${ground}".`, { where });
    if (!(Number.isFinite(metres) && metres >= 0))
      throw problem('value', `A stretch of ${metres} metres; a length is a number of at least 0.`, { where });
    return { a: find(from, where), b: find(to, where), cost: metres * price };
  });
  let count = nodes.length;
  const site = new Map<string, number>();
  for (const [i, { id, at, entry }] of sites.entries()) {
    if (site.has(id)) throw problem('value', `Site "${id}" is on the map twice.`, { where: `sites[${i}]` });
    site.set(id, count);
    edges.push({ a: find(at, `sites[${i}]`), b: count, cost: entry });
    count += 1;
  }
  const root = network.length > 0 ? count++ : undefined;
  if (root !== undefined) for (const id of network) edges.push({ a: find(id, 'network'), b: root, cost: 0 });
  return {
    graph: graphOf(Math.max(1, count), edges),
    ...(root === undefined ? {} : { root }),
    site,
    stretch: (edge) => stretches[edge],
  };
}

/** A point in metres. */
export interface Spot {
  readonly east: number;
  readonly north: number;
}

/**
 * Sites joined to each other and each to the nearest point of the network as the crow flies, where no roads are known.
 * `detour`: how much longer a way on the ground is; `perMetre` in pounds. Node `i` is site `i`; the root is the last.
 */
export function straightGraph(
  sites: readonly (Spot & { readonly entry: number })[],
  network: readonly Spot[],
  { detour, perMetre }: { readonly detour: number; readonly perMetre: number },
): { readonly graph: Graph; readonly root: number } {
  const root = 2 * sites.length;
  const edges: GraphEdge[] = [];
  for (const [i, one] of sites.entries()) {
    // A way may pass a site without entering it.
    const street = sites.length + i;
    edges.push({ a: i, b: street, cost: one.entry });
    for (let j = i + 1; j < sites.length; j++)
      edges.push({ a: street, b: sites.length + j, cost: metresBetween(one, sites[j]!) * detour * perMetre });
    const near = network.reduce(
      (least, spot) => Math.min(least, metresBetween(one, spot)),
      Number.POSITIVE_INFINITY,
    );
    if (near < Number.POSITIVE_INFINITY) edges.push({ a: street, b: root, cost: near * detour * perMetre });
  }
  return { graph: graphOf(root + 1, edges), root };
}

export function metresBetween(x: Spot, y: Spot): number {
  return Math.hypot(x.east - y.east, x.north - y.north);
}
