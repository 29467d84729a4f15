import type { Migration } from '../../../platform/migrations.ts';

export const lineCapabilityMigrations: readonly Migration[] = [];
