import type { Migration } from '../../platform/migrations.ts';

export const triageMigrations: readonly Migration[] = [];
