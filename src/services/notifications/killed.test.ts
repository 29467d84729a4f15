import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Communication } from '@medplum/fhirtypes';
import { mailSink } from '../../../test/support/mail-sink.ts';
import { notified } from '../../../test/support/notified.ts';

const script = join(import.meta.dirname, '../../../test/support/notification-process.ts');

const messageTo = (id: string): Communication => ({
  ...{ resourceType: 'Communication', id, status: 'completed' },
  ...{ subject: { reference: 'Patient/nia' }, recipient: [{ reference: 'Patient/nia' }] },
});

test('processes that are killed while they follow and send lose nothing, and tell nothing as two', async (t) => {
  const world = await notified(t, { start: Date.now() });
  const sink = await mailSink(t);
  const here = await world.process();
  await here.parts.follower.begin();
  const { nia } = world.people;
  await here.parts.contacts.put(nia, 'email', 'nia@example.org');
  // Whatever the time is now, it is not quiet.
  const usual = await here.parts.preferences.of(nia);
  await here.parts.preferences.save(nia, { ...usual, quiet: { from: 0, until: 0 } });
  const count = 12;
  await world.put(...Array.from({ length: count }, (_, i) => messageTo(`killed-${i}`)));

  const children: ChildProcess[] = [];
  const begin = () => {
    const child = spawn(process.execPath, [script, world.database.url, sink.url], { stdio: 'ignore' });
    children.push(child);
    return child;
  };
  const kill = async (child: ChildProcess) => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  t.after(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  // Each dies with an email handed over whose taking it never hears of.
  let held = 0;
  for (const after of [1, 4]) {
    const first = begin();
    const reached = new Promise<void>((done) => {
      let taken = 0;
      sink.beforeTaken = async () => {
        taken += 1;
        if (taken < after) return;
        done();
        held += 1;
        await new Promise(() => {});
      };
    });
    await reached;
    await kill(first);
  }
  sink.beforeTaken = async () => {};
  begin();
  for (let waited = 0; waited < 40_000; waited += 100) {
    const entries = await world.entries();
    if (entries.length === count && entries.every(({ state }) => state === 'sent')) break;
    await pause(100);
  }
  assert.deepEqual(
    (await world.entries()).map(({ about, state }) => `${about} ${state}`).sort(),
    Array.from({ length: count }, (_, i) => `Communication/killed-${i} sent`).sort(),
  );
  const ids = sink.mails.map(({ headers }) => headers['message-id']);
  assert.equal(new Set(ids).size, count, 'each has an id of its own, by which a second copy is known');
  assert.ok(ids.length <= count + held, 'only what was being handed over when a process died came twice');
});
