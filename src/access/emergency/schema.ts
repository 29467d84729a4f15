import type { Migration } from '../../platform/migrations.ts';

const tables = `
-- One emergency access of one member of staff to one person's record. Times are ms since 1970 UTC.
create table emergency_access (
  id              uuid primary key,
  account         text not null,
  form            text not null, -- made with the form: sent twice, it asks once
  practitioner    text not null,
  name            text not null,
  role            text not null,
  organisation    text not null,
  patient         text not null,
  reason          text not null,
  words           text not null,
  since           int8 not null,
  until           int8 not null,
  told            boolean not null default false, -- audit log and patient have been told; nothing is shown before
  reviewed        int8,
  reviewer        text,
  reviewer_name   text,
  outcome         text check (outcome in ('appropriate', 'concern')),
  review_note     text
);
create unique index emergency_access_form on emergency_access (account, form);
create index emergency_access_account on emergency_access (account, until);
create index emergency_access_unreviewed on emergency_access (since) where reviewed is null;

-- Attempts that found nobody, so that nobody can try out numbers.
create table emergency_miss (
  account text not null,
  at      int8 not null
);
create index emergency_miss_account on emergency_miss (account, at);
`;

export const emergencyMigrations: readonly Migration[] = [
  { room: 'emergency', number: 1, title: 'Emergency access and its review', sql: tables },
];
