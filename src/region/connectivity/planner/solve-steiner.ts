import { problem } from '../../../platform/problem.ts';
import { seededRandom } from '../../../platform/random.ts';
import { branchAndCut } from './branch-and-cut.ts';
import { searchWithinBudget } from './budget-search.ts';
import { growMoats } from './growth.ts';
import { openHighs } from './linear-solver.ts';
import { reduceGraph } from './reduce-graph.ts';
import {
  checkProblem,
  lossOf,
  overBudget,
  type SteinerProblem,
  sumOf,
  type Tree,
  treeOf,
} from './steiner-problem.ts';
import { bestSubset, mostSubsetSites } from './subset-trees.ts';
import { type TreeSearch, treeSearch } from './tree-pruning.ts';
import { improveByNodes, missing, nothing, searchTree } from './tree-search.ts';

/** What a run knows so far. Loss: without a budget, cost and prizes missed; with one, prizes missed. */
export interface SteinerBounds {
  readonly tree: Tree;
  readonly lower: number;
  readonly upper: number;
  /** (upper - lower) / upper, 0 where both are 0. With a budget, of the prize: (most possible - collected) / most possible. */
  readonly gap: number;
}

export interface SteinerResult extends SteinerBounds {
  /** `proved`: no better tree exists. `within gap`: as near as was asked. `stopped`: the best so far. */
  readonly status: 'proved' | 'within gap' | 'stopped';
  /** How it was found: every subset of the sites, or a cut model above a dozen sites. */
  readonly method: 'subsets' | 'cuts';
  readonly branches: number;
  readonly cuts: number;
}

export interface SolveOptions {
  readonly seed?: string;
  /** Asked often; true ends the run with its best tree and bound so far. */
  readonly stop?: () => boolean;
  readonly progress?: (bounds: SteinerBounds) => void;
  /** Good enough, as a share: 0.02 for 2 %. 0 unless given: proved. */
  readonly gap?: number;
}

/**
 * The best tree, with a bound that proves how good it is. Same problem and seed, same answer, unless it is stopped.
 * Throws a Problem where the numbers cannot be planned with, or where no tree joins the required nodes (within the budget).
 */
