import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { seededRandom } from '../../../platform/random.ts';
import { branchAndCut } from './branch-and-cut.ts';
import { explainSites } from './explain-sites.ts';
import { growMoats } from './growth.ts';
import { openHighs } from './linear-solver.ts';
import { solveInThread } from './solve-in-thread.ts';
import { type SolveOptions, type SteinerBounds, type SteinerResult, solveSteiner } from './solve-steiner.ts';
import { faultOfTree, graphOf, lossOf, type SteinerProblem } from './steiner-problem.ts';
import { readStp } from './stp-file.ts';
import { treeSearch } from './tree-pruning.ts';
import { nothing } from './tree-search.ts';

/** Small graphs of all kinds: loops, parallel edges, edges of no cost, parts without a way. */
const smallProblem: fc.Arbitrary<SteinerProblem> = fc.integer({ min: 1, max: 7 }).chain((nodes) =>
  fc
    .record({
      edges: fc.array(
        fc.record({
          a: fc.nat(nodes - 1),
          b: fc.nat(nodes - 1),
          cost: fc.oneof(fc.nat(20), fc.double({ min: 0, max: 20, noNaN: true })),
        }),
        { maxLength: 10 },
      ),
      prizes: fc.array(fc.oneof(fc.constant(0), fc.nat(25)), { minLength: nodes, maxLength: nodes }),
      required: fc.uniqueArray(fc.nat(nodes - 1), { maxLength: 2 }),
      budget: fc.option(fc.nat(40), { nil: undefined }),
    })
    .map(({ edges, prizes, required, budget }) => ({
      graph: graphOf(nodes, edges),
      prizes: Float64Array.from(prizes),
      required,
      ...(budget === undefined ? {} : { budget }),
    })),
);

/** The least loss of all, by trying every set of edges. Undefined where nothing joins what is required. */
function leastLoss(task: SteinerProblem): number | undefined {
  const { graph, prizes, required } = task;
  let least = required.length === 0 ? lossOf(task, nothing) : Number.POSITIVE_INFINITY;
  for (let v = 0; v < graph.nodes; v++) {
    const tree = { nodes: [v], edges: [], cost: 0, prize: prizes[v]! };
    if (faultOfTree(task, tree) === undefined) least = Math.min(least, lossOf(task, tree));
  }
  for (let set = 1; set < 1 << graph.cost.length; set++) {
    const edges = [...graph.cost.keys()].filter((e) => set & (1 << e));
    const nodes = [...new Set(edges.flatMap((e) => [graph.a[e]!, graph.b[e]!]))];
    const tree = {
      ...{ nodes, edges },
      cost: edges.reduce((sum, e) => sum + graph.cost[e]!, 0),
      prize: nodes.reduce((sum, v) => sum + prizes[v]!, 0),
    };
    if (faultOfTree(task, tree) === undefined) least = Math.min(least, lossOf(task, tree));
  }
  return Number.isFinite(least) ? least : undefined;
}

const near = (x: number, y: number): boolean => Math.abs(x - y) <= 1e-6 * Math.max(1, Math.abs(y));

async function solved(task: SteinerProblem, options?: SolveOptions): Promise<SteinerResult | undefined> {
  try {
    return await solveSteiner(task, options);
  } catch {
    return undefined;
  }
}

