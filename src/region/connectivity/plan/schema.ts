import type { Migration } from '../../../platform/migrations.ts';

export const linePlanMigrations: readonly Migration[] = [];
