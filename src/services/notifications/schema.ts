import type { Migration } from '../../platform/migrations.ts';

/** Times are ms since 1970 UTC. Nothing here is a clinical fact: those are in the record, which `about` points to. */
const tables = `
-- What someone chose. No row: as usual.
create table notification_preference (
  account     text primary key,
  language    text not null,
  choices     jsonb not null,              -- topic to channels
  quiet_from  int2 not null,               -- hour by the clock in the United Kingdom
  quiet_until int2 not null,
  never       text[] not null,             -- channels that are not safe for this person, or stopped by them
  updated     int8 not null
);

-- Where someone is reached. Nothing but a code is sent there before they have shown that it is theirs.
create table notification_contact (
  account      text not null,
  channel      text not null check (channel in ('email', 'text')),
  address      text not null,
  confirmed    int8,
  code         bytea,                      -- keyed hash
  code_expires int8,
  code_tries   int4 not null default 0,
  codes        int4 not null default 0,    -- sent since codes_since
  codes_since  int8 not null default 0,
  primary key (account, channel)
);

-- Browsers that take notifications.
create table notification_browser (
  id       uuid primary key,
  account  text not null,
  endpoint text not null unique,
  p256dh   text not null,
  auth     text not null,
  name     text not null,
  created  int8 not null
);
create index notification_browser_account on notification_browser (account, created);

create table notification_outbox (
  id       uuid primary key,
  account  text not null,
  patient  text,                           -- whom it is about
  own      boolean not null,               -- that is the account's own person
  kind     text not null,
  about    text not null,                  -- what happened: nobody is told twice of one thing by one way
  channel  text not null,
  browser  text not null default '',       -- id, for the channel push
  urgency  text not null,
  language text not null,
  address  text,                           -- to which it went
  subject  text not null,
  body     text not null,
  state    text not null default 'waiting'
    check (state in ('waiting', 'sent', 'delivered', 'failed', 'dropped', 'kept')),
  due      int8 not null,
  attempts int4 not null default 0,
  claimed  int8,                           -- when a process last began to send it
  reason   text,
  provider text,                           -- id that the service that sends it gave
  told     int8,                           -- time of the service's last news of it
  created  int8 not null,
  ended    int8,
  unique (account, kind, about, channel, browser)
);
create index notification_outbox_waiting on notification_outbox (due) where state = 'waiting';
create index notification_outbox_about on notification_outbox (about) where state = 'waiting';
create index notification_outbox_created on notification_outbox (created);

-- How far the changes of the record have been told.
create table notification_position (
  name   text primary key,
  cursor text not null
);
`;

export const notificationMigrations: readonly Migration[] = [
  {
    room: 'notifications',
    number: 1,
    title: 'preferences, contacts, browsers and the outbox of notifications',
    sql: tables,
  },
];
