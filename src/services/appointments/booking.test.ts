import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Appointment, AppointmentResponse, Slot, Task } from '@medplum/fhirtypes';
import { diary, morning } from '../../../test/support/diary.ts';
import { tester } from '../../../test/support/record.ts';
import { atStage, input, stageOf, taskCode } from '../../fhir/primary-care.ts';
import type { Asked } from './booking.ts';
import { readAppointment, wishOf } from './diary-resources.ts';
import { put, readVersioned, searchVersioned } from './stored-search.ts';

const asked = (id: string, slot: string | undefined, more: Partial<Asked> = {}): Asked => ({
  ...{ id, person: 'p0', slots: [slot ?? ''], mode: 'telephone', kind: 'gp-routine', by: 'practice' },
  ...more,
});

type Diary = Awaited<ReturnType<typeof diary>>;
/** Whatever happened: each busy slot has one appointment that stands, each of these only slots that are busy. */
async function whole({ record, slots }: Diary): Promise<void> {
  const appointments = (await searchVersioned<Appointment>(record, tester, 'Appointment', '_sort=date')).map(
    ({ resource }) => resource,
  );
  const standing = appointments.filter(({ status }) =>
    ['booked', 'arrived', 'pending'].includes(status ?? ''),
  );
  const taken = standing.flatMap((one) => readAppointment(one).slots);
  assert.equal(new Set(taken).size, taken.length, 'a slot has two appointments');
  const busy = (await slots('&status=busy,busy-tentative')).map(({ id }) => id);
  assert.deepEqual([...taken].sort(), [...busy].sort());
}

test('of 200 people who book one time at once, one has it, and nothing of the others is stored', async (t) => {
  const practice = await diary(t, { people: 200 });
  await practice.generate();
  const [slot] = await practice.slots();
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, (_, n) =>
      practice.bookings.book(tester, asked(`a${n}`, slot?.id, { person: `p${n}`, by: 'patient' })),
    ),
  );
  assert.equal(outcomes.filter(({ done }) => done).length, 1);
  assert.ok(outcomes.every((one) => one.done || one.why === 'taken'));
  const stored = await searchVersioned<Appointment>(practice.record, tester, 'Appointment', 'status=booked');
  assert.equal(stored.length, 1);
  assert.deepEqual(stored[0]?.resource.slot, [{ reference: `Slot/${slot?.id}` }]);
  await whole(practice);
});

test('200 people who book 30 times at random take each once', async (t) => {
  const practice = await diary(t, { people: 200 });
  await practice.generate();
  const all = await practice.slots();
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, (_, n) =>
      practice.bookings.book(tester, asked(`a${n}`, all[(n * 7) % 30]?.id, { person: `p${n}` })),
    ),
  );
  assert.equal(outcomes.filter(({ done }) => done).length, 30);
  await whole(practice);
});

test('the same form sent twice, at once or later, is one appointment', async (t) => {
  const practice = await diary(t);
  await practice.generate();
  const [slot] = await practice.slots();
  const twice = await Promise.all([1, 2].map(() => practice.bookings.book(tester, asked('a1', slot?.id))));
  const later = await practice.bookings.book(tester, asked('a1', slot?.id));
  assert.ok([...twice, later].every(({ done }) => done));
  await whole(practice);
});

test('moved and called off at once, an appointment ends one way, and no time is lost or held by nobody', async (t) => {
  const practice = await diary(t);
  await practice.generate();
  const all = await practice.slots();
  for (let n = 0; n < 6; n += 1) {
    const id = `a${n}`;
    await practice.bookings.book(tester, asked(id, all[2 * n]?.id));
    await Promise.all([
      practice.bookings.move(tester, id, {
        slots: [all[2 * n + 1]?.id ?? ''],
        mode: 'video',
        by: 'practice',
      }),
      practice.bookings.cancel(tester, id, { by: 'patient', reason: 'Not needed' }),
    ]);
    const found = await readVersioned<Appointment>(practice.record, tester, 'Appointment', id);
    assert.equal(found?.resource.status, 'cancelled');
    await whole(practice);
  }
  assert.equal((await practice.slots('&status=free')).length, 30);
});

test('an appointment of two slots takes both or none, and they must follow each other', async (t) => {
  const practice = await diary(t);
  await practice.generate();
  const all = await practice.slots();
  const id = (n: number): string => all[n]?.id ?? '';
  await practice.bookings.book(tester, asked('a1', id(1)));
  assert.deepEqual(await practice.bookings.book(tester, asked('a2', '', { slots: [id(0), id(1)] })), {
    ...{ done: false, why: 'taken' },
  });
  assert.deepEqual(await practice.bookings.book(tester, asked('a3', '', { slots: [id(3), id(5)] })), {
    ...{ done: false, why: 'taken' },
  });
  const long = await practice.bookings.book(tester, asked('a4', '', { slots: [id(3), id(4)] }));
  assert.ok(long.done && long.appointment.minutesDuration === 20);
  await whole(practice);
});

