import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Cluster, optionsOfCluster, trenchOf } from './cluster-options.ts';
import { divideSites } from './divide-sites.ts';
import { graphOf, sumOf } from './steiner-problem.ts';
import { subsetTrees } from './subset-trees.ts';
import { metresBetween, priceMap, straightGraph, type TrenchMap } from './trench-graph.ts';

/** A lane of 100 m stretches from the network past two sites; the second could have a line of its own. */
const lane: TrenchMap = {
  nodes: [
    { id: 'exchange', east: 0, north: 0 },
    { id: 'bend', east: 100, north: 0 },
    { id: 'end', east: 200, north: 0 },
  ],
  stretches: [
    { from: 'exchange', to: 'bend', metres: 100, ground: 'footway' },
    { from: 'bend', to: 'end', metres: 100, ground: 'verge' },
  ],
  network: ['exchange'],
  sites: [
    { id: 'surgery', at: 'bend', entry: 500 },
    { id: 'clinic', at: 'end', entry: 500 },
  ],
};

function laneCluster(): Cluster {
  const { graph, root, site } = priceMap(lane, { footway: 60, verge: 30 });
  return {
    ...{ id: 'lane', graph, root: root!, technology: 'FTTP' },
    sites: [
      { id: 'surgery', node: site.get('surgery')!, benefit: 10 },
      {
        ...{ id: 'clinic', node: site.get('clinic')!, benefit: 6 },
        ownLines: [{ technology: '5G', cost: 1000, benefit: 4 }],
      },
    ],
  };
}

test('a cluster offers every way that no other betters, at its least cost', () => {
  const options = optionsOfCluster(laneCluster(), []);
  assert.deepEqual(
    options.map(({ cost, benefit, sites }) => [
      cost,
      benefit,
      sites.map((s) => `${s.site} ${s.technology}`).join(),
    ]),
    [
      [1000, 4, 'clinic 5G'],
      [6500, 10, 'surgery FTTP'],
      [7500, 14, 'surgery FTTP,clinic 5G'],
      [10_000, 16, 'surgery FTTP,clinic FTTP'],
    ],
  );
  const cluster = laneCluster();
  assert.equal(sumOf(trenchOf(cluster, options[3]!).map((e) => cluster.graph.cost[e]!)), 10_000);
});

test('a required site is in every option, and a measure keeps an option that has more of it', () => {
  const required = optionsOfCluster(laneCluster(), [], new Set(['surgery']));
  assert.ok(required.every(({ sites }) => sites.some(({ site }) => site === 'surgery')));
  const cluster = laneCluster();
  const rural = {
    ...cluster,
    sites: cluster.sites.map((site) => ({ ...site, measures: { rural: site.id === 'clinic' ? 1 : 0 } })),
  };
  const kept = optionsOfCluster(rural, ['rural']);
  assert.ok(kept.some(({ trench, cost }) => trench.join() === 'clinic' && cost === 9500));
});

test('the least trench of a subset is never dearer than that of more sites, nor than two parts together', () => {
  const graph = fc
    .integer({ min: 2, max: 8 })
    .chain((nodes) =>
      fc
        .array(fc.record({ a: fc.nat(nodes - 1), b: fc.nat(nodes - 1), cost: fc.nat(50) }), { maxLength: 16 })
        .map((edges) => graphOf(nodes, edges)),
    );
  fc.assert(
    fc.property(graph, (g) => {
      const sites = [...Array(Math.min(5, g.nodes - 1)).keys()].map((v) => v + 1);
      const trees = subsetTrees(g, sites, 0)!;
      for (let x = 0; x < trees.cost.length; x++) {
        if (Number.isFinite(trees.cost[x]!)) {
          const edges = trees.edges(x);
          assert.ok(Math.abs(sumOf(edges.map((e) => g.cost[e]!)) - trees.cost[x]!) < 1e-9);
        }
        for (let y = 0; y < trees.cost.length; y++) {
          if ((x & y) === x) assert.ok(trees.cost[x]! <= trees.cost[y]!);
          assert.ok(trees.cost[x | y]! <= trees.cost[x]! + trees.cost[y]!);
        }
      }
    }),
    { numRuns: 100, seed: 6 },
  );
});

test('sites are divided into small groups of near ones, each site in one', () => {
  const spot = fc.record({ east: fc.nat(10_000), north: fc.nat(10_000) });
  fc.assert(
    fc.property(fc.array(spot, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (sites, most) => {
      const groups = divideSites(sites, { most });
      assert.deepEqual(
        groups.flat().sort((x, y) => x - y),
        [...sites.keys()],
      );
      assert.ok(groups.every((group) => group.length >= 1 && group.length <= most));
    }),
    { numRuns: 100, seed: 7 },
  );
  const towns = [0, 1, 2, 9000, 9001, 9002].map((east) => ({ east, north: 0 }));
  assert.deepEqual(divideSites(towns, { most: 4, farthest: 1000 }), [
    [0, 1, 2],
    [3, 4, 5],
  ]);
});

test('ground without a price and nodes that are not there are refused', () => {
  assert.throws(() => priceMap(lane, { footway: 60 }), /no price of at least 0 for the ground "verge"/);
  assert.throws(() => priceMap({ ...lane, network: ['moon'] }, { footway: 1, verge: 1 }), /no node "moon"/);
  assert.throws(
    () => priceMap({ ...lane, sites: [lane.sites[0]!, lane.sites[0]!] }, { footway: 1, verge: 1 }),
    /twice/,
  );
});

test('where no roads are known, sites join as the crow flies, with its detour', () => {
  const sites = [
    { east: 0, north: 300, entry: 10 },
    { east: 400, north: 300, entry: 10 },
  ];
  const { graph, root } = straightGraph(sites, [{ east: 0, north: 0 }], { detour: 1.5, perMetre: 2 });
  const { cost } = subsetTrees(graph, [0, 1], root)!;
  // 300 m to the first, 500 m to the second alone, 300 + 400 m to both; each metre 3, each entry 10.
  assert.deepEqual([...cost], [0, 910, 1510, 2120]);
  assert.equal(metresBetween(sites[0]!, sites[1]!), 400);
});
