/** After 90 days of a new line, what care it carries is taken down beside what the old one carried. */
import { benefitDue } from './benefit.ts';
import { derivedKey } from './derived-key.ts';
import { careNow } from './measured-acceptance.ts';
import type { Doer } from './order.ts';
import type { DeliveryParts } from './who.ts';

const every = 3_600_000;
const server: Doer = { id: 'Device/throughline', name: 'Throughline' };

/** Takes what is due now. Answers of how many orders. Done twice at once, it is there once. */
export async function takeBenefit(parts: DeliveryParts): Promise<number> {
  const { orders, clock } = parts;
  const now = clock.now();
  const due = (await orders.all()).filter((order) => (benefitDue(order) ?? Number.POSITIVE_INFINITY) <= now);
  let taken = 0;
  for (const order of due) {
    const after = await careNow(parts, order.site);
    // A line that nobody measures says nothing yet: asked again later.
    if (!after || after.video === 'unknown') continue;
    const key = derivedKey(order.id, 'benefit');
    await orders.act(order.id, {
      ...{ version: order.version, key, by: server },
      deed: { kind: 'benefit', after },
    });
    taken += 1;
  }
  return taken;
}

export function keepTakingBenefit(parts: DeliveryParts): { readonly close: () => Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    running = takeBenefit(parts).catch((error: unknown) =>
      parts.log.warn({ err: error }, 'the benefit of new lines could not be taken down'),
    );
  }, every);
  timer.unref();
  return {
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
