/** The acceptance of an order as its line measures now, and what care the line carries at this moment. */
import { countedReadings, judge } from './acceptance.ts';
import { snapshotOf } from './benefit.ts';
import { type Acceptance, type CareSnapshot, circuitOf, type Order } from './order.ts';
import type { DeliveryNeeds } from './who.ts';

/** More than any test of a line in the time that acceptance takes. */
const mostReadings = 5000;

/** Undefined: nothing has been installed. */
export async function acceptanceOf(
  { readings, register }: Pick<DeliveryNeeds, 'readings' | 'register'>,
  order: Pick<Order, 'number' | 'circuit' | 'site' | 'ordered' | 'installed'>,
): Promise<Acceptance | undefined> {
  if (!order.installed) return undefined;
  const { from } = order.installed;
  const [all, site] = await Promise.all([
    readings.of(order.site, { from, most: mostReadings }),
    register.site(order.site),
  ]);
  return judge(countedReadings(all, from, circuitOf(order)), order.ordered, { from, open: site?.open ?? [] });
}

/** Undefined: the site is not known. */
export async function careNow(
  { capability, register, clock }: Pick<DeliveryNeeds, 'capability' | 'register' | 'clock'>,
  siteId: string,
): Promise<CareSnapshot | undefined> {
  const at = clock.now();
  const site = await register.site(siteId);
  if (!site) return undefined;
  const [now, held] = await Promise.all([
    capability.siteCapability(siteId, at),
    capability.heldBack([siteId]),
  ]);
  return snapshotOf(at, now, held.get(siteId), site.activity);
}
