import type { Migration } from '../../platform/migrations.ts';

export const insightMigrations: readonly Migration[] = [];
