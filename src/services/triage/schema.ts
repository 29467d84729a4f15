import type { Migration } from '../../platform/migrations.ts';

const tables = `
-- The open requests of each team, in the order in which they are to be looked at. Made from the record's Tasks, which alone
-- count: what a page shows of a request is read from the record.
create table triage_queue (
  task         text primary key,
  team         text not null,          -- Organization/…
  kind         text not null,
  stage        text not null,
  urgency      int2 not null,          -- 0 the most urgent
  asked        int8 not null,          -- ms since 1970 UTC
  due          int8 not null,
  closed       int8,
  first_answer int8,                   -- when it first left 'waiting'
  person       text,                   -- id of the Patient; null: not matched
  assigned     text,                   -- Practitioner/…
  red          bool not null,
  version      int4 not null,
  seen         int8 generated always as identity -- grows with each change: what is newer than a page
);
create index triage_queue_open on triage_queue (team, urgency, due, asked, task) where closed is null;
create index triage_queue_done on triage_queue (team, closed) where closed is not null;
create index triage_queue_seen on triage_queue (team, seen desc);
create table triage_position (one bool primary key default true check (one), cursor text not null);

-- Who has a request open now, so that two people never work on one without knowing.
create table triage_lock (
  task    text primary key,
  account text not null,
  name    text not null,
  page    uuid not null,               -- the page that took it last: only that one lets it go
  since   int8 not null,
  until   int8 not null
);

-- What was done to a request, and how to take it back.
create table triage_deed (
  id      uuid primary key,
  task    text not null,
  at      int8 not null,
  account text not null,
  name    text not null,
  told    text not null,
  before  int4 not null,               -- version of the Task
  after   int4 not null,
  made    jsonb not null,              -- [{ type, id }] that it wrote besides
  undone  int8
);
create index triage_deed_task on triage_deed (task, at desc);

-- How a team works: times, numbers, who helps out.
create table triage_team (
  team     text primary key,
  settings jsonb not null,
  changed  int8 not null,
  by_name  text not null
);
create table triage_template (
  id    uuid primary key,
  team  text not null,
  name  text not null,
  words text not null,
  unique (team, name)
);
`;

export const triageMigrations: readonly Migration[] = [
  { room: 'triage', number: 1, title: 'the queue of requests for help', sql: tables },
  {
    ...{ room: 'triage', number: 2, title: 'how many came on a day, whatever came before' },
    sql: 'create index triage_queue_asked on triage_queue (team, asked);',
  },
];
