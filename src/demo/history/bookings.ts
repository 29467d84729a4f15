/** What is booked: reviews at the practice, and clinics for those who wait. */
import type { Random } from '../../platform/random.ts';
import { dayMs } from '../build.ts';
import { conditionKind } from '../codes/conditions.ts';
import type { Booking, Life, Region } from '../model.ts';
import { dayText, workingDay } from './span.ts';
import { doctorOn, nurseOn, siteOf } from './workplaces.ts';

/** Soonest first; none for those who died. */
export function bookingsOf(
  { person, problems, referrals }: Pick<Life, 'person' | 'problems' | 'referrals'>,
  region: Region,
  random: Random,
): readonly Booking[] {
  if (person.died !== undefined) return [];
  const found: Omit<Booking, 'id'>[] = [];
  const slot = (low: number, high: number): string => {
    const day = workingDay(region.now + random.between(low, high) * dayMs);
    return new Date(day + (8 * 60 + 30 + 10 * random.whole(0, 50)) * 60_000).toISOString();
  };
  const booked = (): string => dayText(region.now - random.whole(1, 25) * dayMs);
  const lasting = problems.filter(({ key, ended }) => !ended && conditionKind(key).course === 'long');
  const first = lasting.find(({ key }) => conditionKind(key).major);
  const nurse = nurseOn(person, region, dayText(region.now), random);
  if (first && nurse && random.chance(0.35))
    found.push({
      ...{ kind: 'nurse', start: slot(2, 70), minutes: 20, booked: booked(), problem: first.key },
      ...{ reason: conditionKind(first.key).visit, worker: nurse, site: siteOf(region, nurse) },
    });
  const doctor = doctorOn(person, region, dayText(region.now), random);
  if (doctor && random.chance(0.09 + 0.03 * Math.min(6, lasting.length))) {
    const kind = random.weighted<Booking['kind']>([
      ['gp-face-to-face', 66],
      ['gp-telephone', 28],
      ['gp-video', 6],
    ]);
    found.push({
      ...{ kind, start: slot(1, 24), minutes: 10, booked: booked(), reason: 'Appointment with a doctor' },
      ...{ worker: doctor, site: siteOf(region, doctor) },
    });
  }
  for (const { id, problem, asked, seen, to } of referrals ?? []) {
    const waiting = region.now - Date.parse(asked);
    if (seen !== undefined || waiting > 500 * dayMs || !random.chance(0.7)) continue;
    found.push({
      ...{
        kind: 'outpatient',
        start: slot(4, 120),
        minutes: 30,
        booked: dayText(region.now - Math.min(waiting, random.whole(0, 20) * dayMs)),
      },
      ...{
        problem,
        reason: conditionKind(problem).visit,
        worker: to,
        site: siteOf(region, to),
        referral: id,
      },
    });
  }
  return found
    .toSorted((a, b) => (a.start < b.start ? -1 : 1))
    .map((one, i) => ({ ...one, id: `${person.id}-booking-${i + 1}` }));
}
