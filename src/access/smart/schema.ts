import type { Migration } from '../../platform/migrations.ts';

/**
 * What API clients and their tokens need. Whatever opens a door (codes, tokens, launch contexts) is kept as the SHA-256
 * of itself alone: who reads the database cannot use it. Times are whole milliseconds since 1970 UTC.
 */
const tables = `
-- Programs that may ask for tokens, as an administrator registered them.
create table smart_client (
  id        text collate "C" primary key,
  name      text not null,
  kind      text not null,     -- app: acts for a person who signs in. system: acts for itself.
  proof     text not null,     -- none | secret | key
  secret    text,              -- SHA-256, hexadecimal
  redirects jsonb not null,    -- exact addresses
  launch    text,              -- where a launch from here opens it
  jwks      jsonb,
  jwks_uri  text,
  scopes    jsonb not null,    -- the most it may ask for
  reach     jsonb,             -- of a system: whose records, decided by the administrator
  inspects  boolean not null,  -- may ask about others' tokens (a resource server)
  disabled  int8,
  made      int8 not null,
  changed   int8 not null
);

-- Codes, tokens, grants and running requests of the OpenID provider.
create table smart_item (
  id       bytea not null,
  kind     text not null,
  payload  jsonb not null,
  grant_id text,
  client   text,
  account  text,
  expires  int8 not null,
  consumed int8,
  primary key (id, kind)
);
create index smart_item_grant on smart_item (grant_id);
create index smart_item_account on smart_item (account);
create index smart_item_expires on smart_item (expires);

-- What a person approved: for which app, as whom, about which patient. One for each grant of the provider.
create table smart_approval (
  grant_id  text primary key,
  client    text not null,
  account   text not null,
  session   text not null,
  identity  jsonb not null,
  scopes    text not null,
  patient   text,
  encounter text,
  extras    jsonb not null,
  made      int8 not null,
  expires   int8 not null,
  ended     int8
);
create index smart_approval_account on smart_approval (account);

-- What an app that is opened from here is told, once.
create table smart_launch (
  id      bytea primary key,
  client  text not null,
  account text not null,
  context jsonb not null,
  expires int8 not null,
  used    int8
);

-- Assertions of clients that were used, until they would have lapsed anyway.
create table smart_assertion (
  id      bytea primary key,
  expires int8 not null
);

-- Keys that sign identity tokens and cookies. A key signs from signs; its signatures are believed until ends.
create table smart_key (
  id     text primary key,
  kind   text not null,    -- token | cookie
  sealed text not null,
  made   int8 not null,
  signs  int8 not null,
  ends   int8
);
`;

export const smartMigrations: readonly Migration[] = [
  { room: 'smart', number: 1, title: 'clients, tokens, approvals and keys', sql: tables },
];
