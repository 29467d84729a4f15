import type { Migration } from '../../../platform/migrations.ts';

const tables = `
-- A scenario: what was asked, how its run stands, what came of it. Its parameters never change: a change makes another one.
create table line_scenario (
  id          uuid primary key,
  name        text not null,
  parameters  jsonb not null,
  base        uuid,                 -- the one that it was made from
  state       text not null check (state in ('waiting', 'running', 'done', 'stopped', 'failed')),
  job         uuid,
  fault       text,                 -- why it failed
  summary     jsonb,
  trenches    jsonb,
  choices     jsonb,                -- to start later runs from
  curve       jsonb,
  sensitivity jsonb,
  study       uuid,                 -- job of the two above
  made        int8 not null,        -- ms since 1970 UTC
  made_by     text not null,
  ended       int8,
  agreed      int8,                 -- when the board agreed to it
  agreed_by   text,
  agreed_note text
);
create index line_scenario_made on line_scenario (made desc, id);
create index line_scenario_agreed on line_scenario (agreed desc) where agreed is not null;

-- What a run says of each site.
create table line_scenario_site (
  scenario uuid not null references line_scenario (id),
  site     text not null,
  planned  bool not null,
  body     jsonb not null,
  primary key (scenario, site)
);

-- Roads that were imported, as compressed JSON: see road-store.ts.
create table line_road_map (
  id         uuid primary key,
  name       text not null,
  stretches  int4 not null,
  kilometres float8 not null,
  map        bytea not null,
  added      int8 not null,
  added_by   text not null
);
`;

export const linePlanMigrations: readonly Migration[] = [
  { room: 'line-plan', number: 1, title: 'scenarios of the plan to fibre', sql: tables },
];
