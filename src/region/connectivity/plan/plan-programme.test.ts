import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { trenchOf } from '../planner/cluster-options.ts';
import { totalsOf, withinBudgets } from '../planner/region-task.ts';
import { faultOfTree, treeOf } from '../planner/steiner-problem.ts';
import { buildTask, type PlanInput } from './build-task.ts';
import { priceLarge } from './large-clusters.ts';
import { budgetCurve, planProgramme, solveBuilt } from './plan-programme.ts';
import type { PlanSite } from './plan-sites.ts';
import { grounds, type RoadMap } from './road-map.ts';
import { type ScenarioParameters, scenarioOf } from './scenario.ts';
import { sensitivityOf } from './sensitivity.ts';

/** Some 64 m east at this latitude. */
const step = 0.001;
const place = (x: number, y: number) => ({ longitude: x * step, latitude: 54 + y * step });

const site = (id: string, x: number, y: number, more: Partial<PlanSite> = {}): PlanSite => ({
  ...{ id, name: `Site ${id}`, kind: 'general-practice', at: place(x, y), rural: false, patients: 0 },
  ...{ technology: 'fttc', assumed: false, monthly: 60, consultations: 10, imageHours: 0, estimated: false },
  ...more,
});

/** Fibre from the exchange at 0 0 along a lane of three stretches, 100, 200 and 300 m. */
const lane: RoadMap = {
  name: 'Lane',
  longitude: Float64Array.from([0, 1, 2, 3], (x) => x * step),
  latitude: Float64Array.from([54, 54, 54, 54]),
  from: Int32Array.from([0, 1, 2]),
  to: Int32Array.from([1, 2, 3]),
  metres: Float64Array.from([100, 200, 300]),
  ground: Uint8Array.from([grounds.indexOf('footway'), grounds.indexOf('verge'), grounds.indexOf('verge')]),
  network: Int32Array.from([0]),
};

const plain = { programmes: [], inflation: 0, ruralFloor: 0, gap: 0, rentalYears: 0 };
const prices = { 'ground.footway': 60, 'ground.verge': 30, 'fttp.install': 500 };

const onLane = (asked: Parameters<typeof scenarioOf>[0] | object, sites: readonly PlanSite[]): PlanInput => ({
  parameters: scenarioOf({
    ...{ firstYear: 2027, budgets: [1e6], technologies: ['fttp'], prices, roads: 'lane', ...plain },
    ...asked,
  }),
  ...{ sites, roads: lane, network: [] },
});

const twoOnLane = [site('near', 1, 0, { consultations: 20 }), site('far', 3, 0)];

test('a shared trench costs what its stretches and entries cost, and each pays its part', async () => {
  // 100 m of footway shared, 500 m of verge for the far one alone, 500 to enter each: 6,000 + 15,000 + 1,000.
  const { summary, sites, trenches } = await planProgramme(onLane({}, twoOnLane));
  assert.deepEqual([summary.status, Math.round(summary.years[0]!.spend)], ['proved', 22_000]);
  assert.deepEqual(
    sites.map(({ plan }) => plan && [plan.year, plan.technology, Math.round(plan.cost), plan.route]),
    [
      [2027, 'fttp', 3_500, 'trench 1'],
      [2027, 'fttp', 18_500, 'trench 1'],
    ],
  );
  assert.deepEqual([trenches[0]!.metres, Math.round(trenches[0]!.cost)], [600, 22_000]);
  // 52 weeks of 20 and of 10.
  assert.equal(Math.round(summary.benefit), 52 * 30);
});

test('what does not fit the budget is left out, and the words say what it would cost', async () => {
  const { sites, summary } = await planProgramme(onLane({ budgets: [10_000] }, twoOnLane));
  assert.deepEqual(
    sites.map(({ plan }) => plan !== undefined),
    [true, false],
  );
  assert.match(sites[1]!.reason, /To add it would cost £15,500/);
  assert.ok(summary.years[0]!.spend <= 10_000);
});

test('anchor tenants are paid for half of a trench together, and a lone one is not', async () => {
  const together = await planProgramme(onLane({ programmes: ['lffn'] }, twoOnLane));
  assert.equal(Math.round(together.summary.paidByProgrammes), 11_000);
  assert.equal(together.sites[0]!.plan?.programme, 'lffn');
  const alone = await planProgramme(onLane({ programmes: ['lffn'] }, twoOnLane.slice(0, 1)));
  assert.equal(alone.summary.paidByProgrammes, 0);
});

test('sites on full fibre, barred, without a place or without a line are left out with their reason', async () => {
  const { technology: _line, ...lineless } = site('x', 1, 0);
  const { at: _at, ...placeless } = site('y', 1, 0);
  const { sites } = await planProgramme(
    onLane({ bar: ['b'] }, [site('a', 1, 0, { technology: 'leased' }), site('b', 1, 0), lineless, placeless]),
  );
  assert.deepEqual(
    sites.map(({ leftOut }) => leftOut),
    ['full fibre already', 'barred', 'line not known', 'no place'],
  );
});

