import type { Migration } from '../../platform/migrations.ts';

export const consultationsMigrations: readonly Migration[] = [];
