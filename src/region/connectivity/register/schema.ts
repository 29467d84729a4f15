import type { Migration } from '../../../platform/migrations.ts';

export const lineRegisterMigrations: readonly Migration[] = [];
