import { loadConfig, usualDemoPeople } from '../platform/config.ts';
import type { Command } from './command.ts';
import { runServer } from './run-server.ts';

export const command: Command = {
  name: 'start',
  summary: 'Try it: everything with defaults, on this machine alone',
  help: `
Starts the server with an embedded PostgreSQL and prints where to open it. Data is kept in the data folder
(DATA_DIR) from one start to the next. Without ACCESS_TOKEN, whoever uses this machine may do everything, so it
listens on this machine alone. An empty record is filled with the demonstration region. Ctrl-C stops it. Settings:
"throughline config".`,
  options: {
    people: {
      type: 'string',
      value: '<n>',
      help: `How many people the demonstration has beside the named ones; default DEMO_PEOPLE, or ${usualDemoPeople}`,
    },
  },
  run: async ({ env, signal, print, values }) => {
    const { people } = values;
    const given = typeof people === 'string' ? { ...env, DEMO_PEOPLE: people } : env;
    const config = loadConfig({ env: given, mode: 'start' });
    return runServer(config, signal, (address) => {
      print('');
      print('  Throughline is running.');
      print('');
      print(`  Open   ${address}`);
      print(`  FHIR   ${address}/fhir`);
      print(`  Data   ${config.databaseUrl === undefined ? config.dataDir : 'the database of DATABASE_URL'}`);
      print('');
      print('  Not for real patients. Ctrl-C stops it.');
      print('');
    });
  },
};
