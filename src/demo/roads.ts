/** The region’s roads: streets within its places, roads between them, and lanes that end at farms. */
import { type Random, seededRandom } from '../platform/random.ts';
import { coast, distance, isLand, mapSize, point, settlements, wander } from './geography.ts';
import type { Point, Road, Settlement } from './model.ts';
import { type RoadEdge, roadGraph, shortest } from './road-graph.ts';

/** A settlement with the corners of its streets, the middle first. */
export interface StreetPlan {
  readonly settlement: Settlement;
  readonly corners: readonly Point[];
}

const cornersOf: Record<Settlement['kind'], number> = { city: 90, town: 34, village: 9, hamlet: 4 };
const farmLanes = 70;

type Line = { readonly points: readonly Point[]; readonly lane: boolean };

/** Homes and surgeries stand back from the shore. */
const shoreLine = coast.slice(1, -1);
const dry = (at: Point): boolean => isLand(at) && shoreLine.every((sea) => distance(sea, at) > 0.25);

function planOf(settlement: Settlement): StreetPlan {
  const random = seededRandom(`streets of ${settlement.id}`);
  const corners = [settlement.at];
  while (corners.length < cornersOf[settlement.kind]) {
    let [best, farthest] = [settlement.at, -1];
    // The loneliest of some: evenly spread, yet on no grid.
    for (let tries = 0; tries < 12; tries++) {
      const [angle, away] = [random.between(0, 2 * Math.PI), settlement.radius * random.next() ** 0.6];
      const at = point(
        settlement.at.east + away * Math.cos(angle),
        settlement.at.north + away * Math.sin(angle),
      );
      if (!dry(at)) continue;
      const lonely =
        corners.reduce((least, other) => Math.min(least, distance(at, other)), 99) * (1.2 - away / 9);
      if (lonely > farthest) [best, farthest] = [at, lonely];
    }
    if (farthest > 0.05) corners.push(best);
  }
  return { settlement, corners };
}

/**
 * Pairs of points that no third point lies between: joins all, as roads do, without needless crossings. `narrow` 1 is the
 * Gabriel graph, 0 the relative neighbourhood graph, which has fewer. Both hold the shortest tree that joins all.
 */
function neighbours(points: readonly Point[], kind: 'gabriel' | 'relative'): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < points.length; i++) {
    for (let j = i + 1; j < points.length; j++) {
      const [a, b] = [points[i] as Point, points[j] as Point]; // indexes of the points
      const length = distance(a, b);
      const blocked = points.some((c, k) => {
        if (k === i || k === j) return false;
        const [x, y] = [distance(a, c), distance(b, c)];
        return kind === 'gabriel' ? x * x + y * y < length * length : Math.max(x, y) < length;
      });
      if (!blocked) pairs.push([i, j]);
    }
  }
  return pairs;
}

/** Whether a straight line between two points stays on land. */
function byLand(from: Point, to: Point): boolean {
  const steps = Math.ceil(distance(from, to) / 0.2);
  return Array.from({ length: steps + 1 }, (_, i) => i / steps).every((part) =>
    isLand(point(from.east + (to.east - from.east) * part, from.north + (to.north - from.north) * part)),
  );
}

const nearestTo = (at: Point, points: readonly Point[]): Point =>
  points.reduce((best, one) => (distance(one, at) < distance(best, at) ? one : best));

function linesBetween(plans: readonly StreetPlan[], random: Random): Line[] {
  const middles = plans.map(({ settlement }) => settlement.at);
  return neighbours(middles, 'gabriel').flatMap(([i, j]) => {
    const [a, b] = [plans[i] as StreetPlan, plans[j] as StreetPlan]; // plans and middles run in step
    const from = nearestTo(b.settlement.at, a.corners);
    const to = nearestTo(from, b.corners);
    if (!byLand(from, to)) return [];
    return [{ points: wander(from, to, { random, step: 0.8, sway: 0.22, allowed: dry }), lane: true }];
  });
}

/** Lanes that leave a road in open country and end at a farm. */
function farmLinesFrom(lines: readonly Line[], random: Random): Line[] {
  const bends = lines.flatMap(({ points }) => points.slice(2, -2));
  const made: Line[] = [];
  for (let tries = 0; made.length < farmLanes && tries < farmLanes * 20; tries++) {
    const from = random.pick(bends);
    const [angle, away] = [random.between(0, 2 * Math.PI), random.between(0.5, 2.2)];
    const to = point(from.east + away * Math.cos(angle), from.north + away * Math.sin(angle));
    if (to.north > mapSize.north || !dry(to) || !byLand(from, to)) continue;
    const others = [...bends, ...made.flatMap(({ points }) => points)].filter((one) => one !== from);
    if (others.some((one) => distance(one, to) < 0.7)) continue;
    made.push({ points: wander(from, to, { random, step: 0.6, sway: 0.2, allowed: dry }), lane: true });
  }
  return made;
}

function streetsIn({ corners }: StreetPlan): Line[] {
  return neighbours(corners, 'gabriel').flatMap(([i, j]) => {
    const points = [corners[i] as Point, corners[j] as Point]; // indexes of the corners
    return byLand(points[0] as Point, points[1] as Point) ? [{ points, lane: false }] : [];
  });
}

export const streetPlans: readonly StreetPlan[] = settlements.map(planOf);

/**
 * All roads. Main are those on the way from town to town; local, the streets of towns and the way from each village to its
 * nearest town; the rest are lanes. `named`: the id of what stands at a point.
 */
export function makeRoads(named: (at: Point) => string | undefined): readonly Road[] {
  const random = seededRandom('roads');
  const between = linesBetween(streetPlans, random);
  const lines = [
    ...streetPlans.flatMap((plan) =>
      streetsIn(plan).map((line) => ({ ...line, lane: plan.settlement.rural })),
    ),
    ...between,
    ...farmLinesFrom(between, random),
  ];
  const roads = lines.map(({ points, lane }, i): Road => {
    const [from, to] = [named(points[0] as Point), named(points.at(-1) as Point)]; // a line has two ends
    const ends = { ...(from ? { from } : {}), ...(to ? { to } : {}) };
    return { id: `road-${i + 1}`, points, kind: lane ? 'lane' : 'local', ...ends };
  });
  const kinds = kindsOnTheWay(roads);
  return roads.map((road) => ({ ...road, kind: kinds.get(road.id) ?? road.kind }));
}

function kindsOnTheWay(roads: readonly Road[]): ReadonlyMap<string, Road['kind']> {
  const { nodes, edges, nearest } = roadGraph({ roads });
  const kinds = new Map<string, Road['kind']>();
  const large = settlements.filter(({ rural }) => !rural);
  const villages = settlements.filter(({ kind }) => kind === 'village');
  const mark = (start: Settlement, end: number, kind: Road['kind'], by: Int32Array) => {
    let at = end;
    for (let way = by[at] ?? -1; way >= 0; way = by[at] ?? -1) {
      const edge = edges[way] as RoadEdge; // `by` holds indexes of edges
      if (kinds.get(edge.road) !== 'main') kinds.set(edge.road, kind);
      at = edge.from === at ? edge.to : edge.from;
    }
    return start;
  };
  for (const town of large) {
    const { by } = shortest(nodes, edges, [nearest(town.at).index]);
    for (const other of large) mark(town, nearest(other.at).index, 'main', by);
  }
  const { by } = shortest(
    nodes,
    edges,
    large.map(({ at }) => nearest(at).index),
  );
  for (const village of villages) mark(village, nearest(village.at).index, 'local', by);
  return kinds;
}
