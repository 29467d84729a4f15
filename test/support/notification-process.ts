/** A process that follows the record and sends notifications until it is killed: `node … <database> <mail server>`. */
import { openAccounts } from '../../src/access/accounts/accounts.ts';
import { openProxies } from '../../src/access/proxies/proxies.ts';
import { openSecurityLog } from '../../src/access/security-log.ts';
import { systemClock as clock } from '../../src/platform/clock.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { uuidv7 } from '../../src/platform/ids.ts';
import { openJobs } from '../../src/platform/jobs.ts';
import { createLog } from '../../src/platform/log.ts';
import { smtpMailer } from '../../src/platform/mail.ts';
import { openRecord } from '../../src/record/record.ts';
import { openNotifications } from '../../src/services/notifications/notifications.ts';
import { testSecret } from './accounts.ts';

const [databaseUrl = '', mailUrl = ''] = process.argv.slice(2);
const baseUrl = 'https://care.example';
const newId = uuidv7(clock);
const log = createLog({ level: 'silent' });
const secrets = [testSecret('notifications')];
const database = await openDatabase({ url: databaseUrl, pool: 4 });
const record = openRecord({ database, clock, newId, baseUrl: `${baseUrl}/fhir` });
const securityLog = openSecurityLog(database, clock);
// A dead process is told by a second without a sign of life, not by half a minute.
const jobs = await openJobs({ database, clock, newId, log, concurrency: 2, staleSeconds: 1 });
const notifications = openNotifications({
  ...{ database, record, clock, newId, log, jobs, secrets, baseUrl, claimMs: 1_000 },
  accounts: openAccounts({ database, clock, newId, log, securityLog, secrets, baseUrl }),
  proxies: openProxies({ database, record, clock, newId, securityLog }),
  senders: { askNumber: [], email: smtpMailer({ url: mailUrl, from: 'no-reply@care.example' }).send },
});
await notifications.follow();
await jobs.run();
