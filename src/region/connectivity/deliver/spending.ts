/** Spending against the budget of each year: what is approved, what is invoiced, what is still to be decided. */
import { invoiced, isOpen, type Order, oneOff } from './order.ts';

export interface YearSpending {
  readonly year: number;
  /** Undefined: no budget is known. */
  readonly budget: number | undefined;
  /** Of orders that were approved, and of cancelled ones what was invoiced. */
  readonly committed: number;
  readonly invoiced: number;
  /** Estimates of orders not approved yet. */
  readonly waiting: number;
  /** Of sites in the plan that are not ordered yet. */
  readonly planned: number;
}

export const left = ({
  budget,
  committed,
}: Pick<YearSpending, 'budget' | 'committed'>): number | undefined =>
  budget === undefined ? undefined : budget - committed;

/** By year, the first first. One-off costs; what a line costs by the month is not of the programme’s budget. */
export function spendingOf(
  orders: readonly Order[],
  budgets: readonly { readonly year: number; readonly pounds: number }[],
  notOrdered: readonly { readonly year: number; readonly cost: number }[] = [],
): readonly YearSpending[] {
  const years = new Set([...budgets, ...orders, ...notOrdered].map(({ year }) => year));
  return [...years]
    .sort((a, b) => a - b)
    .map((year) => {
      const own = orders.filter((order) => order.year === year);
      const sum = (list: readonly Order[], of: (order: Order) => number) =>
        list.reduce((total, order) => total + of(order), 0);
      const stands = own.filter(({ state, approved }) => state !== 'cancelled' && approved !== undefined);
      const dropped = own.filter(({ state }) => state === 'cancelled');
      return {
        year,
        budget: budgets.find((one) => one.year === year)?.pounds,
        // More may be invoiced than was quoted.
        committed: sum(stands, (order) => Math.max(oneOff(order), invoiced(order))) + sum(dropped, invoiced),
        invoiced: sum(own, invoiced),
        waiting: sum(
          own.filter((order) => isOpen(order) && order.approved === undefined),
          oneOff,
        ),
        planned: notOrdered.reduce((total, site) => total + (site.year === year ? site.cost : 0), 0),
      };
    });
}
