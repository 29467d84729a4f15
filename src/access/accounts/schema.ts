import type { Migration } from '../../platform/migrations.ts';

/**
 * Who may sign in, and how. Times are whole milliseconds since 1970 UTC. What a stranger could use if they read the
 * tables is kept as a hash (tokens, recovery codes, passwords) or sealed with a key from the configuration (the secrets
 * of authenticator apps).
 */
const tables = `
create table account (
  id           uuid primary key,
  kind         text not null check (kind in ('staff', 'person')),
  name         text not null,
  login        text unique,               -- lower case; null: signs in elsewhere alone
  patient      text,                      -- Patient id
  proofing     text not null default 'P0' check (proofing in ('P0', 'P5', 'P9')),
  practitioner text,                      -- Practitioner/…
  created      int8 not null,
  disabled     int8
);
create unique index account_patient on account (patient) where patient is not null;

-- A position that a member of staff holds.
create table account_post (
  id           uuid primary key,
  account      uuid not null references account,
  role         text not null,
  organisation text not null,
  kinds        text[] not null,
  parties      text[] not null,
  starts       int8 not null,
  ends         int8
);
create index account_post_account on account_post (account);

create table account_outside (
  issuer  text not null,
  subject text not null,
  account uuid not null references account,
  created int8 not null,
  primary key (issuer, subject)
);
create index account_outside_account on account_outside (account);

create table account_passkey (
  id         text collate "C" primary key, -- credential id, base64url
  account    uuid not null references account,
  public_key bytea not null,               -- COSE
  counter    int8 not null,
  transports text[] not null,
  name       text not null,
  created    int8 not null,
  used       int8
);
create index account_passkey_account on account_passkey (account);

create table account_password (
  account uuid primary key references account,
  secret  bytea not null,                  -- scrypt, with its salt and parameters
  changed int8 not null
);

create table account_authenticator (
  account   uuid primary key references account,
  sealed    bytea not null,
  last_step int8 not null,                 -- the time step of the last code taken: none is taken twice
  created   int8 not null
);

create table account_recovery_code (
  hash    bytea primary key,
  account uuid not null references account,
  used    int8
);
create index account_recovery_code_account on account_recovery_code (account);

-- Browsers that have signed in to the account, each known by a cookie.
create table account_device (
  hash       bytea not null,
  account    uuid not null references account,
  id         uuid not null unique,
  name       text not null,
  first_used int8 not null,
  last_used  int8 not null,
  primary key (hash, account)
);
create index account_device_account on account_device (account);

create table account_session (
  hash          bytea primary key,
  id            uuid not null unique,
  account       uuid not null references account,
  post          uuid references account_post,
  device        uuid not null,
  method        text not null,
  started       int8 not null,
  authenticated int8 not null,
  touched       int8 not null,
  ends          int8 not null
);
create index account_session_account on account_session (account);
create index account_session_ends on account_session (ends);

-- What has been begun and not finished: a challenge to a passkey, a password that still needs its code, a choice of post.
create table account_step (
  hash      bytea primary key,
  purpose   text not null,
  account   uuid references account,
  challenge text,
  sealed    bytea,
  method    text,
  tries     int4 not null default 0,
  return_to text not null,
  expires   int8 not null
);
create index account_step_expires on account_step (expires);

-- One-time links with which someone sets up their first way to sign in.
create table account_enrolment (
  hash    bytea primary key,
  account uuid not null references account,
  secret  bytea,                           -- the password chosen, until the authenticator app is confirmed
  sealed  bytea,
  created int8 not null,
  expires int8 not null,
  used    int8
);
create index account_enrolment_account on account_enrolment (account);

create table account_attempt (
  bucket   bytea primary key,
  failures int4 not null,
  last     int8 not null,
  until    int8 not null                   -- nothing more is tried before
);
create index account_attempt_last on account_attempt (last);
`;

export const accountMigrations: readonly Migration[] = [
  { room: 'accounts', number: 1, title: 'accounts, ways to sign in, sessions', sql: tables },
];
