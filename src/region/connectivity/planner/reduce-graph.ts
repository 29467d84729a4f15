import { nodeHeap } from './shortest-paths.ts';
import { graphOf, type SteinerProblem, type Tree, treeOf } from './steiner-problem.ts';

/** A smaller problem with the same best trees, and the way back. */
export interface Reduced {
  readonly task: SteinerProblem;
  /** Prizes of sites that no best tree of more than one node holds: missed in every tree of the smaller problem. */
  readonly missed: number;
  /** The tree in the problem as it was. */
  readonly restore: (tree: Tree) => Tree;
  /** A tree of the problem as it was, as nodes of the smaller one. */
  readonly node: (v: number) => number | undefined;
}

interface Way {
  a: number;
  b: number;
  cost: number;
  /** Edges and inner nodes of the graph as it was. */
  readonly edges: readonly number[];
  readonly inner: readonly number[];
}

/**
 * Takes away what no best tree needs: the dearer of parallel edges, edges dearer than another way between their ends,
 * dead ends without a prize, and joins two edges at a node without a prize; without a budget also dead ends whose prize
 * is at most the cost of their edge. A tree of one node alone is not kept in mind: compare with it.
 * Source: Uchoa 2006; Ljubić et al. 2006.
 */
export function reduceGraph(task: SteinerProblem): Reduced {
  const { graph, prizes, required, budget } = task;
  const must = new Set(required);
  const ways = new Map<number, Way>();
  const at: Set<number>[] = Array.from({ length: graph.nodes }, () => new Set());
  const gone = new Uint8Array(graph.nodes);
  let missed = 0;
  let next = 0;
  const add = (way: Way): void => {
    if (way.a === way.b) return;
    for (const id of at[way.a]!) {
      const other = ways.get(id)!;
      if (other.a !== way.b && other.b !== way.b) continue;
      if (other.cost <= way.cost) return;
      drop(id);
    }
    ways.set(next, way);
    at[way.a]!.add(next);
    at[way.b]!.add(next);
    next += 1;
  };
  const drop = (id: number): void => {
    const way = ways.get(id)!;
    at[way.a]!.delete(id);
    at[way.b]!.delete(id);
    ways.delete(id);
  };
  for (let e = 0; e < graph.cost.length; e++)
    if (budget === undefined || graph.cost[e]! <= budget)
      add({ a: graph.a[e]!, b: graph.b[e]!, cost: graph.cost[e]!, edges: [e], inner: [] });

  const plain = (v: number): boolean => prizes[v] === 0 && !must.has(v);
  const shrink = (): boolean => {
    let changed = false;
    const open = Array.from(at, (_, v) => v);
    for (let v = open.pop(); v !== undefined; v = open.pop()) {
      if (gone[v] || must.has(v)) continue;
      const ids = [...at[v]!];
      const way = ids[0] === undefined ? undefined : ways.get(ids[0])!;
      const poor = plain(v) || (budget === undefined && way && prizes[v]! <= way.cost);
      if (ids.length === 0 && plain(v)) gone[v] = 1;
      else if (ids.length === 1 && way && poor) {
        missed += prizes[v]!;
        gone[v] = 1;
        drop(ids[0]!);
        open.push(way.a === v ? way.b : way.a);
      } else if (ids.length === 2 && plain(v)) {
        const two = ways.get(ids[1]!)!;
        const [x, y] = [way!, two].map((w) => (w.a === v ? w.b : w.a)) as [number, number];
        drop(ids[0]!);
        drop(ids[1]!);
        gone[v] = 1;
        add({
          ...{ a: x, b: y, cost: way!.cost + two.cost },
          edges: [...way!.edges, ...two.edges],
          inner: [...way!.inner, v, ...two.inner],
        });
        open.push(x, y);
      } else continue;
      changed = true;
    }
    return changed;
  };

  /** Removes an edge where another way between its ends costs no more; looks no farther than the edge is long. */
  const shortcut = (): boolean => {
    let changed = false;
    const far = new Float64Array(graph.nodes).fill(Number.POSITIVE_INFINITY);
    const heap = nodeHeap(graph.nodes);
    for (const id of [...ways.keys()].sort((p, q) => ways.get(q)!.cost - ways.get(p)!.cost || p - q)) {
      const { a, b, cost } = ways.get(id)!;
      const seen = [a];
      far[a] = 0;
      heap.push(a, 0);
      let found = false;
      for (let v = heap.pop(), steps = 0; v >= 0; v = heap.pop()) {
        if (found || ++steps > 400) continue;
        if (v === b) {
          found = true;
          continue;
        }
        for (const other of at[v]!) {
          if (other === id) continue;
          const way = ways.get(other)!;
          const u = way.a === v ? way.b : way.a;
          const sum = far[v]! + way.cost;
          if (sum > cost || sum >= far[u]!) continue;
          if (far[u] === Number.POSITIVE_INFINITY) seen.push(u);
          far[u] = sum;
          heap.push(u, sum);
        }
      }
      for (const v of seen) far[v] = Number.POSITIVE_INFINITY;
      if (!found) continue;
      drop(id);
      changed = true;
    }
    return changed;
  };
  shrink();
  while (shortcut() && shrink());

  const kept = [...gone.keys()].filter((v) => !gone[v]);
  const names = kept.length > 0 ? kept : [0];
  const place = new Map(names.map((v, i) => [v, i]));
  const list = [...ways.values()];
  return {
    task: {
      graph: graphOf(
        names.length,
        list.map(({ a, b, cost }) => ({ a: place.get(a)!, b: place.get(b)!, cost })),
      ),
      // The lone node that stands for an empty graph has no prize left to collect.
      prizes: Float64Array.from(names, (v) => (gone[v] ? 0 : prizes[v]!)),
      required: required.map((v) => place.get(v)!),
      ...(budget === undefined ? {} : { budget }),
    },
    missed,
    restore(tree) {
      const nodes = new Set(tree.nodes.map((v) => names[v]!));
      const edges: number[] = [];
      for (const i of tree.edges) {
        edges.push(...list[i]!.edges);
        for (const v of list[i]!.inner) nodes.add(v);
      }
      return treeOf(task, nodes, edges);
    },
    node: (v) => (gone[v] ? undefined : place.get(v)),
  };
}
