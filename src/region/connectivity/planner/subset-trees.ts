import { problem } from '../../../platform/problem.ts';
import { nodeHeap } from './shortest-paths.ts';
import {
  type Graph,
  otherEnd,
  overBudget,
  type SteinerProblem,
  type Tree,
  treeOf,
} from './steiner-problem.ts';
import { byCost, spanningForest } from './tree-pruning.ts';
import { marked } from './tree-search.ts';

/** More sites than this take too long: each one more takes three times as long. */
export const mostSubsetSites = 12;

/** The least cost of joining every subset of some sites, exact. Bit `i` of a subset stands for `sites[i]`. */
export interface SubsetTrees {
  readonly sites: readonly number[];
  /** By subset; infinite where there is no way; 0 for the empty one. With a root, the cost of joining it to the root. */
  readonly cost: Float64Array;
  /** Edges of a tree of that cost. */
  readonly edges: (subset: number) => number[];
}

/** Source: Dreyfus and Wagner 1971, with Erickson, Monma and Veinott's shortest-path step (1987). */
export function subsetTrees(
  graph: Graph,
  sites: readonly number[],
  root?: number,
  stop: () => boolean = () => false,
): SubsetTrees | undefined {
  const count = sites.length;
  if (count > mostSubsetSites)
    throw problem(
      'too-costly',
      `There are ${count} sites; every subset is tried for at most ${mostSubsetSites}.`,
      {
        where: 'sites',
      },
    );
  const n = graph.nodes;
  /** Without a root, trees are rooted at the last site, which then needs no bit of its own. */
  const bits = root === undefined ? Math.max(0, count - 1) : count;
  const size = 1 << bits;
  const far = new Float64Array(size * n).fill(Number.POSITIVE_INFINITY);
  /** How the best tree for a subset at a node is made: an edge to a neighbour, or -1 - part: two parts joined here. */
  const from = new Int32Array(size * n);
  const none = 0x7fffffff;
  from.fill(none);
  const heap = nodeHeap(n);
  for (let subset = 1; subset < size; subset++) {
    if (stop()) return undefined;
    const base = subset * n;
    if ((subset & (subset - 1)) === 0) far[base + sites[31 - Math.clz32(subset)]!] = 0;
    const low = subset & -subset;
    for (let part = (subset - 1) & subset; part > 0; part = (part - 1) & subset) {
      if ((part & low) === 0) continue;
      const [one, two] = [part * n, (subset ^ part) * n];
      for (let v = 0; v < n; v++) {
        const sum = far[one + v]! + far[two + v]!;
        if (sum >= far[base + v]!) continue;
        far[base + v] = sum;
        from[base + v] = -1 - part;
      }
    }
    for (let v = 0; v < n; v++) if (far[base + v]! < Number.POSITIVE_INFINITY) heap.push(v, far[base + v]!);
    for (let v = heap.pop(); v >= 0; v = heap.pop())
      for (let i = graph.first[v]!; i < graph.first[v + 1]!; i++) {
        const e = graph.at[i]!;
        const u = otherEnd(graph, e, v);
        const sum = far[base + v]! + graph.cost[e]!;
        if (sum >= far[base + u]!) continue;
        far[base + u] = sum;
        from[base + u] = e;
        heap.push(u, sum);
      }
  }
  const end = (subset: number): { at: number; rest: number } => {
    if (root !== undefined) return { at: root, rest: subset };
    const top = 31 - Math.clz32(subset);
    return { at: sites[top]!, rest: subset ^ (1 << top) };
  };
  const cost = new Float64Array(1 << count);
  for (let subset = 1; subset < cost.length; subset++) {
    const { at, rest } = end(subset);
    cost[subset] = rest === 0 ? 0 : far[rest * n + at]!;
  }
  return {
    sites,
    cost,
    edges(subset) {
      if (subset === 0) return [];
      const used = new Set<number>();
      const first = end(subset);
      const open = first.rest === 0 ? [] : [first];
      for (let next = open.pop(); next; next = open.pop()) {
        const how = from[next.rest * n + next.at]!;
        if (how === none) continue;
        if (how < 0) {
          const part = -1 - how;
          open.push({ at: next.at, rest: part }, { at: next.at, rest: next.rest ^ part });
        } else {
          used.add(how);
          open.push({ at: otherEnd(graph, how, next.at), rest: next.rest });
        }
      }
      return [...used].sort((x, y) => x - y);
    },
  };
}

/** The best tree of all, for a problem with few sites; undefined where none joins the required nodes, or when stopped. */
export function bestSubset(task: SteinerProblem, stop: () => boolean): Tree | undefined | 'stopped' {
  const { graph, prizes, required, budget } = task;
  const [root, ...others] = required;
  const must = new Set(required);
  const sites = [...others, ...[...prizes.keys()].filter((v) => prizes[v]! > 0 && !must.has(v))];
  const trees = subsetTrees(graph, sites, root, stop);
  if (!trees) return 'stopped';
  const needed = (1 << others.length) - 1;
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  const prize = new Float64Array(trees.cost.length);
  for (let subset = 0; subset < trees.cost.length; subset++) {
    const low = subset & -subset;
    if (subset > 0) prize[subset] = prize[subset ^ low]! + prizes[sites[31 - Math.clz32(low)]!]!;
    if ((subset & needed) !== needed || trees.cost[subset] === Number.POSITIVE_INFINITY) continue;
    if (overBudget(trees.cost[subset]!, budget)) continue;
    const worth = prize[subset]! - (budget === undefined ? trees.cost[subset]! : 1e-12 * trees.cost[subset]!);
    if (worth <= most) continue;
    best = subset;
    most = worth;
  }
  if (best < 0) return undefined;
  const members = sites.filter((_, i) => best & (1 << i));
  if (root !== undefined) members.push(root);
  const edges = trees.edges(best);
  const inside = marked(graph.nodes, members);
  for (const e of edges) inside[graph.a[e]!] = inside[graph.b[e]!] = 1;
  // Ties at edges of no cost may close a ring: the least forest of the same edges has none.
  const chosen = new Set(edges);
  const forest = spanningForest(
    graph,
    byCost(graph).filter((e) => chosen.has(e)),
    inside,
  );
  return treeOf(
    task,
    [...inside.keys()].filter((v) => inside[v]),
    forest,
  );
}
