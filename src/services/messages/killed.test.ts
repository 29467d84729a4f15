import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Communication } from '@medplum/fhirtypes';
import { tester, testRecord } from '../../../test/support/record.ts';
import { systemClock as clock } from '../../platform/clock.ts';
import { uuidv7 } from '../../platform/ids.ts';
import { jobMigrations, openJobs } from '../../platform/jobs.ts';
import { createLog } from '../../platform/log.ts';
import { resourceOf } from '../../record/care-record.ts';
import { recordMigrations } from '../../record/schema.ts';
import { asAuthor, openBatches } from './batch.ts';
import { defineSending } from './batch-sending.ts';
import { openInbox } from './inbox.ts';
import { messagesMigrations } from './schema.ts';
import { openTeamSettings } from './team-settings.ts';

const script = join(import.meta.dirname, '../../../test/support/message-process.ts');
const team = { reference: 'Organization/practice', name: 'Practice' };

test('processes that are killed while they send to many lose nobody, and send to nobody twice', async (t) => {
  const { record, database } = await testRecord(t, {
    migrations: [...recordMigrations, ...jobMigrations, ...messagesMigrations],
  });
  const newId = uuidv7(clock);
  const jobs = await openJobs({
    ...{ database, clock, newId, concurrency: 0, staleSeconds: 1 },
    log: createLog({ level: 'silent' }),
  });
  t.after(() => jobs.close());
  const batches = openBatches({ database, jobs });
  const settings = openTeamSettings({ database, clock });
  const inbox = openInbox({ database, record, ownActor: tester, settings, isHoliday: () => false });
  defineSending(
    { record, ownActor: tester, settings, clock, jobs, inbox, reachOf: async () => 'told' },
    batches,
  );

  const people = Array.from({ length: 90 }, (_, i) => `p${i}`);
  await record.commit(tester, [
    {
      ...{ kind: 'update', type: 'Organization', id: 'practice' },
      text: JSON.stringify({ resourceType: 'Organization', id: 'practice', name: team.name }),
    },
    ...people.map((id) => ({
      ...{ kind: 'update' as const, type: 'Patient', id },
      text: JSON.stringify({
        resourceType: 'Patient',
        id,
        generalPractitioner: [{ reference: team.reference }],
      }),
    })),
  ]);
  const id = newId();
  const content = {
    topic: 'Clinic',
    words: 'Come on Saturday',
    isCare: true,
    noReply: false,
    from: 'A list',
  };
  await batches.add(
    { id, team: team.reference, made: clock.now(), author: asAuthor(tester, team), content },
    people.map((person, n) => ({ n, said: '', person, verdict: 'send' as const })),
  );
  await batches.start(id, clock.now());
  await batches.start(id, clock.now());

  const sent = async (): Promise<readonly Communication[]> =>
    (await record.search(tester, 'Communication', '_count=500')).matches.map((one) =>
      resourceOf<Communication>(one),
    );
  const children: ChildProcess[] = [];
  t.after(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  for (const enough of [1, 25, 60, people.length]) {
    const child = spawn(process.execPath, [script, database.url], { stdio: 'ignore' });
    children.push(child);
    const ended = once(child, 'exit');
    for (let waited = 0; (await sent()).length < enough; waited += 20) {
      assert.ok(waited < 20_000, `only ${(await sent()).length} of ${enough} were sent`);
      await pause(20);
    }
    child.kill('SIGKILL');
    await ended;
    // What was read is not written over when the work begins again.
    const [first] = (await sent()).filter(({ received }) => received === undefined);
    if (first)
      await record.commit(tester, [
        {
          ...{ kind: 'update', type: 'Communication', id: first.id ?? '' },
          text: JSON.stringify({ ...first, received: new Date(clock.now()).toISOString() }),
        },
      ]);
  }
  const all = await sent();
  assert.deepEqual(
    all.map(({ subject }) => subject?.reference).sort(),
    people.map((one) => `Patient/${one}`).sort(),
  );
  assert.ok(all.filter(({ received }) => received !== undefined).length >= 3);
  await inbox.catchUp();
  const { rows } = await inbox.page({
    team: team.reference,
    view: 'sent',
    me: '',
    before: 0,
    skip: 0,
    most: 200,
  });
  assert.equal(rows.length, people.length, 'and the inbox knows of each');
});
