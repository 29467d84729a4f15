/** The roads as a graph, and how far it is along them. */
import { distance } from './geography.ts';
import type { Point, Region, Road } from './model.ts';

export interface RoadNode {
  /** Its place among the graph’s nodes. */
  readonly index: number;
  readonly at: Point;
  /** Indexes of its edges. */
  readonly edges: readonly number[];
}

export interface RoadEdge {
  /** Indexes of the nodes at its ends. */
  readonly from: number;
  readonly to: number;
  readonly km: number;
  readonly kind: Road['kind'];
  /** Id of the road that it is a piece of. */
  readonly road: string;
}

export interface RoadGraph {
  readonly nodes: readonly RoadNode[];
  readonly edges: readonly RoadEdge[];
  /** The node nearest to a point as the crow flies. */
  readonly nearest: (at: Point) => RoadNode;
  /** Kilometres by road from some nodes (indexes) to every node, by its index; Infinity where no road leads. */
  readonly kmFrom: (starts: readonly number[]) => Float64Array;
}

const graphs = new WeakMap<readonly Road[], RoadGraph>();

/** Every point of every road is a node, and every piece between two of them an edge. */
export function roadGraph({ roads }: Pick<Region, 'roads'>): RoadGraph {
  const known = graphs.get(roads);
  if (known) return known;
  const made = graphOf(roads);
  graphs.set(roads, made);
  return made;
}

function graphOf(roads: readonly Road[]): RoadGraph {
  const indexes = new Map<string, number>();
  const nodes: { index: number; at: Point; edges: number[] }[] = [];
  const edges: RoadEdge[] = [];
  const nodeAt = (at: Point) => {
    const key = `${at.east} ${at.north}`;
    const index = indexes.get(key) ?? nodes.length;
    if (index === nodes.length) {
      indexes.set(key, index);
      nodes.push({ index, at, edges: [] });
    }
    return nodes[index] as (typeof nodes)[number]; // there, or made above
  };
  for (const { id, kind, points } of roads) {
    for (let i = 1; i < points.length; i++) {
      const [a, b] = [points[i - 1] as Point, points[i] as Point]; // both are indexes of the points
      const [from, to] = [nodeAt(a), nodeAt(b)];
      from.edges.push(edges.length);
      to.edges.push(edges.length);
      edges.push({ from: from.index, to: to.index, km: distance(a, b), kind, road: id });
    }
  }
  return {
    ...{ nodes, edges },
    nearest: (at) => {
      const [first] = nodes;
      if (!first) throw new RangeError('A region without roads has no nearest one.');
      let [best, least] = [first, Number.POSITIVE_INFINITY];
      for (const node of nodes) {
        const far = (node.at.east - at.east) ** 2 + (node.at.north - at.north) ** 2;
        if (far < least) [best, least] = [node, far];
      }
      return best;
    },
    kmFrom: (starts) => shortest(nodes, edges, starts).km,
  };
}

/** Dijkstra’s algorithm with a binary heap. `by[node]`: the edge by which it is reached, -1 at a start. */
export function shortest(
  nodes: readonly RoadNode[],
  edges: readonly RoadEdge[],
  starts: readonly number[],
): { readonly km: Float64Array; readonly by: Int32Array } {
  const km = new Float64Array(nodes.length).fill(Number.POSITIVE_INFINITY);
  const by = new Int32Array(nodes.length).fill(-1);
  const heap: [number, number][] = [];
  for (const start of starts) {
    km[start] = 0;
    push(heap, [0, start]);
  }
  for (let next = pop(heap); next; next = pop(heap)) {
    const [far, index] = next;
    if (far > (km[index] ?? 0)) continue;
    for (const number of nodes[index]?.edges ?? []) {
      const edge = edges[number] as RoadEdge; // nodes name only edges that are there
      const other = edge.from === index ? edge.to : edge.from;
      const sum = far + edge.km;
      if (sum >= (km[other] ?? 0)) continue;
      km[other] = sum;
      by[other] = number;
      push(heap, [sum, other]);
    }
  }
  return { km, by };
}

type Entry = [number, number];

function push(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent] as Entry; // lies before `at`
    if (above[0] <= entry[0]) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const [first] = heap;
  const last = heap.pop();
  if (!first || !last || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = at * 2 + 1;
    const [left, right] = [heap[child], heap[child + 1]];
    if (!left) break;
    if (right && right[0] < left[0]) child += 1;
    const lesser = heap[child] as Entry; // one of the two above
    if (lesser[0] >= last[0]) break;
    heap[at] = lesser;
    at = child;
  }
  heap[at] = last;
  return first;
}
