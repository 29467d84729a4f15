import type { Random } from '../../../platform/random.ts';
import { shortestPaths } from './shortest-paths.ts';
import { lossOf, otherEnd, type Tree } from './steiner-problem.ts';
import { prune, spanningForest, type TreeSearch } from './tree-pruning.ts';

export const nothing: Tree = { nodes: [], edges: [], cost: 0, prize: 0 };

/**
 * A tree that joins the nodes `wanted` one by one by the shortest way, then without the parts that do not pay.
 * `cost` guides the ways (the graph's own unless given). Source: Takahashi and Matsuyama 1980.
 */
export function joinByShortestPaths(
  search: TreeSearch,
  start: number,
  wanted: Uint8Array,
  cost?: Float64Array,
): Tree {
  const { graph } = search;
  const inside = new Uint8Array(graph.nodes);
  inside[start] = 1;
  const members = [start];
  for (;;) {
    const { distance, by } = shortestPaths(graph, members, cost ? { cost } : {});
    let next = -1;
    for (let v = 0; v < graph.nodes; v++)
      if (wanted[v] && !inside[v] && distance[v]! < Number.POSITIVE_INFINITY)
        if (next < 0 || distance[v]! < distance[next]!) next = v;
    if (next < 0) break;
    for (let v = next; !inside[v]; v = otherEnd(graph, by[v]!, v)) {
      inside[v] = 1;
      members.push(v);
    }
  }
  return prune(search, inside, spanningForest(graph, search.sorted, inside));
}

/** The best tree by putting nodes in and out, first better move taken, until none helps. */
export function improveByNodes(
  search: TreeSearch,
  tree: Tree,
  random: Random,
  stop: () => boolean = () => false,
): Tree {
  const { graph, task } = search;
  const value = (candidate: Tree): number => lossOf(task, candidate) + missing(search, candidate);
  let best = tree;
  let least = value(tree);
  const order = Array.from({ length: graph.nodes }, (_, v) => v);
  for (let better = true; better && !stop(); ) {
    better = false;
    for (let i = order.length - 1; i > 0; i--) {
      const j = random.whole(0, i);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    let inside = marked(graph.nodes, best.nodes);
    for (const v of order) {
      if (stop()) break;
      if (!inside[v] && !touches(search, inside, v)) continue;
      inside[v] = inside[v] ? 0 : 1;
      const candidate = prune(search, inside, spanningForest(graph, search.sorted, inside));
      inside[v] = inside[v] ? 0 : 1;
      const now = value(candidate);
      if (now >= least - 1e-9 * (1 + Math.abs(least))) continue;
      best = candidate;
      least = now;
      inside = marked(graph.nodes, best.nodes);
      better = true;
    }
  }
  return best;
}

export function marked(nodes: number, members: Iterable<number>): Uint8Array {
  const marks = new Uint8Array(nodes);
  for (const v of members) marks[v] = 1;
  return marks;
}

/** A node that touches fewer than two of the tree's nodes helps only by its own prize. */
function touches({ graph, weight }: TreeSearch, inside: Uint8Array, v: number): boolean {
  let count = 0;
  for (let i = graph.first[v]!; i < graph.first[v + 1]!; i++) {
    if (!inside[otherEnd(graph, graph.at[i]!, v)]) continue;
    count += 1;
    if (count > 1 || weight[v]! > 0) return true;
  }
  return false;
}

/** A large loss for each required node that is left out. */
export function missing({ task, must }: TreeSearch, tree: Tree): number {
  if (task.required.length === 0) return 0;
  const inside = new Set(tree.nodes);
  return must * task.required.filter((v) => !inside.has(v)).length;
}

/** Good trees for a problem without a budget: shortest ways from several starts, growth, then local search. */
export function searchTree(search: TreeSearch, random: Random, stop: () => boolean = () => false): Tree {
  const { graph, task, weight } = search;
  const wanted = Uint8Array.from(weight, (w) => (w > 0 ? 1 : 0));
  const starts = order(weight).slice(0, 8);
  let best = nothing;
  let least = lossOf(task, best) + missing(search, best);
  const take = (tree: Tree): void => {
    const loss = lossOf(task, tree) + missing(search, tree);
    if (loss >= least) return;
    best = tree;
    least = loss;
  };
  for (const start of starts) {
    if (stop()) break;
    take(joinByShortestPaths(search, start, wanted));
  }
  // Fewer and dearer sites: what is worth less than its way costs is often better left out from the start.
  for (const factor of [1, 0.5]) {
    if (stop() || starts[0] === undefined) break;
    const { distance } = shortestPaths(graph, best.nodes.length > 0 ? best.nodes : [starts[0]]);
    const near = Uint8Array.from(weight, (w, v) => (w > 0 && w >= factor * distance[v]! ? 1 : 0));
    for (const start of starts.slice(0, 3)) if (!stop()) take(joinByShortestPaths(search, start, near));
  }
  if (best.nodes.length > 0) take(improveByNodes(search, best, random, stop));
  return best;
}

/** Nodes of some weight, from the heaviest. */
export function order(weight: Float64Array): number[] {
  return Array.from(weight, (_, v) => v)
    .filter((v) => weight[v]! > 0)
    .sort((x, y) => weight[y]! - weight[x]! || x - y);
}
