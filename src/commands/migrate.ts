import { migrations } from '../app/migrations.ts';
import { loadConfig } from '../platform/config.ts';
import { createLog } from '../platform/log.ts';
import { openStore } from '../platform/store.ts';
import { bringUpToDate, missingMigrations } from '../record/bring-up-to-date.ts';
import type { Command } from './command.ts';

export const command: Command = {
  name: 'migrate',
  summary: 'Bring the database schema up to this release',
  help: `
Applies the steps that the database lacks, in order, each in one transaction. Steps only go forward. Several
may run at once, and beside a server: each step is applied once. A database that a newer release made is
refused. "start" and "serve" do the same when they begin.`,
  options: {
    check: { type: 'boolean', help: 'Only list the steps that are missing; ends with 1 when there are any' },
  },
  run: async ({ values, env, print }) => {
    const config = loadConfig({ env, mode: 'command' });
    const store = await openStore(config, { role: 'command', log: createLog({ level: config.logLevel }) });
    try {
      const only = values['check'] === true;
      const steps = await (only ? missingMigrations : bringUpToDate)(store, migrations);
      for (const { room, number, title } of steps)
        print(`${only ? 'missing' : 'applied'}  ${room} ${number}  ${title}`);
      if (steps.length === 0) print('The schema is up to date.');
      return only && steps.length > 0 ? 1 : 0;
    } finally {
      await store.close();
    }
  },
};
