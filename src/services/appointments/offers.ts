/**
 * The wait list: a time that becomes free is offered to the first whom it suits, for a while, then to the next. What is to be looked at is
 * written down before it is free, so that a process that dies loses no offer.
 */
import type { Appointment, Slot } from '@medplum/fhirtypes';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Actor } from '../../record/actor.ts';
import type { CareRecord } from '../../record/care-record.ts';
import { localMoment } from '../../web/dates.ts';
import type { Bookings } from './booking.ts';
import { bookableModesOf, kindsOf, offered, readAppointment } from './diary-resources.ts';
import { isConflict, put, readVersioned, searchVersioned, type Versioned } from './stored-search.ts';

export interface OfferNeeds {
  readonly database: Pick<Database, 'pool'>;
  readonly record: Pick<CareRecord, 'read' | 'search' | 'commit'>;
  readonly clock: Clock;
  readonly bookings: Pick<Bookings, 'endOffer'>;
  readonly tell: (person: string, appointment: string, until: number) => Promise<unknown>;
}

const hour = 3_600_000;

/**
 * How long someone may think about it: a quarter of the time there is, an hour at least and a day at most, and never into the last
 * hour. Undefined: there is too little time to ask anyone.
 */
export function offerEnds(now: number, start: number): number | undefined {
  const left = start - now;
  if (left < 2 * hour) return undefined;
  return Math.min(now + Math.min(24 * hour, Math.max(hour, left / 4)), start - hour);
}

/** Whether a wish is met by slots that follow each other in the diary of a clinician (`Practitioner/…`). */
export function suits(wish: Appointment, slots: readonly Slot[], practitioner: string | undefined): boolean {
  const own = readAppointment(wish);
  const first = slots[0];
  if (!first || own.kind === undefined) return false;
  const start = Date.parse(first.start ?? '');
  const day = localMoment(start).key;
  const { start: from = '', end: until = '9999' } = wish.requestedPeriod?.[0] ?? {};
  return (
    kindsOf(first).includes(own.kind) &&
    bookableModesOf(first).some((mode) => bookableModesOf(wish).includes(mode)) &&
    day >= from.slice(0, 10) &&
    day <= until.slice(0, 10) &&
    Date.parse(slots.at(-1)?.end ?? '') - start >= own.minutes * 60_000 &&
    !slots.some(({ id = '' }) => own.notTaken.includes(id)) &&
    (own.practitioner === undefined || own.practitioner.reference === practitioner)
  );
}

/** Longest waiting first. */
const inTurn = (a: Versioned<Appointment>, b: Versioned<Appointment>): number =>
  (a.resource.created ?? '').localeCompare(b.resource.created ?? '') ||
  (a.resource.id ?? '').localeCompare(b.resource.id ?? '');

export interface Offers {
  /** Ends offers whose time is over, then looks at each slot that became free. One run at a time in this process. */
  readonly step: () => Promise<void>;
  /** The slot may be of use to who waits: looked at with the next step. */
  readonly note: (slot: string) => Promise<void>;
}

export function openOffers(needs: OfferNeeds, actor: Actor): Offers {
  const { database, record, clock, bookings, tell } = needs;
  const { pool } = database;

  const endOld = async (): Promise<void> => {
    const now = clock.now();
    const rows = await pool<{ appointment: string }[]>`
      select appointment from appointment_offer where until <= ${now} order by until limit 100`;
    for (const { appointment } of rows) await bookings.endOffer(actor, appointment);
  };

  const offer = async (slotId: string, tries = 4): Promise<void> => {
    const found = await readVersioned<Slot>(record, actor, 'Slot', slotId);
    if (found?.resource.status !== 'free') return;
    const start = Date.parse(found.resource.start ?? '');
    const until = offerEnds(clock.now(), start);
    if (until === undefined) return;
    const diary = found.resource.schedule.reference ?? '';
    const schedule = await readVersioned(record, actor, 'Schedule', diary.replace('Schedule/', ''));
    const actors =
      (schedule?.resource as { actor?: readonly { reference?: string }[] } | undefined)?.actor ?? [];
    const place = actors.find(({ reference }) => reference?.startsWith('Location/'))?.reference;
    if (place === undefined) return;
    const practitioner = actors.find(({ reference }) => reference?.startsWith('Practitioner/'))?.reference;
    const waiting = [
      ...(await searchVersioned<Appointment>(
        record,
        actor,
        'Appointment',
        `status=waitlist&location=${place}`,
      )),
    ].sort(inTurn);
    if (waiting.length === 0) return;
    const following = await searchVersioned<Slot>(
      record,
      actor,
      'Slot',
      `schedule=${diary}&status=free&start=ge${found.resource.start}&_sort=start`,
      20,
    );
    for (const wish of waiting) {
      const slots = enough(found, following, readAppointment(wish.resource).minutes);
      const resources = slots.map(({ resource }) => resource);
      if (slots.length === 0 || !suits(wish.resource, resources, practitioner)) continue;
      const id = wish.resource.id ?? '';
      // Before the offer, so that one that stands always ends.
      await pool`
        insert into appointment_offer (appointment, until) values (${id}, ${until})
        on conflict (appointment) do update set until = excluded.until`;
      try {
        await record.commit(actor, [
          ...slots.map(({ resource, version }) =>
            put<Slot>({ ...resource, status: 'busy-tentative' }, version),
          ),
          put(offered(wish.resource, resources, until), wish.version),
        ]);
      } catch (error) {
        if (!isConflict(error)) throw error;
        // Booked by someone else, or the wish was taken back: whoever is next is looked at anew.
        if (tries > 1) await offer(slotId, tries - 1);
        return;
      }
      await tell(readAppointment(wish.resource).person, id, until);
      return;
    }
  };

  const note = async (slot: string): Promise<void> => {
    await pool`insert into appointment_freed (slot, made) values (${slot}, ${clock.now()}) on conflict do nothing`;
  };

  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    await endOld();
    const rows = await pool<{ slot: string; made: string }[]>`
      select slot, made from appointment_freed order by made limit 100`;
    for (const { slot, made } of rows) {
      await offer(slot);
      // Noted anew meanwhile, it stays.
      if (clock.now() - Number(made) > 5_000 || !(await stillBusy(slot)))
        await pool`delete from appointment_freed where slot = ${slot} and made = ${made}`;
    }
  };
  /** Written down before the commit that frees it: until that has ended it is looked at again. */
  const stillBusy = async (slot: string): Promise<boolean> => {
    const found = await readVersioned<Slot>(record, actor, 'Slot', slot);
    return found?.resource.status === 'busy' || found?.resource.status === 'busy-tentative';
  };
  return {
    note,
    async step() {
      while (running) await running;
      running = run();
      try {
        await running;
      } finally {
        running = undefined;
      }
    },
  };
}

/** The slot and those after it, until they are long enough; none where they are not. */
function enough(
  first: Versioned<Slot>,
  following: readonly Versioned<Slot>[],
  minutes: number,
): readonly Versioned<Slot>[] {
  const slots = [first];
  const start = Date.parse(first.resource.start ?? '');
  const endOf = () => Date.parse(slots.at(-1)?.resource.end ?? '');
  while (endOf() - start < minutes * 60_000) {
    const next = following.find(({ resource }) => Date.parse(resource.start ?? '') === endOf());
    if (!next) return [];
    slots.push(next);
  }
  return slots;
}
