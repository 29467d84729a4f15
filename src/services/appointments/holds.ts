/**
 * What a booking takes beside its slot, for the moment in which it is made: one of the video calls that a line carries, a chaperone.
 * The record decides about slots by itself; these have none, so two bookings at once could both find room.
 */
import type { Clock } from '../../platform/clock.ts';
import { type Database, inTransaction } from '../../platform/database.ts';

export interface Span {
  /** ms since 1970 UTC. */
  readonly start: number;
  readonly end: number;
}

export interface Holds {
  /** Holds it for a minute. Answers the other bookings that took it before and overlap, which count first. */
  readonly take: (resource: string, appointment: string, span: Span) => Promise<readonly string[]>;
  readonly release: (appointment: string) => Promise<void>;
}

const lasts = 60_000;

export function openHolds(database: Pick<Database, 'pool'>, clock: Clock): Holds {
  return {
    take: (resource, appointment, { start, end }) =>
      inTransaction(database, async (sql) => {
        const now = clock.now();
        // One at a time for each resource, so that of two one comes first.
        await sql`select pg_advisory_xact_lock(hashtextextended(${`appointment ${resource}`}, 0))`;
        await sql`delete from appointment_hold where until <= ${now}`;
        const rows = await sql<{ appointment: string }[]>`
          select appointment from appointment_hold
          where resource = ${resource} and appointment <> ${appointment} and starts < ${end} and ends > ${start}
          order by made, appointment`;
        await sql`
          insert into appointment_hold (resource, appointment, starts, ends, made, until)
          values (${resource}, ${appointment}, ${start}, ${end}, ${now}, ${now + lasts})
          on conflict (resource, appointment)
          do update set starts = excluded.starts, ends = excluded.ends, until = excluded.until`;
        return rows.map((row) => row.appointment);
      }),
    async release(appointment) {
      await database.pool`delete from appointment_hold where appointment = ${appointment}`;
    },
  };
}
