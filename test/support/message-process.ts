/** A process that sends messages to many until it is killed: `node … <database>`. */
import { systemClock as clock } from '../../src/platform/clock.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { uuidv7 } from '../../src/platform/ids.ts';
import { openJobs } from '../../src/platform/jobs.ts';
import { createLog } from '../../src/platform/log.ts';
import { openRecord } from '../../src/record/record.ts';
import { openBatches } from '../../src/services/messages/batch.ts';
import { defineSending } from '../../src/services/messages/batch-sending.ts';
import { openInbox } from '../../src/services/messages/inbox.ts';
import { openTeamSettings } from '../../src/services/messages/team-settings.ts';
import { testBaseUrl, tester } from './record.ts';

const [databaseUrl = ''] = process.argv.slice(2);
const newId = uuidv7(clock);
const database = await openDatabase({ url: databaseUrl, pool: 4 });
const record = openRecord({ database, clock, newId, baseUrl: testBaseUrl });
// A dead process is told by a second without a sign of life, not by half a minute.
const jobs = await openJobs({
  ...{ database, clock, newId, concurrency: 1, staleSeconds: 1 },
  log: createLog({ level: 'silent' }),
});
const settings = openTeamSettings({ database, clock });
const inbox = openInbox({ database, record, ownActor: tester, settings, isHoliday: () => false });
defineSending(
  { record, ownActor: tester, settings, clock, jobs, inbox, reachOf: async () => 'told' },
  openBatches({ database, jobs }),
);
await jobs.run();
