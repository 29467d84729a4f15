/**
 * Booking, moving and calling off. The database decides who gets a time: the slot goes from free to busy, only if it is still at the version
 * that was read, in the same commit as the appointment. Whoever comes second is told, and nothing of theirs is stored.
 */
import type { Appointment, Reference, Slot } from '@medplum/fhirtypes';
import type { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { problem } from '../../platform/problem.ts';
import type { Actor } from '../../record/actor.ts';
import type { CareRecord, Change } from '../../record/care-record.ts';
import { localMoment } from '../../web/dates.ts';
import type { LineCarriesAt } from '../../web/site-line.ts';
import { taskChanges } from './booked-tasks.ts';
import { openRooms } from './booking-room.ts';
import {
  type AppointmentPlan,
  appointmentOf,
  bookableFromOf,
  bookableModesOf,
  cancelled,
  confirmed,
  kindsOf,
  movedTo,
  notTaken,
  readAppointment,
  responseOf,
  templateOf,
} from './diary-resources.ts';
import type { Holds } from './holds.ts';
import type { BookableMode, Kind } from './kinds.ts';
import { planSlots } from './session-template.ts';
import type { Settings } from './settings.ts';
import { isConflict, put, readVersioned, type Versioned } from './stored-search.ts';

export interface BookingNeeds {
  readonly database: Pick<Database, 'pool'>;
  readonly record: Pick<CareRecord, 'read' | 'search' | 'commit'>;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly holds: Holds;
  readonly lineCarries: LineCarriesAt;
  /** Told of slots that may be free again, after it is so. */
  readonly freed: () => void;
}

export interface Asked {
  /** Made of the form's key: sent twice, it is one appointment. */
  readonly id: string;
  /** Patient id. */
  readonly person: string;
  /** Ids, consecutive, of one diary. */
  readonly slots: readonly string[];
  readonly mode: BookableMode;
  readonly kind: Kind;
  readonly by: 'patient' | 'practice';
  readonly interpreter?: string;
  readonly chaperone?: Reference | 'wanted';
  readonly instruction?: string;
  /** What another system wrote with its booking, for the staff. */
  readonly comment?: string;
  readonly series?: string;
  /** Ids of Tasks: the request that it answers, and the invitation that it takes up. */
  readonly request?: string;
  readonly invitation?: string;
}

/** Why not, where someone can choose anew. */
export type Refused =
  /** Someone else has the time now, or it was withdrawn. */
  | 'taken'
  /** The line of the place carries no more video then. */
  | 'no-video'
  | 'chaperone-busy'
  /** The person has another appointment then. */
  | 'person-busy'
  /** The invitation was used, or has ended. */
  | 'invitation-over'
  /** Cancelled, moved or begun meanwhile. */
  | 'changed';

export type Outcome =
  | { readonly done: true; readonly appointment: Appointment }
  | { readonly done: false; readonly why: Refused };

const refused = (why: Refused): Outcome => ({ done: false, why });

export const refusalWords: Readonly<Record<Refused, string>> = {
  taken: 'Someone else has just taken that time. Choose another',
  'no-video':
    'The line of the surgery carries no more video calls at that time. Choose another time or another way',
  'chaperone-busy': 'The chaperone is needed elsewhere at that time. Choose another chaperone or time',
  'person-busy': 'There is another appointment at that time. Choose another',
  'invitation-over': 'This invitation was used already, or has ended',
  changed: 'This appointment was changed meanwhile. Open it again to see how it stands',
};

export interface Bookings {
  readonly book: (actor: Actor, asked: Asked) => Promise<Outcome>;
  readonly move: (
    actor: Actor,
    id: string,
    to: { readonly slots: readonly string[]; readonly mode: BookableMode; readonly by: Asked['by'] },
  ) => Promise<Outcome>;
  readonly cancel: (
    actor: Actor,
    id: string,
    why: { readonly by: Asked['by']; readonly reason: string; readonly response?: string },
  ) => Promise<Outcome>;
  /** Arrived, did not come, seen; or `booked` again, where it was marked by mistake. */
  readonly mark: (
    actor: Actor,
    id: string,
    status: 'arrived' | 'noshow' | 'fulfilled' | 'booked',
  ) => Promise<Outcome>;
  /** They will come. `response`: id of the AppointmentResponse. */
  readonly confirm: (actor: Actor, id: string, response: string) => Promise<Outcome>;
  /** Takes up or turns down a time that was offered from the wait list. */
  readonly answerOffer: (actor: Actor, id: string, takes: boolean, response: string) => Promise<Outcome>;
  /** Ends an offer that nobody answered. */
  readonly endOffer: (actor: Actor, id: string) => Promise<Outcome>;
}

const tries = 4;
const active = new Set(['booked', 'arrived', 'checked-in', 'pending']);

export const slotSpan = (slots: readonly Slot[]) => ({
  start: Date.parse(slots[0]?.start ?? ''),
  end: Date.parse(slots.at(-1)?.end ?? ''),
});

export function openBookings(needs: BookingNeeds): Bookings {
  const { database, record, clock, settings, holds } = needs;
  const { roomFor, isBusy } = openRooms(needs);

  const readSlots = async (actor: Actor, ids: readonly string[]): Promise<readonly Versioned<Slot>[]> => {
    const found = await Promise.all(ids.map((id) => readVersioned<Slot>(record, actor, 'Slot', id)));
    return found.filter((one) => one !== undefined);
  };

  /** Free, to come, of one diary, one after the other, and by this way. */
  const fits = (slots: readonly Versioned<Slot>[], asked: Pick<Asked, 'slots' | 'mode' | 'by'>): boolean => {
    const now = clock.now();
    if (slots.length === 0 || slots.length !== asked.slots.length) return false;
    return slots.every(({ resource }, i) => {
      const before = slots[i - 1]?.resource;
      return (
        resource.status === 'free' &&
        Date.parse(resource.start ?? '') > now &&
        bookableModesOf(resource).includes(asked.mode) &&
        (asked.by === 'practice' || bookableFromOf(resource) <= now) &&
        (before === undefined ||
          (before.schedule.reference === resource.schedule.reference &&
            Date.parse(before.end ?? '') === Date.parse(resource.start ?? '')))
      );
    });
  };

  const actorsOf = async (actor: Actor, slot: Slot) => {
    const id = slot.schedule.reference?.replace(/^Schedule\//, '') ?? '';
    const schedule = await readVersioned(record, actor, 'Schedule', id);
    const all = (schedule?.resource as { actor?: readonly Reference[] } | undefined)?.actor ?? [];
    const of = (type: string): Reference | undefined =>
      all.find(({ reference }) => reference?.startsWith(type));
    return { practitioner: of('Practitioner/'), place: of('Location/') };
  };

  /** What a slot becomes that nobody has: free, unless its session is no longer there then. */
  const freedSlot = async ({ resource, version }: Versioned<Slot>): Promise<Change> => {
    const template = (await settings.templates()).find(({ id }) => id === templateOf(resource));
    const start = Date.parse(resource.start ?? '');
    const wanted =
      template &&
      planSlots(template, localMoment(start).key, await settings.exceptions(template.organisation)).some(
        ({ id }) => id === resource.id,
      );
    const stands = wanted || (!template && templateOf(resource) === undefined);
    return put({ ...resource, status: stands ? 'free' : 'busy-unavailable' }, version);
  };

  /** The changes that free the slots of an appointment, and a note for the wait list that survives whatever comes after. */
  const freeing = async (actor: Actor, one: Appointment, keep: readonly string[] = []): Promise<Change[]> => {
    const own = readAppointment(one);
    const now = clock.now();
    const held = (
      await readSlots(
        actor,
        own.slots.filter((id) => !keep.includes(id)),
      )
    ).filter(
      ({ resource }) =>
        (resource.status === 'busy' || resource.status === 'busy-tentative') &&
        Date.parse(resource.start ?? '') > now,
    );
    for (const { resource } of held)
      await database.pool`
        insert into appointment_freed (slot, made) values (${resource.id ?? ''}, ${now}) on conflict do nothing`;
    return Promise.all(held.map(freedSlot));
  };

  const readOne = (actor: Actor, id: string) => readVersioned<Appointment>(record, actor, 'Appointment', id);
  const needed = async (actor: Actor, id: string): Promise<Versioned<Appointment>> => {
    const found = await readOne(actor, id);
    if (!found) throw problem('not-found', 'There is no such appointment.');
    return found;
  };
  const done = (appointment: Appointment): Outcome => ({ done: true, appointment });

  /** Does it, and again where someone else changed a resource meanwhile. */
  const settled = async (work: () => Promise<Outcome>): Promise<Outcome> => {
    for (let n = 0; n < tries; n += 1) {
      try {
        return await work();
      } catch (error) {
        if (!isConflict(error)) throw error;
      }
    }
    return refused('changed');
  };

  const bookings: Bookings = {
    book: (actor, asked) =>
      settled(async () => {
        const before = await readOne(actor, asked.id);
        if (before) return done(before.resource);
        const found = await readSlots(actor, asked.slots);
        if (!fits(found, asked)) return refused('taken');
        const slots = found.map(({ resource }) => resource);
        const span = slotSpan(slots);
        if (
          asked.by === 'patient' &&
          (await isBusy(actor, `patient=Patient/${asked.person}`, span, asked.id))
        )
          return refused('person-busy');
        const tasks = await taskChanges({ record, clock }, actor, asked);
        if (!tasks) return refused('invitation-over');
        const { practitioner, place } = await actorsOf(actor, slots[0]!);
        const why = await roomFor(actor, asked.id, span, {
          mode: asked.mode,
          place,
          chaperone: asked.chaperone === 'wanted' ? undefined : asked.chaperone,
        });
        if (why) {
          await holds.release(asked.id);
          return refused(why);
        }
        const plan: AppointmentPlan = {
          ...{ id: asked.id, person: asked.person, mode: asked.mode, slots, practitioner, place },
          kind: kindsOf(slots[0]!).includes(asked.kind) ? asked.kind : (kindsOf(slots[0]!)[0] ?? asked.kind),
          made: clock.now(),
          ...(asked.interpreter ? { interpreter: { language: asked.interpreter } } : {}),
          ...(asked.chaperone ? { chaperone: asked.chaperone } : {}),
          ...(asked.instruction ? { instruction: asked.instruction } : {}),
          ...(asked.comment ? { comment: asked.comment } : {}),
          ...(asked.series ? { series: asked.series } : {}),
          ...(asked.request ? { about: [`Task/${asked.request}`] } : {}),
        };
        const appointment = appointmentOf(plan);
        await record.commit(actor, [
          ...found.map(({ resource, version }) => put<Slot>({ ...resource, status: 'busy' }, version)),
          put(appointment),
          ...tasks,
        ]);
        if (asked.mode === 'video' || asked.chaperone) await holds.release(asked.id);
        return done(appointment);
      }),

    move: (actor, id, to) =>
      settled(async () => {
        const { resource: one, version } = await needed(actor, id);
        const own = readAppointment(one);
        if (own.status === 'booked' && own.slots.join() === to.slots.join() && own.mode === to.mode)
          return done(one);
        if (own.status !== 'booked' || !(own.start > clock.now())) return refused('changed');
        // By another way at the same time: its own slots are not free, and need not be.
        const kept = own.slots.filter((slot) => to.slots.includes(slot));
        const found = await readSlots(actor, to.slots);
        const seen = found.map((slot) =>
          kept.includes(slot.resource.id ?? '')
            ? { ...slot, resource: { ...slot.resource, status: 'free' as const } }
            : slot,
        );
        if (!fits(seen, to)) return refused('taken');
        const slots = found.map(({ resource }) => resource);
        const span = slotSpan(slots);
        if (to.by === 'patient' && (await isBusy(actor, `patient=Patient/${own.person}`, span, id)))
          return refused('person-busy');
        const { practitioner, place } = await actorsOf(actor, slots[0]!);
        const why = await roomFor(actor, id, span, { mode: to.mode, place, chaperone: own.chaperone });
        if (why) {
          await holds.release(id);
          return refused(why);
        }
        const moved = movedTo(one, { slots, mode: to.mode, practitioner, place });
        await record.commit(actor, [
          put(moved, version),
          ...found
            .filter(({ resource }) => !kept.includes(resource.id ?? ''))
            .map((slot) => put<Slot>({ ...slot.resource, status: 'busy' }, slot.version)),
          ...(await freeing(actor, one, to.slots)),
        ]);
        await holds.release(id);
        needs.freed();
        return done(moved);
      }),

    cancel: (actor, id, { by, reason, response }) =>
      settled(async () => {
        const { resource: one, version } = await needed(actor, id);
        if (one.status === 'cancelled') return done(one);
        const isOver = Date.parse(one.start ?? '') <= clock.now();
        if (!(active.has(one.status ?? '') || one.status === 'waitlist') || (isOver && by === 'patient'))
          return refused('changed');
        const off = cancelled(one, by, reason);
        await record.commit(actor, [
          put(off, version),
          ...(await freeing(actor, one)),
          ...(response === undefined ? [] : [put(responseOf(response, one, 'declined', reason))]),
        ]);
        await database.pool`delete from appointment_offer where appointment = ${id}`;
        needs.freed();
        return done(off);
      }),

    mark: (actor, id, status) =>
      settled(async () => {
        const { resource: one, version } = await needed(actor, id);
        if (one.status === status) return done(one);
        const now = clock.now();
        const from: Readonly<Record<typeof status, readonly string[]>> = {
          arrived: ['booked', 'noshow'],
          noshow: ['booked', 'arrived', 'checked-in'],
          fulfilled: ['booked', 'arrived', 'checked-in'],
          booked: ['arrived', 'noshow', 'fulfilled'],
        };
        if (!from[status].includes(one.status ?? '')) return refused('changed');
        if (status === 'noshow' && Date.parse(one.start ?? '') > now)
          throw problem('business-rule', 'Nobody has missed an appointment before it begins.');
        const marked: Appointment = { ...one, status };
        await record.commit(actor, [put(marked, version)]);
        return done(marked);
      }),

    confirm: (actor, id, response) =>
      settled(async () => {
        const { resource: one, version } = await needed(actor, id);
        if (readAppointment(one).confirmed && one.status === 'booked') return done(one);
        if (one.status !== 'booked' || Date.parse(one.start ?? '') <= clock.now()) return refused('changed');
        const sure = confirmed(one);
        await record.commit(actor, [
          put(sure, version),
          put(responseOf(response, one, 'accepted', 'They will come')),
        ]);
        return done(sure);
      }),

    answerOffer: (actor, id, takes, response) =>
      settled(async () => {
        const { resource: one, version } = await needed(actor, id);
        if (takes && one.status === 'booked') return done(one);
        if (!takes && one.status === 'waitlist') return done(one);
        const own = readAppointment(one);
        if (one.status !== 'pending' || own.offerUntil === undefined) return refused('changed');
        if (takes && own.offerUntil <= clock.now()) return refused('taken');
        if (!takes) {
          await record.commit(actor, [
            put(notTaken(one), version),
            ...(await freeing(actor, one)),
            put(responseOf(response, one, 'declined', 'The time does not suit')),
          ]);
          await database.pool`delete from appointment_offer where appointment = ${id}`;
          needs.freed();
          return done(notTaken(one));
        }
        const found = await readSlots(actor, own.slots);
        if (
          found.length !== own.slots.length ||
          found.some(({ resource }) => resource.status !== 'busy-tentative')
        )
          return refused('taken');
        const slots = found.map(({ resource }) => resource);
        const mode = own.mode ?? bookableModesOf(slots[0]!)[0];
        if (mode === undefined) return refused('changed');
        const { practitioner, place } = await actorsOf(actor, slots[0]!);
        const why = await roomFor(actor, id, slotSpan(slots), { mode, place });
        if (why) {
          await holds.release(id);
          return refused(why);
        }
        const booked: Appointment = {
          ...movedTo(one, { slots, mode, practitioner, place }),
          status: 'booked',
        };
        const patient = booked.participant.map((who) =>
          who.actor?.reference === `Patient/${own.person}` ? { ...who, status: 'accepted' as const } : who,
        );
        const agreed: Appointment = { ...booked, participant: patient };
        await record.commit(actor, [
          put(agreed, version),
          ...found.map((slot) => put<Slot>({ ...slot.resource, status: 'busy' }, slot.version)),
          put(responseOf(response, one, 'accepted', 'The time suits')),
        ]);
        await database.pool`delete from appointment_offer where appointment = ${id}`;
        await holds.release(id);
        return done(agreed);
      }),

    endOffer: (actor, id) =>
      settled(async () => {
        const found = await readOne(actor, id);
        if (found?.resource.status !== 'pending') {
          await database.pool`delete from appointment_offer where appointment = ${id}`;
          return refused('changed');
        }
        await record.commit(actor, [
          put(notTaken(found.resource), found.version),
          ...(await freeing(actor, found.resource)),
        ]);
        await database.pool`delete from appointment_offer where appointment = ${id}`;
        needs.freed();
        return done(notTaken(found.resource));
      }),
  };
  return bookings;
}
