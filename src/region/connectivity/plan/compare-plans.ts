/** What differs between two plans: totals, and sites that come in, go out, or move. */
import type { OutcomeSite } from './outcome.ts';
import type { Scenario } from './scenario-store.ts';

export interface SiteChange {
  readonly site: string;
  readonly name: string;
  readonly kind: 'in' | 'out' | 'year' | 'line';
  readonly before: OutcomeSite['plan'];
  readonly after: OutcomeSite['plan'];
  readonly reason: string;
}

export interface Comparison {
  readonly changes: readonly SiteChange[];
  readonly same: number;
}

/** From an old plan to a new one. Sites that one of them does not know count as left out of it. */
export function comparePlans(before: readonly OutcomeSite[], after: readonly OutcomeSite[]): Comparison {
  const old = new Map(before.map((row) => [row.site, row]));
  const now = new Map(after.map((row) => [row.site, row]));
  const changes: SiteChange[] = [];
  let same = 0;
  for (const site of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(site), now.get(site)];
    const [x, y] = [was?.plan, is?.plan];
    const kind =
      x && !y
        ? 'out'
        : !x && y
          ? 'in'
          : x && y && x.year !== y.year
            ? 'year'
            : x?.technology !== y?.technology
              ? 'line'
              : undefined;
    if (!kind) {
      if (x) same += 1;
      continue;
    }
    const { name = site, reason = '' } = is ?? was ?? {};
    changes.push({ site, name, kind, before: x, after: y, reason });
  }
  const order = { in: 0, out: 1, year: 2, line: 3 };
  changes.sort((x, y) => order[x.kind] - order[y.kind] || (x.name < y.name ? -1 : 1));
  return { changes, same };
}

/** What was asked otherwise, in words. */
export function askedOtherwise(before: Scenario, after: Scenario): string[] {
  const [x, y] = [before.parameters, after.parameters];
  const keys = [...new Set([...Object.keys(x), ...Object.keys(y)])] as (keyof typeof x)[];
  const names: Partial<Record<keyof typeof x, string>> = {
    ...{
      firstYear: 'First year',
      budgets: 'Budgets',
      carryOver: 'Money left over',
      inflation: 'Rise in prices',
    },
    ...{ rentalYears: 'Years of rental', weights: 'Weights', technologies: 'Kinds of line' },
    ...{ programmes: 'Programmes', ruralFloor: 'Floor for rural sites', fibreTarget: 'Share on full fibre' },
    ...{
      copperBy: 'Last year of copper',
      lock: 'Sites that must be in',
      bar: 'Sites left out',
      noMobile: 'Sites without 4G or 5G',
      prices: 'Prices',
    },
    ...{
      suppliers: 'Suppliers’ prices',
      kinds: 'Kinds of site',
      roads: 'Roads',
      linesOn: 'Day of the lines',
    },
    ...{ mostTogether: 'Sites on one trench', gap: 'Good enough', seconds: 'Longest time' },
  };
  return keys
    .filter((key) => JSON.stringify(x[key]) !== JSON.stringify(y[key]))
    .map((key) => names[key] ?? String(key));
}
