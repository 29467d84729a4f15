import type { Migration } from '../../platform/migrations.ts';

/** Times are ms since 1970 UTC. Neither link nor code is here: their hashes are, and each is shown once. */
const tables = `
-- A part of one person's record, open to whoever holds a link and its code.
create table share_link (
  id         uuid primary key,       -- made with the form: sent twice, it makes one
  account    text not null,          -- whose it is
  patient    text not null,          -- Patient id
  name       text not null,          -- of the person, as it is shown
  sections   text[] not null,
  token_hash bytea not null unique,  -- SHA-256
  code_hash  bytea not null,         -- SHA-256 of token and code
  made       int8 not null,
  expires    int8 not null,
  withdrawn  int8,
  told       boolean not null default false, -- link and code have been shown
  misses     int4 not null default 0         -- wrong codes; too many end it
);
create index share_link_account on share_link (account, made);

-- Each time that someone opened it with its code.
create table share_link_opening (
  link uuid not null references share_link (id) on delete cascade,
  at   int8 not null
);
create index share_link_opening_link on share_link_opening (link, at);
`;

export const shareLinkMigrations: readonly Migration[] = [
  { room: 'share-links', number: 1, title: 'Links that share a part of a record', sql: tables },
];
