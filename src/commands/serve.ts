import { loadConfig } from '../platform/config.ts';
import type { Command } from './command.ts';
import { runServer } from './run-server.ts';

export const command: Command = {
  name: 'serve',
  summary: 'Run it in production: its configuration must be given',
  help: `
Needs BASE_URL (the address people reach it by), DATABASE_URL (PostgreSQL 15 or later, or the word "embedded"),
ACCESS_TOKEN (at least 32 characters that cannot be guessed), SECRETS_KEY and AUDIT_SIGNING_KEY, and refuses to start
without. DATABASE_OWNER_URL lets the server itself own nothing there. Logs JSON lines to standard output. SIGTERM lets requests in progress finish (SHUTDOWN_SECONDS), then ends. PROCESSES uses the cores
of this machine; several machines may serve one database. Settings: "throughline config --for serve".`,
  options: {},
  run: async ({ env, signal, tell }) => {
    const config = loadConfig({ env, mode: 'serve' });
    return runServer(config, signal, (address) => tell(`Serving ${address}`));
  },
};
