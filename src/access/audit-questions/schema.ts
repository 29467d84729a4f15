import type { Migration } from '../../platform/migrations.ts';

const tables = `
-- Questions of patients about entries of the audit log: where each stands. What was written is in the record.
create table audit_question (
  id        uuid primary key,      -- made with the form: the same form sent twice asks once
  patient   text not null,
  entry     text not null,         -- AuditEvent id
  question  text not null,         -- Communication id
  asked     int8 not null,         -- ms since 1970 UTC
  answer    text,                  -- Communication id
  answered  int8,
  answerer  text
);
create index audit_question_patient on audit_question (patient, asked desc);
create index audit_question_waiting on audit_question (asked) where answered is null;
`;

export const auditQuestionMigrations: readonly Migration[] = [
  { room: 'audit-questions', number: 1, title: 'questions about who looked at a record', sql: tables },
];
