import type { Migration } from '../../platform/migrations.ts';

export const getHelpMigrations: readonly Migration[] = [
  {
    room: 'get-help',
    number: 1,
    title:
      'Requests that are not sent yet, stops, who follows a request, and preferences that someone asked to keep',
    sql: `
      create table help_draft (
        id uuid primary key,
        -- One of both: of an account, or of a browser (hash of a cookie) where nobody has signed in.
        account text,
        token bytea,
        form text not null,
        -- What was typed and answered: sealed, since it is not in the record yet and may never be.
        sealed bytea not null,
        created bigint not null,
        updated bigint not null,
        -- Sending has begun, ms since 1970 UTC.
        claimed bigint,
        check (account is not null or token is not null)
      );
      create index help_draft_account on help_draft (account) where account is not null;
      create index help_draft_token on help_draft (token) where token is not null;
      create index help_draft_updated on help_draft (updated);
      create table help_stop (
        draft uuid not null,
        rule text not null,
        advice text not null,
        at bigint not null,
        way text not null,
        answer text,
        answered bigint,
        -- Who and what was answered, sealed, of someone who is in no record; of others it is in their record.
        sealed bytea,
        primary key (draft, rule)
      );
      create index help_stop_at on help_stop (at);
      create table help_follow (
        request text primary key,
        account text,
        token bytea,
        created bigint not null
      );
      create index help_follow_account on help_follow (account, created) where account is not null;
      create index help_follow_token on help_follow (token) where token is not null;
      create table help_remembered (
        account text not null,
        person text not null,
        sealed bytea not null,
        updated bigint not null,
        primary key (account, person)
      );
    `,
  },
];
