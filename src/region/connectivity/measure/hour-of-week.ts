/** Hours of the week in UK time: 0 is Monday from midnight to 1. */
import { localMoment } from '../../../web/dates.ts';

const hour = 3_600_000;
export const hoursOfWeek = 168;
/** UK time differs from UTC by whole hours, so one answer holds for an hour. */
const known = new Map<number, number>();

export function hourOfWeek(ms: number): number {
  const start = Math.floor(ms / hour);
  let found = known.get(start);
  if (found === undefined) {
    const local = localMoment(ms);
    const day = (new Date(`${local.key}T12:00:00Z`).getUTCDay() + 6) % 7;
    found = day * 24 + local.hour;
    if (known.size > 50_000) known.clear();
    known.set(start, found);
  }
  return found;
}
