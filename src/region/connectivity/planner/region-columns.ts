import type { Highs, Model } from 'highs';
import { problem } from '../../../platform/problem.ts';
import { fillOf, neededOf, priceOf, type RegionTask, worthOf } from './region-task.ts';

/** A cluster's option in a year, as a column of the programme's linear program. */
export interface Column {
  readonly cluster: number;
  readonly option: number;
  readonly year: number;
}

/** What the linear program pays: a column is worth its value less these. */
export interface Duals {
  readonly cluster: Float64Array;
  /** Benefit that a pound more in a year would bring, and benefit that a unit less of a rule would. */
  readonly year: Float64Array;
  readonly rule: Float64Array;
}

export interface Relaxed {
  readonly value: number;
  readonly duals: Duals;
  /** By column, in the order added. */
  readonly shares: Float64Array;
}

/**
 * The programme as a linear program over some of its columns, which grows. Rows: each cluster at most once (exactly once
 * where a site is required), the budget of each year, each rule. A must and a rule may be missed at a price that no
 * benefit outweighs, so that there is always a solution and the miss shows.
 */
export interface ColumnProgram {
  readonly columns: readonly Column[];
  readonly add: (columns: readonly Column[]) => void;
  readonly solve: () => Relaxed;
  /** The best whole choice among `kept` columns, from a known one; the bound is on those columns alone. */
  readonly solveWhole: (
    kept: readonly number[],
    known: readonly number[],
    options: {
      readonly stop: () => boolean;
      readonly gap: number;
      readonly progress?: (bound: number) => void;
      readonly improved: (chosen: readonly number[]) => void;
    },
  ) => { chosen: readonly number[] | undefined; bound: number };
  readonly dispose: () => void;
}

/** What missing a rule wholly costs, in prices of a must: so much that a rule is not missed by a little for gain. */
export const ruleMiss = 1000;

/** What missing a must costs. */
export function missPrice(task: RegionTask): number {
  let all = 1e-9;
  for (const { options } of task.clusters) {
    const best = options.reduce((x, { benefit }) => Math.max(x, benefit), 0);
    all += best * Math.max(...task.years.map((_, t) => worthOf(task, t)));
  }
  return 4 * all;
}

/** The unit in which a rule's row is counted, so that its numbers stay near 1. */
export function ruleUnit(task: RegionTask, r: number): number {
  const rule = task.rules[r]!;
  if (neededOf(rule) > 0) return neededOf(rule);
  let all = 0;
  for (const { options } of task.clusters)
    all += options.reduce((x, option) => Math.max(x, Math.abs(fillOf(rule, option, 0))), 0);
  return Math.max(all, 1e-9);
}

