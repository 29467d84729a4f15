/** From order to a line that was measured and taken over: orders, progress, spending, the board's report. */
import { fileURLToPath } from 'node:url';
import { rolesThatMay } from '../../../access/roles.ts';
import type { Region } from '../../../demo/model.ts';
import { formatShortDate, localMoment } from '../../../web/dates.ts';
import type { Room } from '../../../web/room.ts';
import { technologyNames } from '../model.ts';
import type { SectionOf } from '../register/parts.ts';
import { boardPages } from './board-pages.ts';
import { demonstrateOrders } from './demonstrate.ts';
import { milestonePages } from './milestone-pages.ts';
import { newOrderPages } from './new-order-pages.ts';
import { orderPages } from './order-pages.ts';
import { openOrders } from './orders.ts';
import { reportPages } from './report-pages.ts';
import { seenOrder } from './seen-order.ts';
import { nextOf, stateName, tagsOf } from './shown-order.ts';
import { keepTakingBenefit } from './take-benefit.ts';
import { type DeliveryNeeds, type DeliveryParts, visitorOf } from './who.ts';

export type { DeliveryNeeds } from './who.ts';

export interface LineDelivery extends Room {
  /** A programme half delivered, for the sites, lines and agreed plan that the demonstration has by then. */
  readonly demonstrate: (region: Region) => Promise<unknown>;
}

/** Among the sections of a site: after its plan. */
const sectionOrder = 70;

export function openDelivery(needs: DeliveryNeeds): LineDelivery {
  const { shell } = needs;
  const parts: DeliveryParts = { ...needs, orders: openOrders(needs) };
  shell.addViews('line-delivery', fileURLToPath(new URL('./views', import.meta.url)));
  shell.addNavigation({
    ...{ href: '/lines/orders', text: 'Line orders' },
    about: 'See what is ordered, what you have to do, and what was measured.',
    roles: rolesThatMay('supply-lines'),
  });
  shell.addNavigation({
    ...{ href: '/lines/orders', text: 'Orders of lines', place: 'more' },
    about: 'Follow each new line from survey to a measured go-live.',
    roles: [...rolesThatMay('see-lines'), ...rolesThatMay('see-own-lines')],
  });
  shell.addNavigation({
    ...{ href: '/lines/report', text: 'Fibre report' },
    about: 'Read progress, spending, forecast and the worst lines.',
    roles: rolesThatMay('see-lines'),
  });
  needs.addSection(sectionOrder, ordersSection(parts));
  const benefit = keepTakingBenefit(parts);
  return {
    register: (app) => {
      boardPages(app, parts);
      newOrderPages(app, parts);
      milestonePages(app, parts);
      reportPages(app, parts);
      orderPages(app, parts);
    },
    demonstrate: (region) => demonstrateOrders(parts, region),
    close: benefit.close,
  };
}

const ordersSection =
  (parts: DeliveryParts): SectionOf =>
  async ({ site, request, manages }) => {
    const { viewer } = await visitorOf(parts, request);
    const all = await parts.orders.all({ sites: [site.id] });
    const today = localMoment(parts.clock.now()).key;
    const orders = all.toReversed().flatMap((order) => seenOrder(order, viewer) ?? []);
    if (orders.length === 0 && !manages) return undefined;
    return {
      ...{ id: 'orders', title: 'Orders', template: 'line-delivery/site-section.njk' },
      data: {
        orders: orders.map((order) => ({
          ...{
            href: `/lines/orders/${order.id}`,
            number: order.number,
            line: technologyNames[order.technology],
          },
          ...{ state: stateName(order), tags: tagsOf(order, today), next: nextOf(order) },
          due: order.due === undefined || order.state === 'live' ? undefined : formatShortDate(order.due),
        })),
        order: manages ? `/lines/orders/new?site=${encodeURIComponent(site.id)}` : undefined,
      },
    };
  };
