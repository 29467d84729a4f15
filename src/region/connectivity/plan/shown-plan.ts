/** A scenario and its result as its pages read: what it asks, what came of it, what differs from another. */
import { comparePlans } from './compare-plans.ts';
import { gapWords, percent, pounds, signed, technologyName, whole } from './page-parts.ts';
import { priceBook, pricesWith } from './price-book.ts';
import { programmes } from './programmes.ts';
import type { ScenarioParameters } from './scenario.ts';
import type { Scenario } from './scenario-store.ts';

const spendOf = ({ summary }: Scenario): number =>
  summary?.years.reduce((sum, { spend }) => sum + spend, 0) ?? 0;

export function differences(before: Scenario, after: Scenario) {
  const [x, y] = [before.summary, after.summary];
  if (!x || !y) return [];
  const row = (name: string, was: number, is: number, words: (n: number) => string) => ({
    ...{ name, before: words(was), after: words(is), change: signed(is - was, words) },
  });
  return [
    row('Benefit, weighted consultations', x.benefit, y.benefit, whole),
    row('Spent', spendOf(before), spendOf(after), pounds),
    row('Sites in the plan', x.planned, y.planned, whole),
    row('Rural sites in the plan', x.rural, y.rural, whole),
    row('Trench, km', x.metres / 1000, y.metres / 1000, (n) => String(Math.round(n * 10) / 10)),
    row('Left on copper at the end', x.years.at(-1)?.onCopper ?? 0, y.years.at(-1)?.onCopper ?? 0, whole),
    row('On full fibre at the end', x.years.at(-1)?.onFibre ?? 0, y.years.at(-1)?.onFibre ?? 0, whole),
    { name: 'May be from the best by', before: gapOf(x), after: gapOf(y), change: '' },
  ];
}

/** Where a rule is missed there is no best plan to measure it against. */
const gapOf = ({ status, gap }: NonNullable<Scenario['summary']>): string =>
  status === 'unmet' ? 'A rule is missed' : percent(gap);

const mostChanges = 100;

export function changesOf(
  before: Parameters<typeof comparePlans>[0],
  after: Parameters<typeof comparePlans>[0],
) {
  const { changes, same } = comparePlans(before, after);
  const words = (plan: (typeof changes)[number]['before']): string =>
    plan ? `${plan.year}, ${technologyName(plan.technology)}, ${pounds(plan.cost)}` : 'Not in the plan';
  const titles = { in: 'Comes in', out: 'Goes out', year: 'Moves', line: 'Other line' };
  return {
    ...{ same, more: Math.max(0, changes.length - mostChanges) },
    changes: changes.slice(0, mostChanges).map(({ site, name, kind, before: was, after: is, reason }) => ({
      ...{
        name,
        href: `/lines/sites/${site}`,
        what: titles[kind],
        before: words(was),
        after: words(is),
        reason,
      },
    })),
  };
}

