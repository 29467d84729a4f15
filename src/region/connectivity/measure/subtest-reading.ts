/** What the server saw of a test, as a reading: for clients that measure and tell us nothing. */
import type { Clock } from '../../../platform/clock.ts';
import type { LineAccess } from './line-access.ts';
import type { SubtestResult } from './ndt7-subtests.ts';
import type { LinePlansOf } from './plans.ts';
import type { ReadingStore } from './readings.ts';

export async function keepSubtest(
  {
    readings,
    plans,
    clock,
  }: { readonly readings: ReadingStore; readonly plans: LinePlansOf; readonly clock: Clock },
  { site, by, keep }: LineAccess,
  { test, uuid, ms, bytes, speed, idle, cutShort }: SubtestResult,
): Promise<void> {
  if (!keep || (speed === undefined && idle === undefined)) return;
  const { circuit } = await plans.siteOf(site);
  const now = clock.now();
  await readings.add([
    {
      ...{ id: uuid, site, started: now - ms, received: now, source: 'probe', by, bytes },
      ...(circuit ? { circuit: circuit.id } : {}),
      ...(speed === undefined ? {} : { [test === 'download' ? 'down' : 'up']: Number(speed.toPrecision(4)) }),
      ...(idle === undefined ? {} : { idle }),
      flags: cutShort ? ['cut-short'] : [],
    },
  ]);
}
