import type { Migration } from '../../platform/migrations.ts';

/** What happened other than to a resource: sign-ins, denials, consent. The kind stands in `event`, in words in `note`. */
const events = `
alter table audit add column event text, add column note text;
comment on column audit.action is 'C create, R read, U update, D delete, S search, H history, E everything, X see event';
`;

/** Steps of the audit log after its table, which the record's first step makes. */
export const auditMigrations: readonly Migration[] = [
  { room: 'audit', number: 1, title: 'events of security in the audit log', sql: events },
];
