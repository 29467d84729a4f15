import type { Random } from '../../../platform/random.ts';
import { nodeHeap } from './shortest-paths.ts';
import { lossOf, otherEnd, type Tree, treeOf } from './steiner-problem.ts';
import { prune, spanningForest, type TreeSearch } from './tree-pruning.ts';
import { joinByShortestPaths, marked, missing, nothing, order } from './tree-search.ts';

/** The tree brought within its budget by leaving out what gives least for its cost, then what is left spent well. */
export function spendBudget(search: TreeSearch, tree: Tree): Tree {
  return extend(search, trim(search, tree));
}

/** Leaves out branches, the least prize for the cost saved first, until the budget is kept. */
function trim(search: TreeSearch, tree: Tree): Tree {
  const { graph, weight, task } = search;
  const budget = task.budget ?? Number.POSITIVE_INFINITY;
  let now = tree;
  while (now.cost > budget) {
    const over = now.cost - budget;
    let best: { keep: Set<number>; score: number } | undefined;
    for (const side of halves(search, now)) {
      // The side that goes takes its edge along.
      const enough = side.saved >= over;
      const score = enough ? side.lost / over : side.lost / side.saved + 1e-9;
      if (!best || score < best.score) best = { keep: side.keep(), score };
    }
    if (!best) return nothing;
    const { keep } = best;
    const edges = now.edges.filter((e) => keep.has(graph.a[e]!) && keep.has(graph.b[e]!));
    now = treeOf(task, keep, edges);
    if (weight.length === 0) break;
  }
  return now;
}

interface Half {
  readonly lost: number;
  readonly saved: number;
  readonly keep: () => Set<number>;
}

/** Each way of cutting one edge of a tree and keeping one side. */
function halves({ graph, weight }: TreeSearch, tree: Tree): Half[] {
  const at = new Map<number, number[]>(tree.nodes.map((v) => [v, []]));
  for (const e of tree.edges) for (const v of [graph.a[e]!, graph.b[e]!]) at.get(v)!.push(e);
  const up = new Map<number, number>();
  const walk = [tree.nodes[0]!];
  for (let i = 0; i < walk.length; i++)
    for (const e of at.get(walk[i]!)!) {
      const u = otherEnd(graph, e, walk[i]!);
      if (up.get(walk[i]!) === e) continue;
      up.set(u, e);
      walk.push(u);
    }
  const prize = new Map<number, number>(tree.nodes.map((v) => [v, weight[v]!]));
  const cost = new Map<number, number>(tree.nodes.map((v) => [v, 0]));
  for (let i = walk.length - 1; i > 0; i--) {
    const v = walk[i]!;
    const u = otherEnd(graph, up.get(v)!, v);
    prize.set(u, prize.get(u)! + prize.get(v)!);
    cost.set(u, cost.get(u)! + cost.get(v)! + graph.cost[up.get(v)!]!);
  }
  const all = { prize: prize.get(walk[0]!)!, cost: cost.get(walk[0]!)! };
  const below = (v: number): Set<number> => {
    const members = [v];
    for (let i = 0; i < members.length; i++)
      for (const e of at.get(members[i]!)!)
        if (up.get(members[i]!) !== e) members.push(otherEnd(graph, e, members[i]!));
    return new Set(members);
  };
  return walk.slice(1).flatMap((v): Half[] => {
    const edge = graph.cost[up.get(v)!]!;
    return [
      {
        lost: prize.get(v)!,
        saved: cost.get(v)! + edge,
        keep: () => {
          const gone = below(v);
          return new Set(tree.nodes.filter((u) => !gone.has(u)));
        },
      },
      { lost: all.prize - prize.get(v)!, saved: all.cost - cost.get(v)!, keep: () => below(v) },
    ];
  });
}

