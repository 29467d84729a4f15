import type { Highs, Model } from 'highs';
import { problem } from '../../../platform/problem.ts';
import { type FlowNetwork, flowNetwork } from './max-flow.ts';
import type { SteinerProblem } from './steiner-problem.ts';

/**
 * The directed-cut formulation as a linear program that grows by its violated cuts.
 * Columns: arc `2e` from a to b of edge e, arc `2e + 1` back; then `in` of every node; then, where no node is required,
 * `root` of every node with a prize: which one the tree hangs from. Source: Ljubić et al. 2006.
 */
export interface CutModel {
  readonly columns: number;
  readonly inColumn: (v: number) => number;
  /** Undefined where the tree has a root of its own. */
  readonly rootColumn: (v: number) => number | undefined;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** For a part of the search. */
  readonly setBounds: (column: number, lower: number, upper: number) => void;
  /** For the whole search: later cuts leave a column out that is fixed at 0. */
  readonly fixForGood: (column: number, value: 0 | 1) => void;
  /** Solves the linear program as it is. */
  readonly solve: (stop: () => boolean) => Relaxation;
  /** Adds violated cuts for a solution and says how many. */
  readonly separate: (values: Float64Array) => number;
  /** Not all of these edges together. */
  readonly forbid: (edges: readonly number[]) => void;
  readonly isFixed: (column: number) => boolean;
  readonly rows: () => number;
  readonly dispose: () => void;
}

export type Relaxation =
  | { readonly status: 'infeasible' }
  | { readonly status: 'stopped' }
  | {
      readonly status: 'optimal';
      readonly objective: number;
      readonly values: Float64Array;
      readonly reduced: Float64Array;
    };

const violation = 1e-4;
const most = 250;
/** Columns from which on a linear program may take seconds. */
const patient = 4000;

