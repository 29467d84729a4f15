/** What an order changes in the register: its line ordered, live in place of the old one, or given up. */
import { localMoment } from '../../../web/dates.ts';
import type { Circuit, RegisterChange } from '../model.ts';
import { circuitOf, type Order, quoteOf, stages } from './order.ts';

/** The circuit that the order stands for now; undefined before it is approved. */
function lineOf(order: Order, known: Circuit | undefined): Circuit | undefined {
  const quote = quoteOf(order, order.chosen);
  if (!quote || order.approved === undefined) return known && { ...known, state: 'ceased' };
  const day = order.installed?.day;
  return {
    ...(known ?? { terminations: [] }),
    ...{ id: circuitOf(order), site: order.site, provider: quote.provider },
    ...{ technology: order.technology, role: order.role, sold: quote.speeds },
    // What acceptance measured it against; never more than was sold.
    guaranteed: {
      down: Math.min(order.ordered.down, quote.speeds.down),
      up: Math.min(order.ordered.up, quote.speeds.up),
    },
    ...{ contract: `Order ${order.number}`, monthly: quote.monthly },
    state: order.state === 'cancelled' ? 'ceased' : order.state === 'live' ? 'live' : 'ordered',
    ...(order.installed?.reference ? { reference: order.installed.reference } : {}),
    ...(order.state === 'live' && day !== undefined
      ? { installed: day, termEnds: monthsAfter(day, quote.termMonths) }
      : {}),
  };
}

/** `circuits`: those of the site. Nothing where the order does not touch the register. */
export function circuitChanges(
  before: Order,
  after: Order,
  circuits: readonly Circuit[],
): readonly RegisterChange[] {
  const known = circuits.find(({ id }) => id === circuitOf(after));
  const isTold =
    after.approved !== before.approved || after.state !== before.state || after.chosen !== before.chosen;
  const matters = after.approved !== undefined || before.approved !== undefined;
  if (!isTold || !matters) return [];
  // On its way from one work stage to the next nothing of the line changes.
  const stays =
    before.approved !== undefined &&
    after.approved !== undefined &&
    after.state !== 'cancelled' &&
    stages.indexOf(after.state) < stages.indexOf('live');
  if (stays && known) return [];
  const line = lineOf(after, known);
  if (!line) return [];
  const ended = after.live === undefined ? undefined : localMoment(after.live).key;
  const old =
    after.state === 'live'
      ? circuits.filter(({ id, role, state }) => id !== line.id && role === after.role && state === 'live')
      : [];
  return [
    { kind: 'circuit', circuit: line },
    ...old.map(
      (circuit): RegisterChange => ({
        kind: 'circuit',
        circuit: { ...circuit, state: 'ceased', ...(ended === undefined ? {} : { ceased: ended }) },
      }),
    ),
  ];
}

/** A day so many months on; the last of the month where it is shorter. */
export function monthsAfter(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}
