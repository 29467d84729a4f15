import type { Migration } from '../../../platform/migrations.ts';

export const lineReadingMigrations: readonly Migration[] = [];
