/** Roads as the planner reads them: nodes in degrees, stretches between them, and nodes where the network is today. */
import { distance, longitudeLatitude } from '../../../demo/geography.ts';
import type { Region } from '../../../demo/model.ts';
import { roadGraph } from '../../../demo/road-graph.ts';
import type { Ground } from './price-book.ts';

export const grounds: readonly Ground[] = ['carriageway', 'footway', 'verge', 'duct'];

/** In arrays, so that a map of a county goes to the planner's thread at once. */
export interface RoadMap {
  readonly name: string;
  readonly longitude: Float64Array;
  readonly latitude: Float64Array;
  /** Nodes at the ends of each stretch. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly metres: Float64Array;
  /** Index into `grounds`. */
  readonly ground: Uint8Array;
  /** Nodes where fibre can be reached: exchanges and points of presence. */
  readonly network: Int32Array;
}

/** Of a town's radius. */
const [middle, along] = [0.25, 0.7];

const groundOf = { main: 'carriageway', local: 'footway', lane: 'verge' } as const;

/** The demonstration's roads. Fibre runs today in the middle of its city and towns, and along their main roads. */
export function demonstrationRoads(region: Pick<Region, 'roads' | 'settlements'>): RoadMap {
  const graph = roadGraph(region);
  const places = graph.nodes.map(({ at }) => longitudeLatitude(at));
  const towns = region.settlements.filter(({ kind }) => kind === 'city' || kind === 'town');
  const onMain = new Set(graph.edges.flatMap(({ kind, from, to }) => (kind === 'main' ? [from, to] : [])));
  const reached = graph.nodes.filter(({ index, at }) =>
    towns.some((town) => distance(town.at, at) < town.radius * (onMain.has(index) ? along : middle)),
  );
  return {
    name: 'Roads of the demonstration region',
    longitude: Float64Array.from(places, ({ longitude }) => longitude),
    latitude: Float64Array.from(places, ({ latitude }) => latitude),
    from: Int32Array.from(graph.edges, ({ from }) => from),
    to: Int32Array.from(graph.edges, ({ to }) => to),
    metres: Float64Array.from(graph.edges, ({ km }) => km * 1000),
    ground: Uint8Array.from(graph.edges, ({ kind }) => grounds.indexOf(groundOf[kind])),
    network: Int32Array.from(reached, ({ index }) => index),
  };
}
