/** A practice with diaries on a record of its own, as the tests of appointments need it. */
import type { Slot } from '@medplum/fhirtypes';
import type { Clock } from '../../src/platform/clock.ts';
import { recordMigrations } from '../../src/record/schema.ts';
import { type Bookings, openBookings } from '../../src/services/appointments/booking.ts';
import { generateSlots } from '../../src/services/appointments/generate-slots.ts';
import { openHolds } from '../../src/services/appointments/holds.ts';
import { type Offers, openOffers } from '../../src/services/appointments/offers.ts';
import { appointmentsMigrations } from '../../src/services/appointments/schema.ts';
import type { SessionTemplate } from '../../src/services/appointments/session-template.ts';
import { openSettings } from '../../src/services/appointments/settings.ts';
import { searchVersioned } from '../../src/services/appointments/stored-search.ts';
import type { LineCarries } from '../../src/web/site-line.ts';
import type { Ending } from './ending.ts';
import { tester, testRecord } from './record.ts';

/** A Monday, 7am in winter. */
export const monday = Date.parse('2026-11-23T07:00:00Z');

export const morning: SessionTemplate = {
  ...{ id: 'morning', organisation: 'o1', practitioner: 'dr', site: 'site', practitionerName: 'Dr A' },
  ...{ siteName: 'The Surgery', name: 'Morning', weekdays: [1, 2, 3, 4, 5], everyWeeks: 1 },
  ...{ from: '09:00', until: '10:00', minutes: 10, gap: 0, places: 1 },
  modes: ['telephone', 'video', 'in-person'],
  kinds: ['gp-routine'],
  ...{ release: { days: 14, at: '08:00' }, selfBook: true, starts: '2026-11-01', atHolidays: false },
};

export async function diary(
  t: Ending,
  {
    line = { video: 'yes', audio: 'yes', videoAtOnce: 4 } as LineCarries,
    templates = [morning] as readonly SessionTemplate[],
    people = 3,
  } = {},
) {
  let moved = 0;
  const clock: Clock = { now: () => monday + moved };
  const migrations = [...recordMigrations, ...appointmentsMigrations];
  const { record, database } = await testRecord(t, { clock, migrations });
  const settings = openSettings(database, clock);
  for (const template of templates) await settings.saveTemplate(template);
  await record.commit(
    tester,
    [
      { resourceType: 'Organization', id: 'o1', name: 'The Surgery' },
      { resourceType: 'Location', id: 'site', name: 'The Surgery' },
      { resourceType: 'Practitioner', id: 'dr', name: [{ family: 'A' }] },
      { resourceType: 'Practitioner', id: 'other', name: [{ family: 'B' }] },
      ...Array.from({ length: people }, (_, n) => ({ resourceType: 'Patient', id: `p${n}`, active: true })),
    ].map((one) => ({
      kind: 'update' as const,
      type: one.resourceType,
      id: one.id,
      text: JSON.stringify(one),
    })),
  );
  const told: string[] = [];
  const bookings: Bookings = openBookings({
    ...{ database, record, clock, settings },
    holds: openHolds(database, clock),
    lineCarries: async () => line,
    freed: () => {},
  });
  const offers: Offers = openOffers(
    { database, record, clock, bookings, tell: async (person, id) => told.push(`${person} ${id}`) },
    tester,
  );
  const generate = () =>
    generateSlots({ database, record, clock, settings }, tester, { organisation: 'o1', days: 4 });
  const slots = async (query = ''): Promise<readonly Slot[]> =>
    (await searchVersioned<Slot>(record, tester, 'Slot', `_sort=start${query}`)).map(
      ({ resource }) => resource,
    );
  return {
    ...{ record, database, clock, settings, bookings, offers, generate, slots, told },
    pass: (ms: number) => {
      moved += ms;
    },
  };
}
