/** A directed network whose capacities change from call to call. Arc `2k` goes from tail to head, `2k + 1` is its way back. */
export interface FlowNetwork {
  readonly nodes: number;
  /** Of arc `k` (as given), before a flow. */
  readonly capacity: Float64Array;
  /** Flow from `source` to `sink`, no more than `enough`; the residual network stays for `sourceSide` and `sinkSide`. */
  readonly flow: (source: number, sink: number, enough: number) => number;
  /** Marks what the source still reaches in the residual network. */
  readonly sourceSide: (source: number) => Uint8Array;
  /** Marks what still reaches the sink in the residual network. */
  readonly sinkSide: (sink: number) => Uint8Array;
}

const least = 1e-9;

/** Source: Dinic 1970. */
export function flowNetwork(nodes: number, tails: Int32Array, heads: Int32Array): FlowNetwork {
  const arcs = tails.length;
  const first = new Int32Array(nodes + 1);
  for (let k = 0; k < arcs; k++) {
    first[tails[k]! + 1]! += 1;
    first[heads[k]! + 1]! += 1;
  }
  for (let v = 0; v < nodes; v++) first[v + 1]! += first[v]!;
  const fill = first.slice();
  const at = new Int32Array(2 * arcs);
  const to = new Int32Array(2 * arcs);
  for (let k = 0; k < arcs; k++) {
    at[fill[tails[k]!]!++] = 2 * k;
    to[2 * k] = heads[k]!;
    at[fill[heads[k]!]!++] = 2 * k + 1;
    to[2 * k + 1] = tails[k]!;
  }
  const capacity = new Float64Array(arcs);
  const left = new Float64Array(2 * arcs);
  const level = new Int32Array(nodes);
  const turn = new Int32Array(nodes);
  const queue = new Int32Array(nodes);

  const layers = (source: number, sink: number): boolean => {
    level.fill(-1);
    level[source] = 0;
    queue[0] = source;
    for (let i = 0, end = 1; i < end; i++) {
      const v = queue[i]!;
      for (let j = first[v]!; j < first[v + 1]!; j++) {
        const u = to[at[j]!]!;
        if (level[u]! >= 0 || left[at[j]!]! <= least) continue;
        level[u] = level[v]! + 1;
        if (u === sink) return true;
        queue[end++] = u;
      }
    }
    return false;
  };
  const push = (v: number, sink: number, amount: number): number => {
    if (v === sink) return amount;
    let sent = 0;
    for (; turn[v]! < first[v + 1]!; turn[v]! += 1) {
      const arc = at[turn[v]!]!;
      const u = to[arc]!;
      if (level[u] !== level[v]! + 1 || left[arc]! <= least) continue;
      const part = push(u, sink, Math.min(amount - sent, left[arc]!));
      left[arc]! -= part;
      left[arc ^ 1]! += part;
      sent += part;
      if (amount - sent <= least) return sent;
    }
    return sent;
  };
  const reach = (start: number, flip: 0 | 1): Uint8Array => {
    const side = new Uint8Array(nodes);
    side[start] = 1;
    queue[0] = start;
    for (let i = 0, end = 1; i < end; i++) {
      const v = queue[i]!;
      for (let j = first[v]!; j < first[v + 1]!; j++) {
        const arc = at[j]!;
        const u = to[arc]!;
        if (side[u] || left[arc ^ flip]! <= least) continue;
        side[u] = 1;
        queue[end++] = u;
      }
    }
    return side;
  };
  return {
    nodes,
    capacity,
    flow(source, sink, enough) {
      for (let k = 0; k < arcs; k++) {
        left[2 * k] = capacity[k]!;
        left[2 * k + 1] = 0;
      }
      let total = 0;
      while (total < enough - least && layers(source, sink)) {
        turn.set(first.subarray(0, nodes));
        const sent = push(source, sink, enough - total);
        if (sent <= least) break;
        total += sent;
      }
      return total;
    },
    sourceSide: (source) => reach(source, 0),
    sinkSide: (sink) => reach(sink, 1),
  };
}
