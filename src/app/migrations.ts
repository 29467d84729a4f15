// Apart from app.ts: commands that bring a database up to date need nothing of the pages.

import { accountMigrations } from '../access/accounts/schema.ts';
import { auditQuestionMigrations } from '../access/audit-questions/schema.ts';
import { emergencyMigrations } from '../access/emergency/schema.ts';
import { linkingMigrations } from '../access/linking/schema.ts';
import { outsideMigrations } from '../access/outside/schema.ts';
import { proxyMigrations } from '../access/proxies/schema.ts';
import { shareLinkMigrations } from '../access/share-links/schema.ts';
import { smartMigrations } from '../access/smart/schema.ts';
import { jobMigrations } from '../platform/jobs.ts';
import type { Migration } from '../platform/migrations.ts';
import { auditViewMigrations } from '../record/audit-events/schema.ts';
import { recordMigrations } from '../record/schema.ts';
import { governanceMigrations } from '../region/governance/schema.ts';
import { notificationMigrations } from '../services/notifications/schema.ts';
import { webMigrations } from '../web/schema.ts';

/** Every step of the schema, lowest floor first. */
export const migrations: readonly Migration[] = [
  ...jobMigrations,
  ...recordMigrations,
  ...auditViewMigrations,
  ...accountMigrations,
  ...linkingMigrations,
  ...outsideMigrations,
  ...proxyMigrations,
  ...shareLinkMigrations,
  ...emergencyMigrations,
  ...smartMigrations,
  ...auditQuestionMigrations,
  ...governanceMigrations,
  ...webMigrations,
  ...notificationMigrations,
];
