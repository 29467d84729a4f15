/** Diaries, slots and bookings: how a practice’s times are made, offered, taken, moved and kept. */
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Room } from '../../web/room.ts';
import { openAnswerLinks } from './answer-links.ts';
import { barsRoutes } from './bars-routes.ts';
import { openBookings } from './booking.ts';
import { makeDemonstration } from './demonstration.ts';
import { doorPages } from './door-pages.ts';
import { generateSlots } from './generate-slots.ts';
import { openHolds } from './holds.ts';
import type { AppointmentsNeeds, Parts } from './needs.ts';
import { openOffers } from './offers.ts';
import { patientBookingPages } from './patient-booking-pages.ts';
import { patientPages } from './patient-pages.ts';
import { sessionPages } from './session-pages.ts';
import { openSettings } from './settings.ts';
import { staffBookingPages } from './staff-booking-pages.ts';
import { staffDayPages } from './staff-day-pages.ts';
import { diaryRoles } from './visitors.ts';

export { reminderLinks } from './answer-links.ts';
export { isHoliday } from './bank-holidays.ts';
export type { AppointmentsNeeds } from './needs.ts';

const everyMs = 20_000;
const generateKind = 'appointments-generate';
const demonstrateKind = 'appointments-demonstrate';
const oneDay = 86_400_000;

export function appointments(needs: AppointmentsNeeds): Room {
  const { database, record, clock, jobs, log, lineCarries, shell, ownActor } = needs;
  const settings = openSettings(database, clock);
  const holds = openHolds(database, clock);
  const links = openAnswerLinks(needs.secrets);
  let work: Promise<unknown> = Promise.resolve();
  let ended = false;
  /** Offers and their ends, one look after the other; what fails is looked at again. */
  const look = (): void => {
    if (ended) return;
    work = work
      .then(() => (ended ? undefined : offers.step()))
      .catch((error: unknown) =>
        log.warn({ err: error }, 'the wait list was not looked at: it is, again, soon'),
      );
  };
  const bookings = openBookings({ database, record, clock, settings, holds, lineCarries, freed: look });
  const offers = openOffers(
    {
      ...{ database, record, clock, bookings },
      tell: (person, id, until) =>
        needs.notify({ person, kind: 'appointment-offer', about: `Appointment/${id}@offer-${until}` }),
    },
    ownActor,
  );
  const generating = { database, record, clock, settings };
  const generate = (organisation: string) => generateSlots(generating, ownActor, { organisation });

  jobs.define(generateKind, z.object({ last: z.number() }), async () => generateSlots(generating, ownActor));
  jobs.define(demonstrateKind, z.object({ day: z.string() }), async () =>
    makeDemonstration({ ...generating, ownActor }),
  );
  /** A day is added at the far end each night, and at each start. */
  let asked = 0;
  const keepAhead = async (): Promise<void> => {
    const now = clock.now();
    if (ended || now - asked < oneDay / 4) return;
    asked = now;
    await jobs.start(generateKind, { last: now });
    await jobs.clear(generateKind, now - oneDay);
  };
  const tick = setInterval(() => {
    look();
    keepAhead().catch((error: unknown) =>
      log.warn({ err: error }, 'slots were not asked for: they are, again, soon'),
    );
  }, everyMs);
  tick.unref();

  const parts: Parts = { ...needs, settings, bookings, offers, links, generate };
  shell.addViews('appointments', fileURLToPath(new URL('./views', import.meta.url)));
  shell.addNavigation({
    ...{ href: '/appointments/staff', text: 'Appointments', roles: diaryRoles },
    about: 'The day by clinician, booking, arrivals, sessions and leave.',
  });
  shell.addNavigation({
    ...{ href: '/appointments', text: 'Appointments', roles: ['patient', 'proxy'], place: 'more' },
    about: 'Book, move or cancel an appointment.',
  });
  return {
    register: (app) => {
      patientPages(app, parts);
      patientBookingPages(app, parts);
      staffDayPages(app, parts);
      staffBookingPages(app, parts);
      sessionPages(app, parts);
      doorPages(app, parts);
      barsRoutes(app, parts);
      if (needs.isDemonstration)
        jobs
          .start(demonstrateKind, { day: new Date(clock.now()).toISOString().slice(0, 10) })
          .catch((error: unknown) => log.warn({ err: error }, 'the demonstration has no diaries'));
      look();
    },
    close: async () => {
      ended = true;
      clearInterval(tick);
      await work;
    },
  };
}
