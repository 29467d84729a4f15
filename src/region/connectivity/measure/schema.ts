import type { Migration } from '../../../platform/migrations.ts';

const readings = `
-- One test of a line, as it was measured. Rows are added and never changed. Times in ms since 1970 UTC.
create table line_reading (
  site     text not null,
  id       text not null,      -- given by whoever measured: sent twice, it is here once
  circuit  text,
  started  int8 not null,
  received int8 not null,
  source   text not null check (source in ('page', 'probe', 'import')),
  down     real,               -- Mbit/s
  up       real,
  idle     real,               -- ms
  loaded   real,
  jitter   real,
  loss     real,               -- 0 to 1
  bytes    int8 not null,
  flags    text[] not null,
  by       text not null,
  primary key (site, id)
);
create index line_reading_time on line_reading (site, started);
create function line_reading_fixed() returns trigger language plpgsql as $$
begin
  raise exception 'Readings of lines are kept as they were measured: they are neither changed nor removed.';
end $$;
create trigger line_reading_fixed before update or delete on line_reading
  for each statement execute function line_reading_fixed();

-- Sites whose percentiles, and incidents from a time on, do not yet know all of their readings.
create table line_unsettled (
  site    text primary key,
  since   int8,                -- look for incidents from here; null: for none
  version int8 not null default 1,
  marked  int8 not null
);
create index line_unsettled_marked on line_unsettled (marked);

-- Percentiles of the eight weeks before 'until': hour -1 is all of them, 0 to 167 the hours of the week (UK time).
create table line_hour (
  site    text not null,
  hour    int2 not null,
  figures real[] not null,     -- six measures of six figures: count, best, median, poor, lower and upper quartile
  primary key (site, hour)
);
create index line_hour_hour on line_hour (hour, site);
create table line_week (
  site     text primary key,
  until    int8 not null,
  last     int8
);
create index line_week_until on line_week (until);
`;

const keeping = `
-- What lets a page or a probe measure a site: known by the hash of its secret alone.
create table line_token (
  id        uuid primary key,
  site      text not null,
  hash      bytea not null unique,
  name      text not null,
  made      int8 not null,
  made_by   text not null,
  made_name text not null,
  used      int8,
  revoked   int8
);
create index line_token_site on line_token (site, made desc);

-- When tests that run by themselves may use a site's line. Absent: only while nobody is on it.
create table line_test_rule (
  site    text primary key,
  allowed text not null check (allowed in ('quiet', 'closed', 'any'))
);

-- Signs of life: spans in which a probe was heard each minute, and those in which it ran but could not reach us.
create table line_life (
  site    text not null,
  by      text not null,
  kind    text not null check (kind in ('up', 'cut')),
  started int8 not null,
  ended   int8 not null,
  primary key (site, by, kind, started)
);
create index line_life_ended on line_life (site, ended);

create table line_incident (
  id           uuid primary key,
  kind         text not null check (kind in ('outage', 'degradation')),
  site         text not null,
  measure      text not null,   -- what got worse; empty for an outage
  started      int8 not null,
  ended        int8,
  told         text not null,
  usual        real,            -- what it was measured against: stays as it was when the incident began
  shared       text,
  note         text,
  acknowledged int8,
  by_name      text,
  alerted      int8,
  unique (site, measure, started)
);
create index line_incident_open on line_incident (site) where ended is null;
create index line_incident_started on line_incident (started desc);
create table line_incident_note (
  id       uuid primary key,
  incident uuid not null,
  at       int8 not null,
  by_name  text not null,
  text     text not null
);
create index line_incident_note_of on line_incident_note (incident, at);

-- One row: who is told by email.
create table line_alert (
  one      bool primary key default true check (one),
  address  text,
  language text not null default 'en'
);
insert into line_alert (address) values (null);
`;

const packed = `
-- The same percentiles in one value, for whoever asks of all hours of thousands of sites. Null: not settled since this step.
alter table line_week add column packed bytea;
alter table line_week alter column packed set storage external;
`;

export const lineReadingMigrations: readonly Migration[] = [
  { room: 'line-readings', number: 1, title: 'readings of lines, and their percentiles', sql: readings },
  { room: 'line-readings', number: 2, title: 'tokens, signs of life and incidents of lines', sql: keeping },
  { room: 'line-readings', number: 3, title: 'weeks of lines in one value each', sql: packed },
];
