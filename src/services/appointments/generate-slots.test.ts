import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diary, morning } from '../../../test/support/diary.ts';
import { tester } from '../../../test/support/record.ts';

test('slots are made for the days ahead, and making them again changes nothing', async (t) => {
  const { generate, slots, record } = await diary(t);
  assert.deepEqual(await generate(), { created: 30, changed: 0 });
  const before = await slots();
  assert.equal(before.length, 30);
  assert.equal(before[0]?.start, '2026-11-23T09:00:00.000Z');
  assert.deepEqual(await generate(), { created: 0, changed: 0 });
  assert.deepEqual(await slots(), before);
  const page = await record.search(
    tester,
    'Slot',
    'schedule.actor=Practitioner/dr&status=free&_count=1&_total=accurate&_include=Slot:schedule',
  );
  assert.equal(page.total, 30);
  assert.equal(page.included.length, 1);
});

test('a change of the template takes out and puts in free times, and leaves what is booked', async (t) => {
  const { generate, slots, settings, bookings } = await diary(t);
  await generate();
  const [, second] = await slots();
  const booked = await bookings.book(tester, {
    ...{
      id: 'a1',
      person: 'p0',
      slots: [second?.id ?? ''],
      mode: 'telephone',
      kind: 'gp-routine',
      by: 'practice',
    },
  });
  assert.equal(booked.done, true);
  const [stored] = await settings.templates('o1');
  await settings.saveTemplate({ ...morning, from: '09:05', minutes: 15, until: '09:50' }, stored?.version);
  await assert.rejects(settings.saveTemplate(morning, stored?.version), /changed this session meanwhile/);
  await generate();
  const today = (await slots('&start=lt2026-11-24')).map(
    ({ start, status }) => `${start?.slice(11, 16)} ${status}`,
  );
  // 09:05 to 09:20 would lie over what is booked at 09:10.
  assert.deepEqual(
    today.filter((one) => !one.endsWith('busy-unavailable')),
    ['09:10 busy', '09:20 free', '09:35 free'],
  );
  assert.deepEqual(await generate(), { created: 0, changed: 0 });
});

test('leave makes free times unavailable and its end gives them back', async (t) => {
  const { generate, slots, settings } = await diary(t);
  await generate();
  await settings.saveException({
    ...{ id: 'leave', organisation: 'o1', practitioner: 'dr', reason: 'Leave' },
    ...{ from: '2026-11-24T00:00', until: '2026-11-25T00:00' },
  });
  assert.deepEqual(await generate(), { created: 0, changed: 6 });
  assert.equal((await slots('&status=free')).length, 24);
  await settings.removeException('o1', 'leave');
  await generate();
  assert.equal((await slots('&status=free')).length, 30);
});
