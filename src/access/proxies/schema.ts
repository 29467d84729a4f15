import type { Migration } from '../../platform/migrations.ts';

const tables = `
-- One person's request to act for another, and what became of it. Times are ms since 1970 UTC.
create table proxy (
  id             uuid primary key,
  form           text not null,          -- made with the form: sent twice, it asks once
  asker_account  text not null,
  asker_name     text not null,
  asker_patient  text,                   -- own Patient id, where they have one
  person_name    text not null,          -- as the asker wrote it
  relationship   text not null,
  scopes         text[] not null,        -- asked for, then agreed
  evidence       text not null,
  asked          int8 not null,
  patient        text,                   -- null: no record was found; the asker is not told
  birth_date     text,                   -- as the record has it
  died           boolean not null default false,
  registered     text[] not null,        -- references of Patient.generalPractitioner
  state          text not null check (state in ('waiting', 'approved', 'refused', 'ended', 'withdrawn')),
  basis          text,
  checked        text,                   -- what the practice saw
  until          int8,
  decided        int8,
  decider        text,                   -- account
  decider_name   text,
  organisation   text,                   -- that decided
  reason         text,                   -- why it was refused or ended
  ended          int8,
  ended_by       text,
  -- Who made the last change, until the record and the audit log have it; null once they do.
  untold         jsonb
);
create unique index proxy_form on proxy (asker_account, form);
create index proxy_asker_patient on proxy (asker_patient);
create index proxy_patient on proxy (patient);
create index proxy_registered on proxy using gin (registered) where state in ('waiting', 'approved');
create index proxy_untold on proxy (asked) where untold is not null;
`;

export const proxyMigrations: readonly Migration[] = [
  { room: 'proxies', number: 1, title: 'Who may act for whom', sql: tables },
];
