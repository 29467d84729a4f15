import type { Migration } from '../../../platform/migrations.ts';

const tables = `
-- Orders of lines. What is known of one is the sum of its events; this is that sum, for finding and counting.
create table line_order (
  id       uuid primary key,
  number   int4 not null unique,
  site     text not null,
  role     text not null,
  state    text not null,
  version  int4 not null,
  body     jsonb not null
);
-- One order at a time for a line of a site.
create unique index line_order_one_open on line_order (site, role) where state not in ('live', 'cancelled');
create index line_order_state on line_order (state);
create index line_order_invited on line_order using gin ((body->'invited'));

create table line_order_event (
  order_id uuid not null references line_order,
  version  int4 not null,
  -- Of the form it came with: the same one sent twice is there once.
  key      uuid not null unique,
  at       int8 not null,     -- ms since 1970 UTC
  doer     jsonb not null,
  deed     jsonb not null,
  primary key (order_id, version)
);

-- Days by which a share of sites is to be on full fibre. The last for a share counts.
create table line_target (
  key     uuid primary key,
  share   int4 not null check (share between 1 and 100),
  day     text not null,      -- 2028-03-31
  at      int8 not null,
  by_name text not null
);

create function line_order_kept() returns trigger language plpgsql as $$
begin
  raise exception 'what was done to an order is never changed or removed';
end
$$;
create trigger line_order_event_kept before update or delete on line_order_event
  for each row execute function line_order_kept();
`;

export const lineDeliveryMigrations: readonly Migration[] = [
  { room: 'line-delivery', number: 1, title: 'orders of lines, and what was done to them', sql: tables },
];