test('a site that 4G and 5G do not reach gets none, and others do', async () => {
  const asked = { technologies: ['mobile'] as const, noMobile: ['far'], bar: [] };
  const { sites } = await planProgramme(onLane(asked, twoOnLane));
  assert.deepEqual(
    sites.map(({ plan }) => plan?.technology),
    ['mobile', undefined],
  );
});

test('a rule that the money cannot keep is told as missed, by how much', async () => {
  const { summary } = await planProgramme(onLane({ budgets: [10_000], copperBy: 2027 }, twoOnLane));
  assert.equal(summary.status, 'unmet');
  assert.deepEqual(summary.rules, [
    { name: 'No site on copper after 2027', reached: 1, needed: 2, met: false },
  ]);
});

const someSites = fc
  .array(
    fc.record({
      ...{ x: fc.nat(400), y: fc.nat(400), consultations: fc.nat(60), rural: fc.boolean() },
      technology: fc.constantFrom('adsl' as const, 'fttc' as const, 'fttp' as const, 'mobile' as const),
    }),
    { minLength: 2, maxLength: 14 },
  )
  .map((all) => all.map(({ x, y, ...more }, i) => site(`s${i}`, x, y, more)));

const someWishes = fc.record({
  budgets: fc.array(fc.nat(200_000), { minLength: 1, maxLength: 3 }),
  carryOver: fc.boolean(),
  programmes: fc.subarray(['hscn', 'lffn', 'rgc'] as const),
  technologies: fc.subarray(['fttp', 'leased', 'mobile', 'satellite'] as const, { minLength: 1 }),
  mostTogether: fc.integer({ min: 1, max: 7 }),
});

const straight = (sites: readonly PlanSite[], parameters: ScenarioParameters): PlanInput => ({
  ...{ parameters, sites, network: [place(0, 0), place(400, 400)] },
});

test('no plan is over its budgets, above its bound, or on a trench that does not hang together', async () => {
  await fc.assert(
    fc.asyncProperty(someSites, someWishes, fc.nat(6), async (sites, wishes, barred) => {
      const bar = sites[barred] ? [sites[barred].id] : [];
      const parameters = scenarioOf({ firstYear: 2027, gap: 0, ...wishes, bar });
      const built = await buildTask(straight(sites, parameters));
      const plan = await solveBuilt(built, { gap: 0, stop: () => false });
      const { spend, benefit } = totalsOf(built.task, plan.choices);
      assert.ok(withinBudgets(built.task, spend));
      assert.ok(plan.bound >= benefit * (1 - 1e-9));
      const served = new Set<string>();
      for (const { cluster: c, option: o } of plan.choices) {
        const { cluster, options } = built.clusters[c]!;
        const option = options[o]!;
        for (const one of option.sites) {
          assert.ok(!served.has(one.site), 'a site is served once');
          served.add(one.site);
        }
        const edges = trenchOf(cluster, option);
        const nodes = new Set([
          cluster.root,
          ...edges.flatMap((e) => [cluster.graph.a[e]!, cluster.graph.b[e]!]),
        ]);
        const required = [
          cluster.root,
          ...cluster.sites.filter(({ id }) => option.trench.includes(id)).map(({ node }) => node),
        ];
        const problem = { graph: cluster.graph, prizes: new Float64Array(cluster.graph.nodes), required };
        assert.equal(faultOfTree(problem, treeOf(problem, nodes, edges)), undefined);
      }
      for (const id of bar) assert.ok(!served.has(id));
    }),
    { numRuns: 40, seed: 11 },
  );
});

test('more budget never brings less benefit', async () => {
  await fc.assert(
    fc.asyncProperty(someSites, someWishes, async (sites, wishes) => {
      const parameters = scenarioOf({ firstYear: 2027, ...wishes });
      const curve = await budgetCurve(straight(sites, parameters), [0, 0.5, 1, 2], {});
      for (const [i, { benefit, bound }] of curve.entries()) {
        assert.ok(bound >= benefit * (1 - 1e-9));
        if (i > 0) assert.ok(benefit >= curve[i - 1]!.benefit);
      }
    }),
    { numRuns: 15, seed: 12 },
  );
});

test('a run that is stopped at any moment still gives a plan within its budgets, with a bound', async () => {
  const sites = Array.from({ length: 20 }, (_, i) => site(`s${i}`, (i * 37) % 200, (i * 61) % 180));
  const parameters = scenarioOf({ firstYear: 2027, budgets: [80_000, 60_000] });
  const whole = await planProgramme(straight(sites, parameters));
  for (const after of [0, 3, 40]) {
    let asked = 0;
    const { summary } = await planProgramme(straight(sites, parameters), { stop: () => ++asked > after });
    assert.ok(summary.years[0]!.spend <= 80_000);
    assert.ok(summary.benefit <= whole.summary.bound * (1 + 1e-9));
    assert.ok(summary.bound >= summary.benefit);
  }
});

