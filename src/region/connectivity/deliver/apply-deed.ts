/** What an order is after a deed: the one place that says what each deed changes. */
import { addDays, startOfDay } from '../../../web/dates.ts';
import type { Deed, Order, OrderEvent, OrderState, Spell, WorkStage } from './order.ts';
import { workStages } from './order.ts';

const isWork = (state: OrderState): state is WorkStage => workStages.some((stage) => stage === state);

/** Ends the spell that runs and begins the next. */
const moved = (order: Order, to: OrderState, at: number): Pick<Order, 'state' | 'spells'> => ({
  state: to,
  spells: [
    ...order.spells.map((spell): Spell => (spell.until === undefined ? { ...spell, until: at } : spell)),
    ...(isWork(to) ? [{ stage: to, from: at }] : []),
  ],
});

const without = <K extends keyof Order>(order: Order, ...keys: readonly K[]): Order =>
  Object.fromEntries(Object.entries(order).filter(([key]) => !keys.some((one) => one === key))) as Order; // callers take away what may be absent

/** The order as its first event makes it. */
export function opened({ order, at, version, deed }: OrderEvent): Order {
  if (deed.kind !== 'opened') throw new TypeError('An order begins when it is opened.');
  const { kind: _, ...of } = deed;
  return {
    ...{ id: order, version, ...of, state: 'survey', spells: [{ stage: 'survey', from: at }] },
    ...{ opened: at, changed: at, failures: 0 },
    ...{ declined: [], quotes: [], visits: [], delays: [], documents: [], invoices: [] },
  };
}

/** The order after one more event. Deeds that do not fit were refused before (decide.ts). */
export function applied(order: Order, event: OrderEvent): Order {
  const { at, by, deed, version } = event;
  return { ...after(order, deed, at, by), version, changed: at };
}

function after(order: Order, deed: Deed, at: number, by: OrderEvent['by']): Order {
  switch (deed.kind) {
    case 'opened':
      throw new TypeError('An order is opened once.');
    case 'invited':
      return {
        ...order,
        invited: [...new Set([...order.invited, deed.provider])],
        declined: order.declined.filter(({ provider }) => provider !== deed.provider),
      };
    case 'declined':
      return {
        ...order,
        declined: [...order.declined, { provider: deed.provider, why: deed.why }],
        quotes: order.quotes.filter(({ provider }) => provider !== deed.provider),
      };
    case 'surveyed':
      return {
        ...order,
        visits: order.visits.filter(
          ({ provider }) => deed.provider !== undefined && provider !== deed.provider,
        ),
        ...(order.state === 'survey' ? moved(order, 'quote', at) : {}),
      };
    case 'quoted':
      return {
        ...order,
        declined: order.declined.filter(({ provider }) => provider !== deed.quote.provider),
        quotes: [
          ...order.quotes.filter(({ provider }) => provider !== deed.quote.provider),
          { ...deed.quote, at, by },
        ],
      };
    case 'chosen':
      return { ...order, chosen: deed.provider, ...moved(order, 'approve', at) };
    case 'approved':
      return {
        ...order,
        ...{ approved: at, due: deed.due, promised: deed.due },
        ...moved(order, 'wayleave', at),
      };
    case 'wayleave':
      return { ...visited(order), ...moved(order, 'build', at) };
    case 'built':
      return { ...visited(order), ...moved(order, 'install', at) };
    case 'installed':
      return {
        ...visited(order),
        installed: {
          day: deed.day,
          reference: deed.reference,
          // Tests of the day itself may be of the old line, unless they were made after someone said that it is done.
          from: Math.min(at, startOfDay(addDays(deed.day, 1))),
        },
        ...(deed.before && !order.before ? { before: deed.before } : {}),
        ...moved(order, 'acceptance', at),
      };
    case 'accepted':
      return { ...order, figures: deed.figures, live: at, ...moved(order, 'live', at) };
    case 'failed':
      return {
        ...without(order, 'installed'),
        ...{ figures: deed.figures, failures: order.failures + 1 },
        ...moved(order, 'install', at),
      };
    case 'sent-back':
      return sentBack(order, deed.to, at);
    case 'proposed': {
      const { provider } = by;
      const visit = {
        ...{ day: deed.day, note: deed.note, agreed: provider === undefined },
        ...(provider === undefined ? {} : { provider }),
      };
      return {
        ...order,
        visits: [...order.visits.filter((one) => one.provider !== provider), visit],
      };
    }
    case 'agreed':
      return {
        ...order,
        visits: order.visits.map((visit) =>
          visit.provider === deed.provider ? { ...visit, agreed: true } : visit,
        ),
      };
    case 'delayed': {
      const { due, cause, why } = deed;
      return { ...order, due, delays: [...order.delays, { at, due, cause, why }] };
    }
    case 'blocked':
      return { ...order, blocked: { since: at, cause: deed.cause, why: deed.why, by } };
    case 'unblocked':
      return without(order, 'blocked');
    case 'cancelled':
      return { ...visited(without(order, 'blocked')), ...moved(order, 'cancelled', at) };
    case 'document': {
      const { kind: _, ...document } = deed;
      return { ...order, documents: [...order.documents, { ...document, at, by }] };
    }
    case 'noted':
      return order;
    case 'invoiced': {
      const { kind: _, ...invoice } = deed;
      return { ...order, invoices: [...order.invoices, invoice] };
    }
    case 'benefit':
      return { ...order, after: deed.after };
  }
}

/** The visits that the stage waited for are over. */
const visited = (order: Order): Order => ({ ...order, visits: [] });

/** Choices made in a stage that is left behind fall with it; what was quoted stays. */
function sentBack(order: Order, to: WorkStage, at: number): Order {
  const index = workStages.indexOf(to);
  const fallen: (keyof Order)[] = [];
  if (index <= workStages.indexOf('install')) fallen.push('installed');
  if (index <= workStages.indexOf('approve')) fallen.push('approved', 'due', 'promised');
  if (index <= workStages.indexOf('quote')) fallen.push('chosen');
  return { ...visited(without(order, ...fallen)), ...moved(order, to, at) };
}

/** The order that events make, in their order. Throws where there is none. */
export function orderFrom(events: readonly OrderEvent[]): Order {
  const [first, ...rest] = events;
  if (!first) throw new TypeError('An order has at least the event that opened it.');
  return rest.reduce(applied, opened(first));
}
