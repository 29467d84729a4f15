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
import { lineCapabilityMigrations } from '../region/connectivity/capability/schema.ts';
import { lineDeliveryMigrations } from '../region/connectivity/deliver/schema.ts';
import { lineReadingMigrations } from '../region/connectivity/measure/schema.ts';
import { linePlanMigrations } from '../region/connectivity/plan/schema.ts';
import { lineRegisterMigrations } from '../region/connectivity/register/schema.ts';
import { governanceMigrations } from '../region/governance/schema.ts';
import { appointmentsMigrations } from '../services/appointments/schema.ts';
import { consultationsMigrations } from '../services/consultations/schema.ts';
import { getHelpMigrations } from '../services/get-help/schema.ts';
import { insightMigrations } from '../services/insight/schema.ts';
import { messagesMigrations } from '../services/messages/schema.ts';
import { notificationMigrations } from '../services/notifications/schema.ts';
import { triageMigrations } from '../services/triage/schema.ts';
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
  ...lineRegisterMigrations,
  ...lineReadingMigrations,
  ...lineCapabilityMigrations,
  ...linePlanMigrations,
  ...lineDeliveryMigrations,
  ...getHelpMigrations,
  ...triageMigrations,
  ...appointmentsMigrations,
  ...consultationsMigrations,
  ...messagesMigrations,
  ...insightMigrations,
];
