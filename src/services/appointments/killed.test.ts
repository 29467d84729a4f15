import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Appointment } from '@medplum/fhirtypes';
import { diary } from '../../../test/support/diary.ts';
import { tester } from '../../../test/support/record.ts';
import { readAppointment, wishOf } from './diary-resources.ts';
import { put, searchVersioned } from './stored-search.ts';

const script = join(import.meta.dirname, '../../../test/support/booking-process.ts');

test('processes killed while they book, move, call off and offer leave no time that two have, and none that nobody has', async (t) => {
  const practice = await diary(t);
  await practice.generate();
  await practice.record.commit(
    tester,
    [1, 2].map((n) =>
      put(
        wishOf({
          ...{ id: `w${n}`, person: `p${n}`, made: n, kind: 'gp-routine', modes: ['telephone'], minutes: 10 },
          ...{ place: { reference: 'Location/site' }, from: '2026-11-23', until: '2026-12-24' },
        }),
      ),
    ),
  );
  for (const [round, rounds] of [2, 5, 11].entries()) {
    const children = ['a', 'b'].map((name) =>
      spawn(process.execPath, [script, practice.database.url, `${name}${round}`], {
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    );
    t.after(() => {
      for (const child of children) child.kill('SIGKILL');
    });
    // In the middle of whatever comes after so many rounds.
    await Promise.all(
      children.map(async ({ stdout }) => {
        for (let seen = 0; seen < rounds; ) seen += String((await once(stdout, 'data'))[0]).length;
      }),
    );
    await Promise.all(
      children.map(async (child) => {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }),
    );
    // What was sent to the database before the kill may still be on its way.
    await pause(300);
    const appointments = await searchVersioned<Appointment>(
      practice.record,
      tester,
      'Appointment',
      '_sort=_id',
    );
    const standing = appointments.filter(({ resource }) =>
      ['booked', 'pending'].includes(resource.status ?? ''),
    );
    const taken = standing.flatMap(({ resource }) => readAppointment(resource).slots);
    assert.ok(appointments.length >= 3, 'something was booked');
    assert.equal(new Set(taken).size, taken.length, 'a time that two have');
    const busy = (await practice.slots('&status=busy,busy-tentative')).map(({ id }) => id);
    assert.deepEqual([...busy].sort(), [...taken].sort(), 'a time that nobody has, or one that is not kept');
  }
  // What was offered by a process that died still ends.
  practice.pass(26 * 3_600_000);
  await practice.offers.step();
  const left = await searchVersioned<Appointment>(practice.record, tester, 'Appointment', 'status=pending');
  const ended = left.filter(
    ({ resource }) => (readAppointment(resource).offerUntil ?? 0) <= practice.clock.now(),
  );
  assert.deepEqual(ended, []);
});
