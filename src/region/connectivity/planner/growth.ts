import type { Tree } from './steiner-problem.ts';
import { prune, type TreeSearch } from './tree-pruning.ts';

/**
 * Grows moats around all sites at once, joins those that meet, and prunes. The moats prove a bound, too: the tree pays
 * for every moat, save those that hold the whole of it; these all surround any one of its nodes, so that what reaches
 * that node is the most that may have been counted too much.
 * Source: Goemans and Williamson 1995, with the strong pruning of Johnson, Minkoff and Phillips 2000.
 */
export function growMoats(search: TreeSearch): { tree: Tree; lower: number } {
  const { graph, weight } = search;
  const n = graph.nodes;
  const parent = Int32Array.from({ length: n }, (_, v) => v);
  const find = (v: number): number => {
    let x = v;
    while (parent[x]! !== x) {
      parent[x] = parent[parent[x]!]!;
      x = parent[x]!;
    }
    return x;
  };
  /** By cluster: prize left to grow on; grown is what has been spent of it. */
  const left = weight.slice();
  const active = Uint8Array.from(weight, (w) => (w > 0 ? 1 : 0));
  /** How far the moats reach from each node. */
  const reach = new Float64Array(n);
  const edges: number[] = [];
  let grown = 0;
  let count = active.reduce((x, y) => x + y, 0);
  let live = Int32Array.from(graph.cost, (_, e) => e).filter((e) => graph.a[e] !== graph.b[e]);
  while (count > 1) {
    let step = Number.POSITIVE_INFINITY;
    let meet = -1;
    let dry = -1;
    for (let v = 0; v < n; v++)
      if (parent[v] === v && active[v] && left[v]! < step) {
        step = left[v]!;
        dry = v;
      }
    let kept = 0;
    for (const e of live) {
      const [x, y] = [find(graph.a[e]!), find(graph.b[e]!)];
      if (x === y) continue;
      live[kept++] = e;
      const speed = active[x]! + active[y]!;
      if (speed === 0) continue;
      const time = Math.max(0, graph.cost[e]! - reach[graph.a[e]!]! - reach[graph.b[e]!]!) / speed;
      if (time >= step) continue;
      step = time;
      meet = e;
    }
    live = live.subarray(0, kept);
    if (step === Number.POSITIVE_INFINITY) break;
    for (let v = 0; v < n; v++) {
      const c = find(v);
      if (!active[c]) continue;
      reach[v]! += step;
      if (c === v) {
        left[v]! -= step;
        grown += step;
      }
    }
    if (meet >= 0) {
      const [x, y] = [find(graph.a[meet]!), find(graph.b[meet]!)];
      const together = active[x]! + active[y]!;
      parent[y] = x;
      left[x]! += left[y]!;
      active[x] = together > 0 && left[x]! > 0 ? 1 : 0;
      count += active[x]! - together;
      edges.push(meet);
    } else {
      active[dry] = 0;
      count -= 1;
    }
  }
  const { required, budget } = search.task;
  const around = required[0] === undefined ? reach.reduce((x, y) => Math.max(x, y), 0) : reach[required[0]]!;
  return {
    tree: prune(search, new Uint8Array(n).fill(1), edges),
    lower: budget === undefined ? Math.max(0, grown - around) : 0,
  };
}