test('a run begun from an earlier one is no worse, and the same run gives the same plan', async () => {
  const sites = Array.from({ length: 16 }, (_, i) => site(`s${i}`, (i * 37) % 200, (i * 61) % 180));
  const input = straight(sites, scenarioOf({ firstYear: 2027, budgets: [60_000] }));
  const one = await planProgramme(input);
  const two = await planProgramme(input);
  assert.deepEqual(two.choices, one.choices);
  const from = await planProgramme(input, { start: one.choices, stop: () => false });
  assert.ok(from.summary.benefit >= one.summary.benefit);
});

test('groups too large to try every way of are planned with a bound that small groups cannot beat', async () => {
  // Along a road: 16 sites, of which trenches pay for the nearer ones.
  const sites = Array.from({ length: 16 }, (_, i) =>
    site(`s${i}`, 3 + 2 * i, (i * 5) % 7, { consultations: 4 + ((i * 7) % 13) }),
  );
  const asked = { firstYear: 2027, budgets: [60_000], gap: 1, programmes: [], rentalYears: 0 };
  const network = [place(0, 0)];
  const input = (mostTogether: number): PlanInput => ({
    parameters: scenarioOf({ ...asked, technologies: ['fttp', 'mobile'], mostTogether }),
    ...{ sites, network },
  });
  const built = await buildTask(input(16));
  assert.deepEqual(
    built.clusters.map(({ large }) => large),
    [true],
  );
  const alone = await solveBuilt(built, { gap: 0.01, stop: () => false });
  const { summary: small } = await planProgramme(input(6));
  assert.ok(withinBudgets(built.task, alone.spend));
  assert.ok(alone.bound >= alone.benefit);
  assert.ok(alone.bound >= small.benefit * (1 - 1e-9), `${alone.bound} is below ${small.benefit}`);
  const { summary } = await planProgramme(input(16));
  assert.ok(summary.benefit >= alone.benefit && summary.bound >= summary.benefit);
  assert.ok(summary.gap < 0.15, `gap ${summary.gap}`);
});

test('what moves the plan is told for prices, weights and budgets, the widest first', async () => {
  const sites = Array.from({ length: 8 }, (_, i) => site(`s${i}`, (i * 37) % 200, (i * 61) % 180));
  const rows = await sensitivityOf(straight(sites, scenarioOf({ firstYear: 2027, budgets: [40_000] })));
  const reach = rows.map(({ low, high }) => Math.abs(high.benefit - low.benefit));
  assert.deepEqual(
    reach,
    reach.toSorted((x, y) => y - x),
  );
  const budget = rows.find(({ key }) => key === 'budget')!;
  assert.ok(budget.high.benefit >= budget.low.benefit);
});

test('a run that is stopped before all groups were looked at has a bound for all of them, and keeps what must be in', async () => {
  const sites = Array.from({ length: 24 }, (_, i) => site(`s${i}`, (i * 37) % 400, (i * 61) % 380));
  const asked = { firstYear: 2027, budgets: [400_000, 60_000], mostTogether: 3, gap: 0 };
  for (const lock of [[], [{ site: 's23' }]]) {
    const parameters = scenarioOf({ ...asked, lock });
    const whole = await planProgramme(straight(sites, parameters));
    for (const after of [0, 1, 4]) {
      let asked = 0;
      const { summary, sites: rows } = await planProgramme(straight(sites, parameters), {
        stop: () => ++asked > after,
      });
      assert.equal(rows.length, 24);
      assert.ok(summary.bound >= whole.summary.benefit * (1 - 1e-9), `${summary.bound} after ${after}`);
      assert.ok(rows.every(({ reason }) => !/not known/.test(reason)));
      if (after === 0) assert.ok(rows.some(({ reason }) => /The run ended before/.test(reason)));
      if (lock.length > 0) assert.ok(rows.find(({ site: id }) => id === 's23')?.plan);
    }
  }
});

test('no way to serve a group, with what programmes pay, is worth more than its price was said to bound', async () => {
  await fc.assert(
    fc.asyncProperty(someSites, someWishes, fc.integer({ min: 1, max: 40 }), async (sites, wishes, price) => {
      const parameters = scenarioOf({ firstYear: 2027, ...wishes, ruralFloor: 0, mostTogether: 5 });
      const built = await buildTask(straight(sites, parameters));
      const prices = { year: built.task.years.map(() => price / 100), rule: [] };
      for (const one of built.clusters) {
        const asked = { year: 0, tight: true, stop: () => false };
        const { most, options } = await priceLarge(built.task, one, built, prices, asked);
        for (const { benefit, cost } of [...one.options, ...options]) {
          const worth = benefit * built.task.years.length - (price / 100) * cost;
          assert.ok(worth <= most + 1e-6 * Math.max(1, most), `${worth} is above ${most}`);
        }
      }
    }),
    { numRuns: 30, seed: 13 },
  );
});
