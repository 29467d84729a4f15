import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../../platform/problem.ts';
import { benefitByBudget, planRegion, type RegionPlan } from './plan-region.ts';
import {
  type RegionChoice,
  type RegionOption,
  type RegionTask,
  totalsOf,
  withinBudgets,
} from './region-task.ts';
import { planRegionInThread } from './solve-in-thread.ts';

const option: fc.Arbitrary<Omit<RegionOption, 'sites'>> = fc
  .record({ cost: fc.nat(30), benefit: fc.nat(20), rural: fc.nat(3), lines: fc.nat(4) })
  .map(({ cost, benefit, rural, lines }) => ({ cost, benefit, measures: { rural, lines } }));

const smallRegion: fc.Arbitrary<RegionTask> = fc.integer({ min: 1, max: 2 }).chain((years) =>
  fc
    .record({
      budgets: fc.array(fc.nat(40), { minLength: years, maxLength: years }),
      price: fc.constantFrom(1, 1.1),
      carryOver: fc.boolean(),
      clusters: fc.array(fc.array(option, { maxLength: 3 }), { minLength: 1, maxLength: 4 }),
      lines: fc.option(fc.record({ atLeast: fc.nat(8), by: fc.nat(years - 1) }), { nil: undefined }),
      rural: fc.option(fc.double({ min: 0, max: 0.3, noNaN: true }), { nil: undefined }),
      must: fc.option(fc.record({ cluster: fc.nat(3), by: fc.nat(years - 1) }), { nil: undefined }),
    })
    .map(({ budgets, price, carryOver, clusters, lines, rural, must }): RegionTask => {
      const site = must ? clusters[must.cluster]?.length : 0;
      return {
        years: budgets.map((budget, t) => ({ budget, price: price ** t })),
        carryOver,
        clusters: clusters.map((options, c) => ({
          id: `c${c}`,
          options: options.map((o, i) => ({ ...o, sites: [{ site: `s${c}-${i}`, technology: 'FTTP' }] })),
        })),
        rules: [
          ...(lines ? [{ name: 'lines', kind: 'amount', measure: 'lines', ...lines } as const] : []),
          ...(rural === undefined
            ? []
            : [{ name: 'rural', kind: 'share', measure: 'rural', of: 'benefit', atLeast: rural } as const]),
        ],
        mustHaves: must && site ? [{ site: `s${must.cluster}-0`, by: must.by }] : [],
      };
    }),
);

/** The most benefit of all plans that keep everything, by trying each. Undefined where none does. */
function mostBenefit(task: RegionTask): number | undefined {
  let best: number | undefined;
  const choices: RegionChoice[] = [];
  const tryFrom = (cluster: number): void => {
    if (cluster === task.clusters.length) {
      const totals = totalsOf(task, choices);
      if (!keeps(task, totals)) return;
      if (best === undefined || totals.benefit > best) best = totals.benefit;
      return;
    }
    tryFrom(cluster + 1);
    for (const o of task.clusters[cluster]!.options.keys())
      for (const year of task.years.keys()) {
        choices.push({ cluster, option: o, year });
        tryFrom(cluster + 1);
        choices.pop();
      }
  };
  tryFrom(0);
  return best;
}

const keeps = (task: RegionTask, totals: ReturnType<typeof totalsOf>): boolean =>
  withinBudgets(task, totals.spend) &&
  totals.rules.every((r) => r.met) &&
  totals.missingMustHaves.length === 0;

/** A plan's own figures agree with its choices, and no cluster is taken twice. */
function assertSound(task: RegionTask, plan: RegionPlan): void {
  const totals = totalsOf(task, plan.choices);
  assert.deepEqual([plan.benefit, plan.spend], [totals.benefit, totals.spend]);
  assert.ok(withinBudgets(task, plan.spend), `over budget: ${plan.spend}`);
  assert.equal(new Set(plan.choices.map(({ cluster }) => cluster)).size, plan.choices.length);
  for (const [c, reason] of plan.reasons.entries())
    assert.equal(
      reason.in,
      plan.choices.some(({ cluster }) => cluster === c),
    );
}

const close = (x: number, y: number): boolean => Math.abs(x - y) <= 1e-6 * Math.max(1, Math.abs(y));

test('a plan keeps budgets, rules and deadlines, and has as much benefit as the best of all plans', async () => {
  await fc.assert(
    fc.asyncProperty(smallRegion, async (task) => {
      const most = mostBenefit(task);
      const plan = await planRegion(task);
      assertSound(task, plan);
      assert.equal(plan.status, most === undefined ? 'unmet' : 'proved');
      if (most === undefined) return;
      assert.ok(close(plan.benefit, most), `${plan.benefit} is not ${most}`);
      assert.ok(plan.bound >= most - 1e-6 * Math.max(1, most), `the bound ${plan.bound} is below ${most}`);
    }),
    { numRuns: 250, seed: 1 },
  );
});

test('a plan that is stopped early still keeps its budgets, and its bound holds', async () => {
  await fc.assert(
    fc.asyncProperty(smallRegion, fc.nat(12), async (task, after) => {
      const most = mostBenefit(task);
      let asked = 0;
      const plan = await planRegion(task, { stop: () => ++asked > after });
      assertSound(task, plan);
      if (most !== undefined) assert.ok(plan.bound >= most - 1e-6 * Math.max(1, most));
      if (most !== undefined && plan.status !== 'unmet')
        assert.ok(plan.benefit <= most + 1e-6 * Math.max(1, most));
    }),
    { numRuns: 150, seed: 2 },
  );
});

