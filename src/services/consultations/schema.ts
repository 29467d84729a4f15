import type { Migration } from '../../platform/migrations.ts';

const tables = `
-- What someone is writing and has not saved: sealed, theirs alone, and no part of any record until they save it.
create table consultation_draft (
  id          uuid primary key,
  account     text not null,
  person      text not null,          -- id of the Patient
  request     text not null,          -- id of the Task; empty: none
  appointment text not null,          -- id of the Appointment; empty: none
  typed       bytea,                  -- sealed
  begun       int8 not null,          -- ms since 1970 UTC
  saved       int8 not null,
  finished    bool not null default false -- it is in the record: kept for a form that is sent again
);
create unique index consultation_draft_about on consultation_draft (account, person, request, appointment) where not finished;
create index consultation_draft_saved on consultation_draft (saved);

-- Codes to type ahead from: those of the code systems that are loaded into the record.
create table consultation_concept (
  system  text not null,
  code    text not null,
  display text not null,
  words   tsvector not null,
  primary key (system, code)
);
create index consultation_concept_words on consultation_concept using gin (words);
create table consultation_concepts_read (one bool primary key default true check (one), versions text not null);
`;

export const consultationsMigrations: readonly Migration[] = [
  {
    room: 'consultations',
    number: 1,
    title: 'drafts of consultations and codes to type ahead from',
    sql: tables,
  },
];
