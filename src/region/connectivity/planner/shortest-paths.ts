import { type Graph, otherEnd } from './steiner-problem.ts';

/** Distances from a set of nodes, and the edge each node is reached by (-1 at the start and where there is no way). */
export interface Paths {
  readonly distance: Float64Array;
  readonly by: Int32Array;
}

/** Nodes by key, the least first. Keys may only sink. */
export interface NodeHeap {
  readonly push: (node: number, key: number) => void;
  /** The node of least key, or -1. */
  readonly pop: () => number;
}

export function nodeHeap(nodes: number): NodeHeap {
  const heap = new Int32Array(nodes);
  const place = new Int32Array(nodes).fill(-1);
  const keys = new Float64Array(nodes);
  let size = 0;
  const put = (node: number, i: number): void => {
    heap[i] = node;
    place[node] = i;
  };
  const rise = (node: number, from: number): void => {
    let i = from;
    while (i > 0) {
      const above = heap[(i - 1) >> 1]!;
      if (keys[above]! <= keys[node]!) break;
      put(above, i);
      i = (i - 1) >> 1;
    }
    put(node, i);
  };
  return {
    push(node, key) {
      keys[node] = key;
      rise(node, place[node]! >= 0 ? place[node]! : size++);
    },
    pop() {
      if (size === 0) return -1;
      const top = heap[0]!;
      place[top] = -1;
      size -= 1;
      if (size === 0) return top;
      const node = heap[size]!;
      let i = 0;
      for (;;) {
        let child = 2 * i + 1;
        if (child >= size) break;
        if (child + 1 < size && keys[heap[child + 1]!]! < keys[heap[child]!]!) child += 1;
        if (keys[heap[child]!]! >= keys[node]!) break;
        put(heap[child]!, i);
        i = child;
      }
      put(node, i);
      return top;
    },
  };
}

/** From `sources` over edges of `cost` (the graph's own unless given), no farther than `limit`. Source: Dijkstra. */
export function shortestPaths(
  graph: Graph,
  sources: Iterable<number>,
  { cost = graph.cost, limit = Number.POSITIVE_INFINITY }: { cost?: Float64Array; limit?: number } = {},
): Paths {
  const distance = new Float64Array(graph.nodes).fill(Number.POSITIVE_INFINITY);
  const by = new Int32Array(graph.nodes).fill(-1);
  const heap = nodeHeap(graph.nodes);
  for (const v of sources) {
    distance[v] = 0;
    heap.push(v, 0);
  }
  for (let v = heap.pop(); v >= 0; v = heap.pop()) {
    for (let i = graph.first[v]!; i < graph.first[v + 1]!; i++) {
      const e = graph.at[i]!;
      const u = otherEnd(graph, e, v);
      const far = distance[v]! + cost[e]!;
      if (far >= distance[u]! || far > limit) continue;
      distance[u] = far;
      by[u] = e;
      heap.push(u, far);
    }
  }
  return { distance, by };
}