test('more budget never brings less benefit, whether the plans are proved or stopped', async () => {
  await fc.assert(
    fc.asyncProperty(smallRegion, fc.nat(9), async (given, after) => {
      const task = { ...given, rules: [], mustHaves: [] };
      let asked = 0;
      const curve = await benefitByBudget(task, [1, 0, 0.5, 0.75], { stop: () => ++asked % 10 > after });
      assert.deepEqual(
        curve.map(({ share }) => share),
        [0, 0.5, 0.75, 1],
      );
      for (const [i, { plan }] of curve.entries())
        if (i > 0) assert.ok(plan.benefit >= curve[i - 1]!.plan.benefit);
    }),
    { numRuns: 100, seed: 3 },
  );
});

const line = (id: string, cost: number, benefit: number, rural = 0) => ({
  id,
  options: [{ cost, benefit, measures: { rural, sites: 1 }, sites: [{ site: id, technology: 'FTTP' }] }],
});

/** Two years of 10 each. Worth in the first year twice the benefit, in the second once. */
const village: RegionTask = {
  years: [{ budget: 10 }, { budget: 10 }],
  carryOver: false,
  clusters: [line('hospital', 10, 8), line('practice', 6, 5), line('clinic', 4, 2), line('farm', 9, 3, 3)],
  rules: [],
  mustHaves: [],
};

test('what brings most comes first, and the rest when there is money', async () => {
  // Hospital first: 16, then practice and clinic: 7. The other way round: 14 and 8.
  const plan = await planRegion(village);
  assert.deepEqual([plan.benefit, plan.bound, plan.status], [23, 23, 'proved']);
  assert.deepEqual(
    plan.choices.map(({ cluster, year }) => [cluster, year]),
    [
      [0, 0],
      [1, 1],
      [2, 1],
    ],
  );
  assert.deepEqual(plan.spend, [10, 10]);
  assert.equal(plan.reasons[3]!.in, false);
});

test('a deadline moves a site forward, and a floor for rural sites brings one in', async () => {
  const early = await planRegion({ ...village, mustHaves: [{ site: 'practice', by: 0 }] });
  assert.deepEqual([early.benefit, early.reasons[1]!.in], [22, true]);
  const floor = { name: 'rural', kind: 'amount', measure: 'rural', atLeast: 3 } as const;
  // The farm in the second year with nothing beside it: 16 and 3.
  const rural = await planRegion({ ...village, rules: [floor] });
  assert.deepEqual([rural.benefit, rural.status, rural.rules[0]!.reached], [19, 'proved', 3]);
});

test('a rule that cannot be kept is shown as missed, by how much', async () => {
  const rule = { name: 'four sites', kind: 'amount', measure: 'sites', atLeast: 4 } as const;
  const plan = await planRegion({ ...village, rules: [rule] });
  assert.equal(plan.status, 'unmet');
  assert.deepEqual(plan.rules, [{ name: 'four sites', reached: 3, needed: 4, met: false }]);
});

test('money that is left may be kept for later where the programme allows it', async () => {
  const task = { ...village, clusters: [line('tower', 20, 4)] };
  assert.equal((await planRegion(task)).benefit, 0);
  const later = await planRegion({ ...task, carryOver: true });
  assert.deepEqual([later.benefit, later.choices[0]!.year], [4, 1]);
});

test('a region without sites, and one without money, have plans that build nothing', async () => {
  const empty = await planRegion({ ...village, clusters: [] });
  assert.deepEqual([empty.status, empty.benefit, empty.choices], ['proved', 0, []]);
  const rule = { name: 'one site', kind: 'amount', measure: 'sites', atLeast: 1 } as const;
  assert.equal((await planRegion({ ...village, clusters: [], rules: [rule] })).status, 'unmet');
  const dear = village.clusters.map((one) => ({
    ...one,
    options: one.options.map((option) => ({ ...option, cost: option.cost * 1e6 })),
  }));
  for (const budget of [0, 1]) {
    const poor = await planRegion({ ...village, years: [{ budget }], clusters: dear });
    assert.deepEqual([poor.status, poor.benefit], ['proved', 0]);
  }
});

test('a thread of its own gives the same plan, and one that is stopped keeps the plan it was given', async () => {
  const { choices, benefit, bound } = await planRegion(village);
  const other = await planRegionInThread(village);
  assert.deepEqual([other.choices, other.benefit, other.bound], [choices, benefit, bound]);
  const early = await planRegionInThread(village, { start: choices, signal: AbortSignal.abort() });
  assert.equal(early.benefit, benefit);
});

test('numbers and sites that cannot be planned with are refused with their place', async () => {
  const refused = (task: RegionTask, message: RegExp) =>
    assert.rejects(planRegion(task), (error) => error instanceof Problem && message.test(error.message));
  await refused({ ...village, years: [] }, /at least one year/);
  await refused({ ...village, years: [{ budget: -1 }] }, /budget of year 1 is -1/);
  await refused({ ...village, clusters: [line('practice', -6, 5)] }, /cluster "practice" costs -6/);
  await refused({ ...village, mustHaves: [{ site: 'school', by: 0 }] }, /"school" is required/);
  await refused({ ...village, mustHaves: [{ site: 'farm', by: 2 }] }, /by year 3, which is not/);
});
