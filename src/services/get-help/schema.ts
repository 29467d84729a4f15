import type { Migration } from '../../platform/migrations.ts';

export const getHelpMigrations: readonly Migration[] = [];
