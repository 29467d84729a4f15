import type { Migration } from '../platform/migrations.ts';
import { auditMigrations } from './audit/schema.ts';

/**
 * The record's tables. Every key starts with or holds `person`, the shard key (the compartment a resource lives in, or
 * the resource's own key where it is nobody's), save the two directories, `identity` and `coding`, which a distributed
 * deployment spreads by their own keys. No table refers to another by a foreign key, for the same reason: `check`
 * looks for what such keys would forbid.
 *
 * Times are whole milliseconds since 1970 UTC, as FHIR's instants are sent with at most that precision here.
 */
const tables = `
create extension if not exists pg_trgm;
create extension if not exists btree_gin;

-- Which compartment a resource lives in, and its place there. The one guard that (type, id) is unique.
create table identity (
  type   int2 not null,
  id     text collate "C" not null,
  person int8 not null,
  pk     int8 not null,
  primary key (type, id)
);

create sequence resource_pk increment by 1000;

-- The current version of each resource. body is the JSON as it goes to the wire.
create table resource (
  person  int8 not null,
  pk      int8 not null,
  low     int8 not null,   -- the type's main date: start of the range it covers
  high    int8 not null,
  present int8 not null,   -- bit n: the type's nth search path has a value
  updated int8 not null,
  version int4 not null,
  type    int2 not null,
  id      text collate "C" not null,
  slice   int8[] not null, -- tokens of the parameters most asked of one person's data
  body    text not null,
  primary key (person, pk)
);
-- One person's data of a type in date order, filtered within the index.
create index resource_slice on resource (person, type, low, pk) include (slice, high);
-- A type across people in date order, and in order of change.
create index resource_type on resource (type, low, person, pk);
create index resource_updated on resource (type, updated, person, pk);

-- Those whose main date covers more than a year: looked at apart, so that all others are found by their start alone.
create table search_long (
  person int8 not null,
  pk     int8 not null,
  high   int8 not null,
  type   int2 not null,
  primary key (person, pk)
);
create index search_long_type on search_long (type, high);

-- Versions that are no longer current, and deletions (body is null).
create table history (
  person  int8 not null,
  pk      int8 not null,
  updated int8 not null,
  version int4 not null,
  type    int2 not null,
  id      text collate "C" not null,
  body    text,
  primary key (person, pk, version)
);
create index history_updated on history (type, updated, person, pk, version);

-- Codes, references and other values matched as a whole. low is the resource's main date: results come in date order.
create table search_token (
  hash   int8 not null,
  low    int8 not null,
  person int8 not null,
  pk     int8 not null,
  primary key (hash, low, person, pk)
);

-- Identifiers, contact points and URIs: nearly unique, kept in full. tag is the key of the system (0: none).
create table search_exact (
  person int8 not null,
  pk     int8 not null,
  tag    int8 not null,
  path   int4 not null,
  value  text collate "C" not null,
  primary key (path, value, tag, person, pk)
);
create index search_exact_owner on search_exact (person, pk, path);

-- The key of a reference as search_token holds it, for links from resource to resource within a statement.
create function reference_key(path text, target text) returns int8 immutable parallel safe language sql as $$
  select ('x' || encode(substr(sha256(convert_to(path || chr(10) || target, 'UTF8')), 1, 8), 'hex'))::bit(64)::int8
$$;

-- Words of names, addresses and titles, lower case without accents. tag is the key of the exact spelling.
create table search_string (
  person int8 not null,
  pk     int8 not null,
  tag    int8 not null,
  path   int4 not null,
  value  text collate "C" not null,
  primary key (path, value, person, pk, tag)
);
create index search_string_owner on search_string (person, pk, path);
create index search_string_contains on search_string using gin (path, value gin_trgm_ops);

-- Dates other than the main one.
create table search_date (
  person int8 not null,
  pk     int8 not null,
  low    int8 not null,
  high   int8 not null,
  path   int4 not null,
  primary key (person, pk, path, low, high)
);
create index search_date_path on search_date (path, low, person, pk) include (high);

-- Numbers and quantities: as sent, and in base units where the unit is known.
create table search_number (
  person    int8 not null,
  pk        int8 not null,
  value     float8 not null,  -- for sorting: in base units where they are known
  low       float8 not null,
  high      float8 not null,
  base_low  float8 not null,
  base_high float8 not null,
  base_unit int8 not null,  -- key of the base unit; 0 where it is not known
  system    int8 not null,  -- keys of the unit's system, code and text
  unit      int8 not null,
  label     int8 not null,
  path      int4 not null
);
create index search_number_owner on search_number (person, pk, path);
create index search_number_base on search_number (path, base_unit, base_low, person, pk) include (base_high);

-- Composite parameters drawn from a repeating element: the first two parts of one element, side by side.
create table search_composite (
  person    int8 not null,
  pk        int8 not null,
  first     int8 not null,  -- token or other whole value of the first part
  second    int8 not null,  -- the same of the second part, 0 where that is a number or date
  value     float8,
  low       float8,
  high      float8,
  base_low  float8,
  base_high float8,
  base_unit int8,
  system    int8,
  unit      int8,
  label     int8,
  path      int4 not null
);
create index search_composite_owner on search_composite (person, pk, path);
create index search_composite_first on search_composite (path, first, person, pk);

-- Full text: the narrative, and all that is written for people.
create table search_words (
  person  int8 not null,
  pk      int8 not null,
  type    int2 not null,
  story   tsvector not null,
  content tsvector not null,
  primary key (person, pk)
);
create index search_words_story on search_words using gin (story);
create index search_words_content on search_words using gin (content);

-- Every coding seen on a path, so that a code without its system, a system without a code, and a display text find tokens.
create table coding (
  path    int4 not null,
  hash    int8 not null,
  system  text collate "C" not null,
  code    text collate "C" not null,
  display text collate "C" not null,  -- lower case without accents, at most 200 characters
  primary key (path, code, hash, display)
);
create index coding_system on coding (path, system, hash);
create index coding_display on coding using gin (path, display gin_trgm_ops);

-- Who did what to whose record: reads, searches, writes. Added to, never changed. Writes are also the change feed:
-- ordered by (xid, seq) and read below the oldest open transaction, no change is missed.
create sequence audit_seq cache 100;
create table audit (
  at           int8 not null,
  seq          int8 not null default nextval('audit_seq'),
  person       int8 not null,         -- 0 where no one person is concerned
  xid          xid8 not null default pg_current_xact_id(),
  persons      int8[],                -- all people whose data a search across people gave
  version      int4,
  type         int2,
  outcome      int2 not null,         -- HTTP status; 304: an update that changed nothing
  action       "char" not null,       -- C create, R read, U update, D delete, S search, H history, E everything
  id           text,
  query        text,
  actor        text not null,
  actor_name   text not null,
  role         text not null,
  organisation text,
  purpose      text not null,
  via          text not null,
  request      text not null,
  primary key (at, seq, person)
) partition by range (at);
create table audit_other partition of audit default;
create index audit_feed on audit (xid, seq) where action in ('C', 'U', 'D');
create function audit_is_final() returns trigger language plpgsql as $$
begin
  raise exception 'The audit log is added to, never changed';
end $$;
create trigger audit_is_final before update or delete on audit for each row execute function audit_is_final();

-- Where imports stand, so that one that was stopped goes on.
create table import_source (
  source   text primary key,          -- absolute path and content fingerprint
  done     int8 not null default 0,   -- entries or lines finished
  written  int8 not null default 0,
  refused  int8 not null default 0,
  finished boolean not null default false,
  changed  int8 not null
);
create table import_refusal (
  source  text not null,
  place   int8 not null,
  outcome text not null,
  content text not null,
  primary key (source, place)
);

alter table search_token set (autovacuum_vacuum_insert_scale_factor = 0.05);
alter table resource set (autovacuum_vacuum_insert_scale_factor = 0.05);
alter table resource alter column slice set statistics 500;
alter table search_token alter column hash set statistics 1000;
`;