test('patients book neither before release, nor by a way that the session does not offer, nor two at one time', async (t) => {
  const practice = await diary(t, {
    templates: [
      { ...morning, modes: ['telephone'], release: { days: 0, at: '08:00' } },
      { ...morning, id: 'second', practitioner: 'other', release: { days: 14, at: '08:00' } },
    ],
  });
  await practice.generate();
  const of = async (practitioner: string) =>
    practice.slots(`&schedule.actor=Practitioner/${practitioner}&status=free`);
  const [slot] = await of('dr');
  const [other] = await of('other');
  const by = (id: string, more: Partial<Asked>) =>
    practice.bookings.book(tester, asked(id, slot?.id, { by: 'patient', ...more }));
  assert.deepEqual(await by('a1', {}), { done: false, why: 'taken' }, 'it is 7am, and the slot opens at 8');
  practice.pass(3_600_000);
  assert.deepEqual(await by('a1', { mode: 'video' }), { done: false, why: 'taken' });
  assert.equal((await by('a1', {})).done, true);
  assert.deepEqual(await by('a2', { slots: [other?.id ?? ''] }), { done: false, why: 'person-busy' });
  practice.pass(24 * 3_600_000);
  assert.deepEqual(await by('a3', { slots: [(await of('other'))[1]?.id ?? ''], person: 'p1' }), {
    ...{ done: false, why: 'taken' },
  });
});

test('a line carries so many video calls at once and no more, however many book together', async (t) => {
  const templates = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ ...morning, id, practitioner: id }));
  const line = { video: 'limited', audio: 'yes', videoAtOnce: 2 } as const;
  const practice = await diary(t, { templates, line, people: 10 });
  await practice.record.commit(
    tester,
    templates.map(({ id }) => put({ resourceType: 'Practitioner' as const, id })),
  );
  await practice.generate();
  const nine = await practice.slots('&start=lt2026-11-23T09:10:00Z');
  assert.equal(nine.length, 5);
  const outcomes = await Promise.all(
    nine.map(({ id }, n) =>
      practice.bookings.book(tester, asked(`v${n}`, id, { mode: 'video', person: `p${n}` })),
    ),
  );
  assert.ok(outcomes.filter(({ done }) => done).length <= 2, 'never more than the line carries');
  let calls = outcomes.filter(({ done }) => done).length;
  for (const [n, { id }] of nine.entries()) {
    const again = await practice.bookings.book(
      tester,
      asked(`w${n}`, id, { mode: 'video', person: `p${n}` }),
    );
    if (again.done) calls += 1;
  }
  assert.equal(calls, 2);
  const free = await practice.slots('&start=lt2026-11-23T09:10:00Z&status=free');
  const phone = await practice.bookings.book(tester, asked('t1', free[0]?.id, { person: 'p9' }));
  assert.equal(phone.done, true, 'by phone there is always room');
});

test('a chaperone is in one place at a time', async (t) => {
  const templates = ['a', 'b'].map((id) => ({ ...morning, id, practitioner: id }));
  const practice = await diary(t, { templates });
  await practice.record.commit(
    tester,
    templates.map(({ id }) => put({ resourceType: 'Practitioner' as const, id })),
  );
  await practice.generate();
  const nine = await practice.slots('&start=lt2026-11-23T09:10:00Z');
  const chaperone = { reference: 'Practitioner/other', display: 'Nurse B' };
  const both = await Promise.all(
    nine.map(({ id }, n) =>
      practice.bookings.book(tester, asked(`c${n}`, id, { chaperone, person: `p${n}` })),
    ),
  );
  assert.ok(both.filter(({ done }) => done).length <= 1);
  const [one] = both.filter((outcome) => outcome.done);
  if (one) assert.equal(readAppointment(one.appointment).chaperone?.reference, 'Practitioner/other');
});

test('an invitation is used once, and the request that it came of is booked with the appointment as its outcome', async (t) => {
  const practice = await diary(t);
  await practice.generate();
  const all = await practice.slots();
  const task = (id: string, more: Partial<Task>): Task => ({
    ...{ resourceType: 'Task', id, intent: 'order', status: 'requested', for: { reference: 'Patient/p0' } },
    ...more,
  });
  await practice.record.commit(tester, [
    put(task('help', { code: taskCode('help', 'Help'), ...atStage('with-patient') })),
    put(
      task('invite', {
        code: taskCode('book', 'Book a time'),
        owner: { reference: 'Patient/p0' },
        basedOn: [{ reference: 'Task/help' }],
        input: [input('mode', { valueCode: 'telephone' })],
      }),
    ),
  ]);
  const both = await Promise.all(
    [0, 1].map((n) =>
      practice.bookings.book(tester, asked(`a${n}`, all[n]?.id, { invitation: 'invite', request: 'help' })),
    ),
  );
  assert.equal(both.filter(({ done }) => done).length, 1);
  assert.ok(both.some((one) => !one.done && one.why === 'invitation-over'));
  const help = await readVersioned<Task>(practice.record, tester, 'Task', 'help');
  assert.equal(help && stageOf(help.resource), 'booked');
  assert.equal(help?.resource.output?.length, 1);
  await whole(practice);
});

