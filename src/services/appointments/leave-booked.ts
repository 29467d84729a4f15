/** What is booked within leave or a closed time: it stays booked until someone moves it. */
import type { Appointment } from '@medplum/fhirtypes';
import { whenWords } from './choose-time.ts';
import { contactOf, peopleOf } from './day-list.ts';
import { readAppointment } from './diary-resources.ts';
import type { Parts } from './needs.ts';
import { momentOf, type SessionException } from './session-template.ts';
import { searchVersioned } from './stored-search.ts';
import type { StaffVisit } from './visitors.ts';

export async function bookedIn(
  parts: Pick<Parts, 'record' | 'settings' | 'clock'>,
  visit: StaffVisit,
  exception: SessionException,
) {
  const templates = await parts.settings.templates(visit.organisation);
  const sites = [...new Set(templates.map(({ site }) => site))].filter(
    (site) => exception.site === undefined || exception.site === site,
  );
  if (sites.length === 0) return { booked: [] };
  const moment = (text: string): number => momentOf(text.slice(0, 10), text.slice(11));
  const [start, end] = [moment(exception.from), moment(exception.until)];
  const found = await searchVersioned<Appointment>(
    parts.record,
    visit.trusted,
    'Appointment',
    `location=${sites.map((site) => `Location/${site}`).join(',')}&status=booked,pending&date=ge${new Date(start - 8 * 3_600_000).toISOString()}&date=lt${new Date(end).toISOString()}&_sort=date`,
    500,
  );
  const own = found
    .map(({ resource }) => readAppointment(resource))
    .filter(
      (one) =>
        one.end > start &&
        (exception.practitioner === undefined ||
          one.practitioner?.reference === `Practitioner/${exception.practitioner}`),
    );
  const people = await peopleOf(
    parts,
    visit.actor,
    own.map(({ person }) => person),
  );
  return {
    booked: own.map((one) => ({
      ...{ id: one.id, when: whenWords(one.start), with: one.practitioner?.display ?? '', what: one.title },
      name: contactOf(people.get(one.person), parts.clock.now()).name,
    })),
  };
}
