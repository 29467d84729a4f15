import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measuredLines } from '../../../../test/support/measured-lines.ts';
import { jobMigrations, openJobs } from '../../../platform/jobs.ts';
import { createLog } from '../../../platform/log.ts';
import { problem } from '../../../platform/problem.ts';
import { prepareQueue } from '../../../platform/queue.ts';
import { defineAlerts, type SendMail } from './alerts.ts';

const minute = 60_000;

test('the connectivity lead is told of an outage by email, once, also where the mail server was away at first', async (t) => {
  const { database, clock, register, incidents, settling, life, pass, newId } = await measuredLines(t);
  await prepareQueue(database.url);
  for (const { sql } of jobMigrations) await database.pool.unsafe(sql);
  const jobs = await openJobs({
    database,
    clock,
    newId,
    log: createLog({ level: 'silent' }),
    concurrency: 1,
  });
  t.after(() => jobs.close());
  const sent: Parameters<SendMail>[0][] = [];
  let refusals = 1;
  let told: () => void = () => {};
  const arrived = new Promise<void>((done) => {
    told = done;
  });
  const alerts = defineAlerts({
    ...{ database, jobs, clock, register, incidents, baseUrl: 'https://care.example' },
    sendMail: async (email) => {
      if (refusals-- > 0) throw problem('transient', 'The mail server did not take the email.');
      sent.push(email);
      told();
    },
  });
  await jobs.run();
  await alerts.setAddress('dev@example.net');
  for (const site of ['a', 'b']) await life.beat(site, `probe-${site}`, clock.now());
  for (let i = 0; i < 6; i += 1) {
    await settling.run();
    pass(minute);
  }
  assert.equal((await incidents.untold()).length, 2);
  await alerts.tell();
  await alerts.tell();
  await arrived;
  const [email, ...more] = sent;
  assert.deepEqual(more, []);
  assert.equal(email?.to, 'dev@example.net');
  assert.equal(email?.subject, 'Lines of 2 sites are down or much worse');
  assert.match(
    email?.text ?? '',
    /Exchange Harbour[\s\S]*Surgery a: Not heard since[\s\S]*https:\/\/care\.example\/lines\/incidents/,
  );
  assert.deepEqual(await incidents.untold(), []);
});
