import { shortestPaths } from './shortest-paths.ts';
import { otherEnd, type SteinerProblem, type Tree } from './steiner-problem.ts';

/** Why a site is in a plan or out of it. Costs and prizes in the units of the problem. */
export type SiteReason =
  | { readonly site: number; readonly in: true; readonly because: 'required'; readonly ownCost: number }
  /** What only this site needs of the tree costs `ownCost`, and it is worth `prize`. */
  | {
      readonly site: number;
      readonly in: true;
      readonly because: 'pays' | 'fits the budget';
      readonly ownCost: number;
      readonly prize: number;
    }
  | { readonly site: number; readonly in: false; readonly because: 'no way' }
  /** To add it to this tree costs `extraCost`: more than its prize, or than what is left of the budget. */
  | {
      readonly site: number;
      readonly in: false;
      readonly because: 'costs more than its prize' | 'more than is left of the budget' | 'not found in time';
      readonly extraCost: number;
      readonly prize: number;
      readonly left?: number;
    };

/** A reason for every node with a prize and every required one. */
export function explainSites(task: SteinerProblem, tree: Tree): SiteReason[] {
  const { graph, prizes, required, budget } = task;
  const must = new Set(required);
  const inside = new Set(tree.nodes);
  const own = ownCosts(task, tree);
  const { distance } = shortestPaths(graph, tree.nodes);
  const sites = [...prizes.keys()].filter((v) => prizes[v]! > 0 || must.has(v));
  return sites.map((site): SiteReason => {
    const prize = prizes[site]!;
    if (inside.has(site)) {
      const ownCost = own.get(site)!;
      if (must.has(site)) return { site, in: true, because: 'required', ownCost };
      return { site, in: true, because: budget === undefined ? 'pays' : 'fits the budget', ownCost, prize };
    }
    const extraCost = distance[site]!;
    if (tree.nodes.length > 0 && extraCost === Number.POSITIVE_INFINITY)
      return { site, in: false, because: 'no way' };
    if (budget === undefined) {
      const because = extraCost >= prize ? 'costs more than its prize' : 'not found in time';
      return { site, in: false, because, extraCost, prize };
    }
    const left = budget - tree.cost;
    const because = extraCost > left ? 'more than is left of the budget' : 'not found in time';
    return { site, in: false, because, extraCost, prize, left };
  });
}

/** By node with a prize or required: the cost of the edges that would go if it alone were not wanted. */
function ownCosts({ graph, prizes, required }: SteinerProblem, tree: Tree): Map<number, number> {
  const wanted = new Set([...tree.nodes.filter((v) => prizes[v]! > 0), ...required]);
  const degree = new Map<number, number>(tree.nodes.map((v) => [v, 0]));
  const at = new Map<number, number[]>(tree.nodes.map((v) => [v, []]));
  for (const e of tree.edges)
    for (const v of [graph.a[e]!, graph.b[e]!]) {
      degree.set(v, degree.get(v)! + 1);
      at.get(v)!.push(e);
    }
  return new Map(
    [...wanted].map((site) => {
      let cost = 0;
      let from = -1;
      // From a leaf inwards, until the way serves others too.
      for (let v = site; degree.get(v) === (from < 0 ? 1 : 2) && (v === site || !wanted.has(v)); ) {
        const e = at.get(v)!.find((edge) => edge !== from)!;
        cost += graph.cost[e]!;
        from = e;
        v = otherEnd(graph, e, v);
      }
      return [site, cost];
    }),
  );
}