export async function solveSteiner(
  given: SteinerProblem,
  options: SolveOptions = {},
): Promise<SteinerResult> {
  checkProblem(given);
  const { seed = '', stop = () => false, progress, gap = 0 } = options;
  const task: SteinerProblem = { ...given, required: [...new Set(given.required)] };
  const parts = components(task);
  const [root] = task.required;
  if (root !== undefined) {
    const cut = task.required.find((v) => parts[v] !== parts[root]);
    if (cut !== undefined)
      throw problem(
        'business-rule',
        `There is no way from node ${root} to node ${cut}, and both are required.`,
        {
          where: 'required',
        },
      );
  }
  /** Sites that cannot be reached from a root only make the model larger. */
  const reachable =
    root === undefined
      ? task
      : { ...task, prizes: task.prizes.map((prize, v) => (parts[v] === parts[root] ? prize : 0)) };
  const unreachable = sumOf(task.prizes) - sumOf(reachable.prizes);
  const reduced = reduceGraph(reachable);
  const small = reduced.task;
  const offset = reduced.missed + unreachable;
  const search = treeSearch(small);
  const random = seededRandom(seed);
  const total = sumOf(task.prizes);

  /** Trees of one node alone are not in the smaller problem. */
  let best: Tree = nothing;
  if (root === undefined) {
    const rich = task.prizes.reduce((b, prize, v) => (prize > task.prizes[b]! ? v : b), 0);
    if (task.prizes[rich]! > 0) best = treeOf(task, [rich], []);
  } else if (task.required.length === 1) best = treeOf(task, [root], []);
  let have = best.nodes.length > 0 || task.required.length === 0;
  const take = (tree: Tree): void => {
    if (missing(search, tree) > 0 || overBudget(tree.cost, small.budget)) return;
    const whole = reduced.restore(tree);
    if (have && lossOf(task, whole) >= lossOf(task, best)) return;
    best = whole;
    have = true;
  };
  const bounds = (lower: number): SteinerBounds => {
    const upper = have ? lossOf(task, best) : Number.POSITIVE_INFINITY;
    const least = Math.max(0, Math.min(lower, upper));
    const share =
      task.budget === undefined ? ratio(upper - least, upper) : ratio(upper - least, total - least);
    return { tree: best, lower: least, upper, gap: share };
  };
  const finish = (lower: number, method: SteinerResult['method'], branches = 0, cuts = 0): SteinerResult => {
    if (!have) throw infeasible(task, lower === Number.POSITIVE_INFINITY);
    const known = bounds(lower);
    const status = known.gap <= 1e-12 ? 'proved' : known.gap <= gap ? 'within gap' : 'stopped';
    return { ...known, status, method, branches, cuts };
  };

  const { first, lower: least } = firstTree(search, seed, stop);
  take(first);
  progress?.(bounds(least + offset));
  if (stop()) return finish(least + offset, 'cuts');
  const must = new Set(small.required);
  const sites = small.prizes.reduce((n, prize, v) => n + (prize > 0 || must.has(v) ? 1 : 0), 0);
  // 3^k n steps: as long as they take about a second.
  if (sites <= mostSubsetSites + (root === undefined ? 0 : 1) && 3 ** (sites - 1) * small.graph.nodes < 2e8) {
    const tree = bestSubset(small, stop);
    if (tree === 'stopped') return finish(least + offset, 'subsets');
    if (tree) take(tree);
    return finish(have ? lossOf(task, best) : Number.POSITIVE_INFINITY, 'subsets');
  }
  const start = missing(search, first) > 0 || overBudget(first.cost, small.budget) ? nothing : first;
  const found = branchAndCut(await openHighs(), small, start, {
    ...{ random, stop, gap },
    progress: (state) => {
      take(state.tree);
      progress?.(bounds(Math.max(least, state.lower) + offset));
    },
  });
  take(found.tree);
  const closed = found.open === 0;
  const lower = closed && !have ? Number.POSITIVE_INFINITY : Math.max(least, found.lower) + offset;
  return finish(lower, 'cuts', found.branches, found.cuts);
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? Math.max(0, part / whole) : 0;
}

function firstTree(search: TreeSearch, seed: string, stop: () => boolean): { first: Tree; lower: number } {
  const { task } = search;
  const random = seededRandom(`${seed}/first`);
  if (task.budget !== undefined) return { first: searchWithinBudget(search, random, stop), lower: 0 };
  const grown = growMoats(search);
  const candidates = [searchTree(search, random, stop), improveByNodes(search, grown.tree, random, stop)];
  const loss = (tree: Tree): number => lossOf(task, tree) + missing(search, tree);
  return { first: candidates.reduce((x, y) => (loss(y) < loss(x) ? y : x)), lower: grown.lower };
}

function infeasible({ budget, required }: SteinerProblem, proved: boolean): Error {
  const many = `the ${required.length} required nodes`;
  return proved
    ? problem(
        'business-rule',
        `No tree joins ${many} within the budget of ${budget}. Raise it or require fewer.`,
        {
          where: 'budget',
        },
      )
    : problem(
        'timeout',
        `No tree that joins ${many} within the budget of ${budget} was found in the time given.`,
        {
          where: 'budget',
        },
      );
}

/** By node, a number that nodes joined by some way share. */
function components({ graph }: SteinerProblem): Int32Array {
  const part = new Int32Array(graph.nodes).fill(-1);
  for (let start = 0; start < graph.nodes; start++) {
    if (part[start]! >= 0) continue;
    part[start] = start;
    const open = [start];
    for (let v = open.pop(); v !== undefined; v = open.pop())
      for (let i = graph.first[v]!; i < graph.first[v + 1]!; i++) {
        const e = graph.at[i]!;
        for (const u of [graph.a[e]!, graph.b[e]!])
          if (part[u]! < 0) {
            part[u] = start;
            open.push(u);
          }
      }
  }
  return part;
}
