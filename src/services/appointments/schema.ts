import type { Migration } from '../../platform/migrations.ts';

/** Times are ms since 1970 UTC. Nothing here is a clinical fact: appointments and slots are in the record. */
const tables = `
-- How a practice works: weekly sessions. The slots that come of them are in the record.
create table appointment_template (
  id           text primary key,
  organisation text not null,
  practitioner text not null,
  site         text not null,
  body         jsonb not null,
  version      int4 not null default 1,
  updated      int8 not null
);
create index appointment_template_organisation on appointment_template (organisation);

create table appointment_exception (
  id           text primary key,
  organisation text not null,
  body         jsonb not null,
  updated      int8 not null
);
create index appointment_exception_organisation on appointment_exception (organisation);

-- Locks: what a booking in progress takes beside its slot (one of a line's video calls, a chaperone). They end by themselves.
create table appointment_hold (
  resource    text not null,
  appointment text not null,
  starts      int8 not null,
  ends        int8 not null,
  made        int8 not null,
  until       int8 not null,
  primary key (resource, appointment)
);
create index appointment_hold_until on appointment_hold (until);

-- Slots that became free and have not been looked at for the wait list yet.
create table appointment_freed (
  slot text primary key,
  made int8 not null
);

-- Offers from the wait list that stand, so that those that end are found without looking through the record.
create table appointment_offer (
  appointment text primary key,
  until       int8 not null
);

-- Tries at a kiosk that found nobody.
create table appointment_kiosk_miss (
  kiosk text not null,
  made  int8 not null
);
create index appointment_kiosk_miss_kiosk on appointment_kiosk_miss (kiosk, made);
`;

export const appointmentsMigrations: readonly Migration[] = [
  {
    room: 'appointments',
    number: 1,
    title: 'weekly sessions, exceptions, and locks of bookings',
    sql: tables,
  },
];