const hour = 3_600_000;

test('a time that becomes free is offered to the first who waits, then to the next when nobody answers, and booked when it is taken', async (t) => {
  const practice = await diary(t);
  await practice.generate();
  const all = await practice.slots();
  const slot = all[25];
  await practice.bookings.book(tester, asked('a1', slot?.id));
  const wish = (id: string, person: string, made: number) =>
    put(
      wishOf({
        ...{ id, person, made, kind: 'gp-routine', modes: ['telephone'], minutes: 10 },
        place: { reference: 'Location/site' },
        ...{ from: '2026-11-24', until: '2026-12-24' },
      }),
    );
  await practice.record.commit(tester, [wish('w1', 'p1', 1_000), wish('w2', 'p2', 2_000)]);
  await practice.bookings.cancel(tester, 'a1', { by: 'patient', reason: 'Better' });
  await practice.offers.step();
  assert.deepEqual(practice.told, ['p1 w1']);
  const read = async (id: string) => {
    const found = await readVersioned<Appointment>(practice.record, tester, 'Appointment', id);
    assert.ok(found);
    return readAppointment(found.resource);
  };
  assert.equal((await read('w1')).status, 'pending');
  await whole(practice);
  const stranger = await practice.bookings.book(tester, asked('a2', slot?.id));
  assert.deepEqual(stranger, { done: false, why: 'taken' });
  practice.pass(25 * hour);
  await practice.offers.step();
  assert.equal((await read('w1')).status, 'waitlist');
  await practice.offers.step();
  assert.deepEqual(practice.told, ['p1 w1', 'p2 w2']);
  const late = await practice.bookings.answerOffer(tester, 'w1', true, 'r0');
  assert.equal(late.done, false);
  const taken = await practice.bookings.answerOffer(tester, 'w2', true, 'r1');
  assert.equal(taken.done, true);
  assert.equal((await practice.bookings.answerOffer(tester, 'w2', true, 'r1')).done, true, 'twice is once');
  const own = await read('w2');
  assert.deepEqual([own.status, own.slots, own.offerUntil], ['booked', [slot?.id], undefined]);
  const answers = await searchVersioned<AppointmentResponse>(
    practice.record,
    tester,
    'AppointmentResponse',
    'appointment=Appointment/w2',
  );
  assert.equal(answers.length, 1);
  await whole(practice);
});

test('an offer that is turned down goes to the next at once, and is not made again to the same person', async (t) => {
  const practice = await diary(t);
  await practice.generate();
  const slot = (await practice.slots())[25];
  await practice.bookings.book(tester, asked('a1', slot?.id));
  await practice.record.commit(tester, [
    put(
      wishOf({
        ...{
          id: 'w1',
          person: 'p1',
          made: 1,
          kind: 'gp-routine',
          modes: ['video', 'telephone'],
          minutes: 10,
        },
        ...{ place: { reference: 'Location/site' }, from: '2026-11-24', until: '2026-12-24' },
      }),
    ),
  ]);
  await practice.bookings.cancel(tester, 'a1', { by: 'practice', reason: 'Clinician ill' });
  await practice.offers.step();
  assert.equal((await practice.bookings.answerOffer(tester, 'w1', false, 'r1')).done, true);
  await practice.offers.step();
  assert.equal(practice.told.length, 1);
  const found = await readVersioned<Slot>(practice.record, tester, 'Slot', slot?.id ?? '');
  assert.equal(found?.resource.status, 'free');
  await whole(practice);
});

test('who did not come is marked after the time alone, and a mistake is taken back', async (t) => {
  const practice = await diary(t);
  await practice.generate();
  const [slot] = await practice.slots();
  await practice.bookings.book(tester, asked('a1', slot?.id));
  await assert.rejects(practice.bookings.mark(tester, 'a1', 'noshow'), /before it begins/);
  practice.pass(3 * hour);
  assert.equal((await practice.bookings.mark(tester, 'a1', 'noshow')).done, true);
  assert.equal((await practice.bookings.mark(tester, 'a1', 'arrived')).done, true);
  assert.equal((await practice.bookings.mark(tester, 'a1', 'booked')).done, true);
  assert.deepEqual(await practice.bookings.cancel(tester, 'a1', { by: 'patient', reason: 'Late' }), {
    ...{ done: false, why: 'changed' },
  });
});
