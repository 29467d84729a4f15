import type { Migration } from '../../platform/migrations.ts';

const tables = `
-- The threads of each team, in the order in which they are to be answered. Made from the record's Communications, which alone
-- count: ids and times, and what a page shows is read from the record as the one who looks.
create table message_thread (
  thread    text primary key,          -- Communication that began it
  team      text not null,             -- Organization/…
  person    text not null,             -- id of the Patient
  kind      text not null,             -- patient | team
  urgent    bool not null,
  waiting   int8,                      -- since when someone waits for the team, ms since 1970 UTC
  due       int8,                      -- until when they were promised an answer
  unread    int8,                      -- since when the patient has not read what the team wrote
  latest    int8 not null,
  assigned  text,                      -- Practitioner/…
  closed    bool not null,
  stamp     int8 not null,             -- grows with each version of each of its messages
  escalated int8,                      -- the wait for which the duty person was given it
  seen      int8 generated always as identity
);
create index message_thread_order on message_thread (team, urgent desc, due, latest, thread) where not closed;
create index message_thread_late on message_thread (due) where not closed and due is not null;
create index message_thread_seen on message_thread (team, seen desc);
create table message_position (one bool primary key default true check (one), cursor text not null);

-- How a team answers, and who of it is away.
create table message_team (team text primary key, settings jsonb not null, changed int8 not null, by_name text not null);
create table message_absence (
  id          uuid primary key,
  team        text not null,
  member      text not null,           -- Practitioner/…
  member_name text not null,
  first_day   text not null,           -- 2026-12-24
  last_day    text not null,
  deputy      text,                    -- Practitioner/…
  deputy_name text
);
create index message_absence_team on message_absence (team, last_day);

-- Patients who do not want messages that go to many.
create table message_choice (person text primary key, since int8 not null);

-- One message to many: what it says, and to whom it goes. Who was sent it is told by the record.
create table message_batch (
  id       uuid primary key,
  team     text not null,
  made     int8 not null,
  author   jsonb not null,             -- who sends it: as the audit log names them
  content  jsonb not null,
  job      text,
  sent     int8                        -- when it began to be sent: the same in every copy
);
create index message_batch_team on message_batch (team, made desc);
create table message_batch_row (
  batch   uuid not null references message_batch on delete cascade,
  n       int4 not null,
  said    text,                        -- as the list had it, where nobody was found by it
  person  text,
  verdict text not null,
  primary key (batch, n)
);
`;

export const messagesMigrations: readonly Migration[] = [
  { room: 'messages', number: 1, title: 'threads, teams and messages to many', sql: tables },
];