export function cutModel(highs: Highs, task: SteinerProblem): CutModel {
  const { graph, prizes, required, budget } = task;
  const edges = graph.cost.length;
  const root = required[0];
  const must = new Set(required);
  /** From the greatest prize: the root is the first of the tree's nodes in this order, so that each tree has one. */
  const sites = Array.from(prizes, (_, v) => v)
    .filter((v) => prizes[v]! > 0 || must.has(v))
    .sort((x, y) => prizes[y]! - prizes[x]! || x - y);
  const rootOf = new Int32Array(graph.nodes).fill(-1);
  let columns = 2 * edges + graph.nodes;
  const inColumn = (v: number): number => 2 * edges + v;
  if (root === undefined) for (const v of sites) rootOf[v] = columns++;

  const scale = 1000 / Math.max(1e-9, ...prizes, ...(budget === undefined ? graph.cost : []));
  const cost = new Float64Array(columns);
  const lower = new Float64Array(columns);
  const upper = new Float64Array(columns).fill(1);
  let offset = 0;
  for (let e = 0; e < edges; e++) {
    if (budget === undefined) cost[2 * e] = cost[2 * e + 1] = scale * graph.cost[e]!;
    if (graph.a[e] === graph.b[e]) upper[2 * e] = upper[2 * e + 1] = 0;
    if (graph.b[e] === root) upper[2 * e] = 0;
    if (graph.a[e] === root) upper[2 * e + 1] = 0;
  }
  for (let v = 0; v < graph.nodes; v++) {
    cost[inColumn(v)] = -scale * prizes[v]!;
    offset += prizes[v]!;
  }
  for (const v of required) lower[inColumn(v)] = 1;

  const rowLower: number[] = [];
  const rowUpper: number[] = [];
  const starts: number[] = [0];
  const indices: number[] = [];
  const values: number[] = [];
  const infinity = highs.infinity;
  const row = (low: number, high: number, entries: readonly (readonly [number, number])[]): void => {
    rowLower.push(low);
    rowUpper.push(high);
    for (const [column, value] of entries) {
      indices.push(column);
      values.push(value);
    }
    starts.push(indices.length);
  };
  const arcs = (v: number): { into: number[]; out: number[] } => {
    const into: number[] = [];
    const out: number[] = [];
    for (let i = graph.first[v]!; i < graph.first[v + 1]!; i++) {
      const e = graph.at[i]!;
      if (graph.a[e] === graph.b[e]) continue;
      into.push(graph.b[e] === v ? 2 * e : 2 * e + 1);
      out.push(graph.b[e] === v ? 2 * e + 1 : 2 * e);
    }
    return { into, out };
  };
  for (let v = 0; v < graph.nodes; v++) {
    const { into, out } = arcs(v);
    if (v !== root)
      row(0, 0, [
        ...into.map((k) => [k, 1] as const),
        ...(rootOf[v]! >= 0 ? [[rootOf[v]!, 1] as const] : []),
        [inColumn(v), -1],
      ]);
    // A node without a prize is no leaf.
    if (prizes[v] === 0 && !must.has(v))
      row(0, infinity, [...out.map((k) => [k, 1] as const), ...into.map((k) => [k, -1] as const)]);
  }
  if (root === undefined && sites.length > 0) {
    row(
      1,
      1,
      sites.map((v) => [rootOf[v]!, 1]),
    );
    for (const [i, v] of sites.entries())
      row(0, infinity, [...sites.slice(0, i + 1).map((u) => [rootOf[u]!, 1] as const), [inColumn(v), -1]]);
  }
  if (budget !== undefined) {
    // Counted in thousandths of the budget or of the dearest edge, so that the numbers stay near 1.
    const unit = 1000 / Math.max(budget, 1e-9);
    const entries: [number, number][] = [];
    for (let e = 0; e < edges; e++) {
      if (graph.cost[e]! > budget) upper[2 * e] = upper[2 * e + 1] = 0;
      else if (graph.cost[e]! > 0)
        entries.push([2 * e, unit * graph.cost[e]!], [2 * e + 1, unit * graph.cost[e]!]);
    }
    row(-infinity, 1000, entries);
  }

  const model: Model = highs.createModel({
    numCols: columns,
    numRows: rowLower.length,
    offset: scale * offset,
    colCost: cost,
    colLower: lower,
    colUpper: upper,
    rowLower,
    rowUpper,
    matrix: { format: 'csr', numRows: rowLower.length, numCols: columns, starts, indices, values },
  });
  model.options.set({ output_flag: false, presolve: 'off', solver: 'simplex', random_seed: 0 });
  let rows = rowLower.length;

  // The flow network: arcs of the tree, then one from an artificial source to each root.
  const source = root ?? graph.nodes;
  const tails: number[] = [];
  const heads: number[] = [];
  const columnOf: number[] = [];
  const arc = (tail: number, head: number, column: number): void => {
    tails.push(tail);
    heads.push(head);
    columnOf.push(column);
  };
  for (let e = 0; e < edges; e++) {
    arc(graph.a[e]!, graph.b[e]!, 2 * e);
    arc(graph.b[e]!, graph.a[e]!, 2 * e + 1);
  }
  if (root === undefined) for (const v of sites) arc(source, v, rootOf[v]!);
  const network: FlowNetwork = flowNetwork(graph.nodes + 1, Int32Array.from(tails), Int32Array.from(heads));

  /** Columns that are 0 in every tree that is still sought. Bounds of a branch never count: cuts hold everywhere. */
  const gone = Uint8Array.from(upper, (high) => (high > 0 ? 0 : 1));
  const fixed = gone.slice();
  const setBounds = (column: number, low: number, high: number): void => {
    if (lower[column] === low && upper[column] === high) return;
    lower[column] = low;
    upper[column] = high;
    model.changeColBounds(column, low, high);
  };

  const cutOf = (side: Uint8Array, sinkSide: boolean): number[] => {
    const inSink = (v: number): boolean => (side[v] === 1) === sinkSide;
    const cut: number[] = [];
    for (let k = 0; k < tails.length; k++)
      if (!inSink(tails[k]!) && inSink(heads[k]!) && !gone[columnOf[k]!]) cut.push(k);
    return cut;
  };

  const pending: { entries: [number, number][]; low: number }[] = [];
  const addPending = (): number => {
    const added = pending.length;
    if (added === 0) return 0;
    const from: number[] = [0];
    const index: number[] = [];
    const value: number[] = [];
    for (const { entries } of pending) {
      for (const [column, x] of entries) {
        index.push(column);
        value.push(x);
      }
      from.push(index.length);
    }
    model.addRows({
      lower: Float64Array.from(pending, ({ low }) => low),
      upper: new Float64Array(added).fill(infinity),
      matrix: {
        format: 'csr',
        numRows: added,
        numCols: columns,
        starts: Int32Array.from(from),
        indices: Int32Array.from(index),
        values: Float64Array.from(value),
      },
    });
    rows += added;
    pending.length = 0;
    return added;
  };

  /** Small programs end in a moment; a large one asks on its way whether it should. */
  const run = (stop: () => boolean): number => {
    if (columns < patient) model.run();
    else
      model.run({
        [highs.constants.callbackType.simplexInterrupt](event) {
          if (stop()) event.interrupt();
        },
      });
    return model.getModelStatus();
  };

  return {
    columns,
    inColumn,
    rootColumn: (v) => (rootOf[v]! >= 0 ? rootOf[v]! : undefined),
    lower,
    upper,
    setBounds,
    fixForGood(column, value) {
      fixed[column] = 1;
      if (value === 0) gone[column] = 1;
      setBounds(column, value, value);
    },
    solve(stop) {
      const status = run(stop);
      if (status === highs.constants.modelStatus.interrupted) return { status: 'stopped' };
      if (status === highs.constants.modelStatus.infeasible) return { status: 'infeasible' };
      if (status !== highs.constants.modelStatus.optimal) {
        // A numerical accident of the simplex: once more from nothing.
        model.clearSolver();
        const again = run(stop);
        if (again === highs.constants.modelStatus.interrupted) return { status: 'stopped' };
        if (again === highs.constants.modelStatus.infeasible) return { status: 'infeasible' };
        if (again !== highs.constants.modelStatus.optimal)
          throw problem('exception', `The linear program of a cluster ended with status ${again}.`);
      }
      const { colValue, colDual } = model.getSolution();
      return {
        status: 'optimal',
        objective: model.getObjectiveValue() / scale,
        values: colValue,
        reduced: colDual.map((d) => d / scale),
      };
    },
    separate(x) {
      // An edge is used one way, and only between nodes that are in.
      for (let e = 0; e < edges; e++) {
        const used = x[2 * e]! + x[2 * e + 1]!;
        if (used <= violation) continue;
        for (const v of [graph.a[e]!, graph.b[e]!])
          if (used > x[inColumn(v)]! + violation && pending.length < most)
            pending.push({
              entries: [
                [inColumn(v), 1],
                [2 * e, -1],
                [2 * e + 1, -1],
              ],
              low: 0,
            });
      }
      const creep = 1e-6;
      const reset = (): void => {
        for (let k = 0; k < tails.length; k++)
          network.capacity[k] = gone[columnOf[k]!] ? 0 : Math.max(0, x[columnOf[k]!]!) + creep;
      };
      reset();
      for (const v of [...sites].sort((p, q) => x[inColumn(q)]! - x[inColumn(p)]! || p - q)) {
        const need = x[inColumn(v)]!;
        if (v === root || need <= violation) continue;
        for (let tries = 0; tries < 8 && pending.length < most; tries++) {
          if (network.flow(source, v, need) >= need - violation) break;
          const front = cutOf(network.sourceSide(source), false);
          const back = cutOf(network.sinkSide(v), true);
          const same = front.length === back.length && front.every((k, i) => k === back[i]);
          for (const cut of same ? [front] : [front, back]) {
            pending.push({
              entries: [...cut.map((k): [number, number] => [columnOf[k]!, 1]), [inColumn(v), -1]],
              low: 0,
            });
            for (const k of cut) network.capacity[k] = 1;
          }
        }
        if (pending.length >= most) break;
      }
      return addPending();
    },
    forbid(together) {
      const entries = together.flatMap((e): [number, number][] => [
        [2 * e, -1],
        [2 * e + 1, -1],
      ]);
      pending.push({ entries, low: 1 - together.length });
      addPending();
    },
    isFixed: (column) => fixed[column] === 1,
    rows: () => rows,
    dispose: () => model.dispose(),
  };
}
