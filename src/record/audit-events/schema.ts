import type { Migration } from '../../platform/migrations.ts';

/**
 * Ways into the audit log by person and by actor. They are filled behind the writes, in order of transactions, so that
 * no answer waits for them: an index by person on the log itself costs each entry half as much again, since every row
 * lands on another page. What is not in them yet is found by the transaction's number (`audit_xid`).
 */
const tables = `
create table audit_person (
  person int8 not null,
  at     int8 not null,
  seq    int8 not null,
  primary key (person, at, seq)
);
create table audit_actor (
  actor  int8 not null,   -- key of the actor's id
  at     int8 not null,
  seq    int8 not null,
  person int8 not null,   -- the row's own: 0 where it concerns several people or none
  primary key (actor, at, seq)
);

-- One row: the rows of every transaction up to and with this one are in both tables.
create table audit_place (
  one bool primary key default true check (one),
  xid xid8 not null
);
insert into audit_place (xid) values ('0');
`;

export const auditViewMigrations: readonly Migration[] = [
  { room: 'audit-views', number: 1, title: 'ways into the audit log by person and by actor', sql: tables },
];
