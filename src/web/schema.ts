import type { Migration } from '../platform/migrations.ts';

/** What the pages keep beside the record: forms that were sent or are kept for their writer, and files on their way in. */
const forms = `
-- A form that was sent: its key makes sending it twice the same as sending it once.
create table form_receipt (
  account text not null,
  form    text not null,                   -- its address
  key     uuid not null,
  content bytea not null,                  -- keyed hash of what was sent
  result  text,                            -- where its sender went on to; null while it is being done
  claimed int8 not null,
  primary key (account, form, key)
);
create index form_receipt_claimed on form_receipt (claimed);

-- What was typed into a form whose session had ended, sealed, for the same account in the same browser.
create table kept_form (
  browser bytea not null,                  -- hash of the cookie
  form    text not null,
  account text not null,
  sealed  bytea not null,
  expires int8 not null,
  primary key (browser, form)
);
create index kept_form_account on kept_form (account, expires);
create index kept_form_expires on kept_form (expires);
`;

const uploads = `
-- A file on its way in. Its bytes are in the folder of files; it may be read only when its state is 'clean'.
create table upload (
  id           uuid primary key,
  account      text not null,
  purpose      text not null,              -- which field of which form asked for it
  name         text not null,
  size         int8 not null,
  state        text not null default 'receiving' check (state in ('receiving', 'checking', 'clean', 'refused')),
  hash         text,                       -- of the whole content
  type         text,                       -- by its content
  reason       text,                       -- why it was refused
  created      int8 not null,
  expires      int8 not null,
  writer       uuid,                       -- the request that writes now
  writer_until int8,
  wanted       boolean not null default false -- another request waits for the writer to stop
);
create index upload_account on upload (account, created);
create index upload_expires on upload (expires);
`;

export const webMigrations: readonly Migration[] = [
  { room: 'web', number: 1, title: 'forms sent once, and forms kept while signing in', sql: forms },
  { room: 'web', number: 2, title: 'files on their way in', sql: uploads },
];
