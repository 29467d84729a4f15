import { type Graph, otherEnd, type SteinerProblem, type Tree, treeOf } from './steiner-problem.ts';

/** Edge numbers from the cheapest, ties by number. */
export function byCost(graph: Graph): Int32Array {
  return Int32Array.from(graph.cost, (_, e) => e).sort((x, y) => graph.cost[x]! - graph.cost[y]! || x - y);
}

/** A problem with what searching it again and again needs at hand. */
export interface TreeSearch {
  readonly task: SteinerProblem;
  readonly graph: Graph;
  readonly sorted: Int32Array;
  /** Prizes with a share so large at required nodes that leaving one out never pays. */
  readonly weight: Float64Array;
  /** The share of a required node. */
  readonly must: number;
}

export function treeSearch(task: SteinerProblem): TreeSearch {
  const { graph, prizes, required } = task;
  const must = 1 + graph.cost.reduce((x, y) => x + y, 0) + prizes.reduce((x, y) => x + y, 0);
  const weight = prizes.slice();
  for (const v of required) weight[v]! += must;
  return { task, graph, sorted: byCost(graph), weight, must };
}

/** Least spanning forest of the nodes marked in `inside`, as edges. Source: Kruskal. */
export function spanningForest(graph: Graph, sorted: Int32Array, inside: Uint8Array): number[] {
  const parent = new Int32Array(graph.nodes);
  for (let v = 0; v < parent.length; v++) parent[v] = v;
  const find = (v: number): number => {
    let x = v;
    while (parent[x]! !== x) {
      parent[x] = parent[parent[x]!]!;
      x = parent[x]!;
    }
    return x;
  };
  const edges: number[] = [];
  for (const e of sorted) {
    const [u, v] = [graph.a[e]!, graph.b[e]!];
    if (!inside[u] || !inside[v]) continue;
    const [x, y] = [find(u), find(v)];
    if (x === y) continue;
    parent[x] = y;
    edges.push(e);
  }
  return edges;
}

/** The part of a forest worth most, prizes less costs (at `scale` times the cost). Strong pruning, exact on a forest. */
export function prune(search: TreeSearch, inside: Uint8Array, forest: readonly number[], scale = 1): Tree {
  const { graph, weight, task } = search;
  const at = new Map<number, number[]>();
  for (const e of forest)
    for (const v of [graph.a[e]!, graph.b[e]!]) {
      const list = at.get(v);
      if (list) list.push(e);
      else at.set(v, [e]);
    }
  const worth = weight.slice();
  const seen = new Uint8Array(graph.nodes);
  const up = new Int32Array(graph.nodes).fill(-1);
  let best = -1;
  for (let start = 0; start < graph.nodes; start++) {
    if (!inside[start] || seen[start]) continue;
    seen[start] = 1;
    const order = [start];
    for (let i = 0; i < order.length; i++) {
      const v = order[i]!;
      for (const e of at.get(v) ?? []) {
        const u = otherEnd(graph, e, v);
        if (seen[u]) continue;
        seen[u] = 1;
        up[u] = e;
        order.push(u);
      }
    }
    for (let i = order.length - 1; i >= 0; i--) {
      const v = order[i]!;
      if (best < 0 || worth[v]! > worth[best]!) best = v;
      const e = up[v]!;
      if (e < 0) continue;
      const gain = worth[v]! - scale * graph.cost[e]!;
      if (gain > 0) worth[otherEnd(graph, e, v)]! += gain;
    }
  }
  if (best < 0) return { nodes: [], edges: [], cost: 0, prize: 0 };
  const nodes = [best];
  const edges: number[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const v = nodes[i]!;
    for (const e of at.get(v) ?? []) {
      const u = otherEnd(graph, e, v);
      if (up[u] !== e || e === up[v] || worth[u]! - scale * graph.cost[e]! <= 0) continue;
      nodes.push(u);
      edges.push(e);
    }
  }
  return treeOf(task, nodes, edges);
}
