import type { Migration } from '../../../platform/migrations.ts';

const tables = `
-- One row: counts up with every change, so that each process knows when what it holds of the register is old.
create table line_register (
  one     bool primary key default true check (one),
  version int8 not null default 0
);
insert into line_register default values;

-- What FHIR has no place for, and what lists need of the Location that has the same id.
create table line_site (
  id                text primary key,
  ods               text,
  name              text not null,
  kind              text not null,
  organisation      text,      -- id of an Organization
  organisation_name text,
  ics               text,
  latitude          float8,
  longitude         float8,
  address           text[],
  postcode          text,
  rural             bool,
  deprivation       int4,
  users             int4,
  list_size         int4,
  open              jsonb not null,
  services          text[] not null,
  activity          jsonb not null,
  exchange          text,
  closed            bool not null
);
create index line_site_organisation on line_site (organisation) where organisation is not null;

create table line_provider (
  id        text primary key,
  name      text not null,
  asn       int8,
  telephone text,
  email     text
);

create table line_circuit (
  id              text primary key,
  reference       text,
  site            text not null references line_site,
  provider        text not null references line_provider,
  technology      text not null,
  role            text not null,
  state           text not null,
  sold_down       float8,      -- Mbit/s
  sold_up         float8,
  guaranteed_down float8,
  guaranteed_up   float8,
  contract        text,
  monthly         float8,      -- pounds
  installed       text,        -- days: 2025-04-01
  term_ends       text,
  ceased          text,
  router          text,
  metered         float8,      -- gigabytes a month
  route           text,
  terminations    jsonb not null
);
create index line_circuit_site on line_circuit (site);
create index line_circuit_provider on line_circuit (provider);

-- Every change there ever was. Never changed itself.
create table line_revision (
  id      int8 generated always as identity primary key,
  at      int8 not null,       -- ms since 1970 UTC
  by_id   text not null,
  by_name text not null,
  via     text not null,
  kind    text not null,
  thing   text not null,
  site    text,                -- that it is, or belongs to
  before  jsonb,
  after   jsonb not null
);
create index line_revision_thing on line_revision (kind, thing, id desc);
create index line_revision_site on line_revision (site, id desc) where site is not null;

-- Boundaries that sites lie in, such as of integrated care boards; geometry in GeoJSON (RFC 7946), made simple.
create table line_area (
  code     text primary key,
  name     text not null,
  kind     text not null,      -- ics, region, coast
  geometry jsonb not null
);
`;

const imports = `
-- A file that someone brought: looked through first, then loaded whole or not at all.
create table line_import (
  id      uuid primary key,
  form    text,             -- rows, areas; null until looked at
  name    text not null,    -- as its sender calls it
  hash    text not null,    -- in the store of files
  by_id   text not null,
  by_name text not null,
  created int8 not null,    -- ms since 1970 UTC
  state   text not null,    -- reading, ready, refused, applying, done
  job     uuid,
  leave   bool not null default false, -- load it without its refused rows
  counts  jsonb,
  reason  text,             -- why it was refused, or must be looked at again
  version int8,             -- of the register that it was compared with
  done    int8
);
create index line_import_created on line_import (created desc);

create table line_import_row (
  import uuid not null references line_import on delete cascade,
  number int4 not null,
  result text not null,
  id     text not null,
  name   text not null,
  cells  jsonb not null,    -- what changes: column, before, after
  faults jsonb not null,    -- what is wrong: column, message
  note   text,
  primary key (import, number)
);
create index line_import_row_result on line_import_row (import, result, number);
`;

export const lineRegisterMigrations: readonly Migration[] = [
  { room: 'line-register', number: 1, title: 'sites, providers, circuits and their history', sql: tables },
  {
    room: 'line-register',
    number: 2,
    title: 'files brought, looked through before they are loaded',
    sql: imports,
  },
];