/** Adds ways to further sites, the most prize for the cost first, as long as the budget lasts. */
function extend(search: TreeSearch, tree: Tree): Tree {
  const { graph, weight, task } = search;
  const budget = task.budget ?? Number.POSITIVE_INFINITY;
  if (tree.nodes.length === 0) return tree;
  const inside = marked(graph.nodes, tree.nodes);
  const nodes = [...tree.nodes];
  const edges = [...tree.edges];
  let left = budget - tree.cost;
  for (;;) {
    // Ways of most prize on the way among the short ones: cost first, prize gathered along.
    const far = new Float64Array(graph.nodes).fill(Number.POSITIVE_INFINITY);
    const got = new Float64Array(graph.nodes);
    const by = new Int32Array(graph.nodes).fill(-1);
    const heap = nodeHeap(graph.nodes);
    for (const v of nodes) {
      far[v] = 0;
      heap.push(v, 0);
    }
    let best = -1;
    for (let v = heap.pop(); v >= 0; v = heap.pop()) {
      if (!inside[v] && weight[v]! > 0 && (best < 0 || got[v]! * far[best]! > got[best]! * far[v]!)) best = v;
      for (let i = graph.first[v]!; i < graph.first[v + 1]!; i++) {
        const e = graph.at[i]!;
        const u = otherEnd(graph, e, v);
        const cost = far[v]! + graph.cost[e]!;
        if (inside[u] || cost > left || cost >= far[u]!) continue;
        far[u] = cost;
        got[u] = got[v]! + weight[u]!;
        by[u] = e;
        heap.push(u, cost);
      }
    }
    if (best < 0) break;
    for (let v = best; !inside[v]; v = otherEnd(graph, by[v]!, v)) {
      inside[v] = 1;
      nodes.push(v);
      edges.push(by[v]!);
      left -= graph.cost[by[v]!]!;
    }
  }
  return treeOf(task, nodes, edges);
}

/** Moves one node in or out, joins the rest as cheaply as can be, and spends what that frees, while it helps. */
export function improveWithinBudget(search: TreeSearch, tree: Tree, stop: () => boolean): Tree {
  const { graph, task, weight } = search;
  const value = (candidate: Tree): number => lossOf(task, candidate) + missing(search, candidate);
  const better = (candidate: Tree, than: Tree): boolean => {
    const [x, y] = [value(candidate), value(than)];
    return x < y - 1e-9 * (1 + Math.abs(y)) || (x <= y && candidate.cost < than.cost * (1 - 1e-9));
  };
  let best = tree;
  for (let again = true; again && !stop(); ) {
    again = false;
    for (let v = 0; v < graph.nodes && !stop(); v++) {
      const inside = marked(graph.nodes, best.nodes);
      const near = adjacent(search, inside, v);
      if (!inside[v] && near < (weight[v]! > 0 ? 1 : 2)) continue;
      inside[v] = inside[v] ? 0 : 1;
      const forest = spanningForest(graph, search.sorted, inside);
      // Leaves without a prize go; so does a part that came loose.
      const candidate = spendBudget(search, prune(search, inside, forest, 1e-12));
      if (!better(candidate, best)) continue;
      best = candidate;
      again = true;
    }
  }
  return best;
}

function adjacent({ graph }: TreeSearch, inside: Uint8Array, v: number): number {
  let count = 0;
  for (let i = graph.first[v]!; i < graph.first[v + 1]!; i++)
    if (inside[otherEnd(graph, graph.at[i]!, v)]) count += 1;
  return count;
}

/** Good trees within a budget: grown from every site, and pruned at several exchange rates of prize for cost. */
export function searchWithinBudget(search: TreeSearch, _random: Random, stop: () => boolean): Tree {
  const { graph, task, weight, must } = search;
  let best = nothing;
  let least = lossOf(task, best) + missing(search, best);
  const good: Tree[] = [];
  const take = (tree: Tree): void => {
    const loss = lossOf(task, tree) + missing(search, tree);
    good.push(tree);
    if (loss >= least) return;
    best = tree;
    least = loss;
  };
  const sites = order(weight);
  const base =
    task.required.length > 0
      ? joinByShortestPaths(search, task.required[0]!, marked(graph.nodes, task.required))
      : undefined;
  const starts = base ? [] : sites.slice(0, 200);
  if (base) take(extend(search, trim(search, base)));
  for (const v of starts) {
    if (stop()) return best;
    take(extend(search, treeOf(task, [v], [])));
  }
  // At `rate`, a unit of cost is worth that much prize.
  const all = new Uint8Array(graph.nodes).fill(1);
  const forest = spanningForest(graph, search.sorted, all);
  const highest =
    Math.max(0, ...weight.map((w) => (w >= must ? w - must : w))) / Math.max(1e-9, minimum(graph.cost));
  for (let rate = highest, i = 0; i < 24 && rate > 0 && !stop(); i++, rate /= 1.6)
    take(spendBudget(search, prune(search, all, forest, rate)));
  good.sort((x, y) => lossOf(task, x) - lossOf(task, y));
  for (const tree of good.slice(0, 4)) {
    if (stop()) break;
    take(improveWithinBudget(search, tree, stop));
  }
  return best;
}

function minimum(costs: Float64Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (const c of costs) if (c > 0 && c < least) least = c;
  return least;
}
