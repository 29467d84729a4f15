import type { Migration } from '../../platform/migrations.ts';

export const appointmentsMigrations: readonly Migration[] = [];
