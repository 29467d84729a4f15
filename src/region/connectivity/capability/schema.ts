import type { Migration } from '../../../platform/migrations.ts';

const demonstration = `
-- One row where the demonstration's lines are made, or were: nobody makes them twice.
create table line_demonstration (
  one   bool primary key default true check (one),
  begun int8 not null,        -- ms since 1970 UTC
  job   uuid,
  done  int8
);
`;

export const lineCapabilityMigrations: readonly Migration[] = [
  { room: 'line-capability', number: 1, title: 'the demonstration of lines', sql: demonstration },
];
