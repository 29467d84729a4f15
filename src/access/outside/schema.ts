import type { Migration } from '../../platform/migrations.ts';

/** Times are whole milliseconds since 1970 UTC. Secrets that a browser holds are kept as hashes only. */
const tables = `
-- A sign-in that has left for another provider and has not come back. Taken out when it does: an answer works once.
create table outside_flow (
  state     bytea primary key, -- SHA-256 of what the provider gives back
  browser   bytea not null,    -- SHA-256 of the cookie of the browser that began it
  provider  text not null,
  nonce     text not null,
  verifier  text not null,
  vtr       text not null,     -- vectors of trust that were asked for, as JSON; [] where the provider has none
  return_to text not null,
  expires   int8 not null
);
create index outside_flow_expires on outside_flow (expires);

-- Sessions of providers that someone has signed in here from, so that either side can end the other's.
create table outside_session (
  id       int8 generated always as identity primary key,
  account  text not null,
  provider text not null,
  issuer   text not null,
  subject  text not null,
  sid      text,
  id_token text not null,      -- a provider asks for it back to end its own session
  started  int8 not null
);
create index outside_session_account on outside_session (account);
create index outside_session_subject on outside_session (issuer, subject);
create index outside_session_sid on outside_session (issuer, sid);
create index outside_session_started on outside_session (started);

-- Logout tokens that were obeyed: each works once (OpenID Connect Back-Channel Logout 1.0 §2.6).
create table outside_logout (
  issuer  text not null,
  jti     text not null,
  expires int8 not null,
  primary key (issuer, jti)
);
create index outside_logout_expires on outside_logout (expires);
`;

export const outsideMigrations: readonly Migration[] = [
  { room: 'outside', number: 1, title: 'Sign-in by other providers', sql: tables },
];
