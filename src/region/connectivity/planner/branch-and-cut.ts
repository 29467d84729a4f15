import type { Highs } from 'highs';
import type { Random } from '../../../platform/random.ts';
import { improveWithinBudget, spendBudget } from './budget-search.ts';
import { cutModel } from './cut-model.ts';
import {
  lossOf,
  otherEnd,
  overBudget,
  type SteinerProblem,
  sumOf,
  type Tree,
  treeOf,
} from './steiner-problem.ts';
import { treeSearch } from './tree-pruning.ts';
import { improveByNodes, joinByShortestPaths, marked, missing, nothing } from './tree-search.ts';

export interface SearchState {
  readonly tree: Tree;
  /** No tree loses less than this (see `lossOf`). */
  readonly lower: number;
  readonly upper: number;
  /** Parts of the search that are still open. */
  readonly open: number;
  readonly branches: number;
  readonly cuts: number;
}

export interface SearchOptions {
  readonly random: Random;
  /** Asked often; true ends the search with what it has. */
  readonly stop: () => boolean;
  readonly progress?: (state: SearchState) => void;
  /** Ends when the gap, upper less lower over upper, is at most this. */
  readonly gap?: number;
}

interface Branch {
  readonly bound: number;
  readonly fixed: readonly (readonly [column: number, value: 0 | 1])[];
}

const whole = 1e-5;

