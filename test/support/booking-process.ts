/** A process that books, moves and calls off without end, until it is killed; a dot for each round: `node … <database> <seed>`. */
import type { Slot } from '@medplum/fhirtypes';
import { openDatabase } from '../../src/platform/database.ts';
import { uuidv7 } from '../../src/platform/ids.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { openRecord } from '../../src/record/record.ts';
import { openBookings } from '../../src/services/appointments/booking.ts';
import { openHolds } from '../../src/services/appointments/holds.ts';
import { openOffers } from '../../src/services/appointments/offers.ts';
import { openSettings } from '../../src/services/appointments/settings.ts';
import { searchVersioned } from '../../src/services/appointments/stored-search.ts';
import { monday } from './diary.ts';
import { testBaseUrl, tester } from './record.ts';

const [databaseUrl = '', seed = ''] = process.argv.slice(2);
const random = seededRandom(seed);
const clock = { now: () => monday };
const database = await openDatabase({ url: databaseUrl, pool: 6 });
const record = openRecord({ database, clock, newId: uuidv7(clock), baseUrl: testBaseUrl });
const bookings = openBookings({
  ...{ database, record, clock, settings: openSettings(database, clock), holds: openHolds(database, clock) },
  lineCarries: async () => ({ video: 'yes', audio: 'yes', videoAtOnce: 9 }),
  freed: () => {},
});
const offers = openOffers({ database, record, clock, bookings, tell: async () => {} }, tester);
const slots = await searchVersioned<Slot>(record, tester, 'Slot', '_sort=start');
const slotAt = (): string => random.pick(slots).resource.id ?? '';

for (let n = 0; ; n += 1) {
  const id = `${seed}-${random.whole(0, 15)}`;
  const by = 'practice';
  const work = [
    bookings.book(tester, {
      ...{ id: `${seed}-${n % 16}`, person: `p${random.whole(0, 2)}`, slots: [slotAt()], by },
      ...{ mode: 'telephone', kind: 'gp-routine' },
    }),
    bookings.move(tester, id, { slots: [slotAt()], mode: 'in-person', by }).catch(() => {}),
    random.chance(0.4) ? bookings.cancel(tester, id, { by, reason: 'Tried' }).catch(() => {}) : undefined,
    random.chance(0.3) ? offers.step() : undefined,
  ];
  process.stdout.write('.');
  await Promise.all(work);
}