/** Imports by many workers finish lines out of order, and a Bundle on one line may have several bad entries. */
const importTables = `
create table import_part (
  source  text not null,
  first   int8 not null,   -- lines, counted from 1, done out of order: after import_source.done
  last    int8 not null,
  written int8 not null,
  refused int8 not null,
  primary key (source, first)
);
alter table import_refusal add column entry int4 not null default -1;  -- in the Bundle of the file or line; -1: the whole
alter table import_refusal drop constraint import_refusal_pkey, add primary key (source, place, entry);
comment on column import_refusal.place is 'line, counted from 1; 0: the file is one document';
`;

/** What reads are held against: who has to do with a person, and what the person has forbidden. */
const sightTables = `
create table relation (
  person int8 not null,
  pk     int8 not null,  -- the resource that tells of it
  party  int8 not null,  -- key of a reference: organisation, practitioner, ward, service, team
  low    int8 not null,
  high   int8 not null,
  kind   text not null,
  primary key (person, party, pk, kind, low, high)
);
create index relation_party on relation (party, person);
-- What a version was when it gave way: it may have lived with someone else, or borne labels that have gone since.
alter table history add column lived int8, add column labels int8[] not null default '{}';
create table consent_rule (
  person       int8 not null,
  pk           int8 not null,  -- the Consent
  n            int2 not null,
  exception_to int2,
  secondary    boolean not null,
  low          int8 not null,
  high         int8 not null,
  parties      int8[] not null,  -- an empty list bounds nothing
  labels       int8[] not null,
  types        int2[] not null,
  item_types   int2[] not null,
  item_ids     text[] not null,
  primary key (person, pk, n)
);
`;

export const recordMigrations: readonly Migration[] = [
  { room: 'record', number: 1, title: 'the record and its search rows', sql: tables },
  { room: 'record', number: 2, title: 'where imports stand', sql: importTables },
  { room: 'record', number: 3, title: 'who has to do with a person, and consent', sql: sightTables },
  ...auditMigrations,
];