/** What a scenario asks, as rows to read. */
export function asksOf(parameters: ScenarioParameters, names: ReadonlyMap<string, string>) {
  const { budgets, firstYear, fibreTarget, copperBy, ruralFloor, lock, bar, noMobile, weights } = parameters;
  const usual = pricesWith();
  const changed = priceBook.filter(({ key }) => (parameters.prices[key] ?? usual[key]) !== usual[key]);
  const called = (id: string): string => names.get(id) ?? id;
  return [
    {
      key: 'Budgets',
      value: budgets.map((money, t) => `${firstYear + t}: ${pounds(money)}`).join(', '),
      note: parameters.carryOver ? 'What is left may be spent later.' : 'What is left in a year is lost.',
    },
    {
      key: 'Rules',
      value:
        [
          ...(fibreTarget
            ? [`${fibreTarget.percent}% of sites on full fibre by the end of ${fibreTarget.by}`]
            : []),
          ...(copperBy === undefined ? [] : [`No site on copper after ${copperBy}`]),
          ...(ruralFloor > 0 ? [`At least ${ruralFloor}% of rural sites without it get full fibre`] : []),
        ].join('. ') || 'None',
    },
    {
      key: 'Programmes',
      value:
        programmes
          .filter(({ key }) => parameters.programmes.includes(key))
          .map(({ name }) => name)
          .join('. ') || 'None',
    },
    { key: 'Lines', value: parameters.technologies.map(technologyName).join(', ') },
    ...(lock.length > 0
      ? [
          {
            key: 'Must be in',
            value: lock.map(({ site, by }) => `${called(site)}${by ? ` by ${by}` : ''}`).join(', '),
          },
        ]
      : []),
    ...(bar.length > 0 ? [{ key: 'Left out', value: bar.map(called).join(', ') }] : []),
    ...(parameters.technologies.includes('mobile')
      ? [
          {
            key: '4G and 5G',
            value:
              noMobile.length > 0
                ? `Not at ${noMobile.map(called).join(', ')}; taken to reach all other sites`
                : 'Taken to reach all sites',
          },
        ]
      : []),
    {
      key: 'Weights',
      value: `care ${weights.care}, patients ${weights.patients}, deprivation ${weights.deprivation}, rurality ${weights.rurality}`,
    },
    ...(changed.length > 0
      ? [
          {
            key: 'Prices changed',
            value: changed
              .map(({ key, name }) => `${name}: ${pounds(parameters.prices[key] ?? 0)}`)
              .join('. '),
          },
        ]
      : []),
    ...(parameters.suppliers.length > 0
      ? [
          {
            key: 'Suppliers',
            value: parameters.suppliers
              .map(
                ({ supplier, technology, percent: part }) =>
                  `${supplier}: ${technologyName(technology)} at ${part}% of the price`,
              )
              .join('. '),
          },
        ]
      : []),
    ...(parameters.linesOn ? [{ key: 'Lines as on', value: parameters.linesOn }] : []),
  ];
}

/** A result as the page shows it. */
export function resultOf({ summary, parameters }: Scenario) {
  if (!summary) return undefined;
  const left = Object.entries(summary.leftOut).map(
    ([why, count]) => `${whole(count)} ${leftWords[why] ?? why}`,
  );
  return {
    ...{ gap: gapWords(summary), benefit: whole(summary.benefit), bound: whole(summary.bound) },
    unmet: summary.status === 'unmet',
    rules: summary.rules.map(({ name, reached, needed, met }) => ({
      ...{ name, met, reached: whole(reached), needed: whole(Math.ceil(needed - 1e-9)) },
    })),
    years: summary.years.map((year) => ({
      ...{
        year: year.year,
        budget: pounds(year.budget),
        spend: pounds(year.spend),
        sites: whole(year.sites),
      },
      ...{ onFibre: percent(year.onFibre / Math.max(1, summary.sites)), onCopper: whole(year.onCopper) },
    })),
    spend: pounds(summary.years.reduce((sum, { spend }) => sum + spend, 0)),
    ...{ sites: whole(summary.sites), planned: whole(summary.planned), rural: whole(summary.rural) },
    ...{ kilometres: (summary.metres / 1000).toFixed(1), paid: pounds(summary.paidByProgrammes) },
    ...{ roads: summary.roads, groups: whole(summary.groups), large: summary.largeGroups },
    seconds: summary.seconds.toFixed(1),
    assumed: summary.assumedLines > 0 ? whole(summary.assumedLines) : undefined,
    estimated: summary.estimated > 0 ? whole(summary.estimated) : undefined,
    left,
    straight: parameters.roads === 'none' ? parameters.detour : undefined,
  };
}

const leftWords: Readonly<Record<string, string>> = {
  'full fibre already': 'are on full fibre already',
  barred: 'are left out by this scenario',
  'no place': 'have no place in the register',
  'line not known': 'have no line in the register',
};