export function columnProgram(highs: Highs, task: RegionTask, must: readonly boolean[]): ColumnProgram {
  const { clusters, years, rules, carryOver } = task;
  const infinity = highs.infinity;
  const count = clusters.length;
  const rows = count + years.length + rules.length;
  const penalty = missPrice(task);
  const scale = 1000 / penalty;
  // Coefficients stay small, also where a budget is nothing beside what things cost.
  let dearest = 1;
  for (const { options } of clusters) for (const { cost } of options) dearest = Math.max(dearest, cost);
  const money = Math.max(...years.map(({ budget }) => budget), dearest / 1e4) / 100;
  const units = rules.map((_, r) => ruleUnit(task, r));
  const slacks = count + rules.length;
  const cumulative = years.map((_, t) =>
    years.slice(carryOver ? 0 : t, t + 1).reduce((x, y) => x + y.budget, 0),
  );

  const entriesOf = ({ cluster, option, year }: Column): { indices: number[]; values: number[] } => {
    const chosen = clusters[cluster]!.options[option]!;
    const indices = [cluster];
    const values = [1];
    const cost = (chosen.cost * priceOf(task, year)) / money;
    if (cost > 0)
      for (let t = year; t < (carryOver ? years.length : year + 1); t++) {
        indices.push(count + t);
        values.push(cost);
      }
    for (const [r, rule] of rules.entries()) {
      const fill = fillOf(rule, chosen, year) / units[r]!;
      if (fill === 0) continue;
      indices.push(count + years.length + r);
      values.push(fill);
    }
    return { indices, values };
  };
  const gainAlone = ({ cluster, option, year }: Column): number =>
    clusters[cluster]!.options[option]!.benefit * worthOf(task, year);

  /** Slacks first: one for each cluster that must (others have none to speak of), one for each rule. */
  const build = (columns: readonly Column[]): Model => {
    const starts = [0];
    const indices: number[] = [];
    const values: number[] = [];
    for (let s = 0; s < slacks; s++) {
      indices.push(s < count ? s : years.length + s);
      values.push(1);
      starts.push(indices.length);
    }
    for (const column of columns) {
      const entries = entriesOf(column);
      indices.push(...entries.indices);
      values.push(...entries.values);
      starts.push(indices.length);
    }
    const total = slacks + columns.length;
    const ruleLow = rules.map((rule, r) => neededOf(rule) / units[r]!);
    const model = highs.createModel({
      numCols: total,
      numRows: rows,
      sense: highs.constants.objectiveSense.maximize,
      colCost: [
        ...Array<number>(count).fill(-1000),
        ...rules.map(() => -1000 * ruleMiss),
        ...columns.map((c) => scale * gainAlone(c)),
      ],
      colLower: new Float64Array(total),
      colUpper: Float64Array.from({ length: total }, (_, s) =>
        s < count ? (must[s] ? 1 : 0) : s < slacks ? 1e6 : 1,
      ),
      rowLower: [...must.map((m) => (m ? 1 : -infinity)), ...years.map(() => -infinity), ...ruleLow],
      rowUpper: [
        ...Array<number>(count).fill(1),
        ...cumulative.map((budget) => budget / money),
        ...rules.map(() => infinity),
      ],
      matrix: { format: 'csc', numRows: rows, numCols: total, starts, indices, values },
    });
    model.options.set({ output_flag: false, random_seed: 0 });
    return model;
  };

  const columns: Column[] = [];
  const model = build([]);
  model.options.set({ presolve: 'off', solver: 'simplex' });
  return {
    columns,
    add(more) {
      if (more.length === 0) return;
      const starts = [0];
      const indices: number[] = [];
      const values: number[] = [];
      for (const column of more) {
        const entries = entriesOf(column);
        indices.push(...entries.indices);
        values.push(...entries.values);
        starts.push(indices.length);
        columns.push(column);
      }
      model.addCols({
        cost: Float64Array.from(more, (column) => scale * gainAlone(column)),
        lower: new Float64Array(more.length),
        // A cluster's row already keeps a column at 1 at most.
        upper: new Float64Array(more.length).fill(infinity),
        matrix: {
          format: 'csc',
          numRows: rows,
          numCols: more.length,
          starts: Int32Array.from(starts),
          indices: Int32Array.from(indices),
          values: Float64Array.from(values),
        },
      });
    },
    solve() {
      model.run();
      if (model.getModelStatus() !== highs.constants.modelStatus.optimal) {
        model.clearSolver();
        model.run();
      }
      const status = model.getModelStatus();
      if (status !== highs.constants.modelStatus.optimal)
        throw problem('exception', `The linear program of the programme ended with status ${status}.`);
      const { colValue, rowDual } = model.getSolution();
      // Of a programme that is maximised, a row's dual is what its value would rise by.
      const cluster = rowDual.slice(0, count).map((d) => d / scale);
      const cuts = rowDual.slice(count, count + years.length).map((d) => Math.max(0, d) / scale / money);
      const year = Float64Array.from(years, (_, t) => {
        let sum = 0;
        for (let u = t; u < (carryOver ? years.length : t + 1); u++) sum += cuts[u]!;
        return sum;
      });
      const rule = Float64Array.from(
        rules,
        (_, r) => Math.min(0, rowDual[count + years.length + r]!) / scale / units[r]!,
      );
      return {
        value: model.getObjectiveValue() / scale,
        duals: { cluster, year, rule },
        shares: colValue.slice(slacks),
      };
    },
    solveWhole(kept, known, { stop, gap, progress, improved }) {
      const whole = build(kept.map((k) => columns[k]!));
      try {
        const total = slacks + kept.length;
        const { continuous, integer } = highs.constants.variableType;
        whole.changeColsIntegrality(
          { kind: 'range', from: 0, to: total - 1 },
          Array.from({ length: total }, (_, s) => (s < slacks && s >= count ? continuous : integer)),
        );
        whole.options.set({ mip_rel_gap: gap, mip_abs_gap: 0 });
        const place = new Map(kept.map((k, i) => [k, slacks + i]));
        const start = known.filter((k) => place.has(k)).map((k) => place.get(k)!);
        if (start.length > 0) whole.setSolution({ indices: start, values: start.map(() => 1) });
        let told = Number.POSITIVE_INFINITY;
        const chosenOf = (values: ArrayLike<number>): number[] =>
          kept.filter((_, i) => values[slacks + i]! > 0.5);
        whole.run({
          [highs.constants.callbackType.mipInterrupt](event) {
            const { mip_dual_bound: dual } = event.data;
            if (dual !== undefined && Number.isFinite(dual)) told = dual / scale;
            progress?.(told);
            if (stop()) event.interrupt();
          },
          [highs.constants.callbackType.mipImprovingSolution](event) {
            const values = event.data.mip_solution;
            if (values) improved(chosenOf(values));
          },
        });
        const bound = whole.info.get('mip_dual_bound');
        const primal = whole.info.get('primal_solution_status') === highs.constants.solutionStatus.feasible;
        const { colValue } = whole.getSolution();
        return {
          chosen: primal ? chosenOf(colValue) : undefined,
          bound: Number.isFinite(bound) ? Number(bound) / scale : Number.POSITIVE_INFINITY,
        };
      } finally {
        whole.dispose();
      }
    },
    dispose: () => model.dispose(),
  };
}
