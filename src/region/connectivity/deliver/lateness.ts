/** How late an order is. */
import { startOfDay } from '../../../web/dates.ts';
import type { Order } from './order.ts';

/** Days an order is behind what was promised; 0 where it is not, or nothing was promised. */
export function daysLate(order: Pick<Order, 'due' | 'promised' | 'state' | 'live'>, today: string): number {
  const { due, promised } = order;
  if (promised === undefined || due === undefined) return 0;
  const stands = order.state !== 'live' && due < today ? today : due;
  return Math.max(0, Math.round((startOfDay(stands) - startOfDay(promised)) / 86_400_000));
}
