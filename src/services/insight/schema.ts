import type { Migration } from '../../platform/migrations.ts';

const tables = `
-- What a practice's figures are counted from: ids, times and kinds, made from the record, which alone counts.
create table insight_position (one bool primary key default true check (one), cursor text not null);
create table insight_request (
  task       text primary key,
  practice   text not null,            -- Organization/…
  person     text,                     -- id of the Patient; null: not matched
  kind       text not null,
  asked      int8 not null,            -- ms since 1970 UTC
  answered   int8,                     -- when someone first dealt with it
  ended      int8,
  stage      text not null,
  urgency    int2 not null,            -- 0 the most urgent
  came_by    text not null,
  wished     text[] not null,          -- modes, in the order of the person
  clinician  text,                     -- Practitioner/… who was asked for
  interpreter bool not null,
  by_message bool not null,            -- answered by message alone
  unreached  bool not null,
  version    int4 not null
);
create index insight_request_asked on insight_request (practice, asked);
create table insight_contact (
  encounter text primary key,
  practice  text not null,
  person    text not null,
  clinician text,
  mode      text,                      -- null: not said
  at        int8 not null,
  version   int4 not null
);
create index insight_contact_at on insight_contact (practice, at);
create index insight_contact_person on insight_contact (person, at);
create table insight_slot (
  slot     text primary key,
  practice text not null,
  at       int8 not null,
  taken    bool not null,
  version  int4 not null
);
create index insight_slot_at on insight_slot (practice, at);
create table insight_person (
  person    text primary key,
  practice  text not null,
  usual     text,                      -- Practitioner/… named as theirs
  reachable bool not null,             -- a telephone number or email address is known
  foreign_language bool not null,      -- an interpreter is needed
  version   int4 not null
);
create index insight_person_practice on insight_person (practice);
-- Days on which someone used an online service themself.
create table insight_use (person text not null, day date not null, primary key (person, day));
`;

export const insightMigrations: readonly Migration[] = [
  { room: 'insight', number: 1, title: 'what the figures of practices are counted from', sql: tables },
];
