import { problem } from '../../../platform/problem.ts';
import type { RegionOption } from './region-task.ts';
import type { Graph } from './steiner-problem.ts';
import { mostSubsetSites, subsetTrees } from './subset-trees.ts';

/** A line of a site's own, without the trench. */
export interface OwnLine {
  readonly technology: string;
  readonly cost: number;
  readonly benefit: number;
  readonly measures?: Readonly<Record<string, number>>;
}

export interface ClusterSite {
  readonly id: string;
  readonly node: number;
  /** A year on the trench's line. */
  readonly benefit: number;
  readonly measures?: Readonly<Record<string, number>>;
  readonly ownLines?: readonly OwnLine[];
}

/** Sites near each other, and the ground between them and the network. */
export interface Cluster {
  readonly id: string;
  readonly graph: Graph;
  /** Stands for the network as it is. */
  readonly root: number;
  /** Of the trench. */
  readonly technology: string;
  readonly sites: readonly ClusterSite[];
  /** Pounds that others pay of a trench of some cost to these of the sites (positions). */
  readonly paidByOthers?: (trench: readonly number[], cost: number) => number;
}

/** An option that knows which of its sites share the trench. */
export interface ClusterOption extends RegionOption {
  readonly trench: readonly string[];
  /** Of its trench, where they are known; `trenchOf` finds them otherwise. */
  readonly edges?: readonly number[];
}

/**
 * Every way to serve a cluster that no other betters in cost, benefit and each measure at once: all subsets of the sites
 * on the trench at its least cost, with or without a line of its own for each of the others. Exact.
 * `counted`: the measures that the rules of the programme count; others do not keep an option. `required`: sites that
 * every option has to serve. For at most a dozen
 * sites; the work grows with (2 + own lines of a site) to the power of the sites.
 */
export function optionsOfCluster(
  cluster: Cluster,
  counted: readonly string[],
  required: ReadonlySet<string> = new Set(),
): ClusterOption[] {
  const { graph, sites, root, technology, paidByOthers = () => 0 } = cluster;
  if (!hasFewWays(cluster))
    throw problem(
      'too-costly',
      `Cluster "${cluster.id}" has ${sites.length} sites with too many ways to serve them. Divide it.`,
      { where: 'clusters' },
    );
  const trees = subsetTrees(
    graph,
    sites.map(({ node }) => node),
    root,
  )!;
  const width = 2 + counted.length;
  type Row = { readonly figures: readonly number[]; readonly ways: readonly number[] };
  const add = (
    x: readonly number[],
    cost: number,
    benefit: number,
    measures?: Readonly<Record<string, number>>,
  ) => [x[0]! + cost, x[1]! + benefit, ...counted.map((name, i) => x[2 + i]! + (measures?.[name] ?? 0))];
  let front: Row[] = [];
  let pruned = 2048;
  for (let subset = 0; subset < trees.cost.length; subset++) {
    if (trees.cost[subset] === Number.POSITIVE_INFINITY) continue;
    const trench = sites.flatMap((_, i) => (subset & (1 << i) ? [i] : []));
    const cost = Math.max(0, trees.cost[subset]! - paidByOthers(trench, trees.cost[subset]!));
    let rows: Row[] = [{ figures: [cost, ...Array<number>(width - 1).fill(0)], ways: [] }];
    for (const [i, { benefit, measures, ownLines = [] }] of sites.entries()) {
      const must = required.has(sites[i]!.id);
      if (subset & (1 << i)) {
        rows = rows.map(({ figures, ways }) => ({
          figures: add(figures, 0, benefit, measures),
          ways: [...ways, 0],
        }));
        continue;
      }
      const wider = must ? [] : rows.map(({ figures, ways }): Row => ({ figures, ways: [...ways, -1] }));
      for (const [j, line] of ownLines.entries())
        for (const { figures, ways } of rows)
          wider.push({
            figures: add(figures, line.cost, line.benefit, line.measures),
            ways: [...ways, j + 1],
          });
      rows = ownLines.length > 0 ? undominated(wider) : wider;
    }
    for (const row of rows) front.push(row);
    if (front.length > 2 * pruned) {
      front = undominated(front);
      pruned = Math.max(pruned, front.length);
    }
  }
  return undominated(front)
    .filter(({ ways }) => ways.some((way) => way >= 0))
    .map(({ figures, ways }) => ({
      cost: figures[0]!,
      benefit: figures[1]!,
      measures: Object.fromEntries(counted.map((name, i) => [name, figures[2 + i]!])),
      trench: sites.filter((_, i) => ways[i] === 0).map(({ id }) => id),
      sites: sites.flatMap(({ id, ownLines = [] }, i) => {
        const way = ways[i]!;
        if (way < 0) return [];
        return [{ site: id, technology: way === 0 ? technology : ownLines[way - 1]!.technology }];
      }),
    }));
}

/** Whether all ways to serve a cluster can be tried. */
export function hasFewWays({ sites }: Pick<Cluster, 'sites'>): boolean {
  return (
    sites.length <= mostSubsetSites &&
    sites.reduce((all, { ownLines = [] }) => all * (2 + ownLines.length), 1) <= 2e6
  );
}

/** Those that no other betters: at most its cost, at least its benefit and measures. */
function undominated<T extends { readonly figures: readonly number[] }>(rows: readonly T[]): T[] {
  const sorted = rows.toSorted(
    (x, y) => x.figures[0]! - y.figures[0]! || y.figures[1]! - x.figures[1]! || sumFrom(y) - sumFrom(x),
  );
  const kept: T[] = [];
  /** Where nothing but the benefit counts, the last kept is the best so far. */
  const flat = sorted[0]?.figures.length === 2;
  for (const row of sorted) {
    const beats = (other: T): boolean => {
      for (let i = 1; i < row.figures.length; i++) if (other.figures[i]! < row.figures[i]!) return false;
      return true;
    };
    const beaten = flat ? kept.length > 0 && beats(kept.at(-1)!) : kept.some(beats);
    if (!beaten) kept.push(row);
  }
  return kept;
}

const sumFrom = ({ figures }: { readonly figures: readonly number[] }): number =>
  figures.slice(2).reduce((x, y) => x + y, 0);

/** The edges of the least trench that an option needs. */
export function trenchOf({ graph, root, sites }: Cluster, { trench, edges }: ClusterOption): number[] {
  if (edges) return [...edges];
  const nodes = sites.filter(({ id }) => trench.includes(id)).map(({ node }) => node);
  return subsetTrees(graph, nodes, root)!.edges((1 << nodes.length) - 1);
}
