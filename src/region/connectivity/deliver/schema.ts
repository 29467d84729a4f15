import type { Migration } from '../../../platform/migrations.ts';

export const lineDeliveryMigrations: readonly Migration[] = [];
