/** Quotes of several suppliers side by side: what each costs over five years, when it comes, what is promised of it. */
import type { Order, Quote } from './order.ts';

/** All quotes are compared over the same time, whatever their terms. */
export const comparedMonths = 60;

export interface ComparedQuote {
  readonly quote: Order['quotes'][number];
  /** Pounds over `comparedMonths`. */
  readonly total: number;
  /** It promises the speeds that were asked for. */
  readonly isEnough: boolean;
  readonly cheapest: boolean;
  readonly soonest: boolean;
  /** The best service level: the shortest time to mend, then the most time up. */
  readonly steadiest: boolean;
}

export const totalOf = ({ install, monthly }: Quote): number => install + monthly * comparedMonths;

/** Cheapest first of those that are enough, then the others. The best is told among those that are enough. */
export function compareQuotes({
  quotes,
  ordered,
}: Pick<Order, 'quotes' | 'ordered'>): readonly ComparedQuote[] {
  const enough = (quote: Quote) => quote.speeds.down >= ordered.down && quote.speeds.up >= ordered.up;
  const fair = quotes.filter(enough);
  const least = (of: (quote: Quote) => number) => Math.min(...fair.map(of));
  const [cheapest, soonest] = [least(totalOf), least(({ days }) => days)];
  const service = ({ fixHours, availability }: Quote) => fixHours - availability; // a part of an hour decides between equals
  const steadiest = least(service);
  return quotes
    .map((quote) => {
      const isEnough = enough(quote);
      return {
        ...{ quote, total: totalOf(quote), isEnough },
        cheapest: isEnough && totalOf(quote) === cheapest,
        soonest: isEnough && quote.days === soonest,
        steadiest: isEnough && service(quote) === steadiest,
      };
    })
    .sort((a, b) => Number(b.isEnough) - Number(a.isEnough) || a.total - b.total);
}
