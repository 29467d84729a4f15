import type { Migration } from '../../platform/migrations.ts';

export const messagesMigrations: readonly Migration[] = [];
