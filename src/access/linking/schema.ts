import type { Migration } from '../../platform/migrations.ts';

/** Times are whole milliseconds since 1970 UTC. */
const tables = `
-- What a practice gave a patient on paper. The key itself is nowhere: it is shown once.
create table linkage_key (
  id         uuid primary key,
  patient    text not null,         -- Patient id
  account_id text not null unique,  -- surgery-issued account id
  ods_code   text not null,
  key_hash   bytea not null,        -- SHA-256 of id and key
  issued     int8 not null,
  issued_by  text not null,         -- Practitioner/…
  expires    int8 not null,
  failures   int4 not null default 0,
  withdrawn  int8,                  -- a later one took its place
  used       int8,
  used_by    text                   -- account
);
create index linkage_key_patient on linkage_key (patient);

-- How often an account has given details that were not right, since first.
create table linkage_attempt (
  account  text primary key,
  failures int4 not null,
  first    int8 not null
);

-- What another provider last said of a person who is not linked yet: linkage details must agree with it.
create table linkage_claims (
  account text primary key,
  claims  jsonb not null,
  known   int8 not null
);
`;

export const linkingMigrations: readonly Migration[] = [
  { room: 'linking', number: 1, title: 'Linkage keys and attempts to use them', sql: tables },
];
