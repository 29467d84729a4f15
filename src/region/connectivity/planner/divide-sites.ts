import { problem } from '../../../platform/problem.ts';
import { metresBetween, type Spot } from './trench-graph.ts';

/**
 * Sites as groups of at most `most` that are near each other, each as positions in the list: the least spanning tree of
 * the sites, cut at its longest edges until every part is small enough. Sites farther apart than `farthest` metres are
 * never joined through each other. The same sites in the same order give the same groups.
 */
export function divideSites(
  sites: readonly Spot[],
  { most, farthest = Number.POSITIVE_INFINITY }: { readonly most: number; readonly farthest?: number },
): number[][] {
  if (!Number.isInteger(most) || most < 1)
    throw problem('value', `A group holds at least one site, not ${most}.`, { where: 'most' });
  const n = sites.length;
  if (n === 0) return [];
  // Prim, on all pairs: some thousand sites take well under a second.
  const near = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const up = new Int32Array(n).fill(-1);
  const done = new Uint8Array(n);
  const order: number[] = [];
  for (let at = 0; at >= 0; ) {
    done[at] = 1;
    order.push(at);
    let next = -1;
    for (let v = 0; v < n; v++) {
      if (done[v]) continue;
      const metres = metresBetween(sites[at]!, sites[v]!);
      if (metres < near[v]!) {
        near[v] = metres;
        up[v] = at;
      }
      if (next < 0 || near[v]! < near[next]!) next = v;
    }
    at = next;
  }
  // From the leaves: of what hangs at a site, the farthest parts are cut off until the rest is small enough.
  const parts: number[][] = Array.from({ length: n }, (_, v) => [v]);
  const hanging: number[][] = Array.from({ length: n }, () => []);
  const groups: number[][] = [];
  for (const v of order.toReversed()) {
    const below = hanging[v]!.sort((x, y) => near[x]! - near[y]! || x - y);
    for (const child of below) {
      if (near[child]! <= farthest && parts[v]!.length + parts[child]!.length <= most)
        parts[v]!.push(...parts[child]!);
      else groups.push(parts[child]!);
    }
    if (up[v]! >= 0) hanging[up[v]!]!.push(v);
    else groups.push(parts[v]!);
  }
  return groups.map((group) => group.sort((x, y) => x - y)).sort((x, y) => x[0]! - y[0]!);
}
