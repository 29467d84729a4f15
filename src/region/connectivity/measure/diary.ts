/** Whether somebody is being seen at a site now, by the record: so that no test takes the line from under a consultation. */
import type { Appointment, Encounter } from '@medplum/fhirtypes';
import type { Actor } from '../../../record/actor.ts';
import { type CareRecord, resourceOf } from '../../../record/care-record.ts';
import type { Diary } from './test-times.ts';

const day = 24 * 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();

export async function diaryOf(record: CareRecord, actor: Actor, site: string, now: number): Promise<Diary> {
  const place = `Location/${encodeURIComponent(site)}`;
  const visits = await record.search(
    actor,
    'Encounter',
    `location=${place}&status=in-progress&date=ge${iso(now - day)}&_count=5`,
  );
  if (visits.matches.some((one) => resourceOf<Encounter>(one).period?.end === undefined)) return 'busy';
  const near = await record.search(
    actor,
    'Appointment',
    `location=${place}&date=ge${iso(now - day / 6)}&date=le${iso(now + 60_000)}&_count=200`,
  );
  const isTaken = near.matches.some((stored) => {
    const { start, end, status } = resourceOf<Appointment>(stored);
    if (status === 'cancelled' || status === 'noshow' || status === 'entered-in-error' || !start)
      return false;
    const until = end === undefined ? Date.parse(start) + day / 96 : Date.parse(end);
    // A test takes half a minute: one that is about to begin counts.
    return Date.parse(start) <= now + 60_000 && until > now;
  });
  if (isTaken) return 'busy';
  if (near.matches.length > 0) return 'free';
  const known = await record.search(
    actor,
    'Appointment',
    `location=${place}&date=ge${iso(now - 7 * day)}&_count=1`,
  );
  return known.matches.length > 0 ? 'free' : 'unknown';
}
