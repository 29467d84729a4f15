import { openAccounts } from '../access/accounts/accounts.ts';
import { enrolAdministrator } from '../access/accounts/first-administrator.ts';
import { openSecurityLog } from '../access/security-log.ts';
import { migrations } from '../app/migrations.ts';
import { systemClock } from '../platform/clock.ts';
import { loadConfig } from '../platform/config.ts';
import { uuidv7 } from '../platform/ids.ts';
import { createLog } from '../platform/log.ts';
import { secretKeys } from '../platform/secret-keys.ts';
import { openStore } from '../platform/store.ts';
import { bringUpToDate } from '../record/bring-up-to-date.ts';
import { type Command, UsageError } from './command.ts';

const longestDays = 30;

export const command: Command = {
  name: 'enrol',
  summary: 'Make the link by which an administrator sets up how they sign in',
  help: `
Makes an account with the role of administrator, where there is none of this email address, and prints a link. Whoever opens
it sets up a passkey, or a password with an authenticator app, and is signed in. It works once and for 72 hours; a new one
takes the place of the last. Use it for the first administrator, and for one who has lost every way to sign in. It says so
in the audit log.

  throughline enrol --name "Alex Moore" --email alex.moore@example.org --organisation Organization/region`,
  options: {
    name: { type: 'string', value: '<name>', help: 'As others read it' },
    email: { type: 'string', value: '<address>', help: 'What they type to sign in' },
    organisation: { type: 'string', value: '<reference>', help: 'Organization/… that they administer' },
    hours: { type: 'string', value: '<hours>', help: 'How long the link works (72)' },
  },
  run: async ({ values, env, print }) => {
    const { name, email, organisation } = values;
    if (typeof name !== 'string' || typeof email !== 'string' || typeof organisation !== 'string')
      throw new UsageError('Give --name, --email and --organisation.');
    if (!/^[^@\s]+@[^@\s]+$/.test(email)) throw new UsageError('--email is like alex.moore@example.org.');
    if (!/^Organization\/[A-Za-z0-9.-]{1,64}$/.test(organisation))
      throw new UsageError('--organisation is like Organization/region.');
    const hours = values['hours'] === undefined ? 72 : Number(values['hours']);
    if (!(hours >= 1 && hours <= longestDays * 24))
      throw new UsageError(`--hours is from 1 to ${longestDays * 24}.`);
    const config = loadConfig({ env, mode: 'command' });
    const log = createLog({ level: config.logLevel });
    const store = await openStore(config, { role: 'command', log });
    try {
      await bringUpToDate(store, migrations);
      const { database } = store;
      const [clock, newId] = [systemClock, uuidv7(systemClock)];
      const securityLog = openSecurityLog(database, clock);
      const accounts = openAccounts({
        ...{ database, clock, newId, log, securityLog, secrets: secretKeys(config) },
        baseUrl: config.baseUrl,
      });
      const link = await enrolAdministrator(accounts, { name, login: email, organisation, hours });
      await securityLog.record({
        kind: 'account-changed',
        who: { id: 'Device/command-line', name: 'Command line', role: 'system' },
        ...{ outcome: 'success', note: `Made an enrolment link for the administrator ${name}` },
        ...{ requestId: `enrol ${newId()}`, via: 'api' },
      });
      print(`Send this link to ${name} by a way that only they read. It works once, for ${hours} hours:`);
      print(`${config.baseUrl}${link.path}`);
    } finally {
      await store.close();
    }
  },
};
