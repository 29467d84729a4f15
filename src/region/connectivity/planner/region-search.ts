import type { Column, Duals } from './region-columns.ts';
import {
  type allowances,
  fillOf,
  priceOf,
  type RegionChoice,
  type RegionRule,
  type RegionTask,
  type RegionTotals,
  totalsOf,
  worthOf,
} from './region-task.ts';

type Allowed = ReturnType<typeof allowances>;

/** Money that can still be spent in a year without taking it from what is spent already. */
interface Purse {
  readonly fits: (year: number, pounds: number) => boolean;
  readonly spend: (year: number, pounds: number) => void;
}

function openPurse({ years, carryOver }: RegionTask): Purse {
  const left = years.map((_, t) =>
    years.slice(carryOver ? 0 : t, t + 1).reduce((x, { budget }) => x + budget, 0),
  );
  const last = (year: number): number => (carryOver ? years.length - 1 : year);
  return {
    fits(year, pounds) {
      for (let t = year; t <= last(year); t++) if (pounds > left[t]!) return false;
      return true;
    },
    spend(year, pounds) {
      for (let t = year; t <= last(year); t++) left[t]! -= pounds;
    },
  };
}

const poundsOf = (task: RegionTask, { cluster, option, year }: Column): number =>
  task.clusters[cluster]!.options[option]!.cost * priceOf(task, year);

/** Worth of a column beyond the price of its money and with what it gives the rules. */
function net(task: RegionTask, duals: Duals, column: Column): number {
  const chosen = task.clusters[column.cluster]!.options[column.option]!;
  let worth = chosen.benefit * worthOf(task, column.year) - duals.year[column.year]! * poundsOf(task, column);
  for (const [r, rule] of task.rules.entries()) worth -= duals.rule[r]! * fillOf(rule, chosen, column.year);
  return worth;
}

/** A whole plan from some columns of it: what must be first, then the most worth beyond its price, as the money lasts. */
export function completeChoice(
  task: RegionTask,
  allowed: Allowed,
  duals: Duals,
  base: readonly Column[],
): RegionChoice[] {
  const purse = openPurse(task);
  const chosen = new Map<number, RegionChoice>();
  const put = (column: Column): boolean => {
    const pounds = poundsOf(task, column);
    if (chosen.has(column.cluster) || !purse.fits(column.year, pounds)) return false;
    purse.spend(column.year, pounds);
    chosen.set(column.cluster, column);
    return true;
  };
  for (const column of base) put(column);
  const columnsOf = (cluster: number): Column[] =>
    allowed[cluster]!.latest.flatMap((latest, option) =>
      Array.from({ length: latest + 1 }, (_, year) => ({ cluster, option, year })),
    );
  for (let cluster = 0; cluster < allowed.length; cluster++) {
    if (!allowed[cluster]!.must || chosen.has(cluster)) continue;
    const columns = columnsOf(cluster).sort(
      (x, y) => poundsOf(task, x) - poundsOf(task, y) || x.year - y.year,
    );
    columns.some(put);
  }
  const rest: { column: Column; worth: number }[] = [];
  for (let cluster = 0; cluster < allowed.length; cluster++) {
    if (chosen.has(cluster)) continue;
    for (const column of columnsOf(cluster)) {
      const worth = net(task, duals, column);
      if (task.clusters[cluster]!.options[column.option]!.benefit > 0 || worth > 0)
        rest.push({ column, worth });
    }
  }
  rest.sort((x, y) => y.worth - x.worth || x.column.cluster - y.column.cluster);
  for (const { column } of rest) put(column);
  return [...chosen.values()];
}

/** Exchanges the option or year of one cluster at a time while that makes the plan better. */
export function improveChoice(
  task: RegionTask,
  allowed: Allowed,
  duals: Duals,
  from: readonly RegionChoice[],
  value: (totals: RegionTotals, choices: readonly RegionChoice[]) => number,
  stop: () => boolean,
): RegionChoice[] {
  const chosen = new Map(from.map((choice) => [choice.cluster, choice]));
  let totals = totalsOf(task, from);
  let worth = value(totals, from);
  for (let pass = 0; pass < 8; pass++) {
    let better = false;
    for (let cluster = 0; cluster < allowed.length && !stop(); cluster++) {
      const now = chosen.get(cluster);
      const others = [...chosen.values()].filter((choice) => choice.cluster !== cluster);
      const purse = openPurse(task);
      for (const choice of others) purse.spend(choice.year, poundsOf(task, choice));
      const missed = task.rules.filter((_, r) => !totals.rules[r]!.met);
      /** More benefit, or more for a rule that is missed. */
      const helps = (column: Column): boolean => {
        if (missed.length === 0) return benefitOf(task, column) > (now ? benefitOf(task, now) : 0);
        const fill = (rule: RegionRule, { option, year }: Column): number =>
          fillOf(rule, task.clusters[cluster]!.options[option]!, year);
        return missed.some((rule) => fill(rule, column) > (now ? fill(rule, now) : 0));
      };
      const candidates = allowed[cluster]!.latest.flatMap((latest, option) =>
        Array.from({ length: latest + 1 }, (_, year) => ({ cluster, option, year })).filter(
          (column) => helps(column) && purse.fits(column.year, poundsOf(task, column)),
        ),
      );
      candidates.sort((x, y) => net(task, duals, y) - net(task, duals, x));
      for (const column of candidates.slice(0, task.rules.length > 0 ? 4 : 1)) {
        const trial = [...others, column];
        const sums = totalsOf(task, trial);
        const then = value(sums, trial);
        if (then <= worth) continue;
        chosen.set(cluster, column);
        worth = then;
        totals = sums;
        better = true;
        break;
      }
    }
    if (!better) break;
  }
  return [...chosen.values()];
}

const benefitOf = (task: RegionTask, { cluster, option, year }: Column): number =>
  task.clusters[cluster]!.options[option]!.benefit * worthOf(task, year);
