/** What each party may see of an order: a supplier its own and never what others quote, a practice what concerns its building. */

import { applied, opened } from './apply-deed.ts';
import { partyOf } from './decide.ts';
import { type Deed, type Order, type OrderEvent, quoteOf } from './order.ts';

/** Whoever looks at orders. */
export type Viewer =
  | { readonly kind: 'lead' }
  | { readonly kind: 'board' }
  | { readonly kind: 'supplier'; readonly provider: string }
  /** Runs these sites. */
  | { readonly kind: 'practice'; readonly sites: readonly string[] };

export interface SeenOrder extends Omit<Order, 'estimate'> {
  /** Absent: not theirs to know. */
  readonly estimate?: number;
  /** A supplier’s: another quote was chosen, so it ends here for them. */
  readonly lost: boolean;
}

export const maySee = (order: Order, viewer: Viewer): boolean => {
  if (viewer.kind === 'supplier') return order.invited.includes(viewer.provider);
  return viewer.kind !== 'practice' || viewer.sites.includes(order.site);
};

/** The order as they may see it; undefined: it is none of theirs. */
export function seenOrder(order: Order, viewer: Viewer): SeenOrder | undefined {
  if (!maySee(order, viewer)) return undefined;
  if (viewer.kind === 'lead' || viewer.kind === 'board') return { ...order, lost: false };
  const { estimate: _, plan: _plan, ...rest } = order;
  if (viewer.kind === 'practice') {
    const { chosen } = order;
    return {
      ...rest,
      reason: '',
      ...{
        lost: false,
        invited: chosen === undefined ? [] : [chosen],
        quotes: [],
        declined: [],
        invoices: [],
      },
      documents: order.documents.filter(
        ({ about, by }) => about !== 'quote' && (!by.provider || by.provider === chosen),
      ),
    };
  }
  const { provider } = viewer;
  const own = <T extends { readonly provider?: string }>(list: readonly T[]) =>
    list.filter((one) => one.provider === undefined || one.provider === provider);
  const party = partyOf(order, viewer);
  const mine = {
    ...{ invited: [provider], quotes: own(order.quotes), declined: own(order.declined) },
    reason: '',
  };
  if (party === undefined) {
    const lost: Order = {
      ...{ id: order.id, number: order.number, version: order.version, site: order.site, role: order.role },
      ...{ technology: order.technology, ordered: order.ordered, year: order.year, estimate: 0 },
      ...{
        state: order.state === 'cancelled' ? 'cancelled' : 'approve',
        opened: order.opened,
        changed: order.opened,
      },
      ...{ visits: [], spells: [], delays: [], invoices: [], failures: 0, ...mine },
      documents: order.documents.filter(({ by }) => by.provider === provider),
    };
    const { estimate: _none, ...shown } = lost;
    return { ...shown, lost: true };
  }
  // What a supplier that was chosen before did is not for those who are asked now.
  const { figures: _figures, blocked: _blocked, ...asked } = rest;
  const now = order.spells.filter(({ until }) => until === undefined);
  return {
    ...(party === 'chosen' ? rest : { ...asked, delays: [], failures: 0, spells: now, invoices: [] }),
    ...mine,
    lost: false,
    visits: own(order.visits),
    documents: order.documents.filter(
      ({ by, about }) => by.provider === provider || (by.provider === undefined && about !== 'quote'),
    ),
  };
}

/** Of an order’s history what they may see, with what is not theirs taken out of it. */
export function seenHistory(events: readonly OrderEvent[], viewer: Viewer): readonly OrderEvent[] {
  if (viewer.kind === 'lead' || viewer.kind === 'board') return events;
  const shown: OrderEvent[] = [];
  let order: Order | undefined;
  for (const event of events) {
    // As a party they were when it was done, or by it became.
    const before = order;
    order = order ? applied(order, event) : opened(event);
    const deed =
      viewer.kind === 'supplier'
        ? forSupplier(event, viewer.provider, before ?? order, order)
        : forPractice(event.deed);
    if (deed) shown.push({ ...event, deed });
  }
  return shown;
}

function forSupplier(event: OrderEvent, provider: string, before: Order, after: Order): Deed | undefined {
  const { by, deed } = event;
  if (by.provider === provider) return deed;
  if (by.provider !== undefined) return undefined;
  const was = partyOf(before, { provider });
  const is = partyOf(after, { provider });
  if (was === undefined && is === undefined) return undefined;
  switch (deed.kind) {
    case 'opened':
      return { ...deed, estimate: 0, reason: '', invited: [provider] };
    case 'invited':
    case 'declined':
      return deed.provider === provider ? deed : undefined;
    case 'quoted':
      return deed.quote.provider === provider ? deed : undefined;
    case 'chosen':
      return deed.provider === provider ? { ...deed, why: '' } : undefined;
    case 'approved':
      return { ...deed, note: '' };
    case 'surveyed':
      return deed.provider === undefined || deed.provider === provider ? deed : undefined;
    case 'agreed':
      return deed.provider === undefined || deed.provider === provider ? deed : undefined;
    case 'noted':
      return deed.shared ? deed : undefined;
    case 'sent-back':
      return was === 'chosen' ? deed : { ...deed, why: '' };
    case 'document':
      return deed.about === 'quote' ? undefined : deed;
    case 'benefit':
      return undefined;
    default:
      return deed;
  }
}

/** Without prices and what was weighed for and against. */
function forPractice(deed: Deed): Deed | undefined {
  switch (deed.kind) {
    case 'opened':
      return { ...deed, estimate: 0, reason: '', invited: [] };
    case 'invited':
    case 'declined':
    case 'quoted':
    case 'invoiced':
      return undefined;
    case 'chosen':
      return { ...deed, why: '' };
    case 'approved':
      return { ...deed, note: '' };
    case 'noted':
      return deed.shared ? deed : undefined;
    case 'document':
      return deed.about === 'quote' ? undefined : deed;
    default:
      return deed;
  }
}

/** Whose quote was chosen, where they may know it. */
export const chosenQuote = (order: Pick<Order, 'quotes' | 'chosen'>) => quoteOf(order as Order, order.chosen); // it looks at these two alone