test('a plan is a connected tree within its budget, as good as the best of all trees', async () => {
  await fc.assert(
    fc.asyncProperty(smallProblem, async (task) => {
      const least = leastLoss(task);
      const result = await solved(task);
      assert.equal(result === undefined, least === undefined);
      if (!result || least === undefined) return;
      assert.equal(faultOfTree(task, result.tree), undefined);
      assert.equal(result.status, 'proved');
      assert.ok(near(result.upper, least), `${result.upper} is not ${least}`);
      assert.ok(near(result.upper, lossOf(task, result.tree)));
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('the cut model finds and proves the same as every tree tried, without reductions and a first tree', async () => {
  const highs = await openHighs();
  await fc.assert(
    fc.asyncProperty(smallProblem, async (task) => {
      const least = leastLoss(task);
      const found = branchAndCut(highs, task, nothing, { random: seededRandom(''), stop: () => false });
      if (least === undefined) return assert.notEqual(faultOfTree(task, found.tree), undefined);
      assert.equal(faultOfTree(task, found.tree), undefined);
      assert.ok(near(found.upper, least), `${found.upper} is not ${least}`);
      assert.ok(near(found.lower, least), `the bound ${found.lower} is not ${least}`);
    }),
    { numRuns: 400, seed: 772 },
  );
});

test('a way whose prize is less than its cost is still found where the budget pays for it', async () => {
  // 17 to join 11 more: all that the budget buys, and 23 instead of the 22 that cost 1.
  const task: SteinerProblem = {
    graph: graphOf(7, [
      { a: 4, b: 2, cost: 0 },
      { a: 1, b: 0, cost: 1 },
      { a: 6, b: 1, cost: 0 },
      { a: 2, b: 1, cost: 17 },
    ]),
    prizes: Float64Array.of(10, 0, 7, 0, 4, 0, 12),
    ...{ required: [], budget: 17 },
  };
  const found = branchAndCut(await openHighs(), task, nothing, {
    random: seededRandom(''),
    stop: () => false,
  });
  assert.deepEqual([found.tree.prize, found.upper, found.lower], [23, 10, 10]);
});

test('the bound of growing moats is at most the best', () => {
  fc.assert(
    fc.property(smallProblem, (task) => {
      const { budget: _, ...free } = task;
      const least = leastLoss(free);
      const { lower } = growMoats(treeSearch(free));
      if (least !== undefined) assert.ok(lower <= least + 1e-9, `${lower} is above ${least}`);
    }),
    { numRuns: 300, seed: 3 },
  );
});

test('more budget never brings less', async () => {
  await fc.assert(
    fc.asyncProperty(smallProblem, fc.nat(40), fc.nat(40), async (task, x, y) => {
      const less = await solved({ ...task, budget: Math.min(x, y) });
      const more = await solved({ ...task, budget: Math.max(x, y) });
      if (less) assert.ok(more && more.tree.prize >= less.tree.prize - 1e-9);
    }),
    { numRuns: 150, seed: 4 },
  );
});

test('every site has a reason that holds', async () => {
  await fc.assert(
    fc.asyncProperty(smallProblem, async (task) => {
      const result = await solved(task);
      if (!result) return;
      for (const reason of explainSites(task, result.tree)) {
        assert.equal(reason.in, result.tree.nodes.includes(reason.site));
        if (reason.in && reason.because === 'pays') assert.ok(reason.ownCost <= reason.prize + 1e-9);
        if (!reason.in) assert.notEqual(reason.because, 'not found in time');
      }
    }),
    { numRuns: 150, seed: 5 },
  );
});

/** Sites in a street of costs 10 each, a shop at its end by a way of 25, worth 12, 3 and 30. */
const street: SteinerProblem = {
  graph: graphOf(4, [
    { a: 0, b: 1, cost: 10 },
    { a: 1, b: 2, cost: 10 },
    { a: 2, b: 3, cost: 25 },
  ]),
  prizes: Float64Array.of(0, 12, 3, 30),
  required: [0],
};

test('a street is built as far as it pays', async () => {
  // To the first site: 10 for 12. To the end: 45 for 45, no better than stopping: loss 43 against 45.
  const { tree, upper, lower } = await solveSteiner(street);
  assert.deepEqual(tree.nodes, [0, 1]);
  assert.deepEqual([upper, lower], [43, 43]);
  const reasons = explainSites(street, tree);
  assert.deepEqual(reasons[1], { site: 1, in: true, because: 'pays', ownCost: 10, prize: 12 });
  assert.deepEqual(reasons[3], {
    site: 3,
    in: false,
    because: 'costs more than its prize',
    extraCost: 35,
    prize: 30,
  });
});

test('a budget is spent on what brings most, and too small a one is refused', async () => {
  assert.deepEqual((await solveSteiner({ ...street, budget: 44 })).tree.nodes, [0, 1, 2]);
  assert.deepEqual((await solveSteiner({ ...street, budget: 45 })).tree.nodes, [0, 1, 2, 3]);
  assert.deepEqual((await solveSteiner({ ...street, budget: 0 })).tree.nodes, [0]);
  await assert.rejects(solveSteiner({ ...street, required: [0, 3], budget: 44 }), /within the budget of 44/);
});

test('numbers that cannot be planned with are refused with their place', async () => {
  assert.throws(() => graphOf(2, [{ a: 0, b: 1, cost: -1 }]), /Edge 0 costs -1/);
  assert.throws(() => graphOf(2, [{ a: 0, b: 2, cost: 1 }]), /names node 2/);
  await assert.rejects(solveSteiner({ ...street, budget: Number.NaN }), /budget/);
  await assert.rejects(solveSteiner({ ...street, prizes: Float64Array.of(1) }), /1 prizes for 4 nodes/);
  const apart = { graph: graphOf(2, []), prizes: new Float64Array(2), required: [0, 1] };
  await assert.rejects(solveSteiner(apart), /no way from node 0 to node 1/);
});

const folder = resolve(import.meta.dirname, '../../../../../shared/data/connectivity/instances');
const absent = existsSync(folder) ? false : 'the instances are not beside this checkout';
const instance = (name: string): SteinerProblem => readStp(readFileSync(join(folder, name), 'utf8'));

const known: readonly (readonly [name: string, best: number, budget?: number])[] = [
  ['K100.4.stp', 87498],
  ['K100.8.stp', 210869],
  ['P100.2.stp', 401641],
  ['b09.stp', 220],
  ['P100.3.stp', 714128, 237425],
];

for (const [name, best, budget] of known)
  test(`${name}${budget ? ` within ${budget}` : ''} is solved to its known best`, {
    skip: absent,
  }, async () => {
    const task = instance(name);
    const result = await solveSteiner(budget === undefined ? task : { ...task, budget });
    assert.equal(budget === undefined ? result.upper : result.tree.prize, best);
    assert.deepEqual([result.status, result.gap], ['proved', 0]);
  });

test('a run that is stopped gives its best tree and a true bound; the same seed gives the same run', {
  skip: absent,
}, async () => {
  const task = instance('P200.stp');
  const best = 1317874;
  const stopped = async (after: number): Promise<SteinerResult> => {
    let asked = 0;
    return solveSteiner(task, { seed: 'a', stop: () => ++asked > after });
  };
  for (const after of [0, 10, 500, 1500]) {
    const result = await stopped(after);
    assert.equal(faultOfTree(task, result.tree), undefined);
    assert.ok(result.lower <= best && best <= result.upper);
    assert.deepEqual(result, await stopped(after));
  }
});

test('a thread of its own tells how far it is, and ends at once when it is told to', {
  skip: absent,
}, async () => {
  const seen: SteinerBounds[] = [];
  const whole = await solveInThread(instance('K100.stp'), { progress: (bounds) => seen.push(bounds) });
  assert.deepEqual([whole.upper, whole.status], [135511, 'proved']);
  assert.ok(seen.length > 0 && seen.every(({ lower, upper }) => lower <= 135511 && upper >= 135511));
  const early = await solveInThread(instance('P200.stp'), { signal: AbortSignal.abort() });
  assert.equal(early.status, 'stopped');
  await assert.rejects(solveInThread({ ...street, required: [0, 3], budget: 1 }), /within the budget of 1/);
});
