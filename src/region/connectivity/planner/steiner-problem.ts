import { problem } from '../../../platform/problem.ts';

/** An undirected graph in arrays: edge `e` joins `a[e]` and `b[e]` at `cost[e]`; nodes are counted from 0. */
export interface Graph {
  readonly nodes: number;
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly cost: Float64Array;
  /** Edges at node `v`: `at[first[v]]` up to, not including, `at[first[v + 1]]`. */
  readonly first: Int32Array;
  readonly at: Int32Array;
}

export interface GraphEdge {
  readonly a: number;
  readonly b: number;
  readonly cost: number;
}

/**
 * A prize-collecting Steiner tree. Without a budget: the tree of least edge cost plus prizes of nodes left out.
 * With one: the tree of most prize whose edges cost at most the budget. `required` nodes are in every tree; one that
 * stands for the network as it is makes the tree rooted.
 */
export interface SteinerProblem {
  readonly graph: Graph;
  /** By node, at least 0, in the unit of the costs (without a budget: of any unit with one). */
  readonly prizes: Float64Array;
  readonly required: readonly number[];
  readonly budget?: number;
}

/** A connected tree, as what it holds. */
export interface Tree {
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly cost: number;
  /** Of the nodes in the tree, required or not. */
  readonly prize: number;
}

export function graphOf(nodes: number, edges: readonly GraphEdge[]): Graph {
  if (!Number.isInteger(nodes) || nodes < 1)
    throw problem('value', 'A graph needs at least one node.', { where: 'nodes' });
  const degree = new Int32Array(nodes + 1);
  for (const [i, { a, b, cost }] of edges.entries()) {
    for (const node of [a, b])
      if (!Number.isInteger(node) || node < 0 || node >= nodes)
        throw problem('value', `Edge ${i} names node ${node}; nodes go from 0 to ${nodes - 1}.`, {
          where: `edges[${i}]`,
        });
    if (!Number.isFinite(cost) || cost < 0)
      throw problem('value', `Edge ${i} costs ${cost}; a cost is a number of at least 0.`, {
        where: `edges[${i}].cost`,
      });
    degree[a + 1]! += 1;
    if (a !== b) degree[b + 1]! += 1;
  }
  for (let v = 0; v < nodes; v++) degree[v + 1]! += degree[v]!;
  const fill = degree.slice();
  const at = new Int32Array(degree[nodes]!);
  for (const [i, { a, b }] of edges.entries()) {
    at[fill[a]!++] = i;
    if (a !== b) at[fill[b]!++] = i;
  }
  return {
    nodes,
    a: Int32Array.from(edges, (edge) => edge.a),
    b: Int32Array.from(edges, (edge) => edge.b),
    cost: Float64Array.from(edges, (edge) => edge.cost),
    first: degree,
    at,
  };
}

/** Throws a Problem where the numbers cannot be planned with. */
export function checkProblem({ graph, prizes, required, budget }: SteinerProblem): void {
  if (prizes.length !== graph.nodes)
    throw problem('value', `There are ${prizes.length} prizes for ${graph.nodes} nodes.`, {
      where: 'prizes',
    });
  for (const [v, prize] of prizes.entries())
    if (!Number.isFinite(prize) || prize < 0)
      throw problem('value', `The prize of node ${v} is ${prize}; a prize is a number of at least 0.`, {
        where: `prizes[${v}]`,
      });
  for (const v of required)
    if (!Number.isInteger(v) || v < 0 || v >= graph.nodes)
      throw problem('value', `Required node ${v} is not in the graph.`, { where: 'required' });
  if (budget !== undefined && !(Number.isFinite(budget) && budget >= 0))
    throw problem('value', `The budget is ${budget}; it is a number of at least 0.`, { where: 'budget' });
}

/** The end of an edge that is not `v`. */
export function otherEnd(graph: Graph, edge: number, v: number): number {
  return graph.a[edge]! === v ? graph.b[edge]! : graph.a[edge]!;
}

export function sumOf(numbers: Iterable<number>): number {
  let sum = 0;
  for (const x of numbers) sum += x;
  return sum;
}

/** What is minimised: without a budget, cost and prizes missed; with one, the prizes missed. */
export function lossOf({ prizes, budget }: SteinerProblem, tree: Tree): number {
  const missed = sumOf(prizes) - tree.prize;
  return budget === undefined ? tree.cost + missed : missed;
}

/** Cost and prize counted anew, in one order, so that the same tree always has the same figures. */
export function treeOf(
  { graph, prizes }: SteinerProblem,
  nodes: Iterable<number>,
  edges: Iterable<number>,
): Tree {
  const ordered = { nodes: [...nodes].sort((x, y) => x - y), edges: [...edges].sort((x, y) => x - y) };
  return {
    ...ordered,
    cost: sumOf(ordered.edges.map((e) => graph.cost[e]!)),
    prize: sumOf(ordered.nodes.map((v) => prizes[v]!)),
  };
}

/** Sums in another order differ in their last digit: that alone is not over the budget. */
export function overBudget(cost: number, budget: number | undefined): boolean {
  return budget !== undefined && cost > budget * (1 + 1e-12);
}

/** What is wrong with a tree, or undefined: not connected, with a cycle, without a required node, over the budget. */
export function faultOfTree({ graph, required, budget }: SteinerProblem, tree: Tree): string | undefined {
  if (tree.nodes.length === 0) return required.length > 0 ? 'It lacks a required node.' : undefined;
  const inside = new Set(tree.nodes);
  if (inside.size !== tree.nodes.length) return 'A node is in it twice.';
  if (tree.edges.length !== tree.nodes.length - 1) return 'It is no tree.';
  const parent = new Map(tree.nodes.map((v) => [v, v]));
  const find = (v: number): number => {
    let x = v;
    while (parent.get(x) !== x) x = parent.get(x)!;
    return x;
  };
  for (const e of tree.edges) {
    const [x, y] = [graph.a[e]!, graph.b[e]!];
    if (!inside.has(x) || !inside.has(y)) return 'An edge ends outside it.';
    const [rx, ry] = [find(x), find(y)];
    if (rx === ry) return 'It has a cycle.';
    parent.set(rx, ry);
  }
  if (required.some((v) => !inside.has(v))) return 'It lacks a required node.';
  if (overBudget(tree.cost, budget)) return 'It is over the budget.';
  return undefined;
}