/** Finds and proves the best tree, from one that is known. */
export function branchAndCut(
  highs: Highs,
  task: SteinerProblem,
  known: Tree,
  { random, stop, progress, gap = 0 }: SearchOptions,
): SearchState {
  const { graph, prizes, budget } = task;
  const search = treeSearch(task);
  const model = cutModel(highs, task);
  const edges = graph.cost.length;
  const counted = budget === undefined ? [...graph.cost, ...prizes] : [...prizes];
  /** Where all figures are whole numbers, so is the loss, and a bound can be rounded up. */
  const integral = counted.every((x) => Number.isInteger(x));
  const total = sumOf(prizes) + (budget === undefined ? sumOf(graph.cost) : 0);
  const tolerance = 1e-9 * total;
  const roundUp = (bound: number): number =>
    Math.max(
      0,
      integral
        ? Math.ceil(bound - 1e-6 * Math.max(1, Math.abs(bound)) ** 0.5 - tolerance)
        : bound - tolerance,
    );

  let best = known;
  let upper = lossOf(task, known) + missing(search, known);
  let cuts = 0;
  let branches = 0;
  let lower = 0;
  const open: Branch[] = [{ bound: 0, fixed: [] }];
  const closed = (bound: number): boolean =>
    bound >= upper - (integral ? 1e-6 : 1e-9 * Math.abs(upper)) || upper - bound <= gap * upper;
  const state = (): SearchState => ({ tree: best, lower, upper, open: open.length, branches, cuts });
  const take = (tree: Tree): void => {
    const loss = lossOf(task, tree) + missing(search, tree);
    if (loss >= upper - 1e-9 * Math.abs(upper)) return;
    upper = loss;
    best = tree;
  };

  /** A tree near a fractional solution. */
  const round = (x: Float64Array, thorough: boolean): void => {
    const guided = graph.cost.map((c, e) => c * (1 - Math.min(1, x[2 * e]! + x[2 * e + 1]!)) + 1e-9 * c);
    const sites = Array.from(prizes, (_, v) => v).filter((v) => search.weight[v]! > 0);
    sites.sort((p, q) => x[model.inColumn(q)]! - x[model.inColumn(p)]! || p - q);
    const start = sites[0];
    if (start === undefined) return;
    for (const level of thorough ? [0.9, 0.5, 0.1] : [0.5]) {
      const wanted = marked(
        graph.nodes,
        sites.filter((v) => x[model.inColumn(v)]! >= level),
      );
      let tree = joinByShortestPaths(search, start, wanted, guided);
      if (budget !== undefined) tree = spendBudget(search, tree);
      const before = upper;
      take(tree);
      if (upper < before || thorough)
        take(
          budget === undefined
            ? improveByNodes(search, tree, random, stop)
            : improveWithinBudget(search, tree, stop),
        );
    }
  };

  const fixByReducedCost = (objective: number, x: Float64Array, reduced: Float64Array): void => {
    const slack = upper - objective - (integral ? 1 - 1e-4 : 0) + tolerance;
    for (let k = 0; k < model.columns; k++) {
      if (model.lower[k] === model.upper[k]) continue;
      if (x[k]! <= 1e-9 && reduced[k]! > slack) model.fixForGood(k, 0);
      else if (x[k]! >= 1 - 1e-9 && -reduced[k]! > slack) model.fixForGood(k, 1);
    }
  };

  try {
    let applied: Branch['fixed'] = [];
    while (open.length > 0 && !stop()) {
      let at = 0;
      for (let i = 1; i < open.length; i++) if (open[i]!.bound < open[at]!.bound) at = i;
      lower = Math.max(lower, Math.min(upper, open[at]!.bound));
      progress?.(state());
      const branch = open[at]!;
      if (closed(branch.bound)) break;
      open.splice(at, 1);
      branches += 1;
      for (const [column] of applied) if (!model.isFixed(column)) model.setBounds(column, 0, 1);
      applied = branch.fixed;
      for (const [column, value] of applied) model.setBounds(column, value, value);

      let bound = branch.bound;
      let since = 0;
      let mark = Number.NEGATIVE_INFINITY;
      let settled = false;
      for (let round_ = 0; ; round_++) {
        const relaxed = model.solve(stop);
        if (relaxed.status === 'stopped') break;
        if (relaxed.status === 'infeasible') {
          settled = true;
          break;
        }
        const { objective, values, reduced } = relaxed;
        bound = Math.max(bound, roundUp(objective));
        const top = branch.fixed.length === 0;
        if (top) {
          lower = Math.max(lower, Math.min(upper, bound));
          progress?.(state());
        }
        if (round_ % 5 === 0) round(values, false);
        if (closed(bound)) {
          settled = true;
          break;
        }
        if (top) fixByReducedCost(objective, values, reduced);
        if (stop()) break;
        const added = model.separate(values);
        cuts += added;
        const slow = objective < mark + 1e-4 * Math.abs(upper - objective);
        since = slow ? since + 1 : 0;
        if (!slow) mark = objective;
        if (added > 0 && since < (top ? 20 : 5)) continue;
        round(values, top);
        if (closed(bound)) {
          settled = true;
          break;
        }
        const column = branchColumn(values);
        if (column === undefined) {
          if (added > 0) continue;
          // Whole, but over the budget by less than the linear program can tell: never these edges together.
          const used = graph.cost.keys().filter((e) => values[2 * e]! + values[2 * e + 1]! > 0.5);
          const together = [...used];
          if (overBudget(sumOf(together.map((e) => graph.cost[e]!)), budget)) {
            model.forbid(together);
            cuts += 1;
            continue;
          }
          // Whole and no cut violated: this is a tree. Rounding may have pruned what a budget still pays for.
          take(treeOn(values));
          settled = true;
          break;
        }
        for (const value of [1, 0] as const) open.push({ bound, fixed: [...branch.fixed, [column, value]] });
        settled = true;
        break;
      }
      if (!settled) {
        open.push({ bound, fixed: branch.fixed });
        break;
      }
    }
    if (open.length === 0) lower = upper;
    else
      lower = Math.max(
        lower,
        Math.min(
          upper,
          open.reduce((least, { bound }) => Math.min(least, bound), Infinity),
        ),
      );
    if (closed(lower) && gap === 0) lower = upper;
    progress?.(state());
    return state();
  } finally {
    model.dispose();
  }

  /** The tree of a whole solution: its edges from its root on, as far as they hang together. */
  function treeOn(x: Float64Array): Tree {
    const isRoot = (v: number): boolean => {
      const column = model.rootColumn(v);
      return column !== undefined && x[column]! > 0.5;
    };
    let root = task.required[0] ?? -1;
    for (let v = 0; root < 0 && v < graph.nodes; v++) if (isRoot(v)) root = v;
    if (root < 0) return nothing;
    const inside = new Set([root]);
    const used: number[] = [];
    for (const v of inside)
      for (let i = graph.first[v]!; i < graph.first[v + 1]!; i++) {
        const e = graph.at[i]!;
        const u = otherEnd(graph, e, v);
        if (inside.has(u) || x[2 * e]! + x[2 * e + 1]! <= 0.5) continue;
        inside.add(u);
        used.push(e);
      }
    return treeOf(task, inside, used);
  }

  /** A site whose place in the tree is undecided, the weightiest first; then a root; then an edge. */
  function branchColumn(x: Float64Array): number | undefined {
    let chosen: number | undefined;
    let most = 0;
    const consider = (column: number, weight: number): void => {
      const fraction = Math.min(x[column]!, 1 - x[column]!);
      if (fraction <= whole || fraction * weight <= most) return;
      chosen = column;
      most = fraction * weight;
    };
    for (let v = 0; v < graph.nodes; v++) consider(model.inColumn(v), 1 + prizes[v]!);
    if (chosen !== undefined) return chosen;
    for (let v = 0; v < graph.nodes; v++) {
      const column = model.rootColumn(v);
      if (column !== undefined) consider(column, 1);
    }
    if (chosen !== undefined) return chosen;
    for (let k = 0; k < 2 * edges; k++) consider(k, 1 + graph.cost[k >> 1]!);
    return chosen;
  }
}
